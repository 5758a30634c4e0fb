from __future__ import annotations

import contextlib
import errno
import json
import os
import random
import signal
import stat
import struct
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from audio.journal import (
    JournalWriter,
    NotATakeError,
    TakeState,
    mark,
    read,
    read_part,
    remove,
    unfinished,
)
from audio.pcm import Clip
from audio.take_folder import Lock

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX")

RATE = 16_000
BLOCK = 320
FRAME_FILE_BYTES = 8 + 3_200
REPOSITORY = Path(__file__).parents[2]

WRITER = """
import os, sys, numpy as np
from pathlib import Path
from audio.journal import JournalWriter
writer = JournalWriter.open(Path(sys.argv[1]), sys.argv[2], 16_000)
os.write(1, (0).to_bytes(8, "little"))
for start in range(0, 1 << 30, 320):
    writer.append(np.arange(start, start + 320).astype("<u2").tobytes())
    os.write(1, (start + 320).to_bytes(8, "little"))
"""


def _counted(start: int, count: int) -> bytes:
    """Sound in which every sample tells its own place."""
    return np.arange(start, start + count).astype("<u2").tobytes()


def _fill(writer: JournalWriter, duration_ms: int, rate_hz: int = RATE) -> bytes:
    """Append that much sound in blocks of 20 ms, and return it."""
    sound = _counted(0, rate_hz * duration_ms // 1000)
    step = rate_hz // 50 * 2
    for start in range(0, len(sound), step):
        writer.append(sound[start : start + step])
    return sound


def _take(root: Path, take_id: str = "take-1", duration_ms: int = 1_000) -> Path:
    writer = JournalWriter.open(root, take_id, RATE)
    _fill(writer, duration_ms)
    writer.finish()
    return root / take_id


def _crash(writer: JournalWriter) -> None:
    """Let the writer's files go as the system does when a process dies."""
    os.close(writer._file)
    writer._lock.close()


def _meta(folder: Path) -> dict[str, object]:
    loaded: dict[str, object] = json.loads((folder / "meta.json").read_text())
    return loaded


def test_a_take_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    writer = JournalWriter.open(tmp_path, "take-1", 24_000)
    sound = _fill(writer, 2_350, 24_000)
    assert writer.duration_ms == 2_350
    writer.finish()
    assert read(tmp_path / "take-1") == Clip(24_000, sound)
    [take] = unfinished(tmp_path)
    assert (take.take_id, take.state, take.duration_ms) == ("take-1", TakeState.PENDING, 2_350)
    assert take.path == tmp_path / "take-1"
    assert abs(datetime.now(UTC) - take.started_at) < timedelta(minutes=1)


def test_the_states_follow_the_recording(tmp_path: Path) -> None:
    folder = tmp_path / "take-1"
    writer = JournalWriter.open(tmp_path, "take-1", RATE)
    assert _meta(folder)["state"] == "armed"
    armed_at = _meta(folder)["started_at"]
    writer.append(_counted(0, 10))
    assert _meta(folder)["state"] == "recording"
    assert str(_meta(folder)["started_at"]) > str(armed_at)
    writer.finish(TakeState.FAILED)
    assert _meta(folder) == {
        "take_id": "take-1",
        "started_at": _meta(folder)["started_at"],
        "rate_hz": RATE,
        "state": "failed",
        "reason": "",
        "text": "",
    }


def test_all_but_the_last_frame_is_in_the_file_at_once(tmp_path: Path) -> None:
    writer = JournalWriter.open(tmp_path, "take-1", RATE)
    sound = _fill(writer, 490)
    assert read(tmp_path / "take-1").data == sound[: 400 * 32]
    writer.flush()
    assert read(tmp_path / "take-1").data == sound
    writer.append(b"\1\2")
    writer.finish()
    assert read(tmp_path / "take-1").data == sound + b"\1\2"


def test_pieces_of_any_size_give_the_same_file(tmp_path: Path) -> None:
    sound = _counted(0, RATE)
    for take_id, step in (("tiny", 2), ("odd", 1_234), ("whole", len(sound))):
        writer = JournalWriter.open(tmp_path, take_id, RATE)
        for start in range(0, len(sound), step):
            writer.append(sound[start : start + step])
        writer.finish()
        assert read(tmp_path / take_id).data == sound
        assert (tmp_path / take_id / "audio.pcm").stat().st_size == 10 * FRAME_FILE_BYTES


def test_frames_are_length_checksum_and_pcm(tmp_path: Path) -> None:
    sound = _counted(0, 1_600)
    writer = JournalWriter.open(tmp_path, "take-1", RATE)
    writer.append(sound)
    writer.finish()
    length = struct.pack("<I", len(sound))
    checksum = struct.pack("<I", zlib.crc32(length + sound))
    assert (tmp_path / "take-1" / "audio.pcm").read_bytes() == length + checksum + sound


@posix_only
def test_only_the_user_may_look(tmp_path: Path) -> None:
    root = tmp_path / "state" / "takes"
    folder = _take(root)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"audio.pcm": 0o600, "meta.json": 0o600, "lock": 0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(root.stat().st_mode) == 0o700


@pytest.mark.skipif(not hasattr(os, "fdatasync"), reason="another call syncs here")
def test_half_a_second_of_sound_is_the_most_that_waits_for_a_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = JournalWriter.open(tmp_path, "take-1", RATE)
    synced, real = [0], os.fdatasync

    def note(file: int) -> None:
        real(file)
        synced.append(os.fstat(file).st_size)

    monkeypatch.setattr(os, "fdatasync", note)
    _fill(writer, 5_250)
    writer.finish()
    size = (tmp_path / "take-1" / "audio.pcm").stat().st_size
    assert synced[-1] == size
    gaps = np.diff(synced)
    assert gaps.max() <= 5 * FRAME_FILE_BYTES


def test_a_take_that_never_began_leaves_nothing(tmp_path: Path) -> None:
    JournalWriter.open(tmp_path, "discarded", RATE).discard()
    JournalWriter.open(tmp_path, "finished", RATE).finish()
    assert list(tmp_path.iterdir()) == []


def test_a_take_with_sound_cannot_be_discarded(tmp_path: Path) -> None:
    writer = JournalWriter.open(tmp_path, "take-1", RATE)
    writer.append(b"\0\0")
    with pytest.raises(ValueError, match="without sound"):
        writer.discard()
    writer.finish()
    assert [take.take_id for take in unfinished(tmp_path)] == ["take-1"]


def test_a_finished_take_takes_no_more_and_may_be_finished_again(tmp_path: Path) -> None:
    writer = JournalWriter.open(tmp_path, "take-1", RATE)
    writer.append(b"\0\0")
    writer.finish()
    with pytest.raises(ValueError, match="finished"):
        writer.append(b"\0\0")
    writer.finish(TakeState.FAILED)
    assert unfinished(tmp_path)[0].state is TakeState.PENDING


@pytest.mark.parametrize("take_id", ["", "..", "a/b", ".hidden", "a" * 65, "a b", "ä"])
def test_an_id_that_could_lead_elsewhere_is_refused(tmp_path: Path, take_id: str) -> None:
    with pytest.raises(ValueError, match="take id"):
        JournalWriter.open(tmp_path / "takes", take_id, RATE)


def test_an_id_is_used_once(tmp_path: Path) -> None:
    folder = _take(tmp_path)
    before = (folder / "audio.pcm").read_bytes()
    with pytest.raises(FileExistsError):
        JournalWriter.open(tmp_path, "take-1", RATE)
    assert (folder / "audio.pcm").read_bytes() == before


# What survives


def test_a_take_that_is_being_written_is_not_offered(tmp_path: Path) -> None:
    writer = JournalWriter.open(tmp_path, "take-1", RATE)
    assert unfinished(tmp_path) == ()
    _fill(writer, 500)
    assert unfinished(tmp_path) == ()
    _crash(writer)
    [take] = unfinished(tmp_path)
    assert (take.state, take.duration_ms) == (TakeState.RECORDING, 500)


def _killed_writers(root: Path, count: int) -> Iterator[tuple[str, int]]:
    """Start writers, kill each at some moment; yields its take and the samples it was given."""
    chance = random.Random(5)
    with contextlib.ExitStack() as stack:
        writers: list[tuple[str, subprocess.Popen[bytes]]] = []
        for number in range(count):
            command = [sys.executable, "-c", WRITER, str(root), f"take-{number}"]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY)
            stack.callback(process.wait)
            stack.callback(process.kill)
            writers.append((f"take-{number}", process))
        for take_id, process in writers:
            assert process.stdout is not None
            with process.stdout as progress:
                wanted, given = chance.randrange(1_600, RATE * 4), 0
                while given < wanted:
                    given = int.from_bytes(progress.read(8), "little")
                assert unfinished(root / "nothing") == ()
                assert take_id not in [take.take_id for take in unfinished(root)]
                process.send_signal(signal.SIGKILL)
                rest = progress.read()
            process.wait()
            whole = len(rest) // 8 * 8
            yield take_id, int.from_bytes(rest[whole - 8 : whole], "little") if whole else given


