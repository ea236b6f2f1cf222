//! `server region …`

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::PathBuf;

use serde_json::json;

use super::Bureau;
use crate::central::authority::Settled;
use crate::cli::table::Table;
use crate::cli::{CliError, Fault, Io, Outcome};
use crate::domain::change::FieldChange;
use crate::domain::command::{Amendment, Command};
use crate::domain::id::{RegionId, WorkerId};
use crate::domain::record::{Fields as _, Record};
use crate::domain::region::{Region as Held, RegionCode};
use crate::domain::value::Value;
use crate::i18n::{Explain as _, cli as say};
use crate::roster::read::{self, Limits};
use crate::roster::regions::{self, RegionList};
use crate::roster::source::SourceError;
use crate::sync::protocol::Outcome as Verdict;

/// What can be done with regions.
#[derive(Debug, clap::Subcommand)]
pub enum Region {
    Import(Import),
    List(List),
}

impl Region {
    /// Does so.
    pub fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        match self {
            Region::Import(act) => act.run(bureau, io),
            Region::List(act) => act.run(bureau, io),
        }
    }
}

/// Takes in the county's regions from a spreadsheet: towns, villages, grids
///
/// Columns: 区划代码 (12 digits; 15 for a grid), 名称, and as there are 层级, 上级区划, 启用日期, 停用日期. All or nothing;
/// importing the same file again changes nothing. A place under a made-up code that the list has by name gets the official
/// one: households and territories move along. Devices learn all of it with their next synchronisation.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// The file: xlsx, xls, ods or csv
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only tell what would change
    #[arg(long)]
    dry_run: bool,
}

impl Import {
    fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        let path = io.path(&self.file);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let book = read::file(&path, &Limits::STANDARD, &mut |_, _, _| ControlFlow::Continue(()))
            .map_err(|error| SourceError::Read { file: name.clone(), error })?;
        let held = held(bureau)?;
        let list = regions::read(&book, &held);
        if !list.has_header {
            return Err(CliError::NoRegions { file: name }.into());
        }
        let commands = commands(&list, &held);
        let new = commands.iter().filter(|command| matches!(command, Command::Register { .. })).count();
        let updated = commands.len() - new;
        let counts = [new, updated, list.regions.len() - commands.len(), list.problems.len()];
        let mut settled = Settled::default();
        let goes = list.problems.is_empty() && !self.dry_run;
        if goes && !commands.is_empty() {
            let outcomes = bureau.authority.administer_all(io.now.at, WorkerId::default(), &commands)?;
            if let Some(Verdict::Refused { told, .. }) = outcomes.into_iter().next_back() {
                return Err(Fault::Told(Box::new(told)));
            }
        }
        if goes {
            // Also where the list is known already: what was cut off goes on.
            settled = bureau.authority.settle_regions(io.now.at)?;
        }
        tell(&name, &list, counts, goes.then_some(&settled), io)?;
        if list.problems.is_empty() || self.dry_run {
            Ok(())
        } else {
            Err(CliError::RegionsRefused { count: list.problems.len() }.into())
        }
    }
}

fn tell(
    file: &str,
    list: &RegionList,
    [new, updated, unchanged, refused]: [usize; 4],
    settled: Option<&Settled>,
    io: &mut Io<'_>,
) -> Outcome {
    let lang = io.lang;
    if io.json {
        let errors: Vec<_> = list
            .problems
            .iter()
            .map(|problem| {
                json!({
                    "file": file,
                    "row": problem.row,
                    "column": problem.column,
                    "code": problem.fault.code(),
                    "value_masked": problem.value_masked,
                    "message": problem.fault.message(lang),
                    "remedy": problem.fault.remedy(lang),
                })
            })
            .collect();
        return io.value(&json!({
            "regions": {"new": new, "updated": updated, "unchanged": unchanged, "refused": refused},
            "errors": errors,
            "made_up": settled.map(|settled| json!({
                "replaced": settled.regions.iter().map(|(from, to)| json!({"code": from, "by": to})).collect::<Vec<_>>(),
                "households": settled.households,
                "left": settled.left,
            })),
            "committed": settled.is_some(),
        }));
    }
    for problem in &list.problems {
        let place = say::regions_place(lang, file, problem.row, problem.column);
        let (code, message) = (problem.fault.code(), problem.fault.message(lang));
        io.line(format!("{place} [{code}] {}：{message}", problem.value_masked))?;
        io.line(format!("    {}", problem.fault.remedy(lang)))?;
    }
    io.line(say::import_counts(lang, say::regions_word(lang), new, updated, unchanged, refused))?;
    let Some(settled) = settled else { return io.line(say::import_not_done(lang)) };
    if !settled.regions.is_empty() || settled.left > 0 {
        io.line(say::regions_settled(lang, settled.regions.len(), settled.households, settled.left))?;
    }
    io.line(say::import_done(lang))
}

