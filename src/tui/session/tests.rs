use std::os::unix::net::UnixStream;

use ratatui::style::Style;

use super::wire::{Decoder, Message, ToSession, ToTerminal};
use super::*;
use crate::i18n::Lang;
use crate::tui::keymap::{Action, Context, Keymap};
use crate::tui::testing::Emulator;

/// Notes what it gets; a text field while `typing`.
#[derive(Default)]
struct Notes {
    keymap: Keymap,
    typing: bool,
    seen: Vec<String>,
}

const TIMER: Timer = Timer("test");
const AGAIN: Timer = Timer("again");

impl App for Notes {
    type Message = u32;
    type Work = u32;

    fn update(&mut self, input: Input<u32>, _: Now) -> Vec<Effect<u32>> {
        let effects = match &input {
            Input::Action(Action::Quit) => vec![Effect::Quit],
            Input::Action(Action::Suspend) => vec![Effect::Suspend],
            Input::Action(Action::New) => vec![Effect::Work(7)],
            Input::Action(Action::Refresh) => vec![Effect::After(TIMER, Duration::from_millis(80))],
            Input::Action(Action::Sort) | Input::Timer(AGAIN) => vec![Effect::After(AGAIN, Duration::ZERO)],
            Input::Action(Action::Filter) => vec![Effect::Bell, Effect::Mouse(true)],
            _ => Vec::new(),
        };
        self.seen.push(match input {
            Input::Action(action) => action.name().to_owned(),
            Input::Text(text) => format!("text {text}"),
            Input::Paste(text) => format!("paste {text}"),
            Input::Message(number) => format!("message {number}"),
            Input::Timer(timer) => format!("timer {}", timer.0),
            Input::Resize(size) => format!("{}x{}", size.width, size.height),
            Input::Unbound(chord) => format!("unbound {chord}"),
            Input::Mouse(mouse) => format!("mouse {},{}", mouse.x, mouse.y),
            Input::Resumed => "resumed".to_owned(),
        });
        effects
    }

    fn view(&self, frame: &mut Frame<'_>) {
        for (y, line) in (0..frame.area().height).zip(self.seen.iter().rev()) {
            frame.buf.set_string(0, y, line, Style::new());
        }
    }

    fn contexts(&self) -> Vec<Context> {
        if self.typing { vec![Context::Find, Context::Input] } else { vec![Context::List] }
    }

    fn keymap(&self) -> &Keymap {
        &self.keymap
    }
}

fn session(typing: bool) -> (Session<Notes>, (Now, Instant)) {
    let time = drive::time();
    (Session::new(Notes { typing, ..Notes::default() }, Size::new(20, 6), Capabilities::FULL, time), time)
}

fn after(time: (Now, Instant), ms: u64) -> (Now, Instant) {
    (time.0, time.1 + Duration::from_millis(ms))
}

#[test]
fn bytes_become_inputs() {
    let check = |typing: bool, bytes: &[u8], expected: &[&str]| {
        let (mut session, time) = session(typing);
        session.bytes(bytes, time);
        assert_eq!(session.app().seen[1..], *expected, "{bytes:?}");
    };
    check(false, b"\x1b[Bjg", &["down", "down"]);
    check(false, b"gg\x1b[A", &["top", "up"]);
    check(false, "张".as_bytes(), &["unbound 张"]);
    check(true, "张三j\r".as_bytes(), &["text 张三j", "open"]);
    check(true, b"a\x1b[200~b\x1b[31m\nc\x1b[201~d", &["text a", "paste b[31m\nc", "text d"]);
    check(false, b"\x1b[200~\x11q\x1b[201~", &[]);
    check(false, b"\x1b[<0;1;1M", &[]);
}

#[test]
fn a_lone_esc_counts_after_a_moment() {
    let (mut session, time) = session(false);
    session.bytes(b"\x1b", time);
    assert_eq!(session.app().seen.len(), 1);
    let due = session.deadline().expect("waits for more");
    session.tick((time.0, due));
    assert_eq!(session.app().seen[1..], ["back"]);
    assert_eq!(session.deadline(), None);
}

