from __future__ import annotations

import pytest

from app.desktop.chords import KEYS, Chord, parse_chord
from app.desktop.x11_keymap import KeyCombination, X11Keymap

NO = 0
_US = {
    9: (0xFF1B,),
    10: (0x31, 0x21),
    11: (0x32, 0x40),
    37: (0xFFE3,),
    38: (0x61, 0x41),
    50: (0xFFE1,),
    64: (0xFFE9, 0xFFE7),
    65: (0x20,),
    66: (0xFFE5,),
    75: (0xFFC6,),
    77: (0xFF7F,),
    78: (0xFF14,),
    105: (0xFFE4,),
    108: (0xFFEA,),
    133: (0xFFEB,),
}
_MODIFIERS = [(50, 62), (66, 0), (37, 105), (64, 108), (77,), (), (133,), (92,)]


def keymap(changes: dict[int, tuple[int, ...]] | None = None, **rows: tuple[int, ...]) -> X11Keymap:
    levels = {**_US, **(changes or {})}
    modifiers = [rows.get(f"mod{n}", row) for n, row in enumerate(_MODIFIERS)]
    return X11Keymap(8, [levels.get(code, (NO,)) for code in range(8, 256)], modifiers)


def test_a_chord_becomes_keycode_and_mask() -> None:
    found = keymap().combination(parse_chord("Ctrl+Alt+Space"))
    assert found == KeyCombination(frozenset({65}), 0b1100, frozenset({37, 105, 64, 108}))
    assert keymap().combination(Chord("F9")) == KeyCombination(frozenset({75}), 0, frozenset())


def test_every_state_of_the_locks_is_grabbed() -> None:
    assert sorted(keymap().with_locks(4)) == [4, 4 | 2, 4 | 16, 4 | 2 | 16]
    scroll = keymap(mod5=(78,))
    assert len(scroll.with_locks(0)) == 8
    assert scroll.without_locks(0b0011_0010 | 4 | 1 << 13 | 1 << 8) == 4


def test_modifiers_are_where_the_server_has_them() -> None:
    moved = keymap(mod3=(133,), mod6=(64, 108))
    found = moved.combination(parse_chord("Alt+F9"))
    assert found is not None
    assert found.mask == 1 << 6


def test_a_digit_that_needs_shift_is_found_on_its_key() -> None:
    french = keymap({10: (0x26, 0x31)})
    found = french.combination(parse_chord("Ctrl+Alt+1"))
    assert found is not None
    assert found.keycodes == {10}


def test_on_a_layout_without_latin_letters_the_place_of_the_key_counts() -> None:
    russian = keymap({38: (0x06C6, 0x06E6)})
    found = russian.combination(parse_chord("Ctrl+Alt+A"))
    assert found is not None
    assert found.keycodes == {38}


def test_a_letter_on_a_third_level_is_not_its_key() -> None:
    odd = keymap({38: (0x06C6, 0x06E6), 11: (0x32, 0x40, 0x61)})
    found = odd.combination(parse_chord("Ctrl+Alt+A"))
    assert found is not None
    assert found.keycodes == {38}


def test_a_key_that_is_not_there_is_none() -> None:
    assert keymap().combination(Chord("Pause")) is None


@pytest.mark.parametrize("key", KEYS)
def test_every_key_has_a_place_in_the_table(key: str) -> None:
    found = keymap().combination(Chord(key))
    assert found is None or found.keycodes
