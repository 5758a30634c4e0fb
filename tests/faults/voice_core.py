"""The whole app speaking to speech: real settings, store, journal, providers and session.

The engine hears numbered utterances frame by frame, on the loop's clock.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

from app import events
from app.conversation.message import Role
from app.realtime.events import WordsMissing
from audio import messages
from audio.journal import JournalWriter
from audio.messages import SPEECH_RATE_HZ, Pcm, TakeEnd
from tests.faults.api import said
from tests.faults.server import ApiServer
from tests.faults.whole import (
    UTTERANCE_MS,
    NumberedEngine,
    WholeCore,
    key_for,
    settings_for,
    take_id,
    whole_core,
)
from tests.voice_server.ear import FRAME_MS, NUMBERS, utterance
from tests.voice_server.habits import Delays, Habits
from tests.voice_server.server import VoiceServer

FRAMES = UTTERANCE_MS // FRAME_MS
_PATIENCE_S = 0.4
_WORDS_S = 40.0

Act = Callable[[], object]


class SpeakingEngine(NumberedEngine):
    """Says an utterance in its time: at some of its frames, something else may happen."""

    async def talk(
        self,
        number: int,
        at_frame: Mapping[int, Act] | None = None,
        *,
        interrupted: str = "",
        played_ms: int = 0,
        lost_at: int = FRAMES,
    ) -> None:
        """Speak, fall silent, and be patient. Acts of frame `FRAMES` come once it is silent.

        The microphone is lost at a frame before that.
        """
        take, acts = take_id(number), dict(at_frame or {})
        sound = utterance(number, SPEECH_RATE_HZ, UTTERANCE_MS)
        writer = JournalWriter.open(self._folder, take, SPEECH_RATE_HZ)
        self.tell(messages.TakeStarted(take, 0, interrupted, played_ms))
        size = SPEECH_RATE_HZ * FRAME_MS // 1000 * 2
        for frame in range(lost_at):
            await _do(acts.pop(frame, None))
            piece = sound[frame * size : (frame + 1) * size]
            writer.append(piece)
            self.tell(Pcm(take, piece))
            await asyncio.sleep(FRAME_MS / 1000)
        if lost_at < FRAMES:
            writer.finish()
            heard_ms = lost_at * FRAME_MS
            self.tell(messages.TakeEnded(take, heard_ms, heard_ms, TakeEnd.MICROPHONE_LOST))
            self.tell(messages.MicrophoneClosed(messages.CloseReason.LOST))
            return
        self.tell(messages.Paused(take, UTTERANCE_MS, UTTERANCE_MS))
        await _do(acts.pop(FRAMES, None))
        await asyncio.sleep(_PATIENCE_S)
        writer.finish()
        self.tell(messages.TakeEnded(take, UTTERANCE_MS, UTTERANCE_MS, TakeEnd.SILENCE))


async def _do(act: Act | None) -> None:
    if act is not None:
        done = act()
        if asyncio.iscoroutine(done):
            await done


class VoiceCore(WholeCore):
    """A core that speaks with a Realtime server."""

    engine: SpeakingEngine

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.engine = SpeakingEngine(self.paths.journal)

    async def speak(self, number: int, at_frame: Mapping[int, Act] | None = None) -> None:
        """Say an utterance, and wait until Sayso has done with it and knows its words."""
        began, before = len(self.seen), self.times(number)
        await self.engine.talk(number, at_frame)
        await self.settled(began)
        clock = asyncio.get_running_loop().time
        until_s = clock() + _WORDS_S
        while clock() < until_s and self.times(number) == before and not self._is_kept(began):
            await asyncio.sleep(0.1)
        await self.settled(None)

    async def settled(self, began: int | None) -> None:
        """Busy since then, and quiet for a moment."""
        await self._settled(began)

    def times(self, number: int) -> int:
        """How often the utterance is a message with its words."""
        return self.messages().count((Role.USER, said(number % NUMBERS)))

    def _is_kept(self, began: int) -> bool:
        """Whether somebody was told that the words cannot be had."""
        listed = self.of(events.KeptTakesChanged, began)
        return bool(self.of(WordsMissing, began) or (listed and listed[-1].takes))

    def keeps(self, number: int) -> bool:
        """Whether its recording is on disk."""
        return any(path.stem == take_id(number) for path in self.paths.journal.glob("take-*"))


@contextlib.asynccontextmanager
async def voice_core(
    home: Path,
    habits: Habits | None = None,
    delays: Delays | None = None,
    *,
    more: str = "",
    lasts_s: float = 3_600.0,
) -> AsyncIterator[tuple[VoiceCore, VoiceServer, ApiServer]]:
    """The app, its Realtime server, and the server of the engine that stands in for it.

    `more` are further lines of its settings, `lasts_s` is how long a session may last.
    """
    async with VoiceServer(habits, delays) as voice, ApiServer() as api:
        api.realtime_port, voice.lasts_s = voice.port, lasts_s
        settings = settings_for(api.base_url) + '[realtime]\nengine = "realtime"\n' + more
        async with whole_core(home, settings, key_for(api.base_url), VoiceCore) as core:
            assert isinstance(core, VoiceCore)
            yield core, voice, api
