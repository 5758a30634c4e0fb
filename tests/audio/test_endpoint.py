from __future__ import annotations

import functools
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from audio.endpoint import Edge, Endpointer, EndpointSettings
from audio.pcm import Clip
from audio.vad import WINDOW_MS, WINDOW_SAMPLES, create_detector
from tests.desk import speech

SURE, YES, FAIR, MAYBE, NO = 0.95, 0.85, 0.6, 0.4, 0.1
WINDOW = 32
STANDARD = EndpointSettings(pause_ms=64)


def _windows(pattern: str) -> list[float]:
    """`#` is voiced, `~` lies between the thresholds, `.` is silence; a window each."""
    return [{"#": YES, "~": MAYBE, ".": NO}[mark] for mark in pattern]


def _edges(
    probabilities: Iterable[float], endpointer: Endpointer | None = None, *, playing: bool = False
) -> list[tuple[int, Edge]]:
    """Begins and ends, each with the number of windows that were fed until then."""
    edges = _all_edges(probabilities, endpointer, playing=playing)
    return [(number, edge) for number, edge in edges if edge not in (Edge.PAUSED, Edge.RESUMED)]


def _all_edges(
    probabilities: Iterable[float], endpointer: Endpointer | None = None, *, playing: bool = False
) -> list[tuple[int, Edge]]:
    """The same with the pauses."""
    endpointer = endpointer or Endpointer(STANDARD)
    edges = []
    for number, probability in enumerate(probabilities, 1):
        if edge := endpointer.feed(WINDOW, probability, playing=playing):
            edges.append((number, edge))
    return edges


@pytest.mark.parametrize(
    ("pattern", "started_at"),
    [
        ("..###", 5),
        ("##.##", 5),
        ("#.#.#.#.#.#.", None),
        ("##..##", None),
        ("##..###", 7),
        ("##~#", 4),
        ("##~~~", None),
        ("~~~~~~~~", None),
    ],
)
def test_the_onset_tolerates_a_short_dip(pattern: str, started_at: int | None) -> None:
    expected = [] if started_at is None else [(started_at, Edge.STARTED)]
    assert _edges(_windows(pattern)) == expected


def test_while_the_assistant_speaks_the_onset_must_last_longer() -> None:
    assert _edges([SURE] * 10, playing=True) == [(4, Edge.STARTED)]
    assert _edges([FAIR] * 10, playing=True) == [(4, Edge.STARTED)]
    assert _edges([FAIR] * 10, playing=False) == [(3, Edge.STARTED)]


@pytest.mark.parametrize(
    ("probability", "echo", "certain_at"),
    [(SURE, False, 2), (SURE, True, 2), (YES, False, 2), (YES, True, None), (FAIR, False, None)],
)
def test_a_sure_voice_is_almost_certain_before_it_interrupts_the_assistant(
    probability: float, echo: bool, certain_at: int | None
) -> None:
    endpointer = Endpointer(STANDARD)
    certain = []
    for _ in range(3):
        assert endpointer.feed(WINDOW, probability, playing=True, echo=echo) is None
        certain.append(endpointer.is_almost_certain)
    assert certain == [certain_at is not None and at >= certain_at for at in (1, 2, 3)]
    assert endpointer.feed(WINDOW, probability, playing=True, echo=echo) is Edge.STARTED
    assert not endpointer.is_almost_certain


def test_a_begun_onset_is_suspicious_until_it_is_speech_or_nothing() -> None:
    endpointer = Endpointer(STANDARD)
    marks = ""
    for probability in _windows(".#.##.#....." + "####"):
        endpointer.feed(WINDOW, probability)
        marks += "?" if endpointer.is_suspicious else "."
    assert marks == ".?.?????...." + "??.."


def test_a_dip_takes_the_certainty_away() -> None:
    endpointer = Endpointer(STANDARD)
    found = []
    for probability in (FAIR, SURE, NO, SURE, NO, NO, SURE, SURE, SURE):
        endpointer.feed(WINDOW, probability, playing=True, echo=True)
        found.append(endpointer.is_almost_certain)
    assert found == [False, False, False, True, False, False, False, True, True]


def test_an_onset_that_began_during_playback_counts_when_playback_ends() -> None:
    endpointer = Endpointer(STANDARD)
    assert _edges([FAIR] * 3, endpointer, playing=True) == []
    assert _edges([FAIR], endpointer, playing=False) == [(1, Edge.STARTED)]


