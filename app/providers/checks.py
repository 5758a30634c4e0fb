"""Trying a service as it is set up: what works, how fast, and in words. Touches no conversation."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Protocol

from app.errors import Action, AppError
from app.providers.base import (
    ChatMessage,
    ChatModel,
    ChatRole,
    Hints,
    Speech,
    TextDelta,
    ToolCall,
    ToolSpec,
    Transcriber,
)
from audio.pcm import Clip
from audio.wav import parse_wav

SPOKEN = "This is how I sound."
LONGEST_S = 30.0
"""What takes longer than this cannot be talked to."""

_READY = "This is a test. Answer with one word: ready"
_USE_TOOL = "This is a test. Call the tool report_ready now and write nothing."
_TOOL = ToolSpec(
    "report_ready",
    "Reports that tools can be used.",
    {
        "type": "object",
        "properties": {"ready": {"type": "boolean", "description": "Always true."}},
        "required": ["ready"],
        "additionalProperties": False,
    },
)
_SHOWN_CHARACTERS = 60

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a test showed. `action` helps where the service does not work."""

    ok: bool
    summary: str
    detail: str = ""
    seconds: float = 0.0
    action: Action = Action.NONE


class Player(Protocol):
    """Where the sound of a tested voice goes."""

    async def play(self, clip: Clip) -> None:
        """More of it."""
        ...

    async def finish(self) -> None:
        """That was all."""
        ...


async def bounded(
    check: Callable[[], Awaitable[Outcome]], clock: Clock = time.monotonic
) -> Outcome:
    """What `check` shows, or which trouble stood in its way; takes 30 s at most."""
    began = clock()
    try:
        async with asyncio.timeout(LONGEST_S):
            outcome = await check()
    except AppError as error:
        why = error.explanation
        outcome = Outcome(False, error.message, why.hint, action=why.action)
    except TimeoutError:
        outcome = Outcome(
            False, f"It was not done in {LONGEST_S:.0f} s.", "Try another model or server."
        )
    return replace(outcome, seconds=round(clock() - began, 2))


async def check_chat(
    model: ChatModel, *, is_built_in: bool, clock: Clock = time.monotonic
) -> Outcome:
    """Ask for one word, then for a call of a tool. Raises AppError where the first fails."""
    if is_built_in:
        words, _ = await _asked(model, "what time is it", ())
        return Outcome(bool(words), "Commands are answered on this computer.")
    await model.warm()  # what is loaded once is no part of the answer's time
    began, first_s = clock(), None
    words = ""
    async with contextlib.aclosing(model.reply(_turn(_READY), ())) as reply:
        async for chunk in reply:
            if isinstance(chunk, TextDelta) and chunk.text:
                first_s = clock() - began if first_s is None else first_s
                words += chunk.text
    if first_s is None or not words.strip():
        return Outcome(False, f"{model.label} answered nothing.", "Try another model.")
    summary = f"{model.label} answers; its first words came after {first_s:.1f} s."
    return Outcome(True, summary, await _tools_verdict(model))


async def check_transcription(
    transcriber: Transcriber, hints: Hints, clock: Clock = time.monotonic
) -> Outcome:
    """Have a bundled recording turned into words. Raises AppError."""
    await transcriber.warm()
    began = clock()
    words = (await transcriber.transcribe(spoken_question(), hints)).text.strip()
    if not words:
        return Outcome(False, f"{transcriber.label} heard no words.", "Try another model.")
    took = f"{clock() - began:.1f} s"
    summary = f"A recording was understood within {took}: {transcriber.label}."
    return Outcome(True, summary, f"“{_short(words)}”")


async def check_speech(
    speech: Speech, player: Player | None = None, clock: Clock = time.monotonic
) -> Outcome:
    """Have a sentence spoken, aloud where there is a player. Raises AppError."""
    await speech.warm()
    began, first_s, sound_ms = clock(), None, 0.0
    async with contextlib.aclosing(speech.speak(SPOKEN)) as sound:
        async for clip in sound:
            first_s = clock() - began if first_s is None else first_s
            sound_ms += clip.duration_ms
            if player is not None:
                await player.play(clip)
    if first_s is None or not sound_ms:
        return Outcome(False, f"{speech.label} made no sound.", "Try another model or voice.")
    if player is not None:
        await player.finish()
    done = "A sentence was spoken" if player is not None else "The sound of a sentence was made"
    summary = f"{done}: {speech.label}."
    detail = f"{sound_ms / 1000:.1f} s of sound; the first came after {first_s:.1f} s."
    return Outcome(True, summary, detail)


def spoken_question() -> Clip:
    """The bundled recording: “What time is it?”"""
    return parse_wav(files("resources").joinpath("sounds", "check.wav").read_bytes()).clip


async def _tools_verdict(model: ChatModel) -> str:
    try:
        _, called = await _asked(model, _USE_TOOL, (_TOOL,))
    except AppError as error:
        return f"Tools do not work: {error.message}"
    return "Tools work." if called else "It did not use a tool, so it may only talk."


async def _asked(model: ChatModel, text: str, tools: tuple[ToolSpec, ...]) -> tuple[str, bool]:
    """The words of a reply, and whether it called a tool."""
    words, called = "", False
    async with contextlib.aclosing(model.reply(_turn(text), tools)) as reply:
        async for chunk in reply:
            if isinstance(chunk, TextDelta):
                words += chunk.text
            called = called or isinstance(chunk, ToolCall)
    return words, called


def _turn(text: str) -> tuple[ChatMessage, ...]:
    return (ChatMessage(ChatRole.USER, text),)


def _short(words: str) -> str:
    return words if len(words) <= _SHOWN_CHARACTERS else f"{words[: _SHOWN_CHARACTERS - 1]}…"
