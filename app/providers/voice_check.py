"""Trying speech to speech as it is set up: one sentence over a connection of its own."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.errors import AppError
from app.providers.base import ChatMessage, ChatRole
from app.providers.checks import Clock, Outcome, Player
from app.providers.voice_session import (
    SESSION_RATE_HZ,
    Refused,
    ResponseOver,
    ResponseSound,
    SessionOver,
    SessionSetup,
    TokenCounts,
    VoiceModel,
    VoiceSession,
)
from audio.pcm import Clip

_INSTRUCTIONS = "This is a test of the connection. Speak one short sentence and call no tool."
_ASKED = "Say: “This is how I sound.”"


async def check_voice(
    model: VoiceModel,
    setup: SessionSetup,
    player: Player | None = None,
    on_usage: Callable[[TokenCounts], None] | None = None,
    clock: Clock = time.monotonic,
) -> Outcome:
    """Have a sentence spoken, aloud where there is a player. Raises AppError.

    `on_usage` is told what the sentence was billed for.
    """
    began = clock()
    session = await model.connect(_for_test(setup), ())
    try:
        connected_s = clock() - began
        asked = clock()
        await session.add((ChatMessage(ChatRole.USER, _ASKED),))
        await session.respond()
        first_s, sound_s = await _spoken(session, player, on_usage, asked, clock)
    finally:
        await session.aclose()
    if first_s is None:
        return Outcome(False, f"{model.label} made no sound.", "Try another model or voice.")
    if player is not None:
        await player.finish()
    done = "A sentence was spoken" if player is not None else "The sound of a sentence was made"
    return Outcome(
        True,
        f"{done}: {model.label}.",
        f"Connected in {connected_s:.1f} s; {sound_s:.1f} s of sound, the first came after "
        f"{first_s:.1f} s.",
    )


def _for_test(setup: SessionSetup) -> SessionSetup:
    return SessionSetup(_INSTRUCTIONS, hints=setup.hints, voice=setup.voice, speed=setup.speed)


async def _spoken(
    session: VoiceSession,
    player: Player | None,
    on_usage: Callable[[TokenCounts], None] | None,
    asked: float,
    clock: Clock,
) -> tuple[float | None, float]:
    """When the first sound came and how much there was, in seconds. Raises AppError."""
    first_s, sound_s = None, 0.0
    trouble: AppError | None = None
    async for event in session.events():  # to its end, which closing brings about
        match event:
            case ResponseSound(pcm=pcm) if pcm:
                first_s = clock() - asked if first_s is None else first_s
                clip = Clip(SESSION_RATE_HZ, pcm)
                sound_s += clip.duration_ms / 1000
                if player is not None:
                    await player.play(clip)
            case ResponseOver(error=error, usage=usage):
                trouble = trouble or error
                if usage is not None and on_usage is not None:
                    on_usage(usage)
                await session.aclose()
            case Refused(error=error):
                trouble = trouble or error
                await session.aclose()
            case SessionOver(error=error):
                trouble = trouble or error
            case _:
                pass
    if trouble is not None:
        raise trouble
    return first_s, sound_s
