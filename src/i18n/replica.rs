//! Errors of the replica.

crate::messages! {
    not_open(reason: &str) => "数据未能打开：{reason}", "the data could not be opened: {reason}";
    not_open_remedy => "请运行 zhulian doctor --repair；原数据会保留", "run zhulian doctor --repair; the present files are kept";
    behind => "数据盘写入出错，已转为只读", "the disk failed while writing; the program is read-only now";
    behind_remedy => "已保存的内容没有丢失；请检查磁盘后重新启动", "nothing acknowledged is lost; check the disk and start again";
    cancelled => "已取消，没有写入任何内容", "cancelled; nothing was written";
    cancelled_remedy => "需要时请重新开始", "start again when you wish";
}
