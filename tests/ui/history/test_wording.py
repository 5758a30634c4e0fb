"""How a dictation is put into words."""

from __future__ import annotations

import datetime

import pytest

from app.dictation.record import Dictation, Outcome, Target
from ui.history.wording import caption, cost, facts, headline, spoken, when

ZONE = datetime.timezone(datetime.timedelta(hours=2))
NOW = datetime.datetime(2026, 5, 4, 9, 0, tzinfo=ZONE)
ROW = Dictation(
    "d", NOW, Target("Firefox", "Mail"), "E-mail", Outcome.HELD, "Dear\nAnna", seconds=4.25
)


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime.datetime(2026, 5, 4, 6, 5, tzinfo=datetime.UTC), "08:05"),
        (datetime.datetime(2026, 5, 3, 21, 59, tzinfo=datetime.UTC), "Yesterday 23:59"),
        (datetime.datetime(2026, 4, 30, 12, 0, tzinfo=datetime.UTC), "30 April 14:00"),
        (datetime.datetime(2025, 12, 31, 22, 30, tzinfo=datetime.UTC), "1 January 00:30"),
        (datetime.datetime(2025, 12, 30, 12, 0, tzinfo=datetime.UTC), "30 December 2025 14:00"),
    ],
)
def test_when(at: datetime.datetime, text: str) -> None:
    assert when(at, NOW) == text


def test_a_row_in_words() -> None:
    assert headline(ROW) == "Dear Anna"
    assert caption(ROW, NOW) == "Not inserted yet · 09:00 · Firefox · 4.2 s"
    assert spoken(ROW, NOW) == "Dear Anna. Not inserted yet · 09:00 · Firefox · 4.2 s"


def test_a_row_without_words_says_why() -> None:
    row = Dictation("d", NOW, outcome=Outcome.KEPT, detail="There is no connection.")
    assert spoken(row, NOW) == "There is no connection. 09:00"
    assert caption(row, NOW) == "09:00"


def test_facts_leave_out_what_is_not_known() -> None:
    assert facts(ROW, NOW) == (
        ("When", "09:00"),
        ("Program", "Firefox"),
        ("Window", "Mail"),
        ("Mode", "E-mail"),
        ("Length", "4.2 s"),
    )


@pytest.mark.parametrize(
    ("usd", "text"),
    [(None, ""), (0.0, "Free"), (0.0014, "About $0.0014"), (0.126, "About $0.13")],
)
def test_cost(usd: float | None, text: str) -> None:
    assert cost(usd) == text
