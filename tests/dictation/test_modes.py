from __future__ import annotations

import pytest

from app.dictation.modes import MODES, VERBATIM, Latitude, Mode, ModeRule, mode_for, mode_named

RULES = (
    ModeRule("chat", app="*slack*"),
    ModeRule("email", title="*- Thunderbird"),
    ModeRule("code_comment", app="code"),
    ModeRule("tidy", app="code", title="*.md*"),
    ModeRule("translate", app="c*"),
    ModeRule("gone", app="code", title="README.md - notes"),
)


@pytest.mark.parametrize(
    ("app", "title", "mode"),
    [
        ("Slack", "general", "chat"),
        ("com.slack.Slack", "", "chat"),
        ("thunderbird", "Inbox - Thunderbird", "email"),
        ("Code", "main.py", "code_comment"),
        ("code", "README.md - notes", "tidy"),
        ("chromium", "New tab", "translate"),
        ("xterm", "bash", "verbatim"),
        ("", "", "verbatim"),
    ],
)
def test_the_most_specific_rule_that_fits_wins(app: str, title: str, mode: str) -> None:
    assert mode_for(app, title, RULES, MODES, "verbatim").id == mode


def test_brackets_in_a_pattern_mean_themselves() -> None:
    rules = (ModeRule("chat", title="[draft] *"),)
    assert mode_for("x", "[Draft] letter", rules, MODES, "tidy").id == "chat"
    assert mode_for("x", "d letter", rules, MODES, "tidy").id == "tidy"


def test_of_equal_rules_the_first_wins() -> None:
    rules = (ModeRule("chat", app="code"), ModeRule("tidy", app="code"))
    assert mode_for("code", "", rules, MODES, "verbatim").id == "chat"


def test_an_unknown_mode_is_verbatim() -> None:
    assert mode_named("gone", MODES) is VERBATIM
    assert mode_for("x", "", (), (Mode("mine", "Mine", "Shout."),), "MINE").label == "Mine"


def test_modes_have_names_of_their_own_and_only_verbatim_asks_no_model() -> None:
    assert len({mode.id for mode in MODES}) == len(MODES)
    assert [mode.id for mode in MODES if not mode.instruction] == ["verbatim"]
    assert {mode.latitude for mode in MODES} == set(Latitude)
