"""The take that is being recorded: to the journal on disk, and to the app."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from audio.journal import JournalWriter
from audio.messages import (
    SPEECH_RATE_HZ,
    Event,
    JournalFailed,
    Paused,
    Pcm,
    SpeechResumed,
    TakeEnd,
    TakeEnded,
    TakeStarted,
)
from audio.pcm import SAMPLE_BYTES

_log = logging.getLogger(__name__)


class TakeRecorder:
    """Records one take at a time. `arm` makes its place on disk before anything is heard.

    A disk that refuses costs the journal of a take, not the take.
    """

    def __init__(self, root: Path, send: Callable[[Event | Pcm], None]) -> None:
        self._root = root
        self._send = send
        self._take_id = ""
        self._journal: JournalWriter | None = None
        self._refusal: str | None = None
        self._is_open = False
        self._samples = 0

    @property
    def is_open(self) -> bool:
        """Whether a take is being recorded."""
        return self._is_open

    @property
    def take_id(self) -> str:
        """The current take, or the armed one."""
        return self._take_id

    @property
    def duration_ms(self) -> int:
        """Length of the current take."""
        return self._samples * 1000 // SPEECH_RATE_HZ

    def arm(self) -> None:
        """Make the next take's place on disk, unless that is done."""
        if self._is_open or self._journal is not None:
            return
        self._take_id = f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        self._refusal = None
        try:
            self._journal = JournalWriter.open(self._root, self._take_id, SPEECH_RATE_HZ)
        except OSError as error:
            self._refusal = str(error)

    def disarm(self) -> None:
        """Remove the place of a take that never began."""
        if self._is_open or self._journal is None:
            return
        journal, self._journal = self._journal, None
        try:
            journal.discard()
        except OSError as error:
            _log.warning("the empty take %s stays: %s", self._take_id, error)

    def begin(
        self, preroll: bytes, *, interrupted: str = "", played_ms: int = 0, held: bool = False
    ) -> None:
        """Start the armed take with what was heard just before."""
        self.arm()
        self._is_open = True
        self._samples = 0
        preroll_ms = len(preroll) // SAMPLE_BYTES * 1000 // SPEECH_RATE_HZ
        self._send(TakeStarted(self._take_id, preroll_ms, interrupted, played_ms, held))
        if self._refusal is not None:
            self._send(JournalFailed(self._take_id, self._refusal))
        self.append(preroll)

    def append(self, data: bytes) -> None:
        """Record some more. The journal itself tries again what the disk refused before."""
        if not data:
            return
        self._samples += len(data) // SAMPLE_BYTES
        if self._journal is not None:
            try:
                self._journal.append(data)
            except OSError as error:
                self._report(error)
        self._send(Pcm(self._take_id, data))

    def pause(self, voiced_ms: int) -> None:
        """Say that the speaker of the open take fell silent."""
        if self._is_open:
            self._send(Paused(self._take_id, self.duration_ms, voiced_ms))

    def go_on(self) -> None:
        """Say that the pause of the open take is over."""
        if self._is_open:
            self._send(SpeechResumed(self._take_id))

    def end(self, reason: TakeEnd, voiced_ms: int) -> None:
        """Finish the take on disk, then say so."""
        if not self._is_open:
            return
        self._is_open = False
        journal, self._journal = self._journal, None
        if journal is not None:
            try:
                journal.finish()
            except OSError as error:
                self._report(error)
        self._send(TakeEnded(self._take_id, self.duration_ms, voiced_ms, reason))

    def _report(self, error: OSError) -> None:
        """Say that the disk refuses this take, once."""
        if self._refusal is None:
            self._refusal = str(error)
            self._send(JournalFailed(self._take_id, self._refusal))
