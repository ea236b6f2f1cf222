//! What a worker does next, given what the screen shows.

use chrono::NaiveDate;
use zhulian::domain::change::FieldChange;
use zhulian::domain::claim::{Claim, ClaimState};
use zhulian::domain::codes::Code;
use zhulian::domain::command::{Amendment, Command, CommandId, Envelope};
use zhulian::domain::conflict::{Choice, ConflictState};
use zhulian::domain::household::Household;
use zhulian::domain::id::{ClaimId, HouseholdId, MemberId, NeedId, VisitId, WishId};
use zhulian::domain::id_number::IdNumber;
use zhulian::domain::member::Member;
use zhulian::domain::moment::Moment;
use zhulian::domain::need::{Need, NeedState};
use zhulian::domain::record::{Kind, Record, RecordKey};
use zhulian::domain::records::{Dossier, Records as _};
use zhulian::domain::value::Value;
use zhulian::domain::visit::Visit;
use zhulian::domain::wish::{Wish, WishState};
use zhulian::sync::fold::Body;
use zhulian::sync::overlay::Overlay;
use zhulian::sync::protocol::{Bytes, ItemKey};

use crate::central_support::device::Device;
use crate::central_support::words::{first, id, region};
use crate::dice::Dice;

pub fn compose(device: &Device, at: Moment, villages: u16, dice: &mut Dice) -> Option<Command> {
    let pending = device.pending();
    let view = device.view(&pending).view;
    let mut held: Vec<HouseholdId> = device
        .items
        .keys()
        .filter_map(|key| if let ItemKey::File(household) = key { Some(*household) } else { None })
        .collect();
    held.extend(view.files().keys());
    held.sort_unstable();
    held.dedup();
    // One household of each village gets most of the work, so that its file grows pages.
    let often = if dice.percent(35) { held.first() } else { dice.pick(&held) };
    let file = view.file(*often?).ok().flatten()?;
    if file.household.region.is_empty() {
        return None;
    }
    match dice.below(100) {
        0..29 => Some(visit(device, &file, at, dice)),
        29..32 => Some(Command::SpendStock {
            allotment: id(18, 1 + dice.below(2) as u16).into(),
            household: file.household.id,
            quantity: 1 + dice.below(6) as u32,
        }),
        32..40 => Some(amend(&file, "phone", phone(dice))),
        40..47 => Some(amend(&file, "category", category(dice))),
        47..51 => Some(household(&file, at, dice)),
        51..65 => pipeline(&file, at, dice),
        65..80 => claim(device, &view, &file, at, dice),
        80..91 => work_on_claim(device, &view, &file, dice),
        91..94 => Some(amend(&file, "region", Value::Text(region(dice.below(villages.into()) as u16).to_string()))),
        94..98 => settle(&file, dice),
        _ => Some(Command::Reveal {
            household: Some(file.household.id),
            record: file.household.key(),
            field: "phone".into(),
            reason: first("reveal_reason"),
            remark: String::new(),
        }),
    }
}

/// Bytes that are no command.
pub fn poison(device: &mut Device, at: Moment, dice: &mut Dice) {
    let seq = device.said.len() as u64 + 1;
    let id = CommandId { device: device.id, seq };
    let command = Command::Disclose { what: "x".into(), rows: 1, reason: "x".into() };
    let envelope = Envelope { id, hlc: device.clock, at, worker: device.worker, role: device.role, command };
    let bytes = (0..dice.below(40)).map(|_| dice.next() as u8).collect::<Vec<_>>();
    device.write_bytes(envelope, Bytes(bytes));
}

fn phone(dice: &mut Dice) -> Value {
    Value::Text(format!("0577-{:08}", 10_000_000 + dice.below(80_000_000)))
}

fn category(dice: &mut Dice) -> Value {
    Value::Text(["dibao", "tekun_fensan", "dibian"][dice.below(3) as usize].into())
}

fn amendment(file: &Dossier, field: &str, after: Value) -> Amendment {
    use zhulian::domain::record::Fields as _;
    let before = file.household.get(field).unwrap_or_default();
    Amendment { record: file.household.key(), change: FieldChange { field: field.into(), before, after } }
}

fn amend(file: &Dossier, field: &str, after: Value) -> Command {
    Command::Amend { household: Some(file.household.id), amendments: vec![amendment(file, field, after)] }
}

fn visit(device: &Device, file: &Dossier, at: Moment, dice: &mut Dice) -> Command {
    let visit = Visit {
        id: VisitId(dice.id(at.0)),
        household: file.household.id,
        at,
        mode: first("visit_mode"),
        visitors: vec![device.worker],
        note: "在家，情况正常".into(),
        ..Visit::default()
    };
    let mut amendments = Vec::new();
    if dice.percent(25) {
        amendments.push(amendment(file, "phone", phone(dice)));
    }
    if dice.percent(10) {
        amendments.push(amendment(file, "category", category(dice)));
    }
    let needs = if dice.percent(10) { vec![need(file, at, dice)] } else { Vec::new() };
    Command::LogVisit { visit: Box::new(visit), amendments, needs }
}

