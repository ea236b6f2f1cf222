//! Texts of registering a household by hand.

crate::messages! {
    title_household => "登记家庭", "Register a household";
    title_member => "增加成员", "Add a member";
    title_amend_household => "更正家庭信息", "Amend the household";
    title_amend_member => "更正成员信息", "Amend the member";
    how_to => "先填户主，再填家庭情况，然后逐一增加其他成员", "The head first, then the household, then other members";
    household_of(head: &str) => "{head}户", "{head}'s household";
    part_head => "户主", "Head of household";
    part_household => "家庭情况", "The household";
    part_member(at: usize) => "成员{at}", "Member {at}";
    place_in_form(heading: &str, at: usize, count: usize) => "{heading}  第{at}项，共{count}项", "{heading}  {at} of {count}";
    next_part(key: &str) => "{key} 下一部分", "{key} next part";
    loading => "正在读取档案……", "reading the file…";
    not_ready => "档案尚未读出", "the file is not read yet";
    finish_first => "请先提交或放弃本表，再增加成员", "submit or leave this form first";
    is_open => "正在登记家庭", "this is where a household is registered";
    head_stays => "户主不能移除；户主有误时请直接改填", "the head stays; fill in somebody else instead";
    no_new_member => "光标不在新增的成员上；成员迁出或去世，请填写迁出或去世日期", "the cursor is on no new member; for somebody who left or died enter the date";
    remove_title => "移除这名成员？", "Take this member out?";
    remove_body => "为其填写的内容将一并删除。", "What was typed for this member goes too.";
    other_village => "＋ 未列出的村（社区）", "+ a village not on this list";
    provisional_code => "先用暂编代码，待区划名录更新后更换", "gets a provisional code until the list of regions has it";
    sex_and_age(sex: &str, age: u32) => "{sex} {age}岁", "{sex} {age} years";
    guardian_missing => "未满14周岁，请填写监护人", "below 14: enter the guardian";
}
