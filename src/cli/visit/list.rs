//! `visit list`

use crate::cli::table::Table;
use crate::cli::view::Shown;
use crate::cli::{Fault, Io, Outcome, Run, ids, view, words};
use crate::desk::Desk;
use crate::domain::codes;
use crate::domain::id::HouseholdId;
use crate::domain::visit::Visit;
use crate::domain::worker::Right;
use crate::i18n::cli as say;

/// Lists visits, newest first
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only those of one household, with the older ones
    #[arg(long, value_name = "ID")]
    household: Option<String>,
    /// Only those on or after this day
    #[arg(long, value_name = "DATE", allow_hyphen_values = true)]
    since: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
}

impl Run for List {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        desk.permit(Right::SeeCases)?;
        let since = self.since.as_ref().map(|since| words::date("since", since, io.now)).transpose()?;
        let mut visits = match &self.household {
            Some(text) => of_household(desk, ids::household(desk, text)?, true)?,
            None => of_all(desk, since.map(crate::replica::rows::day))?,
        };
        visits.retain(|visit| since.is_none_or(|since| visit.at.date() >= since));
        visits.sort_by_key(|visit| std::cmp::Reverse((visit.at, visit.id)));
        let lang = io.lang;
        let mut table = Table::new([
            say::h_time(lang),
            say::h_archive(lang),
            say::h_head(lang),
            say::h_mode(lang),
            say::h_result(lang),
            say::h_by(lang),
            say::h_note(lang),
        ]);
        let memory = desk.replica().read();
        for visit in visits.iter().take(self.limit) {
            if io.json {
                io.value(&view::record(visit, Shown::Masked, lang))?;
                continue;
            }
            let row = memory.household(visit.household);
            let names: Vec<&str> = visit.visitors.iter().map(|id| memory.reference.worker_name(*id)).collect();
            table.row([
                visit.at.to_minute(),
                row.map(|row| row.archive_no().to_owned()).unwrap_or_default(),
                row.map(|row| crate::domain::mask::name(row.head())).unwrap_or_default(),
                codes::label("visit_mode", visit.mode.as_str(), lang).into_owned(),
                visit.result.label(lang).into_owned(),
                names.join(lang.pick("、", ", ")),
                visit.note.clone(),
            ]);
        }
        drop(memory);
        if io.json { Ok(()) } else { io.table(&table) }
    }
}

fn of_household(desk: &Desk, id: HouseholdId, older: bool) -> Result<Vec<Visit>, Fault> {
    let dossier = crate::cli::household::dossier(desk, id)?;
    let mut visits: Vec<Visit> = dossier.live_visits().cloned().collect();
    if older {
        for page in 0..dossier.older_pages {
            let older = desk.replica().older(id, page)?.unwrap_or_default();
            visits.extend(older.visits.into_iter().filter(|visit| !visit.meta.deleted));
        }
    }
    Ok(visits)
}

/// Visits of every household. Those on older pages are looked up only where a first day asks for them.
fn of_all(desk: &Desk, since: Option<i32>) -> Result<Vec<Visit>, Fault> {
    let households: Vec<HouseholdId> = {
        let memory = desk.replica().read();
        let visited = memory.rows.iter().filter(|(_, row)| row.is_present() && row.fixed().visits > 0);
        visited.map(|(_, row)| row.id()).collect()
    };
    let mut visits = Vec::new();
    for id in households {
        visits.extend(of_household(desk, id, since.is_some())?);
    }
    Ok(visits)
}
