//! A console at a real terminal: whatever ends it, the terminal is as it was found. Needs `script` (util-linux) to make a
//! terminal; without it these tests say so and pass.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ratatui::style::Style;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use zhulian::tui::keymap::{Action, Context, Keymap};
use zhulian::tui::session::{App, Effect, Frame, Guest, Input, Now, Post, attach, run_local, serve};
use zhulian::tui::testing::Emulator;

/// Counts Down; F4 panics, Ctrl-Z suspends, Ctrl-Q quits.
struct Counter(Keymap, u32);

impl App for Counter {
    type Message = ();
    type Work = ();

    fn update(&mut self, input: Input<()>, _: Now) -> Vec<Effect<()>> {
        match input {
            Input::Action(Action::Down) => self.1 += 1,
            Input::Action(Action::New) => panic!("asked to panic"),
            Input::Action(Action::Quit) => return vec![Effect::Quit],
            Input::Action(Action::Suspend) => return vec![Effect::Suspend],
            Input::Resumed => self.1 += 100,
            _ => {}
        }
        Vec::new()
    }

    fn view(&self, frame: &mut Frame<'_>) {
        frame.buf.set_string(0, 0, format!("count={} 户主", self.1), Style::new());
    }

    fn contexts(&self) -> Vec<Context> {
        vec![Context::List]
    }

    fn keymap(&self) -> &Keymap {
        &self.0
    }
}

const CHILD: &str = "ZHULIAN_TEST_CONSOLE";

/// Not a test: the console that the tests below start, each in a terminal of its own.
#[test]
#[ignore = "started by the other tests"]
fn console() {
    let app = || Counter(Keymap::default(), 0);
    let end = match std::env::var(CHILD).as_deref() {
        Ok("local") => run_local(app(), |(), _: &Post<()>| {}).expect("a terminal"),
        Ok("attached") => {
            // The session in another thread, as if in another process.
            let (near, far) = UnixStream::pair().expect("a pair");
            let session = std::thread::spawn(move || {
                let guest = Guest::welcome(near).expect("a guest");
                serve(guest, app(), |(), _: &Post<()>| {}).expect("served")
            });
            let end = attach(far, zhulian::i18n::Lang::Zh).expect("a terminal");
            assert_eq!(session.join().expect("no panic"), end);
            end
        }
        _ => return,
    };
    println!("end={end:?}");
}

/// A console in a terminal of its own.
struct Terminal {
    script: Child,
    input: ChildStdin,
    output: Arc<Mutex<Vec<u8>>>,
    pid: Pid,
}

/// Runs `after` in the terminal's shell once the console has ended. `None` where there is no `script`.
fn start(kind: &str, shell: &str, after: &str) -> Option<Terminal> {
    let test = std::env::current_exe().expect("the test's own path");
    let console = format!("'{}' --ignored --exact console --nocapture --test-threads 1", test.display());
    // The subshell tells its number and becomes the console.
    let command =
        format!("{shell} '(echo pid=$(exec sh -c \"echo \\$PPID\")=; exec {}); {after}'", console.replace('\'', "\""));
    let script = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .env(CHILD, kind)
        .env("TERM", "xterm-256color")
        .env("SHELL", "/bin/sh")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut script) = script else {
        eprintln!("skipped: there is no `script` to make a terminal with");
        return None;
    };
    let output = Arc::new(Mutex::new(Vec::new()));
    let (mut from, to) = (script.stdout.take().expect("piped"), output.clone());
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(n @ 1..) = from.read(&mut bytes) {
            to.lock().expect("not poisoned").extend_from_slice(&bytes[..n]);
        }
    });
    let input = script.stdin.take().expect("piped");
    let mut terminal = Terminal { script, input, output, pid: Pid::INIT };
    let text = terminal.wait_for("=\r");
    let number = text.split("pid=").nth(1).and_then(|t| t.split('=').next()).and_then(|t| t.parse().ok());
    terminal.pid = Pid::from_raw(number.expect("a process number")).expect("not zero");
    terminal.wait_for("count=0");
    Some(terminal)
}