def test_the_end_comes_after_the_hangover() -> None:
    hangover_windows = -(-STANDARD.hangover_ms // WINDOW)
    edges = _edges(_windows("#" * 10 + "." * 40))
    assert edges == [(3, Edge.STARTED), (10 + hangover_windows, Edge.ENDED)]


def test_pauses_shorter_than_the_hangover_do_not_end_an_utterance() -> None:
    pause = "." * (STANDARD.hangover_ms // WINDOW - 1)
    assert _edges(_windows(("###" + pause) * 20)) == [(3, Edge.STARTED)]


def test_between_the_thresholds_speech_goes_on_and_silence_too() -> None:
    assert _edges(_windows("###" + "~" * 100)) == [(3, Edge.STARTED)]
    edges = _edges(_windows("###." + "~" * 100))
    assert edges == [(3, Edge.STARTED), (3 + 22, Edge.ENDED)]


def test_voiced_time_counts_what_was_voiced() -> None:
    endpointer = Endpointer(STANDARD)
    _edges(_windows("#####" + "..." + "##" + "." * 40), endpointer)
    assert endpointer.voiced_ms == 7 * WINDOW
    assert not endpointer.in_speech
    _edges(_windows("#"), endpointer)
    assert endpointer.voiced_ms == 7 * WINDOW
    _edges(_windows("##"), endpointer)
    assert endpointer.voiced_ms == 3 * WINDOW


def test_a_click_is_no_speech_and_a_word_is() -> None:
    endpointer = Endpointer(STANDARD)
    _edges(_windows("###" + "." * 30), endpointer)
    assert not endpointer.is_speech
    _edges(_windows("####" + "." * 30), endpointer)
    assert endpointer.is_speech


def test_silence_so_far_can_be_read() -> None:
    endpointer = Endpointer(STANDARD)
    _edges(_windows("####.."), endpointer)
    assert endpointer.silence_ms == 2 * WINDOW
    _edges(_windows("#"), endpointer)
    assert endpointer.silence_ms == 0


def test_an_utterance_without_end_is_cut_and_the_next_one_begins() -> None:
    endpointer = Endpointer(EndpointSettings(max_ms=10 * WINDOW))
    edges = _edges([YES] * 20, endpointer)
    assert edges == [
        (3, Edge.STARTED),
        (10, Edge.TOO_LONG),
        (13, Edge.STARTED),
        (20, Edge.TOO_LONG),
    ]


def test_reset_forgets_an_utterance_and_an_onset() -> None:
    endpointer = Endpointer(STANDARD)
    _edges(_windows("#####.."), endpointer)
    endpointer.reset()
    assert (endpointer.in_speech, endpointer.voiced_ms, endpointer.silence_ms) == (False, 0, 0)
    assert _edges(_windows("." * 40), endpointer) == []
    _edges(_windows("##"), endpointer)
    endpointer.reset()
    assert _edges(_windows("##"), endpointer) == []


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("###.#.#", []),
        ("###..", [(5, Edge.PAUSED)]),
        ("###.....", [(5, Edge.PAUSED)]),
        ("###.~", [(5, Edge.PAUSED)]),
        ("###~~~~", []),
        ("###..~~~", [(5, Edge.PAUSED)]),
        ("###..~#", [(5, Edge.PAUSED), (7, Edge.RESUMED)]),
        ("###..#..#", [(5, Edge.PAUSED), (6, Edge.RESUMED), (8, Edge.PAUSED), (9, Edge.RESUMED)]),
    ],
)
def test_two_silent_windows_are_a_pause_and_a_voiced_one_ends_it(
    pattern: str, expected: list[tuple[int, Edge]]
) -> None:
    assert _all_edges(_windows(pattern)) == [(3, Edge.STARTED), *expected]


def test_an_utterance_that_ends_in_a_pause_is_not_resumed_by_the_next() -> None:
    edges = _all_edges(_windows("###" + "." * 22 + "###.."))
    assert [edge for _, edge in edges] == [
        Edge.STARTED,
        Edge.PAUSED,
        Edge.ENDED,
        Edge.STARTED,
        Edge.PAUSED,
    ]


def test_the_end_of_a_long_utterance_comes_before_a_pause() -> None:
    endpointer = Endpointer(EndpointSettings(max_ms=5 * WINDOW, pause_ms=2 * WINDOW))
    assert _all_edges(_windows("###.."), endpointer) == [(3, Edge.STARTED), (5, Edge.TOO_LONG)]
    assert not endpointer.in_pause


@pytest.mark.parametrize(("asked_ms", "ends_at"), [(500, 16), (0, 11), (1_500, 47), (9_999, 94)])
def test_one_pause_may_be_given_another_length(asked_ms: int, ends_at: int) -> None:
    endpointer = Endpointer(STANDARD)
    _all_edges(_windows("###.."), endpointer)
    assert endpointer.set_hangover(asked_ms) is None
    assert _all_edges([NO] * 100, endpointer) == [(ends_at - 2, Edge.ENDED)]


