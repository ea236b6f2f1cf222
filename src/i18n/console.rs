//! Texts of the console's building blocks: lists, forms, dialogs, help.

crate::messages! {
    commands => "命令", "Commands";
    type_to_search => "输入中文、拼音首字母或英文", "Type a name or a few letters of it";
    code_or_letters => "代码，或名称、拼音首字母", "Code, or letters of the name";
    name_or_letters => "姓名、首字母、档案号、村名", "name, initials, archive no., village";
    nothing_found => "没有符合的", "Nothing fits";
    help_here => "当前可用", "Available here";
    help_elsewhere(section: &str, context: &str) => "{section}（{context}）", "{section} ({context})";

    date_empty => "请填写日期", "A date is missing";
    date_unreadable => "日期看不懂", "This is not a date";
    date_remedy => "写作 2025-03-12、20250312、3-12、12（本月），或 +7、-1（天）、今、昨、明",
        "Write 2025-03-12, 20250312, 3-12, 12 (this month), or +7, -1 (days)";

    too_small(width: u16, height: u16) => "窗口太小（{width}×{height}）", "Window too small ({width}x{height})";

    not_a_terminal => "标准输入和输出不是终端", "Standard input and output are no terminal";
    not_a_terminal_remedy => "请在终端里运行，或使用各子命令加 --json", "Run it in a terminal, or use the subcommands with --json";
    terminal_failed(what: &str) => "终端出错：{what}", "The terminal failed: {what}";
    terminal_failed_remedy => "换一个终端再试；数据没有受影响", "Try another terminal; the data is not affected";
    attach_failed(what: &str) => "无法连接正在运行的助联：{what}", "Cannot attach to the running console: {what}";
    attach_failed_remedy => "确认它仍在运行，或先退出它再打开", "Check that it still runs, or end it and open again";
}