fn household(like: &Dossier, at: Moment, dice: &mut Dice) -> Command {
    let (id, member) = (HouseholdId(dice.id(at.0)), MemberId(dice.id(at.0)));
    // Few numbers, so that two devices come upon the same person.
    let number = NaiveDate::from_ymd_opt(1960, 1, 1)
        .and_then(|birth| IdNumber::compose(990101, birth, dice.below(12) as u32 + 500));
    Command::RegisterHousehold {
        records: vec![
            Record::Household(Household {
                id,
                head: Some(member),
                category: Code::from("dibao"),
                region: like.household.region.clone(),
                archive_no: format!("临{}", dice.below(100_000)),
                ..Household::default()
            }),
            Record::Member(Member {
                id: member,
                household: id,
                name: "李秀英".into(),
                id_number: number,
                ..Member::default()
            }),
        ],
    }
}

fn need(file: &Dossier, at: Moment, dice: &mut Dice) -> Need {
    Need {
        id: NeedId(dice.id(at.0)),
        household: file.household.id,
        title: format!("需求{}", dice.below(20)),
        field: first("service_field"),
        urgency: Code::from("3"),
        ..Need::default()
    }
}

/// Brings a need of the household one step further towards the pool.
fn pipeline(file: &Dossier, at: Moment, dice: &mut Dice) -> Option<Command> {
    if let Some(wish) = file.wishes.iter().find(|wish| wish.state == WishState::Draft) {
        return Some(Command::PublishWish { wish: wish.id, until: None });
    }
    if let Some(need) = file.needs.iter().find(|need| need.state == NeedState::ToVerify) {
        return Some(Command::VerifyNeed { need: need.id, findings: String::new() });
    }
    let wished = |need: &Need| file.wishes.iter().any(|wish| wish.need == Some(need.id));
    if let Some(need) = file.needs.iter().find(|need| need.state == NeedState::Valid && !wished(need)) {
        let categories = zhulian::domain::codes::list("wish_category")?.entries();
        let wish = Wish {
            id: WishId(dice.id(at.0)),
            need: Some(need.id),
            card_text: "一名学生想要一个书包".into(),
            category: dice.pick(categories)?.to_code(),
            units: 1 + dice.below(3) as u16,
            ..Wish::default()
        };
        return Some(Command::WriteWish { wish: Box::new(wish) });
    }
    Some(Command::RegisterNeed { need: Box::new(need(file, at, dice)) })
}

fn claim(device: &Device, view: &Overlay<'_>, file: &Dossier, at: Moment, dice: &mut Dice) -> Option<Command> {
    let mut open: Vec<Wish> = file.wishes.iter().filter(|wish| wish.state.in_pool()).cloned().collect();
    for (key, item) in &device.items {
        if let (ItemKey::Card(_), Body::Record(Record::Wish(card))) = (key, &item.body) {
            open.push(card.clone());
        }
    }
    let wish = dice.pick(&open)?;
    let record = view.record(RecordKey { kind: Kind::Wish, id: wish.id.into() }).ok()??;
    let Record::Wish(wish) = record else { return None };
    let claim = Claim {
        id: ClaimId(dice.id(at.0)),
        wish: wish.id,
        units: vec![0; 1 + dice.below(wish.units.into()) as usize],
        claimant: "爱心企业".into(),
        ..Claim::default()
    };
    Some(Command::ClaimWish { claim: Box::new(claim) })
}

fn work_on_claim(device: &Device, view: &Overlay<'_>, file: &Dossier, dice: &mut Dice) -> Option<Command> {
    let mut claims: Vec<ClaimId> = file.claims.iter().map(|claim| claim.id).collect();
    for key in device.items.keys() {
        if let ItemKey::Own(_, key) = key {
            claims.push(key.id.into());
        }
    }
    let id = *dice.pick(&claims)?;
    let Some(Record::Claim(claim)) = view.record(RecordKey { kind: Kind::Claim, id: id.into() }).ok()? else {
        return None;
    };
    let evidence = String::from("送到家中");
    match claim.state {
        ClaimState::Tentative | ClaimState::Granted | ClaimState::Connected => Some(match dice.below(10) {
            0..4 => Command::FulfilClaim { claim: id, evidence },
            4..7 => Command::ReleaseClaim { claim: id, reason: first("release_reason"), remark: String::new() },
            _ => Command::ConnectClaim { claim: id },
        }),
        _ if dice.percent(30) => Some(Command::FulfilClaim { claim: id, evidence }),
        _ => None,
    }
}

fn settle(file: &Dossier, dice: &mut Dice) -> Option<Command> {
    let open: Vec<_> = file.conflicts.iter().filter(|conflict| conflict.state == ConflictState::Open).collect();
    let conflict = dice.pick(&open)?;
    let choice = *dice.pick(Choice::ALL)?;
    Some(Command::SettleConflict {
        household: Some(file.household.id),
        conflict: conflict.id,
        choice,
        remark: String::new(),
    })
}
