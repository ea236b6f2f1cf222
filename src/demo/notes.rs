//! Visit notes, put together from what such notes speak of: who was there, health, the house, the season, money, kin, and
//! what was done. A few thousand different ones, short as a grid worker writes them.

use super::body::Course;
use super::file::File;
use super::plan::Planted;
use super::stream::Stream;
use crate::domain::visit::VisitResult;

/// What a note is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub mode: &'a str,
    pub result: VisitResult,
    pub month: u32,
    /// Code of the refusal's reason.
    pub reason: &'a str,
    /// How many visits came after this one.
    pub index: usize,
}

type Lines = &'static [&'static str];

const OLD_AT_HOME: Lines = &[
    "老人在家，精神尚好",
    "到家时老人在院里晒太阳",
    "老人坐在门口择菜，见人来很高兴",
    "进门时老人刚吃过饭",
    "老人在看电视",
    "老人在屋后菜地里忙",
    "老人自己来开门，走路还稳",
    "老人午睡刚起",
    "老人在邻居家聊天，随后回屋",
    "老人正在热中午的剩饭",
    "老人在灶间烧水",
    "老人精神比上次差些",
    "老人说话有条理，认得人",
    "老人在门前编竹篮",
];
const FAMILY_AT_HOME: Lines = &[
    "户主在家",
    "夫妻俩都在家",
    "户主刚从地里回来",
    "户主在家照看孩子",
    "户主正准备出门做零工",
    "一家人在吃晚饭",
    "户主在家休养",
    "户主在村口遇到，一同回家",
    "户主在门口修农具",
    "家中只有户主一人",
    "户主配合，情况说得清楚",
    "户主情绪平稳",
    "户主话不多，问到才答",
];
const BY_PHONE: Lines = &[
    "电话接通，声音清楚",
    "视频里看到本人，气色还行",
    "电话响很久才接",
    "本人接听，说都好",
    "与本人通话约五分钟",
    "发语音问候，当天回复",
    "电话里反复叮嘱用药",
];
const BY_KIN: Lines = &[
    "邻居代为看过，说一切照常",
    "托住在隔壁的侄媳看了，吃睡都好",
    "由堂兄代看，门口打过招呼",
    "对门婶子说早上还见人在晒衣服",
    "小卖部店主说昨天来买过盐",
    "侄子电话里说人很好，胃口也好",
];
const BY_THIRD: Lines = &[
    "社工机构当日探访，反映无异常",
    "家庭医生团队上门体检，结果已转来",
    "志愿者协会探访，带了水果",
    "养老服务中心来看过，情况已记录",
];
const PAIRED: Lines = &["与结对党员一同上门", "结对干部带着慰问品同去", "和结对志愿者一起到家", "与结对企业代表同往"];
const BY_ALARM: Lines = &[
    "门磁和床带数据正常",
    "设备显示夜间起身偏多，电话核实无事",
    "一键呼叫器测试正常",
    "水表两日未走，电话核实在女儿家",
];

const HEALTH_OLD: Lines = &[
    "自述睡眠一般，胃口可以",
    "按时服药，药够用到月底",
    "膝盖遇阴雨天疼，劝其去卫生院看看",
    "上周去卫生院复查，医生嘱继续服药",
    "脚有些浮肿，已请村医上门看",
    "耳朵越发背，说话要凑近",
    "牙口不好，只吃软食",
    "咳嗽几天，未发热，嘱多喝水",
    "眼睛看东西模糊，想去检查",
    "起夜多，提醒床边放灯",
    "走路靠手杖，台阶处要人扶",
    "头晕一次，已量血压",
];
const HEALTH_GENERAL: Lines = &[
    "身体无大碍",
    "腰疼时好时坏，干不了重活",
    "近来感冒，已好转",
    "复查结果稳定",
    "在按医嘱服药",
    "手术后恢复得可以",
    "走动比上月利索",
    "吃药后犯困，已建议问医生",
    "体重轻了些，嘱按时吃饭",
    "自己能料理起居",
];
const HOME: Lines = &[
    "米油够吃",
    "灶台收拾得干净",
    "冰箱里有隔夜菜，提醒少吃",
    "屋顶一处渗水，已记下",
    "电线老化，已报村里安排电工",
    "院里杂物多，帮着清了一下",
    "水电正常",
    "煤气软管已换新",
    "厕所湿滑，建议装扶手",
    "灯泡坏了一只，当场换上",
    "被褥偏薄",
    "窗户关不严，用胶条封了",
    "门前路面已修平",
    "床铺整洁",
    "电饭煲坏了，暂用柴灶",
    "柴火堆离灶太近，帮着挪开",
];
const WINTER: Lines =
    &["嘱用电热毯睡前拔插头", "取暖注意开窗通风", "已送棉被一床", "天冷，出门加衣", "水管裹了保温棉", "春节物资已签收"];
