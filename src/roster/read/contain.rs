//! A panic of a library on a hostile file becomes an error, and nothing is printed about it.
//!
//! The readers return errors, and no file is known that makes them panic after the checks made here. This is the last
//! resort: the import refuses the file, and the console lives on.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside [`contained`]: a panic hook then has nothing to do.
pub fn panic_is_contained() -> bool {
    CONTAINED.get()
}

/// Runs what may panic; `None` when it did.
pub(super) fn contained<T>(run: impl FnOnce() -> T) -> Option<T> {
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
    let result = catch_unwind(AssertUnwindSafe(run));
    CONTAINED.set(outer);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_here() {
        assert_eq!(contained(|| 1), Some(1));
        assert_eq!(contained::<()>(|| panic!("on purpose")), None);
        assert!(!panic_is_contained());
    }
}
