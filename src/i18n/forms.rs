//! Forms, pools and dialogs of the console.

use chrono::NaiveDate;

use crate::domain::need::Need;
use crate::domain::refusal::Label;
use crate::domain::risk::RiskGrade;
use crate::i18n::Lang;
use crate::tui::screens::sheet::Purpose;

crate::messages! {
    loading => "正在读取档案……", "reading the file…";
    not_ready => "档案尚未读出", "the file is not read yet";
    draft_kept => "草稿已保存", "draft kept";
    no_draft_here => "这张表单内容不多，不存草稿", "so short a form keeps no draft";
    draft_taken_up(key: &str) => "已恢复上次未提交的草稿；不需要时按 {key} 丢弃", "a draft from last time; {key} discards it";
    discard_title => "丢弃草稿？", "Discard what was typed?";
    discard_body => "已填写的内容将被删除，不能恢复。", "What was typed is thrown away and cannot be brought back.";
    card_returned(reason: &str, remark: &str) => "驳回原因：{reason}  {remark}", "returned: {reason}  {remark}";
    claimed_units(count: usize) => "{count}份", "{count} units";
    not_chosen => "未选", "none";
    confirm_hint => "本人或家人确认的，此项留空；本人无法确认的，请选第二名工作人员并写明情况", "leave it empty where the beneficiary or the family confirms; else choose the second worker and say what was seen";
    visit_title => "登记走访", "Log a visit";
    never_visited => "尚未走访过", "never visited yet";
    last_visit(date: &str, result: &str, note: &str) => "上次 {date} {result}  {note}", "last {date} {result}  {note}";
    last_visits => "最近走访", "Last visits";
    claim_is_tentative => "待确认：尚未与中心服务器同步，同步后才知道是否认领成功", "tentative: no server has granted it yet; syncing will tell";
    no_leads => "没有线索。F4 登记线索", "no leads; F4 registers one";
    no_needs => "没有需求。在户详情中按 F4 登记", "no needs; register one from a household with F4";
    no_wishes => "心愿池是空的。在已核实的需求上写心愿卡", "the pool is empty; write a card from a verified need";
    not_this_state => "当前状态不能办理此项", "not possible in this state";
    nothing_selected => "没有选中的记录", "nothing is selected";
    no_case_right => "当前角色无权查看档案", "your role may not see case files";
    column_state => "状态", "State";
    urgency => "紧急程度", "Urgency";
    column_urgency => "急", "Urg";
    column_title => "需求事项", "Need";
    column_household => "户主", "Head";
    column_place => "村/社区", "Village";
    column_reported => "登记", "Since";
    column_due => "期限", "Due";
    column_card => "心愿内容", "Card";
    column_category => "类别", "Category";
    column_units => "余/总", "Free";
    column_ceiling => "上限", "Ceiling";
    column_days => "剩余", "Left";
    column_town => "乡镇", "Town";
    column_age => "年龄段", "Age";
    column_subject => "涉及人员", "Person";
    column_content => "线索内容", "What was noticed";
    column_channel => "渠道", "Channel";
    standing_mark => "预先认领", "held";
    held_for_donors(key: &str) => "由助联体点为日常到访的捐赠人保留，{key} 指定捐赠人", "a point holds it for donors who come by; {key} names one";
    delivered_twice(count: u16) => "重复送达{count}次，只计一次圆梦", "delivered again {count} times; counted once";
    stock_left(station: &str, resource: &str, left: u32, unit: &str) => "{station}  {resource}  剩余{left}{unit}", "{station}  {resource}  {left} {unit} left";
    tentative_mark => "待确认", "tentative";
    filter_open => "未了", "open";
    filter_all => "全部", "all";
    filter_pool => "可认领", "to claim";
    filter_mine => "在办", "under way";
    days_left(n: i32) => "{n}天", "{n}d";
    days_over(n: i32) => "超{n}天", "{n}d late";
    open_needs => "未了需求", "Open needs";
    filter_to_verify => "待核实", "to verify";
    filter_valid => "有效", "valid";
    filter_under_way => "办理中", "under way";
    filter_ended => "已了结", "ended";
    filter_true => "属实", "true";
    filter_untrue => "不予采纳", "rejected";
    filter_unpublished => "未发布", "not published";
    column_field => "领域", "Field";
    column_round => "轮次", "Rnd";
    published_on => "发布日期", "Published";
    open_until => "公示截止", "Open until";
    claim_heading => "认领", "Claim";
    contact_by => "联系期限", "Contact by";
    no_other_need => "该户没有可并入的其他未了需求", "the household has no other open need to merge it into";
    lead_without_household => "线索尚未对应到具体的户", "the lead is about no household on file";
    lead_is_settled => "线索已办结", "the lead is settled already";
    not_claimed => "这条心愿还没有人认领", "nobody has claimed this wish";
    choose_valid_need => "请先选中一条有效的需求，再写心愿卡", "choose a need that was found valid first; a card is written from it";
    nothing_masked => "选中的内容没有遮蔽", "nothing masked is selected";
}

