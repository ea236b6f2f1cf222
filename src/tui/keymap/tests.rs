use super::*;
use crate::i18n::{Explain, Lang};

fn press(map: &Keymap, contexts: &[Context], keys: &str) -> Vec<Resolved> {
    let mut pending = Vec::new();
    keys.split_whitespace().map(|k| map.resolve(contexts, &mut pending, k.parse().expect("a key"))).collect()
}

fn user(text: &str) -> Result<Keymap, KeymapError> {
    Keymap::standard().merged(Source::File("my.toml".into()), text)
}

#[test]
fn every_builtin_keymap_is_valid() {
    for (name, _) in BUILTIN {
        assert!(Keymap::builtin(name).is_some(), "{name}");
    }
    assert!(Keymap::builtin("emacs").is_none());
}

#[test]
fn every_action_can_be_done_while_an_input_method_is_on() {
    for &action in Action::ALL {
        let bound = Keymap::standard().bindings().iter().any(|b| b.action == action && b.chord.works_with_ime());
        assert!(bound, "{} has no key without a letter", action.name());
    }
}

#[test]
fn protected_keys_mean_the_same_in_every_context_of_every_builtin_keymap() {
    for (name, _) in BUILTIN {
        let map = Keymap::builtin(name).expect("builtin");
        for &context in Context::ALL {
            for (key, action) in PROTECTED {
                assert_eq!(
                    map.resolve(&[context], &mut Vec::new(), key),
                    Resolved::Action(action),
                    "{name} {context:?} {key}"
                );
            }
        }
    }
}

#[test]
fn the_inner_context_wins() {
    let map = Keymap::standard();
    let check = |contexts: &[Context], key: &str, expected: Action| {
        assert_eq!(press(map, contexts, key), [Resolved::Action(expected)], "{contexts:?} {key}");
    };
    check(&[Context::Wishes, Context::List], "Enter", Action::Claim);
    check(&[Context::List], "Enter", Action::Open);
    check(&[Context::Input, Context::Form], "Down", Action::NextField);
    check(&[Context::Input, Context::Form], "Ctrl-U", Action::ClearText);
    check(&[Context::List], "Ctrl-U", Action::Undo);
    check(&[], "F3", Action::Filter);
    check(&[Context::List], "？", Action::Help);
}

#[test]
fn characters_are_text_where_text_is_typed() {
    let map = Keymap::standard();
    assert_eq!(press(map, &[Context::Find, Context::Input, Context::List], "j"), [Resolved::Text('j')]);
    assert_eq!(press(map, &[Context::Find, Context::Input], "？"), [Resolved::Text('？')]);
    assert_eq!(press(map, &[Context::List], "j"), [Resolved::Action(Action::Down)]);
    assert_eq!(press(map, &[Context::Find, Context::Input], "Alt-1"), [Resolved::Action(Action::GoToday)]);
}

#[test]
fn chords_wait_and_esc_ends_them() {
    let map = Keymap::standard();
    let list = [Context::List];
    assert_eq!(press(map, &list, "g g"), [Resolved::Pending, Resolved::Action(Action::Top)]);
    assert_eq!(press(map, &list, "g Esc j"), [Resolved::Pending, Resolved::Pending, Resolved::Action(Action::Down)]);
    let unknown = Resolved::Unbound("g x".parse().expect("a chord"));
    assert_eq!(press(map, &list, "g x j"), [Resolved::Pending, unknown, Resolved::Action(Action::Down)]);
    // A chord goes on in a text field too, once it has been started with a key that is no text.
    assert_eq!(press(map, &[Context::Input], "Ctrl-G 2"), [Resolved::Pending, Resolved::Action(Action::GoHouseholds)]);
    let next: Vec<Action> =
        map.continuations(&list, &["Ctrl-G".parse().expect("a key")]).iter().map(|b| b.action).collect();
    assert_eq!(next.len(), 9);
}

