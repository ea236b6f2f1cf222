//! Opening the console: on a home of this process, or at the owner's as a further session.

mod watched;

use std::io::IsTerminal;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::reach::{self, Way};
use super::serve::Attending;
use super::{Fault, Io, create};
use crate::desk::Desk;
use crate::i18n::Lang;
use crate::owner::{self, Owner};
use crate::replica::Replica;
use crate::settings::{Borders, Settings as Kept};
use crate::store::{Finding, Home, KeyKind};
use crate::tui::app::{Console, Settings, Start};
use crate::tui::session::{self, End, Guest};
use crate::tui::terminal::TerminalError;
use crate::tui::theme::{Depth, Theme};
use watched::{Exchange, Tapped, Watched};

/// How often a console looks for an owner again whose own has ended.
const TRIES: usize = 5;

/// Opens the console on a home and gives the exit code.
pub fn open(home: &Path, passphrase_file: Option<&PathBuf>, lang: Lang) -> u8 {
    let (mut out, mut err) = (std::io::stdout(), std::io::stderr());
    let mut io = Io {
        out: &mut out,
        err: &mut err,
        lang,
        json: false,
        cwd: std::env::current_dir().unwrap_or_default(),
        home: home.to_owned(),
        now: Desk::now(),
        live: true,
        asks: true,
        drawn: 0,
    };
    match show(passphrase_file, &mut io) {
        Ok(code) => code,
        Err(fault) => fault.tell(&mut io),
    }
}

fn show(passphrase_file: Option<&PathBuf>, io: &mut Io<'_>) -> Result<u8, Fault> {
    if !(std::io::stdin().is_terminal() && std::io::stdout().is_terminal()) {
        return Err(TerminalError::NotATerminal.into());
    }
    let home = Home::new(&io.home);
    if !home.exists()?
        && let Some(replica) = create::first_start(&home, passphrase_file, io)?
    {
        return own(replica, Vec::new(), io);
    }
    let mut tries = 0;
    loop {
        tries += 1;
        let ask = |_: &mut Io<'_>| owner::console(&home).map_err(|error| reach::lost(error, &home));
        match reach::reach(&home, passphrase_file, io, ask)? {
            Way::Here(replica, findings) => return own(*replica, findings, io),
            Way::Owner(stream) => match session::attach(stream, io.lang) {
                Ok(end) => return Ok(exit_code(end)),
                // The owner has ended: this console takes the home over.
                Err(TerminalError::Attach(_)) if tries < TRIES => {}
                Err(error) => return Err(error.into()),
            },
        }
    }
}

/// The console of this process, which owns the home meanwhile.
fn own(replica: Replica, findings: Vec<Finding>, io: &mut Io<'_>) -> Result<u8, Fault> {
    for finding in &findings {
        reach::report(finding, io);
    }
    let kept = reach::settings(io);
    let keymap = kept.read_keymap(&io.home)?;
    create::settle_if_cut_off(&replica, None, io.now)?;
    let replica = Arc::new(replica);
    let desk = Desk::new(replica.clone(), kept.worker);
    let before = replica.store().last_seq();
    let exchange = Arc::new(Exchange::default());
    let variable = |name: &str| std::env::var(name).ok();
    let console = Console::new(desk.clone(), start(&kept, keymap, io.lang, variable, &desk));
    let owner = Owner::start(replica.store().home(), Arc::new(attending(&replica, &exchange, io)));
    let end = session::run_local(Watched::new(console, &exchange), Tapped::new(desk.clone(), &exchange));
    drop(owner);
    drop(desk);
    reach::close(replica, before)?;
    Ok(exit_code(end?))
}

/// What attends to other processes while the console owns the home.
fn attending(replica: &Arc<Replica>, exchange: &Arc<Exchange>, io: &Io<'_>) -> Attending {
    let (own, of_guests) = (exchange.clone(), exchange.clone());
    let (shown, home) = (replica.clone(), io.home.clone());
    let locked = exchange.clone();
    Attending::new(replica.clone(), io.home.clone()).with_console(
        move || own.changed(None),
        move || locked.is_locked(),
        // A terminal that goes away needs no answer.
        move |stream| drop(welcome(stream, &shown, &home, &of_guests)),
    )
}

/// A console for the terminal at the other end of a connection. Where the home has a passphrase it begins locked.
fn welcome(stream: UnixStream, replica: &Arc<Replica>, home: &Path, exchange: &Arc<Exchange>) -> std::io::Result<End> {
    let guest = Guest::welcome(stream)?;
    let kept = Kept::read(&home.join("settings.toml")).0;
    // The owner's console has started with this keymap; a file that was spoilt since gives the standard one.
    let keymap = kept.read_keymap(home).unwrap_or_default();
    let desk = Desk::new(replica.clone(), kept.worker);
    let variable = |name: &str| guest.hello().variable(name).map(str::to_owned);
    let mut console = Console::new(desk.clone(), start(&kept, keymap, guest.hello().lang(), variable, &desk));
    if replica.store().key_kind() == KeyKind::Passphrase {
        console.lock();
    }
    session::serve(guest, Watched::guest(console), Tapped::new(desk, exchange))
}

fn start(
    kept: &Kept,
    keymap: crate::tui::keymap::Keymap,
    lang: Lang,
    variable: impl Fn(&str) -> Option<String>,
    desk: &Desk,
) -> Start {
    let settings = Settings {
        lang: kept.lang.unwrap_or(lang),
        theme: kept.theme.unwrap_or_default(),
        ascii: kept.borders == Borders::Ascii,
        mouse: kept.mouse,
        ..Settings::default()
    };
    let depth =
        Depth::detect(variable("NO_COLOR").as_deref(), variable("COLORTERM").as_deref(), variable("TERM").as_deref());
    let theme = Theme::new(settings.theme, depth, settings.ascii);
    Start { keymap, theme, settings, sync: crate::tui::app::runner::sync_status(desk) }
}

/// As shells count: 128 and the signal's number.
fn exit_code(end: End) -> u8 {
    match end {
        End::Quit => 0,
        End::Signal(number) => 128u8.saturating_add(u8::try_from(number).unwrap_or(127)),
        End::HangUp => 129,
    }
}
