//! The console's building blocks at work on 86,000 invented rows: list, detail, form, palette, help, confirmation.
//!
//! `cargo run --release --example gallery [ROWS]`

use std::time::Duration;

use ratatui::layout::{Rect, Size};
use zhulian::i18n::Lang;
use zhulian::tui::keymap::{Action, Context, Keymap};
use zhulian::tui::session::{App, Effect, Frame, Input, Now, Post, Timer, run_local};
use zhulian::tui::testing::{SampleRow, sample_rows};
use zhulian::tui::theme::{Role, Theme};
use zhulian::tui::widgets::{
    Cell, Column, Confirm, ConfirmAnswer, Detail, DetailRow, Field, Form, FormState, HelpPage, Layers, LineInput,
    ListState, Motion, Palette, Row, Scroll, Segment, Table, actions_as_items, continuation_hints, hints, popup,
    position_text, scroll_lines, split_bottom, split_left, split_top, status_line,
};

/// The detail pane follows the list when the selection has rested for so long.
const REST: Duration = Duration::from_millis(70);
const FOLLOW: Timer = Timer("detail.follow");

enum Layer {
    Palette(Palette<Action>),
    Help(HelpPage, usize),
    Confirm(Confirm),
    Form { inputs: [LineInput; 3], state: FormState },
}

struct Gallery {
    rows: Vec<SampleRow>,
    columns: Vec<Column>,
    list: ListState,
    /// The row in the detail pane.
    shown: usize,
    beside: bool,
    layers: Layers<Layer>,
    size: Size,
    theme: Theme,
    lang: Lang,
    keymap: Keymap,
    notice: String,
}

const LABELS: [&str; 3] = ["走访方式", "走访结果", "备注"];

impl Gallery {
    fn new(rows: usize) -> Gallery {
        Gallery {
            rows: sample_rows(rows),
            columns: vec![
                Column::fixed("档案号", 7),
                Column::fixed("户主", 6),
                Column::fixed("人口", 4).right().rank(2),
                Column::fixed("类别", 8),
                Column::fixed("等级", 4),
                Column::flex("住址", 12, 1),
                Column::fixed("上次走访", 10).rank(1),
                Column::fixed("电话", 11).rank(3),
                Column::flex("备注", 14, 2).rank(4),
            ],
            list: ListState::default(),
            shown: 0,
            beside: false,
            layers: Layers::default(),
            size: Size::new(80, 24),
            theme: Theme::of_environment(Default::default(), |name| std::env::var(name).ok()),
            lang: Lang::from_env(),
            keymap: Keymap::default(),
            notice: String::new(),
        }
    }

