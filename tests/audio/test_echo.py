from __future__ import annotations

import subprocess
import sys

import numpy as np
import numpy.typing as npt
import pytest

from audio.echo import ECHO_SUPPRESSION_DB, EchoCanceller, create_echo_canceller
from audio.endpoint import Edge, Endpointer, EndpointSettings
from audio.pcm import Clip, Samples
from audio.resample import resample
from audio.vad import WINDOW_MS, WINDOW_SAMPLES, create_detector
from tests.desk import speech

RATES = [16_000, 24_000, 48_000]
FAR = (
    "The weather in Berlin is cloudy today, with a light wind from the west. In the evening there "
    "may be some rain, and tomorrow will be warmer."
)
NEAR = "Please stop reading and open the window now."
DELAY_MS = 60
_Floats = npt.NDArray[np.float64]


def _spoken(text: str, voice: str, rate_hz: int) -> _Floats:
    return resample(speech.say(text, voice), rate_hz).samples().astype(np.float64)


def _echo(far: _Floats, rate_hz: int, delay_ms: int = DELAY_MS, gain: float = 0.5) -> _Floats:
    """What a room makes of it: a delay, and a tail that dies away within a quarter second."""
    count = rate_hz // 4
    tail = np.random.default_rng(3).standard_normal(count) * 0.3
    tail *= np.exp(-np.arange(count) / (count / 6))
    tail[0] = 1.0
    tail *= gain / np.sqrt(np.sum(tail**2))
    size = 1 << (len(far) + count).bit_length()
    wet = np.fft.irfft(np.fft.rfft(far, size) * np.fft.rfft(tail, size), size)
    delay = rate_hz * delay_ms // 1000
    return np.concatenate([np.zeros(delay), wet])[: len(far)]


def _hiss(count: int) -> _Floats:
    return np.random.default_rng(4).standard_normal(count) * 8.0


def _int16(values: _Floats) -> Samples:
    rounded: Samples = np.clip(np.rint(values), -32768, 32767).astype(np.int16)
    return rounded


def _cleaned(
    far: _Floats, heard: _Floats, rate_hz: int, canceller: EchoCanceller | None = None
) -> tuple[_Floats, list[float]]:
    """What the canceller leaves, and how much it took away after each block."""
    canceller = canceller or EchoCanceller(rate_hz)
    step = canceller.block_samples
    played, recorded = _int16(far), _int16(heard)
    out, taken = [], []
    for start in range(0, len(heard) - step + 1, step):
        canceller.far(played[start : start + step])
        out.append(canceller.near(recorded[start : start + step]))
        taken.append(canceller.suppression_db)
    return np.concatenate(out).astype(np.float64), taken


def _db(values: _Floats) -> float:
    return float(10 * np.log10(np.mean(values**2) + 1e-9))


@pytest.mark.parametrize("rate_hz", RATES)
def test_the_echo_is_taken_out(rate_hz: int) -> None:
    far = _spoken(FAR, "rms", rate_hz)
    heard = _echo(far, rate_hz) + _hiss(len(far))
    left, taken = _cleaned(far, heard, rate_hz)
    later = slice(2 * rate_hz, 6 * rate_hz)
    assert _db(heard[later]) - _db(left[later]) > 20
    assert np.median(taken[200:600]) > ECHO_SUPPRESSION_DB


@pytest.mark.parametrize("delay_ms", [20, 150, 300])
def test_the_delay_is_found_without_being_told(delay_ms: int) -> None:
    far = np.tile(_spoken(FAR, "rms", 16_000), 2)
    heard = _echo(far, 16_000, delay_ms)
    left, _ = _cleaned(far, heard, 16_000)
    later = slice(5 * 16_000, None)
    assert _db(heard[later][: len(left[later])]) - _db(left[later]) > 20


def test_a_delay_that_changes_is_followed() -> None:
    far = np.tile(_spoken(FAR, "rms", 16_000), 2)
    heard, jump, shift = _echo(far, 16_000), 6 * 16_000, 640
    heard = np.concatenate([heard[:jump], np.zeros(shift), heard[jump:-shift]])
    left, _ = _cleaned(far, heard, 16_000)
    later = slice(jump + 2 * 16_000, None)
    assert _db(heard[later][: len(left[later])]) - _db(left[later]) > 20


@pytest.mark.parametrize("rate_hz", RATES)
def test_with_a_silent_speaker_every_sample_passes_untouched(rate_hz: int) -> None:
    near = _spoken(NEAR, "slt", rate_hz)
    left, taken = _cleaned(np.zeros(len(near)), near, rate_hz)
    assert np.array_equal(left, _int16(near)[: len(left)])
    assert max(taken) == 0.0


