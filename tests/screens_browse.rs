//! The browsing screens: keys in, screens out.

mod screens_support;

use screens_support::village;
use zhulian::i18n::Lang;

#[test]
fn today_shows_what_waits() {
    let mut bench = village(Lang::Zh, 80, 24);
    println!("{}", bench.drive.screen());
    println!("{}", bench.drive.keys("Alt-2").screen());
    println!("{}", bench.drive.keys("Enter").screen());
}
