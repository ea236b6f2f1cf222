use super::*;
use crate::domain::claim::{Claim, ClaimState};
use crate::domain::command::Confirmation;
use crate::domain::id::{ClaimId, WishId};
use crate::domain::need::NeedState;
use crate::domain::wish::{Wish, WishState};

fn wish(n: u8, need: u8, units: u16) -> Wish {
    Wish {
        id: WishId(id(n)),
        need: Some(NeedId(id(need))),
        card_text: "一名学生想要一个书包".to_owned(),
        category: first("wish_category"),
        units,
        ..Wish::default()
    }
}

fn claim(n: u8, wish: u8, units: usize) -> Command {
    Command::ClaimWish {
        claim: Box::new(Claim {
            id: ClaimId(id(n)),
            wish: WishId(id(wish)),
            units: vec![0; units],
            claimant: "爱心企业".to_owned(),
            ..Claim::default()
        }),
    }
}

fn release(n: u8, reason: Code, remark: &str) -> Command {
    Command::ReleaseClaim { claim: ClaimId(id(n)), reason, remark: remark.to_owned() }
}

/// A village with a published wish (record 35, from need 30) of so many units.
fn published(units: u16) -> Book {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    carry_out(&mut book, &worker, Command::RegisterNeed { need: Box::new(need(30)) });
    carry_out(&mut book, &worker, Command::VerifyNeed { need: NeedId(id(30)), findings: String::new() });
    carry_out(&mut book, &worker, Command::WriteWish { wish: Box::new(wish(35, 30, units)) });
    carry_out(&mut book, &worker, Command::PublishWish { wish: WishId(id(35)), until: None });
    book
}

#[test]
fn a_card_that_gives_somebody_away_is_refused() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    carry_out(&mut book, &worker, Command::RegisterNeed { need: Box::new(need(30)) });
    carry_out(&mut book, &worker, Command::VerifyNeed { need: NeedId(id(30)), findings: String::new() });
    for text in [
        "张淑芬想要一个电饭煲",
        "家住上岙村12号的老人想要轮椅",
        "尿毒症患者需要营养品",
        "联系电话13800001234",
        "990101199001010019需要被子",
    ] {
        let card = Wish { card_text: text.to_owned(), ..wish(35, 30, 1) };
        let (code, field) = refused(&book, &worker, &Command::WriteWish { wish: Box::new(card) });
        assert_eq!((code.as_str(), field.as_deref()), ("wish.identity_in_card", Some("card_text")), "{text}");
    }
    let for_child = Wish {
        member: Some(MemberId(id(12))),
        card_text: "东岙镇中心小学的学生想要书包".to_owned(),
        ..wish(35, 30, 1)
    };
    let (code, _) = refused(&book, &worker, &Command::WriteWish { wish: Box::new(for_child) });
    assert_eq!(code, "wish.identity_in_card");
}

#[test]
fn a_wish_comes_from_a_verified_need() {
    let mut book = village();
    let worker = actor(1, Role::GridWorker);
    carry_out(&mut book, &worker, Command::RegisterNeed { need: Box::new(need(30)) });
    let write = Command::WriteWish { wish: Box::new(wish(35, 30, 1)) };
    assert_eq!(refused(&book, &worker, &write).0, "wish.need_required");
}

#[test]
fn a_unit_is_held_once() {
    let mut book = published(3);
    let worker = actor(1, Role::GridWorker);
    carry_out(&mut book, &worker, claim(70, 35, 2));
    assert_eq!(book.get::<Wish>(id(35)).state, WishState::Published, "a unit is left");
    let (code, field) = refused(&book, &worker, &claim(71, 35, 2));
    assert_eq!((code.as_str(), field.as_deref()), ("wish.units_left", Some("units")));
    carry_out(&mut book, &worker, claim(72, 35, 1));
    assert_eq!(book.get::<Wish>(id(35)).state, WishState::Claimed);
    assert_eq!(book.get::<Claim>(id(72)).units, [3]);
    assert_eq!(book.get::<Claim>(id(72)).state, ClaimState::Tentative);
    assert_eq!(refused(&book, &worker, &claim(73, 35, 1)).0, "wish.already_claimed");
    assert_eq!(book.get::<Need>(id(30)).state, NeedState::Arranged);
}

#[test]
fn a_released_wish_returns_to_the_pool_in_its_next_round() {
    let mut book = published(1);
    let worker = actor(1, Role::GridWorker);
    carry_out(&mut book, &worker, claim(70, 35, 1));
    let release = release(70, first("release_reason"), "");
    carry_out(&mut book, &worker, release.clone());
    let again: Wish = book.get(id(35));
    assert_eq!((again.state, again.round), (WishState::Published, 2));
    assert_eq!(book.get::<Need>(id(30)).state, NeedState::Matched);
    assert_eq!(refused(&book, &worker, &release).0, "claim.wrong_state");
    carry_out(&mut book, &worker, claim(71, 35, 1));
}

