use super::*;

fn found(list_name: &str, text: &str) -> Option<&'static str> {
    list(list_name).unwrap().by_label(text).map(|entry| entry.code)
}

#[test]
fn every_embedded_file_is_sound() {
    let problems: Vec<String> = table::FILES.iter().flat_map(|(name, text)| table::read(name, text).1).collect();
    assert_eq!(problems, Vec::<String>::new());
    assert!(KNOWN.len() < usize::from(u16::MAX));
    assert_eq!(PLACES.len(), KNOWN.len());
}

#[test]
fn a_broken_file_is_reported_line_by_line() {
    let check = |text: &'static str, expected: &[&str]| assert_eq!(table::read("t", text).1, expected, "{text}");
    check("code,zh\n", &["t: the header must begin with code,parent,zh,en,valid_from,valid_to,basis,aliases"]);
    check("code,parent,zh,en,valid_from,valid_to,basis,aliases\na,,甲,A,,,b", &["t:2: 7 fields, the header has 8"]);
    check("code,parent,zh,en,valid_from,valid_to,basis,aliases\na,,甲,\"A,,,b,", &["t:2: a quote is not closed"]);
    check(
        "code,parent,zh,en,valid_from,valid_to,basis,aliases\na,,,A,,,b,",
        &["t:2: code, zh, en and basis must not be empty"],
    );
    check(
        "code,parent,zh,en,valid_from,valid_to,basis,aliases\na,,甲,A,2020-02-30,,b,",
        &["t:2: 2020-02-30 is not a date"],
    );
    check(
        "code,parent,zh,en,valid_from,valid_to,basis,aliases\na,,甲,A,,,b,x\nc,,乙,C,,,b,甲\na,,丙,D,,,b,",
        &["t:3: 甲 already means a", "t:4: the code a stands twice"],
    );
}

#[test]
fn parents_exist_in_their_list_or_in_the_list_they_point_to() {
    for (name, parents) in [
        ("indicator", "dimension"),
        ("need_type", "service_field"),
        ("service_type", "service_field"),
        ("disease", "disease_class"),
    ] {
        for entry in list(name).unwrap().entries() {
            let known = entry.parent.is_none_or(|parent| list(parents).unwrap().get(parent).is_some());
            assert!(known, "{name}: {}", entry.code);
        }
    }
    for codes in
        all().iter().filter(|codes| !["indicator", "need_type", "service_type", "disease"].contains(&codes.name))
    {
        for entry in codes.entries() {
            assert!(entry.parent.is_none_or(|parent| codes.get(parent).is_some()), "{}: {}", codes.name, entry.code);
        }
    }
    for entry in list("assist_category").unwrap().entries() {
        let kind = entry.attribute("five_kind").unwrap();
        assert!(list("five_kind").unwrap().get(kind).is_some(), "{kind}");
    }
}

#[test]
fn lists_have_the_number_of_entries_that_their_source_gives() {
    for (name, expected) in [
        ("matters_8_1", 9),
        ("five_kind", 5),
        ("data_class", 25),
        ("dimension", 7),
        ("indicator", 52),
        ("service_field", 7),
        ("visit_mode", 7),
        ("tier", 4),
        ("pool", 4),
        ("urgency", 4),
        ("resource_kind", 8),
        ("role", 10),
        ("ethnic", 58),
        ("disability_class", 7),
        ("disability_level", 4),
        ("station_level", 3),
    ] {
        assert_eq!(list(name).unwrap().entries().len(), expected, "{name}");
    }
    let per_dimension: Vec<usize> = list("dimension")
        .unwrap()
        .entries()
        .iter()
        .map(|dimension| list("indicator").unwrap().children(dimension.code).count())
        .collect();
    assert_eq!(per_dimension, [8, 8, 8, 9, 9, 4, 6]);
}