def test_the_next_pause_has_the_usual_length_again() -> None:
    endpointer = Endpointer(STANDARD)
    _all_edges(_windows("###.."), endpointer)
    endpointer.set_hangover(3_000)
    _all_edges(_windows("." * 60 + "#"), endpointer)
    assert endpointer.in_speech
    assert _edges([NO] * 30, endpointer) == [(22, Edge.ENDED)]
    _all_edges(_windows("###.."), endpointer)
    assert _edges([NO] * 30, endpointer) == [(20, Edge.ENDED)]


def test_a_pause_that_is_long_enough_already_ends_at_once() -> None:
    endpointer = Endpointer(STANDARD)
    _all_edges(_windows("###" + "." * 13), endpointer)
    assert endpointer.set_hangover(500) is None
    assert endpointer.set_hangover(400) is Edge.ENDED
    assert (endpointer.in_speech, endpointer.in_pause) == (False, False)
    assert endpointer.set_hangover(400) is None


def test_outside_of_a_pause_the_hangover_cannot_be_changed() -> None:
    endpointer = Endpointer(STANDARD)
    endpointer.set_hangover(400)
    _all_edges(_windows("###."), endpointer)
    endpointer.set_hangover(400)
    assert _edges([NO] * 30, endpointer) == [(21, Edge.ENDED)]


def test_reset_forgets_a_pause() -> None:
    endpointer = Endpointer(STANDARD)
    _all_edges(_windows("###.."), endpointer)
    endpointer.reset()
    assert not endpointer.in_pause
    assert _all_edges(_windows("###"), endpointer) == [(3, Edge.STARTED)]


def test_thresholds_must_be_in_order() -> None:
    with pytest.raises(ValueError, match="thresholds"):
        EndpointSettings(on_threshold=0.3, off_threshold=0.4)


_probabilities = st.floats(0, 1) | st.sampled_from([0.0, 0.35, 0.5, 1.0])
_runs = st.lists(
    st.tuples(_probabilities, st.integers(1, 40), st.booleans()), min_size=1, max_size=40
)
_settings = st.builds(
    EndpointSettings,
    onset_ms=st.integers(0, 300),
    barge_in_onset_ms=st.integers(0, 600),
    hangover_ms=st.integers(32, 1_500),
    max_ms=st.integers(500, 5_000),
)


@settings(max_examples=150, deadline=None)
@given(runs=_runs, chosen=_settings, window_ms=st.sampled_from([10, 20, 32]))
def test_edges_alternate_and_an_end_needs_its_silence(
    runs: list[tuple[float, int, bool]], chosen: EndpointSettings, window_ms: int
) -> None:
    endpointer = Endpointer(chosen)
    speaking, pausing, quiet_ms, length_ms = False, False, 0, 0
    for probability, count, playing in runs:
        for _ in range(count):
            edge = endpointer.feed(window_ms, probability, playing=playing)
            quiet_ms = 0 if probability >= chosen.on_threshold else quiet_ms + window_ms
            length_ms += window_ms
            match edge:
                case Edge.STARTED:
                    assert not speaking
                    assert probability >= chosen.on_threshold
                    speaking, length_ms = True, 0
                case Edge.ENDED:
                    assert speaking
                    assert quiet_ms >= chosen.hangover_ms
                    speaking = False
                case Edge.TOO_LONG:
                    assert speaking
                    speaking = False
                case Edge.PAUSED:
                    assert speaking
                    assert not pausing
                    assert quiet_ms >= chosen.pause_ms
                case Edge.RESUMED:
                    assert speaking
                    assert pausing
                    assert probability >= chosen.on_threshold
                case None:
                    assert not speaking or length_ms < chosen.max_ms
            pausing = speaking and (edge is Edge.PAUSED or (pausing and edge is not Edge.RESUMED))
            assert (endpointer.in_speech, endpointer.in_pause) == (speaking, pausing)