    fn table(&self) -> Table<'_> {
        Table {
            columns: &self.columns,
            sorted: None,
            header: true,
            focused: self.layers.is_empty(),
            empty: "没有户",
            theme: self.theme,
        }
    }

    /// Title, list, detail, foot: the same for `update` and `view`.
    fn panes(&self) -> (Rect, Rect, Rect, Rect) {
        let screen = Rect::new(0, 0, self.size.width, self.size.height);
        let (title, rest) = split_top(screen, 1);
        let (body, foot) = split_bottom(rest, 2);
        let list_width = if self.beside { body.width * 3 / 5 } else { body.width };
        let (list, detail) = split_left(body, list_width);
        (title, list, detail, foot)
    }

    fn act(&mut self, action: Action) -> Vec<Effect<()>> {
        self.notice.clear();
        let screen = Rect::new(0, 0, self.size.width, self.size.height);
        if let Some(layer) = self.layers.top_mut() {
            let close = match layer {
                _ if action == Action::Back => true,
                Layer::Palette(palette) if action == Action::Open => match palette.chosen() {
                    Some(Ok(chosen)) => {
                        self.layers.pop();
                        return self.act(chosen);
                    }
                    Some(Err(reason)) => {
                        self.notice = reason;
                        false
                    }
                    None => false,
                },
                Layer::Palette(palette) => !palette.apply(action, screen),
                Layer::Help(page, offset) => {
                    if let Some(motion) = Motion::of(action) {
                        scroll_lines(offset, motion, page.height(), screen.height.saturating_sub(4));
                    }
                    false
                }
                Layer::Confirm(question) => match question.apply(action) {
                    Some(ConfirmAnswer::Yes) => return vec![Effect::Quit],
                    Some(ConfirmAnswer::No) => true,
                    None => false,
                },
                Layer::Form { inputs, state } => {
                    let fields = LABELS.map(Field::new);
                    let form = Form { fields: &fields, theme: self.theme };
                    match action {
                        Action::NextField => state.step(1, &form, screen),
                        Action::PreviousField => state.step(-1, &form, screen),
                        _ => drop(inputs[state.focus].apply(action)),
                    }
                    action == Action::Submit
                }
            };
            if close {
                self.layers.pop();
            }
            return Vec::new();
        }
        if let Some(motion) = Motion::of(action) {
            let height = self.table().body(self.panes().1).height;
            // Beside another pane a scrolled row has to be sent again; in steps of half a page that costs less per key.
            let scroll = if self.beside { Scroll::Half } else { Scroll::Line };
            self.list.go(motion, self.rows.len(), height, scroll);
            return vec![Effect::After(FOLLOW, REST)];
        }
        match action {
            Action::Quit => return vec![Effect::Quit],
            Action::Suspend => return vec![Effect::Suspend],
            Action::Redraw => return vec![Effect::Redraw],
            Action::Open => self.beside = !self.beside,
            Action::Language => self.lang = self.lang.other(),
            Action::Theme => self.theme = self.theme.with_name(self.theme.name().next()),
            Action::Help => self.layers.push(Layer::Help(HelpPage::new(&self.keymap, &[Context::List], self.lang), 0)),
            Action::Palette => {
                let reason = |action| matches!(action, Action::Claim).then(|| "未选心愿".to_owned());
                let items = actions_as_items(&self.keymap, &[Context::List], self.lang, reason);
                self.layers.push(Layer::Palette(Palette::new(items)));
            }
            Action::New => self.layers.push(Layer::Form { inputs: Default::default(), state: FormState::default() }),
            Action::DiscardDraft => self.layers.push(Layer::Confirm(Confirm::new("结束", "确定要结束吗？"))),
            other => self.notice = other.title(self.lang).to_owned(),
        }
        let height = self.table().body(self.panes().1).height;
        self.list.fit(self.rows.len(), height);
        Vec::new()
    }

    fn draw_row(&self, index: usize) -> Row<'_> {
        let row = &self.rows[index];
        let grade = if row.grade == "A" { Role::Overdue } else { Role::Text };
        Row::new([
            Cell::new(row.number.as_str(), Role::Dim),
            row.head.as_str().into(),
            row.members.to_string().into(),
            row.category.into(),
            Cell::new(row.grade, grade),
            row.village.as_str().into(),
            row.last_visit.as_str().into(),
            Cell::new(row.phone.as_str(), Role::Masked),
            Cell::new(row.note.as_str(), Role::Dim),
        ])
    }

    fn draw_detail(&self, area: Rect, frame: &mut Frame<'_>) {
        let row = &self.rows[self.shown];
        let rows = [
            DetailRow::Heading(row.number.as_str().into()),
            DetailRow::field("户主", row.head.as_str()),
            DetailRow::field("类别", row.category),
            DetailRow::field("住址", row.village.as_str()),
            DetailRow::styled("电话", row.phone.as_str(), Role::Masked),
            DetailRow::field("上次走访", row.last_visit.as_str()),
            DetailRow::Gap,
            DetailRow::Text(row.note.as_str().into(), Role::Dim),
        ];
        let area = Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area };
        Detail { rows: &rows, theme: self.theme }.draw(area, frame.buf, 0);
    }

    fn draw_layer(&self, layer: &Layer, frame: &mut Frame<'_>) {
        let (screen, theme) = (frame.area(), &self.theme);
        match layer {
            Layer::Palette(palette) => {
                let at = palette.draw(screen, frame.buf, theme, self.lang);
                frame.set_cursor(at);
            }
            Layer::Confirm(question) => {
                let at = question.draw(screen, frame.buf, theme, self.lang);
                frame.set_cursor(at);
            }
            Layer::Help(page, offset) => {
                let area = zhulian::tui::widgets::centered(screen, 76, screen.height.saturating_sub(2));
                let inner = popup(area, frame.buf, theme, Action::Help.title(self.lang));
                page.draw(inner, frame.buf, theme, *offset);
            }
            Layer::Form { inputs, state } => {
                let area = zhulian::tui::widgets::centered(screen, 60, 12);
                let inner = popup(area, frame.buf, theme, "走访登记");
                let fields = LABELS.map(|label| Field { note: Some("上次：上门"), ..Field::new(label) });
                let form = Form { fields: &fields, theme: *theme };
                let value = |i: usize, rect, buf: &mut _, focused| Some(inputs[i].draw(rect, buf, theme, focused, ""));
                if let Some(at) = form.draw(inner, frame.buf, state, value) {
                    frame.set_cursor(at);
                }
            }
        }
    }
}