const SPRING: Lines = &["回南天地面潮，注意防滑", "春耕已下种", "换季易犯病，留意血压", "清明祭扫防火已叮嘱"];
const SUMMER: Lines = &[
    "高温天中午少出门",
    "电风扇能用",
    "台风前已检查门窗",
    "汛期转移路线已讲清",
    "备了藿香正气水",
    "蚊虫多，送了蚊香",
    "饭菜当天吃完",
];
const AUTUMN: Lines = &["稻子已收完", "天转凉，厚被已晒", "流感疫苗已登记", "番薯收了一些，自己够吃", "医保缴费已提醒"];
const MONEY: Lines = &[
    "本月救助金已到账",
    "帮查了一卡通余额",
    "救助金由侄子代取，账目清楚",
    "问起复核时间，已解释",
    "养老金照常发放",
    "残疾人两项补贴已到",
    "医药费报销材料已交",
    "近两月没有零工收入",
    "在村里做公益岗，按月领钱",
    "欠邻居的钱还了一部分",
];
const KIN: Lines = &[
    "女儿每周来一次电话",
    "儿子在外打工，上月回来过",
    "邻居常来照看",
    "侄女隔天送菜",
    "与儿媳不和，已劝",
    "兄弟间轮流送饭",
    "平日少有人来，盼有人说话",
    "孙子放假回来住了几天",
];
const CHILD: Lines = &[
    "孩子成绩有进步",
    "孩子放学由邻居接",
    "孩子想报美术班",
    "孩子作业没人辅导",
    "孩子性格内向，已请社工关注",
    "学校已减免餐费",
    "孩子书桌太小",
    "孩子身高长得快，校服要换",
    "寄宿，周末回家",
];
const DONE: Lines = &[
    "留了联系卡，有事随时打",
    "约好下次再来",
    "代买了药",
    "陪着聊了半小时",
    "量了血压并登记",
    "教会用一键呼叫器",
    "核对了联系电话",
    "帮着挑了两担水",
    "讲了防诈骗",
    "帮交了电费",
    "剪了指甲、理了发",
    "把用药时间写成大字贴在墙上",
    "拍了渗水处照片",
];
const ABSENT: Lines = &[
    "敲门无人应，邻居说去女儿家了",
    "门锁着，隔日再来",
    "去镇上赶集，未遇",
    "邻居说一早去卫生院了",
    "下地未归，已托邻居转告",
    "家中无人，门口留了联系卡",
    "外出走亲戚，邻居说后天回",
    "院门虚掩，屋里没人，去地里找也未见",
];
const NO_ANSWER: Lines =
    &["电话两次未接，改日上门", "手机关机，已请邻居看看", "电话无人接，发了短信", "号码占线，晚些再打仍未通"];

fn refused(reason: &str) -> Lines {
    match reason {
        "no_need" => &["隔门说都好，不用看", "称家里不缺什么，不必再来", "说把名额留给别人"],
        "privacy" => &["担心家里的事传出去，不愿开门", "问起收入便不肯多说", "不同意拍照、登记，未进门"],
        "shame" => &["怕邻居看见，请改日晚些来", "觉得受助丢面子，未开门", "不愿让亲戚知道领救助"],
        "distrust" => &["以为是推销，未开门", "要求看工作证，已出示，仍未同意", "上回有人冒充干部，心有余悸"],
        "family_objects" => &["家属不同意见本人", "儿子拦在门口，称自家能管", "家属让我们别再上门"],
        "mental_state" => &["情绪激动，不宜入户", "对着门外喊叫，先行离开", "发病期，家人劝改日"],
        _ => &["正要出门，约改日", "在办丧事，不便", "家中有客，改天再来", "急着去医院，未细谈"],
    }
}

/// A note on a visit.
pub(super) fn write(file: &File<'_>, stream: &mut Stream, seen: Seen<'_>) -> String {
    if file.planted == Some(Planted::LockedIn) {
        return locked_in(stream, seen);
    }
    let mut note = String::with_capacity(120);
    match seen.result {
        VisitResult::Absent => add(&mut note, stream.pick(if seen.mode == "call" { NO_ANSWER } else { ABSENT })),
        VisitResult::Refused => {
            add(&mut note, stream.pick(refused(seen.reason)));
            if stream.percent(40) {
                add(
                    &mut note,
                    stream.pick(&[
                        "已说明来意",
                        "把联系卡塞进门缝",
                        "请邻居帮着留意",
                        "拟请熟人一同再来",
                        "一周后再访",
                    ]),
                );
            }
        }
        _ => met(file, stream, seen, &mut note),
    }
    note.push('。');
    note
}