crate::messages! {
    // --- importing rosters ---
    import_path => "路径", "Path";
    import_path_hint => "输入文件夹或文件名，Tab 补全", "type a folder or a file; Tab completes";
    column_chosen => "选中", "Chosen";
    column_file => "文件", "File";
    column_size => "大小", "Size";
    folder_unreadable => "无法读取这个文件夹", "this folder cannot be read";
    no_rosters_here => "这里没有表格文件（xlsx、xls、ods、csv）", "no spreadsheets here (xlsx, xls, ods, csv)";
    files_chosen(count: usize, names: &str) => "已选 {count} 个文件  {names}", "{count} chosen  {names}";
    choose_a_file => "请先选中名册文件", "choose a roster first";
    import_runs => "正在处理，请稍候", "still at work";
    import_reading => "读取文件", "reading";
    import_checking => "逐行核查", "checking";
    import_comparing => "与档案比对", "comparing";
    import_writing => "写入", "writing";
    import_indexing => "整理索引", "indexing";
    import_stop_hint => "Esc 停止；停止后档案不会有任何变化", "Esc stops; nothing is changed then";
    import_too_late => "已写入，正在整理索引，不能再停止", "written; the index is being brought up to date and cannot be stopped any more";
    import_category(category: &str, key: &str) => "类别 {category}（{key} 更换）", "Category {category} ({key} changes it)";
    category_by_file => "按名册识别", "as the roster says";
    import_stopped => "已停止，档案没有变化", "stopped; nothing was changed";
    import_committed => "已导入", "imported";
    report_written(path: &str) => "错误清单已写到 {path}", "the error workbook was written to {path}";
    report_suffix => "_错误", "-errors";
    count_new => "新增", "New";
    count_updated => "更新", "Updated";
    count_unchanged => "未变", "Unchanged";
    count_refused => "拒收", "Refused";
    households => "家庭", "Households";
    members => "人员", "Members";
    tab_faults => "错误", "Errors";
    tab_changes => "变化", "Changes";
    tab_notices => "提示", "Remarks";
    column_row => "行", "Row";
    column_column => "栏目", "Column";
    column_value => "内容", "Value";
    column_message => "说明", "What";
    column_code => "代码", "Code";
    column_person => "姓名", "Name";
    column_before => "原为", "Before";
    column_after => "改为", "After";
    no_faults => "没有错误", "no errors";
    no_changes => "没有内容变化", "no field changes";
    no_notices => "没有提示", "no remarks";
    ready_to_import => "核查无误。F8 全部导入", "No errors. F8 imports all of it";
    nothing_to_import => "没有需要导入的内容：名册与档案一致", "Nothing to do: the register says what the roster says";
    faults_found(count: usize, skipped: usize) => "有 {count} 处错误，另有 {skipped} 行因此不能导入。改正后重新核查，或按 F8 只导入有效的行", "{count} errors; {skipped} more rows cannot come in because of them. Correct them and check again, or F8 for the valid rows only";
    fault_place(file: &str, sheet: &str, row: u32, column: &str, code: &str) => "{file} · {sheet} · 第{row}行 · {column} · {code}", "{file} · {sheet} · row {row} · {column} · {code}";
    accept_valid => "只导入有效的行？", "Import the valid rows only?";
    accept_valid_body(faults: usize, households: usize, members: usize, good: usize) => "名册中有 {faults} 处错误，{households} 户、{members} 人不会导入。将导入或更新其余 {good} 户。", "The rosters have {faults} errors; {households} households and {members} persons stay out. The other {good} households are imported or updated.";
}

