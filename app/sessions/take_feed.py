"""A take on its way into a voice session while it is spoken. Core thread; nothing here waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.providers.voice_session import SESSION_RATE_HZ, VoiceSession
from app.sessions.outbox import Ask
from audio.messages import SPEECH_RATE_HZ
from audio.pcm import SAMPLE_BYTES, Clip

_PIECE_BYTES = SPEECH_RATE_HZ * SAMPLE_BYTES
"""What was missed is sent in pieces of a second."""


class Wire(Protocol):
    """Where the sound goes. `generation` counts its sessions."""

    generation: int

    @property
    def is_up(self) -> bool:
        """Whether there is a session now."""
        ...

    def send(self, ask: Ask[object]) -> None:
        """Ask it, if there is one."""
        ...


@dataclass(frozen=True, slots=True)
class _Before:
    """How a feed was before another take went on with its turn."""

    take_id: str
    sound: Callable[[], Clip]
    generation: int
    committed_bytes: int
    end_bytes: int


class TakeFeed:
    """Sound is sent as it comes, none of it in a pause, and all of it again to another session.

    `sound` is all of the take so far; `on_asking` is told of each part that is to become a turn,
    `on_commit` then its ref.
    """

    def __init__(
        self,
        take_id: str,
        wire: Wire,
        sound: Callable[[], Clip],
        on_asking: Callable[[], None],
        on_commit: Callable[[str], None],
        on_anew: Callable[[], None],
    ) -> None:
        from audio.resample import Resampler  # loads numpy, and the start does not wait for it

        self.take_id = take_id
        self.is_holding = False
        """Whether what comes now is a pause that may be the end."""
        self._make_resampler: Callable[[], Resampler] = lambda: Resampler(
            SPEECH_RATE_HZ, SESSION_RATE_HZ
        )
        self._resampler = self._make_resampler()
        self._wire = wire
        self._sound = sound
        self._on_asking = on_asking
        self._on_commit = on_commit
        self._on_anew = on_anew
        self._generation = -1
        self._sent_bytes = 0
        self._committed_bytes = 0
        self._end_bytes = 0
        self._before: _Before | None = None

    def more(self, data: bytes) -> None:
        """It goes on with this."""
        if self.is_holding or not self._wire.is_up:
            return
        if self._generation == self._wire.generation:
            self._send(data)
        else:
            self.catch_up()

    def catch_up(self) -> None:
        """Send what was not sent to this session."""
        if not self._wire.is_up or self.is_holding:
            return
        self._begin()
        self._send_until(len(self._sound().data))

    def go_on(self) -> None:
        """The pause was not the end."""
        self.is_holding = False
        self.catch_up()

    def go_on_with(self, take_id: str, sound: Callable[[], Clip]) -> None:
        """The end of the take was not the end: `sound` is all of it and of the next one so far."""
        self._before = _Before(
            self.take_id, self._sound, self._generation, self._committed_bytes, self._end_bytes
        )
        self.take_id, self._sound = take_id, sound
        self.go_on()

    def go_back(self) -> bool:
        """The take that it went on with is no part of it.

        False where the session was told of a turn with sound of that take.
        """
        before, self._before = self._before, None
        if before is None:
            return True
        self.forget()
        self.take_id, self._sound = before.take_id, before.sound
        self.is_holding, self._end_bytes = True, before.end_bytes
        is_same = self._generation == before.generation
        kept = before.committed_bytes if is_same else 0
        was_told = self._committed_bytes > kept
        self._sent_bytes = self._committed_bytes = kept
        self._resampler = self._make_resampler()
        return not (was_told and self._generation == self._wire.generation)

    def commit(self) -> bool:
        """What was said so far is a turn; False when there is no session to tell.

        Nothing is done where the session was told already.
        """
        self.hold()
        if not self._wire.is_up:
            return False
        self._begin()
        self._send_until(self._end_bytes)
        if self._committed_bytes < self._sent_bytes:
            self._committed_bytes = self._sent_bytes
            self._send(b"", last=True)
            self._on_asking()
            self._wire.send(self._ask_commit)
        return True

    def hold(self) -> None:
        """A pause begins: what comes from now on may never be wanted."""
        if not self.is_holding:
            self.is_holding = True
            self._end_bytes = len(self._sound().data)

    def forget(self) -> None:
        """What was sent since the last commit was no turn."""
        if self._generation == self._wire.generation and self._sent_bytes > self._committed_bytes:
            self._wire.send(lambda session: session.clear())

    async def _ask_commit(self, session: VoiceSession) -> None:
        self._on_commit(await session.commit())

    def _begin(self) -> None:
        if self._generation != self._wire.generation:
            if self._generation >= 0:
                self._on_anew()
            self._generation = self._wire.generation
            self._sent_bytes = self._committed_bytes = 0
            self._resampler = self._make_resampler()

    def _send_until(self, end: int) -> None:
        if end <= self._sent_bytes:
            return
        missed = self._sound().data[self._sent_bytes : end]
        for at in range(0, len(missed), _PIECE_BYTES):
            self._send(missed[at : at + _PIECE_BYTES])

    def _send(self, data: bytes, *, last: bool = False) -> None:
        samples = Clip(SPEECH_RATE_HZ, data).samples()
        pcm = self._resampler.process(samples, last).tobytes()
        self._sent_bytes += len(data)
        if pcm:
            self._wire.send(lambda session: session.append(pcm))
