//! What must not stand in a public card, and what to write instead.

crate::messages! {
    name(found: &str) => "内容中出现姓名“{found}”", "The text contains the name {found}";
    form_of_address(found: &str) => "内容中出现可识别的称呼“{found}”", "The text addresses somebody by surname: {found}";
    id_number(found: &str) => "内容中出现身份证号“{found}”", "The text contains an identity number: {found}";
    phone(found: &str) => "内容中出现电话号码“{found}”", "The text contains a telephone number: {found}";
    contact(found: &str) => "内容中出现联系方式“{found}”", "The text contains an account or address: {found}";
    number(found: &str) => "内容中出现可识别的号码“{found}”", "The text contains a number that may identify somebody: {found}";
    door(found: &str) => "内容中出现门牌号“{found}”", "The text contains a door number: {found}";
    village(found: &str) => "内容中出现村（社区）名“{found}”", "The text names the village: {found}";
    disease(found: &str) => "内容中出现具体病名“{found}”", "The text names the exact disease: {found}";
    school(found: &str) => "儿童心愿中出现学校名称“{found}”", "The card of a child names the school: {found}";
    name_remedy => "请改用“一位老人”“一名学生”等不指向个人的说法", "Write “an elder” or “a pupil” instead";
    number_remedy => "请删除号码；认领后由助联体负责联系", "Remove the number; the station makes the contact after the claim";
    place_remedy => "请删除详细地址，最多保留到镇（街道）", "Remove the address; the town is enough";
    disease_remedy(class: &str) => "请改写为“{class}”或“长期患病”", "Write “{class}” or “long-term illness” instead";
    school_remedy => "请改用“在读小学生”“在读初中生”等说法", "Write “a primary school pupil” or the like instead";
}
