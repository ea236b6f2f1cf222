//! Texts of the console's screens.

crate::messages! {
    // --- around every screen ---
    wanted_size(width: u16, height: u16) => "请放大到 {width}×{height} 以上", "Please enlarge it to {width}x{height} or more";
    all_territory => "全部辖区", "whole territory";
    territory_and_more(first: &str, more: usize) => "{first}等{more}处", "{first} and {more} more";
    opening => "正在打开…", "opening…";
    not_opened => "数据未打开", "not opened";
    alone => "单机", "alone";
    online => "在线", "online";
    offline => "离线", "offline";
    program => "助联", "zhulian";
    read_only => "只读", "read-only";
    disk_full => "磁盘已满", "disk full";
    writes_nothing => "磁盘写入出过错，本机数据现为只读：可以查看，不能登记", "Writing to the disk failed: records can be read, nothing can be recorded";
    unsent(count: u64) => "未传{count}", "unsent {count}";
    conflicts(count: u64) => "冲突{count}", "conflicts {count}";
    never_synced => "未同步", "no sync";
    synced_now => "刚同步", "sync now";
    synced_minutes(count: i64) => "{count}分钟前同步", "sync {count} min";
    synced_hours(count: i64) => "{count}小时前同步", "sync {count} h";
    synced_days(count: i64) => "{count}天前同步", "sync {count} d";
    done(what: &str) => "已保存：{what}", "Saved: {what}";
    undo_hint(key: &str) => "{key} 撤销", "{key} takes it back";
    undone(what: &str) => "已撤销：{what}", "Taken back: {what}";
    loading => "正在读取…", "loading…";
    file_unreadable => "这户的档案无法读取", "The file of this household cannot be read";
    file_unreadable_hint => "户主、住址和走访日期取自列表，仍可查看；按 F5 重新读取", "What stands above comes from the list and still holds; F5 reads the file again";
    not_read => "档案没有读出", "The file has not been read";

    // --- why something cannot be done ---
    not_here => "此处不能使用这项操作", "This cannot be done here";
    no_right => "您的角色没有这项权限", "Your role may not do this";
    no_household => "请先选中一户", "Choose a household first";
    no_redo => "撤销后如需恢复，请重新办理", "What was taken back is restored by doing it again";
    no_export => "导出请使用命令 zhulian export", "To export, use the command zhulian export";
    no_server => "单机使用，没有服务器来信", "Working alone: there is no server to hear from";
    still_opening => "数据正在打开，请稍候", "The data is still being opened";
    refreshed_alone => "已刷新。单机使用，无需同步", "Refreshed. Working alone: nothing to sync";
    syncing => "正在同步…", "synchronising…";
    sync_pushed(gauge: &str, done: u64, total: u64) => "正在上传 [{gauge}] {done}/{total}", "sending [{gauge}] {done}/{total}";
    sync_pulled(done: u64) => "正在下载，已收到{done}条", "receiving, {done} so far";
    sync_waiting(seconds: u64) => "服务器暂未应答，{seconds}秒后重试", "no answer yet, trying again in {seconds} s";
    synced(pushed: u64, refused: u64, pulled: u64) => "同步完成：上传{pushed}条，退回{refused}条，下载{pulled}条", "Synchronised: {pushed} sent, {refused} refused, {pulled} received";

    // --- the inbox ---
    inbox_kind => "类别", "Kind";
    inbox_about => "事项", "About";
    inbox_when => "时间", "When";
    inbox_nothing => "没有待处理的事项", "Nothing waits";
    inbox_conflict => "填报不一致", "Conflict";
    inbox_lost_claim => "认领未成功", "Lost claim";
    inbox_refused => "被退回", "Refused";
    inbox_overtaken => "已由他人更新", "Overtaken";
    inbox_holder(holder: &str, since: &str) => "{holder}已于{since}认领。相近的心愿：", "{holder} claimed at {since}. Wishes like it:";
    inbox_held_over(held: &str, offered: &str) => "现为“{held}”，本人填报“{offered}”", "“{held}” stands, you wrote “{offered}”";
    inbox_held => "现值", "What stands";
    inbox_offered => "另一值", "The other";
    inbox_no_file => "这一事项没有对应的家庭档案", "There is no household behind this";
    inbox_no_conflict => "这一事项没有两个不同的值", "There are no two values here";
    inbox_no_lost_claim => "这一事项没有相近的心愿可认领", "There is no like wish to claim here";
    inbox_settle_first => "冲突须先处理", "A conflict is settled, not put away";
    quit_hint(key: &str) => "按 {key} 退出", "Press {key} to quit";

    // --- settings and drafts ---
    draft_failed(what: &str) => "草稿未能保存或读取：{what}", "The draft could not be kept or read: {what}";
    draft_disk_full => "磁盘已满，草稿没有保存；已填的内容还在屏幕上", "The disk is full, so the draft was not kept; what was typed still stands on the screen";
    draft_disk_full_remedy => "请先清理磁盘，暂勿关闭窗口", "Free some space first; leave the window open";
    draft_failed_remedy => "请尽快提交，并检查磁盘空间和权限", "Submit soon, and check disk space and permissions";
}

