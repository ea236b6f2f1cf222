//! Nothing that is drawn panics or writes outside, however small its area.

use super::*;
use crate::i18n::Lang;
use crate::tui::keymap::{Action, Context, Keymap};
use crate::tui::theme::{Role, ThemeName};

/// An area of `width` x `height` inside of a larger buffer filled with `#`, to notice what is drawn outside of it.
fn draw_in(width: u16, height: u16, draw: impl FnOnce(Rect, &mut Buffer)) {
    let mut buf = Buffer::empty(Rect::new(0, 0, width + 6, height + 4));
    let area = Rect::new(3, 2, width, height);
    for cell in &mut buf.content {
        cell.set_symbol("#");
    }
    draw(area, &mut buf);
    for y in buf.area.top()..buf.area.bottom() {
        for x in buf.area.left()..buf.area.right() {
            let inside = x >= area.left() && x < area.right() && y >= area.top() && y < area.bottom();
            assert!(inside || buf[(x, y)].symbol() == "#", "{width}x{height}: {x},{y} was drawn over");
        }
    }
}

#[test]
fn widgets_stay_inside_of_any_area() {
    let theme = Theme::default().with_name(ThemeName::Mono);
    let keymap = Keymap::standard();
    let contexts = [Context::Households, Context::List];
    let columns = [Column::fixed("户主", 6), Column::flex("住址", 8, 1), Column::fixed("人口", 4).right().rank(1)];
    let table = Table {
        columns: &columns,
        sorted: Some((0, Order::Ascending)),
        header: true,
        focused: true,
        empty: "没有户",
        theme,
    };
    let rows = [
        DetailRow::Heading("基本".into()),
        DetailRow::field("住址", "上岙村三组"),
        DetailRow::Text("独居".into(), Role::Dim),
    ];
    let help = HelpPage::new(keymap, &contexts, Lang::Zh);
    let note = TextArea::new("走访记录\n第二行");
    let boxes = Choices::many(["低保", "特困"].map(|label| (label.to_owned(), true)));
    let fields =
        [Field {
            required: true, changed: true, error: Some("请填写"), note: Some("上次"), ..Field::new("姓名")
        }; 3];
    let form = Form { fields: &fields, theme };
    for width in 0..24 {
        for height in 0..8 {
            let check = |draw: &dyn Fn(Rect, &mut Buffer)| draw_in(width, height, draw);
            check(&|area, buf| {
                let row = |_| Row { marked: true, ..Row::new(["欧阳淑芬", "上岙村三组", "12345678"]) };
                table.draw(area, buf, &ListState { selected: 1, offset: 0 }, 5, row);
            });
            check(&|area, buf| table.draw(area, buf, &ListState::default(), 0, |_| Row::default()));
            check(&|area, buf| Detail { rows: &rows, theme }.draw(area, buf, 0));
            check(&|area, buf| help.draw(area, buf, &theme, 0));
            check(&|area, buf| {
                note.draw(area, buf, &theme, true, "备注");
            });
            check(&|area, buf| {
                LineInput::new("张淑芬abc").draw(area, buf, &theme, true, "姓名");
            });
            check(&|area, buf| {
                boxes.draw(area, buf, &theme, true);
            });
            check(&|area, buf| {
                let value = |_, rect, buf: &mut Buffer, focused| {
                    Some(LineInput::new("张三").draw(rect, buf, &theme, focused, ""))
                };
                form.draw(area, buf, &FormState { focus: 1, offset: 1 }, value);
            });
            check(&|area, buf| {
                popup(area, buf, &theme, "标题");
            });
            let row = |draw: &dyn Fn(Rect, &mut Buffer)| {
                if height == 1 {
                    check(draw)
                }
            };
            row(&|area, buf| tabs(area, buf, &theme, &["基本", "成员"], 1));
            row(&|area, buf| gauge(area, buf, &theme, 3, 7, "导入"));
            row(&|area, buf| score_bar(area, buf, &theme, 3, 7, Role::Ok));
            row(&|area, buf| notice(area, buf, &theme, "已保存", Role::Ok));
            row(&|area, buf| hints(area, buf, &theme, Lang::Zh, keymap, &contexts, Action::ALL));
            row(&|area, buf| {
                let pending = ["Ctrl-G".parse().expect("a key")];
                continuation_hints(area, buf, &theme, Lang::Zh, keymap, &contexts, &pending);
            });
            row(&|area, buf| {
                let right = [Segment::new("离线", Role::Warning), Segment::new("未传 3", Role::Text).rank(1)];
                status_line(area, buf, &theme, &[Segment::new("李梅", Role::Text)], &right);
            });
        }
    }
}

#[test]
fn overlays_fit_any_screen() {
    let theme = Theme::default();
    let items = || actions_as_items(Keymap::standard(), &[Context::List], Lang::Zh, |_| Some("离线".to_owned()));
    let choices = || vec![Choice::new("01", "汉族", []), Choice::new("02", "蒙古族", [])];
    for (width, height) in [(0, 0), (1, 1), (2, 3), (5, 2), (9, 4), (20, 6), (60, 20), (120, 40)] {
        let screen = Rect::new(0, 0, width, height);
        let mut buf = Buffer::empty(screen);
        let mut palette = Palette::new(items());
        palette.apply(Action::Bottom, screen);
        let mut list = PickList::new("民族", choices(), Some("02"), screen);
        list.apply(Action::Down, screen);
        for at in [
            palette.draw(screen, &mut buf, &theme, Lang::Zh),
            list.draw(screen, &mut buf, &theme, Lang::Zh),
            Confirm::new("确认", "不能撤销\n真的吗").draw(screen, &mut buf, &theme, Lang::Zh),
        ] {
            assert!(width < 6 || height < 4 || screen.contains(at), "{width}x{height}: the cursor is at {at}");
        }
    }
}