@posix_only
def test_a_kill_loses_at_most_a_quarter_of_a_second(tmp_path: Path) -> None:
    for take_id, given in _killed_writers(tmp_path, 10):
        kept = read(tmp_path / take_id)
        samples = len(kept.data) // 2
        assert kept.data == _counted(0, samples)
        assert given - samples <= RATE // 4
        [offered] = [take for take in unfinished(tmp_path) if take.take_id == take_id]
        assert offered.duration_ms == kept.duration_ms
        assert offered.rate_hz == RATE


@pytest.mark.parametrize("missing", [1, 7, 3_199, 3_200, 3_204, 3_208, 3_209])
def test_a_cut_tail_costs_only_the_frames_it_touches(tmp_path: Path, missing: int) -> None:
    folder = _take(tmp_path)
    audio = folder / "audio.pcm"
    whole = audio.read_bytes()
    audio.write_bytes(whole[:-missing])
    frames = 10 - -(-missing // FRAME_FILE_BYTES)
    assert read(folder).data == _counted(0, frames * 1_600)


@pytest.mark.parametrize("place", [0, 1, 3, 4, 7, 8, 1_000, 3_207])
def test_reading_stops_before_a_flipped_bit(tmp_path: Path, place: int) -> None:
    folder = _take(tmp_path)
    audio = folder / "audio.pcm"
    data = bytearray(audio.read_bytes())
    data[4 * FRAME_FILE_BYTES + place] ^= 0x10
    audio.write_bytes(data)
    assert read(folder).data == _counted(0, 4 * 1_600)
    assert unfinished(tmp_path)[0].duration_ms == 400


def test_zeros_that_a_power_cut_leaves_are_not_sound(tmp_path: Path) -> None:
    folder = _take(tmp_path)
    with (folder / "audio.pcm").open("ab") as file:
        file.write(bytes(10_000))
    assert read(folder).data == _counted(0, RATE)


TORN = [b"", b'{"take_id": "take-1", "star', b"\0" * 300, b"[]", b'"text"', None]
TORN += [b'{"started_at": "2024-01-01", "rate_hz": 0, "state": "pending"}']
TORN += [b'{"rate_hz": 24000}', b'{"started_at": 5, "rate_hz": 1, "state": 1}']


@pytest.mark.logs("meta.json of the take take-1 is of no use")
@pytest.mark.parametrize("torn", TORN)
def test_a_broken_meta_does_not_hide_the_sound(tmp_path: Path, torn: bytes | None) -> None:
    writer = JournalWriter.open(tmp_path, "take-1", 24_000)
    sound = _fill(writer, 1_050, 24_000)
    writer.finish()
    meta = tmp_path / "take-1" / "meta.json"
    meta.unlink()
    if torn is not None:
        meta.write_bytes(torn)
    [take] = unfinished(tmp_path)
    assert (take.rate_hz, take.duration_ms, take.take_id) == (24_000, 1_050, "take-1")
    assert take.state is TakeState.RECORDING
    assert read(take.path) == Clip(24_000, sound)
    mark(take.path, TakeState.PENDING)
    assert unfinished(tmp_path)[0].state is TakeState.PENDING
    assert _meta(take.path)["rate_hz"] == 24_000


def test_leftovers_of_takes_that_never_began_are_swept(tmp_path: Path) -> None:
    _crash(JournalWriter.open(tmp_path, "armed", RATE))
    begun = JournalWriter.open(tmp_path, "begun", RATE)
    begun.append(b"\0\0")
    _crash(begun)
    torn = JournalWriter.open(tmp_path, "torn", RATE)
    _fill(torn, 100)
    _crash(torn)
    os.truncate(tmp_path / "torn" / "audio.pcm", 2_000)
    alive = JournalWriter.open(tmp_path, "alive", RATE)
    assert unfinished(tmp_path) == ()
    assert [path.name for path in tmp_path.iterdir()] == ["alive"]
    alive.discard()


@pytest.mark.logs("take-1 has no frame that can be read")
def test_sound_behind_a_damaged_first_frame_is_not_deleted(tmp_path: Path) -> None:
    folder = _take(tmp_path)
    data = bytearray((folder / "audio.pcm").read_bytes())
    data[100] ^= 1
    (folder / "audio.pcm").write_bytes(data)
    assert unfinished(tmp_path) == ()
    assert (folder / "audio.pcm").stat().st_size == len(data)


def test_takes_are_offered_oldest_first_and_strangers_are_left_alone(tmp_path: Path) -> None:
    for take_id in ("c", "a", "b"):
        _take(tmp_path, take_id, 100)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "song.wav").write_bytes(b"mine")
    (tmp_path / "empty").mkdir()
    assert [take.take_id for take in unfinished(tmp_path)] == ["c", "a", "b"]
    assert (tmp_path / "folder" / "song.wav").exists()
    assert unfinished(tmp_path / "none") == ()


