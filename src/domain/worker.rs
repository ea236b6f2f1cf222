//! Workers (人员), their roles and what each role may do.

use super::field::{Field, FieldKind as K, Merge};
use super::id::{DeviceId, OrgId, WorkerId};
use super::region::RegionCode;

record! {
    /// A person who works with the program or stands behind a case.
    Worker, WorkerId, "人员", "worker";
    name: String = Field::new(K::Text).required().max_chars(60), "姓名", "Name";
    role: Role = Field::new(K::Code("role")).required().merge(Merge::Compare), "角色", "Role";
    org: Option<OrgId> = Field::new(K::Reference), "所属单位", "Organisation";
    regions: Vec<RegionCode> = Field::new(K::Internal).merge(Merge::Compare), "负责区域", "Territory";
    phone: String = Field::new(K::Text).max_chars(40), "联系电话", "Telephone";
    is_party_member: bool = Field::new(K::Flag), "党员", "Party member";
    active: bool = Field::new(K::Flag), "在岗", "Active";
}

impl Worker {
    /// Whether the worker may act at all.
    pub fn is_in_service(&self) -> bool {
        self.active && !self.meta.deleted
    }
}

code_enum! {
    /// What a worker is (paper 001: 助联体+村社干部、党员、社工、网格员、志愿者; 003: 民情观察员).
    Role in "role" {
        /// 网格员
        GridWorker = "grid_worker",
        /// 村社干部
        VillageCadre = "village_cadre",
        /// 党员
        PartyMember = "party_member",
        /// 社工
        SocialWorker = "social_worker",
        /// 志愿者
        Volunteer = "volunteer",
        /// 宗亲观察员
        ClanObserver = "clan_observer",
        /// 部门经办
        DepartmentOfficer = "department_officer",
        /// 慈善经办
        CharityOfficer = "charity_officer",
        /// 民政管理
        CivilAffairs = "civil_affairs",
        /// 审计
        Auditor = "auditor",
    }
}

/// Something that a role may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// See households, members, visits and needs.
    SeeCases,
    /// Register and amend households and members; log visits; register, verify and close needs.
    WorkCases,
    /// Report a lead.
    ReportLead,
    /// Verify or reject leads and needs.
    Verify,
    /// Write, publish and withdraw wish cards.
    PublishWish,
    /// Claim wishes, release and fulfil claims.
    Claim,
    /// Bring in rosters.
    Import,
    /// Take lists out of the program.
    Export,
    /// See one masked field after giving a reason.
    Reveal,
    /// Keep regions, stations, organisations, workers and resources.
    Administer,
    /// Read the audit trail.
    Audit,
}

impl Role {
    /// Whether the role has the right. Rows follow the duty table of paper 000 (表1) and the sharing boundary of paper
    /// 001: observers only report, charity desks see cards only, auditors only read.
    pub fn may(self, right: Right) -> bool {
        use Right::*;
        match self {
            Role::CivilAffairs => true,
            Role::GridWorker | Role::VillageCadre => !matches!(right, Audit),
            Role::SocialWorker => !matches!(right, Audit | Import | Administer),
            Role::PartyMember | Role::Volunteer => matches!(right, SeeCases | ReportLead | Claim),
            Role::ClanObserver => matches!(right, ReportLead),
            Role::DepartmentOfficer => matches!(right, SeeCases | ReportLead | Verify | Export | Reveal | Claim),
            Role::CharityOfficer => matches!(right, Claim | ReportLead),
            Role::Auditor => matches!(right, SeeCases | Audit | Export),
        }
    }
}

/// Who acts: a worker, in a role, on a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The worker.
    pub worker: WorkerId,
    /// The role in which the worker acts.
    pub role: Role,
    /// The worker's organisation.
    pub org: Option<OrgId>,
    /// The territory; empty means all that the device holds.
    pub regions: Vec<RegionCode>,
    /// The device.
    pub device: DeviceId,
}
