from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from app.errors import AppError, Code
from app.providers.catalogue import ModelRole
from app.providers.heir_speech import HeirSpeech
from app.providers.succession import Heir
from audio.pcm import Clip

HEIR = Heir("gpt-realtime-2.1-mini", ModelRole.REALTIME)
SOUND = Clip(24_000, b"\1\0" * 240)


class Voice:
    """Speaks, or fails with `error`, after `before` clips; then it has an heir, if it should."""

    def __init__(
        self, label: str, error: AppError | None = None, before: int = 0, mortal: bool = True
    ) -> None:
        self.label = label
        self.said: list[str] = []
        self.closed = False
        self.crosses_to: Heir | None = None
        self._error = error
        self._before = before
        self._mortal = mortal

    async def warm(self) -> None:
        """Nothing to load."""

    async def speak(self, text: str) -> AsyncGenerator[Clip, None]:
        self.said.append(text)
        for _ in range(self._before):
            yield SOUND
        if self._error is not None:
            self.crosses_to = HEIR if self._mortal else None
            raise self._error
        yield SOUND

    async def aclose(self) -> None:
        self.closed = True


class Made:
    """Makes the heir, and is told of it."""

    def __init__(self) -> None:
        self.heir = Voice("the heir")
        self.told: list[tuple[str, str]] = []

    def make(self, heir: Heir) -> Voice:
        assert heir == HEIR
        return self.heir

    def tell(self, old: str, new: str) -> None:
        self.told.append((old, new))


async def spoken(speech: HeirSpeech, text: str) -> int:
    return len([clip async for clip in speech.speak(text)])


GONE = AppError(Code.MODEL_UNKNOWN, "tts")


async def test_the_piece_that_was_refused_is_spoken_by_the_heir_and_all_after_it() -> None:
    first, made = Voice("tts", GONE), Made()
    speech = HeirSpeech(first, made.make, made.tell)
    assert speech.label == "tts"
    assert [await spoken(speech, text) for text in ("one", "two")] == [1, 1]
    assert (first.said, made.heir.said) == (["one"], ["one", "two"])
    assert made.told == [("tts", HEIR.model)]
    assert speech.label == "the heir"
    await speech.aclose()
    assert first.closed
    assert made.heir.closed


async def test_one_that_is_known_to_be_gone_is_not_asked() -> None:
    first, made = Voice("tts"), Made()
    first.crosses_to = HEIR
    assert await spoken(HeirSpeech(first, made.make), "one") == 1
    assert first.said == []


@pytest.mark.parametrize(
    "first",
    [
        Voice("tts", AppError(Code.SERVER_ERROR, "host")),
        Voice("tts", GONE, before=1),
        Voice("tts", GONE, mortal=False),
    ],
)
async def test_other_trouble_is_the_first_one_s_own(first: Voice) -> None:
    made = Made()
    with pytest.raises(AppError):
        await spoken(HeirSpeech(first, made.make), "one")
    assert made.heir.said == []