def test_speech_after_playback_survives_while_the_canceller_still_works() -> None:
    rate_hz = 16_000
    far, near = _spoken(FAR, "rms", rate_hz), _spoken(NEAR, "slt", rate_hz)
    silence = np.zeros(len(near))
    heard = np.concatenate([_echo(far, rate_hz), near])
    left, taken = _cleaned(np.concatenate([far, silence]), heard, rate_hz)
    after = slice(len(far) + 4_800, len(far) + 16_000)
    assert abs(_db(heard[after]) - _db(left[after])) < 3
    assert taken[after.stop // 160] != 0.0
    untouched = slice(len(far) + 28_800, len(far) + 40_000)
    assert np.array_equal(left[untouched], _int16(heard)[untouched])


def test_a_person_is_told_from_an_echo() -> None:
    rate_hz = 16_000
    far, near = _spoken(FAR, "rms", rate_hz), _spoken(NEAR, "slt", rate_hz)
    begin = 4 * rate_hz
    heard = _echo(far, rate_hz, gain=0.2) + _hiss(len(far))
    heard[begin : begin + len(near)] += near
    _, taken = _cleaned(far, heard, rate_hz)
    loud = np.flatnonzero(np.abs(near) > 2_000) // 160 + begin // 160
    assert np.median(np.array(taken)[np.unique(loud)]) < 6


def test_what_was_learnt_about_the_room_is_kept_over_silence() -> None:
    rate_hz = 16_000
    canceller = EchoCanceller(rate_hz)
    far = _spoken(FAR, "rms", rate_hz)
    heard = _echo(far, rate_hz) + _hiss(len(far))
    _cleaned(far, heard, rate_hz, canceller)
    quiet = np.zeros(10 * rate_hz)
    _cleaned(quiet, quiet, rate_hz, canceller)
    left, _ = _cleaned(far, heard, rate_hz, canceller)
    first_second = slice(rate_hz // 2, rate_hz * 3 // 2)
    assert _db(heard[first_second]) - _db(left[first_second]) > 20


def _starts_ms(sound: _Floats, taken: list[float], settings: EndpointSettings) -> list[int]:
    """When speech is noticed, with echo told from speech as the engine does it."""
    detector, endpointer = create_detector(), Endpointer(settings)
    samples, found = _int16(sound), []
    for end in range(WINDOW_SAMPLES, len(samples) + 1, WINDOW_SAMPLES):
        probability = detector.probability(samples[end - WINDOW_SAMPLES : end])
        if taken[min(end // 160, len(taken)) - 1] > ECHO_SUPPRESSION_DB:
            probability = 0.0
        if endpointer.feed(WINDOW_MS, probability, playing=True) is Edge.STARTED:
            found.append(end // 16)
    return found


def test_the_assistant_does_not_interrupt_itself_and_a_person_does() -> None:
    rate_hz = 16_000
    settings = EndpointSettings(barge_in_onset_ms=128)
    far, near = _spoken(FAR, "rms", rate_hz), _spoken(NEAR, "slt", rate_hz)
    alone = _echo(far, rate_hz, gain=0.3) + _hiss(len(far))
    assert _starts_ms(*_cleaned(far, alone, rate_hz), settings) == []
    begin_ms = 4_000
    both = alone.copy()
    both[begin_ms * 16 : begin_ms * 16 + len(near)] += near
    found = _starts_ms(*_cleaned(far, both, rate_hz), settings)
    first_sound_ms = begin_ms + int(np.argmax(np.abs(near) > 300)) // 16
    assert found
    assert first_sound_ms < found[0] < first_sound_ms + 500


def test_the_canceller_is_made_for_its_rate() -> None:
    for rate_hz in RATES:
        canceller = create_echo_canceller(rate_hz)
        assert canceller is not None
        assert canceller.block_samples * 100 == canceller.rate_hz == rate_hz


def test_any_delay_may_be_told() -> None:
    canceller = EchoCanceller(16_000)
    silence = np.zeros(canceller.block_samples, dtype=np.int16)
    for delay_ms in (-5, 0, 60, 60, 500, 10_000):
        canceller.set_delay_ms(delay_ms)
        canceller.far(silence)
        assert len(canceller.near(silence)) == canceller.block_samples


@pytest.mark.logs("no echo cancellation")
def test_without_the_library_there_is_no_canceller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "livekit", None)
    assert create_echo_canceller(16_000) is None


def test_nothing_is_loaded_or_printed_before_it_is_needed() -> None:
    program = (
        "import sys, audio.echo, audio.vad, audio.endpoint, audio.journal\n"
        "assert not {'livekit', 'sounddevice'} & set(sys.modules)\n"
        "audio.echo.EchoCanceller(16_000)\n"
        "assert 'sounddevice' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_block_of_another_length_is_refused() -> None:
    canceller = EchoCanceller(16_000)
    with pytest.raises(ValueError, match="broadcast"):
        canceller.far(np.ones(320, dtype=np.int16))


def test_a_clip_of_the_far_end_is_not_changed() -> None:
    far = Clip(16_000, np.full(160, 1_000, dtype="<i2").tobytes())
    canceller = EchoCanceller(16_000)
    canceller.far(far.samples())
    heard = far.samples()
    canceller.near(heard)
    assert heard.tolist() == [1_000] * 160
