//! Reaching the home: opening it here, or acting through the process that owns it.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::fault::tell;
use super::serve::Attending;
use super::{Cli, CliError, Fault, Io, Outcome, Run, Sub, console, create, secret};
use crate::desk::Desk;
use crate::i18n::Lang;
use crate::owner::{self, Answer, AttachError, Owner, Request};
use crate::replica::{Replica, ReplicaError};
use crate::settings::Settings;
use crate::store::envelope::key_kind;
use crate::store::{Finding, Home, KeyKind, Severity, StoreError, Unlock};

/// How long a command waits for others that have the home to themselves.
const PATIENCE: Duration = Duration::from_secs(15);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_millis(40);
/// The row file is written anew when it lacks one command for so many households: writing it costs by the household,
/// not writing it costs the next start by the command.
const ROWS_PER_COMMAND: u64 = 100;

/// Runs a command that was understood, and gives the exit code.
pub fn run(cli: Cli, args: &[OsString], lang: Lang) -> u8 {
    // Answers are written when the home is closed again: a reader who takes his time holds up nobody.
    let mut out = Vec::new();
    let mut err = std::io::stderr();
    let live = err.is_terminal();
    let mut io = Io {
        out: &mut out,
        err: &mut err,
        lang,
        json: cli.json,
        cwd: std::env::current_dir().unwrap_or_default(),
        home: PathBuf::new(),
        now: Desk::now(),
        live,
        asks: std::io::stdin().is_terminal(),
        drawn: 0,
    };
    let (code, then) = match dispatch(&cli, args, &mut io) {
        Ok(Reached { code, then }) => (code, then),
        Err(fault) => {
            io.progress_done();
            (fault.tell(&mut io), Then::End)
        }
    };
    let home = std::mem::take(&mut io.home);
    let mut stdout = std::io::stdout();
    let written = stdout.write_all(&out).and_then(|()| stdout.flush()).map_err(Fault::from);
    match (written, then) {
        // Who stops reading has what he wanted.
        (Ok(()) | Err(Fault::Closed), Then::End) => code,
        (Ok(()) | Err(Fault::Closed), Then::Console) => console::open(&home, cli.passphrase_file.as_ref(), lang),
        (Err(_), _) => 1,
    }
}

/// What came of a command.
struct Reached {
    code: u8,
    then: Then,
}

/// What follows a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    End,
    Console,
}

fn dispatch(cli: &Cli, args: &[OsString], io: &mut Io<'_>) -> Result<Reached, Fault> {
    let done = |outcome: Outcome| outcome.map(|()| Reached { code: 0, then: Then::End });
    let passphrase_file = cli.passphrase_file.as_ref();
    match &cli.command {
        Some(Sub::Completions(act)) => done(act.run(io)),
        Some(Sub::Man(act)) => done(act.run(io)),
        command => {
            io.home = home_folder(cli.home.clone())?;
            match command {
                None => Ok(Reached { code: 0, then: Then::Console }),
                Some(Sub::Keymap(act)) => done(act.run(io)),
                Some(Sub::Settings(act)) => done(act.run(io)),
                Some(Sub::Restore(act)) => done(act.run(passphrase_file, io)),
                Some(Sub::Serve(act)) => done(act.run(passphrase_file, io)),
                Some(Sub::Server(act)) => {
                    act.reach(passphrase_file, args, io).map(|code| Reached { code, then: Then::End })
                }
                Some(command) => {
                    let code = on_home(command, passphrase_file, args, io)?;
                    let opens = matches!(command, Sub::Demo(demo) if !demo.no_open);
                    let watched = !io.json && std::io::stdout().is_terminal();
                    let then = if code == 0 && opens && watched { Then::Console } else { Then::End };
                    Ok(Reached { code, then })
                }
            }
        }
    }
}

/// The folder of the home: the one given, else `ZHULIAN_HOME`, else the platform's data folder.
///
/// # Errors
/// When the platform names none.
pub fn home_folder(given: Option<PathBuf>) -> Result<PathBuf, CliError> {
    use etcetera::BaseStrategy;
    let folder = given.or_else(|| std::env::var_os("ZHULIAN_HOME").filter(|home| !home.is_empty()).map(PathBuf::from));
    let folder = match folder {
        Some(folder) => folder,
        None => etcetera::choose_base_strategy().map_err(|_| CliError::NoDataFolder)?.data_dir().join("zhulian"),
    };
    Ok(std::path::absolute(&folder).unwrap_or(folder))
}

/// Carries out a command on the home: made first where the command may make one, through its owner where it has one.
fn on_home(command: &Sub, passphrase_file: Option<&PathBuf>, args: &[OsString], io: &mut Io<'_>) -> Result<u8, Fault> {
    let home = Home::new(&io.home);
    if !home.exists()? {
        let made = match command {
            Sub::Demo(_) => Some(create::for_demo(&home)),
            Sub::Import(import) => return create::first_import(import, &home, passphrase_file, io).map(|()| 0),
            _ => None,
        };
        match made {
            Some(Ok(replica)) => return carry_out(command, replica, io).map(|()| 0),
            // Somebody else makes it at this moment: theirs is then the one to act on.
            Some(Err(ReplicaError::Store(StoreError::Exists(_) | StoreError::InUse(_)))) => {}
            Some(Err(error)) => return Err(error.into()),
            None => return Err(StoreError::Missing(io.home.clone()).into()),
        }
    }
    let ask = |io: &mut Io<'_>| {
        let args = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
        let request = Request { args, cwd: io.cwd.clone(), lang: io.lang, live: io.live };
        owner::command(&home, &request, io.out, io.err).map_err(|error| lost(error, &home))
    };
    match reach(&home, passphrase_file, io, ask)? {
        Way::Owner(code) => Ok(code),
        Way::Here(replica, findings) => {
            for finding in &findings {
                report(finding, io);
            }
            carry_out(command, *replica, io).map(|()| 0)
        }
    }
}

