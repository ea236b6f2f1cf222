//! The pool, units and their holders, and stock of points.

use super::*;

fn wish_of(county: &County, household: u16, n: u16) -> Wish {
    server_file(county, household).wishes.into_iter().find(|wish| wish.id == wish_id(n)).unwrap()
}

#[test]
fn the_pool_shows_cards_without_the_household() {
    let (_, [first, _, third]) = with_wish(1);
    let wish = key(Kind::Wish, wish_id(21));
    let Some(Record::Wish(card)) = third.sees(wish) else { panic!("no card") };
    assert_eq!((card.household, card.need, card.state), (None, None, WishState::Published));
    let Some(Record::Wish(full)) = first.sees(wish) else { panic!("no wish") };
    assert_eq!(full.household, Some(household_id(1)));
}

#[test]
fn a_unit_is_granted_once_and_the_loser_is_told() {
    let (county, [mut first, _, mut third]) = with_wish(1);
    let at = county.now;
    first.act(at, claim(1, 21, 1)).unwrap();
    third.act(at, claim(2, 21, 1)).unwrap();
    let Some(Record::Claim(tentative)) = third.sees(key(Kind::Claim, claim_id(2))) else { panic!("no claim") };
    assert_eq!(tentative.state, ClaimState::Tentative);
    county.sync(&mut third).unwrap();
    county.sync(&mut first).unwrap();
    assert_eq!((outcomes(&third), outcomes(&first)), (vec!["applied".into()], vec!["wish.already_claimed".into()]));
    let granted = claim_of(&county, 1, 2);
    assert_eq!(granted.state, ClaimState::Granted);
    assert!(granted.fence > 0 && granted.lease_until == Some(county.now.plus(chrono::Duration::days(7))));
    assert_eq!(claim_of(&county, 1, 1).state, ClaimState::Lost);
    let lost = first.inbox[0].lost_claim().unwrap();
    assert_eq!((lost.wish, lost.holder.as_str(), lost.since), (wish_id(21), "李*心", at));
    assert_eq!(lost.similar.iter().map(|wish| wish.wish).collect::<Vec<_>>(), [wish_id(22)]);
    // The one who has no business in the village still sees the own claim.
    let Some(Record::Claim(own)) = third.sees(key(Kind::Claim, claim_id(2))) else { panic!("no claim") };
    assert_eq!((own.state, own.household, own.fence), (ClaimState::Granted, None, granted.fence));
}

#[test]
fn units_go_to_as_many_claimants_and_fences_rise() {
    let (county, [mut first, mut second, mut third]) = with_wish(3);
    let at = county.now;
    first.act(at, claim(1, 21, 2)).unwrap();
    second.act(at, claim(2, 21, 2)).unwrap();
    third.act(at, claim(3, 21, 1)).unwrap();
    for device in [&mut first, &mut second, &mut third] {
        county.sync(device).unwrap();
    }
    assert_eq!(outcomes(&second), ["wish.units_left"]);
    let (a, c) = (claim_of(&county, 1, 1), claim_of(&county, 1, 3));
    assert_eq!((a.units, c.units), (vec![1, 2], vec![3]));
    assert!(a.fence < c.fence);
    assert_eq!(wish_of(&county, 1, 21).state, WishState::Claimed);
    assert!(county.tx().holding(wish_id(21), 3).unwrap().is_some());
}

