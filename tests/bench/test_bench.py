"""What the bench concludes from what it measured."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.bench import heard, lines, realtime_table, scripts, table
from tests.bench.clips import RATE_HZ, ClipInfo, Samples, Word, resampled, save
from tests.bench.recognise import Recognizer, alike

_WORD_MS = 400
_GAP_MS = 300


def _sentence(name: str, seed: int) -> tuple[ClipInfo, Samples]:
    """Four words, each a chord of its own, with pauses between them."""
    rng = np.random.default_rng(seed)
    t = np.arange(_WORD_MS * RATE_HZ // 1000) / RATE_HZ
    parts, words = [], []
    for number in range(4):
        chord = sum(np.sin(2 * np.pi * hertz * t) for hertz in rng.uniform(200, 5000, 3))
        parts += [chord * 6000, np.zeros(_GAP_MS * RATE_HZ // 1000)]
        start_ms = number * (_WORD_MS + _GAP_MS)
        words.append(Word(f"{name}{number}", start_ms, start_ms + _WORD_MS))
    return ClipInfo(name, "pause", tuple(words)), np.concatenate(parts).astype(np.int16)


@pytest.fixture
def recognizer(tmp_path: Path) -> Recognizer:
    save(tmp_path, [_sentence("a", 1), _sentence("b", 2)])
    return Recognizer(tmp_path)


@pytest.mark.parametrize("rate_hz", [16_000, 24_000])
def test_the_recognizer_knows_a_whole_sentence_at_any_rate(
    recognizer: Recognizer, rate_hz: int
) -> None:
    sound = resampled(_sentence("b", 2)[1], RATE_HZ, rate_hz)

    assert recognizer.words_of(sound, rate_hz) == "b0 b1 b2 b3"


def test_the_recognizer_finds_the_words_that_were_said_so_far(recognizer: Recognizer) -> None:
    upto = (2 * _WORD_MS + _GAP_MS + 100) * RATE_HZ // 1000
    lead = np.zeros(RATE_HZ // 3, dtype=np.int16)
    sound = np.concatenate([lead, _sentence("a", 1)[1][:upto]])

    assert recognizer.words_of(sound, RATE_HZ) == "a0 a1"


def test_the_recognizer_hears_no_words_in_noise(recognizer: Recognizer) -> None:
    noise = np.random.default_rng(3).normal(0, 3000, RATE_HZ * 2).astype(np.int16)

    assert recognizer.words_of(noise, RATE_HZ) is None


def test_words_are_compared_in_order_and_without_their_marks() -> None:
    assert alike("Turn it off, please.", "turn it off. please") == 1.0
    assert alike("one two three four", "three four") == 0.5


def _trial(**other: object) -> dict[str, object]:
    return {"answered": True, "runs_s": [(-1.0, 4.0)], "new_replies_s": [], **other}


@pytest.mark.parametrize(
    ("trial", "outcome"),
    [
        (_trial(), "left alone"),
        (_trial(runs_s=[(-1.0, 0.2), (1.0, 4.8)]), "paused"),
        (_trial(runs_s=[(-1.0, 0.2)]), "stopped"),
        (_trial(runs_s=[(-1.0, 0.2), (2.0, 7.0)], new_replies_s=[1.5]), "stopped"),
        (_trial(answered=False, runs_s=[]), "no reply"),
    ],
)
def test_what_a_noise_did_to_a_reply(trial: dict[str, object], outcome: str) -> None:
    assert scripts._outcome(trial, length_s=5.0) == outcome


def test_a_cut_takes_away_what_would_have_sounded() -> None:
    runs: list[tuple[float, float]] = []
    scripts.merged(runs, 0.0, 1.0)
    scripts.merged(runs, 1.0, 2.0)
    scripts.merged(runs, 3.0, 4.0)

    scripts.cut(runs, 1.5)

    assert runs == [(0.0, 1.5)]


def test_the_table_has_the_ratio_to_the_better_peer(tmp_path: Path) -> None:
    for who, added in (("sayso", 200), ("pipecat", 800), ("livekit", 1000)):
        stages = {"added": {"median": added, "p90": added}}
        result = {"stages_ms": stages, "ok": 20, "underruns": 0}
        (tmp_path / f"conversation-{who}.json").write_text(json.dumps(result))

    table.write(tmp_path, ["window"])

    text = (tmp_path / "table.md").read_text()
    assert "| added, median | 200 | 800 | 1000 | 0.25 | ≤ 0.38 |" in text
    assert "- failed: window" in text


def test_the_realtime_table_has_a_ratio_to_each_kind_of_peer(tmp_path: Path) -> None:
    times = {"sayso": 130, "pipecat": 560, "livekit": 520, "pipecat_local": 400}
    for who, added in times.items():
        result = {"stages_ms": {"added": {"median": added}}, "idle_sound_sent_s_per_min": 60.0}
        (tmp_path / f"realtime-{who}.json").write_text(json.dumps(result))

    shown = list(realtime_table.section(tmp_path))

    assert "| added, median | 130 | 560 | 520 | 400 | 0.25 | ≤ 0.25 | 0.33 | ≤ 0.4 |" in shown


def test_a_picture_of_curves_ends_at_its_highest_round_number() -> None:
    svg = lines.picture("Cents", "turn", [lines.Curve("a < b", "#123456", [0.5, 3.9, 2.0])])

    assert "a &lt; b" in svg
    assert ">5</text>" in svg
    assert svg.count("<polyline") == 1


def test_what_is_believed_is_compared_with_what_was_played() -> None:
    found = heard.summary([(1000.0, 1010.0), (500.0, 470.0), (800.0, 880.0)], 1)

    assert found["within_50_ms"] == 2
    assert (found["median_ms"], found["worst_abs_ms"], found["missed"]) == (10.0, 80.0, 1)
