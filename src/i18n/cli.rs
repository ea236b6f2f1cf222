//! The command line: answers, errors, and the Chinese texts of its help.

mod answers;
mod faults;
mod headings;
mod help;
mod upkeep;

pub use answers::*;
pub use faults::*;
pub use headings::*;
pub use help::help_zh;
pub use upkeep::*;

use super::Lang;
use crate::search::Field;

/// The field in which something was found.
pub fn found_in(lang: Lang, field: Field) -> &'static str {
    let (zh, en) = match field {
        Field::Name => ("姓名", "name"),
        Field::IdTail => ("身份证号后四位", "ID number"),
        Field::Phone => ("电话", "telephone"),
        Field::ArchiveNo => ("档案号", "archive number"),
        Field::Village => ("村（社区）", "village"),
        Field::Address => ("地址", "address"),
    };
    lang.pick(zh, en)
}

/// The name of a figure of `stats`.
pub fn stat(lang: Lang, name: &str) -> &str {
    let (zh, en) = match name {
        "households" => ("家庭", "households"),
        "members" => ("人员", "members"),
        "visits" => ("走访", "visits"),
        "leads" => ("线索", "leads"),
        "open_leads" => ("待核查线索", "open leads"),
        "needs" => ("需求", "needs"),
        "open_needs" => ("未办结需求", "open needs"),
        "wishes" => ("心愿", "wishes"),
        "duplicate_deliveries" => ("重复送达", "delivered twice"),
        "orgs" => ("单位", "organisations"),
        "resources" => ("资源", "resources"),
        "allotments" => ("配额", "allotments"),
        "workers" => ("工作人员", "workers"),
        "stations" => ("助联体", "stations"),
        "regions" => ("区划", "regions"),
        "due" => ("应访", "due"),
        "overdue" => ("逾期未访", "overdue"),
        "pending" => ("待上传", "pending"),
        "refused" => ("被退回", "refused"),
        "conflicts" => ("冲突", "conflicts"),
        "commands" => ("操作", "commands"),
        "disk_bytes" => ("占用字节", "bytes on disk"),
        other => (other, other),
    };
    lang.pick(zh, en)
}

/// Whether a worker is in service.
pub fn in_service(lang: Lang, active: bool) -> &'static str {
    if active { lang.pick("在岗", "in service") } else { lang.pick("离岗", "out of service") }
}

/// How a device stands with the server.
pub fn device_state(lang: Lang, state: &str) -> &str {
    let (zh, en) = match state {
        "active" => ("在用", "active"),
        "revoked" => ("已停用", "revoked"),
        "out_of_service" => ("人员离岗", "out of service"),
        "cloned" => ("疑似复制", "copied"),
        other => (other, other),
    };
    lang.pick(zh, en)
}

/// The name of a wish's state in `stats`.
pub fn wish_stat(lang: Lang, state: &str) -> std::borrow::Cow<'_, str> {
    match state {
        "tentative" => lang.pick("待确认", "tentative").into(),
        state => crate::domain::codes::label("wish_state", state, lang),
    }
}
