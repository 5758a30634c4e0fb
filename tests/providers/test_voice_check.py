"""Trying speech to speech: a scripted session says what a real one would."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Sequence

import pytest

from app.errors import AppError, Code
from app.providers.base import ChatMessage
from app.providers.voice_check import check_voice
from app.providers.voice_session import (
    Refused,
    ResponseEnd,
    ResponseOver,
    ResponseSound,
    SessionOver,
    SessionReady,
    SessionSetup,
    VoiceEvent,
)
from audio.pcm import Clip

SECOND = bytes(2 * 24_000)
BROKEN = AppError(Code.SERVER_ERROR, "The server")


class Session:
    """Tells what it was given, and notes what it is asked."""

    label = "voice-1"
    takes_pictures = False

    def __init__(self, *told: VoiceEvent) -> None:
        self._told = told
        self.asked: list[str] = []
        self.setup: SessionSetup | None = None
        self.is_closed = False

    async def connect(self, setup: SessionSetup, history: Sequence[ChatMessage]) -> Session:
        assert not history
        self.setup = setup
        return self

    async def events(self) -> AsyncIterator[VoiceEvent]:
        for event in self._told:
            yield event

    async def add(self, messages: Sequence[ChatMessage]) -> None:
        self.asked += [message.text for message in messages]

    async def respond(self, instructions: str = "", *, aside: bool = False) -> str:
        self.asked.append("respond")
        return "respond-1"

    async def aclose(self) -> None:
        self.is_closed = True


class Heard:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.is_finished = False

    async def play(self, clip: Clip) -> None:
        self.seconds += clip.duration_ms / 1000

    async def finish(self) -> None:
        self.is_finished = True


def over(error: AppError | None = None) -> ResponseOver:
    return ResponseOver("r", ResponseEnd.FAILED if error else ResponseEnd.COMPLETED, error=error)


SPOKEN = (SessionReady(), ResponseSound("r", "i", SECOND), ResponseSound("r", "i", SECOND), over())


async def test_a_sentence_is_asked_for_played_and_told() -> None:
    session, heard, ticks = Session(*SPOKEN), Heard(), itertools.count()
    setup = SessionSetup("Be kind.", voice="cedar", speed=1.25)
    outcome = await check_voice(session, setup, heard, clock=lambda: float(next(ticks)))  # type: ignore[arg-type]
    assert outcome.ok
    assert outcome.summary == "A sentence was spoken: voice-1."
    assert outcome.detail == "Connected in 1.0 s; 2.0 s of sound, the first came after 1.0 s."
    assert (heard.seconds, heard.is_finished) == (2.0, True)
    assert session.asked == ["Say: “This is how I sound.”", "respond"]
    assert session.is_closed
    assert session.setup is not None
    assert (session.setup.voice, session.setup.speed) == ("cedar", 1.25)
    assert "Be kind" not in session.setup.instructions


@pytest.mark.parametrize(
    "told", [(Refused("respond-1", BROKEN),), (over(BROKEN),), (SessionOver(BROKEN),)]
)
async def test_trouble_is_raised_and_the_connection_closed(told: tuple[VoiceEvent, ...]) -> None:
    session = Session(SessionReady(), *told)
    with pytest.raises(AppError) as caught:
        await check_voice(session, SessionSetup(""))  # type: ignore[arg-type]
    assert caught.value is BROKEN
    assert session.is_closed


@pytest.mark.parametrize("told", [(over(),), (SessionOver(),), ()])
async def test_a_model_without_a_voice_does_not_work(told: tuple[VoiceEvent, ...]) -> None:
    outcome = await check_voice(Session(*told), SessionSetup(""))  # type: ignore[arg-type]
    assert not outcome.ok
    assert outcome.summary == "voice-1 made no sound."
