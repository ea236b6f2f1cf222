use super::*;

/// Kinds and texts found, for a household of three and its village and school.
fn found(text: &str, is_child: bool, with_village: bool) -> Vec<(FindingKind, String)> {
    let context = CardContext {
        names: vec!["张淑芬", "马小军", "欧阳建国", "买买提·吐尔逊"],
        villages: if with_village { vec!["枫树坪村"] } else { vec![] },
        schools: vec!["东岙镇中心小学", "育红学堂"],
        is_child,
    };
    let findings = check(text, &context);
    for finding in &findings {
        assert_eq!(text[finding.range.clone()], finding.text);
        for lang in [Lang::Zh, Lang::En] {
            assert!(finding.message(lang).contains(&finding.text) && !finding.remedy(lang).is_empty());
        }
    }
    findings.into_iter().map(|finding| (finding.kind, finding.text)).collect()
}

fn check_found(text: &str, expected: &[(FindingKind, &str)]) {
    let found = found(text, true, true);
    let found: Vec<(FindingKind, &str)> = found.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn names_of_the_household() {
    use FindingKind::{Address, Name};
    check_found("张淑芬想要一个电饭煲", &[(Name, "张淑芬")]);
    check_found("张 淑 芬想要一个电饭煲", &[(Name, "张 淑 芬")]);
    check_found("淑芬想要一个电饭煲", &[(Name, "淑芬")]);
    check_found("阿芬想要收音机", &[(Name, "阿芬")]);
    check_found("帮小军买书包", &[(Name, "小军")]);
    check_found("建国需要轮椅", &[(Name, "建国")]);
    check_found("买买提·吐尔逊需要轮椅", &[(Name, "买买提·吐尔逊")]);
    check_found("买买提吐尔逊需要轮椅", &[(Name, "买买提吐尔逊")]);
    check_found("买买提需要轮椅", &[(Name, "买买提")]);
    check_found("张阿婆想要电饭煲", &[(Address, "张阿婆")]);
    check_found("张二伯想要电饭煲", &[(Address, "张二伯")]);
    check_found("欧阳先生需要轮椅", &[(Address, "欧阳先生")]);
    check_found("老张想要电饭煲", &[(Address, "老张")]);
    check_found("独居的老马，腿脚不便", &[(Address, "老马")]);
    check_found("张某想要电饭煲", &[(Address, "张某")]);
    check_found("张某某想要电饭煲", &[(Address, "张某某")]);
    check_found("张*芬想要电饭煲", &[(Address, "张*")]);
    check_found("受助人：张*芬。", &[(Address, "张*芬")]);
    check_found("张家五口人住一间房", &[(Address, "张家")]);
    check_found("张老人独居", &[(Address, "张老人")]);
}

#[test]
fn a_name_that_is_a_word_counts_where_a_name_can_stand() {
    let check = |text: &str, expected: usize| {
        let context = CardContext { names: vec!["高兴"], ..CardContext::default() };
        assert_eq!(super::check(text, &context).len(), expected, "{text}");
    };
    check("高兴想要一个书包", 1);
    check("帮高兴买书包", 1);
    check("孩子很高兴能收到礼物", 0);
    check("高兴地收下", 0);
}

#[test]
fn people_outside_the_household_by_form_of_address() {
    use FindingKind::Address;
    check_found("邻居王阿姨代为照看", &[(Address, "王阿姨")]);
    check_found("李某的孙子", &[(Address, "李某")]);
    check_found("请联系陈先生", &[(Address, "陈先生")]);
    check_found("高奶奶想要收音机", &[(Address, "高奶奶")]);
    check_found("诸葛大爷", &[(Address, "诸葛大爷")]);
    check_found("李XX想要收音机", &[(Address, "李XX")]);
}

#[test]
fn words_that_are_no_names() {
    for text in [
        "对于老人来说，收音机是个伴",
        "孩子和老师都很高兴",
        "任何先生女士均可认领",
        "也许阿姨们可以帮忙",
        "需要一个小马扎",
        "想要一双小白鞋",
        "向老师请教功课",
        "独居老人想要一个电饭煲",
        "奶奶想要一台收音机",
        "一位大爷需要轮椅",
        "工程师傅上门安装",
        "希望有一辆三轮车，方便和老伴出门",
        "于某年某月摔伤",
        "家里有三口人",
        "小芬芳香皂一块",
        "需要万能充电器和石英钟",
        "请放在大家方便的地方",
    ] {
        check_found(text, &[]);
    }
}

#[test]
fn numbers_that_reach_or_identify_somebody() {
    use FindingKind::{Contact, IdNumber, Number, Phone};
    check_found("电话13812341234", &[(Phone, "13812341234")]);
    check_found("电话138 1234 1234，晚上打", &[(Phone, "138 1234 1234")]);
    check_found("138-1234-1234", &[(Phone, "138-1234-1234")]);
    check_found("１３８１２３４１２３４", &[(Phone, "１３８１２３４１２３４")]);
    check_found("1 3 8 1 2 3 4 1 2 3 4", &[(Phone, "1 3 8 1 2 3 4 1 2 3 4")]);
    check_found("一三八一二三四一二三四", &[(Phone, "一三八一二三四一二三四")]);
    check_found("幺三八一二三四1234", &[(Phone, "幺三八一二三四1234")]);
    check_found("+86 13812341234", &[(Phone, "86 13812341234")]);
    check_found("68岁，13812341234", &[(Phone, "13812341234")]);
    check_found("68 13812341234", &[(Phone, "13812341234")]);
    check_found("0577-88881234", &[(Phone, "0577-88881234")]);
    check_found("88881234", &[(Phone, "88881234")]);
    check_found("138****1234", &[(Phone, "138****1234")]);
    check_found("身份证990101199001010019", &[(IdNumber, "990101199001010019")]);
    check_found("身份证34052419800101001x", &[(IdNumber, "34052419800101001x")]);
    check_found("990101 19900101 0019", &[(IdNumber, "990101 19900101 0019")]);
    check_found("990101900101001", &[(IdNumber, "990101900101001")]);
    check_found("9901**********0019", &[(IdNumber, "9901**********0019")]);
    check_found("身份证后四位0019", &[(Number, "0019")]);
    check_found("手机尾号是1234", &[(Number, "1234")]);
    check_found("卡号6222021202001234567", &[(Number, "6222021202001234567")]);
    check_found("微信号：zhang_sf57", &[(Contact, "微信号：zhang_sf57")]);
    check_found("邮箱zsf@example.com。", &[(Contact, "zsf@example.com")]);
}

#[test]
fn numbers_that_identify_nobody() {
    for text in [
        "身高120厘米，体重25公斤",
        "预算200元",
        "需要5斤装大米2袋",
        "每月药费1500元左右",
        "2026年11月22日前送到",
        "2026-11-22前送到",
        "20261122前送到",
        "一家三口，一间房",
        "42码棉鞋，XL号外套",
        "一二三年级读物",
        "1.8米×2.0米棉被",
        "容量5L，功率800W",
        "A4纸2包",
        "10000000元",
    ] {
        check_found(text, &[]);
    }
}

#[test]
fn door_numbers() {
    use FindingKind::{Door, Village};
    check_found("住解放路12号", &[(Door, "12号")]);
    check_found("家住12号", &[(Door, "12号")]);
    check_found("枫树坪村129号", &[(Village, "枫树坪村"), (Door, "129号")]);
    check_found("送到3幢201室", &[(Door, "3幢201室")]);
    check_found("送到3 幢 2 单元 201 室", &[(Door, "3 幢 2 单元 201 室")]);
    check_found("幸福小区3号楼", &[(Door, "3号楼")]);
    check_found("在2号楼门口", &[(Door, "2号楼")]);
    check_found("送到3-2-201", &[(Door, "3-2-201")]);
    check_found("3#201", &[(Door, "3#201")]);
    check_found("前垟村5组", &[(Door, "5组")]);
    check_found("5组的一位老人", &[(Door, "5组")]);
    check_found("住五组，独居", &[(Door, "五组")]);
    check_found("解放街十二号", &[(Door, "十二号")]);
    check_found("12弄3号", &[(Door, "12弄3号")]);
    check_found("３幢２０１室", &[(Door, "３幢２０１室")]);
    check_found("门牌88", &[(Door, "88")]);
    check_found("附3号", &[(Door, "3号")]);
}

#[test]
fn numbers_that_are_no_doors() {
    for text in [
        "需要2号电池",
        "5号电池和7号电池",
        "12号前送到",
        "11月12号送到",
        "本月12号过生日",
        "住院12号出院",
        "知道12号开学",
        "一组沙发",
        "两组插座",
        "需要2组插座",
        "一幢老房子",
        "住二楼，没有电梯",
        "三室一厅太大，打扫不动",
        "英语第三单元练习册",
        "五年级第3单元试卷",
        "2号字体的放大镜",
        "地铁3号线附近",
        "镇里12号发放物资",
        "37号的棉鞋",
        "加大号外套一件",
        "3座电动车",
        "每组12个",
    ] {
        check_found(text, &[]);
    }
}

#[test]
fn diseases() {
    use FindingKind::Disease;
    check_found("患尿毒症，每周透析三次", &[(Disease, "尿毒症"), (Disease, "透析")]);
    check_found("老人有高血压和糖尿病", &[(Disease, "高血压"), (Disease, "糖尿病")]);
    check_found("因恶 性 肿 瘤卧床", &[(Disease, "恶 性 肿 瘤")]);
    check_found("儿子患精神分裂症", &[(Disease, "精神分裂症")]);
    check_found("长期患病，行动不便，需要轮椅", &[]);
    check_found("其中风扇一台", &[]);
    let findings = check("患尿毒症", &CardContext::default());
    assert_eq!(findings[0].remedy(Lang::Zh), "请改写为“肾脏泌尿疾病”或“长期患病”");
}

#[test]
fn schools_on_cards_of_children() {
    use FindingKind::School;
    check_found("在东岙镇中心小学读三年级", &[(School, "东岙镇中心小学")]);
    check_found("育红学堂的学生", &[(School, "育红学堂")]);
    check_found("就读于第二实验小学", &[(School, "第二实验小学")]);
    check_found("考上县一中，缺书桌", &[(School, "县一中")]);
    check_found("南山镇小学四年级", &[(School, "南山镇小学")]);
    check_found("孩子在上岙小学读书", &[(School, "上岙小学")]);
    for text in
        ["小学三年级学生，想要书包", "今年小学毕业", "读初中的孩子", "农村小学生", "刚上幼儿园", "在校学生", "附近学校"]
    {
        check_found(text, &[]);
    }
    assert_eq!(found("在东岙镇中心小学做保洁", false, false), []);
}

#[test]
fn the_village_only_where_it_must_not_be_shown() {
    assert_eq!(found("枫树坪村的老人", false, false), []);
    assert_eq!(found("枫树坪的老人", false, true), [(FindingKind::Village, "枫树坪".to_owned())]);
}

#[test]
fn an_ordinary_card_passes() {
    for text in [
        "一位八十多岁的独居老人，希望有一台声音大一点的收音机，早晚听听戏曲和新闻。",
        "三年级的学生，成绩优秀，想要一个书包和一盏护眼台灯。",
        "行动不便，需要一把手动轮椅，预算500元以内。",
        "希望修一修漏雨的屋顶，冬天到来之前完工。",
        "想要5斤棉被一床、保暖内衣两套（女，L码）。",
        "",
    ] {
        check_found(text, &[]);
    }
}

#[test]
fn odd_texts_do_no_harm() {
    for text in
        ["*", "号", "张", "*1", "1*", "12", "x", "@", "0", "00000000000", "张\u{200b}淑芬", "第", "3-", "3-2-", "#"]
    {
        found(text, true, true);
    }
    // An invisible character does not hide a name.
    assert_eq!(found("张\u{200b}淑芬", true, true), [(FindingKind::Name, "张\u{200b}淑芬".to_owned())]);
}

proptest::proptest! {
    #[test]
    fn any_text_is_checked_without_harm(text in "[张某老小家号幢组0-9一二X*@ .\\-村路月癌微信小学PC\u{200b}]{0,40}|\\PC{0,60}") {
        found(&text, true, true);
    }
}
