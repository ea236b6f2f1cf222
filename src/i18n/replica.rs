//! Errors of the replica.

crate::messages! {
    not_open(reason: &str) => "数据未能打开：{reason}", "the data could not be opened: {reason}";
    not_open_remedy => "请运行 zhulian doctor --repair；原数据会保留", "run zhulian doctor --repair; the present files are kept";
    behind => "数据盘写入出错，已转为只读", "the disk failed while writing; the program is read-only now";
    behind_remedy => "已保存的内容没有丢失；请检查磁盘后重新启动", "nothing acknowledged is lost; check the disk and start again";
    cancelled => "已取消，没有写入任何内容", "cancelled; nothing was written";
    cancelled_remedy => "需要时请重新开始", "start again when you wish";
    demo_home => "本目录是演示数据，不能接入服务器", "this home holds a demo, which does not join a server";
    demo_home_remedy => "请另选一个空目录接入：zhulian --home 新目录 enroll 服务器地址 登记码", "join with an empty home: zhulian --home NEW enroll URL CODE";
    not_enrolled => "本机尚未接入服务器", "this device has joined no server";
    not_enrolled_remedy => "请向管理员索取登记码，运行 zhulian enroll 服务器地址 登记码", "ask the operator for a device code and run zhulian enroll URL CODE";
    sync_busy => "正在同步，请稍候", "a synchronisation is under way";
    sync_busy_remedy => "请等本次同步结束", "wait until it has ended";
}
