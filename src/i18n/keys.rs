//! Names of keys, and what is wrong with a keymap file.

crate::messages! {
    space => "空格", "Space";
    enter => "回车", "Enter";
    up => "↑", "Up";
    down => "↓", "Down";
    left => "←", "Left";
    right => "→", "Right";
    backspace => "退格", "Backspace";

    bad_file(file: &str, count: usize) => "键位文件 {file} 有 {count} 处错误", "{count} mistakes in the keymap file {file}";
    bad_file_remedy => "按所列行号改正；zhulian keymap --print default 显示完整样例，--check 检查文件",
        "Correct the lines named; `zhulian keymap --print default` shows a complete example, `--check` checks a file";
    at_line(file: &str, line: usize, what: &str) => "{file} 第{line}行：{what}", "{file}, line {line}: {what}";
    syntax(what: &str) => "TOML 语法错误：{what}", "not valid TOML: {what}";
    unreadable(what: &str) => "无法读取：{what}", "cannot be read: {what}";
    unknown_context(name: &str) => "没有名为“{name}”的场景", "there is no context `{name}`";
    unknown_action(name: &str) => "没有名为“{name}”的操作", "there is no action `{name}`";
    did_you_mean(what: &str, name: &str) => "{what}，是否指“{name}”", "{what}; did you mean `{name}`?";
    unknown_key(name: &str) => "没有名为“{name}”的键", "there is no key `{name}`";
    same_as(name: &str, other: &str) => "终端分不清“{name}”与 {other}，请写 {other}",
        "a terminal cannot tell `{name}` from {other}; write {other}";
    duplicate_key(name: &str, line: usize) => "“{name}”已在第{line}行绑定", "`{name}` is already bound in line {line}";
    shadowed(name: &str, other: &str, line: usize) => "“{name}”与第{line}行的“{other}”有相同开头，后者永远按不出来",
        "`{name}` starts like `{other}` in line {line}, so the longer one could never be typed";
    protected(name: &str, action: &str) => "“{name}”固定为“{action}”，不能改绑", "`{name}` always means `{action}` and cannot be rebound";
    letter_in_text(name: &str, context: &str) => "“{context}”里“{name}”是要输入的文字，不能绑定",
        "in `{context}` the key `{name}` types text and cannot be bound";
    wrong_value => "值应为操作名，或写 false 取消绑定", "the value must be an action's name, or false to unbind the key";
    wrong_table => "此处应为一个场景的表，例如 [list]", "a context's table is expected here, such as [list]";
}
