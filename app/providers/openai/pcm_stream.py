"""Turns the bytes of a speech response into whole samples. Pure: bytes in, clips out."""

from __future__ import annotations

import struct

from app.providers.openai.voice_formats import Format, format_of
from audio.pcm import SAMPLE_BYTES, Clip

RATE_HZ = 24_000
"""What OpenAI sends, and what is taken for granted where nothing else is told."""

_LARGEST_HEADER_BYTES = 65_536
_OPEN_END_BYTES = 0x7FFF_0000
_PCM_FORMATS = (0x0001, 0xFFFE)


class NotPcm(ValueError):
    """The bytes are a page or an error."""


class OtherFormat(NotPcm):
    """The bytes are sound, but not mono 16-bit samples."""


class PcmReader:
    """Takes raw PCM, or a WAV file of any rate, in pieces of any length."""

    def __init__(self) -> None:
        self._raw_rate_hz = RATE_HZ
        self._held = b""
        self._rate_hz = 0
        self._left_bytes: int | None = None

    def expect(self, rate_hz: int) -> None:
        """The server told the rate of its raw PCM, before the first piece."""
        self._raw_rate_hz = rate_hz

    def feed(self, data: bytes) -> Clip | None:
        """Take a piece; returns the whole samples that are there. Raises NotPcm."""
        self._held += data
        if not self._rate_hz and not self._begin(complete=False):
            return None
        return self._taken()

    def finish(self) -> Clip | None:
        """What a very short sound left. Half a sample is dropped. Raises NotPcm."""
        if not self._rate_hz and not self._begin(complete=True):
            raise NotPcm("a header without sound")
        return self._taken()

    def _taken(self) -> Clip | None:
        if self._left_bytes is not None:
            self._held = self._held[: self._left_bytes]
        whole = len(self._held) // SAMPLE_BYTES * SAMPLE_BYTES
        data, self._held = self._held[:whole], self._held[whole:]
        if self._left_bytes is not None:
            self._left_bytes -= whole
        return Clip(self._rate_hz, data) if data else None

    def _begin(self, *, complete: bool) -> bool:
        """Find where the sound begins; False while its header is incomplete."""
        match format_of(self._held, complete=complete):
            case None:
                return False
            case Format.TEXT:
                raise NotPcm("text")
            case Format.COMPRESSED:
                raise OtherFormat("compressed sound")
            case Format.WAV:
                return self._begin_wav()
            case Format.RAW:
                self._rate_hz = self._raw_rate_hz
        return True

    def _begin_wav(self) -> bool:
        at, rate_hz = 12, 0
        while at + 8 <= len(self._held):
            name, size = struct.unpack_from("<4sI", self._held, at)
            at += 8
            if name == b"data":
                if not rate_hz:
                    raise NotPcm("a WAV file without a format")
                self._rate_hz = rate_hz
                self._left_bytes = size if 0 < size < _OPEN_END_BYTES else None
                self._held = self._held[at:]
                return True
            if name == b"fmt " and at + 16 <= len(self._held):
                rate_hz = _rate_hz(self._held[at : at + 16])
            at += size + size % 2
        if len(self._held) > _LARGEST_HEADER_BYTES:
            raise NotPcm("a WAV file whose sound does not begin")
        return False


def _rate_hz(header: bytes) -> int:
    kind, channels, rate_hz, _, _, bits = struct.unpack("<HHIIHH", header)
    if kind not in _PCM_FORMATS or channels != 1 or bits != 8 * SAMPLE_BYTES or not rate_hz:
        raise OtherFormat("not mono 16-bit sound")
    return int(rate_hz)
