"""The recognizer's process while somebody speaks: words before the end, and little left to do then.

A take is decoded in parts that end at its pauses, because the second look that pocketsphinx takes
at an utterance when it ends lasts as long as the utterance lets it.
"""

from __future__ import annotations

import numpy as np

from app.providers.base import Expect
from app.providers.local.recognizer_worker import Recognizer
from app.providers.pauses import Cutting, PauseFinder
from audio.pcm import SAMPLE_BYTES, level_dbfs

RATE_HZ = 16_000
CUTTING = Cutting(least_s=1.0, most_s=8.0, longest_s=30.0, pause_ms=320)
LEAST_DBFS = -65.0
FIRST_BYTES = RATE_HZ * SAMPLE_BYTES
"""A second is listened to before words are looked for, which in mere noise takes nine times as
long as the noise. The recognizer also learns from it how voice and room sound."""
STEP_BYTES = FIRST_BYTES // 2


class LiveHearing:
    """One take. `sure` and `perhaps` are the words so far that stay, and that may change."""

    def __init__(self, recognizer: Recognizer) -> None:
        self.perhaps = ""
        self._recognizer = recognizer
        self._pauses = PauseFinder(RATE_HZ, CUTTING)
        self._texts: list[str] = []
        self._part = bytearray()
        self._taken_bytes = self._looked_at_bytes = 0
        self._begun = False

    @property
    def sure(self) -> str:
        """The words of the parts that ended."""
        return " ".join(self._texts)

    def hear(self, pcm: bytes) -> None:
        """Decode more of the take."""
        cuts = self._pauses.feed(np.frombuffer(pcm, dtype="<i2"))
        at = 0
        for cut in cuts:
            end = cut * SAMPLE_BYTES - self._taken_bytes
            self._decode(pcm[at:end])
            self._end_part()
            at = end
        self._decode(pcm[at:])
        self._taken_bytes += len(pcm)

    def finish(self) -> str:
        """All words, once the take has ended."""
        self._end_part()
        return self.sure

    def drop(self) -> None:
        """Nobody wants the words any more."""
        if self._begun:
            self._recognizer.end()
            self._begun = False

    def _decode(self, pcm: bytes) -> None:
        if self._begun:
            self.perhaps = self._recognizer.more(pcm)
            return
        self._part += pcm
        if len(self._part) < FIRST_BYTES + self._looked_at_bytes:
            return
        part = bytes(self._part)
        if _is_audible(part) and self._recognizer.is_speech(part):
            self._begun = True
            self._recognizer.begin()
            self.perhaps = self._recognizer.more(part)
            self._part.clear()
        else:
            # What may be the beginning of a word is kept.
            del self._part[:-FIRST_BYTES]
            self._looked_at_bytes = STEP_BYTES

    def _end_part(self) -> None:
        part = bytes(self._part)
        self._part.clear()
        self.perhaps, self._looked_at_bytes = "", 0
        if self._begun:
            self._begun = False
            self._keep(self._recognizer.end())
        elif _is_audible(part):
            self._keep(self._recognizer.words(part, Expect.FREE_TEXT).text)

    def _keep(self, text: str) -> None:
        if text:
            self._texts.append(text)


def _is_audible(pcm: bytes) -> bool:
    return level_dbfs(np.frombuffer(pcm, dtype="<i2")) >= LEAST_DBFS
