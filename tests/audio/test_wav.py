from __future__ import annotations

import errno
import io
import os
import shutil
import stat
import struct
import subprocess
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from audio.pcm import Clip
from audio.wav import WavError, WavErrorKind, read_wav, write_wav
from tests.desk.speech import tone

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
SOUND = tone(440, 250, 16_000)


def _chunk(name: bytes, data: bytes, size: int | None = None) -> bytes:
    size = len(data) if size is None else size
    return name + struct.pack("<I", size) + data + b"\0" * (len(data) % 2)


def _fmt(tag: int, channels: int, rate_hz: int, bits: int, *, extensible: bool = False) -> bytes:
    width = channels * ((bits + 7) // 8)
    shown = EXTENSIBLE if extensible else tag
    speed = rate_hz * width & 0xFFFFFFFF
    body = struct.pack("<HHIIHH", shown, channels, rate_hz, speed, width & 0xFFFF, bits)
    if extensible:
        body += struct.pack("<HHIH", 22, bits, 0, tag) + GUID_TAIL
    return _chunk(b"fmt ", body)


def _riff(*chunks: bytes, size: int | None = None) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def _encode(values: npt.NDArray[np.float64], tag: int, bits: int) -> bytes:
    if tag == FLOAT:
        return values.astype("<f4" if bits == 32 else "<f8").tobytes()
    if bits == 8:
        return (np.rint(values * 127) + 128).astype(np.uint8).tobytes()
    whole = np.rint(values * (2 ** (bits - 1) - 1)).astype("<i4")
    return bytes(whole.view(np.uint8).reshape(-1, 4)[:, : bits // 8])


def _file(folder: Path, data: bytes) -> Path:
    target = folder / "sound.wav"
    target.write_bytes(data)
    return target


def _wave_form(count: int = 4_000) -> npt.NDArray[np.float64]:
    return np.sin(np.arange(count) / 11.0) * 0.7


@pytest.mark.parametrize("extensible", [False, True])
@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize(
    ("tag", "bits"), [(PCM, 8), (PCM, 16), (PCM, 24), (PCM, 32), (FLOAT, 32), (FLOAT, 64)]
)
def test_every_common_format_gives_the_same_sound(
    tmp_path: Path, tag: int, bits: int, channels: int, extensible: bool
) -> None:
    values = _wave_form()
    data = _encode(np.repeat(values, channels), tag, bits)
    fmt = _fmt(tag, channels, 44_100, bits, extensible=extensible)
    read = read_wav(_file(tmp_path, _riff(fmt, _chunk(b"data", data))))
    assert not read.truncated
    assert read.clip.rate_hz == 44_100
    difference = read.clip.samples() - np.rint(values * 32767)
    assert np.abs(difference).max() <= (400 if bits == 8 else 1)


def test_16_bit_mono_is_taken_bit_by_bit(tmp_path: Path) -> None:
    data = np.arange(-32768, 32768, dtype="<i4").astype("<i2").tobytes()
    path = _file(tmp_path, _riff(_fmt(PCM, 1, 8_000, 16), _chunk(b"data", data)))
    assert read_wav(path).clip == Clip(8_000, data)


def test_channels_are_mixed(tmp_path: Path) -> None:
    left, right = _wave_form(), -_wave_form() / 2
    data = _encode(np.stack([left, right], axis=1).reshape(-1), PCM, 16)
    path = _file(tmp_path, _riff(_fmt(PCM, 2, 48_000, 16), _chunk(b"data", data)))
    expected = np.rint((left + right) / 2 * 32767)
    assert np.abs(read_wav(path).clip.samples() - expected).max() <= 1


def test_floats_beyond_full_scale_and_not_numbers_do_no_harm(tmp_path: Path) -> None:
    values = np.array([2.0, -2.0, np.inf, -np.inf, np.nan, 0.5], dtype="<f4")
    path = _file(tmp_path, _riff(_fmt(FLOAT, 1, 16_000, 32), _chunk(b"data", values.tobytes())))
    expected = [32767, -32768, 32767, -32768, 0, 16384]
    assert read_wav(path).clip.samples().tolist() == expected


@pytest.mark.parametrize("rate_hz", [4_000, 11_025, 96_000, 384_000])
def test_the_rate_of_the_file_is_kept(tmp_path: Path, rate_hz: int) -> None:
    data = bytes(2_000)
    path = _file(tmp_path, _riff(_fmt(PCM, 1, rate_hz, 16), _chunk(b"data", data)))
    assert read_wav(path).clip == Clip(rate_hz, data)


@pytest.mark.parametrize("data_size", [0, 0xFFFFFFFF, 0x7FFFF000])
@pytest.mark.parametrize("riff_size", [0, 36, 0xFFFFFFFF])
def test_a_streamed_file_without_sizes_is_whole(
    tmp_path: Path, data_size: int, riff_size: int
) -> None:
    data = _chunk(b"data", SOUND.data, size=data_size)
    path = _file(tmp_path, _riff(_fmt(PCM, 1, 16_000, 16), data, size=riff_size))
    read = read_wav(path)
    assert read.clip == SOUND
    assert not read.truncated


def test_chunks_around_the_sound_are_skipped_with_their_padding(tmp_path: Path) -> None:
    odd = _chunk(b"LIST", b"odd")
    fmt, data = _fmt(PCM, 1, 16_000, 16), _chunk(b"data", SOUND.data)
    path = _file(tmp_path, _riff(odd, fmt, _chunk(b"fact", bytes(4)), odd, data, odd))
    assert read_wav(path).clip == SOUND


def test_an_empty_data_chunk_before_others_is_empty(tmp_path: Path) -> None:
    data = _riff(_fmt(PCM, 1, 16_000, 16), _chunk(b"data", b""), _chunk(b"LIST", bytes(64)))
    with pytest.raises(WavError) as caught:
        read_wav(_file(tmp_path, data))
    assert caught.value.kind is WavErrorKind.EMPTY


@pytest.mark.parametrize("missing", [1, 2, 3, 1_000])
def test_a_file_that_ends_too_early_gives_what_is_there(tmp_path: Path, missing: int) -> None:
    whole = _riff(_fmt(PCM, 1, 16_000, 16), _chunk(b"data", SOUND.data))
    read = read_wav(_file(tmp_path, whole[:-missing]))
    assert read.truncated
    assert read.clip.data == SOUND.data[: (len(SOUND.data) - missing) // 2 * 2]


def test_a_long_file_is_read_in_pieces_without_a_seam(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(-32768, 32767, 200_001 * 2, dtype="<i2")
    path = _file(tmp_path, _riff(_fmt(PCM, 2, 48_000, 16), _chunk(b"data", noise.tobytes())))
    mixed = noise.reshape(-1, 2).astype(np.float64).mean(axis=1)
    assert np.array_equal(read_wav(path).clip.samples(), np.rint(mixed))


FMT, DATA = _fmt(PCM, 1, 16_000, 16), _chunk(b"data", bytes(64))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", WavErrorKind.EMPTY),
        (b"RIFF", WavErrorKind.NOT_WAV),
        (b"ID3\x04" + bytes(100), WavErrorKind.NOT_WAV),
        (b"RIFF\x10\0\0\0AVI " + bytes(40), WavErrorKind.NOT_WAV),
        (b"<!DOCTYPE html><html></html>", WavErrorKind.NOT_WAV),
        (_riff(DATA, FMT), WavErrorKind.NOT_WAV),
        (_riff(_chunk(b"fmt ", bytes(8)), DATA), WavErrorKind.NOT_WAV),
        (_riff(FMT), WavErrorKind.EMPTY),
        (_riff(FMT, _chunk(b"data", b"")), WavErrorKind.EMPTY),
        (_riff(FMT, _chunk(b"data", b"\1")), WavErrorKind.EMPTY),
        (_riff(_fmt(0x11, 1, 16_000, 4), DATA), WavErrorKind.UNSUPPORTED),
        (_riff(_fmt(7, 1, 8_000, 8), DATA), WavErrorKind.UNSUPPORTED),
        (_riff(_fmt(PCM, 0, 16_000, 16), DATA), WavErrorKind.UNSUPPORTED),
        (_riff(_fmt(PCM, 1, 16_000, 40), DATA), WavErrorKind.UNSUPPORTED),
        (_riff(_fmt(FLOAT, 1, 16_000, 16), DATA), WavErrorKind.UNSUPPORTED),
        (_riff(_fmt(PCM, 1, 3_999, 16), DATA), WavErrorKind.UNSUPPORTED),
        (_riff(_fmt(PCM, 1, 384_001, 16), DATA), WavErrorKind.UNSUPPORTED),
        (_riff(FMT, bytes(1_000)), WavErrorKind.EMPTY),
        (_riff(_fmt(PCM, 65_535, 16_000, 16), DATA), WavErrorKind.EMPTY),
        (b"RIFX" + _riff(FMT, DATA)[4:], WavErrorKind.UNSUPPORTED),
        (b"RF64" + _riff(FMT, DATA)[4:], WavErrorKind.UNSUPPORTED),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, data: bytes, kind: WavErrorKind) -> None:
    with pytest.raises(WavError) as caught:
        read_wav(_file(tmp_path, data))
    assert caught.value.kind is kind
    assert str(caught.value)


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_wav(tmp_path / "none.wav")


_headers = st.builds(
    _fmt,
    st.sampled_from([PCM, FLOAT, 2, EXTENSIBLE]),
    st.integers(0, 65_535),
    st.sampled_from([0, 4_000, 16_000, 2**32 - 1]) | st.integers(0, 400_000),
    st.integers(0, 64),
    extensible=st.booleans(),
)
_chunks = st.builds(
    _chunk,
    st.sampled_from([b"data", b"LIST", b"fmt ", b"fact"]),
    st.binary(max_size=200),
    st.none() | st.integers(0, 2**32 - 1),
)


@st.composite
def _files(draw: st.DrawFn) -> bytes:
    """Something like a WAV file, with pieces of it damaged or cut off."""
    parts = draw(st.lists(_headers_or_chunks, max_size=5))
    data = bytearray(_riff(*parts, size=draw(st.none() | st.integers(0, 2**32 - 1))))
    for place, value in draw(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255)))):
        if place < len(data):
            data[place] = value
    return bytes(data[: draw(st.integers(0, 500))])


_headers_or_chunks = st.one_of(_headers, _chunks, st.just(FMT), st.just(DATA))


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.binary(max_size=200) | _files())
def test_no_file_causes_anything_but_a_wav_error(tmp_path: Path, data: bytes) -> None:
    path = _file(tmp_path, data)
    try:
        read = read_wav(path)
    except WavError:
        return
    assert read.clip.data
    assert len(read.clip.data) % 2 == 0


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    tag=st.sampled_from([PCM, FLOAT, 6]),
    channels=st.integers(0, 40),
    rate_hz=st.integers(0, 2**20),
    bits=st.integers(0, 70),
    extensible=st.booleans(),
    body=st.binary(max_size=400),
)
def test_no_format_causes_anything_but_a_wav_error(
    tmp_path: Path,
    tag: int,
    channels: int,
    rate_hz: int,
    bits: int,
    extensible: bool,
    body: bytes,
) -> None:
    fmt = _fmt(tag, channels, rate_hz, bits, extensible=extensible)
    path = _file(tmp_path, _riff(fmt, _chunk(b"data", body)))
    try:
        read = read_wav(path)
    except WavError:
        return
    assert len(read.clip.samples()) == len(body) // (channels * ((bits + 7) // 8))


