from __future__ import annotations

import pytest

from app.conversation.interjections import is_backchannel, is_stop


@pytest.mark.parametrize(
    "text", ["Mm-hm.", "Uh-huh", "Okay.", "Yeah, okay.", "Oh, right.", "I see.", "Go on.", "mhm"]
)
def test_a_listener_s_noises_take_no_turn(text: str) -> None:
    assert is_backchannel(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "Really?", "Stop.", "Okay, and tomorrow?", "Right now", "I", "on", "No.", "Wait.",
        "Yes, open the window please", "Okay set a timer", "Go.",
    ],
)  # fmt: skip
def test_everything_else_is_a_turn(text: str) -> None:
    assert not is_backchannel(text)


@pytest.mark.parametrize("text", ["Stop.", "stop it!", "Be quiet", "That’s enough."])
def test_who_asks_for_silence_asks_for_nothing_else(text: str) -> None:
    assert is_stop(text)
    assert not is_backchannel(text)


def test_a_question_about_stopping_is_a_question() -> None:
    assert not is_stop("Stop the timer")