impl App for Gallery {
    type Message = ();
    type Work = ();

    fn update(&mut self, input: Input<()>, _now: Now) -> Vec<Effect<()>> {
        match input {
            Input::Action(action) => return self.act(action),
            Input::Resize(size) => {
                self.size = size;
                let height = self.table().body(self.panes().1).height;
                self.list.fit(self.rows.len(), height);
            }
            Input::Timer(FOLLOW) => self.shown = self.list.selected,
            Input::Text(text) | Input::Paste(text) => match self.layers.top_mut() {
                Some(Layer::Palette(palette)) => palette.insert(&text),
                Some(Layer::Form { inputs, state }) => drop(inputs[state.focus].insert(&text)),
                _ => {}
            },
            Input::Unbound(chord) => self.notice = format!("{} ?", chord.label(self.lang)),
            _ => {}
        }
        Vec::new()
    }

    fn view(&self, frame: &mut Frame<'_>) {
        let (title, list, detail, foot) = self.panes();
        let theme = &self.theme;
        let position = position_text(&self.list, self.rows.len());
        let left =
            [Segment::new("助联 户列表", Role::Title), Segment::new(self.notice.as_str(), Role::Warning).rank(1)];
        status_line(title, frame.buf, theme, &left, &[Segment::new(position, Role::Dim)]);
        self.table().draw(list, frame.buf, &self.list, self.rows.len(), |i| self.draw_row(i));
        if self.beside {
            self.draw_detail(detail, frame);
        }
        let (status, foot) = split_top(foot, 1);
        let right = [Segment::new("离线", Role::Warning), Segment::new("未传 3", Role::Text).rank(1)];
        status_line(status, frame.buf, theme, &[Segment::new("李梅  上岙村", Role::Dim)], &right);
        let contexts = self.contexts();
        if frame.pending().is_empty() {
            let actions =
                [Action::Help, Action::Find, Action::Palette, Action::New, Action::Open, Action::Filter, Action::Quit];
            hints(foot, frame.buf, theme, self.lang, &self.keymap, &contexts, &actions);
        } else {
            let pending = frame.pending().to_vec();
            continuation_hints(foot, frame.buf, theme, self.lang, &self.keymap, &contexts, &pending);
        }
        for layer in self.layers.iter() {
            self.draw_layer(layer, frame);
        }
    }

    fn contexts(&self) -> Vec<Context> {
        match self.layers.top() {
            None => vec![Context::Households, Context::List],
            Some(Layer::Palette(_)) => vec![Context::Palette, Context::Input],
            Some(Layer::Help(..)) => vec![Context::Help],
            Some(Layer::Confirm(_)) => vec![Context::Confirm],
            Some(Layer::Form { .. }) => vec![Context::Input, Context::Form],
        }
    }

    fn keymap(&self) -> &Keymap {
        &self.keymap
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows = std::env::args().nth(1).map_or(Ok(86_000), |n| n.parse())?;
    run_local(Gallery::new(rows), |(), _: &Post<()>| {})?;
    Ok(())
}
