"""WAV files: a reader that takes what other programs write, and an atomic writer."""

from __future__ import annotations

import enum
import io
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from audio.pcm import SAMPLE_BYTES, Clip

LOWEST_HZ = 4_000
HIGHEST_HZ = 384_000

_PCM, _FLOAT, _EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
_STREAMED_BYTES = 0x7FFF_0000
"""Writers that cannot seek back put this or more into the size fields."""
_BLOCK_FRAMES = 65_536

_Floats = npt.NDArray[np.float64]


class WavErrorKind(enum.Enum):
    """What is wrong with a file."""

    EMPTY = "empty"
    NOT_WAV = "not_wav"
    UNSUPPORTED = "unsupported"


class WavError(ValueError):
    """The file holds no sound that can be used."""

    def __init__(self, kind: WavErrorKind, detail: str) -> None:
        self.kind = kind
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class WavRead:
    """Mono sound at the file's own rate. `truncated`: the file promised more than it holds."""

    clip: Clip
    truncated: bool


@dataclass(frozen=True, slots=True)
class _Format:
    tag: int
    channels: int
    rate_hz: int
    sample_bytes: int

    @property
    def frame_bytes(self) -> int:
        return self.channels * self.sample_bytes


def read_wav(path: Path) -> WavRead:
    """The file's sound, all channels mixed. Raises WavError, or OSError if it cannot be opened."""
    with path.open("rb") as file:
        return _read(file)


def parse_wav(data: bytes) -> WavRead:
    """The same for a file that is already in memory. Raises WavError."""
    return _read(io.BytesIO(data))