/// Why a next date is proposed.
pub fn proposed_by_grade(grade: RiskGrade) -> Label {
    Label {
        zh: format!("按{}频率推算，可修改", grade.label(Lang::Zh)),
        en: format!("by the interval for grade {}; may be changed", grade.code()),
    }
}

/// The earlier need that a new one may repeat.
pub fn like_need(held: &Need) -> Label {
    let date = held.reported_at.date();
    Label {
        zh: format!(
            "可能重复：{date} 已登记“{}”（{}）；如非重复，请在下面写明",
            held.title,
            held.state.label(Lang::Zh)
        ),
        en: format!(
            "possible duplicate: “{}” of {date} ({}); if it is none, say why below",
            held.title,
            held.state.label(Lang::En)
        ),
    }
}

/// The earlier wish or gift that a new one may repeat.
pub fn like_gift(title: &str, date: NaiveDate) -> Label {
    Label {
        zh: format!("可能重复：该户 {date} 已有同类心愿或物品“{title}”；确需再次提供的，请在下面写明理由"),
        en: format!("possible duplicate: “{title}” of {date}; if a second one is needed, say why below"),
    }
}

/// What a sheet is headed.
pub fn sheet_title(lang: Lang, purpose: &Purpose) -> &'static str {
    let (zh, en) = match purpose {
        Purpose::Need(_) => ("登记需求", "Register a need"),
        Purpose::Lead(_) => ("登记线索", "Report a lead"),
        Purpose::SettleLead(_, true) => ("线索属实", "The lead is true"),
        Purpose::SettleLead(_, false) => ("线索不予采纳", "Reject the lead"),
        Purpose::VerifyNeed(..) => ("核实需求", "Verify the need"),
        Purpose::RejectNeed(..) => ("不予认定需求", "Reject the need"),
        Purpose::WithdrawNeed(..) => ("撤回需求", "Withdraw the need"),
        Purpose::Triage(..) => ("需求分级", "Triage"),
        Purpose::MergeNeed(..) => ("并入另一条需求", "Merge into another need"),
        Purpose::ConfirmNeed(..) => ("确认需求已满足", "Confirm that the need is met"),
        Purpose::Wish(..) => ("写心愿卡", "Write a wish card"),
        Purpose::RewriteWish(..) => ("修改心愿卡", "Rewrite the card"),
        Purpose::RejectWish(_) => ("驳回心愿", "Return the card"),
        Purpose::WithdrawWish(_) => ("撤回心愿", "Withdraw the wish"),
        Purpose::Claim(_) => ("认领心愿", "Claim the wish"),
        Purpose::Hold(_) => ("预先认领心愿", "Hold the wish for donors"),
        Purpose::NameDonor(_) => ("指定捐赠人", "Name the donor"),
        Purpose::GiveOut(_) => ("发放物资", "Give out stock"),
        Purpose::Connect(_) => ("对接", "Contact made"),
        Purpose::Release(_) => ("放弃认领", "Release the claim"),
        Purpose::Fulfil(_) => ("心愿圆梦", "Fulfil the wish"),
        Purpose::ConfirmWish(_) => ("受助人确认", "The beneficiary confirms"),
        Purpose::Reveal(..) => ("查看完整信息（将记入审计）", "Show in full (audited)"),
    };
    lang.pick(zh, en)
}
