"""A transcription server that knows a recording, and hears in an upload what is said there."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Callable

from audio.pcm import SAMPLE_BYTES
from tests.files.recordings import Recording
from tests.providers.openai import fault_server as faults
from tests.providers.openai.fault_server import Behaviour, Exchange, FaultServer, Request

FaultOf = Callable[[int, tuple[int, int]], Behaviour | None]
"""What happens instead of the answer to the n-th request (from 1), for these samples."""


class HearingServer(FaultServer):
    """Answers with the words in the stretch that was sent. `answered` are those stretches."""

    def __init__(self, recording: Recording, fault: FaultOf | None = None) -> None:
        super().__init__(self._hear)
        self.fault = fault
        self.asked: list[tuple[int, int]] = []
        self.answered: list[tuple[int, int]] = []
        self.largest_bytes = 0
        self._recording = recording

    async def _hear(self, exchange: Exchange) -> None:
        body = exchange.request.body
        self.largest_bytes = max(self.largest_bytes, len(body))
        self.requests.clear()
        stretch = self._stretch(sound_in(exchange.request))
        self.asked.append(stretch)
        fault = self.fault(len(self.asked), stretch) if self.fault is not None else None
        if fault is not None:
            await fault(exchange)
            return
        text = self._recording.heard(*stretch)
        await faults.answer(200, json.dumps({"text": text}).encode())(exchange)
        self.answered.append(stretch)

    def _stretch(self, sound: bytes) -> tuple[int, int]:
        """Which samples of the recording an upload holds."""
        at = self._recording.clip.data.find(sound)
        assert at >= 0, "the upload is another sound"
        return at // SAMPLE_BYTES, (at + len(sound)) // SAMPLE_BYTES


def every(count: int, fault: Behaviour) -> FaultOf:
    """Each `count`-th request fails."""
    return lambda number, stretch: fault if number % count == 0 else None


def sound_in(request: Request) -> bytes:
    """The samples of an upload."""
    head = request.body.index(b'name="file"')
    content = request.body[request.body.index(b"\r\n\r\n", head) + 4 :]
    with wave.open(io.BytesIO(content)) as file:
        return bytes(file.readframes(file.getnframes()))
