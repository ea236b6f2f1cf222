//! Owner and client in one process.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::wire::Frame;
use super::*;
use crate::store::Home;

/// Says back what it is told; counts what it did.
#[derive(Default)]
struct Echo {
    done: AtomicUsize,
}

impl Service for Echo {
    fn command(&self, request: Request, out: &mut dyn Write, err: &mut dyn Write) -> u8 {
        if request.args.iter().any(|arg| arg == "panic") {
            panic!("as asked");
        }
        self.done.fetch_add(1, Ordering::SeqCst);
        let long = "x".repeat(200_000);
        out.write_all(request.args.join(" ").as_bytes()).unwrap();
        out.write_all(long.as_bytes()).unwrap();
        err.write_all(request.cwd.to_str().unwrap().as_bytes()).unwrap();
        7
    }
    fn console(&self, mut terminal: UnixStream) {
        terminal.write_all(b"console").unwrap();
        // Until the owner hangs up.
        let _ = Frame::read(&mut terminal);
    }
}

fn request(args: &[&str]) -> Request {
    Request {
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        cwd: "/somewhere".into(),
        lang: Lang::En,
        live: false,
    }
}

fn ask(home: &Home, args: &[&str]) -> Result<Option<(u8, String, String)>, AttachError> {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    match command(home, &request(args), &mut out, &mut err)? {
        Answer::NoOwner => Ok(None),
        Answer::Done(code) => Ok(Some((code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap()))),
    }
}

fn home(folder: &tempfile::TempDir) -> Home {
    Home::new(folder.path())
}

#[test]
fn a_command_is_carried_out_and_its_streams_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(&folder);
    assert_eq!(ask(&home, &["find"]), Ok(None), "nobody listens");
    let echo = Arc::new(Echo::default());
    let owner = Owner::start(&home, echo.clone()).unwrap();
    let mode = std::fs::metadata(home.socket_path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    std::thread::scope(|scope| {
        for n in 0..20 {
            let home = &home;
            scope.spawn(move || {
                let (code, out, err) = ask(home, &["find", &n.to_string()]).unwrap().unwrap();
                assert_eq!((code, err.as_str()), (7, "/somewhere"));
                assert!(out.starts_with(&format!("find {n}x")) && out.len() > 200_000);
            });
        }
    });
    assert_eq!(echo.done.load(Ordering::SeqCst), 20);
    drop(owner);
    assert!(!home.socket_path().exists());
    assert_eq!(ask(&home, &["find"]), Ok(None));
}

#[test]
fn a_console_is_hung_up_on_when_the_owner_stops() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(&folder);
    let owner = Owner::start(&home, Arc::new(Echo::default())).unwrap();
    let Ok(Answer::Done(mut terminal)) = console(&home) else { panic!("no console") };
    let mut seen = [0; 7];
    std::io::Read::read_exact(&mut terminal, &mut seen).unwrap();
    assert_eq!(&seen, b"console");
    drop(owner);
    assert_eq!(std::io::Read::read(&mut terminal, &mut seen).unwrap(), 0);
}

#[test]
fn what_a_crashed_owner_left_is_no_obstacle() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(&folder);
    drop(UnixListener::bind(home.socket_path()).unwrap());
    assert!(home.socket_path().exists());
    assert_eq!(ask(&home, &["find"]), Ok(None));
    let _owner = Owner::start(&home, Arc::new(Echo::default())).unwrap();
    assert!(ask(&home, &["find"]).unwrap().is_some());
}

#[test]
fn an_owner_that_says_nothing_is_given_no_command() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(&folder);
    let stopped = UnixListener::bind(home.socket_path()).unwrap();
    assert_eq!(ask(&home, &["find"]), Err(AttachError::Silent));
    let (mut waiting, _) = stopped.accept().unwrap();
    assert_eq!(Frame::read(&mut waiting).unwrap(), None, "nothing was sent");
}

#[test]
fn an_owner_that_ends_is_told_from_one_that_never_began() {
    let check = |frames: Vec<Frame>, expected: Result<Option<u8>, AttachError>| {
        let folder = tempfile::tempdir().unwrap();
        let home = home(&folder);
        let listener = UnixListener::bind(home.socket_path()).unwrap();
        let owner = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let speaks = !frames.is_empty();
            for frame in frames {
                frame.write(&mut stream).unwrap();
            }
            // The command is read, so that the end is an end and not a reset. Nobody sends one to a silent owner.
            if speaks {
                let _ = Frame::read(&mut stream);
            }
        });
        let asked = ask(&home, &["find"]).map(|answer| answer.map(|(code, _, _)| code));
        assert_eq!(asked, expected);
        owner.join().unwrap();
    };
    check(vec![], Ok(None));
    check(vec![Frame::Ready(1)], Ok(None));
    check(vec![Frame::Ready(200)], Ok(None));
    check(vec![Frame::Ready(1), Frame::Accepted], Err(AttachError::Lost));
    check(vec![Frame::Ready(1), Frame::Accepted, Frame::Exit(3)], Ok(Some(3)));
}

#[test]
fn a_command_that_panics_ends_alone() {
    let folder = tempfile::tempdir().unwrap();
    let home = home(&folder);
    let owner = Owner::start(&home, Arc::new(Echo::default())).unwrap();
    assert_eq!(ask(&home, &["panic"]), Err(AttachError::Lost));
    assert!(ask(&home, &["find"]).unwrap().is_some());
    drop(owner);
}

#[test]
fn a_path_too_long_for_a_socket_works_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let long = folder.path().join("数据".repeat(30)).join("x".repeat(60));
    std::fs::create_dir_all(&long).unwrap();
    let home = Home::new(long);
    let owner = match Owner::start(&home, Arc::new(Echo::default())) {
        Ok(owner) => owner,
        // Only Linux names open folders; elsewhere the home works without an owner's socket.
        Err(_) if !cfg!(target_os = "linux") => return,
        Err(error) => panic!("{error}"),
    };
    assert!(ask(&home, &["find"]).unwrap().is_some());
    drop(owner);
    assert!(!home.socket_path().exists());
}

#[test]
fn frames_are_read_as_they_were_written_and_nothing_else_is() {
    let frames = [
        Frame::Ready(1),
        Frame::Command(b"{}".to_vec()),
        Frame::Console,
        Frame::Accepted,
        Frame::Out(vec![0; 70_000]),
        Frame::Err(b"x".to_vec()),
        Frame::Exit(2),
    ];
    let mut bytes = Vec::new();
    for frame in &frames {
        frame.write(&mut bytes).unwrap();
    }
    let mut from = bytes.as_slice();
    for frame in &frames {
        assert_eq!(Frame::read(&mut from).unwrap().as_ref(), Some(frame));
    }
    assert_eq!(Frame::read(&mut from).unwrap(), None);
    for broken in [&b"Z\0\0\0\0"[..], b"O\xff\xff\xff\xff", b"O\x05\0\0\0ab", b"O\x05"] {
        assert!(Frame::read(&mut &*broken).is_err(), "{broken:?}");
    }
}