def _read(file: BinaryIO) -> WavRead:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if not size:
        raise WavError(WavErrorKind.EMPTY, "the file is empty")
    form, length, truncated = _find_data(file, size)
    data = _mono(file, form, length // form.frame_bytes)
    if not data:
        raise WavError(WavErrorKind.EMPTY, "the file holds no samples")
    return WavRead(Clip(form.rate_hz, data), truncated)


def write_wav(path: Path, clip: Clip) -> None:
    """Write 16-bit mono PCM. A file that was there stays whole until the new one is complete.

    A device or pipe is written straight into. Raises OSError; no half-written file remains.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_bytes(_head(clip.rate_hz, len(clip.data)) + clip.data)
        return
    file = WavFile(path, clip.rate_hz, len(clip.data))
    try:
        file.write(clip.data)
        file.finish()
    finally:
        file.close()


class WavFile:
    """16-bit mono PCM of a known size, written piece by piece.

    A file that was there stays whole until `finish`; without it, nothing remains. Raises OSError.
    """

    def __init__(self, path: Path, rate_hz: int, size_bytes: int) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._file = self._part.open("xb")
        self._file.write(_head(rate_hz, size_bytes))

    def write(self, pcm: bytes) -> None:
        """More of it."""
        self._file.write(pcm)

    def finish(self) -> None:
        """It is complete."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self._path)

    def close(self) -> None:
        """Always to be called at the end."""
        self._file.close()
        self._part.unlink(missing_ok=True)


def _head(rate_hz: int, size_bytes: int) -> bytes:
    form = struct.pack("<HHIIHH", _PCM, 1, rate_hz, rate_hz * SAMPLE_BYTES, SAMPLE_BYTES, 16)
    head = struct.pack("<4sI4s4sI", b"RIFF", 36 + size_bytes, b"WAVE", b"fmt ", len(form))
    return head + form + struct.pack("<4sI", b"data", size_bytes)


def _find_data(file: BinaryIO, size: int) -> tuple[_Format, int, bool]:
    """Format, bytes of sound from the file's position on, and whether it ends too early."""
    head = file.read(12)
    if len(head) < 12 or head[8:] != b"WAVE" or head[:3] not in (b"RIF", b"RF6"):
        raise WavError(WavErrorKind.NOT_WAV, "not a WAV file")
    if head[:4] != b"RIFF":
        raise WavError(WavErrorKind.UNSUPPORTED, f"a {head[:4]!r} file")
    (riff_bytes,) = struct.unpack_from("<I", head, 4)
    form: _Format | None = None
    while len(chunk := file.read(8)) == 8:
        name, length = struct.unpack("<4sI", chunk)
        start = file.tell()
        if not any(name):
            break
        if name == b"fmt ":
            form = _parse_format(file.read(min(length, 40)))
        elif name == b"data":
            if form is None:
                raise WavError(WavErrorKind.NOT_WAV, "no format before the data")
            unsized = riff_bytes + 8 < size or riff_bytes >= _STREAMED_BYTES
            return form, *_data_length(length, size - start, unsized)
        file.seek(start + length + length % 2)
    if form is None:
        raise WavError(WavErrorKind.NOT_WAV, "no format in the file")
    raise WavError(WavErrorKind.EMPTY, "the file ends before its samples")


def _data_length(declared: int, present: int, unsized: bool) -> tuple[int, bool]:
    """Bytes to read, and whether that is less than was promised."""
    if declared > present:
        return present, declared < _STREAMED_BYTES
    if declared == 0 and unsized:
        return present, False
    return declared, False


def _parse_format(data: bytes) -> _Format:
    if len(data) < 16:
        raise WavError(WavErrorKind.NOT_WAV, "the format is cut off")
    tag, channels, rate_hz, _, frame_bytes, bits = struct.unpack_from("<HHIIHH", data)
    if tag == _EXTENSIBLE and len(data) >= 40 and data[26:40] == _GUID_TAIL:
        (tag,) = struct.unpack_from("<H", data, 24)
    sample_bytes = frame_bytes // channels if channels else 0
    if not sample_bytes:
        sample_bytes = (bits + 7) // 8
    known = (tag, sample_bytes) in _DECODERS and bits <= sample_bytes * 8
    if not known or not channels or not LOWEST_HZ <= rate_hz <= HIGHEST_HZ:
        detail = f"format {tag:#06x}, {bits} bits, {channels} channels, {rate_hz} Hz"
        raise WavError(WavErrorKind.UNSUPPORTED, detail)
    return _Format(tag, channels, rate_hz, sample_bytes)


def _mono(file: BinaryIO, form: _Format, frames: int) -> bytes:
    """Read `frames` frames as mono int16. Fewer, where the file ends."""
    decode = _DECODERS[form.tag, form.sample_bytes]
    out = bytearray()
    while frames > 0:
        raw = file.read(min(frames, _BLOCK_FRAMES) * form.frame_bytes)
        count = len(raw) // form.frame_bytes
        if not count:
            break
        mixed = decode(raw[: count * form.frame_bytes]).reshape(count, form.channels).mean(axis=1)
        samples = np.clip(np.rint(mixed * 32768.0), -32768, 32767)
        out += samples.astype("<i2").tobytes()
        frames -= count
    return bytes(out)


def _unsigned_8(raw: bytes) -> _Floats:
    return (np.frombuffer(raw, np.uint8).astype(np.float64) - 128.0) / 128.0


def _signed_16(raw: bytes) -> _Floats:
    return np.frombuffer(raw, "<i2").astype(np.float64) / 32768.0


def _signed_24(raw: bytes) -> _Floats:
    wide = np.zeros((len(raw) // 3, 4), np.uint8)
    wide[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
    return _signed_32(wide.tobytes())


def _signed_32(raw: bytes) -> _Floats:
    return np.frombuffer(raw, "<i4").astype(np.float64) / 2147483648.0


def _float_32(raw: bytes) -> _Floats:
    return _finite(np.frombuffer(raw, "<f4").astype(np.float64))


def _float_64(raw: bytes) -> _Floats:
    return _finite(np.frombuffer(raw, "<f8"))


def _finite(values: _Floats) -> _Floats:
    return np.clip(np.nan_to_num(values, nan=0.0), -1.0, 1.0)


_DECODERS: dict[tuple[int, int], Callable[[bytes], _Floats]] = {
    (_PCM, 1): _unsigned_8,
    (_PCM, 2): _signed_16,
    (_PCM, 3): _signed_24,
    (_PCM, 4): _signed_32,
    (_FLOAT, 4): _float_32,
    (_FLOAT, 8): _float_64,
}
