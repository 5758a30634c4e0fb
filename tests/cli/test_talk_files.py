"""`sayso talk --input … --output …` as a user runs it: what comes out, and how it ends."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from audio.pcm import Clip
from audio.resample import resample
from audio.wav import read_wav, write_wav
from tests.desk.speech import say, silence
from tests.flows.running import ROOT, which_was_said


def sayso(
    *arguments: str | Path, home: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *map(str, arguments)],
        env={**os.environ, "SAYSO_HOME": str(home), **environment},
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def wav(path: Path, clip: Clip) -> Path:
    write_wav(path, clip)
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def question(tmp_path: Path) -> Path:
    return wav(tmp_path / "question.wav", say("what is twelve times seven"))


def test_a_whole_turn_from_and_to_files(home: Path, question: Path, tmp_path: Path) -> None:
    reply = tmp_path / "reply.wav"
    done = sayso("talk", "--input", question, "--output", reply, home=home)
    assert done.returncode == 0, done.stderr
    assert (
        done.stdout
        == "Heard: what is twelve times seven\nAnswered: " + done.stdout.split("Answered: ")[1]
    )
    assert "84" in done.stdout
    lead = "(that is|twelve times seven is)"
    sounds = {"sum": f"{lead} eighty four", "other": f"{lead} (forty eight|eighty|forty four)"}
    assert which_was_said(read_wav(reply).clip, sounds) == "sum"
    assert done.stderr == ""


def test_a_turn_for_programs(home: Path, question: Path) -> None:
    done = sayso("talk", "--input", question, "--json", home=home)
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["heard"] == "what is twelve times seven"
    assert "84" in answer["answered"]
    assert (answer["by"], answer["error"], answer["output"]) == ("built in", None, None)


def eight_bit(clip: Clip) -> bytes:
    data = ((clip.samples().astype(np.int32) >> 8) + 128).astype(np.uint8).tobytes()
    return riff(data, channels=1, rate_hz=clip.rate_hz, bits=8)


def stereo(clip: Clip) -> bytes:
    data = np.repeat(clip.samples(), 2).astype("<i2").tobytes()
    return riff(data, channels=2, rate_hz=clip.rate_hz, bits=16)


def at_96_khz(clip: Clip) -> bytes:
    return riff(resample(clip, 96_000).data, channels=1, rate_hz=96_000, bits=16)


def riff(data: bytes, *, channels: int, rate_hz: int, bits: int) -> bytes:
    block = channels * bits // 8
    form = struct.pack("<HHIIHH", 1, channels, rate_hz, rate_hz * block, block, bits)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("kind", [eight_bit, stereo, at_96_khz])
def test_unusual_files_are_understood(home: Path, tmp_path: Path, kind: object) -> None:
    path = tmp_path / "question.wav"
    path.write_bytes(kind(say("what is twelve times seven")))  # type: ignore[operator]
    done = sayso("talk", "--input", path, home=home)
    assert (done.returncode, done.stdout.split("\n")[0]) == (0, "Heard: what is twelve times seven")


def test_a_truncated_file_is_used_as_far_as_it_goes_and_said_to_be(
    home: Path, question: Path
) -> None:
    question.write_bytes(question.read_bytes()[:-4000])
    done = sayso("talk", "--input", question, home=home)
    assert "84" in done.stdout
    assert "ends in the middle" in done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("content", "code", "sentence"),
    [
        (b"", 2, "bad.wav is empty."),
        (b"These are only words.\n", 2, "bad.wav is not a WAV file that Sayso can read."),
        (None, 2, "cannot be read"),
    ],
)
def test_a_file_that_is_no_question_gets_one_sentence(
    home: Path, tmp_path: Path, content: bytes | None, code: int, sentence: str
) -> None:
    path = tmp_path / "bad.wav"
    if content is not None:
        path.write_bytes(content)
    done = sayso("talk", "--input", path, home=home)
    assert (done.returncode, done.stdout) == (code, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_silence_is_no_question(home: Path, tmp_path: Path) -> None:
    done = sayso("talk", "--input", wav(tmp_path / "silence.wav", silence(1500)), home=home)
    assert done.returncode == 5
    assert done.stdout == ""
    assert "No speech was heard." in done.stderr


def test_a_reply_that_cannot_be_written_is_told_before_anything_is_asked(
    home: Path, question: Path, tmp_path: Path
) -> None:
    done = sayso("talk", "--input", question, "--output", tmp_path / "no" / "r.wav", home=home)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be written" in done.stderr


def test_an_output_without_an_input_is_wrong_usage(home: Path, tmp_path: Path) -> None:
    done = sayso("talk", "--output", tmp_path / "reply.wav", home=home)
    assert done.returncode == 2
    assert "--input" in done.stderr


def test_a_server_that_needs_a_key_is_told_apart(home: Path, question: Path) -> None:
    assert sayso("config", "chat.source", "server", home=home).returncode == 0
    done = sayso("talk", "--input", question, home=home)
    assert done.returncode == 3
    assert "Heard: what is twelve times seven" in done.stdout
    assert "OpenAI needs a key." in done.stderr


@pytest.mark.parametrize(
    ("address", "code", "sentence"),
    [
        ("not an address", 2, "is not a server address"),
        ("ftp://example.org/v1", 2, "is not a server address"),
        ("http://127.0.0.1:9/v1", 4, "127.0.0.1:9 cannot be reached."),
    ],
)
def test_a_bad_address_is_told(
    home: Path, question: Path, address: str, code: int, sentence: str
) -> None:
    sayso("config", "server.base_url", address, home=home)
    sayso("config", "chat.source", "server", home=home)
    sayso("config", "general.fallback", "off", home=home)
    done = sayso("talk", "--input", question, home=home)
    assert done.returncode == code
    assert sentence in done.stderr


def test_a_settings_file_full_of_garbage_stops_nothing(home: Path, question: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.toml").write_bytes(os.urandom(5000))
    done = sayso("talk", "--input", question, home=home)
    assert (done.returncode, "84" in done.stdout) == (0, True)
    assert any(p.name.startswith("settings.toml.broken") for p in (home / "config").iterdir())


def test_a_home_that_cannot_be_written_is_told(home: Path, question: Path) -> None:
    home.write_text("a file where the folder should be")
    done = sayso("talk", "--input", question, home=home)
    assert done.returncode == 1
    assert "Sayso cannot write to" in done.stderr
    assert "Traceback" not in done.stderr
