//! The portrait of a household and what it rests on.

crate::messages! {
    measured(indicator: &str, value: i64, unit: &str, points: u8) => "{indicator}：{value}{unit}（+{points}分）", "{indicator}: {value} {unit} (+{points})";
    stated(indicator: &str, points: u8) => "{indicator}（+{points}分）", "{indicator} (+{points})";
    stated_not(indicator: &str) => "无{indicator}", "Not: {indicator}";
    coverage(present: usize, all: usize) => "{present}/{all}项指标有数据", "{present} of {all} indicators known";
    unknown => "暂无数据", "No data";
}
