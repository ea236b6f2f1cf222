//! Headings of tables.

crate::messages! {
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
    h_seq => "序号", "No.";
    h_what => "事项", "What";
    h_about => "涉及", "About";
    h_name => "姓名", "Name";
    h_role => "角色", "Role";
    h_id => "编号", "Id";
    h_outcome => "结果", "Outcome";
    h_expected => "应为", "Expected";
    h_actual => "实有", "Held";
    h_source => "出处", "Source";
    h_where => "位置", "Where";
    h_key => "按键", "Key";
    h_action => "动作", "Action";
    h_meaning => "含义", "Meaning";
}