crate::messages! {
    // --- titles, tabs, columns ---
    household => "户详情", "Household";
    tab_basic => "基本", "Basics";
    tab_members => "成员", "Members";
    tab_portrait => "七维画像", "Portrait";
    tab_allowance => "救助待遇", "Entitlements";
    tab_visits => "走访", "Visits";
    tab_needs => "需求", "Needs";
    tab_wishes => "微心愿", "Wishes";
    tab_timeline => "时间线", "Timeline";
    col_name => "户主", "Head";
    col_members => "人口", "Persons";
    col_village => "村/社区", "Village";
    col_category => "类别", "Category";
    col_grade => "风险", "Risk";
    col_last => "上次", "Last";
    col_last_visit => "上次走访", "Last visit";
    col_due => "下次走访", "Next visit";
    col_needs => "需求", "Needs";
    col_wishes => "心愿", "Wishes";
    col_flags => "标记", "Flag";
    col_archive => "档案号", "Archive no.";
    col_match => "匹配", "Match";
    col_limit => "事项", "Matter";
    col_wish => "心愿", "Wish";
    col_need => "需求", "Need";
    col_number => "编号", "Number";
    col_reported => "登记", "Reported";
    col_content => "线索内容", "What was noticed";
    col_subject => "涉及人员", "Person";
    col_urgency => "紧急", "Urgency";
    col_state => "状态", "State";
}

// --- dates and counts ---
crate::messages! {
    overdue(days: i64) => "逾期{days}天", "{days} d late";
    due_today => "今天", "today";
    due_tomorrow => "明天", "tomorrow";
    due_in(days: i64) => "{days}天后", "in {days} d";
    yesterday => "昨天", "yesterday";
    today_word => "今天", "today";
    years_ago(years: i64) => "{years}年前", "{years} y ago";
    days_ago(days: i64) => "{days}天前", "{days} d ago";
    never_visited => "从未走访", "never visited";
    persons(count: u32) => "{count}人", "{count} pers.";
    years_old(age: u32) => "{age}岁", "{age} years";
    open_things(needs: u8, wishes: u8) => "需求{needs} 心愿{wishes}", "needs {needs}, wishes {wishes}";
    totals(households: usize, people: u32) => "{households}户 {people}人", "{households} households, {people} persons";
    total_overdue(count: usize) => "逾期{count}", "{count} overdue";
    filtered(what: &str) => "筛选：{what}", "Filter: {what}";
    sorted_by(what: &str) => "按{what}", "by {what}";
    sort_village => "村（社区）", "village";
    sort_due => "下次走访", "next visit";
    sort_last => "上次走访", "last visit";
    sort_grade => "风险等级", "risk";
    sort_open => "需求心愿数", "open needs and wishes";
    sort_category => "类别", "category";
    no_households => "没有符合条件的户", "No household fits";
    one_pane => "窗口较窄，只显示列表", "The window shows one pane only";
    flag_left => "退出", "left";
}

// --- today ---
crate::messages! {
    today_visits(count: usize, overdue: usize) => "走访 {count}（逾期 {overdue}）", "Visits {count} ({overdue} overdue)";
    today_wishes(count: &str) => "心愿临期 {count}", "Wishes near a limit {count}";
    today_leads(count: &str) => "待核线索 {count}", "Leads {count}";
    today_needs(count: &str) => "待核需求 {count}", "Needs {count}";
    no_visits(days: u64) => "{days}天内没有到期的走访", "No visit is due within {days} days";
    no_wishes => "没有临近期限的心愿", "No wish is near a limit";
    no_leads => "没有待核实的线索", "No lead waits";
    no_needs => "没有待核实的需求", "No need waits";
    limit_contact => "认领后联系", "contact";
    limit_lease => "认领到期", "end of lease";
    limit_pool => "公示截止", "end of display";
    limit_confirm => "待受助人确认", "to be confirmed";
}

