"""`sayso transcribe` as a user runs it: what comes out, how it ends, and how it goes on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desk.speech import join, say, silence
from tests.files.hearing_server import HearingServer, every
from tests.files.recordings import RATE_HZ, Recording, differences, encode, numbered
from tests.flows.running import ROOT
from tests.providers.openai import fault_server as faults

WAIT_S = 300
TALK = join(say("how are you today"), silence(600), say("what is twelve times seven"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    return numbered(300, tmp_path_factory.mktemp("speech"))


@pytest.fixture
def sound(recording: Recording, tmp_path: Path) -> Path:
    return encode(recording.clip, tmp_path / "talk.flac")


class Started:
    """A run beside the server that is part of this test."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def done(self) -> tuple[int, str, str]:
        """Exit code, output, and what was told."""
        out, told = await asyncio.wait_for(self.process.communicate(), WAIT_S)
        assert self.process.returncode is not None
        return self.process.returncode, out.decode(), told.decode()


def sayso(*arguments: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *map(str, arguments)],
        env={**os.environ, "SAYSO_HOME": str(home)}, cwd=ROOT,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WAIT_S,
    )  # fmt: skip


async def started(home: Path, *arguments: str | Path, stderr: int | None = None) -> Started:
    return Started(
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "app", "transcribe", *map(str, arguments),
            env={**os.environ, "SAYSO_HOME": str(home)}, cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE if stderr is None else stderr,
        )
    )  # fmt: skip


def use(home: Path, server: faults.FaultServer, **settings: str) -> None:
    lines = {"source": "server", "base_url": server.base_url, "model": "gpt-transcribe", **settings}
    (home / "config").mkdir(parents=True, exist_ok=True)
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())
    (home / "config" / "settings.toml").write_text(f"schema_version = 2\n[transcription]\n{text}")


def kept(home: Path) -> list[Path]:
    return list((home / "data" / "transcriptions").glob("*"))


def test_one_file_to_the_terminal(home: Path, tmp_path: Path) -> None:
    done = sayso("transcribe", encode(TALK, tmp_path / "talk.m4a"), home=home)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "how are you today what is twelve times seven\n"
    assert kept(home) == []


def test_subtitles_and_json(home: Path, tmp_path: Path) -> None:
    path = encode(TALK, tmp_path / "talk.mp3")
    done = sayso("transcribe", path, "-o", tmp_path / "out.srt", home=home)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    text = (tmp_path / "out.srt").read_text()
    assert re.match(r"1\n00:00:00,\d{3} --> 00:00:0\d,\d{3}\nhow are you today", text)
    told = json.loads(sayso("transcribe", "--json", path, home=home).stdout)
    assert (told["by"], told["complete"], told["times"]) == ("built in", True, "cuts")
    assert told["text"].startswith("how are you today")


