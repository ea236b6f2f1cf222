//! The command line: parse, reach the home, run, exit code. Everything the console does can be scripted.
//!
//! | module | holds |
//! |---|---|
//! | one file per subcommand | its options, whose doc comments are its help, and what it does |
//! | [`help`] | the parser with texts in the chosen language |
//! | [`usage`] | what is told when a command line cannot be understood |
//! | [`reach`] | opening the home, or acting through the process that owns it |
//! | `create` | making a home, where a command may be the first on it |
//! | [`serve`] | carrying out the commands of other processes |
//! | [`io`], [`table`], [`view`] | answers as JSON and for readers |
//! | [`ids`], [`words`] | what arguments mean |
//! | `keep` | acts on reference data, for a device and for a server |
//! | [`fault`] | what can go wrong, and how it is told |
//!
//! A command gets its streams in an [`Io`] and prints nowhere else, since the process that owns the home may carry it
//! out for another one.

mod audit;
mod backup;
mod compact;
mod completions;
mod console;
mod create;
mod demo;
mod doctor;
mod enroll;
mod export;
pub mod fault;
mod find;
pub mod help;
mod household;
pub mod ids;
mod import;
mod inbox;
pub mod io;
mod keep;
mod key;
mod keymap;
mod lead;
mod man;
mod need;
mod org;
pub mod reach;
mod resource;
mod restore;
mod secret;
pub mod serve;
mod server;
mod settings;
mod station;
mod stats;
mod stock;
mod sync;
pub mod table;
mod undo;
pub mod usage;
mod verify_demo;
pub mod view;
mod visit;
mod wish;
pub mod words;
mod worker;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{FromArgMatches, ValueEnum, builder::PossibleValue};

pub use fault::{CliError, Fault, Outcome};
pub use io::Io;

use crate::desk::Desk;
use crate::i18n::Lang;
use crate::store::StoreError;

/// zhulian (助联): looks after low-income households, offline first
///
/// Without a command it opens the console. Everything the console does can be scripted with the commands below.
#[derive(Debug, clap::Parser)]
#[command(name = "zhulian", version, propagate_version = true)]
pub struct Cli {
    /// Folder of the data; ZHULIAN_HOME if not given, else the platform's data folder
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Language of texts: zh or en
    #[arg(long, global = true, value_name = "zh|en", hide_possible_values = true)]
    pub lang: Option<Lang>,
    /// Answer with JSON: one value, or one a line for lists; errors too, on the error stream
    #[arg(long, global = true)]
    pub json: bool,
    /// File whose first line is the passphrase of the data; ZHULIAN_PASSPHRASE_FILE if not given
    #[arg(long, global = true, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Sub>,
}

/// The subcommands.
#[derive(Debug, clap::Subcommand)]
#[allow(missing_docs, reason = "the help of a command is the text of its options, which one here would replace")]
pub enum Sub {
    Find(find::Find),
    /// Shows, lists, registers and amends households
    #[command(subcommand)]
    Household(household::Household),
    /// Logs visits, and lists who is due
    #[command(subcommand)]
    Visit(visit::Visit),
    /// Reports and settles leads
    #[command(subcommand)]
    Lead(lead::Lead),
    /// Registers needs and sees them through
    #[command(subcommand)]
    Need(need::Need),
    /// Writes, publishes and claims wishes, and sees them through
    #[command(subcommand)]
    Wish(wish::Wish),
    /// Lists organisations
    #[command(subcommand)]
    Org(org::Org),
    /// Lists stations
    #[command(subcommand)]
    Station(station::Station),
    /// Lists resources and adds to them
    #[command(subcommand)]
    Resource(resource::Resource),
    /// Sets stock of resources aside for stations, and gives it out
    #[command(subcommand)]
    Stock(stock::Stock),
    Undo(undo::Undo),
    Inbox(inbox::Inbox),
    Enroll(enroll::Enroll),
    Sync(sync::Sync),
    Import(import::Import),
    Export(export::Export),
    Stats(stats::Stats),
    Audit(audit::Audit),
    /// Lists workers and adds to them
    #[command(subcommand)]
    Worker(worker::Worker),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Doctor(doctor::Doctor),
    Compact(compact::Compact),
    /// Shows or changes how the home keeps its key
    #[command(subcommand)]
    Key(key::Key),
    Demo(demo::Demo),
    VerifyDemo(verify_demo::VerifyDemo),
    Settings(settings::Set),
    Keymap(keymap::Keys),
    Serve(server::Serve),
    /// Administers the central server
    Server(server::Server),
    Completions(completions::Completions),
    Man(man::Man),
}