/// What brings the county to what the list says.
fn commands(list: &RegionList, held: &[Held]) -> Vec<Command> {
    /// What a list states of a region. Its code is what it is known by.
    const STATED: [&str; 4] = ["name", "parent", "valid_from", "valid_to"];
    let official = held.iter().filter(|held| !held.provisional && !held.meta.deleted);
    let official: HashMap<&RegionCode, &Held> = official.map(|held| (&held.code, held)).collect();
    let mut commands = Vec::new();
    for region in &list.regions {
        let Some(present) = official.get(&region.code) else {
            let record = Record::Region(Held { id: RegionId::new(), ..region.clone() });
            commands.push(Command::Register { record: Box::new(record) });
            continue;
        };
        let amendments: Vec<Amendment> = STATED
            .iter()
            .filter_map(|field| {
                let (before, after) = (present.get(field)?, region.get(field)?);
                // A column that the file does not have says nothing.
                let changes = after != Value::Null && !after.is_empty() && before != after;
                let change = FieldChange { field: (*field).to_owned(), before, after };
                changes.then(|| Amendment { record: present.key(), change })
            })
            .collect();
        if !amendments.is_empty() {
            commands.push(Command::Amend { household: None, amendments });
        }
    }
    commands
}

/// Lists the county's regions
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only what lies in this region
    #[arg(long, value_name = "CODE")]
    within: Option<String>,
}

impl List {
    fn run(&self, bureau: &Bureau<'_>, io: &mut Io<'_>) -> Outcome {
        let lang = io.lang;
        let within = self.within.as_deref().map(super::territory).transpose()?;
        let mut regions = held(bureau)?;
        regions.retain(|region| within.as_ref().is_none_or(|within| within.contains(&region.code)));
        regions.sort_by(|a, b| a.code.cmp(&b.code));
        let headings =
            [say::h_code(lang), say::h_name_of_place(lang), say::h_level(lang), say::h_above(lang), say::h_valid(lang)];
        let mut table = Table::new(headings);
        for region in regions.iter().filter(|region| !region.meta.deleted) {
            let parent = region.parent.as_ref().map(RegionCode::as_str).unwrap_or_default();
            if io.json {
                io.value(&json!({
                    "code": region.code,
                    "name": region.name,
                    "level": region.level.code(),
                    "parent": region.parent,
                    "valid_from": region.valid_from,
                    "valid_to": region.valid_to,
                    "provisional": region.provisional,
                    "successor": region.successor,
                }))?;
                continue;
            }
            let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
            let valid = format!("{} – {}", day(region.valid_from), day(region.valid_to));
            table.row([
                region.code.to_string(),
                region.name.clone(),
                region.level.label(lang).into_owned(),
                parent.to_owned(),
                if valid.len() > 5 { valid } else { String::new() },
            ]);
        }
        if io.json { Ok(()) } else { io.table(&table) }
    }
}

/// Every region of the county.
fn held(bureau: &Bureau<'_>) -> Result<Vec<Held>, Fault> {
    let mut found = Vec::new();
    super::each_reference(bureau, &mut |record| {
        if let Record::Region(region) = record {
            found.push(region);
        }
    })?;
    Ok(found)
}