impl Terminal {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.output.lock().expect("not poisoned")).into_owned()
    }

    /// Waits until the terminal has got `text`; everything it has got by then.
    fn wait_for(&self, text: &str) -> String {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let got = self.text();
            if got.contains(text) {
                return got;
            }
            assert!(Instant::now() < until, "{text:?} did not come: {got:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the terminal shows `text`.
    fn wait_for_screen(&self, text: &str) {
        let until = Instant::now() + Duration::from_secs(30);
        loop {
            let mut screen = Emulator::new(80, 24);
            screen.feed(&self.output.lock().expect("not poisoned"));
            if screen.text().contains(text) {
                return;
            }
            assert!(Instant::now() < until, "{text:?} did not show: {:?}", screen.text());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn press(&mut self, bytes: &[u8]) {
        self.input.write_all(bytes).expect("the terminal listens");
        self.input.flush().expect("the terminal listens");
    }

    /// What the terminal got after the console left the alternate screen.
    fn end(self) -> String {
        let got = self.wait_for("done=");
        assert_eq!(got.matches("\x1b[?1049h").count(), got.matches("\x1b[?1049l").count(), "{got:?}");
        let rest = got.rsplit("\x1b[?1049l").next().unwrap_or_default().to_owned();
        assert!(!rest.contains("count="), "drawn after leaving: {rest:?}");
        rest
    }
}

/// Tells how the terminal is set: `icanon` and `echo` without a minus sign.
const TELL: &str = "stty -a; echo done=";

fn check_restored(rest: &str) {
    let settings: Vec<&str> = rest.split_whitespace().collect();
    for setting in ["icanon", "echo", "opost", "isig"] {
        assert!(settings.contains(&setting), "{setting}: {rest:?}");
    }
}

#[test]
fn quitting_restores_the_terminal() {
    for kind in ["local", "attached"] {
        let Some(mut terminal) = start(kind, "sh -c", TELL) else { return };
        terminal.press(b"\x1b[B\x1b[B");
        terminal.wait_for_screen("count=2 户主");
        terminal.press(b"\x11");
        let rest = terminal.end();
        assert!(rest.contains("end=Quit"), "{rest:?}");
        check_restored(&rest);
    }
}

#[test]
fn signals_restore_the_terminal() {
    for (signal, expected) in
        [(Signal::TERM, "end=Signal(15)"), (Signal::INT, "end=Signal(2)"), (Signal::HUP, "end=HangUp")]
    {
        let Some(terminal) = start("local", "sh -c", TELL) else { return };
        kill_process(terminal.pid, signal).expect("it runs");
        let rest = terminal.end();
        assert!(rest.contains(expected), "{rest:?}");
        check_restored(&rest);
    }
}

#[test]
fn a_panic_restores_the_terminal_before_it_is_told() {
    let Some(mut terminal) = start("local", "sh -c", TELL) else { return };
    terminal.press(b"\x1bOS");
    let rest = terminal.end();
    assert!(rest.contains("asked to panic"), "{rest:?}");
    check_restored(&rest);
}

#[test]
fn a_suspended_console_gives_the_terminal_back_and_returns() {
    if Command::new("bash").arg("-c").arg("true").status().is_err() {
        eprintln!("skipped: there is no `bash` to continue a job");
        return;
    }
    for kind in ["local", "attached"] {
        check_suspension(kind);
    }
}

fn check_suspension(kind: &str) {
    // The shell goes on when the console stops, looks at the terminal, and continues the console.
    let Some(mut terminal) = start(kind, "bash -mc", "stty -a; echo stopped=; fg; stty -a; echo done=") else { return };
    terminal.press(b"\x1a");
    let got = terminal.wait_for("stopped=");
    check_restored(got.rsplit("\x1b[?1049l").next().unwrap_or_default());
    terminal.wait_for("count=100");
    terminal.press(b"\x11");
    let rest = terminal.end();
    assert!(rest.contains("end=Quit"), "{rest:?}");
    check_restored(&rest);
}

#[test]
fn a_console_whose_terminal_goes_away_ends() {
    let Some(mut terminal) = start("local", "sh -c", TELL) else { return };
    terminal.script.kill().expect("it runs");
    terminal.script.wait().expect("it ran");
    let until = Instant::now() + Duration::from_secs(30);
    // Ended, even if whoever inherits it has not looked after it yet.
    let stat = format!("/proc/{}/stat", terminal.pid.as_raw_nonzero());
    let is_zombie = || std::fs::read_to_string(&stat).is_ok_and(|stat| stat.contains(") Z "));
    while test_kill_process(terminal.pid).is_ok() && !is_zombie() {
        assert!(Instant::now() < until, "it still runs");
        std::thread::sleep(Duration::from_millis(5));
    }
}
