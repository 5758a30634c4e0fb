"""From the device's sound to pieces that were judged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from audio.arrival import Preroll, Silence, SilenceWatch
from audio.capture import CapturePipeline
from audio.echo import EchoCanceller
from audio.echo_gauge import Gauged
from audio.endpoint import Edge, Endpointer, EndpointSettings
from audio.level import Meter
from audio.pcm import Samples

WINDOW = 512


class ScriptedDetector:
    """Gives the probabilities of a script, and keeps the windows."""

    window_samples = WINDOW
    label = "script"

    def __init__(self, *probabilities: float) -> None:
        self.probabilities = list(probabilities)
        self.windows: list[Samples] = []

    def probability(self, window: Samples) -> float:
        self.windows.append(window.copy())
        return self.probabilities.pop(0) if self.probabilities else 0.0

    def reset(self) -> None:
        self.windows.clear()


class HalvingCanceller:
    """Halves what is near, and keeps what was far."""

    block_samples = 160

    def __init__(self, suppression_db: float = 6.0) -> None:
        self.suppression_db = suppression_db
        self.played: list[Samples] = []

    def far(self, block: Samples) -> None:
        self.played.append(block)

    def near(self, block: Samples) -> Samples:
        assert len(block) == self.block_samples
        return block // np.int16(2)


def pipeline(
    detector: ScriptedDetector, rate_hz: int = 16_000, channels: int = 1, **settings: int
) -> CapturePipeline:
    endpointer = Endpointer(EndpointSettings(**settings))
    return CapturePipeline(rate_hz, channels, detector, endpointer, Meter())


def even(count: int) -> Samples:
    return (np.arange(count) % 1000 * 2).astype(np.int16)


@given(st.lists(st.integers(0, 1500), max_size=12))
def test_no_sample_is_lost_or_repeated(sizes):
    detector = ScriptedDetector()
    capture = pipeline(detector)
    sound = even(sum(sizes))
    heard = b""
    for end, size in zip(np.cumsum(sizes), sizes, strict=True):
        data = sound[end - size : end].tobytes()
        pieces = capture.process(data, playing=False, cancelling=False)
        heard += b"".join(piece.data for piece in pieces)
    assert heard == sound.tobytes()
    windows = len(sound) // WINDOW
    assert len(detector.windows) == windows
    if windows:
        assert np.array_equal(np.concatenate(detector.windows), sound[: windows * WINDOW])


def test_an_edge_stands_at_the_end_of_its_window():
    detector = ScriptedDetector(0.0, 0.9, 0.9, 0.0, 0.0)
    capture = pipeline(detector, onset_ms=64, hangover_ms=64)
    pieces = capture.process(even(WINDOW * 5 + 10).tobytes(), playing=False, cancelling=False)
    assert [piece.edge for piece in pieces] == [
        None,
        None,
        Edge.STARTED,
        Edge.PAUSED,
        Edge.ENDED,
        None,
    ]
    assert [piece.voiced_ms for piece in pieces] == [0, 32, 32, 0, 0, 0]
    assert [len(piece.data) for piece in pieces] == [1024] * 5 + [20]


def test_while_something_plays_an_onset_takes_longer():
    detector = ScriptedDetector(*[0.6] * 6)
    capture = pipeline(detector, onset_ms=64, barge_in_onset_ms=160)
    pieces = capture.process(even(WINDOW * 6).tobytes(), playing=True, cancelling=False)
    assert [piece.edge for piece in pieces].index(Edge.STARTED) == 4


@pytest.mark.parametrize("has_canceller", [False, True])
def test_where_an_echo_is_possible_a_voice_must_be_surer(has_canceller):
    capture = pipeline(ScriptedDetector(*[0.85] * 2))
    if has_canceller:
        capture.canceller = EchoCanceller(16_000)
    capture.process(even(WINDOW * 2).tobytes(), playing=True, cancelling=False)
    assert capture.endpointer.is_suspicious
    assert capture.endpointer.is_almost_certain != has_canceller


def test_what_is_ignored_starts_nothing():
    detector = ScriptedDetector(*[0.9] * 100)
    capture = pipeline(detector, onset_ms=64)
    capture.process(even(WINDOW + 100).tobytes(), playing=False, cancelling=False)
    capture.ignore(even(WINDOW * 10).tobytes())
    assert len(detector.windows) == 1
    (piece,) = capture.process(even(WINDOW).tobytes(), playing=False, cancelling=False)
    assert len(piece.data) == 2 * WINDOW
    assert piece.edge is None


def test_channels_are_mixed():
    capture = pipeline(ScriptedDetector(), channels=2)
    both = np.array([[100, 300], [-50, -150]], dtype=np.int16)
    (piece,) = capture.process(both.tobytes(), playing=False, cancelling=False)
    assert np.frombuffer(piece.data, dtype=np.int16).tolist() == [200, -100]


@pytest.mark.parametrize("rate_hz", [8000, 44_100, 48_000, 96_000])
def test_every_rate_becomes_16_khz(rate_hz):
    capture = pipeline(ScriptedDetector(), rate_hz)
    heard = 0
    for _ in range(50):
        data = even(rate_hz // 50).tobytes()
        pieces = capture.process(data, playing=False, cancelling=False)
        heard += sum(len(piece.data) for piece in pieces) // 2
    assert heard == pytest.approx(16_000, abs=700)


def test_near_sound_passes_the_canceller_in_whole_blocks_and_comes_out_whole():
    capture = pipeline(ScriptedDetector())
    capture.canceller = HalvingCanceller()  # type: ignore[assignment]
    sound = even(1000)
    heard = []
    for start in range(0, 1000, 250):
        part = sound[start : start + 250].tobytes()
        cancelling = start < 500
        heard += [p.data for p in capture.process(part, playing=True, cancelling=cancelling)]
    samples = np.frombuffer(b"".join(heard), dtype=np.int16)
    assert samples.tolist() == [*(sound[:480] // 2), *sound[480:]]


@pytest.mark.parametrize(("suppression_db", "edges"), [(12.0, 1), (25.0, 0)])
def test_what_the_canceller_takes_away_is_no_voice(suppression_db, edges):
    capture = pipeline(ScriptedDetector(*[0.9] * 10), barge_in_onset_ms=96)
    capture.canceller = HalvingCanceller(suppression_db)  # type: ignore[assignment]
    pieces = capture.process(even(WINDOW * 10).tobytes(), playing=True, cancelling=True)
    assert [piece.edge for piece in pieces].count(Edge.STARTED) == edges


def test_an_utterance_goes_on_though_much_of_it_is_taken_away():
    capture = pipeline(ScriptedDetector(*[0.9] * 40), onset_ms=96, hangover_ms=64)
    capture.process(even(WINDOW * 4).tobytes(), playing=False, cancelling=False)
    capture.canceller = HalvingCanceller(25.0)  # type: ignore[assignment]
    pieces = capture.process(even(WINDOW * 20).tobytes(), playing=True, cancelling=True)
    assert {piece.edge for piece in pieces} == {None}


class EchoOnly:
    """A gauge that takes all for a rest, or `next`; `is_more` says whether it is more than echo."""

    is_more = False
    is_aligning = False
    gauged = next = Gauged.REST

    def __init__(self) -> None:
        self._heard: list[Samples] = []

    def begin(self) -> None:
        self._heard.clear()

    def near(self, block: Samples, *_: float, has_voice: bool) -> None:
        self._heard.append(block)

    def note_cancelled(self, *_: float) -> None:
        pass

    def choose(self, *, keeps: bool) -> Samples:
        self.gauged = self.next
        return np.concatenate(self._heard)

    def is_more_than_echo(self, end: int) -> bool:
        return self.is_more


def test_the_detector_does_not_listen_to_an_echo_and_is_fresh_for_what_comes_after_it():
    detector = ScriptedDetector(*[0.9] * 40)
    capture = pipeline(detector)
    capture.canceller = HalvingCanceller()  # type: ignore[assignment]
    capture.gauge = gauge = EchoOnly()  # type: ignore[assignment]
    sound = even(WINDOW * 20)
    echo, voice = sound[: WINDOW * 10], sound[WINDOW * 10 :]
    capture.process(echo.tobytes(), playing=True, cancelling=True)
    assert len(detector.windows) == 2
    gauge.is_more = True
    capture.process(voice[: WINDOW * 5].tobytes(), playing=True, cancelling=True)
    assert np.array_equal(np.concatenate(detector.windows[:5]), sound[WINDOW * 6 : WINDOW * 11])


def test_the_voice_of_a_whole_echo_is_forgotten_when_less_of_it_is_judged():
    detector = ScriptedDetector(*[0.9] * 40)
    capture = pipeline(detector)
    capture.canceller = HalvingCanceller()  # type: ignore[assignment]
    capture.gauge = gauge = EchoOnly()  # type: ignore[assignment]
    gauge.next = Gauged.WHOLE
    capture.process(even(WINDOW * 10).tobytes(), playing=True, cancelling=True)
    assert len(detector.windows) == 10
    gauge.next = Gauged.REST
    capture.process(even(WINDOW).tobytes(), playing=True, cancelling=True)
    assert len(detector.windows) == 0


def test_an_onset_that_an_echo_hides_is_kept_for_a_quarter_second():
    capture = pipeline(ScriptedDetector(*[0.9] * 40))
    capture.canceller = HalvingCanceller()  # type: ignore[assignment]
    capture.gauge = gauge = EchoOnly()  # type: ignore[assignment]
    gauge.is_more = True
    capture.process(even(WINDOW * 2).tobytes(), playing=True, cancelling=True)
    assert capture.endpointer.is_suspicious
    gauge.is_more = False
    capture.process(even(WINDOW * 7).tobytes(), playing=True, cancelling=True)
    assert capture.endpointer.is_suspicious
    capture.process(even(WINDOW * 4).tobytes(), playing=True, cancelling=True)
    assert not capture.endpointer.is_suspicious


def without_echo(detector: ScriptedDetector) -> CapturePipeline:
    """A pipeline that has found no echo of what plays."""
    capture = pipeline(detector, barge_in_onset_ms=96)
    capture.canceller = HalvingCanceller(25.0)  # type: ignore[assignment]
    silence = np.zeros(160, dtype=np.int16)
    for seed in range(100):
        capture.far(noise(160, seed), 16_000)
        capture.process(silence.tobytes(), playing=True, cancelling=True)
    assert not capture.coupling.has_echo
    return capture


def noise(count: int, seed: int) -> Samples:
    return np.random.default_rng(seed).integers(-3000, 3000, count, dtype=np.int16)


def test_without_an_echo_the_near_sound_stays_as_it_is():
    detector = ScriptedDetector()
    capture = without_echo(detector)
    detector.probabilities = [0.9] * 10
    sound = noise(WINDOW * 8, seed=1000)
    heard, edges = b"", []
    for at in range(0, len(sound), 160):
        capture.far(noise(160, seed=at + 200), 16_000)
        for piece in capture.process(sound[at : at + 160].tobytes(), playing=True, cancelling=True):
            heard += piece.data
            edges.append(piece.edge)
    assert heard == sound[: len(heard) // 2].tobytes()
    assert edges.count(Edge.STARTED) == 1


def test_an_echo_that_comes_back_is_taken_out_again_and_starts_nothing():
    detector = ScriptedDetector()
    capture = without_echo(detector)
    detector.probabilities = [0.9] * 100
    edges = []
    for at in range(60):
        block = noise(160, seed=at + 200)
        capture.far(block, 16_000)
        pieces = capture.process(block.tobytes(), playing=True, cancelling=True)
        edges += [piece.edge for piece in pieces]
    assert capture.coupling.has_echo
    assert set(edges) == {None}


def test_far_sound_reaches_the_canceller_in_whole_blocks():
    capture = pipeline(ScriptedDetector())
    capture.far(even(500), 16_000)
    canceller = HalvingCanceller()
    capture.canceller = canceller  # type: ignore[assignment]
    capture.far(even(100), 16_000)
    capture.far(even(300), 16_000)
    assert [len(block) for block in canceller.played] == [160, 160]
    capture.far(even(4800), 48_000)
    assert all(len(block) == 160 for block in canceller.played)
    assert len(canceller.played) > 8


def test_stillness_is_counted_until_something_like_speech_comes():
    capture = pipeline(ScriptedDetector(0.0, 0.0, 0.3, 0.01))
    capture.process(even(WINDOW * 2).tobytes(), playing=False, cancelling=False)
    assert capture.still_ms == 64
    capture.process(even(WINDOW).tobytes(), playing=False, cancelling=False)
    assert capture.still_ms == 0
    capture.process(even(WINDOW).tobytes(), playing=False, cancelling=False)
    assert capture.still_ms == 32


@given(st.lists(st.binary(max_size=64), max_size=40))
def test_the_preroll_is_the_last_moment(pieces):
    preroll = Preroll(2)
    for piece in pieces:
        preroll.add(piece)
    assert preroll.take() == b"".join(pieces)[-64:]
    assert preroll.take() == b""


def test_a_second_of_zeros_is_a_blocked_microphone_until_it_speaks():
    watch = SilenceWatch()
    news = [watch.feed(bytes(640), 20) for _ in range(100)]
    assert news[:49] == [None] * 49
    assert news[49] is Silence.BLOCKED
    assert set(news[50:]) == {None}
    assert watch.feed(b"\x01\x00", 20) is Silence.CLEARED
    assert {watch.feed(bytes(640), 20) for _ in range(100)} == {None}


def test_a_microphone_that_hears_something_is_not_blocked():
    watch = SilenceWatch()
    news = {watch.feed(bytes(640), 20) for _ in range(30)}
    news.add(watch.feed(b"\x00\x01", 20))
    news |= {watch.feed(bytes(640), 20) for _ in range(100)}
    assert news == {None}
