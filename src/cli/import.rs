//! `import`

use std::ops::ControlFlow;
use std::path::PathBuf;

use super::{CliError, Fault, Io, Outcome, Run, words};
use crate::desk::Desk;
use crate::domain::household::Household;
use crate::i18n::{Explain, cli as say};
use crate::replica::Stage;
use crate::roster::check::Checked;
use crate::roster::plan::Plan;
use crate::roster::read::Phase;
use crate::roster::report;
use crate::roster::source::{Options, Source};

/// Brings in rosters: xlsx, xls, ods, or csv in UTF-8 or GB18030
///
/// Files of households and files of persons are paired by themselves. All or nothing: one error keeps everything out,
/// unless --accept-valid takes in the households without error. Importing the same file again changes nothing. A first
/// import makes the home: with --passphrase-file, or a passphrase that is asked for, it is sealed; else its key lies in
/// a file beside it.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Category of all households, whatever the files say: 低保, 特困, 低边, dibao, tekun, dibian, …
    #[arg(long = "as", value_name = "CATEGORY")]
    category: Option<String>,
    /// Only tell what would change
    #[arg(long)]
    dry_run: bool,
    /// Take in the households without error
    #[arg(long)]
    accept_valid: bool,
    /// Write a workbook in which the cells with errors are marked
    #[arg(long, value_name = "FILE.xlsx")]
    errors: Option<PathBuf>,
    /// First import: leave the key in the open; whoever can read the folder can then read everything
    #[arg(long)]
    pub(super) unsealed: bool,
    /// First import: your name; else the name you are logged in under
    #[arg(long, value_name = "NAME")]
    pub(super) worker_name: Option<String>,
}

impl Run for Import {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let source = self.read(io)?;
        self.take_in(desk, source, io)
    }
}

impl Import {
    /// Whether nothing is to be changed.
    pub(super) fn is_dry(&self) -> bool {
        self.dry_run
    }

    /// Reads the files.
    pub(super) fn read(&self, io: &mut Io<'_>) -> Result<Source, Fault> {
        let mut options = Options::on(io.now.today());
        if let Some(category) = &self.category {
            options.category = Some(words::code(Household::TABLE, "category", category)?);
        }
        let paths: Vec<PathBuf> = self.files.iter().map(|file| io.path(file)).collect();
        let source = Source::open(&paths, &options, &mut |phase, done, total| {
            watch(io, phase, done, total);
            ControlFlow::Continue(())
        });
        io.progress_done();
        Ok(source?)
    }

    /// Compares with what is held, and commits.
    pub(super) fn take_in(&self, desk: &Desk, source: Source, io: &mut Io<'_>) -> Outcome {
        let lang = io.lang;
        let plan = desk.plan_import(source, &mut |phase, done, total| {
            watch(io, phase, done, total);
            ControlFlow::Continue(())
        })?;
        io.progress_done();
        let errors = plan.checked().error_count();
        if let Some(path) = self.errors.as_ref().filter(|_| errors > 0) {
            report::write_errors(&io.path(path), plan.checked(), lang)?;
        }
        let refused = errors > 0 && !self.accept_valid;
        let committed = !self.dry_run && !refused;
        if committed && plan.is_effective() {
            desk.commit_import(&plan, io.now, &mut |stage, count| {
                io.progress(&match stage {
                    Stage::Writing => say::writing(lang, count),
                    Stage::Indexing => say::indexing(lang, count),
                });
                ControlFlow::Continue(())
            })?;
            io.progress_done();
            // A bulk commit leaves the index in a state that is slow to open once.
            desk.replica().store().settle()?;
        }
        self.tell(&plan, committed, io)?;
        if refused && !self.dry_run { Err(CliError::ImportRefused { count: errors }.into()) } else { Ok(()) }
    }

    fn tell(&self, plan: &Plan, committed: bool, io: &mut Io<'_>) -> Outcome {
        let lang = io.lang;
        if io.json {
            let mut value = report::import_json(plan, committed, lang);
            if self.dry_run {
                value["changes"] = report::changes_json(plan, lang);
            }
            return io.value(&value);
        }
        list_errors(plan.checked(), io)?;
        for notice in plan.notices() {
            io.line(format!("· {}", notice.message(lang)))?;
        }
        if self.dry_run {
            for change in plan.differences() {
                let value = |value| crate::domain::display::masked(change.field, value, lang);
                let (before, after) = (value(&change.before), value(&change.after));
                let label = change.field.label(lang);
                io.line(format!("~ {} {} {label}: {before} → {after}", change.archive_no, change.name_masked))?;
            }
        }
        for (what, counts) in [(say::households(lang), plan.households()), (say::members_word(lang), plan.members())] {
            io.line(say::import_counts(lang, what, counts.new, counts.updated, counts.unchanged, counts.refused))?;
        }
        if committed { io.line(say::import_done(lang)) } else { io.line(say::import_not_done(lang)) }
    }
}

/// The errors for a person to read: as many as fit a few screens, for the rest the workbook is better.
fn list_errors(checked: &Checked, io: &mut Io<'_>) -> Outcome {
    const LISTED: usize = 40;
    let lang = io.lang;
    for problem in checked.problems().take(LISTED) {
        let sheet = if problem.sheet == "household" { say::household_sheet(lang) } else { say::member_sheet(lang) };
        let place = say::import_place(lang, problem.file, sheet, problem.row, problem.column);
        let (fault, value) = (problem.fault, &problem.value_masked);
        let value = if value.is_empty() { String::new() } else { format!(" {value}") };
        io.line(format!("{place} [{}]{value}{}{}", fault.code(), lang.pick("：", ": "), fault.message(lang)))?;
        io.line(format!("    {}", fault.remedy(lang)))?;
    }
    let count = checked.error_count();
    if count > LISTED { io.line(say::import_more_errors(lang, count - LISTED)) } else { Ok(()) }
}

fn watch(io: &mut Io<'_>, phase: Phase, done: u64, total: u64) {
    let text = match phase {
        Phase::Read => say::reading(io.lang, done / 1024, total / 1024),
        Phase::Check => say::checking_rows(io.lang, done, total),
        Phase::Compare => say::comparing(io.lang, done, total),
        Phase::Write => say::writing(io.lang, done),
    };
    io.progress(&text);
}
