//! Reaching the home: opening it here, or acting through the process that owns it.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::fault::tell;
use super::{Cli, CliError, Fault, Io, Outcome, Run, Sub};
use crate::desk::Desk;
use crate::i18n::Lang;
use crate::replica::{Replica, ReplicaError};
use crate::settings::Settings;
use crate::store::envelope::key_kind;
use crate::store::{Finding, Home, KeyKind, Passphrase, Severity, StoreError, Unlock};

/// How long a command waits for another one that has the home to itself.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Runs a command that was understood, and gives the exit code.
pub fn run(cli: Cli, args: &[OsString], lang: Lang) -> u8 {
    let _ = args;
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
        drawn: 0,
    };
    let outcome = dispatch(cli, &mut io);
    io.progress_done();
    let code = match &outcome {
        Ok(()) => 0,
        Err(fault) => fault.tell(&mut io),
    };
    let mut stdout = std::io::stdout();
    match stdout.write_all(&out).and_then(|()| stdout.flush()).map_err(Fault::from) {
        // Who stops reading has what he wanted.
        Ok(()) | Err(Fault::Closed) => code,
        Err(_) => 1,
    }
}

fn dispatch(cli: Cli, io: &mut Io<'_>) -> Outcome {
    io.home = home_folder(cli.home)?;
    match &cli.command {
        Some(command) => on_desk(command, cli.passphrase_file, io),
        None => Err(CliError::NoDataFolder.into()),
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

fn on_desk(command: &Sub, passphrase_file: Option<PathBuf>, io: &mut Io<'_>) -> Outcome {
    let home = Home::new(&io.home);
    let unlock = unlock(&home, passphrase_file, io)?;
    let replica = open(&home, &unlock, command.searches(), io)?;
    let before = replica.store().last_seq();
    let desk = Desk::new(Arc::new(replica), settings(io).worker);
    let outcome = command.run(&desk, io);
    if desk.replica().store().last_seq() != before {
        desk.replica().rest()?;
    }
    outcome
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

/// Opens the home, waiting for another command that has it.
fn open(home: &Home, unlock: &Unlock, search: bool, io: &mut Io<'_>) -> Result<Replica, Fault> {
    let began = Instant::now();
    let mut pause = Duration::from_millis(1);
    let (replica, mut findings) = loop {
        match Replica::open(home.clone(), unlock) {
            Ok(opened) => break opened,
            Err(ReplicaError::Store(StoreError::InUse(_))) if began.elapsed() < PATIENCE => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            Err(error) => return Err(error.into()),
        }
    };
    let today = io.now.today();
    let opened = if search { replica.finish_opening(today)? } else { replica.open_records(today)? };
    findings.extend(opened.findings);
    for finding in &findings {
        report(finding, io);
    }
    Ok(replica)
}

/// Tells what opening found amiss.
fn report(finding: &Finding, io: &mut Io<'_>) {
    if finding.severity() >= Severity::Warning || io.live {
        io.remark(finding.message(io.lang));
    }
}

/// What opens the home: the passphrase, where it needs one.
fn unlock(home: &Home, passphrase_file: Option<PathBuf>, io: &Io<'_>) -> Result<Unlock, Fault> {
    if key_kind(home)? != KeyKind::Passphrase {
        return Ok(Unlock::Nothing);
    }
    match passphrase(passphrase_file, io)? {
        Some(passphrase) => Ok(Unlock::Passphrase(passphrase)),
        None if std::io::stdin().is_terminal() => {
            let typed = rpassword::prompt_password(crate::i18n::cli::ask_passphrase(io.lang))
                .map_err(|error| CliError::File { path: "tty".to_owned(), error: error.to_string() })?;
            Ok(Unlock::Passphrase(Passphrase::new(&typed)))
        }
        None => Err(StoreError::Locked.into()),
    }
}

/// The passphrase in the file that the command line or the environment names.
pub(super) fn passphrase(file: Option<PathBuf>, io: &Io<'_>) -> Result<Option<Passphrase>, Fault> {
    let named = || std::env::var_os("ZHULIAN_PASSPHRASE_FILE").filter(|file| !file.is_empty()).map(PathBuf::from);
    let Some(file) = file.or_else(named) else { return Ok(None) };
    let path = io.path(&file);
    let text = std::fs::read_to_string(&path).map(zeroize::Zeroizing::new);
    let text = text.map_err(|error| CliError::file(&path, &error))?;
    Ok(Some(Passphrase::new(text.lines().next().unwrap_or_default())))
}