#[test]
fn nothing_is_sent_when_nothing_happened() {
    let (mut session, time) = session(false);
    assert!(!session.frame(time.1).is_empty());
    assert!(session.frame(time.1).is_empty());
    session.bytes(Screen::query(), time); // no key, no answer
    session.bytes(b"\x1b[0n", after(time, 5));
    assert!(session.frame(time.1).is_empty());
    assert_eq!(session.deadline(), None, "idle means asleep");
}

#[test]
fn frames_wait_for_a_busy_link_and_only_the_latest_goes_out() {
    let (mut session, time) = session(false);
    session.frame(time.1);
    session.bytes(b"\x1b[0n", after(time, 100));
    // A frame so large that the next has to wait.
    session.resize(Size::new(200, 200), time);
    for i in 0..200 {
        session.message(1_000_000_000 + i, time);
    }
    assert!(session.frame(time.1).len() > 2048);
    session.message(1, time);
    session.message(2, time);
    assert!(session.frame(time.1).is_empty());
    assert!(session.deadline().is_some(), "it does not wait for ever");
    session.bytes(b"\x1b[0n", after(time, 300));
    let frame = String::from_utf8(session.frame(after(time, 300).1)).expect("text");
    assert!(frame.contains("message 2"), "{frame}");
}

#[test]
fn timers_restart_and_run_out_once() {
    let (mut session, time) = session(false);
    session.bytes(b"\x1b[15~", time);
    session.bytes(b"\x1b[15~", after(time, 50));
    assert_eq!(session.deadline(), Some(after(time, 130).1));
    session.tick(after(time, 100));
    assert_eq!(session.app().seen.last().map(String::as_str), Some("refresh"));
    session.tick(after(time, 130));
    assert_eq!(session.app().seen.last().map(String::as_str), Some("timer test"));
    assert_eq!(session.deadline(), None);
}

#[test]
fn timers_run_out_when_the_session_ends() {
    let (mut session, time) = session(false);
    session.bytes(b"\x1b[15~", time);
    session.ending(after(time, 1));
    assert_eq!(session.app().seen.last().map(String::as_str), Some("timer test"));
    assert_eq!(session.deadline(), None);
}

#[test]
fn a_timer_without_delay_does_not_block() {
    let (mut session, time) = session(false);
    session.bytes(b"s", time);
    session.tick(time);
    session.tick(time);
    assert_eq!(session.app().seen[1..], ["sort", "timer again", "timer again"]);
}

#[test]
fn sizes_are_kept_within_reason() {
    let (mut session, time) = session(false);
    session.resize(Size::new(0, 0), time);
    session.resize(Size::new(u16::MAX, u16::MAX), time);
    assert_eq!(session.app().seen, ["20x6", "80x24", "1000x500"]);
}

#[test]
fn after_a_suspension_everything_is_drawn_anew() {
    let (mut session, time) = session(false);
    let first = session.frame(time.1);
    session.resumed(time);
    let again = session.frame(time.1);
    let mut terminal = Emulator::new(20, 6);
    terminal.feed(&first);
    terminal.feed(b"\x1b[Hgarbage");
    terminal.feed(&again);
    assert_eq!(terminal.text(), "resumed\n20x6\n\n\n\n\n");
}

/// The terminal's end of a socket, over which another thread serves a session.
struct Far {
    stream: UnixStream,
    decoder: Decoder,
    terminal: Emulator,
    suspends: usize,
    end: Option<End>,
}

impl Far {
    fn post(&mut self, message: &ToSession) {
        std::io::Write::write_all(&mut self.stream, &message.encode()).expect("the session listens");
    }

