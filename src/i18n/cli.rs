//! The command line: answers, errors, and the Chinese texts of its help.

mod help;

pub use help::help_zh;

use super::Lang;
use crate::search::Field;

crate::messages! {
    error(message: &str, code: &str) => "错误：{message}（{code}）", "error: {message} ({code})";
    ambiguous(text: &str, count: usize) => "“{text}”对应{count}条记录", "“{text}” fits {count} records";
    ambiguous_remedy => "请多写几位，或使用完整编号", "give more of the id, or all of it";
    no_data_folder => "系统没有指定数据目录", "the system names no data folder";
    no_data_folder_remedy => "请用 --home 或环境变量 ZHULIAN_HOME 指定", "name one with --home or ZHULIAN_HOME";
    file_io(path: &str, error: &str) => "文件 {path} 无法读写：{error}", "{path} cannot be used: {error}";
    file_io_remedy => "请核对路径、权限和磁盘空间", "check the path, its permissions and the disk";
    bad_value(option: &str, value: &str) => "“{option}”不能是“{value}”", "“{option}” cannot be “{value}”";
    bad_value_remedy(expected: &str) => "可选：{expected}", "choose: {expected}";
    owner_lost => "占用数据的程序在办理途中退出，不能确定是否已办理", "the program that holds the data ended during the command; whether it was carried out is unknown";
    owner_lost_remedy => "请查看相关记录后再决定是否重做", "look at the record before doing it again";
    owner_silent(pid: &str) => "占用数据的程序（进程 {pid}）没有应答", "the program that holds the data (process {pid}) does not answer";
    owner_silent_remedy => "它可能被挂起：在其终端运行 fg，或关闭它后重试；本次没有办理", "it may be suspended: run fg in its terminal, or close it and try again; nothing was carried out";
    needs_whole(pid: &str) => "这项操作须独占数据，而进程 {pid} 正在使用", "this needs the data to itself, and process {pid} is using it";
    needs_whole_remedy => "请先关闭该程序", "close that program first";
    ask_passphrase => "数据口令：", "Passphrase of the data: ";

    usage_value(option: &str, value: &str) => "选项 {option} 的值“{value}”无效", "“{value}” is no value for {option}";
    usage_no_value(option: &str) => "选项 {option} 缺少值", "{option} needs a value";
    usage_unknown(option: &str) => "没有选项 {option}", "there is no option {option}";
    usage_unknown_command(name: &str) => "没有命令 {name}", "there is no command {name}";
    usage_missing_command => "缺少命令", "a command is missing";
    usage_missing(options: &str) => "缺少 {options}", "{options} is missing";
    usage_conflict(one: &str, other: &str) => "{one} 与 {other} 不能同时使用", "{one} cannot stand beside {other}";
    usage_utf8 => "参数不是有效的 UTF-8 文本", "an argument is not valid UTF-8";
    usage_did_you_mean(name: &str) => "是否要用 {name}？", "did you mean {name}?";
    usage_remedy => "加 --help 查看用法", "add --help to see how it is used";

    h_archive => "档案号", "Archive no.";
    h_head => "户主", "Head";
    h_place => "村（社区）", "Village";
    h_category => "类别", "Category";
    h_risk => "风险", "Risk";
    h_found => "命中", "Found in";
    h_members => "人口", "Members";
    h_last_visit => "上次走访", "Last visit";
    h_next_due => "下次走访", "Next due";
    h_due => "应访日期", "Due";
    h_overdue => "逾期天数", "Days late";
    h_time => "时间", "Time";
    h_mode => "方式", "Mode";
    h_result => "结果", "Result";
    h_by => "人员", "By";
    h_note => "记录", "Notes";
    h_number => "编号", "Number";
    h_title => "事项", "Title";
    h_urgency => "紧急程度", "Urgency";
    h_state => "状态", "State";
    h_card => "心愿内容", "Card";
    h_units => "数量", "Units";
    h_free => "余/总", "Free";
    h_age => "年龄段", "Age";
    h_until => "截止", "Until";
    h_reported => "登记日期", "Registered";
    h_content => "内容", "Content";
    h_subject => "涉及人员", "Person";
    h_channel => "渠道", "Channel";

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
    need_now(id: &str, no: &str, title: &str, state: &str) => "{id}  需求 {no}“{title}”：{state}", "{id}  need {no} “{title}”: {state}";
    lead_now(id: &str, no: &str, state: &str) => "{id}  线索 {no}：{state}", "{id}  lead {no}: {state}";
    wish_now(id: &str, no: &str, state: &str) => "{id}  心愿 {no}：{state}", "{id}  wish {no}: {state}";
    claim_now(id: &str, no: &str, claim: &str, wish: &str) => "{id}  认领：{claim}；心愿 {no}：{wish}", "{id}  claim: {claim}; wish {no}: {wish}";
    tentative_remark => "本机认领待确认：接入服务器后由服务器最终确认", "tentative: it holds on this device until a server decides";
    tentative_state(state: &str) => "{state}（待确认）", "{state} (tentative)";
}

/// The field in which something was found.
pub fn found_in(lang: Lang, field: Field) -> &'static str {
    let (zh, en) = match field {
        Field::Name => ("姓名", "name"),
        Field::IdTail => ("身份证号后四位", "ID number"),
        Field::Phone => ("电话", "telephone"),
        Field::ArchiveNo => ("档案号", "archive number"),
        Field::Village => ("村（社区）", "village"),
        Field::Address => ("地址", "address"),
    };
    lang.pick(zh, en)
}