#[test]
fn a_lease_ends_after_its_grace_and_the_wish_comes_back() {
    let (mut county, [mut first, mut second, _]) = with_wish(1);
    let at = county.now;
    first.act(at, claim(1, 21, 1)).unwrap();
    county.sync(&mut first).unwrap();
    let sweep = |county: &mut County, days: i64, hours: i64| {
        county.now = at.plus(chrono::Duration::days(days) + chrono::Duration::hours(hours));
        county.authority.sweep(county.now, 100).unwrap()
    };
    assert_eq!(sweep(&mut county, 7, 23), 0, "within the grace");
    assert_eq!(sweep(&mut county, 8, 1), 1);
    assert_eq!(sweep(&mut county, 8, 2), 0);
    assert_eq!(claim_of(&county, 1, 1).state, ClaimState::Expired);
    let wish = wish_of(&county, 1, 21);
    assert_eq!((wish.state, wish.round), (WishState::Published, 2));
    county.sync(&mut second).unwrap();
    second.act(county.now, claim(2, 21, 1)).unwrap();
    county.sync(&mut second).unwrap();
    assert_eq!(claim_of(&county, 1, 2).state, ClaimState::Granted);

    // The first one delivers after all: kept, not counted, and put before a person.
    first.act(county.now, fulfil(1)).unwrap();
    county.sync(&mut first).unwrap();
    assert_eq!(claim_of(&county, 1, 1).state, ClaimState::Duplicate);
    assert_eq!(server_file(&county, 1).conflicts[0].kind.as_str(), "duplicate_delivery");
    second.act(county.now, fulfil(2)).unwrap();
    county.sync(&mut second).unwrap();
    assert_eq!(claim_of(&county, 1, 2).state, ClaimState::Fulfilled);
    assert_eq!(wish_of(&county, 1, 21).state, WishState::Fulfilled);
}

#[test]
fn a_late_delivery_counts_while_nobody_else_has_the_units() {
    let (mut county, [mut first, ..]) = with_wish(1);
    let at = county.now;
    first.act(at, claim(1, 21, 1)).unwrap();
    county.sync(&mut first).unwrap();
    county.now = at.plus(chrono::Duration::days(9));
    assert_eq!(county.authority.sweep(county.now, 100).unwrap(), 1);
    county.sync(&mut first).unwrap();
    first.act(county.now, fulfil(1)).unwrap();
    county.sync(&mut first).unwrap();
    assert_eq!(claim_of(&county, 1, 1).state, ClaimState::Fulfilled);
    assert_eq!(wish_of(&county, 1, 21).state, WishState::Fulfilled);
    assert_eq!(county.tx().holding(wish_id(21), 1).unwrap().unwrap().claim, claim_id(1));
}

#[test]
fn a_loser_who_delivered_meanwhile_is_kept_twice_and_counted_once() {
    let (county, [mut first, _, mut third]) = with_wish(1);
    let at = county.now;
    for (device, n) in [(&mut first, 1), (&mut third, 2)] {
        device.act(at, claim(n, 21, 1)).unwrap();
        device.act(at, fulfil(n)).unwrap();
    }
    county.sync(&mut first).unwrap();
    county.sync(&mut third).unwrap();
    assert_eq!(outcomes(&first), ["applied", "applied"]);
    assert_eq!(outcomes(&third), ["wish.already_claimed", "applied"]);
    let states = [1, 2].map(|n| claim_of(&county, 1, n).state);
    assert_eq!(states, [ClaimState::Fulfilled, ClaimState::Duplicate]);
    let conflict = &server_file(&county, 1).conflicts[0];
    assert_eq!(
        (conflict.about, conflict.other),
        (Some(key(Kind::Claim, claim_id(2))), Some(key(Kind::Claim, claim_id(1))))
    );
}

#[test]
fn a_released_unit_goes_to_the_next() {
    let (county, [mut first, mut second, _]) = with_wish(1);
    let at = county.now;
    first.act(at, claim(1, 21, 1)).unwrap();
    county.sync(&mut first).unwrap();
    first.act(at, release(1)).unwrap();
    county.sync(&mut first).unwrap();
    county.sync(&mut second).unwrap();
    second.act(at, claim(2, 21, 1)).unwrap();
    county.sync(&mut second).unwrap();
    assert!(claim_of(&county, 1, 2).fence > claim_of(&county, 1, 1).fence);
    assert_eq!(wish_of(&county, 1, 21).round, 2);
}