def test_several_files_have_texts_beside_them_and_are_not_done_twice(
    home: Path, tmp_path: Path
) -> None:
    one = encode(say("how are you today"), tmp_path / "one.wav")
    two = encode(say("what is twelve times seven"), tmp_path / "two.ogg")
    (tmp_path / "bad.mp3").write_text("words")
    done = sayso("transcribe", one, tmp_path / "bad.mp3", two, home=home)
    assert done.returncode == 2
    assert "bad.mp3 is not a sound file" in done.stderr
    assert (tmp_path / "one.txt").read_text() == "how are you today\n"
    assert (tmp_path / "two.txt").read_text() == "what is twelve times seven\n"
    (tmp_path / "one.txt").write_text("my own text\n")
    done = sayso("transcribe", one, two, home=home)
    assert (done.returncode, (tmp_path / "one.txt").read_text()) == (0, "my own text\n")
    assert "one.txt is there already" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("nothing.mp3",), 2, "cannot be read: no such file"),
        (("talk.wav", "-o", "no/such/folder.txt"), 2, "cannot be written"),
        (("talk.wav", "--language", "german"), 2, "two-letter code"),
        (("talk.wav", "--language", "de"), 2, "German|de"),
        (("talk.wav", "--translate"), 2, "does not translate"),
        (("silent.wav",), 5, "No speech was heard"),
    ],
)
def test_trouble_is_one_sentence_and_an_exit_code(
    home: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    encode(TALK, tmp_path / "talk.wav")
    encode(silence(2000), tmp_path / "silent.wav")
    named = [tmp_path / a if "." in a or "/" in a else a for a in arguments]
    done = sayso("transcribe", *named, home=home)
    assert done.returncode == code, done.stderr
    assert re.search(sentence, done.stderr)
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_without_a_key_the_built_in_recognizer_does_it_and_says_so(
    home: Path, tmp_path: Path
) -> None:
    path = encode(say("how are you today"), tmp_path / "talk.wav")
    done = sayso("transcribe", path, "--model", "gpt-transcribe", home=home)
    assert (done.returncode, done.stdout) == (0, "how are you today\n")
    assert "OpenAI needs a key. The built-in recognizer is used." in done.stderr
    sayso("config", "general.fallback", "off", home=home)
    done = sayso("transcribe", path, "--model", "gpt-transcribe", home=home)
    assert (done.returncode, done.stdout) == (3, "")


async def test_a_server_that_fails_now_and_then(
    home: Path, recording: Recording, sound: Path, tmp_path: Path
) -> None:
    async with HearingServer(recording, every(7, faults.error(500, "Oh"))) as server:
        use(home, server)
        code, out, told = await (await started(home, sound, "--format", "srt")).done()
    assert (code, told) == (0, "")
    words = " ".join(
        line for line in out.splitlines() if line and not re.match(r"\d+$|.*-->", line)
    )
    assert differences(recording.text, words) == ([], [])
    assert kept(home) == []


async def test_a_gap_is_named_and_filled_by_the_next_run(
    home: Path, recording: Recording, sound: Path, tmp_path: Path
) -> None:
    refused = faults.error(400, "This sound cannot be used", code="invalid_value")
    at = 200 * RATE_HZ
    async with HearingServer(
        recording, lambda number, part: refused if part[0] <= at < part[1] else None
    ) as server:
        use(home, server)
        target = tmp_path / "talk.txt"
        code, _, told = await (await started(home, sound, "-o", target)).done()
        assert code == 4
        (mark,) = re.findall(r"\[00:0\d:\d\d–00:0\d:\d\d not transcribed\]", target.read_text())
        assert mark in told
        assert "run the same command again" in told
        assert len(kept(home)) == 1
        server.fault, before = None, len(server.asked)
        code, _, told = await (await started(home, sound, "-o", target)).done()
        assert (code, told, len(server.asked)) == (0, "", before + 1)
    assert differences(recording.text, target.read_text()) == ([], [])
    assert kept(home) == []


def after(count: int, stop: Callable[[], None]) -> Callable[[int, tuple[int, int]], None]:
    """Stop the run when so many requests were made; they are answered all the same."""

    def fault(number: int, stretch: tuple[int, int]) -> None:
        if number == count:
            stop()

    return fault


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
async def test_an_interrupted_run_goes_on_where_it_was(
    home: Path, recording: Recording, sound: Path, how: signal.Signals
) -> None:
    async with HearingServer(recording) as server:
        use(home, server)
        for asked in (6, 12):
            run = await started(home, sound, "--json")
            process = run.process
            server.fault = after(asked, lambda process=process: process.send_signal(how))  # type: ignore[misc]
            code, out, told = await run.done()
            assert (code, out) == (130 if how is signal.SIGINT else -how, "")
            if how is signal.SIGINT:
                assert re.search(r"Stopped\. 00:0\d:\d\d of 00:05:\d\d are done and kept", told)
        server.fault = None
        done_before = {
            (json.loads(line)["begins_ms"], json.loads(line)["ends_ms"])
            for path in kept(home)
            for line in path.read_text().splitlines(keepends=True)
            if line.endswith("\n")
        }
        before = len(server.asked)
        code, out, told = await (await started(home, sound, "--json")).done()
    assert (code, told) == (0, "")
    assert len(done_before) >= 3
    sent = {(begins // 16, ends // 16) for begins, ends in server.asked[before:]}
    assert not sent & done_before
    assert differences(recording.text, json.loads(out)["text"]) == ([], [])
    assert kept(home) == []


async def test_a_network_that_goes_away_ends_the_run_and_the_next_one_goes_on(
    home: Path, recording: Recording, sound: Path
) -> None:
    server = HearingServer(recording)

    def gone(number: int, stretch: tuple[int, int]) -> faults.Behaviour | None:
        if number < 4:
            return None
        server._server.close()
        return faults.reset_unanswered

    server.fault = gone
    async with server:
        use(home, server)
        code, out, told = await (await started(home, sound, "--json")).done()
        assert code == 4
        assert "cannot be reached" in told
        assert len(json.loads(out)["segments"]) == 4
        port = server.port
    again = HearingServer(recording)
    again.port = port
    async with again:
        code, out, told = await (await started(home, sound, "--json")).done()
    assert (code, told) == (0, "")
    assert differences(recording.text, json.loads(out)["text"]) == ([], [])
    assert not set(again.asked) & set(server.answered)


async def test_the_bar_is_shown_on_a_terminal_alone(
    home: Path, recording: Recording, sound: Path
) -> None:
    ours, theirs = pty.openpty()
    shown: list[bytes] = []

    def read() -> None:
        with contextlib.suppress(OSError):
            while piece := os.read(ours, 4096):
                shown.append(piece)

    async with HearingServer(recording) as server:
        use(home, server)
        run = await started(home, sound, stderr=theirs)
        os.close(theirs)
        reading = asyncio.create_task(asyncio.to_thread(read))
        out, _ = await run.process.communicate()
        await reading
    os.close(ours)
    text = b"".join(shown).decode()
    assert "talk.flac █" in text
    assert "100%" in text
    assert "█" not in out.decode()
    assert differences(recording.text, out.decode()) == ([], [])