/// A command that acts on the records of a home.
pub trait Run {
    /// Does so.
    ///
    /// # Errors
    /// Why it did not; then nothing has changed, unless it says otherwise.
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome;
}

impl Run for Sub {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        match self {
            Sub::Find(act) => act.run(desk, io),
            Sub::Household(act) => act.run(desk, io),
            Sub::Visit(act) => act.run(desk, io),
            Sub::Lead(act) => act.run(desk, io),
            Sub::Need(act) => act.run(desk, io),
            Sub::Wish(act) => act.run(desk, io),
            Sub::Org(act) => act.run(desk, io),
            Sub::Station(act) => act.run(desk, io),
            Sub::Resource(act) => act.run(desk, io),
            Sub::Stock(act) => act.run(desk, io),
            Sub::Undo(act) => act.run(desk, io),
            Sub::Inbox(act) => act.run(desk, io),
            Sub::Enroll(act) => act.run(desk, io),
            Sub::Sync(act) => act.run(desk, io),
            Sub::Import(act) => act.run(desk, io),
            Sub::Export(act) => act.run(desk, io),
            Sub::Stats(act) => act.run(desk, io),
            Sub::Audit(act) => act.run(desk, io),
            Sub::Worker(act) => act.run(desk, io),
            Sub::Backup(act) => act.run(desk, io),
            Sub::Doctor(act) => act.run(desk, io),
            Sub::Compact(act) => act.run(desk, io),
            Sub::Key(act) => act.run(desk, io),
            Sub::Demo(act) => act.run(desk, io),
            Sub::VerifyDemo(act) => act.run(desk, io),
            Sub::Settings(act) => act.run(io),
            Sub::Keymap(act) => act.run(io),
            Sub::Completions(act) => act.run(io),
            Sub::Man(act) => act.run(io),
            // A home that is open is no home to restore into.
            Sub::Restore(_) => Err(StoreError::RestoreNotEmpty(io.home.clone()).into()),
            // The server's data are not those of a desk.
            Sub::Serve(_) | Sub::Server(_) => Err(CliError::NeedsWhole { pid: Some(std::process::id()) }.into()),
        }
    }
}

impl Sub {
    /// Whether the command needs the search index.
    pub fn searches(&self) -> bool {
        matches!(self, Sub::Find(_))
    }

    /// Whether the command may take so long that others must be able to act meanwhile.
    pub fn is_long(&self) -> bool {
        use Sub::{Backup, Compact, Demo, Doctor, Export, Import, Sync, VerifyDemo};
        matches!(self, Sync(_) | Import(_) | Export(_) | Backup(_) | Doctor(_) | Compact(_) | Demo(_) | VerifyDemo(_))
    }

    /// Whether the command acts on the records of an open home.
    pub fn is_of_a_desk(&self) -> bool {
        use Sub::{Completions, Keymap, Man, Restore, Serve, Server, Settings};
        !matches!(self, Restore(_) | Settings(_) | Keymap(_) | Completions(_) | Man(_) | Serve(_) | Server(_))
    }
}

/// Runs the program with its arguments, its own name first, and gives the exit code: 0 done, 1 refused or failed,
/// 2 not understood.
pub fn main(args: Vec<OsString>) -> u8 {
    let hints = usage::Hints::of(&args);
    let lang = hints.lang();
    match parse(&args, lang) {
        Ok(cli) => reach::run(cli, &args, lang),
        Err(error) => usage::tell(&error, lang, hints.json),
    }
}

/// Understands a command line.
///
/// # Errors
/// What is wrong with it, or the help that it asks for.
pub fn parse(args: &[OsString], lang: Lang) -> Result<Cli, clap::Error> {
    if let Some(cli) = usage::opens_console(args) {
        return Ok(cli);
    }
    let matches = help::command(lang).try_get_matches_from(args)?;
    Cli::from_arg_matches(&matches)
}

impl ValueEnum for Lang {
    fn value_variants<'a>() -> &'a [Lang] {
        &[Lang::Zh, Lang::En]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.pick("zh", "en")))
    }
}
