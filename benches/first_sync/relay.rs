//! A line between two real processes: everything that goes over it is late, and no faster than its rate.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A line's qualities.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// From a word to its answer.
    pub round_trip: Duration,
    /// In each direction; 0 for no limit.
    pub bits_per_second: f64,
}

/// Loopback as it is.
pub const BARE: Line = Line { round_trip: Duration::ZERO, bits_per_second: 0.0 };

/// Takes connections and passes them on.
pub struct Relay {
    pub url: String,
    ahead: Arc<Mutex<(String, Line)>>,
}

impl Relay {
    pub fn new() -> Relay {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let ahead = Arc::new(Mutex::new((String::new(), BARE)));
        let shared = ahead.clone();
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let (to, line) = shared.lock().unwrap().clone();
                std::thread::spawn(move || connect(&near, &to, line));
            }
        });
        Relay { url, ahead }
    }

    /// What new connections get from now on.
    pub fn lead(&self, url: &str, line: Line) {
        *self.ahead.lock().unwrap() = (url.trim_start_matches("http://").to_owned(), line);
    }
}

fn connect(near: &TcpStream, to: &str, line: Line) {
    let Ok(far) = TcpStream::connect(to) else { return };
    let ends = [near, &far].map(|end| (end.try_clone().unwrap(), end.try_clone().unwrap()));
    ends.iter().for_each(|(end, _)| end.set_nodelay(true).unwrap());
    let [(near_in, near_out), (far_in, far_out)] = ends;
    // The handshake took a round trip before the first word.
    let up = std::thread::spawn(move || pass(near_in, far_out, line, line.round_trip));
    pass(far_in, near_out, line, Duration::ZERO);
    let _ = up.join();
}

fn pass(mut from: TcpStream, mut to: TcpStream, line: Line, first: Duration) {
    let (sender, receiver) = sync_channel::<(Instant, Vec<u8>)>(4096);
    let reading = std::thread::spawn(move || {
        let mut buffer = [0; 1460];
        let mut free = Instant::now() + first;
        while let Ok(count) = from.read(&mut buffer) {
            // The line carries one packet after the other; each arrives half a round trip after it was sent.
            let sent = free.max(Instant::now());
            if line.bits_per_second > 0.0 {
                free = sent + Duration::from_secs_f64((count + 40) as f64 * 8.0 / line.bits_per_second);
            } else {
                free = sent;
            }
            let end = count == 0;
            if sender.send((free + line.round_trip / 2, buffer[..count].to_vec())).is_err() || end {
                break;
            }
        }
    });
    for (due, bytes) in receiver {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if bytes.is_empty() || to.write_all(&bytes).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
    let _ = reading.join();
}
