//! Names of commands, for the timeline, the audit trail and undo.

use super::Lang;

/// What a command is called, by its stable name (see [`crate::domain::command::Command::name`]).
pub fn command(lang: Lang, name: &str) -> &str {
    let (zh, en) = match name {
        "register_household" => ("登记家庭", "register household"),
        "register" => ("登记", "register"),
        "register_member" => ("增加成员", "add member"),
        "register_region" => ("登记区划", "register region"),
        "register_worker" => ("登记人员", "register worker"),
        "amend" => ("更正信息", "amend"),
        "log_visit" => ("登记走访", "log visit"),
        "report_lead" => ("报告线索", "report lead"),
        "settle_lead" => ("核实线索", "settle lead"),
        "register_need" => ("登记需求", "register need"),
        "verify_need" => ("核实需求", "verify need"),
        "reject_need" => ("不予认定需求", "reject need"),
        "withdraw_need" => ("撤回需求", "withdraw need"),
        "merge_need" => ("并入需求", "merge need"),
        "triage_need" => ("需求分级", "triage need"),
        "move_need" => ("办理需求", "move need along"),
        "confirm_need" => ("确认需求满足", "confirm need met"),
        "write_wish" => ("填写心愿卡", "write wish card"),
        "rewrite_wish" => ("修改心愿卡", "rewrite wish card"),
        "submit_wish" => ("心愿送审", "hand in wish card"),
        "publish_wish" => ("发布心愿", "publish wish"),
        "reject_wish" => ("驳回心愿", "reject wish"),
        "withdraw_wish" => ("撤回心愿", "withdraw wish"),
        "claim_wish" => ("认领心愿", "claim wish"),
        "release_claim" => ("放弃认领", "release claim"),
        "connect_claim" => ("对接认领", "make contact"),
        "fulfil_claim" => ("心愿圆梦", "fulfil wish"),
        "confirm_wish" => ("受助人确认", "beneficiary confirms"),
        "close_wish" => ("心愿销号", "close wish"),
        "pass_claim" => ("指定捐赠人", "name the donor"),
        "allot_stock" => ("分配物资", "set stock aside"),
        "spend_stock" => ("发放物资", "give out stock"),
        "return_stock" => ("退回物资", "give stock back"),
        "settle_conflict" => ("处理冲突", "settle conflict"),
        "grant_claim" => ("授予认领", "grant claim"),
        "move_region" => ("区划代码变更", "region code changed"),
        "expire_claim" => ("认领到期收回", "claim expires"),
        "reveal" => ("查看完整信息", "show masked field"),
        "disclose" => ("导出完整信息", "export unmasked"),
        "undo" => ("撤销", "undo"),
        "seed" => ("建立档案", "set up"),
        other => (other, other),
    };
    lang.pick(zh, en)
}