#[test]
fn the_user_file_merges_key_by_key() {
    let map = user("[list]\n\"x\" = \"mark\"\n\"j\" = false\n\"g\" = \"top\"\n").expect("valid");
    let list = [Context::List];
    assert_eq!(press(&map, &list, "x"), [Resolved::Action(Action::Mark)]);
    assert_eq!(press(&map, &list, "j"), [Resolved::Unbound("j".parse().expect("a chord"))]);
    assert_eq!(press(&map, &list, "k"), [Resolved::Action(Action::Up)]);
    // The shorter chord replaces the longer one that it would hide.
    assert_eq!(press(&map, &list, "g"), [Resolved::Action(Action::Top)]);
    // Unbinding one key leaves chords that start with it.
    let map = user("[list]\n\"g\" = false\n").expect("valid");
    assert_eq!(press(&map, &list, "g g").last(), Some(&Resolved::Action(Action::Top)));
    let vim = Keymap::builtin("vim").expect("builtin");
    assert_eq!(press(&vim, &list, "Ctrl-D"), [Resolved::Action(Action::HalfDown)]);
    assert_eq!(press(&vim, &list, "Down"), [Resolved::Action(Action::Down)]);
}

#[test]
fn a_bad_file_names_every_mistake_with_its_line() {
    let text = "\
[list]
\"Ctrl-W\" = \"cliam\"
\"Hyper-x\" = \"up\"
\"Ctrl-I\" = \"up\"
\"F1\" = \"up\"
\"Ctrl-D\" = \"down\"
\"C-d\" = \"up\"
\"x\" = \"up\"
\"x y\" = \"up\"
\"z\" = 7
[input]
\"j\" = \"down\"
[lists]
\"a\" = \"up\"
";
    let error = user(text).expect_err("refused");
    let found: Vec<(usize, &What)> = error.offences.iter().map(|o| (o.line, &o.what)).collect();
    assert_eq!(
        found,
        [
            (2, &What::UnknownAction("cliam".into(), Some("claim"))),
            (3, &What::UnknownKey("Hyper-x".into())),
            (4, &What::SameAs("Ctrl-I".into(), "Tab")),
            (5, &What::Protected("F1".into(), Action::Help)),
            (7, &What::Duplicate("C-d".into(), 6)),
            (9, &What::Shadowed("x y".into(), "x".into(), 8)),
            (10, &What::WrongValue),
            (12, &What::LetterInText("j".into(), Context::Input)),
            (13, &What::UnknownContext("lists".into(), Some("list"))),
        ]
    );
    for lang in [Lang::Zh, Lang::En] {
        let message = error.message(lang);
        assert_eq!(message.lines().count(), 10, "{message}");
        assert!(message.contains("my.toml"), "{message}");
    }
}

#[test]
fn syntax_errors_do_not_hide_the_rest() {
    let text = "[list]\n\"x\" = \"up\"\n\"x\" = \"down\"\n\"y\" = \n\"z\" = \"nothing\"\n";
    let error = user(text).expect_err("refused");
    let lines: Vec<usize> = error.offences.iter().map(|o| o.line).collect();
    assert_eq!(lines, [3, 4, 5], "{error}");
}

#[test]
fn hints_prefer_keys_that_always_work() {
    let map = Keymap::standard();
    let chord = |contexts: &[Context], action| map.chord_for(contexts, action).map(ToString::to_string);
    assert_eq!(chord(&[Context::List], Action::Down).as_deref(), Some("Down"));
    assert_eq!(chord(&[Context::List], Action::Help).as_deref(), Some("F1"));
    assert_eq!(chord(&[Context::Wishes, Context::List], Action::Claim).as_deref(), Some("Enter"));
    assert_eq!(chord(&[Context::Wishes, Context::List], Action::Open).as_deref(), Some("Right"));
    assert_eq!(chord(&[Context::List], Action::Claim), None);
}

#[test]
fn what_is_reachable_resolves_to_itself() {
    let map = Keymap::standard();
    for contexts in
        [vec![Context::Wishes, Context::List], vec![Context::Find, Context::Input], vec![Context::Form], vec![]]
    {
        for binding in map.reachable(&contexts) {
            let mut pending = Vec::new();
            let mut last = Resolved::Pending;
            for &key in &binding.chord.0 {
                last = map.resolve(&contexts, &mut pending, key);
            }
            assert_eq!(last, Resolved::Action(binding.action), "{contexts:?} {}", binding.chord);
        }
    }
}