fn met(file: &File<'_>, stream: &mut Stream, seen: Seen<'_>, note: &mut String) {
    let old = file.people[0].age >= 60;
    let child = file.people.iter().any(|person| (3..18).contains(&person.age));
    match seen.mode {
        "call" | "hotline" => add(note, stream.pick(BY_PHONE)),
        "alarm" => return add(note, stream.pick(BY_ALARM)),
        "kin" => return add(note, stream.pick(BY_KIN)),
        "third_party" => return add(note, stream.pick(BY_THIRD)),
        "pairing" => add(note, stream.pick(PAIRED)),
        _ => add(note, stream.pick(if old { OLD_AT_HOME } else { FAMILY_AT_HOME })),
    }
    let near = matches!(seen.mode, "door" | "pairing");
    if stream.percent(64) {
        health(file, stream, old, note);
    }
    if near && stream.percent(46) {
        add(note, stream.pick(HOME));
    }
    if child && stream.percent(48) {
        add(note, stream.pick(CHILD));
    }
    match stream.below(100) {
        0..22 => add(note, stream.pick(MONEY)),
        22..40 => add(note, stream.pick(KIN)),
        40..66 => add(note, season(stream, seen.month)),
        _ => {}
    }
    if near && stream.percent(38) {
        add(note, stream.pick(DONE));
    }
}

fn health(file: &File<'_>, stream: &mut Stream, old: bool, note: &mut String) {
    let ill = file.bodies.iter().position(|body| body.illness.is_some());
    if let Some(place) = ill.filter(|_| stream.percent(42)) {
        let illness = file.bodies[place].illness.map_or("", |illness| illness.name);
        let who = if place == 0 { "" } else { file.members[place].name.as_str() };
        let how = match file.bodies[place].takes(Course::Grave) {
            true => stream.pick(&[
                "治疗中，精神差",
                "每周去医院两三次",
                "本月自付医药费较多",
                "刚做完一个疗程",
                "复查指标有波动",
            ]),
            false => {
                stream.pick(&["控制得住", "近来平稳", "药快用完，已提醒去配", "定期复查", "偶有反复", "比上月好些"])
            }
        };
        add(note, who);
        note.push_str(illness);
        note.push_str(how);
    } else if old && stream.percent(24) {
        let (high, low) = (stream.between(122, 168), stream.between(70, 98));
        add(note, "血压");
        note.push_str(&format!("{high}/{low}"));
    } else {
        add(note, stream.pick(if old { HEALTH_OLD } else { HEALTH_GENERAL }));
    }
}

fn season(stream: &mut Stream, month: u32) -> &'static str {
    stream.pick(match month {
        12 | 1 | 2 => WINTER,
        3..=5 => SPRING,
        6..=9 => SUMMER,
        _ => AUTUMN,
    })
}

/// The case of paper 003: kin shut a patient in until the clan had talked the mother round.
fn locked_in(stream: &mut Stream, seen: Seen<'_>) -> String {
    match seen.result {
        VisitResult::Met => [
            "出院回家第二周，睡眠好转，社工每周来一次。",
            "与母亲商定住院治疗，宗亲一同送医，费用先由救急难基金垫付。",
            "儿子服药后能坐下说话，铁链已拆，母亲情绪缓和。",
            "母亲同意开门，儿子已由精神科医生上门评估，开始服药。",
        ][seen.index.min(3)]
        .to_owned(),
        _ => stream
            .pick(&[
                "母亲把门反锁，称家丑不可外扬。屋内有人喊叫，判断儿子被锁在里间。",
                "隔窗劝说半小时，母亲仍不让进，宗亲长辈答应再劝。",
                "母亲怕儿子被带走，拒绝评估。请房族叔公继续做工作。",
                "送去米油，母亲收下但不开里屋。",
            ])
            .to_owned(),
    }
}

/// Adds a piece behind a comma; after two commas a full stop.
fn add(note: &mut String, piece: &str) {
    if !note.is_empty() {
        let commas = note.chars().rev().take_while(|c| *c != '。').filter(|c| *c == '，').count();
        note.push(if commas >= 2 { '。' } else { '，' });
    }
    note.push_str(piece);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_joined_as_sentences() {
        let mut note = String::new();
        for piece in ["甲", "乙", "丙", "丁", "戊"] {
            add(&mut note, piece);
        }
        assert_eq!(note, "甲，乙，丙。丁，戊");
    }
}
