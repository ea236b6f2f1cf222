//! A panic of a library on damaged or hostile data becomes an error, and nothing is printed about it.
//!
//! Only for sled on a damaged index and for the readers of spreadsheets: the index is then rebuilt, the import refused,
//! and the console lives on. Whoever sets a panic hook of his own asks [`panic_is_contained`] first.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Runs what may panic; a panic becomes its message.
pub fn contained<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !panic_is_contained() {
                before(info);
            }
        }));
    });
    let outer = CONTAINED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(call));
    CONTAINED.set(outer);
    result.map_err(|panic| {
        panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "without a message".into())
    })
}

/// Whether this thread is inside [`contained`]: a panic hook, such as the one that gives the terminal back, then has
/// nothing to do.
pub fn panic_is_contained() -> bool {
    CONTAINED.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_here_with_its_message() {
        assert_eq!(contained(|| 1), Ok(1));
        assert_eq!(contained::<()>(|| panic!("on purpose")), Err("on purpose".to_owned()));
        assert_eq!(contained::<()>(|| panic!("{} on purpose", 2)), Err("2 on purpose".to_owned()));
        assert_eq!(contained::<()>(|| std::panic::panic_any(3)), Err("without a message".to_owned()));
    }

    #[test]
    fn hooks_can_tell() {
        assert!(!panic_is_contained());
        let inside = contained(|| (contained(panic_is_contained), panic_is_contained()));
        assert_eq!(inside, Ok((Ok(true), true)));
        assert!(!panic_is_contained());
    }
}
