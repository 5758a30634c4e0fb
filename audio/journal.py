"""The append-only recording of a take, on disk from its first frame.

The writer lives in the audio engine; the functions are for the app.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from audio import take_folder
from audio.pcm import SAMPLE_BYTES, Clip, samples_for_ms
from audio.take_folder import Lock, Meta, NotATakeError, TakeState

__all__ = ["JournalWriter", "NotATakeError", "Take", "TakeState"]
__all__ += ["mark", "read", "read_part", "remove", "unfinished"]

_log = logging.getLogger(__name__)

_PATIENCE_S = 1.0

SYNC_MS = 500


@dataclass(frozen=True, slots=True)
class Take:
    """A recording on disk. `duration_ms` is what can be read of it."""

    take_id: str
    started_at: datetime
    rate_hz: int
    state: TakeState
    duration_ms: int
    path: Path
    reason: str = ""
    text: str = ""


class JournalWriter:
    """Writes one take. Any call may wait for the disk, and raises OSError when it refuses.

    Sound that could not be written is kept and tried again by the next call, so a journal has no
    gaps; what was written before is never harmed.
    """

    def __init__(self, folder: Path, meta: Meta, lock: Lock, file: int) -> None:
        self.path = folder
        self._meta = meta
        self._lock = lock
        self._file = file
        self._frame_bytes = take_folder.frame_bytes(meta.rate_hz)
        self._sync_bytes = samples_for_ms(meta.rate_hz, SYNC_MS) * SAMPLE_BYTES
        self._buffer = bytearray()
        self._appended_bytes = 0
        self._file_bytes = 0
        self._unsynced_bytes = 0
        self._is_open = True

    @classmethod
    def open(cls, root: Path, take_id: str, rate_hz: int) -> JournalWriter:
        """Make the take's folder and hold it: ARMED. FileExistsError if the id was used before."""
        folder, lock = take_folder.claim(root, take_id)
        meta = Meta(take_id, datetime.now(UTC), rate_hz, TakeState.ARMED)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
        file = -1
        try:
            file = os.open(folder / take_folder.AUDIO, flags, 0o600)
            take_folder.save_meta(folder, meta)
            take_folder.sync_folder(root)
        except OSError:
            if file >= 0:
                os.close(file)
            take_folder.delete(folder, lock)
            raise
        return cls(folder, meta, lock, file)

    @property
    def duration_ms(self) -> int:
        """Length of what was appended; all but the last 100 ms of it is in the file."""
        return self._appended_bytes // SAMPLE_BYTES * 1000 // self._meta.rate_hz

    def append(self, samples: bytes) -> None:
        """Add mono little-endian int16. The first call turns ARMED into RECORDING."""
        if not self._is_open or len(samples) % SAMPLE_BYTES:
            raise ValueError("the take is finished, or a sample is cut in half")
        self._buffer += samples
        self._appended_bytes += len(samples)
        while len(self._buffer) >= self._frame_bytes:
            self._write_frame(self._frame_bytes)
        if self._unsynced_bytes >= self._sync_bytes:
            self._sync()
        if self._meta.state is TakeState.ARMED:
            now = datetime.now(UTC)
            self._meta = replace(self._meta, state=TakeState.RECORDING, started_at=now)
            take_folder.save_meta(self.path, self._meta)

    def flush(self) -> None:
        """Write what is buffered, however short, and sync."""
        while self._buffer:
            self._write_frame(min(len(self._buffer), self._frame_bytes))
        if self._unsynced_bytes:
            self._sync()

    def finish(self, state: TakeState = TakeState.PENDING) -> None:
        """Write the rest, note `state`, let go of the take. One without sound is discarded.

        It lets go even when it raises OSError.
        """
        if not self._is_open:
            return
        if self._meta.state is TakeState.ARMED and not self._appended_bytes:
            self.discard()
            return
        try:
            self.flush()
            take_folder.save_meta(self.path, replace(self._meta, state=state))
        finally:
            self._is_open = False
            os.close(self._file)
            self._lock.close()

    def discard(self) -> None:
        """Delete a take that never began. ValueError if there is sound in it."""
        if not self._is_open or self._appended_bytes:
            raise ValueError("only an open take without sound can be discarded")
        self._is_open = False
        os.close(self._file)
        take_folder.delete(self.path, self._lock)

    def _write_frame(self, count: int) -> None:
        rest = memoryview(take_folder.frame(bytes(self._buffer[:count])))
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError:
            os.ftruncate(self._file, self._file_bytes)
            raise
        self._file_bytes += take_folder.HEADER.size + count
        self._unsynced_bytes += count
        del self._buffer[:count]

    def _sync(self) -> None:
        take_folder.sync_data(self._file)
        self._unsynced_bytes = 0


