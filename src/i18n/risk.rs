//! Why a household has its risk grade, and why a visit is due.

crate::messages! {
    high_age_alone(age: u32) => "{age}岁独居", "{age} years old and living alone";
    high_age_empty_nest(age: u32) => "{age}岁空巢", "{age} years old, children live elsewhere";
    dementia => "失智", "Dementia";
    life_threatening(class: &str) => "患危及生命的疾病（{class}）", "An illness that threatens life ({class})";
    disabled_elder(age: u32) => "{age}岁残疾老年人", "Disabled elder, {age} years old";
    dependent_elder(age: u32) => "{age}岁失能（含部分失能）老年人", "Elder in need of care, {age} years old";
    scattered_tekun => "分散供养特困人员", "In extreme hardship, cared for at home";
    orphan => "孤儿或事实无人抚养儿童", "Orphan, or child without support in fact";
    child_in_hardship => "困境儿童", "Child in hardship";
    age_unknown => "年龄不详，未能按年龄评定", "Age unknown, the rules about age could not be applied";
    due_first(days: u32) => "建档后{days}天内首访", "First visit within {days} days of registration";
    due_interval(days: u32) => "每{days}天走访一次", "A visit every {days} days";
    due_retry(days: u32) => "上次未遇或拒访，{days}天内再访", "Nobody met last time: again within {days} days";
    due_change(hours: i64) => "家庭发生重大变化，{hours}小时内走访", "Major change: visit within {hours} hours";
}