// --- filter ---
crate::messages! {
    filter_title => "筛选（←→ 选择）", "Filter (Left/Right choose)";
    facet_all => "全部", "all";
    facet_grade(letter: &str) => "{letter}级", "grade {letter}";
    facet_grade_label => "风险等级", "Risk grade";
    facet_due => "走访", "Visits";
    facet_overdue => "已逾期", "overdue";
    facet_week => "7天内到期", "due within 7 days";
    facet_never => "从未走访", "never visited";
    facet_open => "需求心愿", "Open";
    facet_needs => "有待办需求", "with open needs";
    facet_wishes => "有在办心愿", "with open wishes";
    facet_nothing => "无在办事项", "nothing open";
    facet_register => "在册", "Register";
    facet_present => "在册", "on the register";
    facet_left => "已退出", "left";
}

// --- find ---
crate::messages! {
    find_hint => "姓名、拼音首字母、身份证后四位、电话、档案号、村名", "Name, pinyin, initials, last four of the ID, phone, archive no., village";
    find_not_ready => "索引正在建立…", "The index is being built…";
    find_earlier => "最近查找", "Earlier searches";
    find_total(total: usize, shown: usize) => "共{total}户，显示{shown}户", "{total} found, {shown} shown";
    find_nothing => "没有找到", "Nobody found";
    found_member(name: &str) => "成员 {name}", "member {name}";
    found_id(tail: &str) => "身份证尾号 {tail}", "ID …{tail}";
    found_phone(phone: &str) => "电话 {phone}", "phone {phone}";
    found_archive(no: &str) => "档案号 {no}", "archive {no}";
    found_village => "村名", "village";
    found_address => "住址", "address";
    help_search => "F2 或 / 查找按键", "F2 or / searches the keys";
}

// --- household ---
crate::messages! {
    field_address => "住址", "Address";
    field_phone => "电话", "Phone";
    field_visits => "走访次数", "Visits";
    field_open => "在办", "Open";
    field_reasons => "评级理由", "Reasons";
    no_reasons => "未发现高风险或重点情形", "nothing stands out";
    reason_of(who: &str, reason: &str) => "{who}：{reason}", "{who}: {reason}";
    not_held => "本机没有这户的档案", "This device does not hold the file";
    no_older => "没有更早的记录", "There is nothing older";
    older_waiting(key: &str) => "还有更早的记录，按 {key} 读取", "There are older entries: {key}";
    no_members => "没有登记成员", "No members on file";
    is_disabled => "残疾", "disabled";
    left_on(date: &str) => "{date} 迁出", "left {date}";
    last_visit_heading(when: &str) => "最近走访 {when}", "Last visit {when}";
    next_visit(date: &str) => "下次 {date}", "next {date}";
    no_needs_here => "没有登记需求", "No needs on file";
    no_wishes_here => "没有微心愿", "No wishes on file";
    no_history => "没有记录", "Nothing on record";
    allowance_government => "政府救助", "Government assistance";
    allowance_insurance => "参保", "Insurance";
    allowance_charity => "慈善帮扶", "From charity";
    allowance_needs => "已提供的服务", "Needs served";
    nothing_yet => "暂无", "nothing yet";
    portrait_bars(overall: &str) => "七个维度的困难程度（综合 {overall}，满分100）", "Hardship in seven dimensions (overall {overall} of 100)";
    portrait_suggests => "分值由指标推算，仅供参考；认定以经办人核实为准", "Scores follow from indicators and only suggest; a person decides";
    as_of(date: &str) => "截至{date}", "as of {date}";
    until(date: &str) => "{date}前", "until {date}";
    up_to(amount: &str) => "不超过{amount}元", "up to {amount} yuan";
    claimed_by(who: &str) => "认领人 {who}", "claimed by {who}";
    contact_by(date: &str) => "{date}前联系", "contact by {date}";
    mediated_by(who: &str) => "动员人 {who}", "mediated by {who}";
    need_found(what: &str) => "发现需求：{what}", "found: {what}";
    changed(field: &str, before: &str, after: &str) => "{field}：{before} → {after}", "{field}: {before} → {after}";
    nothing_known => "没有登记", "Nothing on file";
}

// --- lock ---
crate::messages! {
    locked => "已锁屏", "Locked";
    lock_program(version: &str) => "助联 {version}", "zhulian {version}";
    lock_passphrase => "输入口令后回车", "Type the passphrase, then Enter";
    lock_trying => "正在验证…", "checking…";
    lock_wrong(times: u32) => "口令不对（{times}次）", "Wrong passphrase ({times})";
    lock_key_file => "本机用密钥文件开启，没有口令", "This home opens with a key file; it has no passphrase";
    lock_unsealed => "本机数据未加密，没有口令", "This home is not sealed; it has no passphrase";
    lock_enter => "按回车返回", "Press Enter to return";
}

