//! The central server.

crate::messages! {
    again => "与另一操作同时进行，未能完成", "another operation was faster";
    again_remedy => "请重试", "try again";
    conflict(key: &str) => "数据已存在（{key}）", "a key is taken already ({key})";
    damaged(detail: &str) => "服务器数据已损坏：{detail}", "the server's data is damaged: {detail}";
    damaged_remedy => "请管理员运行 zhulian doctor，必要时从备份恢复", "run zhulian doctor on the server; restore from a backup if need be";
    away(detail: &str) => "服务器数据库暂时无法连接：{detail}", "the server's database cannot be reached: {detail}";
    away_remedy => "请检查数据库是否已启动、地址和网络是否正确，然后重试", "check that the database runs, its address and the network, then try again";
    failed(detail: &str) => "服务器数据库出错：{detail}", "the server's database failed: {detail}";
    failed_remedy => "请检查数据库连接和磁盘，然后重试", "check the database and the disk, then try again";
    code_wrong => "登记码不正确", "the code is wrong";
    code_wrong_remedy => "请核对后重新输入；连续输错 5 次后该码作废", "check it and type it again; after five wrong tries it ends";
    code_over => "登记码已用过、已过期或已作废", "the code was used, is over, or was tried too often";
    device_taken => "该设备已登记在其他工作人员名下", "this device is registered for another worker";
    device_taken_remedy => "如确需换人使用，请管理员先停用该设备（server device revoke），再用同一登记码加入", "if it is handed over, have it revoked first (server device revoke), then join with the same code";
    code_over_remedy => "请管理员重新发放登记码", "ask for a new code";
}
