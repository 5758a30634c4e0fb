from __future__ import annotations

import pytest

from app.conversation.inventions import (
    is_credit,
    is_echo,
    is_known_invention,
    is_mark_of_silence,
)


@pytest.mark.parametrize("text", ["[BLANK_AUDIO]", " (silence) ", "♪♪", "*music*", "[ Applaus ]"])
def test_signs_for_no_words_are_known(text: str) -> None:
    assert is_mark_of_silence(text)


@pytest.mark.parametrize("text", ["Music", "(music) Play it.", "", "[draft]"])
def test_other_text_is_no_sign(text: str) -> None:
    assert not is_mark_of_silence(text)


def test_a_known_invention_may_be_said_a_credit_is_not() -> None:
    assert is_known_invention("THANK YOU!")
    assert not is_credit("Thank you.")
    assert is_known_invention("Sous-titres réalisés par la communauté d’Amara.org")
    assert is_credit("Sous-titres réalisés par la communauté d’Amara.org")
    assert not is_known_invention("Thank you for the tea.")


@pytest.mark.parametrize(
    ("text", "echo"),
    [
        ("Sayso, Größe, Claude Code", True),
        ("größe claude code.", True),
        ("Sayso", False),
        ("Größe, Sayso", False),
        ("Sayso, Größe and more", False),
        ("", False),
    ],
)
def test_an_echo_is_a_run_of_the_list(text: str, echo: bool) -> None:
    assert is_echo(text, ("Sayso", "Größe", "Claude Code")) is echo
