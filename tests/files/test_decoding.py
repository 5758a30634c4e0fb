from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.errors import AppError, Code
from app.files.decoding import RATE_HZ, SoundFile
from audio.pcm import Clip, level_dbfs
from audio.resample import resample
from tests.desk.speech import join, silence, tone, with_noise
from tests.files.recordings import CODECS, encode
from tests.flows.running import ROOT

SOUND = join(silence(500), tone(440, 1000, RATE_HZ), silence(500), tone(880, 1000, RATE_HZ))


def read(path: Path) -> tuple[Clip, AppError | None]:
    with SoundFile(path) as sound:
        blocks = list(sound.blocks())
        return Clip(RATE_HZ, np.concatenate(blocks).tobytes()), sound.problem


@pytest.mark.parametrize("ending", CODECS)
def test_every_kind_of_file_gives_its_sound(tmp_path: Path, ending: str) -> None:
    path = encode(SOUND, tmp_path / f"sound.{ending}")
    clip, problem = read(path)
    assert problem is None
    assert abs(clip.duration_ms - SOUND.duration_ms) < 120
    with SoundFile(path) as sound:
        assert sound.duration_ms is not None
        assert abs(sound.duration_ms - SOUND.duration_ms) < 120
    samples = clip.samples()
    for begins_ms, ends_ms, speaks in ((100, 400, False), (600, 1400, True), (1600, 1900, False)):
        level = level_dbfs(samples[begins_ms * 16 : ends_ms * 16])
        assert (level > -20) if speaks else (level < -50)


@pytest.mark.parametrize("ending", ["wav", "flac"])
def test_lossless_files_are_read_bit_by_bit(tmp_path: Path, ending: str) -> None:
    assert read(encode(SOUND, tmp_path / f"sound.{ending}"))[0].data == SOUND.data


def test_another_rate_is_resampled(tmp_path: Path) -> None:
    high = resample(SOUND, 44_100)
    clip, _ = read(encode(high, tmp_path / "sound.flac"))
    assert clip.rate_hz == RATE_HZ
    assert abs(clip.duration_ms - SOUND.duration_ms) <= 20


@pytest.mark.parametrize("ending", ["wav", "flac", "mp3", "webm"])
def test_a_file_that_was_cut_off_is_used_and_said_to_be(tmp_path: Path, ending: str) -> None:
    long = join(SOUND, SOUND, SOUND)
    path = encode(
        long, tmp_path / f"sound.{ending}", lambda content: content[: len(content) * 6 // 10]
    )
    clip, problem = read(path)
    assert problem is not None
    assert problem.code is Code.AUDIO_FILE_TRUNCATED
    assert long.duration_ms * 0.4 < clip.duration_ms < long.duration_ms * 0.75


@pytest.mark.parametrize("ending", ["flac", "mp3", "m4a"])
def test_a_damaged_middle_is_left_out_and_told(tmp_path: Path, ending: str) -> None:
    def spoil(content: bytes) -> bytes:
        at, size = len(content) // 2, len(content) // 8
        return content[:at] + random.Random(1).randbytes(size) + content[at + size :]

    path = encode(with_noise(join(*[SOUND] * 4), 20.0), tmp_path / f"sound.{ending}", spoil)
    clip, problem = read(path)
    assert problem is not None
    assert problem.code is Code.SOUND_FILE_DAMAGED
    assert clip.duration_ms > SOUND.duration_ms * 3
    if ending != "mp3":  # Whose frames do not know their time.
        assert abs(clip.duration_ms - SOUND.duration_ms * 4) < 100


def picture_only(path: Path) -> Path:
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(5):
            picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", Code.AUDIO_FILE_EMPTY),
        (b"These are only words, and many of them.\n" * 400, Code.SOUND_FILE_UNREADABLE),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", Code.SOUND_FILE_UNREADABLE),
        (bytes(5000), Code.SOUND_FILE_UNREADABLE),
    ],
)
def test_what_is_no_sound_file_gets_a_sentence(tmp_path: Path, content: bytes, code: Code) -> None:
    path = tmp_path / "talk.mp3"
    path.write_bytes(content)
    with pytest.raises(AppError) as raised:
        read(path)
    assert raised.value.code is code
    assert "talk.mp3" in raised.value.message


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="cannot be read: no such file"):
        SoundFile(tmp_path / "nothing.mp3")
    with pytest.raises(AppError, match="cannot be read"):
        SoundFile(tmp_path)


def test_a_film_without_sound_is_told(tmp_path: Path) -> None:
    with pytest.raises(AppError) as raised:
        SoundFile(picture_only(tmp_path / "film.mp4"))
    assert raised.value.code is Code.SOUND_FILE_SILENT


@pytest.mark.parametrize("mark", [b"drms", b"enca", b"aavd"])
def test_a_protected_file_is_told(tmp_path: Path, mark: bytes) -> None:
    path = encode(SOUND, tmp_path / "song.m4a", lambda content: content.replace(b"mp4a", mark, 1))
    with pytest.raises(AppError) as raised:
        SoundFile(path)
    assert raised.value.code is Code.SOUND_FILE_PROTECTED


def test_a_list_of_other_files_is_not_followed(tmp_path: Path) -> None:
    encode(SOUND, tmp_path / "secret.wav")
    path = tmp_path / "list.mp3"
    path.write_text("ffconcat version 1.0\nfile secret.wav\n")
    with pytest.raises(AppError):
        read(path)
    path.write_text("#EXTM3U\n#EXTINF:3,\nsecret.wav\n#EXT-X-ENDLIST\n")
    with pytest.raises(AppError):
        read(path)


def test_the_decoder_is_loaded_for_files_alone() -> None:
    script = "import sys, app.cli.transcribe; print('av' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "False", done.stderr
