//! Joining a server from the first screen: address and code, then the data of the territory.

use ratatui::layout::Rect;

use crate::desk::enrol::Joining;
use crate::domain::field::{Field, FieldKind};
use crate::domain::refusal::Label;
use crate::domain::value::Value;
use crate::i18n::{Lang, screens as text};
use crate::tui::app::{Can, Context, Effect, Fault, Input, Message, Work};
use crate::tui::keymap::{Action, Context as KeyContext};
use crate::tui::screens::entry::{Entry, Item};
use crate::tui::session::Frame;
use crate::tui::text as cells;
use crate::tui::theme::Role;
use crate::tui::widgets::put;

static URL: Field = Field::new(FieldKind::Text).required().max_chars(200).named("url", "服务器地址", "Server address");
static CODE: Field = Field::new(FieldKind::Text).required().max_chars(60).named("code", "登记码", "One-time code");
static NAME: Field = Field::new(FieldKind::Text).max_chars(60).named("name", "本机名称", "Device name");
static TRUST: Field = Field::new(FieldKind::Text).max_chars(400).named("trust", "证书文件", "Certificate");

/// What is typed, and how far joining has come. What was typed stays when one goes back.
#[derive(Debug, Default)]
pub(super) struct Join {
    entry: Entry,
    phase: Phase,
}

#[derive(Debug, Default)]
enum Phase {
    #[default]
    Filling,
    Connecting,
    /// Joined; so many entries have come, or why no more do.
    Fetching {
        received: u64,
        fault: Option<Fault>,
    },
}

/// What joining came to.
pub(super) enum Came {
    /// Nothing yet, but these are to be done.
    On(Vec<Effect>),
    /// Back to the offers.
    Back,
    /// The data are here, or the worker goes on without them.
    In,
}

fn both(say: fn(Lang) -> &'static str) -> Option<Label> {
    Some(Label { zh: say(Lang::Zh).to_owned(), en: say(Lang::En).to_owned() })
}

impl Join {
    /// Shows the form.
    pub(super) fn open(&mut self) {
        if self.entry.items().is_empty() {
            let blank = |field| Item::new(field, &Value::Null);
            let mut items = vec![blank(&URL), blank(&CODE), blank(&NAME), blank(&TRUST)];
            items[2].hint = both(text::join_name_hint);
            items[3].hint = both(text::join_trust_hint);
            self.entry = Entry::new(items);
            self.entry.set("url", &Value::Text("https://".to_owned()));
        }
        self.phase = Phase::Filling;
    }

    /// The device has joined already: fetches the data.
    pub(super) fn fetch(&mut self) -> Vec<Effect> {
        self.phase = Phase::Fetching { received: 0, fault: None };
        vec![Effect::Work(Work::Join(None))]
    }

    /// Takes an input; `None` if it means nothing here.
    pub(super) fn update(&mut self, input: &Input, ctx: &Context<'_>, area: Rect) -> Option<Came> {
        let form = self.form_area(ctx, area);
        match (&mut self.phase, input) {
            (_, Input::Message(message)) => self.hear(message, ctx, form),
            (Phase::Fetching { fault: Some(_), .. }, Input::Action(Action::Refresh)) => Some(Came::On(self.fetch())),
            (Phase::Fetching { fault: Some(_), .. }, Input::Action(Action::Open | Action::Back)) => Some(Came::In),
            (Phase::Connecting | Phase::Fetching { .. }, _) => None,
            (Phase::Filling, Input::Action(Action::Back)) => Some(Came::Back),
            (Phase::Filling, Input::Action(Action::Submit)) => Some(Came::On(self.submit(ctx, form))),
            (Phase::Filling, _) => {
                self.entry.update(input, ctx, form)?;
                Some(Came::On(Vec::new()))
            }
        }
    }

    fn submit(&mut self, ctx: &Context<'_>, form: Rect) -> Vec<Effect> {
        if !self.entry.check(ctx, form) {
            return Vec::new();
        }
        let typed = |field: &Field| self.entry.text(None, field.name, ctx.today()).trim().to_owned();
        let joining = Joining {
            url: typed(&URL),
            code: typed(&CODE),
            name: typed(&NAME),
            trust: Some(typed(&TRUST)).filter(|path| !path.is_empty()).map(Into::into),
            allow_plain: false,
            leave_outside: false,
        };
        self.phase = Phase::Connecting;
        vec![Effect::Work(Work::Join(Some(Box::new(joining))))]
    }

