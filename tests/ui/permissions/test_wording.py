from __future__ import annotations

import dataclasses
import datetime

import pytest

from app.permission.events import ListedTool
from app.permission.mode import Mode
from app.permission.record import Allowed, CallRecord, Fate
from app.tools.base import Origin, Risk
from app.tools.policy import Why
from tests.ui import told
from ui.permissions import wording

NOW = datetime.datetime(2027, 1, 14, 12, tzinfo=datetime.UTC)
TODAY = NOW.astimezone().date()
RECORD = CallRecord(
    NOW, "c", "find_files", Risk.READ, "{}", Fate.RAN, Allowed.POLICY, "harmless", seconds=0.31
)


@pytest.mark.parametrize(
    ("origins", "text"),
    [
        ((), ""),
        ((Origin.WEB,), "a web page"),
        ((Origin.WEB, Origin.SCREEN), "a picture and a web page"),
        (("web", "file", "clipboard"), "the clipboard, a file and a web page"),
        (("unknown",), ""),
    ],
)
def test_sources(origins, text):
    assert wording.sources(origins) == text


def test_every_value_has_a_word() -> None:
    for origin in Origin:
        assert wording.sources([origin])
    for fate in Fate:
        for by in Allowed:
            record = dataclasses.replace(RECORD, fate=fate, by=by)
            assert wording.headline(record)
            assert wording.account(record, TODAY)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, ""),
        ({"risk": Risk.IRREVERSIBLE, "why": Why.RISK}, "Cannot be undone."),
        ({"risk": Risk.SENDS_OUT, "why": Why.RISK}, "Sends something out."),
        ({"risk": Risk.READ, "why": Why.LEAK},
         "It would tell another computer something that comes from you."),
        ({"risk": Risk.REVERSIBLE, "why": Why.TAINT, "origins": (Origin.FILE,)},
         "This conversation contains words from a file. Say yes only if you want this yourself."),
        ({"risk": Risk.IRREVERSIBLE, "why": Why.RISK, "origins": (Origin.WEB,)},
         "Cannot be undone. This conversation contains words from a web page. "
         "Say yes only if you want this yourself."),
    ],
)  # fmt: skip
def test_why_it_is_asked(changes, text):
    assert wording.reason(dataclasses.replace(told.question(), **changes)) == text


@pytest.mark.parametrize(
    ("risk", "asks", "modes"),
    [
        (Risk.READ, False, ["as_needed", "ask", "off"]),
        (Risk.REVERSIBLE, True, ["as_needed", "ask", "allow", "off"]),
        (Risk.IRREVERSIBLE, True, ["as_needed", "ask", "off"]),
        (Risk.SENDS_OUT, True, ["as_needed", "ask", "off"]),
    ],
)
def test_what_can_be_chosen(risk, asks, modes):
    tool = ListedTool("t", "", "", risk, asks, Mode.AS_NEEDED)
    assert [mode for mode, _ in wording.modes(tool)] == modes


@pytest.mark.parametrize(
    ("changes", "headline", "account"),
    [
        ({}, "Find files · done in 0.3 s", "no question was needed"),
        ({"fate": Fate.DENIED, "by": Allowed.HAND}, "Find files · you said no", "you answered"),
        ({"fate": Fate.DENIED, "by": Allowed.NOBODY}, "Find files · not answered",
         "nobody answered"),
        ({"by": Allowed.GRANT, "grant": "find files\u202e"}, "Find files · done in 0.3 s",
         "allowed beforehand: find files\\u202e"),
        ({"fate": Fate.REFUSED, "why": "off"}, "Find files · refused", "it is switched off"),
        ({"fate": Fate.REFUSED, "why": "no_rule"}, "Find files · refused",
         "the rules forbid it"),
        ({"taint": ("file", "web")}, "Find files · done in 0.3 s",
         "no question was needed, after words from a file and a web page"),
    ],
)  # fmt: skip
def test_a_call_in_words(changes, headline, account):
    record = dataclasses.replace(RECORD, **changes)
    at = f"{NOW.astimezone():%H:%M}"
    assert wording.headline(record) == headline
    assert wording.account(record, TODAY) == f"{at} · {account}"
    earlier = wording.account(record, TODAY + datetime.timedelta(days=1))
    assert earlier == f"14 January 2027, {at} · {account}"


def test_a_tool_says_to_its_user_what_it_does() -> None:
    text = "The user's notes, newest first.  Use it when they ask for one. Never read them out."
    tool = ListedTool("list_notes", "notes", text, Risk.READ, False, Mode.AS_NEEDED)
    assert wording.does(tool) == "Your notes, newest first."
    assert (
        wording.does(dataclasses.replace(tool, description="Adds\ntwo numbers"))
        == "Adds two numbers"
    )
