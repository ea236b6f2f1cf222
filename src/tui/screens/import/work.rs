//! The jobs of an import, run on a thread of their own with the desk.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::{Duration, Instant};

use crate::domain::codes::Code;
use crate::i18n::{Lang, forms as text};
use crate::replica::Stage;
use crate::roster::plan::Plan;
use crate::roster::read::Phase;
use crate::roster::report;
use crate::roster::source::{Options, Source};
use crate::tui::app::effect::Long;
use crate::tui::app::{Fault, Message, Origin, Work};

/// Progress is told this often.
const PACE: Duration = Duration::from_millis(50);

/// The phases in which a plan is committed.
const WRITING: u8 = 3;
const INDEXING: u8 = 4;

/// A running job: what it does, and whether it was asked to stop. Both sides hold it.
#[derive(Debug, Clone, Default)]
pub(super) struct Job(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    stopped: AtomicBool,
    phase: AtomicU8,
}

impl Job {
    /// Asks it to stop.
    pub(super) fn stop(&self) {
        self.0.stopped.store(true, Ordering::Relaxed);
    }

    /// What it does at the moment.
    pub(super) fn phase(&self, lang: Lang) -> &'static str {
        match self.0.phase.load(Ordering::Relaxed) {
            0 => text::import_reading(lang),
            1 => text::import_checking(lang),
            2 => text::import_comparing(lang),
            WRITING => text::import_writing(lang),
            _ => text::import_indexing(lang),
        }
    }

    /// Whether it can still be stopped without a trace: what is being indexed stands already.
    pub(super) fn can_stop(&self) -> bool {
        self.0.phase.load(Ordering::Relaxed) < INDEXING
    }

    fn is_stopped(&self) -> bool {
        self.0.stopped.load(Ordering::Relaxed)
    }

    fn flow(&self) -> ControlFlow<()> {
        if self.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn enter(&self, phase: u8) {
        self.0.phase.store(phase, Ordering::Relaxed);
    }
}

/// What a job comes to.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The plan of an import, with the files it came from.
    Planned(Planned),
    /// All of it was committed.
    Committed,
    /// It was stopped; nothing was changed.
    Stopped,
    /// The error workbook was written there.
    Reported(String),
}

/// A plan and where it came from.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) plan: Arc<Plan>,
    pub(super) paths: Vec<PathBuf>,
}

/// Tells progress, but not more often than a screen can show it.
struct Paced<'a> {
    post: &'a dyn Fn(Message),
    origin: Origin,
    told: Option<Instant>,
}

impl Paced<'_> {
    fn tell(&mut self, done: u64, total: u64) {
        if self.told.is_none_or(|at| at.elapsed() >= PACE) {
            self.told = Some(Instant::now());
            (self.post)(Message::Progress(self.origin, done, total));
        }
    }
}

/// Reads and checks rosters and compares them with the register.
pub(super) fn check(paths: Vec<PathBuf>, category: Option<Code>, job: Job, origin: Origin) -> Work {
    Work::Long(Long(Box::new(move |desk, now, post| {
        let mut paced = Paced { post, origin, told: None };
        let mut watch = |phase, done, total| {
            job.enter(match phase {
                Phase::Read => 0,
                Phase::Check => 1,
                Phase::Compare => 2,
                Phase::Write => WRITING,
            });
            paced.tell(done, total);
            job.flow()
        };
        let planned = match Source::open(&paths, &Options { category, ..Options::on(now.today()) }, &mut watch) {
            Err(error) => Err(Fault::of(&error)),
            Ok(source) => desk.plan_import(source, &mut watch).map_err(|error| Fault::of(&error)),
        };
        let outcome = planned.map(|plan| Outcome::Planned(Planned { plan: Arc::new(plan), paths }));
        finish(outcome, &job, origin, post);
    })))
}

/// Commits a plan, all of it or nothing.
pub(super) fn commit(plan: Arc<Plan>, job: Job, origin: Origin) -> Work {
    Work::Long(Long(Box::new(move |desk, now, post| {
        let mut paced = Paced { post, origin, told: None };
        job.enter(WRITING);
        let mut progress = |stage, count| {
            job.enter(if stage == Stage::Writing { WRITING } else { INDEXING });
            paced.tell(count, 0);
            job.flow()
        };
        let committed = desk.commit_import(&plan, now, &mut progress).map_err(|error| Fault::of(&error));
        finish(committed.map(|_| Outcome::Committed), &job, origin, post);
    })))
}

/// Writes the error workbook.
pub(super) fn report(plan: Arc<Plan>, path: PathBuf, lang: Lang, origin: Origin) -> Work {
    Work::Long(Long(Box::new(move |_, _, post| {
        let written = report::write_errors(&path, plan.checked(), lang).map_err(|error| Fault::of(&error));
        let outcome = written.map(|()| Outcome::Reported(path.display().to_string()));
        finish(outcome, &Job::default(), origin, post);
    })))
}

fn finish(outcome: Result<Outcome, Fault>, job: &Job, origin: Origin, post: &dyn Fn(Message)) {
    // An error of a job that was asked to stop is that it was stopped; what was carried out all the same is told.
    let outcome = match outcome {
        Err(_) if job.is_stopped() => Ok(Outcome::Stopped),
        Ok(Outcome::Planned(_)) if job.is_stopped() => Ok(Outcome::Stopped),
        outcome => outcome,
    };
    post(Message::Outcome(origin, outcome.map(|outcome| Box::new(outcome) as Box<dyn std::any::Any + Send>)));
}
