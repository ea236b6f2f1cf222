//! temporary
use zhulian::demo::*;
use zhulian::domain::record::Record;
fn main() {
    let today = "2026-11-22".parse().unwrap();
    let size = Size::from_name(&std::env::args().nth(1).unwrap()).unwrap();
    let demo = Demo::new(size, 1, today);
    for a in std::env::args().skip(2) {
        let n: usize = a.parse().unwrap();
        println!("=== {n} {:?}", demo.planted(n));
        for r in demo.household(n) {
            match r {
                Record::Household(h) => println!(
                    "{} {} {} {} {:?} {:?} cause {} since {:?} {} {} {}|{} 证{} {}",
                    h.archive_no,
                    h.category.as_str(),
                    h.region,
                    h.address,
                    h.monthly_amount,
                    h.annual_income,
                    h.poverty_cause.as_str(),
                    h.assisted_since,
                    h.phone,
                    h.bank_name,
                    h.bank_account,
                    h.note,
                    h.certificate_no,
                    h.consent.as_str()
                ),
                Record::Member(m) => println!(
                    "  {} {} {:?} {} {} {} {} {} {} 残{}{} {} {} 劳{} 护{} {} {} {} 监{} 照{} {} {}",
                    m.name,
                    m.id_number.map(|i| i.reveal().to_owned()).unwrap_or_default(),
                    m.birth_date,
                    m.relation.as_str(),
                    m.sex.as_str(),
                    m.marital.as_str(),
                    m.education.as_str(),
                    m.employment.as_str(),
                    m.disease,
                    m.disability_class.as_str(),
                    m.disability_level.as_str(),
                    m.health.as_str(),
                    m.ethnic.as_str(),
                    m.labour.as_str(),
                    m.selfcare.as_str(),
                    m.school,
                    m.employer,
                    m.political,
                    m.guardian,
                    m.caregiver,
                    m.child_status.as_str(),
                    m.note
                ),
                Record::Visit(v) => println!(
                    "  V {} {} {} {} {}{} {} -> {:?}",
                    v.at.to_minute(),
                    v.mode.as_str(),
                    v.result.code(),
                    v.language.as_str(),
                    v.refusal_reason.as_str(),
                    v.mediator,
                    v.note,
                    v.next_due
                ),
                Record::Need(d) => println!(
                    "  N {} {} {} {} u{} {} {} | {} | {} | {} {}",
                    d.no,
                    d.title,
                    d.detail,
                    d.reported_at.date(),
                    d.urgency.as_str(),
                    d.state.code(),
                    d.source.as_str(),
                    d.findings,
                    d.confirmed_note,
                    d.duplicate_reason,
                    d.evidence
                ),
                Record::Wish(w) => println!(
                    "  W {} {} x{} {} r{} {} {} {:?} {}",
                    w.no,
                    w.card_text,
                    w.units,
                    w.state.code(),
                    w.round,
                    w.category.as_str(),
                    w.age_band.as_str(),
                    w.publish_until,
                    w.remark
                ),
                Record::Claim(c) => println!(
                    "  C {} {:?} {} {} {}",
                    c.claimant,
                    c.units,
                    c.state.code(),
                    c.claimed_at.to_minute(),
                    c.evidence
                ),
                Record::Lead(l) => println!(
                    "  L {} {} {} {} {} {}",
                    l.no,
                    l.channel.as_str(),
                    l.content,
                    l.state.code(),
                    l.outcome,
                    l.reporter
                ),
                Record::Indicator(i) => print!("  {}={}", i.code.as_str(), i.value),
                _ => {}
            }
        }
        println!();
    }
    for l in demo.leads_without_household().take(6) {
        println!("{} {} {} {} {} {}", l.no, l.subject, l.channel.as_str(), l.content, l.state.code(), l.outcome);
    }
    let r = demo.reference();
    for x in r.iter().step_by(1 + r.len() / 40) {
        println!("{}", serde_json::to_string(x).unwrap());
    }
}
