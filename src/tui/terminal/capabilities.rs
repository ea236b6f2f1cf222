//! What a terminal may be asked to do, from its name alone: nothing at the start waits for an answer.

/// What may be sent besides text, colours and cursor positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Scrolling a band of rows (DECSTBM).
    pub scroll_regions: bool,
    /// Scrolling by SU and SD instead of line feeds at the margin.
    pub scroll_commands: bool,
    /// Erasing characters in the middle of a row (ECH).
    pub erase_characters: bool,
    /// Marking the begin and end of a frame (mode 2026). Unknown modes are ignored by terminals, but not by all.
    pub synchronized: bool,
    /// Status queries behind frames, for pacing (DSR 5).
    pub queries: bool,
}

impl Capabilities {
    /// Everything: xterm and its many relatives.
    pub const FULL: Capabilities = Capabilities {
        scroll_regions: true,
        scroll_commands: true,
        erase_characters: true,
        synchronized: true,
        queries: true,
    };

    /// Cursor positions and colours only, for terminals one knows nothing about.
    pub const PLAIN: Capabilities = Capabilities {
        scroll_regions: false,
        scroll_commands: false,
        erase_characters: false,
        synchronized: false,
        queries: false,
    };

    /// From the value of `TERM`.
    pub fn of_term(term: Option<&str>) -> Capabilities {
        match term.unwrap_or("") {
            "" | "dumb" | "unknown" => Capabilities::PLAIN,
            // The Linux console scrolls regions by line feeds only.
            "linux" => Capabilities { scroll_commands: false, synchronized: false, ..Capabilities::FULL },
            term if term.starts_with("vt") => {
                Capabilities { scroll_regions: true, queries: true, ..Capabilities::PLAIN }
            }
            _ => Capabilities::FULL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_terminals_get_the_least() {
        for (term, regions, commands) in [
            (Some("xterm-256color"), true, true),
            (Some("tmux-256color"), true, true),
            (Some("linux"), true, false),
            (Some("vt220"), true, false),
            (Some("dumb"), false, false),
            (Some(""), false, false),
            (None, false, false),
        ] {
            let found = Capabilities::of_term(term);
            assert_eq!((found.scroll_regions, found.scroll_commands), (regions, commands), "{term:?}");
        }
    }
}
