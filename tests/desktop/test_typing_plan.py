import pytest
from hypothesis import given, strategies as st

from app.desktop.typing_plan import (
    Key,
    Layout,
    keysym_of,
    lendings,
    needs_lending,
    plan,
    read_layout,
)

A, B, SHARP_S, SHIFT = 0x61, 0x62, 0xDF, 0xFFE1
ROWS = [[A, 0x41, 0x6C6, 0x6E6, 0], [B, 0x42, 0, 0, 0], [0] * 5, [SHIFT] * 4 + [0], [0] * 5]


def test_the_keys_of_each_group_are_read():
    first = read_layout(ROWS, 38, 0)
    assert (first.keys[A], first.keys[0x41]) == (Key(38), Key(38, shifted=True))
    assert first.spare == (40, 42)
    second = read_layout(ROWS, 38, 1)
    assert (second.keys[0x6C6], A in second.keys) == (Key(38), False)
    assert read_layout(ROWS, 38, 2).keys == {}


@pytest.mark.parametrize(
    ("character", "symbol"),
    [("a", 0x61), ("ß", 0xDF), ("€", 0x010020AC), ("🙂", 0x0101F642), ("\n", 0xFF0D)],
)
def test_a_character_has_its_keysym(character, symbol):
    assert keysym_of(character) == symbol


def test_neighbours_are_lent_first():
    rows = [[0], [A], [0], [0], [B], [0], [0], [0]]
    assert read_layout(rows, 8, 0).spare == (13, 14, 15, 10, 11, 8)


def test_keys_are_lent_to_what_the_layout_lacks():
    layout = read_layout(ROWS, 38, 0)
    assert not needs_lending("abAB", layout)
    assert needs_lending("aß", layout)
    batches = plan("aßa€b漢a", layout, 100)
    assert [batch.text for batch in batches] == ["aßa€b", "漢a"]
    assert batches[0].lent == {40: SHARP_S, 42: 0x010020AC}
    assert list(batches[1].lent.values()) == [keysym_of("漢")]
    assert (lendings(batches), lendings(plan("abab", layout, 1))) == (2, 0)


def test_without_a_spare_key_nothing_is_lent():
    layout = Layout({A: Key(38)}, (), 4)
    assert [batch.text for batch in plan("aaa", layout, 2)] == ["aa", "a"]
    with pytest.raises(ValueError, match="no key"):
        plan("aß", layout, 2)


@given(st.text(st.sampled_from("abABß€漢字🙂é")), st.integers(1, 5))
def test_the_pieces_are_the_text_and_every_character_has_a_key(text, at_most):
    layout = read_layout(ROWS, 38, 0)
    batches = plan(text, layout, at_most)
    assert "".join(batch.text for batch in batches) == text
    for batch in batches:
        assert 0 < len(batch.text) <= at_most
        have = set(layout.keys) | set(batch.lent.values())
        assert all(keysym_of(character) in have for character in batch.text)
        assert set(batch.lent) <= set(layout.spare)