/// How the home was reached.
pub(super) enum Way<T> {
    /// Its owner took the request on.
    Owner(T),
    /// It is open here; what opening found. Only rows can be read yet.
    Here(Box<Replica>, Vec<Finding>),
}

/// Why an owner's answer is missing, in words.
pub(super) fn lost(error: AttachError, home: &Home) -> Fault {
    match error {
        AttachError::Silent => CliError::OwnerSilent { pid: home.owner_pid() }.into(),
        AttachError::Lost => CliError::OwnerLost.into(),
    }
}

/// Asks the owner of the home, or takes the home; while another command has it to itself, tries again.
pub(super) fn reach<T>(
    home: &Home,
    passphrase_file: Option<&PathBuf>,
    io: &mut Io<'_>,
    mut ask: impl FnMut(&mut Io<'_>) -> Result<Answer<T>, Fault>,
) -> Result<Way<T>, Fault> {
    let began = Instant::now();
    let mut pause = Duration::from_millis(1);
    let mut unlock = None;
    loop {
        if let Answer::Done(done) = ask(io)? {
            return Ok(Way::Owner(done));
        }
        // Asked for without the lock: somebody who looks for his passphrase holds up nobody.
        let unlock = match &unlock {
            Some(unlock) => unlock,
            None => unlock.insert(unlock_of(home, passphrase_file, io)?),
        };
        match Replica::open(home.clone(), unlock) {
            Ok((replica, findings)) => return Ok(Way::Here(Box::new(replica), findings)),
            Err(ReplicaError::Store(StoreError::InUse(_))) if began.elapsed() < PATIENCE => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Carries a command out on a home that is open here, and closes it.
pub(super) fn carry_out(command: &Sub, replica: Replica, io: &mut Io<'_>) -> Outcome {
    let today = io.now.today();
    let opened = if command.searches() { replica.finish_opening(today)? } else { replica.open_records(today)? };
    for finding in &opened.findings {
        report(finding, io);
    }
    let before = replica.store().last_seq();
    match command {
        // It brings workers of its own.
        Sub::Demo(_) => {}
        Sub::Import(import) => create::settle_if_cut_off(&replica, import.worker_name.as_deref(), io.now)?,
        _ => create::settle_if_cut_off(&replica, None, io.now)?,
    }
    let replica = Arc::new(replica);
    let desk = Desk::new(replica.clone(), settings(io).worker);
    let outcome = {
        let _owner = command.is_long().then(|| Owner::start(replica.store().home(), attending(&replica, io)));
        command.run(&desk, io)
    };
    io.progress_done();
    drop(desk);
    let closed = close(replica, before);
    outcome.and(closed)
}

/// What attends to others while a long command has the home.
fn attending(replica: &Arc<Replica>, io: &Io<'_>) -> Arc<Attending> {
    Arc::new(Attending::new(replica.clone(), io.home.clone()))
}

/// Closes a home, with what the next start needs to be quick. A command that changed nothing writes nothing, unless the
/// row file was missing or so old that every start would pay for it.
pub(super) fn close(replica: Arc<Replica>, before: u64) -> Outcome {
    if replica.store().read_only().is_none()
        && replica.unsaved().saturating_mul(ROWS_PER_COMMAND) >= replica.read().rows.len() as u64
    {
        replica.save_rows()?;
    }
    if replica.store().last_seq() == before {
        return Ok(());
    }
    match Arc::try_unwrap(replica) {
        Ok(replica) => Ok(replica.close()?),
        // Somebody still holds it; what is needed for safety is done with each command.
        Err(replica) => Ok(replica.store().checkpoint()?),
    }
}

/// The settings of the home; what is wrong with them is told.
pub(super) fn settings(io: &mut Io<'_>) -> Settings {
    let (settings, faults) = Settings::read(&io.home.join("settings.toml"));
    if !io.json {
        for fault in &faults {
            tell(io, fault, &[]);
        }
    }
    settings
}

/// Tells what opening found amiss; what is of no concern to a script is left to `doctor`.
pub(super) fn report(finding: &Finding, io: &mut Io<'_>) {
    if finding.severity() >= Severity::Warning || io.live {
        io.remark(finding.message(io.lang));
    }
}

/// What opens the home: the passphrase, where it needs one.
pub(super) fn unlock_of(home: &Home, passphrase_file: Option<&PathBuf>, io: &Io<'_>) -> Result<Unlock, Fault> {
    if key_kind(home)? != KeyKind::Passphrase {
        return Ok(Unlock::Nothing);
    }
    match secret::named(passphrase_file, io)? {
        Some(passphrase) => Ok(Unlock::Passphrase(passphrase)),
        None => secret::ask(io).map(Unlock::Passphrase),
    }
}