#[test]
fn a_point_gives_out_only_what_was_set_aside_for_it() {
    use zhulian::domain::allotment::Allotment;
    use zhulian::domain::id::AllotmentId;
    let (county, [mut first, mut second, _]) = county();
    let at = county.now;
    for command in stock(10, &[(1, 6)]) {
        county.must(&command);
    }
    let more = Allotment {
        id: AllotmentId(id(18, 2)),
        resource: id(16, 1).into(),
        station: Some(id(17, 1).into()),
        quantity: 5,
        ..Allotment::default()
    };
    let refused = county.act(&Command::AllotStock { allotment: Box::new(more) });
    assert!(matches!(&refused, Outcome::Refused { told, .. } if told.code == "stock.short"), "{refused:?}");

    let spend =
        |quantity: u32| Command::SpendStock { allotment: AllotmentId(id(18, 1)), household: household_id(1), quantity };
    county.sync(&mut first).unwrap();
    county.sync(&mut second).unwrap();
    assert!(first.act(at, spend(7)).is_err(), "the device knows what is left");
    first.act(at, spend(4)).unwrap();
    second.act(at, spend(4)).unwrap();
    second.act(at, spend(2)).unwrap();
    county.sync(&mut first).unwrap();
    county.sync(&mut second).unwrap();
    assert_eq!(outcomes(&second), ["stock.short", "applied"]);
    assert_eq!(second.inbox.len(), 1);
    assert_eq!(second.inbox[0].envelope.command, spend(4), "what was refused is kept whole");
    let document = county.tx().document(&ItemKey::Record(key(Kind::Allotment, id(18, 1)))).unwrap().unwrap();
    let Ok(Body::Record(Record::Allotment(left))) = Body::decode(&document.key, &document.body.0) else { panic!() };
    assert_eq!((left.used, left.left()), (6, 0));
    let told = server_file(&county, 1).history;
    let given = told.iter().filter(|line| line.what == "spend_stock");
    let given: Vec<i64> =
        given.filter_map(|l| zhulian::domain::allotment::given(l.fields[0].0, &l.fields[0].1)).collect();
    assert_eq!(given, [2, 4], "the household's file says how much it got");
    county.sync(&mut first).unwrap();
    assert_eq!(file(&first, 1).unwrap(), server_file(&county, 1));
}

#[test]
fn a_point_holds_a_wish_and_passes_it_on_offline() {
    let (mut county, [mut first, mut second, _]) = with_wish(1);
    let at = county.now;
    let standing = {
        let Command::ClaimWish { mut claim } = claim(1, 21, 1) else { panic!() };
        claim.standing = true;
        Command::ClaimWish { claim }
    };
    first.act(at, standing).unwrap();
    county.sync(&mut first).unwrap();
    assert_eq!(claim_of(&county, 1, 1).lease_until, Some(at.plus(chrono::Duration::days(30))));
    county.now = at.plus(chrono::Duration::days(20));
    assert_eq!(county.authority.sweep(county.now, 100).unwrap(), 0);
    let pass = Command::PassClaim {
        claim: claim_id(1),
        claimant: "李慈".into(),
        claimant_org: None,
        claimant_phone: "13800001234".into(),
    };
    first.act(county.now, pass.clone()).unwrap();
    second.act(county.now, claim(2, 21, 1)).unwrap();
    county.sync(&mut second).unwrap();
    county.sync(&mut first).unwrap();
    assert_eq!(
        (outcomes(&first), outcomes(&second)),
        (vec!["applied".to_owned(); 2], vec!["wish.already_claimed".into()])
    );
    let passed = claim_of(&county, 1, 1);
    assert_eq!((passed.claimant.as_str(), passed.standing, passed.state), ("李慈", false, ClaimState::Granted));
    assert_eq!(first.act(county.now, pass).unwrap_err().reason.code(), "claim.not_standing");
}