// --- first start ---
crate::messages! {
    first_start => "初次使用", "First start";
    welcome => "欢迎使用助联", "Welcome to zhulian";
    welcome_body => "这里还没有数据。请选择从哪里开始：", "There is no data here yet. Where would you like to begin?";
    offer_join => "接入中心服务器", "Join a server";
    offer_join_body => "由管理员提供服务器地址和一次性登记码", "The administrator gives you its address and a one-time code";
    join_hint => "地址和一次性登记码由管理员提供；登记码十分钟内有效，限用一次", "The administrator gives you both; the code is good for ten minutes and for one device";
    join_name_hint => "便于管理员辨认，可不填", "tells the administrator which device this is; may be left empty";
    join_trust_hint => "单位自签证书的 PEM 文件路径；没有则不填", "path of a PEM file where the server has a certificate of its own; else leave it empty";
    joining => "正在接入服务器…", "joining the server…";
    joining_wait => "正在接入，请稍候", "still joining";
    fetching => "已接入。正在下载辖区数据…", "Joined. Fetching the data of your territory…";
    fetched(count: u64) => "已收到{count}条", "{count} received so far";
    not_fetched => "已接入服务器，但数据还没有下载完：", "Joined, but the data are not all here yet:";
    not_fetched_hint(retry: &str, enter: &str) => "{retry} 再次下载，{enter} 先进入", "{retry} tries again, {enter} goes on without them";
    offer_import => "导入名册", "Import rosters";
    offer_import_body => "从民政系统导出的家庭、人员表格（xlsx、xls、ods、csv）", "Household and member spreadsheets exported from the civil-affairs system (xlsx, xls, ods, csv)";
    offer_alone => "单机开始", "Begin alone";
    ask_name => "您的姓名", "Your name";
    ask_name_hint => "记录在走访和办理记录上", "It stands on visits and other records";
    filling => "正在生成演示数据", "Making the demo";
    offer_alone_body => "先登记使用人，名册以后再导入", "Say who works here; rosters can be brought in later";
    offer_demo => "试用演示数据", "Try the demo";
    offer_demo_body => "在本机建立一个虚构的村，随意操作", "Makes an invented village here to try things out";

}

// --- settings ---
crate::messages! {
    setting_language => "语言", "Language";
    setting_theme => "配色", "Theme";
    setting_ascii => "只用 ASCII 线条", "ASCII lines only";
    setting_mouse => "鼠标", "Mouse";
    setting_keymap => "键位", "Keymap";
    on => "开", "on";
    off => "关", "off";
    about_version => "版本", "Version";
    about_worker => "用户", "User";
    about_role => "角色", "Role";
    about_households => "本机户数", "Households here";
}

use super::Lang;
use crate::tui::theme::ThemeName;

/// What was taken back, with what it was about where that is known.
pub fn undone_of(lang: Lang, what: &str, about: &str) -> String {
    let told = undone(lang, what);
    if about.is_empty() { told } else { lang.pick(format!("{told}（{about}）"), format!("{told} ({about})")) }
}

/// How long ago the last sync was.
pub fn synced_before(lang: Lang, minutes: i64) -> String {
    match minutes {
        ..1 => synced_now(lang).to_owned(),
        1..60 => synced_minutes(lang, minutes),
        60..1440 => synced_hours(lang, minutes / 60),
        _ => synced_days(lang, minutes / 1440),
    }
}

/// What a theme is called.
pub fn theme_name(lang: Lang, theme: ThemeName) -> &'static str {
    match theme {
        ThemeName::Dark => lang.pick("深色", "dark"),
        ThemeName::Light => lang.pick("浅色", "light"),
        ThemeName::HighContrast => lang.pick("高对比", "high contrast"),
        ThemeName::Mono => lang.pick("单色", "monochrome"),
    }
}

/// A category in a word or two, in English; Chinese has short forms in the code list itself.
pub fn category_short(code: &str) -> Option<&'static str> {
    Some(match code {
        "dibao" => "allowance",
        "dibao_single" => "allowance/1",
        "tekun" => "extreme",
        "tekun_jizhong" => "extreme/in",
        "tekun_fensan" => "extreme/out",
        "dibian" => "near line",
        "gangxing" => "expenses",
        "fangfanpin" => "monitored",
        "other" => "other",
        _ => return None,
    })
}