@contextlib.contextmanager
def _sweeping(root: Path) -> Iterator[None]:
    """Another thread looks at the takes all the time, and never has trouble with it."""
    stop = threading.Event()
    troubles: list[Exception] = []

    def sweep() -> None:
        try:
            while not stop.is_set():
                unfinished(root)
        except (OSError, ValueError) as error:
            troubles.append(error)

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        yield
    finally:
        stop.set()
        sweeper.join()
    assert troubles == []


def test_a_sweep_and_a_new_take_do_not_disturb_each_other(tmp_path: Path) -> None:
    with _sweeping(tmp_path):
        for number in range(60):
            writer = JournalWriter.open(tmp_path, f"take-{number}", RATE)
            writer.append(_counted(0, 1_600))
            writer.finish()
    assert len(unfinished(tmp_path)) == 60


def test_a_sweep_and_a_deletion_do_not_disturb_each_other(tmp_path: Path) -> None:
    for number in range(200):
        writer = JournalWriter.open(tmp_path, f"take-{number}", RATE)
        writer.append(_counted(0, 1_600))
        writer.finish()
    takes = unfinished(tmp_path)
    with _sweeping(tmp_path):
        for take in takes:
            remove(take.path)
    assert unfinished(tmp_path) == ()
    assert list(tmp_path.iterdir()) == []


