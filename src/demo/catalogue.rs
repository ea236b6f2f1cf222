//! What households need: the kinds of needs, and the words of wish cards.
//!
//! Card texts name no person, number, place, school or illness, so that they pass the check of cards; amounts are
//! written in Chinese numerals.

/// A kind of need.
#[derive(Debug)]
pub(super) struct Want {
    pub title: &'static str,
    /// Codes of `service_field`, `need_type`, `service_type`.
    pub field: &'static str,
    pub kind: &'static str,
    pub service: &'static str,
    /// Code of `wish_category`; empty for what is no thing to give.
    pub item: &'static str,
    /// Codes of `benefit_period`, `need_layer`, `demand_side`.
    pub period: &'static str,
    pub layer: &'static str,
    pub side: &'static str,
    /// Estimated value in yuan, lowest and highest.
    pub value: (i64, i64),
    pub whom: Whom,
    pub detail: &'static [&'static str],
    /// Card texts; none for what is met by a service or an office.
    pub cards: &'static [&'static str],
    /// For whom one wish may ask several.
    pub several: bool,
}

/// Who may need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whom {
    Elder,
    Pupil,
    Youth,
    Disabled,
    Ill,
    Worker,
    Anybody,
}

const fn want(title: &'static str, field: &'static str, kind: &'static str, whom: Whom) -> Want {
    Want {
        title,
        field,
        kind,
        service: "",
        item: "",
        period: "once",
        layer: "survival",
        side: "charity",
        value: (0, 0),
        whom,
        detail: &[],
        cards: &[],
        several: false,
    }
}

impl Want {
    /// A thing that a wish may ask for.
    const fn thing(mut self, item: &'static str, value: (i64, i64), cards: &'static [&'static str]) -> Want {
        self.item = item;
        self.service = "wish_delivery";
        self.value = value;
        self.cards = cards;
        self.layer = "development";
        self
    }

    /// Help by a service or an office.
    const fn help(
        mut self,
        service: &'static str,
        period: &'static str,
        side: &'static str,
        value: (i64, i64),
    ) -> Want {
        self.service = service;
        self.period = period;
        self.side = side;
        self.value = value;
        self
    }

    const fn detail(mut self, detail: &'static [&'static str]) -> Want {
        self.detail = detail;
        self
    }

    const fn develops(mut self) -> Want {
        self.layer = "development";
        self
    }

    const fn several(mut self) -> Want {
        self.several = true;
        self
    }
}

/// School bags: the thing that was given twice (祝建华).
pub(super) const SCHOOL_BAG: usize = 0;

