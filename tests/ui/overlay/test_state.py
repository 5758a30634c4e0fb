"""The pill's state by values: event after event, what is shown."""

from __future__ import annotations

import datetime

import pytest

from app import events
from app.dictation import commands
from app.dictation.events import (
    DictationEnded,
    DictationPartial,
    DictationPhaseChanged,
    DictationStarted,
)
from app.dictation.record import DictationPhase, Outcome, Remedy, ScreenRect, Target
from app.services import Service
from ui.overlay.state import Glyph, PillState, clock, command_of, dismissed, reduce

NOW = datetime.datetime(2026, 5, 4, 9, 0, tzinfo=datetime.UTC)
CARET = ScreenRect(10, 20, 1, 16)


def after(*told: object) -> PillState:
    pill = PillState()
    for event in told:
        pill = reduce(pill, event)  # type: ignore[arg-type]
    return pill


def started(name: str = "a", mode: str = "") -> DictationStarted:
    return DictationStarted(name, NOW, Target("Firefox", "Mail"), CARET, mode=mode)


def phase(value: DictationPhase, name: str = "a") -> DictationPhaseChanged:
    return DictationPhaseChanged(name, value)


def test_nothing_is_shown_before_the_first_dictation() -> None:
    assert not PillState().is_shown
    assert not after(events.LevelChanged(1.0, 1.0), DictationPartial("a", "words")).is_shown


def test_a_dictation_that_began_listens() -> None:
    pill = after(started(mode="E-mail"))
    assert pill.glyph is Glyph.LISTENING
    assert pill.word == "Listening · E-mail"
    assert pill.caret == CARET
    assert not pill.stays
    assert pill.button == ""


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (DictationPhase.TRANSCRIBING, "Turning speech into text"),
        (DictationPhase.CLEANING, "Tidying up"),
        (DictationPhase.INSERTING, "Inserting"),
    ],
)
def test_what_is_done_is_said_and_shown_by_dots(value: DictationPhase, word: str) -> None:
    pill = after(started(), phase(value))
    assert (pill.glyph, pill.word) == (Glyph.DOTS, word)


def test_the_newest_level_is_in_the_middle_and_moves_outward() -> None:
    pill = after(started(), *(events.LevelChanged(level, 0) for level in (0.1, 0.5, 2.0)))
    assert pill.bars == (0.0, 0.0, 0.1, 0.5, 1.0, 0.5, 0.1, 0.0, 0.0)


def test_levels_count_only_while_it_listens() -> None:
    pill = after(started(), phase(DictationPhase.INSERTING), events.LevelChanged(1.0, 0))
    assert max(pill.bars) == 0.0


def test_a_partial_replaces_the_one_before_and_stays_while_it_is_worked_on() -> None:
    pill = after(started(), DictationPartial("a", "Dear"), DictationPartial("a", "Dear Anna"))
    assert pill.words_so_far == "Dear Anna"
    assert reduce(pill, phase(DictationPhase.CLEANING)).words_so_far == "Dear Anna"


def test_late_events_of_another_dictation_change_nothing() -> None:
    pill = after(started("a"), started("b"))
    for late in (
        DictationPartial("a", "old"),
        phase(DictationPhase.INSERTING, "a"),
        DictationEnded("a", Outcome.INSERTED),
    ):
        assert reduce(pill, late) is pill


def test_a_new_dictation_takes_the_place_of_an_outcome() -> None:
    pill = after(started("a"), DictationEnded("a", Outcome.FAILED, message="No."), started("b"))
    assert pill.dictation_id == "b"
    assert pill.outcome is None
    assert pill.message == ""


def test_success_goes_by_itself_and_asks_for_nothing() -> None:
    pill = after(
        started(),
        DictationPartial("a", "Dear Anna"),
        DictationEnded("a", Outcome.INSERTED, "Dear Anna", "Inserted.", Remedy.INSERT_AGAIN),
    )
    assert pill.glyph is Glyph.CHECK
    assert pill.lingers_ms == 1200
    assert (pill.button, pill.words_so_far) == ("", "")


@pytest.mark.parametrize("outcome", [Outcome.COPIED, Outcome.HELD, Outcome.KEPT, Outcome.FAILED])
def test_what_did_not_arrive_stays_and_warns(outcome: Outcome) -> None:
    pill = after(started(), DictationEnded("a", outcome, "text"))
    assert pill.stays
    assert pill.glyph is Glyph.TRIANGLE
    assert pill.word != ""
    assert pill.words_so_far == "text"
    assert not dismissed(pill).is_shown


def test_nothing_heard_goes_by_itself_unless_something_can_be_brought_back() -> None:
    assert after(started(), DictationEnded("a", Outcome.NOTHING_HEARD)).lingers_ms is not None
    pill = after(started(), DictationEnded("a", Outcome.NOTHING_HEARD, action=Remedy.BRING_BACK))
    assert pill.stays
    assert pill.button == "Bring back"


@pytest.mark.parametrize(
    ("action", "command"),
    [
        (Remedy.INSERT_AGAIN, commands.InsertAgain("a")),
        (Remedy.COPY, commands.CopyDictation("a")),
        (Remedy.RETRY, commands.RetryDictation("a")),
        (Remedy.BRING_BACK, commands.BringBackDropped("a")),
        (Remedy.NONE, None),
    ],
)
def test_the_button_asks_for_what_it_says(
    action: Remedy, command: commands.DictationCommand | None
) -> None:
    assert command_of(after(started(), DictationEnded("a", Outcome.HELD, action=action))) == command


def test_the_outcome_of_an_older_dictation_is_shown_when_nothing_goes_on() -> None:
    pill = after(DictationEnded("old", Outcome.INSERTED, "text", "Inserted into Mail."))
    assert (pill.dictation_id, pill.word) == ("old", "Inserted into Mail.")


def test_a_dictation_that_goes_on_cannot_be_dismissed() -> None:
    pill = after(started())
    assert dismissed(pill) is pill


def test_a_wait_for_the_server_says_why_until_it_is_over() -> None:
    wait = events.RetryWaiting("w", Service.TRANSCRIPTION, "OpenAI is busy.", 4.0)
    pill = after(started(), phase(DictationPhase.TRANSCRIBING), wait)
    assert pill.word == "OpenAI is busy."
    assert reduce(pill, events.RetryOver("w")).word == "Turning speech into text"
    assert after(wait).waits == ()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1.0, "0:00"), (7.9, "0:07"), (754.0, "12:34"), (3605.0, "1:00:05")],
)
def test_time_passed(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_while_it_is_not_known_where_the_text_should_go_the_pill_asks() -> None:
    pill = reduce(PillState(), phase(DictationPhase.WAITING))
    assert pill.is_shown
    assert pill.needs_somebody
    assert pill.words_so_far == "Click where the text should go."
    assert "Esc" in pill.word
    pill = reduce(pill, phase(DictationPhase.INSERTING))
    assert not pill.needs_somebody
    assert reduce(pill, DictationEnded("a", Outcome.INSERTED)).outcome is Outcome.INSERTED


def test_it_does_not_ask_in_the_middle_of_a_dictation() -> None:
    pill = reduce(PillState(), DictationStarted("b", NOW))
    assert reduce(pill, phase(DictationPhase.WAITING)) is pill
