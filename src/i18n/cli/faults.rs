//! What can go wrong on the command line.

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
    cannot_ask => "需要输入口令，但无法在此询问", "a passphrase has to be typed, and nobody can be asked here";
    cannot_ask_remedy => "请用口令文件给出，或先关闭正在使用数据的控制台", "give it in a file, or close the console that holds the data first";
    audit_broken => "审计记录不完整或被改动", "the audit trail is incomplete or was changed";
    audit_broken_remedy => "请保留数据目录并运行 zhulian doctor，必要时从备份恢复", "keep the folder, run zhulian doctor, and restore a backup if need be";
    unwell => "检查发现问题", "the check found something";
    unwell_remedy => "运行 zhulian doctor --repair；仍有问题时从备份恢复", "run zhulian doctor --repair; restore a backup if that does not help";
    figures_differ(count: usize) => "{count}项数字与论文不符", "{count} figures differ from the papers'";
    figures_differ_remedy => "演示数据被改动过，或不是 zhulian demo 生成的；请用新目录重新生成", "the demo was worked on, or the home is none; make a new one in another folder";
    import_refused(count: usize) => "名册有{count}处错误，没有导入", "the rosters have {count} errors; nothing was taken in";
    foreign_store => "服务器数据在 PostgreSQL 中，不由本程序备份", "the server's data are in PostgreSQL, which this program does not back up";
    foreign_store_remedy => "请用 PostgreSQL 的工具备份（pg_dump 或基础备份加归档）；恢复后运行 zhulian server restored", "use its own tools (pg_dump, or a base backup with its archive); after a restore, run zhulian server restored";
    regions_refused(count: usize) => "区划表有{count}处错误，没有导入", "the list of regions has {count} errors; nothing was taken in";
    regions_refused_remedy => "按提示更正后再导入", "correct them and import again";
    import_refused_remedy => "按提示更正后再导入；用 --errors 生成标注错误的表格，或用 --accept-valid 只导入无误的家庭", "correct them; --errors writes a workbook with the cells marked, --accept-valid takes in the households without error";
}