#[test]
fn somebody_elses_claim_is_left_alone() {
    let mut book = published(1);
    carry_out(&mut book, &actor(2, Role::CharityOfficer), claim(70, 35, 1));
    let release = release(70, first("release_reason"), "");
    let (code, _) = refused(&book, &actor(3, Role::CharityOfficer), &release);
    assert_eq!(code, "claim.not_yours");
}

#[test]
fn a_wish_is_confirmed_when_all_units_are_fulfilled() {
    let mut book = published(2);
    let worker = actor(1, Role::GridWorker);
    carry_out(&mut book, &worker, claim(70, 35, 1));
    carry_out(&mut book, &worker, claim(71, 35, 1));
    let fulfil = |n: u8| Command::FulfilClaim { claim: ClaimId(id(n)), evidence: String::new() };
    let confirm =
        Command::ConfirmWish { wish: WishId(id(35)), confirmation: Confirmation::Beneficiary { note: String::new() } };
    carry_out(&mut book, &worker, fulfil(70));
    assert_eq!(refused(&book, &worker, &confirm).0, "wish.wrong_state");
    carry_out(&mut book, &worker, fulfil(71));
    carry_out(&mut book, &worker, confirm);
    assert_eq!(book.get::<Wish>(id(35)).state, WishState::Confirmed);
    assert_eq!(book.get::<Need>(id(30)).state, NeedState::Confirmed);
    assert_eq!(refused(&book, &worker, &fulfil(70)).0, "claim.wrong_state");
}

#[test]
fn a_wish_is_closed_after_the_beneficiary_confirmed_and_its_need_goes_with_it() {
    let mut book = published(1);
    let worker = actor(1, Role::GridWorker);
    carry_out(&mut book, &worker, claim(70, 35, 1));
    carry_out(&mut book, &worker, Command::FulfilClaim { claim: ClaimId(id(70)), evidence: String::new() });
    let close = || Command::CloseWish { wish: WishId(id(35)) };
    assert_eq!(refused(&book, &worker, &close()).0, "wish.wrong_state");
    let confirmation = Confirmation::Beneficiary { note: String::new() };
    carry_out(&mut book, &worker, Command::ConfirmWish { wish: WishId(id(35)), confirmation });
    assert_eq!(refused(&book, &actor(2, Role::CharityOfficer), &close()).0, "actor.not_permitted");
    carry_out(&mut book, &worker, close());
    assert_eq!(book.get::<Wish>(id(35)).state, WishState::Closed);
    assert_eq!(book.get::<Need>(id(30)).state, NeedState::Archived);
    assert_eq!(refused(&book, &worker, &close()).0, "wish.wrong_state", "once is enough");
}

#[test]
fn a_second_like_gift_is_warned_of_and_passes_with_a_reason() {
    let mut book = published(1);
    let worker = actor(1, Role::GridWorker);
    let again = Need { title: "另一个书包".to_owned(), item: second("wish_category"), ..need(31) };
    carry_out(&mut book, &worker, Command::RegisterNeed { need: Box::new(again) });
    carry_out(&mut book, &worker, Command::VerifyNeed { need: NeedId(id(31)), findings: String::new() });
    let write = |wish: Wish| Command::WriteWish { wish: Box::new(wish) };
    let (code, field) = refused(&book, &worker, &write(wish(36, 31, 1)));
    assert_eq!((code.as_str(), field.as_deref()), ("wish.duplicate_gift", Some("duplicate_reason")));
    let reasoned = Wish { duplicate_reason: "两个孩子各需一个".to_owned(), ..wish(36, 31, 1) };
    carry_out(&mut book, &worker, write(reasoned));
}

#[test]
fn the_reason_other_wants_words() {
    let mut book = published(1);
    let worker = actor(1, Role::GridWorker);
    let other = || Code::from("other");
    let check = |book: &Book, command: Command, field: &str| {
        let told = refused(book, &worker, &command);
        assert_eq!(told, ("reason.remark_required".to_owned(), Some(field.to_owned())), "{command:?}");
    };
    let (need_id, wish_id) = (NeedId(id(30)), WishId(id(35)));
    check(&book, Command::WithdrawNeed { need: need_id, reason: other(), remark: " ".to_owned() }, "remark");
    check(&book, Command::WithdrawWish { wish: wish_id, reason: other(), remark: String::new() }, "remark");
    check(&book, Command::RejectNeed { need: need_id, reason: other(), findings: String::new() }, "findings");
    check(&book, Command::RejectWish { wish: wish_id, reason: other(), remark: String::new() }, "remark");
    carry_out(&mut book, &worker, claim(70, 35, 1));
    check(&book, release(70, other(), ""), "remark");
    let record = need(30).key();
    let reveal = Command::Reveal {
        household: Some(household()),
        record,
        field: "detail".to_owned(),
        reason: other(),
        remark: String::new(),
    };
    check(&book, reveal, "remark");
    carry_out(&mut book, &worker, release(70, other(), "企业停产"));
    assert_eq!(book.get::<Claim>(id(70)).remark, "企业停产");
}
