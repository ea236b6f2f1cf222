//! Synchronisation with the central server.

crate::messages! {
    too_old(theirs: u16, oldest: u16) => "本机程序版本过旧（协议{theirs}，服务器最低要求{oldest}）", "this program is too old (protocol {theirs}; the server needs {oldest})";
    too_old_remedy => "已保存的工作仍可上传；请升级程序后再下载数据", "what you saved can still be sent; update the program to receive";
    too_new(theirs: u16, newest: u16) => "服务器版本较旧（协议{newest}，本机为{theirs}）", "the server is older (protocol {newest}; this program speaks {theirs})";
    too_new_remedy => "请联系管理员升级服务器；本机数据不受影响", "ask the operator to update the server; nothing on this device is lost";
    too_large(bytes: u64, limit: u64) => "一次上传{bytes}字节，超过上限{limit}字节", "{bytes} bytes at once are more than the limit of {limit}";
    too_many(commands: u64, limit: u64) => "一次上传{commands}条，超过上限{limit}条", "{commands} commands at once are more than the limit of {limit}";
    too_large_remedy => "请分批上传", "send them in smaller batches";
    damaged(detail: &str) => "上传内容已损坏：{detail}", "the message is damaged: {detail}";
    damaged_remedy => "请重新同步；若反复出现，请运行 zhulian doctor", "synchronise again; if it comes back, run zhulian doctor";
    forged => "上传内容的签章与设备不符", "the seal is not that of the device";
    forged_remedy => "请重新登记本机设备，或联系管理员核查", "enrol this device again, or have the operator look into it";
    unknown_device => "服务器没有登记这台设备", "the server does not know this device";
    unknown_device_remedy => "请向管理员索取设备码，重新登记", "ask the operator for a device code and enrol";
    revoked => "这台设备已被停用", "this device was revoked";
    revoked_remedy => "未上传的工作请导出为文件，交管理员审核后补录", "write what was not sent to a file and hand it to the operator";
    gap(expected: u64, got: u64) => "上传序号不连续：应为第{expected}条，实为第{got}条", "commands are missing: expected {expected}, got {got}";
    gap_remedy => "程序会从缺少的一条起重新上传", "the program sends again from the missing one";
    cloned(seq: u64, held: &str) => "第{seq}条与服务器已有记录不一致（校验{held}），本机可能是另一台设备的复制品", "command {seq} differs from what the server has ({held}): this disk may be a copy";
    cloned_remedy => "请停止使用其中一台，并为它重新登记设备；未上传的工作已留存，可由管理员补录", "stop using one of the two and enrol it anew; what was not sent is kept and can be brought in by the operator";
    epoch_changed(epoch: u32) => "服务器已从备份恢复（第{epoch}期）", "the server was restored from a backup (epoch {epoch})";
    epoch_changed_remedy => "程序会补传服务器缺少的工作，并重新下载数据", "the program sends what the server lacks and fetches the data anew";
    not_held(feed: &str) => "本机无权下载“{feed}”的数据", "this device does not hold {feed}";
    not_held_remedy => "如辖区有变，请联系管理员", "ask the operator if your territory has changed";
    cursor_unknown(feed: &str, seq: u64) => "“{feed}”的下载位置（{seq}）已失效", "the place {seq} in {feed} is no longer known";
    cursor_unknown_remedy => "程序会重新下载该区域的数据", "the program fetches that feed anew";
    busy(retry_after: u32) => "服务器繁忙，请{retry_after}秒后重试", "the server is busy; try again in {retry_after} s";
    busy_remedy => "程序会稍后自动重试；工作可以继续", "the program tries again later; go on working";
    failed(detail: &str) => "服务器出错：{detail}", "the server failed: {detail}";
    failed_remedy => "程序会稍后自动重试；若持续出现，请联系管理员", "the program tries again later; tell the operator if it lasts";
    undecodable(detail: &str) => "该操作无法识别：{detail}", "the command cannot be read: {detail}";
    undecodable_remedy => "原始内容已留存，请联系管理员处理", "its bytes are kept; ask the operator";
    unknown_command(name: &str) => "服务器不认识操作“{name}”", "the server does not know the command “{name}”";
    unknown_command_remedy => "原始内容已留存；请升级服务器后由管理员补录", "its bytes are kept; the operator can bring it in after an update of the server";
    faulty => "处理该操作时程序出错", "a rule failed on this command";
    faulty_remedy => "原始内容已留存，请联系管理员处理", "its bytes are kept; ask the operator";
    misnamed => "该操作的编号与上传序号不符", "the command's own name differs from its place in the push";
    misnamed_remedy => "原始内容已留存，请联系管理员处理", "its bytes are kept; ask the operator";
    command_too_large(bytes: u64) => "该操作过大（{bytes}字节）", "the command is too large ({bytes} bytes)";
    command_too_large_remedy => "原始内容已留存；请拆分后重新办理", "its bytes are kept; do it again in smaller parts";
    not_enrolled => "办理人员未登记在这台设备上", "the author is not enrolled on this device";
    not_enrolled_remedy => "请由管理员把该人员加到这台设备", "have the operator add the worker to this device";
}
