"""A question about a tool, as a terminal shows it."""

from __future__ import annotations

from app import events
from app.escapes import escaped


def asked_in_words(asked: events.ApprovalRequested) -> str:
    """The question with its exact arguments, and whose words may have led to it."""
    text = f"{escaped(asked.question)} {escaped(asked.arguments)}"
    if not asked.origins:
        return text
    seen = ", ".join(origin.value for origin in asked.origins)
    return f"{text}\n  Words that you did not say are in this conversation, from: {seen}."
