//! The console on an invented village: `cargo run --example console -- FOLDER [village|town|county|city] [zh|en]`.
//!
//! The folder gets a home if it has none.

use std::path::Path;
use std::sync::Arc;

use zhulian::demo::{Demo, Size};
use zhulian::desk::Desk;
use zhulian::domain::command::Command;
use zhulian::domain::record::Record;
use zhulian::domain::worker::{Actor, Role};
use zhulian::i18n::Lang;
use zhulian::replica::Replica;
use zhulian::settings::Settings as Kept;
use zhulian::store::{Home, KeyMode, Unlock};
use zhulian::tui::app::{Console, Runner, Settings, Start, SyncStatus};
use zhulian::tui::keymap::Keymap;
use zhulian::tui::session::run_local;
use zhulian::tui::theme::{Depth, Theme};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or("a folder is missing")?;
    let folder = Path::new(&folder);
    let size = args.next().map_or(Some(Size::Village), |name| Size::from_name(&name)).ok_or("no such size")?;
    let lang = if args.next().as_deref() == Some("en") { Lang::En } else { Lang::Zh };
    if !Home::new(folder).exists()? {
        fill(folder, size)?;
    }
    let (replica, _) = Replica::open(Home::new(folder), &Unlock::Nothing)?;
    let desk = Desk::new(Arc::new(replica), None);
    let (kept, _) = Kept::read(&desk.replica().store().home().settings_path());
    let env = |name| std::env::var(name).ok();
    let depth = Depth::detect(env("NO_COLOR").as_deref(), env("COLORTERM").as_deref(), env("TERM").as_deref());
    let settings = Settings::of(&kept, lang);
    let theme = settings.themed(Theme::new(settings.theme, depth, settings.ascii));
    let start = Start { keymap: Keymap::default(), theme, settings, sync: SyncStatus::default() };
    run_local(Console::new(desk.clone(), start), Runner::new(desk.clone()))?;
    desk.replica().rest()?;
    Ok(())
}

fn fill(folder: &Path, size: Size) -> Result<(), Box<dyn std::error::Error>> {
    let replica = Replica::create(Home::new(folder), &KeyMode::KeyFile)?;
    let now = Desk::now();
    let demo = Demo::new(size, 1, now.today());
    let actor =
        Actor { worker: demo.worker(), role: Role::CivilAffairs, org: None, regions: vec![], device: replica.device() };
    let mut commands = std::iter::once(demo.reference())
        .chain(demo.households())
        .chain(std::iter::once(demo.leads_without_household().map(Record::Lead).collect()))
        .map(|records| Ok(Command::Seed { records }));
    replica.commit_all(&actor, now, &mut commands, &mut |_, done| {
        if done % 1024 == 0 {
            eprint!("\r{done}");
        }
        true
    })?;
    eprintln!();
    replica.rest()?;
    Ok(())
}
