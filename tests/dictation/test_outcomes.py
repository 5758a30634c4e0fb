"""Receipts in words: each verdict says what happened, and offers what helps."""

from __future__ import annotations

import pytest

from app.desktop.insertion import Evidence, Method, Reason, Receipt, Verdict
from app.desktop.target import Target
from app.dictation.outcomes import told
from app.dictation.record import Outcome, Remedy

EDITOR = Target(7, "org.example.Editor", "Editor")


def receipt(
    verdict: Verdict, reason: Reason = Reason.NONE, evidence: Evidence = Evidence.NONE
) -> Receipt:
    return Receipt(verdict, Method.PASTE, EDITOR, reason, evidence)


@pytest.mark.parametrize(
    ("verdict", "outcome", "action"),
    [
        (Verdict.INSERTED, Outcome.INSERTED, Remedy.NONE),
        (Verdict.UNCONFIRMED, Outcome.SENT, Remedy.COPY),
        (Verdict.COPIED, Outcome.COPIED, Remedy.INSERT_AGAIN),
        (Verdict.HELD, Outcome.HELD, Remedy.INSERT_AGAIN),
        (Verdict.REFUSED, Outcome.HELD, Remedy.COPY),
    ],
)
def test_each_verdict_has_an_outcome_and_a_remedy(
    verdict: Verdict, outcome: Outcome, action: Remedy
) -> None:
    end = told(receipt(verdict))
    assert (end.outcome, end.action) == (outcome, action)
    assert end.message.endswith(".")
    assert end.detail.endswith(".")


def test_the_detail_says_how_it_is_known() -> None:
    read = told(receipt(Verdict.INSERTED, evidence=Evidence.READ_BY_TARGET))
    seen = told(receipt(Verdict.INSERTED, evidence=Evidence.SEEN_IN_FIELD))
    assert read.detail == "Read by Editor."
    assert seen.detail == "Seen in the field of Editor."


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("verdict", [Verdict.HELD, Verdict.REFUSED, Verdict.UNDONE])
def test_whatever_was_in_the_way_is_a_sentence(verdict: Verdict, reason: Reason) -> None:
    end = told(receipt(verdict, reason))
    assert end.outcome is Outcome.HELD
    assert "{" not in end.message
    assert end.message.endswith(".")


def test_a_password_field_is_named() -> None:
    assert "password" in told(receipt(Verdict.REFUSED, Reason.PASSWORD_FIELD)).message


def test_a_program_without_a_name_is_still_a_sentence() -> None:
    blind = Receipt(Verdict.HELD, Method.NONE, None, Reason.NOT_READ)
    assert told(blind).message == "The text was not taken by the program. It waits."


def test_what_the_system_forbids_is_named() -> None:
    elevated = told(receipt(Verdict.HELD, Reason.ELEVATED)).message
    assert "administrator" in elevated
    assert "Windows" in elevated
    allowed = told(receipt(Verdict.HELD, Reason.NOT_ALLOWED)).message
    assert "System Settings, Privacy & Security, Accessibility" in allowed
    assert "keyboard" in told(receipt(Verdict.REFUSED, Reason.SECURE_INPUT)).message
