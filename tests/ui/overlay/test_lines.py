"""Text in the few lines that there is room for."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st
from PySide6.QtGui import QFontMetricsF

from ui.overlay.lines import first_lines, is_right_to_left, last_lines, wrapped
from ui.theme import font

WIDTH = 240.0
LONG = "I have read the draft twice and I agree with nearly all of it. " * 400


def test_the_end_of_a_long_text_is_what_is_shown(theme) -> None:
    lines = last_lines(LONG + "Yours, Anna", font(), WIDTH, 3)
    assert len(lines) == 3
    assert lines[0].startswith("… ")
    assert lines[-1].endswith("Yours, Anna")


def test_the_beginning_of_a_long_text_ends_in_an_ellipsis(theme) -> None:
    lines = first_lines(LONG, font(), WIDTH, 3)
    assert len(lines) == 3
    assert lines[0].startswith("I have read")
    assert lines[-1].endswith("…")


def test_a_short_text_is_shown_whole(theme) -> None:
    assert last_lines("Dear Anna", font(), WIDTH, 3) == ["Dear Anna"]
    assert first_lines("Dear\n Anna", font(), WIDTH, 3) == ["Dear Anna"]
    assert first_lines(" ", font(), WIDTH, 3) == last_lines("", font(), WIDTH, 3) == []


def test_every_line_fits(theme) -> None:
    for text in (LONG, "漢字" * 300, "x" * 900, "👩‍👩‍👧 " * 200):
        for line in (*last_lines(text, font(), WIDTH, 3), *first_lines(text, font(), WIDTH, 3)):
            assert QFontMetricsF(font()).horizontalAdvance(line) <= WIDTH + 1


@settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from("ab ä漢🙂"), max_size=120))
def test_wrapping_loses_no_character(text: str) -> None:
    joined = "".join("".join(line.split()) for line in wrapped(text, font(), WIDTH))
    assert joined == "".join(text.split())


def test_the_first_letter_with_a_direction_decides() -> None:
    assert is_right_to_left("1. שלום")
    assert not is_right_to_left("Anna שלום")
    assert not is_right_to_left("123")