    fn hear(&mut self, message: &Message, ctx: &Context<'_>, form: Rect) -> Option<Came> {
        match (&mut self.phase, message) {
            (Phase::Fetching { received, .. }, Message::Progress(_, count, _)) => *received = *count,
            (_, Message::Joined(_, Ok(true))) => return Some(Came::In),
            (_, Message::Joined(_, Ok(false))) => self.phase = Phase::Fetching { received: 0, fault: None },
            (Phase::Fetching { fault, .. }, Message::Joined(_, Err(error))) => *fault = Some(error.clone()),
            (_, Message::Joined(_, Err(error))) => {
                self.phase = Phase::Filling;
                let mut rest = self.entry.take_faults(error, ctx, form);
                // What is wrong with the line or the server is told at its address.
                for fault in &mut rest {
                    let at = if fault.code == "link.bad_certificate_file" { &TRUST } else { &URL };
                    fault.field = Some(at.name.to_owned());
                    self.entry.take_faults(fault, ctx, form);
                }
            }
            _ => return None,
        }
        Some(Came::On(Vec::new()))
    }

    /// What it takes now.
    pub(super) fn can(&self, action: Action, ctx: &Context<'_>) -> Can {
        match (&self.phase, action) {
            (Phase::Filling, Action::Submit | Action::Back) => Can::Yes,
            (Phase::Filling, action) => self.entry.can(action),
            (Phase::Fetching { fault: Some(_), .. }, Action::Refresh | Action::Open | Action::Back) => Can::Yes,
            (_, Action::Back | Action::Open | Action::Submit | Action::Refresh) => {
                Can::No(text::joining_wait(ctx.lang).to_owned())
            }
            _ => Can::Pass,
        }
    }

    /// Where the keys are.
    pub(super) fn contexts(&self) -> Vec<KeyContext> {
        match self.phase {
            Phase::Filling => self.entry.contexts(),
            _ => vec![KeyContext::Menu],
        }
    }

    /// The keys worth showing.
    pub(super) fn hints(&self) -> &'static [Action] {
        match self.phase {
            Phase::Filling => &[Action::Submit, Action::NextField, Action::Back],
            Phase::Fetching { fault: Some(_), .. } => &[Action::Refresh, Action::Open],
            _ => &[],
        }
    }

    /// The form below what is said about it.
    fn form_area(&self, ctx: &Context<'_>, area: Rect) -> Rect {
        let rows = cells::wrap(text::join_hint(ctx.lang), usize::from(area.width)).len() as u16 + 1;
        Rect { y: area.y + rows, height: area.height.saturating_sub(rows), ..area }
    }

    /// Draws the form, or how far it has come.
    pub(super) fn view(&self, ctx: &Context<'_>, area: Rect, frame: &mut Frame<'_>) {
        let (lang, theme) = (ctx.lang, &ctx.theme);
        let mut y = area.y;
        let mut say = |frame: &mut Frame<'_>, content: &str, role: Role| {
            for range in cells::wrap(content, usize::from(area.width)) {
                if y < area.bottom() {
                    put(frame.buf, area.x, y, area.width, &content[range], theme.style(role), theme);
                }
                y += 1;
            }
        };
        match &self.phase {
            Phase::Filling => {
                say(frame, text::join_hint(lang), Role::Dim);
                self.entry.view(ctx, self.form_area(ctx, area), frame);
            }
            Phase::Connecting => say(frame, text::joining(lang), Role::Text),
            Phase::Fetching { received, fault: None } => {
                say(frame, text::fetching(lang), Role::Text);
                if *received > 0 {
                    say(frame, &text::fetched(lang, *received), Role::Dim);
                }
            }
            Phase::Fetching { fault: Some(fault), .. } => {
                let key = |action| ctx.keymap.chord_for(&self.contexts(), action).map(|chord| chord.label(lang));
                say(frame, text::not_fetched(lang), Role::Warning);
                say(frame, &format!("{} [{}]", fault.message(lang), fault.code), Role::Error);
                say(frame, fault.remedy(lang), Role::Text);
                let (retry, enter) = (key(Action::Refresh), key(Action::Open));
                let hint = text::not_fetched_hint(lang, &retry.unwrap_or_default(), &enter.unwrap_or_default());
                say(frame, &hint, Role::Dim);
            }
        }
    }
}
