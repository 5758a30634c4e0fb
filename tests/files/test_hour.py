"""An hour of numbered sentences through `sayso transcribe`, with a server that often fails."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from pathlib import Path

import pytest

from tests.files.hearing_server import HearingServer, every
from tests.files.recordings import RATE_HZ, Recording, differences, encode, numbered
from tests.flows.running import ROOT
from tests.providers.openai import fault_server as faults

HOUR_S = 3600
MOST_EXTRA_BYTES = 150_000_000
FAULTS = {
    "error": faults.error(500, "The server had an error"),
    "reset": faults.reset_unanswered,
    "cut": faults.stream([b'{"te'], "reset", "application/json"),
}


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return numbered(HOUR_S, tmp_path_factory.mktemp("speech"))


@pytest.fixture(scope="module")
def sound(recording: Recording, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encode(recording.clip, tmp_path_factory.mktemp("sound") / "hour.flac")


async def transcribed(home: Path, *arguments: str | Path) -> tuple[int, str, str, int]:
    """Exit code, output, what was told, and the most memory that it had at any time."""
    script = (
        "import sys, app.__main__ as m; code = m.main(sys.argv[1:]); "
        "lines = open('/proc/self/status').read().splitlines(); "
        "peak = next(l for l in lines if l.startswith('VmHWM')); "
        "print(peak, file=sys.stderr); sys.exit(code)"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, "transcribe", *map(str, arguments),
        env={**os.environ, "SAYSO_HOME": str(home)}, cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, told = await process.communicate()
    *lines, peak = told.decode().splitlines()
    assert process.returncode is not None
    return process.returncode, out.decode(), "\n".join(lines), int(peak.split()[1]) * 1024


def use(home: Path, server: HearingServer) -> None:
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / "settings.toml").write_text(
        'schema_version = 2\n[transcription]\nsource = "server"\nmodel = "gpt-transcribe"\n'
        f'base_url = "{server.base_url}"\n'
    )


@pytest.mark.soak
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("form", ["txt", "json"])
async def test_an_hour_with_every_seventh_request_failing(
    recording: Recording, sound: Path, tmp_path: Path, fault: str, form: str
) -> None:
    short = encode(
        type(recording.clip)(RATE_HZ, recording.clip.data[: 2 * 60 * RATE_HZ]), tmp_path / "s.flac"
    )
    home = tmp_path / "home"
    async with HearingServer(recording, every(7, FAULTS[fault])) as server:
        use(home, server)
        *_, floor = await transcribed(home, short, "--format", form)
        server.asked.clear()
        began, spent = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        code, out, told, peak = await transcribed(home, sound, "--format", form)
        wall_s = time.monotonic() - began
        cpu_s = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - spent
    text = json.loads(out)["text"] if form == "json" else out
    lost, added = differences(recording.text, text)
    failed = len(server.asked) // 7
    print(
        f"\n{fault} {form}: {len(recording.words)} words, {len(lost)} lost, {len(added)} doubled; "
        f"{len(server.asked)} requests, {failed} failed, largest "
        f"{server.largest_bytes / 1e6:.1f} MB; {wall_s:.0f} s, {cpu_s:.0f} s of processor; "
        f"{(peak - floor) / 1e6:.0f} MB more than for a minute ({peak / 1e6:.0f} MB)"
    )
    assert (code, told) == (0, "")
    assert (lost, added) == ([], [])
    assert failed >= 2
    assert server.largest_bytes < 25_000_000
    assert peak - floor < MOST_EXTRA_BYTES


@pytest.mark.soak
async def test_an_hour_is_killed_again_and_again_and_still_comes_to_its_end(
    recording: Recording, sound: Path, tmp_path: Path
) -> None:
    home, kills = tmp_path / "home", 0
    command = [sys.executable, "-m", "app", "transcribe", str(sound), "--format", "json"]
    async with HearingServer(recording, every(7, FAULTS["error"])) as server:
        use(home, server)
        while True:
            process = await asyncio.create_subprocess_exec(
                *command, env={**os.environ, "SAYSO_HOME": str(home)}, cwd=ROOT,
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            )  # fmt: skip
            answered = len(server.answered)
            talking = asyncio.create_task(process.communicate())
            while not talking.done() and (len(server.answered) < answered + 20 or kills >= 5):
                await asyncio.wait([talking], timeout=0.02)
            if talking.done():
                break
            process.kill()
            kills += 1
            await talking
        out, _ = await talking
    parts = set(server.answered)
    twice = len(server.answered) - len(parts)
    print(f"\n{kills} kills: {len(parts)} parts, {twice} of them sent twice (they were under way)")
    assert process.returncode == 0
    assert differences(recording.text, json.loads(out)["text"]) == ([], [])
    assert kills == 5
    assert twice <= 5 * 3
