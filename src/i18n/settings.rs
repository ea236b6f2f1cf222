//! The settings file.

crate::messages! {
    io(path: &str, error: &str) => "设置文件 {path} 无法读写：{error}", "the settings file {path} cannot be used: {error}";
    io_remedy => "请检查文件权限和磁盘空间", "check the file's permissions and the disk";
    at_line(line: usize, text: &str) => "settings.toml 第{line}行：{text}", "settings.toml, line {line}: {text}";
    syntax(error: &str) => "写法有误：{error}", "cannot be read: {error}";
    syntax_remedy => "每行写作：名称 = \"值\"", "write each line as: name = \"value\"";
    unknown(key: &str) => "没有名为“{key}”的设置", "there is no setting “{key}”";
    unknown_remedy(keys: &str) => "可用的设置：{keys}", "the settings are: {keys}";
    invalid(key: &str, value: &str) => "“{key}”不能是“{value}”", "“{key}” cannot be “{value}”";
    invalid_remedy(values: &str) => "可选：{values}", "choose: {values}";
    keymap_values(names: &str) => "{names}，或键位文件的路径", "{names}, or the path of a keymap file";
    worker_values => "人员编号；用 zhulian worker list 查看", "a worker's id; see zhulian worker list";
}
