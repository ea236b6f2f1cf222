//! Answers to the daily commands.

crate::messages! {
    nothing_found => "没有找到", "nothing found";
    more_found(count: usize) => "另有{count}户，请缩小范围或加大 --limit", "{count} more; narrow the search or raise --limit";
    household_title(head: &str, place: &str, grade: &str, label: &str) => "{head}  {place}  风险{grade}（{label}）", "{head}  {place}  risk {grade} ({label})";
    member_title(number: usize, name: &str) => "成员{number}  {name}", "Member {number}  {name}";
    visits_title(count: usize) => "走访（{count}次）", "Visits ({count})";
    older_visits(count: u32) => "更早的{count}次走访请加 --all 查看", "{count} older visits: add --all";
    needs_title => "需求", "Needs";
    wishes_title => "微心愿", "Wishes";
    timeline => "办理经过", "Timeline";
    visit_logged(id: &str, head: &str, due: &str) => "{id}  已登记走访：{head}，下次走访 {due}", "{id}  visit logged: {head}, next due {due}";
    due_sum(count: usize, overdue: usize) => "应访{count}户，其中逾期{overdue}户", "{count} due, {overdue} of them overdue";
    released_without_reason => "命令行放弃认领，未注明原因", "released on the command line without a reason";
    need_now(id: &str, no: &str, title: &str, state: &str) => "{id}  需求 {no}“{title}”：{state}", "{id}  need {no} “{title}”: {state}";
    lead_now(id: &str, no: &str, state: &str) => "{id}  线索 {no}：{state}", "{id}  lead {no}: {state}";
    wish_now(id: &str, no: &str, state: &str) => "{id}  心愿 {no}：{state}", "{id}  wish {no}: {state}";
    claim_now(id: &str, no: &str, claim: &str, wish: &str) => "{id}  认领：{claim}；心愿 {no}：{wish}", "{id}  claim: {claim}; wish {no}: {wish}";
    tentative_remark => "本机认领待确认：接入服务器后由服务器最终确认", "tentative: it holds on this device until a server decides";
    undone(what: &str) => "已撤销：{what}", "undone: {what}";
    inbox_empty => "没有待处理的事项", "nothing waits";
    inbox_alone => "本机尚未接入服务器：被退回的操作、未成功的认领和冲突在接入后才会出现", "this device works alone: refused commands, lost claims and conflicts come only from a server";
    inbox_tentative(card: &str, by: &str) => "认领待服务器确认：“{card}”，须在{by}前对接", "a claim waits for a server's word: “{card}”, contact by {by}";
    inbox_tentative_remedy(no: &str) => "接入服务器后自动确认；如不再认领：zhulian wish release {no}", "it is decided once a server is joined; to give it back: zhulian wish release {no}";
    inbox_confirm(card: &str) => "已圆梦，待受助人确认：“{card}”", "fulfilled, the beneficiary has yet to confirm: “{card}”";
    inbox_confirm_remedy(no: &str) => "回访后办理：zhulian wish confirm {no}", "after asking them: zhulian wish confirm {no}";
    audit_whole(entries: u64, hash: &str) => "审计记录完整：{entries}条，末条摘要 {hash}", "the audit trail is whole: {entries} entries, last hash {hash}";
    worker_added(id: &str, name: &str) => "{id}  已登记人员：{name}", "{id}  worker added: {name}";
    keymap_valid(path: &str, count: usize) => "{path} 无误，共{count}个键位", "{path} is valid: {count} bindings";
    man_written(count: usize, dir: &str) => "已在 {dir} 写入{count}页手册", "{count} pages written to {dir}";
    default_value => "（默认）", "(default)";
    tentative_state(state: &str) => "{state}（待确认）", "{state} (tentative)";
    listening(what: &str) => "listening {what}", "listening {what}";
    device_code(code: &str, until: &str) => "{code}  登记码，有效至 {until}，限用一次", "{code}  good for one device until {until}";
    device_revoked(id: &str, name: &str) => "{id}  已停用设备：{name}", "{id}  device revoked: {name}";
    feeds_given(id: &str, feeds: &str) => "{id}  可保存：{feeds}", "{id}  may hold: {feeds}";
    ingested(applied: usize, merged: usize, refused: usize, reply: &str) => "生效{applied}条，合并{merged}条，退回{refused}条；答复已写入 {reply}", "{applied} applied, {merged} merged, {refused} refused; the reply is in {reply}";
}
