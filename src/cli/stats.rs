//! `stats`

use serde_json::{Map, Value as Json, json};

use super::{Io, Outcome, Run};
use crate::desk::Desk;
use crate::domain::lead::LeadState;
use crate::domain::wish::WishState;
use crate::i18n::cli as say;
use crate::replica::Projection;
use crate::replica::pools::WishRow;

/// Counts what the home holds
///
/// Every wish counts once: those whose claim waits for the server's word are tentative, not claimed; deliveries of what
/// somebody else had claimed are counted apart. pending are
/// commands that no server has acknowledged, refused and conflicts what a server sent back; all three are 0 on a device
/// that works alone.
#[derive(Debug, clap::Args)]
pub struct Stats {}

impl Run for Stats {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let usage = desk.replica().store().disk_usage()?;
        let agenda = desk.agenda(io.now.today(), io.now.today());
        let mut value = counted(&desk.replica().read());
        value.insert("due".to_owned(), json!(agenda.visits.len()));
        value.insert("overdue".to_owned(), json!(agenda.overdue));
        value.insert("pending".to_owned(), json!(desk.replica().unsent()));
        let standing = desk.replica().standing()?;
        value.insert("refused".to_owned(), json!(standing.as_ref().map_or(0, |standing| standing.refused)));
        value.insert("conflicts".to_owned(), json!(standing.as_ref().map_or(0, |standing| standing.conflicts)));
        value.insert("commands".to_owned(), json!(desk.replica().store().last_seq()));
        value.insert("disk_bytes".to_owned(), json!(usage.total));
        if io.json {
            return io.value(&value);
        }
        for (name, count) in &value {
            match count {
                Json::Object(parts) => {
                    for (part, count) in parts {
                        io.line(format!("{}·{}: {count}", say::stat(io.lang, name), say::wish_stat(io.lang, part)))?;
                    }
                }
                count => io.line(format!("{}: {count}", say::stat(io.lang, name)))?,
            }
        }
        Ok(())
    }
}

fn counted(memory: &Projection) -> Map<String, Json> {
    let present = || memory.rows.iter().filter(|(_, row)| row.is_present()).map(|(_, row)| row.fixed());
    let open_leads = memory.pools.leads.iter().filter(|lead| lead.state == LeadState::Open).count();
    let open_needs = memory.pools.needs.iter().filter(|need| need.state.is_open()).count();
    let value = json!({
        "households": present().count(),
        "members": present().map(|fixed| u64::from(fixed.members)).sum::<u64>(),
        "visits": present().map(|fixed| u64::from(fixed.visits)).sum::<u64>(),
        "leads": memory.pools.leads.len(),
        "open_leads": open_leads,
        "needs": memory.pools.needs.len(),
        "open_needs": open_needs,
        "wishes": wishes(memory),
        "duplicate_deliveries": memory.pools.wishes.iter().map(|wish| u64::from(wish.duplicates)).sum::<u64>(),
        "workers": memory.reference.workers.len(),
        "stations": memory.reference.stations.len(),
        "regions": memory.reference.regions.len(),
        "orgs": memory.reference.orgs.len(),
        "resources": memory.reference.resources.len(),
        "allotments": memory.reference.allotments.len(),
    });
    match value {
        Json::Object(map) => map,
        _ => Map::new(),
    }
}

/// Wishes by state, each once.
fn wishes(memory: &Projection) -> Json {
    let is_tentative = |wish: &WishRow| wish.state == WishState::Claimed && wish.is_tentative();
    let mut counts = Map::new();
    for state in WishState::ALL {
        let count = memory.pools.wishes.iter().filter(|wish| wish.state == *state && !is_tentative(wish)).count();
        counts.insert(state.code().to_owned(), json!(count));
        if *state == WishState::Published {
            let tentative = memory.pools.wishes.iter().filter(|wish| is_tentative(wish)).count();
            counts.insert("tentative".to_owned(), json!(tentative));
        }
    }
    Json::Object(counts)
}