def test_a_new_folder_that_is_swept_away_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_wait = Lock.wait
    swept: list[bool] = []

    def wait(lock: Lock) -> None:
        if not swept:
            (tmp_path / "take-1" / "lock").unlink()
            (tmp_path / "take-1").rmdir()
            swept.append(True)
        real_wait(lock)

    monkeypatch.setattr(Lock, "wait", wait)
    writer = JournalWriter.open(tmp_path, "take-1", RATE)
    sound = _fill(writer, 200)
    assert unfinished(tmp_path) == ()
    writer.finish()
    assert read(tmp_path / "take-1").data == sound


@pytest.mark.logs("the take broken cannot be read")
def test_a_take_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path) -> None:
    _take(tmp_path, "whole")
    (_take(tmp_path, "broken") / "audio.pcm").unlink()
    (tmp_path / "broken" / "audio.pcm").mkdir()
    assert [take.take_id for take in unfinished(tmp_path)] == ["whole"]


# A disk that refuses


@contextlib.contextmanager
def _file_limit(size: int) -> Iterator[None]:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@posix_only
@pytest.mark.parametrize("limit", [20_000, 3_208 * 6, 3_208 * 6 + 4])
def test_a_refused_frame_harms_nothing_and_is_tried_again(tmp_path: Path, limit: int) -> None:
    writer = JournalWriter.open(tmp_path, "take-1", RATE)
    given = b""
    with _file_limit(limit):
        while len(given) < RATE * 2:
            block = _counted(len(given) // 2, BLOCK)
            given += block
            if len(given) <= 6 * 3_200:
                writer.append(block)
                continue
            with contextlib.suppress(OSError):
                writer.append(block)
        with pytest.raises(OSError, match="large") as caught:
            writer.flush()
        assert caught.value.errno == errno.EFBIG
        assert (tmp_path / "take-1" / "audio.pcm").stat().st_size == 6 * FRAME_FILE_BYTES
        assert read(tmp_path / "take-1").data == given[: 6 * 3_200]
    block = _counted(len(given) // 2, BLOCK)
    writer.append(block)
    writer.finish()
    assert read(tmp_path / "take-1").data == given + block


@posix_only
def test_a_take_that_cannot_be_finished_is_still_let_go(tmp_path: Path) -> None:
    writer = JournalWriter.open(tmp_path, "take-1", RATE)
    _fill(writer, 550)
    with _file_limit(5 * FRAME_FILE_BYTES), pytest.raises(OSError, match="large"):
        writer.finish()
    [take] = unfinished(tmp_path)
    assert (take.state, take.duration_ms) == (TakeState.RECORDING, 500)


@posix_only
def test_a_take_that_cannot_be_opened_leaves_nothing(tmp_path: Path) -> None:
    with _file_limit(0), pytest.raises(OSError, match="large"):
        JournalWriter.open(tmp_path, "take-1", RATE)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small file system cannot be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_reported_and_keeps_what_it_has(small_disk: Path) -> None:
    writer = JournalWriter.open(small_disk / "takes", "take-1", RATE)
    given = _counted(0, RATE * 30)
    with pytest.raises(OSError, match="No space left") as caught:
        writer.append(given)
    assert caught.value.errno == errno.ENOSPC
    kept = read(small_disk / "takes" / "take-1").data
    assert len(kept) > 200_000
    assert given.startswith(kept)
    with pytest.raises(OSError, match="No space left"):
        writer.finish()
    [take] = unfinished(small_disk / "takes")
    remove(take.path)
    assert list((small_disk / "takes").iterdir()) == []


# Marking and removing


def test_a_mark_keeps_what_was_noted_before(tmp_path: Path) -> None:
    folder = _take(tmp_path)
    mark(folder, TakeState.FAILED, reason="server_unreachable", text="hello wörld")
    [take] = unfinished(tmp_path)
    assert (take.state, take.reason) == (TakeState.FAILED, "server_unreachable")
    mark(folder, TakeState.PENDING, reason="")
    [take] = unfinished(tmp_path)
    assert (take.state, take.reason, take.text) == (TakeState.PENDING, "", "hello wörld")
    assert take.duration_ms == 1_000


def test_a_removed_take_is_gone(tmp_path: Path) -> None:
    folder = _take(tmp_path)
    remove(folder, root=tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NotATakeError):
        remove(folder)


def test_a_take_that_is_being_written_is_neither_marked_nor_removed(tmp_path: Path) -> None:
    writer = JournalWriter.open(tmp_path, "take-1", RATE)
    sound = _fill(writer, 300)
    with pytest.raises(BlockingIOError):
        remove(writer.path)
    with pytest.raises(BlockingIOError):
        mark(writer.path, TakeState.FAILED)
    writer.finish()
    assert read(writer.path).data == sound


def test_only_takes_are_removed(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "takes", tmp_path / "elsewhere"
    inside, outside = _take(root), _take(elsewhere)
    strange = root / "documents"
    strange.mkdir()
    (strange / "audio.pcm").write_bytes(b"mine")
    (strange / "letter.txt").write_text("mine")
    link = root / "link"
    link.symlink_to(outside, target_is_directory=True)
    (root / "empty").mkdir()
    for path in (strange, link, root / "empty", root, root / "..", root / "none"):
        with pytest.raises(NotATakeError):
            remove(path)
    for path in (outside, inside / ".." / ".." / "elsewhere" / "take-1"):
        with pytest.raises(NotATakeError):
            remove(path, root=root)
    assert (outside / "audio.pcm").exists()
    assert (strange / "letter.txt").exists()
    remove(inside, root=root)


def test_an_interrupted_removal_is_not_offered_again(tmp_path: Path) -> None:
    folder = _take(tmp_path)
    (folder / "audio.pcm").unlink()
    assert unfinished(tmp_path) == ()
    assert not folder.exists()


def test_a_part_is_read_while_the_take_is_written(tmp_path: Path) -> None:
    writer = JournalWriter.open(tmp_path, "take-1", RATE)
    sound = np.arange(3 * RATE, dtype="<i2").tobytes()
    for at in range(0, len(sound), 2 * BLOCK):
        writer.append(sound[at : at + 2 * BLOCK])
    for begin, end in [(0, 2), (3_200, 6_400), (3_198, 6_402), (10, 90_000), (0, 96_000)]:
        assert read_part(writer.path, begin, end) == sound[begin:end]
    writer.append(sound[:100])
    with pytest.raises(OSError, match="no sound"):
        read_part(writer.path, 95_000, 96_100)
    writer.finish()
    assert read_part(writer.path, 95_000, 96_100) == sound[95_000:] + sound[:100]
