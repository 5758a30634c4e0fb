"""A question about a call, and its answer. Plain values."""

from __future__ import annotations

from dataclasses import dataclass

from app.permission.borrowed import Span
from app.permission.grants import Offer, Scope
from app.permission.record import Allowed
from app.providers.base import ToolCall
from app.tools.base import Origin, Tool
from app.tools.policy import Why


@dataclass(frozen=True, slots=True)
class Question:
    """`text` is a sentence, `call.arguments` what exactly is asked about.

    `marks` are the parts of the arguments that others wrote, `origins` where such words came from
    in this conversation, `offers` what may be allowed beyond this once.
    """

    call: ToolCall
    tool: Tool
    text: str
    why: Why
    by_voice: bool = False
    origins: tuple[Origin, ...] = ()
    marks: tuple[Span, ...] = ()
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """`scope` is what was allowed beyond this once."""

    yes: bool
    by: Allowed = Allowed.HAND
    scope: Scope | None = None
