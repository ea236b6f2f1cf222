//! What is wrong with a typed or imported value, and what to do about it.

crate::messages! {
    id_length(length: usize) => "身份证号应为18位（旧号15位），现为{length}位", "An identity number has 18 characters (15 in old numbers), this one has {length}";
    id_characters => "身份证号只能由数字组成，末位可为X", "An identity number consists of digits, and X only at its end";
    id_damaged => "身份证号被电子表格当作数值保存，末尾几位已丢失", "The spreadsheet stored the identity number as a number and lost its last digits";
    id_date => "身份证号中的出生日期不存在", "The birth date in the identity number does not exist";
    id_future => "身份证号中的出生日期晚于今天", "The birth date in the identity number lies in the future";
    id_checksum => "身份证号校验码不符，号码有误", "The check character does not fit: the identity number is wrong";
    id_remedy => "请对照身份证或户口簿核对后重新填写", "Compare it with the identity card or the household register and enter it again";
    id_shape_remedy => "请填写完整的18位号码，不加其他符号", "Enter all 18 characters and nothing else";
    id_damaged_remedy => "请将该列设为“文本”格式，从原始名册重新录入号码", "Format the column as text and enter the number again from the original register";
    money_invalid => "金额格式不正确", "This is not an amount of money";
    money_too_precise => "金额最多精确到分", "An amount cannot be finer than one fen";
    money_out_of_range => "金额过大", "The amount is too large";
    money_remedy => "请填写以元为单位的数字，如1288.50；以万元计时注明“万元”", "Enter a number of yuan such as 1288.50, or add 万元 for tens of thousands";
    moment_invalid => "日期或时间格式不正确", "This is not a date or time";
    moment_remedy => "请按“2026-11-22”或“2026-11-22 08:30”填写", "Write 2026-11-22 or 2026-11-22 08:30";
    text_control(place: usize) => "第{place}个字符是不可见的控制字符", "Character {place} is an invisible control character";
    text_too_long(max: usize, actual: usize) => "最多{max}个字，现为{actual}个字", "At most {max} characters, this has {actual}";
    text_control_remedy => "请删除后重新输入，不要从网页或聊天软件直接粘贴", "Delete it and type the text again instead of pasting it";
    text_too_long_remedy(over: usize) => "请删减{over}个字", "Remove {over} characters";
}