@settings(max_examples=100, deadline=None)
@given(runs=_runs, chosen=_settings)
def test_long_silence_ends_every_utterance(
    runs: list[tuple[float, int, bool]], chosen: EndpointSettings
) -> None:
    endpointer = Endpointer(chosen)
    for probability, count, playing in runs:
        for _ in range(count):
            endpointer.feed(WINDOW, probability, playing=playing)
    was_speaking = endpointer.in_speech
    edges = _edges([NO] * (chosen.hangover_ms // WINDOW + 1), endpointer)
    assert len(edges) == was_speaking
    assert not endpointer.in_speech


# Real speech, through the detector that the engine uses


_detector = functools.cache(create_detector)


def _utterances(
    clip: Clip, chosen: EndpointSettings = STANDARD
) -> tuple[list[tuple[int, int]], Endpointer]:
    """Begin and end of each utterance in ms, both as they are noticed."""
    detector, endpointer = _detector(), Endpointer(chosen)
    detector.reset()
    samples = clip.samples()
    found: list[tuple[int, int]] = []
    begin = 0
    for start in range(0, len(samples) - WINDOW_SAMPLES + 1, WINDOW_SAMPLES):
        probability = detector.probability(samples[start : start + WINDOW_SAMPLES])
        now_ms = (start + WINDOW_SAMPLES) * 1000 // clip.rate_hz
        match endpointer.feed(WINDOW_MS, probability):
            case Edge.STARTED:
                begin = now_ms
            case Edge.ENDED | Edge.TOO_LONG:
                found.append((begin, now_ms))
    return found, endpointer


def _bounds_ms(clip: Clip) -> tuple[int, int]:
    """Where sound begins and ends, by its samples alone."""
    loud = np.flatnonzero(np.abs(clip.samples().astype(np.int32)) > 300)
    return int(loud[0]) * 1000 // clip.rate_hz, int(loud[-1]) * 1000 // clip.rate_hz


def _said(text: str, voice: str, stretch: float = 1.0) -> Clip:
    """Spoken by flite, without the silence that it adds."""
    clip = speech.say(text, voice, stretch, lead_ms=0, tail_ms=0)
    first_ms, last_ms = _bounds_ms(clip)
    per_ms = 2 * clip.rate_hz // 1000
    return Clip(clip.rate_hz, clip.data[first_ms * per_ms : (last_ms + 1) * per_ms])


@pytest.mark.parametrize("voice", speech.VOICES)
@pytest.mark.parametrize("stretch", [0.7, 1.0, 1.6])
def test_one_sentence_is_one_utterance(voice: str, stretch: float) -> None:
    said = _said("Remind me to call my mother at six o'clock.", voice, stretch)
    clip = speech.pad(said, 1_500, 1_500)
    first_ms, last_ms = _bounds_ms(clip)
    [(begin, end)], endpointer = _utterances(clip)
    assert first_ms <= begin <= first_ms + STANDARD.preroll_ms
    assert last_ms + STANDARD.hangover_ms - 200 <= end <= last_ms + STANDARD.hangover_ms + 300
    assert endpointer.is_speech


@pytest.mark.parametrize("voice", speech.VOICES)
@pytest.mark.parametrize("pause_ms", [300, 450, 600])
@pytest.mark.parametrize("noise_db", [None, 15])
def test_a_pause_for_thought_does_not_cut_the_user_off(
    voice: str, pause_ms: int, noise_db: float | None
) -> None:
    parts = [_said(text, voice) for text in ("I would like to", "open the window", "and read")]
    pause = speech.silence(pause_ms)
    clip = speech.pad(speech.join(parts[0], pause, parts[1], pause, parts[2]), 1_500, 1_500)
    if noise_db is not None:
        clip = speech.with_noise(clip, noise_db)
    found, _ = _utterances(clip)
    assert len(found) == 1


def test_two_sentences_far_apart_are_two_utterances() -> None:
    parts = [_said("What time is it?", "slt"), _said("And tomorrow?", "slt")]
    clip = speech.pad(speech.join(parts[0], speech.silence(1_500), parts[1]), 1_000, 1_500)
    assert len(_utterances(clip)[0]) == 2


@pytest.mark.parametrize("voice", speech.VOICES)
def test_even_one_short_word_is_heard(voice: str) -> None:
    found, endpointer = _utterances(speech.pad(_said("Stop.", voice), 1_500, 1_500))
    assert len(found) == 1
    assert endpointer.is_speech


def test_noise_alone_is_no_utterance() -> None:
    hiss = (np.random.default_rng(7).standard_normal(16_000 * 10) * 700).astype("<i2")
    hum = speech.tone(100, 10_000, 16_000, level=0.1)
    click = np.zeros(16_000, dtype="<i2")
    click[8_000:8_050] = 30_000
    for clip in (Clip(16_000, hiss.tobytes()), hum, Clip(16_000, click.tobytes())):
        assert _utterances(clip)[0] == []


def test_a_human_voice_is_followed_through_its_pauses() -> None:
    clip = speech.pad(speech.human(), 500, 2_000)
    found, endpointer = _utterances(clip)
    assert 1 <= len(found) <= 4
    covered_ms = sum(end - begin for begin, end in found)
    assert covered_ms > 8_000
    assert endpointer.is_speech
    [(begin, end)], _ = _utterances(clip, EndpointSettings(hangover_ms=1_500))
    assert begin < 1_500
    assert end > 11_500
