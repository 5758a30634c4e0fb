from __future__ import annotations

import io
import wave

import pytest
from hypothesis import given, strategies as st

from app.providers.openai.pcm_stream import NotPcm, OtherFormat, PcmReader
from audio.pcm import Clip

SOUND = bytes(range(1, 251)) * 2
MP3 = (b"\xff\xf3\x84\xc4" + bytes(188)) * 4
"""MPEG 2, layer III, 64 kbit/s at 24 kHz: 192 bytes a frame."""

AAC = (b"\xff\xf1\x58\x40\x02\x9f\xfc" + bytes(13)) * 4


def _wav(rate_hz: int = 16_000, channels: int = 1, width: int = 2) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(SOUND)
    return buffer.getvalue()


def _read(stream: bytes, size: int) -> list[Clip]:
    reader = PcmReader()
    clips = [reader.feed(stream[at : at + size]) for at in range(0, len(stream), size)]
    return [clip for clip in (*clips, reader.finish()) if clip is not None]


@given(st.binary(max_size=200), st.integers(1, 50))
def test_raw_sound_keeps_whole_samples(sound: bytes, size: int) -> None:
    stream = b"\0\0" + sound
    clips = _read(stream, size)
    assert b"".join(clip.data for clip in clips) == stream[: len(stream) // 2 * 2]
    assert all(len(clip.data) % 2 == 0 and clip.rate_hz == 24_000 for clip in clips)


@pytest.mark.parametrize("size", [1, 3, 16, 44, 45, 1000])
@pytest.mark.parametrize("rate_hz", [16_000, 24_000, 44_100])
def test_wav_header_is_stripped_and_its_rate_kept(size: int, rate_hz: int) -> None:
    clips = _read(_wav(rate_hz), size)
    assert b"".join(clip.data for clip in clips) == SOUND
    assert {clip.rate_hz for clip in clips} == {rate_hz}


def test_other_chunks_of_a_wav_file_are_no_sound() -> None:
    wav = _wav()
    note = b"LIST\x05\0\0\0hello\0"
    clips = _read(wav[:12] + note + wav[12:] + note, 7)
    assert b"".join(clip.data for clip in clips) == SOUND


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF])
def test_wav_of_unknown_length_goes_on_to_its_end(size: int) -> None:
    wav = _wav()
    clips = _read(wav[:40] + size.to_bytes(4, "little") + wav[44:], 64)
    assert b"".join(clip.data for clip in clips) == SOUND


@pytest.mark.parametrize(
    "stream",
    [
        b"<!DOCTYPE html><html></html>",
        b"  <html><body>no</body>",
        b'{"error": {"message": "no"}}',
        b'{"detail": "Not Found"}',
        _wav()[:30],
        b"RIFF\0\0\0\0WAVEdata\0\0\0\0\0\0\0\0",
        b"RIFF\0\0\0\0WAVELIST\xff\xff\xff\x7f" + bytes(70_000),
    ],
)
def test_what_is_no_sound_is_refused(stream: bytes) -> None:
    with pytest.raises(NotPcm) as caught:
        _read(stream, 11)
    assert not isinstance(caught.value, OtherFormat)


@pytest.mark.parametrize("size", [1, 11, 5000])
@pytest.mark.parametrize(
    "stream",
    [
        b"ID3\x04\0\0\0\0\0\0\0\0\0\0\0\0\0",
        b"OggS" + bytes(40),
        b"fLaC" + bytes(40),
        MP3,
        AAC,
        _wav(channels=2),
        _wav(width=1),
    ],
    ids=["ID3", "Ogg", "FLAC", "MP3", "AAC", "stereo", "8 bits"],
)
def test_other_sound_is_told_apart(stream: bytes, size: int) -> None:
    with pytest.raises(OtherFormat):
        _read(stream, size)


@pytest.mark.parametrize("size", [1, 100, 5000])
def test_samples_that_look_like_one_frame_are_samples(size: int) -> None:
    stream = MP3[:192] + bytes(1000)
    assert b"".join(clip.data for clip in _read(stream, size)) == stream


def test_a_rate_that_was_told_is_the_rate() -> None:
    reader = PcmReader()
    reader.expect(16_000)
    assert reader.feed(SOUND) == Clip(16_000, SOUND)
