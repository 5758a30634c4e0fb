"""What a take looks like on disk: a folder with frames of sound, `meta.json` and a lock.

`audio.pcm` is a row of frames: length, CRC-32, PCM. Used by the journal alone.
"""

from __future__ import annotations

import contextlib
import enum
import errno
import json
import logging
import os
import re
import struct
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from audio.messages import SPEECH_RATE_HZ
from audio.pcm import SAMPLE_BYTES, samples_for_ms

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_log = logging.getLogger(__name__)

FRAME_MS = 100
AUDIO = "audio.pcm"
META = "meta.json"
LOCK = "lock"
META_PART = "meta.json.part"
_LOCK_POLL_S = 0.005

_TAKE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LENGTH = struct.Struct("<I")
HEADER = struct.Struct("<II")
_LONGEST_FRAME_BYTES = 1 << 17
_COMMON_RATES_HZ = (8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


class TakeState(enum.StrEnum):
    """Where a take stands. One that is done or discarded has no folder any more."""

    ARMED = "armed"
    RECORDING = "recording"
    PENDING = "pending"
    FAILED = "failed"


class NotATakeError(ValueError):
    """The path is not a take's folder, or not one below the root."""


@dataclass(frozen=True, slots=True)
class Meta:
    """What `meta.json` holds."""

    take_id: str
    started_at: datetime
    rate_hz: int
    state: TakeState
    reason: str = ""
    text: str = ""


class Lock:
    """An open lock file. The lock goes with `close`, or with the process."""

    def __init__(self, path: Path) -> None:
        self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def wait(self) -> None:
        """Take the lock, once nobody else holds it."""
        self._lock(wait=True)

    def take(self) -> None:
        """Take the lock. Raises BlockingIOError if somebody else holds it."""
        self._lock(wait=False)

    def is_at(self, path: Path) -> bool:
        """Whether the file is still there under its name."""
        try:
            return self._file is not None and os.path.samestat(os.fstat(self._file), path.stat())
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Let go. May be called again."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _lock(self, *, wait: bool) -> None:
        assert self._file is not None
        if sys.platform == "win32":
            try:
                msvcrt.locking(self._file, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            except PermissionError as error:
                raise BlockingIOError(*error.args) from error
        else:
            fcntl.flock(self._file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


def frame_bytes(rate_hz: int) -> int:
    """Bytes of sound in a full frame."""
    return samples_for_ms(rate_hz, FRAME_MS) * SAMPLE_BYTES


def frame(pcm: bytes) -> bytes:
    """One frame, ready to be written."""
    return HEADER.pack(len(pcm), _checksum(pcm)) + pcm


def frames(data: bytes) -> Iterator[memoryview]:
    """The sound of each frame, up to the first that is not whole."""
    view = memoryview(data)
    while len(view) >= HEADER.size:
        length, checksum = HEADER.unpack_from(view)
        pcm = view[HEADER.size : HEADER.size + length]
        usable = 0 < length <= _LONGEST_FRAME_BYTES and not length % SAMPLE_BYTES
        if not usable or len(pcm) < length or _checksum(pcm) != checksum:
            return
        yield pcm
        view = view[HEADER.size + length :]


def save_meta(folder: Path, meta: Meta) -> None:
    """Replace `meta.json` so that it is whole at every moment. Raises OSError."""
    raw = {
        "take_id": meta.take_id,
        "started_at": meta.started_at.isoformat(),
        "rate_hz": meta.rate_hz,
        "state": meta.state,
        "reason": meta.reason,
        "text": meta.text,
    }
    part = folder / META_PART
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        json.dump(raw, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / META)
    sync_folder(folder)


def load_meta(folder: Path, pcm: list[memoryview]) -> Meta:
    """What `meta.json` says or, where it is torn, what the folder and its frames tell."""
    try:
        raw = json.loads((folder / META).read_bytes())
        started_at = datetime.fromisoformat(raw["started_at"]).astimezone(UTC)
        rate_hz = int(raw["rate_hz"])
        if not 1_000 <= rate_hz <= 384_000:
            raise ValueError(f"{rate_hz} Hz")
        state = TakeState(raw["state"])
        return Meta(folder.name, started_at, rate_hz, state, str(raw["reason"]), str(raw["text"]))
    except (OSError, ValueError, LookupError, TypeError, OverflowError) as error:
        if pcm:
            _log.warning("meta.json of the take %s is of no use: %r", folder.name, error)
    started_at = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
    longest = max((len(part) for part in pcm), default=0) // SAMPLE_BYTES * 1000 // FRAME_MS
    rate_hz = longest if longest in _COMMON_RATES_HZ else SPEECH_RATE_HZ
    return Meta(folder.name, started_at, rate_hz, TakeState.RECORDING)


def claim(root: Path, take_id: str) -> tuple[Path, Lock]:
    """Make the folder of a new take and lock it.

    Raises ValueError for an impossible id, FileExistsError for one that is in use, OSError.
    """
    if not _TAKE_ID.fullmatch(take_id):
        raise ValueError(f"not a take id: {take_id!r}")
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = root / take_id
    folder.mkdir(mode=0o700)
    # Until the lock is held, a sweep may take the new folder for a leftover and delete it.
    while True:
        try:
            lock = Lock(folder / LOCK)
        except FileNotFoundError:
            folder.mkdir(mode=0o700, exist_ok=True)
            continue
        lock.wait()
        if lock.is_at(folder / LOCK):
            return folder, lock
        lock.close()


@contextlib.contextmanager
def held(folder: Path, patience_s: float = 0.0) -> Iterator[Lock]:
    """The lock of a take that nobody writes, waited for so long: who lists takes holds each too.

    Raises NotATakeError, BlockingIOError while it is being written, OSError.
    """
    if not _is_take(folder):
        raise NotATakeError(f"not a take: {folder}")
    lock = Lock(folder / LOCK)
    ends_s = time.monotonic() + patience_s
    try:
        while True:
            try:
                lock.take()
                break
            except BlockingIOError:
                if time.monotonic() >= ends_s:
                    raise
                time.sleep(_LOCK_POLL_S)
        yield lock
    finally:
        lock.close()


def delete(folder: Path, lock: Lock) -> None:
    """Delete a take that the caller holds: sound first, so that a remnant is never offered."""
    for name in (AUDIO, META_PART, META):
        (folder / name).unlink(missing_ok=True)
    if sys.platform == "win32":
        lock.close()  # an open file cannot be deleted there
    (folder / LOCK).unlink(missing_ok=True)
    try:
        folder.rmdir()
    except OSError as error:
        # Who opened the lock anew in this moment holds an empty take, and sweeps it away.
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
            raise
    lock.close()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last through a power cut."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_data(file: int) -> None:
    """Make what was written to a file last through a power cut."""
    if sys.platform == "darwin":
        fcntl.fcntl(file, fcntl.F_FULLFSYNC)
    elif sys.platform == "win32":
        os.fsync(file)
    else:
        os.fdatasync(file)


def _is_take(folder: Path) -> bool:
    if folder.is_symlink() or not folder.is_dir() or not _TAKE_ID.fullmatch(folder.name):
        return False
    names = {entry.name for entry in folder.iterdir()}
    return bool(names) and names <= {AUDIO, META, META_PART, LOCK}


def _checksum(pcm: bytes | memoryview) -> int:
    # Over the length too: a run of zero bytes, as a power cut leaves it, is then no frame.
    return zlib.crc32(pcm, zlib.crc32(_LENGTH.pack(len(pcm))))