/// Every kind of need. Things first, so that wishes draw from the head of the list.
pub(super) const WANTS: &[Want] = &[
    want("书包和学习用品", "family", "school_supplies", Whom::Pupil)
        .thing(
            "study",
            (120, 260),
            &[
                "想要一个新书包和一套文具，开学好用。",
                "原来的书包背带断了，盼望有一个结实的新书包，再有几本课外书。",
                "喜欢画画，希望得到一套水彩笔和图画本。",
                "希望有一套作文书和一个保护视力的小台灯。",
            ],
        )
        .detail(&["书包已旧，文具不齐", "开学在即，学习用品未备", "孩子爱看书，家中无课外读物"])
        .several(),
    want("电饭煲", "environment", "appliance", Whom::Anybody)
        .thing(
            "appliance",
            (150, 350),
            &[
                "家里的电饭煲内胆脱落，想换一个小容量的新电饭煲。",
                "希望有一台操作简单的电饭煲，煮粥也方便。",
                "用柴灶做饭不方便，盼望有一个能定时的电饭煲。",
            ],
        )
        .detail(&["旧电饭煲漏电，不敢再用", "用柴灶煮饭，腿脚不便"]),
    want("冬季棉被", "living", "clothing", Whom::Anybody)
        .thing(
            "bedding",
            (150, 320),
            &[
                "天冷了，希望有一床厚一点的棉被。",
                "被褥用了多年已不保暖，想要一套棉被和床单。",
                "盼望有一床轻软的被子，夜里睡得暖和。",
            ],
        )
        .detail(&["被褥单薄，冬天夜里冷", "棉被受潮发硬"])
        .several(),
    want("轮椅", "rehab", "assistive", Whom::Disabled)
        .thing(
            "assistive",
            (450, 980),
            &["行动不便，希望有一辆轻便的轮椅，能到门口晒晒太阳。", "旧轮椅刹车失灵，想换一辆好推的轮椅。"],
        )
        .detail(&["久卧在家，需轮椅代步", "现用轮椅损坏，不安全"]),
    want("助行器和坐便椅", "rehab", "assistive", Whom::Elder)
        .thing(
            "assistive",
            (180, 420),
            &[
                "腿脚无力，希望有一个带扶手的助行器。",
                "夜里起身不方便，盼望有一把结实的坐便椅。",
                "想要一根带灯的四脚手杖，出门稳当些。",
            ],
        )
        .detail(&["走路不稳，曾在家中摔倒", "蹲厕起身困难"]),
    want("收音机", "spirit", "culture", Whom::Elder)
        .thing(
            "culture",
            (80, 200),
            &[
                "一个人在家冷清，想要一台能听戏的收音机。",
                "眼睛看不清，希望有一台声音响亮的播放器听鼓词。",
                "爱听老戏，盼望有一台带大按键的收音机。",
            ],
        )
        .detail(&["独自在家，平日无消遣", "视力差，看不了电视"]),
    want("学习桌椅", "family", "furniture", Whom::Pupil)
        .thing(
            "furniture",
            (260, 620),
            &["现在趴在饭桌上写作业，希望有一套能调高低的桌椅。", "盼望有自己的书桌和一盏台灯。"],
        )
        .detail(&["无固定学习角，光线差"]),
    want("衣柜和床", "environment", "furniture", Whom::Anybody)
        .thing(
            "furniture",
            (320, 880),
            &["衣物堆在纸箱里，希望有一个简易衣柜。", "床板断了用砖垫着，盼望有一张稳当的木床。"],
        )
        .detail(&["床架损坏", "衣物无处存放，易受潮"]),
    want("更换灯具和扶手", "environment", "house_repair", Whom::Elder)
        .thing(
            "repair",
            (120, 480),
            &[
                "厕所地面滑，希望请人装一副扶手和防滑垫。",
                "屋里灯光暗，盼望换成亮一些的灯，开关装得低一点。",
                "水龙头滴水、门锁不灵，希望有师傅上门修一修。",
            ],
        )
        .detail(&["照明不足，起夜危险", "卫生间无扶手"]),
    want("粮油和日用品", "living", "food", Whom::Anybody)
        .thing(
            "food",
            (100, 260),
            &["希望得到一份米、油和牛奶，补补营养。", "盼望有一份杂粮和食用油，过个踏实的月份。"],
        )
        .detail(&["救助金多用于买药，口粮紧", "行动不便，买粮油费力"])
        .several(),
    want("洗护用品", "living", "errand", Whom::Anybody)
        .thing("daily", (80, 200), &["想要一份洗衣液、毛巾和纸尿裤。", "希望有一套脸盆、毛巾和保温瓶。"])
        .detail(&["卧床，护理垫用得多", "生活用品短缺"])
        .several(),
    want("有人定期陪伴", "spirit", "companionship", Whom::Elder)
        .thing(
            "service",
            (0, 0),
            &[
                "平日少有人说话，希望每周有人来坐坐、聊聊天。",
                "想请志愿者陪着去一趟理发店，再走走看看新街。",
                "盼望过节时有人来家里一起包顿饺子。",
            ],
        )
        .detail(&["独居，子女常年在外", "近来情绪低落，愿意有人来访"]),
    want("技能学习", "family", "skill_training", Whom::Youth)
        .thing(
            "skill",
            (200, 900),
            &[
                "想学一门手艺，希望有师傅愿意带着学西点。",
                "希望参加汽车维修的短期培训，早点自立。",
                "想学电商运营，盼望有人指导并借一台旧电脑练习。",
            ],
        )
        .detail(&["初中毕业未升学，愿意学手艺", "中职在读，想找师傅结对"]),
    want("篮球和运动鞋", "spirit", "culture", Whom::Pupil)
        .thing(
            "culture",
            (150, 320),
            &["想和同学一起打球，希望有一个篮球和一双运动鞋。", "喜欢跑步，盼望有一双合脚的运动鞋。"],
        )
        .detail(&["参加校队，无运动鞋"]),
    want("电风扇", "environment", "appliance", Whom::Anybody)
        .thing(
            "appliance",
            (100, 260),
            &["夏天屋里闷热，希望有一台静音的落地扇。", "想要一台带遥控的电风扇，躺着也能开关。"],
        )
        .detail(&["屋内闷热，无降温用具"]),
    want("大病自付医药费补助", "health", "medical_cost", Whom::Ill)
        .help("medical_advance", "short", "both", (3_000, 30_000))
        .detail(&["住院自付部分较大，借款支付", "定期治疗，路费药费合计负担重"]),
    want("慢性病随访和用药指导", "health", "chronic_care", Whom::Ill)
        .help("health_management", "long", "gov", (0, 0))
        .detail(&["用药不规律，需家庭医生随访", "多种药同服，不清楚吃法"]),
    want("陪同就医", "health", "escort_doctor", Whom::Elder)
        .help("medical_escort", "medium", "charity", (100, 400))
        .detail(&["不会用自助机，无人陪同去医院", "复查路远，独自坐车不便"]),
    want("送药上门", "health", "medicine", Whom::Disabled)
        .help("free_medicine", "long", "gov", (100, 900))
        .detail(&["需长期服药，自己无法去领"]),
    want("上门照护", "care", "home_care", Whom::Disabled)
        .help("visit_care", "long", "both", (600, 3_600))
        .detail(&["生活不能自理，家人外出时无人照看", "需要翻身、擦洗等日常护理"]),
    want("喘息服务", "care", "respite", Whom::Disabled)
        .help("respite", "short", "both", (800, 2_400))
        .detail(&["照料人常年无休，身体已吃不消"]),
    want("助餐送餐", "living", "meal", Whom::Elder)
        .help("meal_delivery", "long", "both", (1_200, 3_600))
        .detail(&["一天只做一顿饭，营养跟不上", "手抖，做饭不安全"]),
    want("居室清洁", "environment", "cleaning", Whom::Elder)
        .help("house_cleaning", "short", "charity", (80, 300))
        .detail(&["屋内杂物堆积，自己无力收拾"]),
    want("屋顶漏水修缮", "environment", "house_repair", Whom::Anybody)
        .help("house_repair", "once", "gov", (2_000, 18_000))
        .detail(&["雨天卧室漏水", "台风后瓦片松动"]),
    want("无障碍改造", "environment", "barrier_free", Whom::Disabled)
        .help("barrier_free", "once", "gov", (1_500, 9_000))
        .detail(&["门口台阶高，轮椅进出难"]),
    want("学费资助", "family", "tuition", Whom::Youth)
        .help("tuition_aid", "long", "both", (1_500, 8_000))
        .develops()
        .detail(&["升学在即，学费和住宿费未筹齐"]),
    want("课业辅导", "family", "tutoring", Whom::Pupil)
        .help("tutoring", "medium", "charity", (0, 600))
        .develops()
        .detail(&["祖辈带养，作业无人辅导", "数学落后，孩子愿意补"]),
    want("就近就业", "family", "job", Whom::Worker)
        .help("job_guidance", "long", "gov", (0, 0))
        .develops()
        .detail(&["要照顾家人，只能在附近做工", "原厂停工，待业三个月"]),
    want("增收项目", "family", "livelihood", Whom::Worker)
        .help("supported_employment", "long", "gov", (2_000, 12_000))
        .develops()
        .detail(&["会养蜂，缺启动资金", "想入股村里光伏项目"]),
    want("心理疏导", "spirit", "psych", Whom::Anybody)
        .help("psych_intervention", "medium", "charity", (0, 900))
        .develops()
        .detail(&["丧亲后少出门", "情绪反复，家人担心"]),
    want("申请残疾人补贴代办", "family", "policy_help", Whom::Disabled)
        .help("other", "once", "gov", (0, 0))
        .detail(&["残疾证到期需换证，不清楚手续"]),
    want("赡养纠纷法律援助", "family", "legal", Whom::Elder)
        .help("legal_aid", "short", "both", (0, 0))
        .detail(&["子女间对赡养费有争议"]),
    want("康复训练", "rehab", "rehab_training", Whom::Disabled)
        .help("rehab_training", "medium", "both", (600, 4_800))
        .develops()
        .detail(&["出院后手脚活动受限，需继续锻炼"]),
    want("临时救助", "living", "emergency_aid", Whom::Anybody)
        .help("policy_cash", "once", "gov", (800, 5_000))
        .detail(&["家中失火，衣物粮食受损", "突发意外住院，生活一时无着"]),
];

/// Number of wants that wishes may ask for.
pub(super) fn things() -> usize {
    WANTS.iter().take_while(|want| !want.cards.is_empty()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes;

    #[test]
    fn every_want_has_valid_codes_and_words() {
        for want in WANTS {
            for (list, code) in [
                ("service_field", want.field),
                ("need_type", want.kind),
                ("service_type", want.service),
                ("benefit_period", want.period),
                ("need_layer", want.layer),
                ("demand_side", want.side),
            ] {
                assert!(codes::list(list).unwrap().get(code).is_some(), "{}: {list} {code}", want.title);
            }
            assert_eq!(want.item.is_empty(), want.cards.is_empty(), "{}", want.title);
            assert!(!want.detail.is_empty(), "{}", want.title);
        }
        assert_eq!(WANTS[SCHOOL_BAG].item, "study");
        assert!(WANTS[things()..].iter().all(|want| want.cards.is_empty()));
    }
}