#[test]
fn spellings_of_rosters_are_understood() {
    for (name, text, expected) in [
        ("relation", "本人", "02"),
        ("relation", "户主", "02"),
        ("relation", "配偶", "10"),
        ("relation", "妻", "12"),
        ("relation", "子", "20"),
        ("relation", "女", "30"),
        ("relation", "长子", "22"),
        ("relation", "孙子", "41"),
        ("relation", "孙女", "42"),
        ("relation", "父亲", "51"),
        ("relation", "母亲", "52"),
        ("relation", "52", "52"),
        ("relation", " 母 亲 ", "52"),
        ("ethnic", "汉族", "01"),
        ("ethnic", "汉", "01"),
        ("ethnic", "侗", "12"),
        ("ethnic", "畲族", "22"),
        ("sex", "男", "1"),
        ("sex", "女性", "2"),
        ("marital", "未婚", "10"),
        ("marital", "已婚", "20"),
        ("marital", "丧偶", "30"),
        ("marital", "离婚", "40"),
        ("education", "文盲", "illiterate"),
        ("education", "小学", "80"),
        ("education", "初中", "70"),
        ("education", "高中", "60"),
        ("education", "中专", "41"),
        ("education", "大专", "30"),
        ("employment", "单位就业", "unit"),
        ("employment", "灵活就业", "flexible"),
        ("employment", "务农", "farming"),
        ("employment", "无业", "unemployed"),
        ("employment", "在读", "student"),
        ("disability_class", "肢体", "4"),
        ("disability_class", "精神残疾", "6"),
        ("disability_level", "一级", "1"),
        ("disability_level", "４级", "4"),
        ("labour_ability", "有劳动能力", "full"),
        ("labour_ability", "部分丧失", "partial"),
        ("labour_ability", "完全丧失", "lost"),
        ("labour_ability", "无劳动能力", "none"),
        ("health", "健康", "10"),
        ("health", "一般", "20"),
        ("health", "患病", "ill"),
        ("health", "重病", "serious"),
        ("health", "残疾", "60"),
        ("selfcare", "全自理", "full"),
        ("selfcare", "半护理", "partial"),
        ("selfcare", "全护理", "none"),
        ("support_mode", "集中供养", "jizhong"),
        ("support_mode", "分散供养", "fensan"),
        ("poverty_cause", "因病", "illness"),
        ("poverty_cause", "因残", "disability"),
        ("poverty_cause", "因学", "study"),
        ("poverty_cause", "因灾", "disaster"),
        ("poverty_cause", "缺劳动力", "labour"),
        ("poverty_cause", "缺技术", "skill"),
        ("poverty_cause", "缺资金", "capital"),
        ("poverty_cause", "其他", "other"),
        ("assist_category", "低保", "dibao"),
        ("assist_category", "低保边缘", "dibian"),
        ("assist_category", "特困(分散供养)", ""),
        ("assist_category", "特困人员(集中供养)", "tekun_jizhong"),
        ("assist_category", "刚性支出", "gangxing"),
        ("relation", "干爹", ""),
        ("poverty_cause", "=HYPERLINK(\"http://example.invalid\",\"点我\")", ""),
        ("sex", "", ""),
    ] {
        assert_eq!(found(name, text).unwrap_or_default(), expected, "{name} {text}");
    }
}

#[test]
fn a_label_falls_back_to_the_code() {
    assert_eq!(label("visit_result", "met", Lang::Zh), "见到");
    assert_eq!(label("visit_result", "met", Lang::En), "Met");
    assert_eq!(label("visit_result", "newer", Lang::Zh), "newer");
    assert_eq!(label("no_such_list", "met", Lang::Zh), "met");
}

#[test]
fn an_entry_stands_below_its_ancestors() {
    let categories = list("assist_category").unwrap();
    for (code, ancestor, expected) in [
        ("tekun_fensan", "tekun", true),
        ("tekun", "tekun", true),
        ("tekun", "tekun_fensan", false),
        ("x", "tekun", false),
    ] {
        assert_eq!(categories.is_within(code, ancestor), expected, "{code} {ancestor}");
    }
}

#[test]
fn entries_are_chosen_by_date() {
    let text = "code,parent,zh,en,valid_from,valid_to,basis,aliases\na,,甲,A,,2026-06-30,b,\nc,,乙,C,2026-07-01,,b,\n";
    let (codes, problems) = table::read("t", text);
    assert!(problems.is_empty());
    for (date, expected) in [("2026-06-30", "a"), ("2026-07-01", "c")] {
        let valid: Vec<&str> = codes.entries_on(date.parse().unwrap()).map(|entry| entry.code).collect();
        assert_eq!(valid, [expected], "{date}");
    }
}

#[test]
fn a_code_is_small_ordered_and_survives_encoding() {
    assert_eq!(std::mem::size_of::<Code>(), 16);
    assert!(Code::default().is_empty());
    assert_eq!(Code::from("dibao"), Code::from(String::from("dibao")));
    assert_eq!(Code::from("a").cmp(&Code::from("b")), std::cmp::Ordering::Less);
    for text in ["", "dibao", "something newer"] {
        let code = Code::new(text);
        assert_eq!(code, text);
        let json = serde_json::to_string(&code).unwrap();
        assert_eq!(json, format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<Code>(&json).unwrap(), code);
        assert_eq!(rmp_serde::from_slice::<Code>(&rmp_serde::to_vec_named(&code).unwrap()).unwrap(), code);
    }
    let map: HashMap<Code, u8> = HashMap::from([(Code::new("dibao"), 1)]);
    assert_eq!(map.get("dibao"), Some(&1));
}
