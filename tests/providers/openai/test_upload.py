from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from app.providers.openai.upload import joined, quietest, uploads, wav_bytes
from audio.pcm import Clip, Samples

RATE_HZ = 1000


def noise(duration_ms: int, level: int = 3000) -> Samples:
    generator = np.random.default_rng(1)
    return generator.integers(-level, level, duration_ms).astype("<i2")


def test_a_cut_is_in_the_middle_of_the_longest_pause() -> None:
    samples = np.concatenate([noise(700), noise(300, 3), noise(400), noise(100, 3), noise(500)])
    assert 700 + 80 <= quietest(samples, RATE_HZ) <= 1000 - 80
    assert quietest(noise(100), RATE_HZ) == 100


def test_a_long_clip_is_cut_in_pauses_before_the_limit() -> None:
    parts = [noise(4000), noise(300, 3), noise(4800), noise(300, 3), noise(600)]
    clip = Clip(RATE_HZ, np.concatenate(parts).tobytes())
    pieces = uploads(clip, longest_s=5.5)
    assert b"".join(piece.data for piece in pieces) == clip.data
    first = len(pieces[0].samples())
    assert 4000 <= first <= 4300
    assert 9100 <= first + len(pieces[1].samples()) <= 9400


@given(st.integers(0, 5000), st.floats(0.1, 3.0), st.integers(46, 3000))
def test_no_piece_is_beyond_a_limit_and_nothing_is_lost(
    samples: int, longest_s: float, largest_bytes: int
) -> None:
    clip = Clip(RATE_HZ, noise(samples).tobytes())
    pieces = uploads(clip, longest_s, largest_bytes)
    assert b"".join(piece.data for piece in pieces) == clip.data
    assert all(len(wav_bytes(piece)) <= largest_bytes for piece in pieces)
    assert all(len(piece.samples()) <= longest_s * RATE_HZ for piece in pieces)
    assert all(piece.data for piece in pieces) or not samples


@pytest.mark.parametrize(
    ("texts", "whole"),
    [
        ([], ""),
        (["one"], "one"),
        (["One two.", "", " Three "], "One two. Three"),
        (["I went to the", "To the shop."], "I went to the shop."),
        (["It is very", "very good"], "It is very very good"),
        (["one two three", "one two three"], "one two three"),
        (["东京很", "大。"], "东京很大。"),
        (["", "one"], "one"),
    ],
)
def test_pieces_are_joined_without_doubled_words(texts: list[str], whole: str) -> None:
    assert joined(texts) == whole
