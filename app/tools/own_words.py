"""Whose words a running tool keeps. For the tool that runs in this task."""

from __future__ import annotations

from contextvars import ContextVar

from app.permission.standing import Standing, is_said

_standing: ContextVar[Standing | None] = ContextVar("standing", default=None)


def judged_by(standing: Standing) -> None:
    """From now on in this task, and those it starts, this is what the conversation had seen."""
    _standing.set(standing)


def is_foreign(text: str) -> bool:
    """Whether `text` may hold words that others wrote; not where no tool runs.

    In a conversation that has seen such words, only what the user said word for word is their own.
    """
    standing = _standing.get()
    return standing is not None and standing.is_tainted and not is_said(text, standing.said)
