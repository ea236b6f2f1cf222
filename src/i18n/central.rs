//! The central server.

crate::messages! {
    again => "与另一操作同时进行，未能完成", "another operation was faster";
    again_remedy => "请重试", "try again";
    conflict(key: &str) => "数据已存在（{key}）", "a key is taken already ({key})";
    damaged(detail: &str) => "服务器数据已损坏：{detail}", "the server's data is damaged: {detail}";
    damaged_remedy => "请管理员运行 zhulian doctor，必要时从备份恢复", "run zhulian doctor on the server; restore from a backup if need be";
    failed(detail: &str) => "服务器数据库出错：{detail}", "the server's database failed: {detail}";
    failed_remedy => "请检查数据库连接和磁盘，然后重试", "check the database and the disk, then try again";
}
