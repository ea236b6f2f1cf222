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
    homeless(households: usize, places: usize, list: &str) => "本机有{households}户所在的{places}处村（社区）与服务器的区划目录对不上，接入后这些户将不在本设备辖区内，因此没有接入：{list}", "{households} households of this device lie in {places} places that the server's list of regions does not have within this device's territory; they would leave the device, so it has not joined: {list}";
    homeless_place(place: &str, households: usize, why: &str) => "{place}（{households}户，{why}）", "{place} ({households} households: {why})";
    homeless_remedy => "请管理员在服务器上导入这些区划（zhulian server region import）或调整本设备辖区，再重新接入，原登记码在有效期内仍可使用；名称写错的，请更正名册并重新导入。本机数据没有改动", "have these regions imported on the server (zhulian server region import) or the device's territory changed, and join again, with the same code while it lives; where a name is wrong, correct the roster and import it again. Nothing was changed on this device";
    strangers(households: usize, places: usize, list: &str) => "本机有{households}户尚未上传，所在的{places}处村（社区）不在本设备辖区内，接入并同步后本机将不再显示，因此没有接入：{list}", "{households} households that are not sent yet lie in {places} villages outside this device's territory; after a sync they would leave it, so it has not joined: {list}";
    stranger(place: &str, households: usize) => "{place}（{households}户）", "{place} ({households})";
    strangers_remedy => "请管理员调整本设备辖区后再接入，原登记码在有效期内仍可使用；确认由服务器保管这些户的，请加 --leave-outside 接入，这些户会全部上传。本机数据没有改动", "have the device's territory changed, then join with the same code while it lives; or join with --leave-outside: they are all sent and stay on the server. Nothing was changed on this device";
    not_enrolled => "本机尚未接入服务器", "this device has joined no server";
    not_enrolled_remedy => "请向管理员索取登记码，运行 zhulian enroll 服务器地址 登记码", "ask the operator for a device code and run zhulian enroll URL CODE";
    sync_busy => "正在同步，请稍候", "a synchronisation is under way";
    sync_busy_remedy => "请等本次同步结束", "wait until it has ended";
}
