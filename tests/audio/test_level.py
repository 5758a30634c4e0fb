"""The level meter."""

from __future__ import annotations

import numpy as np
import pytest

from audio.level import INTERVAL_S, LevelReport, Meter
from audio.messages import Level
from audio.pcm import FLOOR_DBFS

FULL_SCALE = np.full(320, 32767, dtype=np.int16)
HALF_SCALE = np.full(320, 16384, dtype=np.int16)
HISS = np.tile(np.array([3, -3], dtype=np.int16), 160)


def test_full_scale_is_zero_decibel():
    meter = Meter()
    meter.add(FULL_SCALE)
    assert meter.take_dbfs() == pytest.approx(0.0, abs=0.1)


def test_pieces_count_together_and_only_once():
    meter = Meter()
    meter.add(HALF_SCALE)
    meter.add(HALF_SCALE)
    assert meter.take_dbfs() == pytest.approx(-6.0, abs=0.1)
    assert meter.take_dbfs() == FLOOR_DBFS


def test_a_hiss_that_nobody_hears_is_silence():
    meter = Meter()
    meter.add(HISS)
    assert meter.take_dbfs() == FLOOR_DBFS


def test_an_unchanged_level_is_not_repeated():
    report = LevelReport()
    report.input.add(HALF_SCALE)
    first = report.poll(0.0)
    assert first is not None
    assert first.input_dbfs == pytest.approx(-6.0, abs=0.1)
    report.input.add(HALF_SCALE)
    assert report.poll(INTERVAL_S) is None
    report.input.add(FULL_SCALE)
    assert report.poll(2 * INTERVAL_S) is not None


def test_levels_come_25_times_a_second_at_most():
    report = LevelReport()
    sent: list[Level] = []
    for step in range(100):
        report.output.add(HALF_SCALE if len(sent) % 2 else FULL_SCALE)
        if level := report.poll(step / 100):
            sent.append(level)
    assert 20 <= len(sent) <= 26


def test_silence_follows_sound_once():
    report = LevelReport()
    report.output.add(FULL_SCALE)
    assert report.poll(0.0) is not None
    assert report.silence() == Level(FLOOR_DBFS, FLOOR_DBFS)
    assert report.silence() is None
