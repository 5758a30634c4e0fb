"""Sound and video files as a stream of 16 kHz mono samples. The only module that imports PyAV.

It blocks on the disk and belongs to one thread at a time.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from app.errors import AppError, Code
from audio.pcm import Samples

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.resampler import AudioResampler
    from av.audio.stream import AudioStream
    from av.container.input import InputContainer
    from av.packet import Packet

RATE_HZ = 16_000
BLOCK_SAMPLES = RATE_HZ

_OPTIONS = {
    # A file is only ever a file: lists that lead to other files or to servers are not read.
    "protocol_whitelist": "file",
    "format_whitelist": "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dts,eac3,flac,flv,matroska,mov,mp3,"
    "mpeg,mpegts,ogg,tta,w64,wav,wv",
}
_PROTECTED = frozenset({"drms", "enca", "aavd", "p608"})
"""Tags of MP4 tracks whose sound is encrypted."""
_GUESSED_LENGTH = frozenset({"aac", "mp3", "mpegts"})
_COMPLETE_FROM = 0.95
_FORGIVEN_MS = 1500
_LATE_MS = 50
_HOLE_MS = 500
_LONGEST_HOLE_MS = 60_000
_MAY_HAVE_HOLES = frozenset({"matroska", "mov"})
_WAV_HEAD = struct.Struct("<4sI4s")
_STREAMED_BYTES = 0x7FFF_0000

_log = logging.getLogger(__name__)


class SoundFile:
    """One open file. Raises AppError with a sentence when it holds no sound that can be read."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._container = _opened(path)
        try:
            self._stream = self._sound_track()
            self.duration_ms = self._duration_ms()
        except AppError:
            self._container.close()
            raise
        self._promised_more = _wav_promises_more(path)
        self._resampler = _new_resampler()
        self._decoded = 0
        self._jumped_ms = 0.0
        self._is_damaged = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self._container.close()

    def blocks(self) -> Iterator[Samples]:
        """All of its sound in blocks of about a second.

        What is damaged is left out. Raises AppError when nothing at all could be read.
        """
        held: list[Samples] = []
        count = 0
        for samples in self._samples():
            held.append(samples)
            count += len(samples)
            if count >= BLOCK_SAMPLES:
                yield np.concatenate(held)
                held, count = [], 0
        if held:
            yield np.concatenate(held)
        if not self._decoded:
            raise AppError(Code.SOUND_FILE_UNREADABLE, self._name)

    @property
    def problem(self) -> AppError | None:
        """After the last block: what of the file was missing or damaged."""
        if self._promised_more or self._ended_early():
            return AppError(Code.AUDIO_FILE_TRUNCATED, self._name)
        return AppError(Code.SOUND_FILE_DAMAGED, self._name) if self._is_damaged else None

    def _sound_track(self) -> AudioStream:
        if not self._container.streams.audio:
            raise AppError(Code.SOUND_FILE_SILENT, self._name)
        stream = self._container.streams.audio[0]
        if stream.codec_tag in _PROTECTED:
            raise AppError(Code.SOUND_FILE_PROTECTED, self._name)
        if stream.codec_context is None:
            raise AppError(Code.SOUND_FILE_UNREADABLE, self._name)
        return stream

    def _duration_ms(self) -> int | None:
        stream = self._stream
        if stream.duration is not None and stream.time_base is not None:
            return int(stream.duration * stream.time_base * 1000)
        duration_us = self._container.duration
        return None if duration_us is None else duration_us // 1000

    def _ended_early(self) -> bool:
        if self.duration_ms is None:
            return False
        name = self._container.format.name
        least_ms = self.duration_ms * (_COMPLETE_FROM if name in _GUESSED_LENGTH else 1.0)
        return self._decoded_ms + self._jumped_ms < least_ms - _FORGIVEN_MS

    @property
    def _decoded_ms(self) -> float:
        return self._decoded * 1000 / RATE_HZ

    def _samples(self) -> Iterator[Samples]:
        for packet in self._packets():
            for frame in self._frames(packet):
                yield from self._resampled(frame)
        yield from self._resampled(None)

    def _packets(self) -> Iterator[Packet[AudioStream]]:
        from av.error import FFmpegError

        packets = self._container.demux(self._stream)
        while True:
            try:
                yield next(packets)
            except StopIteration:
                return
            except FFmpegError as error:
                _log.info("the file cannot be read further: %s", error)
                self._is_damaged = True
                return

    def _frames(self, packet: Packet[AudioStream]) -> list[AudioFrame]:
        from av.error import FFmpegError

        try:
            return packet.decode()
        except FFmpegError:
            self._is_damaged = True
            return []

    def _resampled(self, frame: AudioFrame | None) -> Iterator[Samples]:
        if frame is not None and (missing := self._missing_samples(frame)):
            self._decoded += missing
            yield np.zeros(missing, dtype=np.int16)
        try:
            ready = self._resampler.resample(frame)
        except ValueError:  # The form of the sound changed in the middle.
            self._resampler = _new_resampler()
            ready = self._resampler.resample(frame)
        for piece in ready:
            samples = piece.to_ndarray().reshape(-1)
            self._decoded += len(samples)
            yield np.asarray(samples, dtype=np.int16)

    def _missing_samples(self, frame: AudioFrame) -> int:
        """How much silence keeps what follows at its own time.

        Sound may begin after the picture, stop for a while, or have lost its middle.
        """
        starts_us = self._container.start_time
        if frame.time is None or starts_us is None:
            return 0
        hole_ms = frame.time * 1000 - starts_us / 1000 - self._decoded_ms - self._jumped_ms
        if hole_ms < (_HOLE_MS if self._decoded else _LATE_MS):
            return 0
        names = set(self._container.format.name.split(","))
        if self._decoded and not names & _MAY_HAVE_HOLES:
            self._is_damaged = True
        if hole_ms > _LONGEST_HOLE_MS:
            self._jumped_ms += hole_ms
            return 0
        return int(hole_ms * RATE_HZ / 1000)


def _opened(path: Path) -> InputContainer:
    try:
        if not path.stat().st_size:
            raise AppError(Code.AUDIO_FILE_EMPTY, path.name)
        with path.open("rb"):
            pass
    except OSError as error:
        reason = (error.strerror or "unknown").lower()
        raise AppError(Code.USAGE, f"{path} cannot be read: {reason}.") from error
    try:
        import av
    except ImportError as error:
        raise AppError(Code.DECODER_MISSING, str(error)) from error
    av.logging.set_level(None)
    try:
        return av.open(str(path.absolute()), options=_OPTIONS)
    except (av.error.FFmpegError, ValueError) as error:
        raise AppError(Code.SOUND_FILE_UNREADABLE, path.name) from error


def _new_resampler() -> AudioResampler:
    from av.audio.resampler import AudioResampler

    return AudioResampler(format="s16", layout="mono", rate=RATE_HZ)


def _wav_promises_more(path: Path) -> bool:
    """Whether a WAV file's head names more bytes than there are; FFmpeg does not tell."""
    with path.open("rb") as file:
        head = file.read(_WAV_HEAD.size)
    if len(head) < _WAV_HEAD.size:
        return False
    riff, promised, wave = _WAV_HEAD.unpack(head)
    if riff != b"RIFF" or wave != b"WAVE" or promised >= _STREAMED_BYTES:
        return False
    return bool(promised + 8 > path.stat().st_size + 1)