    /// Reads until the screen holds `text` or the session has ended.
    fn until(&mut self, text: &str) {
        let mut bytes = [0; 4096];
        while self.end.is_none() && !self.terminal.text().contains(text) {
            let n = std::io::Read::read(&mut self.stream, &mut bytes).expect("the session talks within ten seconds");
            assert!(n > 0, "the session has gone away; it shows {}", self.terminal.text());
            for message in self.decoder.feed(&bytes[..n]).expect("messages") {
                match message {
                    ToTerminal::Bytes(bytes) => self.terminal.feed(&bytes),
                    ToTerminal::Suspend => self.suspends += 1,
                    ToTerminal::End(end) => self.end = Some(end),
                }
            }
        }
    }
}

fn serve_notes() -> (Far, std::thread::JoinHandle<std::io::Result<End>>) {
    let (near, far) = UnixStream::pair().expect("a pair");
    far.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    let thread = std::thread::spawn(move || {
        let guest = Guest::welcome(near)?;
        assert_eq!((guest.hello().variable("LANG"), guest.hello().lang()), (Some("zh_CN.UTF-8"), Lang::Zh));
        serve(guest, Notes::default(), |work: u32, post: &Post<u32>| {
            let post = post.clone();
            std::thread::spawn(move || post.send(work * 6));
        })
    });
    let mut far =
        Far { stream: far, decoder: Decoder::default(), terminal: Emulator::new(20, 6), suspends: 0, end: None };
    let environment = [("TERM", "xterm"), ("LANG", "zh_CN.UTF-8")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    far.post(&ToSession::Hello(Hello { version: 1, width: 20, height: 6, environment: environment.into() }));
    (far, thread)
}

#[test]
fn a_session_runs_over_a_socket() {
    let (mut far, thread) = serve_notes();
    far.until("20x6");
    far.post(&ToSession::Bytes(b"\x1b[B".to_vec()));
    far.until("down");
    // Work on another thread wakes the session when it is done.
    far.post(&ToSession::Bytes(b"\x1bOS".to_vec()));
    far.until("message 42");
    far.terminal.resize(30, 6);
    far.post(&ToSession::Resize(Size::new(30, 6)));
    far.until("30x6");
    far.post(&ToSession::Bytes(b"\x1a".to_vec()));
    far.until("suspend");
    assert_eq!(far.suspends, 1);
    far.post(&ToSession::Resumed);
    far.until("resumed");
    far.post(&ToSession::Bytes(b"\x11".to_vec()));
    far.until("nothing that it shows");
    assert_eq!(far.end, Some(End::Quit));
    assert_eq!(far.terminal.unknown(), &[] as &[String]);
    assert_eq!(thread.join().expect("no panic").expect("served"), End::Quit);
}

#[test]
fn a_terminal_that_goes_away_ends_its_session() {
    let (mut far, thread) = serve_notes();
    far.until("20x6");
    drop(far);
    assert_eq!(thread.join().expect("no panic").expect("served"), End::HangUp);
}

#[test]
fn a_guest_must_say_hello() {
    for first in [ToSession::Bye.encode(), b"GET / HTTP/1.1\r\n\r\n".to_vec()] {
        let (near, far) = UnixStream::pair().expect("a pair");
        std::io::Write::write_all(&mut &far, &first).expect("written");
        assert!(Guest::welcome(near).is_err(), "{first:?}");
    }
}

#[test]
fn a_guest_reads_its_own_language() {
    let hello = |environment: &[(&str, &str)]| Hello {
        version: 1,
        width: 20,
        height: 6,
        environment: environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
    };
    assert_eq!(hello(&[("LANG", "en_US.UTF-8")]).lang(), Lang::En);
    assert_eq!(hello(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "zh_CN.UTF-8")]).lang(), Lang::Zh);
    assert_eq!(hello(&[("LANG", "en_US.UTF-8"), ("ZHULIAN_LANG", "zh")]).lang(), Lang::Zh, "what the program was told");
    assert_eq!(hello(&[]).lang(), Lang::Zh);
}
