"""Clean-up by a chat model: the transcript is data, and what comes back is checked.

Whatever goes wrong, the text that went in comes out, with the reason.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from importlib.resources import files

from app.dictation.clean_up_guard import Fault, fault_in, unwrapped
from app.dictation.modes import Latitude, Mode
from app.errors import AppError
from app.providers.base import (
    ChatChunk,
    ChatMessage,
    ChatModel,
    ChatRole,
    Finished,
    FinishReason,
    TextDelta,
    ToolCall,
)

LONGEST_CHARS = 24_000
"""More is not given to a model in one piece."""

_LEAST_S = 4.0
_S_PER_CHAR = 0.006
_MOST_S = 60.0
_LONGEST_REPLY = 4
_FENCE, _FENCE_END = "<transcript>", "</transcript>"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The text to insert. With a `fault` it is the one that went in; `error` tells of a failure."""

    text: str
    by: str = ""
    fault: Fault | None = None
    error: AppError | None = None


def deadline_s(text: str) -> float:
    """How long clean-up may take before the text is inserted without it."""
    return min(_MOST_S, _LEAST_S + _S_PER_CHAR * len(text))


async def cleaned(
    text: str,
    mode: Mode,
    model: ChatModel,
    *,
    language: str = "en",
    vocabulary: Sequence[str] = (),
    within_s: float | None = None,
) -> Cleaned:
    """`text` as `mode` wants it, or unchanged where the model fails, is slow or disobeys.

    Raises nothing but CancelledError.
    """
    if not mode.instruction or not text.strip():
        return Cleaned(text)
    if len(text) > LONGEST_CHARS:
        return Cleaned(text, fault=Fault.TOO_LONG)
    limit = deadline_s(text) if within_s is None else within_s
    try:
        async with asyncio.timeout(limit):
            reply = await _reply(text, messages_for(text, mode, vocabulary), model)
    except TimeoutError:
        return Cleaned(text, model.label, Fault.TOO_SLOW)
    except AppError as error:
        return Cleaned(text, model.label, Fault.FAILED, error)
    if reply is None:
        return Cleaned(text, model.label, Fault.CUT_OFF)
    edited = unwrapped(reply, text)
    fault = fault_in(edited, text, mode.latitude, language)
    return Cleaned(text if fault else _as_begun(edited, text), model.label, fault)


def messages_for(text: str, mode: Mode, vocabulary: Sequence[str] = ()) -> tuple[ChatMessage, ...]:
    """What the model is sent: the rules and the task, and the transcript in its fence."""
    rules = [_rules(), f"The task: {mode.instruction.strip()}"]
    if vocabulary and mode.latitude is not Latitude.TRANSLATED:
        rules.append(f"Names that may occur, spelled like this: {', '.join(vocabulary)}.")
    fenced = text.replace(_FENCE, "").replace(_FENCE_END, "")
    return (
        ChatMessage(ChatRole.SYSTEM, "\n\n".join(rules)),
        ChatMessage(ChatRole.USER, f"{_FENCE}\n{fenced}\n{_FENCE_END}"),
    )


def _as_begun(edited: str, source: str) -> str:
    """The edit with the white space around the source, and its small letter at the start."""
    inner = source.strip()
    lead, _, trail = source.partition(inner)
    same = edited[:2].casefold() == inner[:2].casefold()
    first = inner[0] if same and inner[0].islower() else edited[0]
    return f"{lead}{first}{edited[1:]}{trail}"


@functools.cache
def _rules() -> str:
    path = files("resources").joinpath("prompts", "clean_up.md")
    return path.read_text(encoding="utf-8").strip()


async def _reply(text: str, messages: Sequence[ChatMessage], model: ChatModel) -> str | None:
    """The whole reply; None when it was cut off, wanted a tool or would not end."""
    longest = _LONGEST_REPLY * len(text) + 1000
    reply = ""
    chunks: AsyncGenerator[ChatChunk, None] = model.reply(messages, ())
    async with aclosing(chunks):
        async for chunk in chunks:
            match chunk:
                case TextDelta(more):
                    reply += more
                case ToolCall():
                    return None
                case Finished(reason):
                    return reply if reason is FinishReason.STOP else None
            if len(reply) > longest:
                return None
    return None
