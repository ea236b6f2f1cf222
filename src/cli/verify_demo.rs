//! `verify-demo`

use super::table::Table;
use super::{CliError, Io, Outcome, Run};
use crate::demo::{Demo, FigureRow, Outcome as FigureOutcome, Size, Tally, verify};
use crate::desk::Desk;
use crate::domain::record::Record;
use crate::i18n::cli as say;

/// Checks the demo's figures against the source papers' figures
#[derive(Debug, clap::Args)]
pub struct VerifyDemo {}

impl Run for VerifyDemo {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let rows = counted(desk, io)?;
        let failed = rows.iter().filter(|row| matches!(row.outcome, FigureOutcome::Fail)).count();
        let mut table = Table::new([
            say::h_outcome(io.lang),
            say::h_what(io.lang),
            say::h_expected(io.lang),
            say::h_actual(io.lang),
            say::h_source(io.lang),
        ]);
        for row in &rows {
            if io.json {
                io.value(row)?;
                continue;
            }
            let mark = match &row.outcome {
                FigureOutcome::Pass => say::pass(io.lang).to_owned(),
                FigureOutcome::Fail => say::fail(io.lang).to_owned(),
                FigureOutcome::NotHeld(why) => why.clone(),
            };
            let expected = format!("{}{}", if row.at_least { "≥ " } else { "" }, row.expected);
            let actual = row.actual.map(|actual| actual.to_string()).unwrap_or_else(|| "—".to_owned());
            table.row([mark, row.name.clone(), expected, actual, row.source.clone()]);
        }
        if !io.json {
            io.table(&table)?;
            let passed = rows.iter().filter(|row| row.passes()).count();
            io.line(say::verify_sum(io.lang, passed, failed, rows.len() - passed - failed))?;
        }
        if failed == 0 { Ok(()) } else { Err(CliError::FiguresDiffer { count: failed }.into()) }
    }
}

/// Every record of the home counted, older visits too.
fn counted(desk: &Desk, io: &Io<'_>) -> Result<Vec<FigureRow>, super::Fault> {
    let replica = desk.replica();
    let (loose, households) = {
        let memory = replica.read();
        let reference = &memory.reference;
        let mut loose: Vec<Record> = Vec::new();
        loose.extend(reference.regions.values().map(|record| Record::Region((**record).clone())));
        loose.extend(reference.stations.values().map(|record| Record::Station((**record).clone())));
        loose.extend(reference.orgs.values().cloned().map(Record::Org));
        loose.extend(reference.workers.values().map(|record| Record::Worker((**record).clone())));
        loose.extend(reference.resources.iter().cloned().map(Record::Resource));
        (loose, memory.rows.iter().filter(|(_, row)| row.is_present()).count())
    };
    let first = loose.iter().filter_map(|record| if let Record::Worker(worker) = record { Some(worker) } else { None });
    let made_on = first.min_by_key(|worker| (worker.meta.hlc, worker.id)).map(Demo::made_on);
    let mut tally = Tally::new(made_on.unwrap_or(io.now.today()));
    for record in &loose {
        tally.add(record);
    }
    let mut pages = Vec::new();
    replica.each_dossier(|dossier| {
        for record in dossier.records() {
            tally.add(&record);
        }
        pages.extend((0..dossier.older_pages).map(|page| (dossier.household.id, page)));
    })?;
    for (household, page) in pages {
        for visit in replica.older(household, page)?.unwrap_or_default().visits {
            tally.add(&Record::Visit(visit));
        }
    }
    Ok(verify(&tally, Size::nearest(households as u64), io.lang))
}
