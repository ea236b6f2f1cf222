use super::*;
use proptest::prelude::*;

fn events(bytes: &[u8]) -> Vec<TerminalEvent> {
    let (mut parser, mut events) = (Parser::default(), Vec::new());
    parser.feed(bytes, &mut events);
    if parser.patience().is_some() {
        parser.time_out(&mut events);
    }
    events
}

#[test]
fn keys_of_many_terminals() {
    for (bytes, expected) in [
        (&b"a"[..], "a"),
        ("张".as_bytes(), "张"),
        (b" ", "Space"),
        (b"\r", "Enter"),
        (b"\n", "Enter"),
        (b"\t", "Tab"),
        (b"\x7f", "Backspace"),
        (b"\x08", "Backspace"),
        (b"\0", "Ctrl-Space"),
        (b"\x11", "Ctrl-Q"),
        (b"\x1f", "Ctrl-_"),
        (b"\x1b", "Esc"),
        (b"\x1b[", "Alt-["),
        (b"\x1bO", "Alt-O"),
        (b"\x1bx", "Alt-x"),
        (b"\x1b\x7f", "Alt-Backspace"),
        ("\x1b张".as_bytes(), "Alt-张"),
        (b"\x1b[A", "Up"),
        (b"\x1bOB", "Down"),
        (b"\x1b[1;5C", "Ctrl-Right"),
        (b"\x1bOd", "Ctrl-Left"),
        (b"\x1b[a", "Shift-Up"),
        (b"\x1b[Z", "Shift-Tab"),
        (b"\x1bOP", "F1"),
        (b"\x1b[11~", "F1"),
        (b"\x1b[[A", "F1"),
        (b"\x1b[1;2R", "Shift-F3"),
        (b"\x1b[15~", "F5"),
        (b"\x1b[17;2~", "Shift-F6"),
        (b"\x1b[24~", "F12"),
        (b"\x1b[H", "Home"),
        (b"\x1b[4~", "End"),
        (b"\x1b[3~", "Delete"),
        (b"\x1b[3^", "Ctrl-Delete"),
        (b"\x1b[5;5~", "Ctrl-PgUp"),
        (b"\x1b[112;5u", "Ctrl-P"),
        (b"\x1b[97;2u", "A"),
        (b"\x1b[27;5;113~", "Ctrl-Q"),
        (b"\x1b[13u", "Enter"),
    ] {
        let found = events(bytes);
        let [TerminalEvent::Key(key)] = found.as_slice() else { panic!("{bytes:?}: {found:?}") };
        assert_eq!(key.to_string(), expected, "{bytes:?}");
    }
}

#[test]
fn answers_and_noise_are_no_keys() {
    assert_eq!(events(b"\x1b[0n"), [TerminalEvent::Answer]);
    for noise in [
        &b"\x1b[24;80R"[..],
        b"\x1b[?62;22c",
        b"\x1b[I",
        b"\x1b]11;rgb:1c1c/1c1c/1c1c\x07",
        b"\x1b]11;rgb:1c1c/1c1c/1c1c\x1b\\",
        b"\x1bP>|term(1)\x1b\\",
        b"\x1b[<0;5",
        b"\xff\xfe",
        b"\xe5\xbc",
        b"\x1b[<35;5;5M",
        b"\x1b[99~",
    ] {
        assert_eq!(events(noise), [], "{noise:?}");
    }
}

#[test]
fn two_keys_in_one_portion() {
    let keys: Vec<String> = events("\x1b\x1b[A张x".as_bytes())
        .into_iter()
        .map(|event| match event {
            TerminalEvent::Key(key) => key.to_string(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(keys, ["Esc", "Up", "张", "x"]);
}

#[test]
fn pastes_are_never_keys() {
    let check = |bytes: &[u8], expected: &str| {
        assert_eq!(events(bytes), [TerminalEvent::Paste(expected.to_owned())]);
    };
    check(b"\x1b[200~rm -rf\r\x11\x1b[201~", "rm -rf\r\x11");
    check("\x1b[200~张三\x1b[201~".as_bytes(), "张三");
    check(b"\x1b[200~a\x1b[20x\x1b[201~", "a\x1b[20x");
    check(b"\x1b[200~lost end", "lost end");
    check(b"\x1b[200~\xff\x1b[201~", "\u{fffd}");
    let long = [b"\x1b[200~".as_slice(), &vec![b'x'; PASTE_LIMIT + 10], b"\x1b[201~"].concat();
    check(&long, &"x".repeat(PASTE_LIMIT));
}

#[test]
fn the_mouse_is_understood() {
    let event = |kind, x, y| TerminalEvent::Mouse(Mouse { kind, x, y });
    assert_eq!(events(b"\x1b[<0;5;7M"), [event(MouseKind::Press, 4, 6)]);
    assert_eq!(events(b"\x1b[<0;5;7m"), [event(MouseKind::Release, 4, 6)]);
    assert_eq!(events(b"\x1b[<65;1;1M"), [event(MouseKind::WheelDown, 0, 0)]);
}

/// Pieces that the parser knows, so that random input reaches more than its first branch.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = [
        &b"\x1b["[..],
        b"\x1b[200~",
        b"\x1b[201~",
        b"\x1b",
        b"\x1bO",
        b"\x1b]",
        b"\x1b\\",
        b"\x07",
        b"[",
        b";",
        b"5",
        b"~",
        b"u",
        b"<0;1;1M",
        b"0n",
        b"A",
        "张".as_bytes(),
        b"\xe5",
        b"\r",
        b"999999999999",
    ];
    prop_oneof![
        proptest::sample::select(known.map(<[u8]>::to_vec).to_vec()),
        proptest::collection::vec(any::<u8>(), 0..4)
    ]
}

proptest! {
    #[test]
    fn any_input_in_any_portions_means_the_same(pieces in proptest::collection::vec(piece(), 0..30), cut in 1usize..9) {
        let bytes = pieces.concat();
        let (mut parser, mut found) = (Parser::default(), Vec::new());
        for portion in bytes.chunks(cut) {
            parser.feed(portion, &mut found);
        }
        if parser.patience().is_some() {
            parser.time_out(&mut found);
        }
        prop_assert_eq!(parser.patience(), None);
        prop_assert_eq!(found, events(&bytes));
    }

    #[test]
    fn nothing_inside_a_paste_is_a_key(inside in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assume!(memchr::memmem::find(&inside, PASTE_END).is_none());
        // The last bytes must not join the end mark.
        let bytes = [b"\x1b[200~", inside.as_slice(), b".\x1b[201~"].concat();
        let expected = format!("{}.", String::from_utf8_lossy(&inside));
        prop_assert_eq!(events(&bytes), [TerminalEvent::Paste(expected)]);
    }
}
