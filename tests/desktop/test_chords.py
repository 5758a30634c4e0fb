from __future__ import annotations

import pytest

from app.desktop.chords import ESCAPE, KEYS, Chord, ChordError, Modifier, parse_chord


@pytest.mark.parametrize(
    ("text", "chord"),
    [
        ("Ctrl+Alt+Space", Chord("Space", frozenset({Modifier.CTRL, Modifier.ALT}))),
        ("  alt + CONTROL+ space ", Chord("Space", frozenset({Modifier.CTRL, Modifier.ALT}))),
        ("F9", Chord("F9")),
        ("shift+f24", Chord("F24", frozenset({Modifier.SHIFT}))),
        ("Right Ctrl", Chord("Right Ctrl")),
        ("rightctrl", Chord("Right Ctrl")),
        ("AltGr", Chord("Right Alt")),
        ("break", Chord("Pause")),
        ("Cmd+Option+d", Chord("D", frozenset({Modifier.SUPER, Modifier.ALT}))),
        ("Ctrl+Shift+C", Chord("C", frozenset({Modifier.CTRL, Modifier.SHIFT}))),
        ("Super+.", Chord("Period", frozenset({Modifier.SUPER}))),
        ("Ctrl+Escape", Chord("Escape", frozenset({Modifier.CTRL}))),
    ],
)
def test_a_chord_is_read_however_it_is_written(text: str, chord: Chord) -> None:
    assert parse_chord(text) == chord


def test_a_chord_is_written_in_one_way_only() -> None:
    assert str(parse_chord("shift+win+ALT+ctrl+pgup")) == "Ctrl+Alt+Shift+Super+Page Up"
    assert str(ESCAPE) == "Escape"


@pytest.mark.parametrize("key", KEYS)
def test_what_is_written_can_be_read(key: str) -> None:
    chord = Chord(key)
    if not chord.is_lone_modifier:
        chord = Chord(key, frozenset({Modifier.SUPER, Modifier.CTRL}))
    assert parse_chord(str(chord)) == chord


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a", "A could no longer be used for typing"),
        ("Shift+Space", "Shift+Space could no longer be used for typing"),
        ("Escape", "Escape could no longer be used for typing"),
        ("Ctrl+C", "Ctrl+C copies in other programs"),
        ("Ctrl+Alt+Del", "belongs to the system"),
        ("Ctrl", "Ctrl alone is part of too many shortcuts"),
        ("Left Alt", "Left Alt alone is part of too many shortcuts"),
        ("right shift", "alone is part of too many shortcuts"),
        ("Shift+Right Ctrl", "a hotkey by itself only"),
        ("Hyper+A", "“hyper” is not one of"),
        ("Ctrl+Foo", "no key named “foo”"),
        ("Ctrl+", "Press a key"),
        ("", "Press a key"),
    ],
)
def test_what_would_do_harm_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ChordError, match=reason.replace("+", r"\+")):
        parse_chord(text)