@pytest.mark.skipif(shutil.which("sox") is None, reason="sox is not installed")
@pytest.mark.parametrize(
    "options",
    ["-b 8 -e unsigned", "-b 24", "-b 32", "-b 32 -e float", "-b 64 -e float", "-c 2 -b 24"],
)
def test_files_by_another_program_are_read(tmp_path: Path, options: str) -> None:
    write_wav(tmp_path / "in.wav", SOUND)
    target = tmp_path / "out.wav"
    command = ["sox", "-D", str(tmp_path / "in.wav"), *options.split(), str(target)]
    subprocess.run(command, check=True, capture_output=True)
    difference = read_wav(target).clip.samples().astype(np.int32) - SOUND.samples()
    assert np.abs(difference).max() <= (256 if options.startswith("-b 8") else 1)


@pytest.mark.skipif(shutil.which("sox") is None, reason="sox is not installed")
def test_a_file_from_a_pipe_is_read(tmp_path: Path) -> None:
    command = ["sox", "-t", "raw", "-r", "16000", "-b", "16", "-e", "signed", "-", "-t", "wav", "-"]
    piped = subprocess.run(command, input=SOUND.data, check=True, capture_output=True).stdout
    read = read_wav(_file(tmp_path, piped))
    assert read.clip == SOUND
    assert not read.truncated


def test_what_is_written_is_read_by_others_and_by_us(tmp_path: Path) -> None:
    target = tmp_path / "reply.wav"
    write_wav(target, SOUND)
    assert read_wav(target).clip == SOUND
    with wave.open(str(target), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        assert file.readframes(10**6) == SOUND.data


def test_a_failed_write_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "reply.wav"
    write_wav(target, SOUND)

    def refuse(_: int) -> None:
        raise OSError(errno.ENOSPC, "disk full")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="disk full"):
        write_wav(target, tone(880, 100, 24_000))
    assert read_wav(target).clip == SOUND
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "real.wav", tmp_path / "link.wav"
    write_wav(target, SOUND)
    link.symlink_to(target)
    write_wav(link, tone(880, 100, 24_000))
    assert link.is_symlink()
    assert read_wav(target).clip.rate_hz == 24_000


def test_a_pipe_is_written_into_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_wav(pipe, Clip(16_000, SOUND.data[:1_000]))
        data = os.read(reader, 100_000)
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    with wave.open(io.BytesIO(data)) as file:
        assert file.readframes(10**6) == SOUND.data[:1_000]
