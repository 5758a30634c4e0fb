from __future__ import annotations

import datetime
import enum

import pytest

from app import settings
from app.errors import Action
from app.events import KeyPlace
from app.state import Phase, State
from ui import words


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (State(Phase.IDLE), "Ready"),
        (State(Phase.LISTENING), "Listening"),
        (State(Phase.THINKING, detail="Asking gpt-4o"), "Asking gpt-4o"),
        (State(Phase.THINKING), "Thinking"),
        (State(Phase.SPEAKING), "Speaking · Esc to stop"),
        (State(Phase.IDLE, muted=True), "Muted: the microphone is off"),
        (State(Phase.SPEAKING, muted=True), "Speaking · Esc to stop"),
    ],
)
def test_word_of_the_state(state: State, word: str) -> None:
    assert words.state_word(state) == word


def test_every_phase_has_a_word() -> None:
    assert all(words.state_word(State(phase)) for phase in Phase)
    assert words.state_word(State(Phase.IDLE), failed=True) == "Needs attention"


def test_every_action_and_place_has_words() -> None:
    assert all(words.ACTIONS[action] for action in Action if action is not Action.NONE)
    assert set(words.ACTIONS) == set(Action)
    assert set(words.KEY_PLACES) == set(KeyPlace)


def test_every_choice_reads_like_words() -> None:
    for tree in vars(settings).values():
        if isinstance(tree, type) and issubclass(tree, enum.StrEnum) and tree is not enum.StrEnum:
            assert all("_" not in words.choice(value) for value in tree)


def test_provider_label() -> None:
    openai = "https://api.openai.com/v1"
    assert words.provider("built_in", "gpt-4o", openai, "") == "Built in"
    assert words.provider("server", "gpt-4o", openai, "other") == "gpt-4o"
    assert words.provider("server", "", openai, "gpt-4.1") == "gpt-4.1"
    assert words.provider("server", "", openai, "built in") == "OpenAI"
    assert words.provider("server", "", "http://localhost:8000/v1", "") == "localhost:8000"
    assert words.provider("server", "", "http://[broken", "") == "Server"


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "0.1 s"), (0.44, "0.4 s"), (12.4, "12 s"), (125.0, "2 min 5 s")]
)
def test_durations(value: float, text: str) -> None:
    assert words.seconds(value) == text


@pytest.mark.parametrize(
    ("ago", "heading"),
    [(-1, "Today"), (0, "Today"), (1, "Yesterday"), (6, "This week"), (7, "Earlier")],
)
def test_heading_of_a_day(ago: int, heading: str) -> None:
    today = datetime.date(2026, 5, 4)
    assert words.day(today - datetime.timedelta(days=ago), today) == heading


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ä 漢字 🙂 {}", "plain ä 漢字 🙂 {}"),
        ("a\nb", "a\nb"),
        ("a\tb\rc\x00d\x1b", "a\\u0009b\\u000dc\\u0000d\\u001b"),
        ("safe\u202egnp.exe", "safe\\u202egnp.exe"),
        ("zero\u200bwidth\u2066x\ufeff", "zero\\u200bwidth\\u2066x\\ufeff"),
        ("no\u00a0break\u2028line", "no\\u00a0break\\u2028line"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("lone\ud800", "lone\\ud800"),
    ],
)
def test_what_hides_or_reorders_is_spelled_out(text: str, shown: str) -> None:
    assert words.escaped(text) == shown


def test_arguments_laid_out() -> None:
    assert words.laid_out('{"a":1}') == '{\n  "a": 1\n}'
    assert words.laid_out("not json") == "not json"
