"""Other programs' sound on a real server: softened, and as it was before in every case."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pulsectl
import pytest

from app.desktop.ducking import PulseDucking
from app.desktop.softening import NORM
from audio.pulse import ENGINE_PROPERTY
from tests.desk.child import Child, merged
from tests.desk.sound import SoundServer
from tests.desk.waiting import wait_until

pytestmark = pytest.mark.desk
LOUD = (NORM * 9 // 10, NORM * 8 // 10)
SOFT = tuple(volume * 30 // 100 for volume in LOUD)


@pytest.fixture
def here(sound: SoundServer) -> Iterator[SoundServer]:
    with sound.here():
        yield sound


@contextlib.contextmanager
def player(sound: SoundServer, folder: Path, *options: str, channels: int = 1) -> Iterator[Child]:
    """A program that plays silence to the speakers."""
    before = set(volumes())
    kind = (f"--channels={channels}", "--rate=8000", "--raw", "--client-name=Music")
    command = ["pacat", "--playback", *kind, *options, "/dev/zero"]
    with Child(command, folder, environment=merged(sound.environment)) as child:
        wait_until(lambda: set(volumes()) - before, "a stream")
        yield child


def volumes() -> dict[int, tuple[int, ...]]:
    with pulsectl.Pulse("test") as pulse:
        return {
            found.index: tuple(round(value * NORM) for value in found.volume.values)
            for found in pulse.sink_input_list()
        }


def choose(index: int, numbers: tuple[int, ...]) -> None:
    with pulsectl.Pulse("test") as pulse:
        values = [number / NORM for number in numbers]
        pulse.sink_input_volume_set(index, pulsectl.PulseVolumeInfo(values))


@contextlib.contextmanager
def music(sound: SoundServer, folder: Path) -> Iterator[int]:
    """A stereo stream with a balance of its own; its number."""
    before = set(volumes())
    with player(sound, folder, channels=2):
        (index,) = set(volumes()) - before
        choose(index, LOUD)
        yield index


async def test_it_is_softened_and_put_back_exactly(here: SoundServer, tmp_path: Path) -> None:
    ducking = PulseDucking(tmp_path)
    with music(here, tmp_path) as index:
        await ducking.soften()
        assert volumes()[index] == SOFT
        await ducking.restore()
        assert volumes()[index] == LOUD
    assert [path.suffix for path in tmp_path.iterdir() if "soft" in path.name] == []
    await ducking.close()


async def test_softening_twice_is_softening_once(here: SoundServer, tmp_path: Path) -> None:
    ducking = PulseDucking(tmp_path)
    with music(here, tmp_path) as index:
        await ducking.soften()
        await ducking.soften()
        assert volumes()[index] == SOFT
        await ducking.close()
        assert volumes()[index] == LOUD


async def test_a_volume_that_was_changed_meanwhile_stays(here: SoundServer, tmp_path: Path) -> None:
    ducking = PulseDucking(tmp_path)
    with music(here, tmp_path) as index:
        await ducking.soften()
        choose(index, (NORM // 2, NORM // 2))
        await ducking.restore()
        assert volumes()[index] == (NORM // 2, NORM // 2)


async def test_sayso_and_what_feeds_a_microphone_are_left_alone(
    here: SoundServer, tmp_path: Path
) -> None:
    ducking = PulseDucking(tmp_path)
    with (
        player(here, tmp_path, f"--property={ENGINE_PROPERTY}=1"),
        player(here, tmp_path, "--device=micfeed"),
    ):
        before = volumes()
        await ducking.soften()
        assert volumes() == before


async def test_what_a_killed_run_left_soft_is_put_back_at_the_next_start(
    here: SoundServer, tmp_path: Path
) -> None:
    program = (
        "import asyncio, os, pathlib, sys\n"
        "from app.desktop.ducking import PulseDucking\n"
        "asyncio.run(PulseDucking(pathlib.Path(sys.argv[1])).soften())\n"
        "os.kill(os.getpid(), 9)\n"
    )
    with music(here, tmp_path) as index:
        around = merged(here.environment)
        killed = [sys.executable, "-c", program, str(tmp_path)]
        assert subprocess.run(killed, env=around, timeout=60, check=False).returncode == -9
        assert volumes()[index] == SOFT
        await PulseDucking(tmp_path).restore()
        assert volumes()[index] == LOUD


async def test_a_program_that_ended_meanwhile_does_not_come_back_softly(
    here: SoundServer, tmp_path: Path
) -> None:
    """The server remembers the last volume of a program for its next stream."""
    with pulsectl.Pulse("test") as pulse:
        module = pulse.module_load("module-stream-restore")
    try:
        ducking = PulseDucking(tmp_path)
        with player(here, tmp_path) as child:
            (index,) = volumes()
            choose(index, (LOUD[0],))
            await ducking.soften()
            assert volumes()[index] == (SOFT[0],)
            child.end()
            wait_until(lambda: not volumes(), "no stream")
        await ducking.restore()
        with player(here, tmp_path):
            assert list(volumes().values()) == [(LOUD[0],)]
        with player(here, tmp_path) as child:
            await ducking.soften()
            child.end()
            wait_until(lambda: not volumes(), "no stream")
            with player(here, tmp_path):
                assert list(volumes().values()) == [(SOFT[0],)]
                await ducking.restore()
                assert list(volumes().values()) == [(LOUD[0],)]
    finally:
        with pulsectl.Pulse("test") as pulse:
            pulse.module_unload(module)


async def test_without_a_server_nothing_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    ducking = PulseDucking(tmp_path)
    await ducking.soften()
    await ducking.close()
    assert list(tmp_path.iterdir()) == []


async def test_a_server_that_hangs_keeps_nobody_from_ending(
    here: SoundServer, tmp_path: Path
) -> None:
    ducking = PulseDucking(tmp_path)
    with music(here, tmp_path) as index:
        await ducking.soften()
        here.freeze()
        try:
            await ducking.close()
        finally:
            here.thaw()
        wait_until(lambda: volumes()[index] == LOUD, "what was soft is loud")