def read(path: Path) -> Clip:
    """The take's sound up to the first frame that is not whole. OSError if there is none."""
    pcm = list(take_folder.frames((path / take_folder.AUDIO).read_bytes()))
    return Clip(take_folder.load_meta(path, pcm).rate_hz, b"".join(pcm))


def read_part(path: Path, begin: int, end: int) -> bytes:
    """The take's PCM from one byte to another, also while it is being written.

    Raises OSError when not all of it can be read.
    """
    size = take_folder.frame_bytes(take_folder.load_meta(path, []).rate_hz)
    first = begin // size
    with (path / take_folder.AUDIO).open("rb") as file:
        # Every frame but the last of a finished take is a full one.
        file.seek(first * (take_folder.HEADER.size + size))
        data = file.read((-(-end // size) - first) * (take_folder.HEADER.size + size))
    pcm = b"".join(take_folder.frames(data))[begin - first * size : end - first * size]
    if len(pcm) < end - begin:
        raise OSError(f"the take {path.name} has no sound from {begin} to {end}")
    return pcm


def unfinished(root: Path) -> tuple[Take, ...]:
    """The takes with sound that no process is writing, oldest first.

    Folders of takes that never began are deleted on the way.
    """
    if not root.is_dir():
        return ()
    takes: list[Take] = []
    for folder in root.iterdir():
        try:
            take = _inspect(folder)
        except (NotATakeError, BlockingIOError, FileNotFoundError):
            continue  # The last is a take that was deleted while it was looked at.
        except OSError as error:
            _log.warning("the take %s cannot be read: %s", folder.name, error)
            continue
        if take is not None:
            takes.append(take)
    return tuple(sorted(takes, key=lambda take: take.started_at))


def mark(
    path: Path, state: TakeState, *, reason: str | None = None, text: str | None = None
) -> None:
    """Note where a take stands, and why; None keeps what was noted before.

    Raises NotATakeError, BlockingIOError while the take is being written, OSError.
    """
    with take_folder.held(path, _PATIENCE_S):
        audio = path / take_folder.AUDIO
        meta = take_folder.load_meta(path, list(take_folder.frames(audio.read_bytes())))
        if reason is not None:
            meta = replace(meta, reason=reason)
        if text is not None:
            meta = replace(meta, text=text)
        take_folder.save_meta(path, replace(meta, state=state))


def remove(path: Path, *, root: Path | None = None) -> None:
    """Delete a take, its sound first. With `root`, only if it lies directly in there.

    Raises NotATakeError, BlockingIOError while the take is being written, OSError.
    """
    if root is not None and path.parent.resolve() != root.resolve():
        raise NotATakeError(f"not a take of {root}: {path}")
    with take_folder.held(path, _PATIENCE_S) as lock:
        take_folder.delete(path, lock)


def _inspect(folder: Path) -> Take | None:
    with take_folder.held(folder) as lock:
        audio = folder / take_folder.AUDIO
        data = audio.read_bytes() if audio.exists() else b""
        pcm = list(take_folder.frames(data))
        meta = take_folder.load_meta(folder, pcm)
        if not pcm:
            _sweep(folder, lock, len(data), meta.rate_hz)
            return None
    state = TakeState.RECORDING if meta.state is TakeState.ARMED else meta.state
    duration_ms = Clip(meta.rate_hz, b"".join(pcm)).duration_ms
    return Take(
        take_id=meta.take_id,
        started_at=meta.started_at,
        rate_hz=meta.rate_hz,
        state=state,
        duration_ms=duration_ms,
        path=folder,
        reason=meta.reason,
        text=meta.text,
    )


def _sweep(folder: Path, lock: Lock, audio_bytes: int, rate_hz: int) -> None:
    """Delete a take that ended before its first frame; leave one whose frames are damaged."""
    if audio_bytes <= take_folder.HEADER.size + take_folder.frame_bytes(rate_hz):
        take_folder.delete(folder, lock)
    else:
        _log.warning("the take %s has no frame that can be read", folder.name)
