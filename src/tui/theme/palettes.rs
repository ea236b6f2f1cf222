//! The style of every role, by theme and colour depth.

use ratatui::style::{Color, Modifier, Style};

use super::Role;

fn fg(color: Color) -> Style {
    Style::new().fg(color)
}

fn plain(modifier: Modifier) -> Style {
    Style::new().add_modifier(modifier)
}

pub(super) fn mono(role: Role) -> Style {
    match role {
        Role::Text | Role::Border | Role::Notice => Style::new(),
        Role::Dim | Role::Label | Role::Disabled | Role::Masked => plain(Modifier::DIM),
        Role::Title | Role::Accent | Role::Key | Role::Ok | Role::BorderFocus => plain(Modifier::BOLD),
        Role::Marker | Role::Selected => plain(Modifier::REVERSED),
        Role::Overdue | Role::Error => plain(Modifier::BOLD.union(Modifier::UNDERLINED)),
        Role::Warning | Role::Changed | Role::Match => plain(Modifier::BOLD),
        Role::Input | Role::InputFocus | Role::Tentative => plain(Modifier::UNDERLINED),
    }
}

pub(super) fn high_contrast(role: Role) -> Style {
    let bold = Modifier::BOLD;
    match role {
        Role::Text | Role::Dim | Role::Label | Role::Masked => Style::new(),
        Role::Disabled => plain(Modifier::DIM),
        Role::Title | Role::Border => plain(bold),
        Role::Accent | Role::Key | Role::BorderFocus => fg(Color::LightCyan).add_modifier(bold),
        Role::Marker | Role::Selected => plain(Modifier::REVERSED.union(bold)),
        Role::Overdue | Role::Error => fg(Color::LightRed).add_modifier(bold.union(Modifier::UNDERLINED)),
        Role::Warning | Role::Tentative => fg(Color::LightYellow).add_modifier(bold),
        Role::Ok => fg(Color::LightGreen).add_modifier(bold),
        Role::Changed | Role::Match => fg(Color::LightMagenta).add_modifier(bold),
        Role::Input => plain(Modifier::UNDERLINED),
        Role::InputFocus => plain(Modifier::UNDERLINED.union(bold)),
        Role::Notice => plain(bold),
    }
}

pub(super) fn dark16(role: Role) -> Style {
    match role {
        Role::Text | Role::Notice => Style::new(),
        Role::Dim | Role::Border | Role::Disabled | Role::Masked => fg(Color::DarkGray),
        Role::Label => fg(Color::Gray),
        Role::Title => plain(Modifier::BOLD),
        Role::Accent | Role::Key | Role::BorderFocus => fg(Color::Cyan),
        Role::Marker => fg(Color::Yellow).add_modifier(Modifier::REVERSED),
        Role::Selected => plain(Modifier::REVERSED),
        Role::Overdue | Role::Error => fg(Color::LightRed),
        Role::Warning | Role::Tentative => fg(Color::Yellow),
        Role::Ok => fg(Color::Green),
        Role::Changed | Role::Match => fg(Color::LightMagenta),
        Role::Input => plain(Modifier::UNDERLINED),
        Role::InputFocus => fg(Color::Cyan).add_modifier(Modifier::UNDERLINED),
    }
}

pub(super) fn light16(role: Role) -> Style {
    match role {
        Role::Label | Role::Dim | Role::Border | Role::Disabled | Role::Masked => fg(Color::DarkGray),
        Role::Accent | Role::Key | Role::BorderFocus => fg(Color::Blue),
        Role::Marker => fg(Color::Blue).add_modifier(Modifier::REVERSED),
        Role::Overdue | Role::Error => fg(Color::Red),
        Role::Warning | Role::Tentative => fg(Color::Magenta),
        Role::Ok => fg(Color::Green),
        Role::Changed | Role::Match => fg(Color::Magenta).add_modifier(Modifier::BOLD),
        Role::InputFocus => fg(Color::Blue).add_modifier(Modifier::UNDERLINED),
        Role::Text | Role::Title | Role::Selected | Role::Input | Role::Notice => dark16(role),
    }
}

pub(super) fn dark256(role: Role) -> Style {
    match role {
        Role::Dim | Role::Masked => fg(Color::Indexed(245)),
        Role::Label => fg(Color::Indexed(249)),
        Role::Border | Role::Disabled => fg(Color::Indexed(240)),
        Role::Overdue | Role::Error => fg(Color::Indexed(203)),
        Role::Warning | Role::Tentative => fg(Color::Indexed(179)),
        Role::Ok => fg(Color::Indexed(114)),
        Role::Accent | Role::Key | Role::BorderFocus => fg(Color::Indexed(80)),
        Role::Changed | Role::Match => fg(Color::Indexed(177)),
        Role::InputFocus => fg(Color::Indexed(80)).add_modifier(Modifier::UNDERLINED),
        Role::Text | Role::Title | Role::Marker | Role::Selected | Role::Input | Role::Notice => dark16(role),
    }
}

pub(super) fn light256(role: Role) -> Style {
    match role {
        Role::Dim | Role::Masked => fg(Color::Indexed(243)),
        Role::Label => fg(Color::Indexed(239)),
        Role::Border | Role::Disabled => fg(Color::Indexed(248)),
        Role::Overdue | Role::Error => fg(Color::Indexed(160)),
        Role::Warning | Role::Tentative => fg(Color::Indexed(130)),
        Role::Ok => fg(Color::Indexed(28)),
        Role::Accent | Role::Key | Role::BorderFocus => fg(Color::Indexed(25)),
        Role::Changed | Role::Match => fg(Color::Indexed(90)),
        Role::InputFocus => fg(Color::Indexed(25)).add_modifier(Modifier::UNDERLINED),
        Role::Text | Role::Title | Role::Marker | Role::Selected | Role::Input | Role::Notice => light16(role),
    }
}
