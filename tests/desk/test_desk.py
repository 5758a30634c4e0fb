"""The desk proves itself: what a test hears, sees and keeps there is real."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import sounddevice
from pocketsphinx import Decoder

from audio.pcm import SAMPLE_BYTES, Clip, level_dbfs
from tests.desk.aimock import ModelServer, ToolCall, fixtures
from tests.desk.child import Child, merged
from tests.desk.isolation import without_network
from tests.desk.keyring import KeyringService
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.desk.speech import human, join, say, silence, tone
from tests.desk.waiting import wait_until

pytestmark = pytest.mark.desk

SENTENCE = "turn on the kitchen lights please"
KEEP_A_SECRET = """
import keyring
keyring.set_password("sayso", "desk", "sésame 漢字")
print(keyring.get_password("sayso", "desk") == "sésame 漢字")
"""
ORANGE = (255, 128, 0)
SHOW_A_WINDOW = """
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel("")
label.setWindowTitle("Härtetest 漢字")
label.setStyleSheet("background: #ff8000")
label.resize(400, 300)
label.show()
app.exec()
"""


def recorded(duration_ms: int, meanwhile: Callable[[], None]) -> Clip:
    blocks: list[bytes] = []
    enough = threading.Event()

    def keep(data: object, *_: object) -> None:
        blocks.append(bytes(data))  # type: ignore[call-overload]
        if len(blocks) * 20 >= duration_ms:
            enough.set()

    stream = sounddevice.RawInputStream(
        device="pulse", samplerate=16_000, channels=1, dtype="int16", blocksize=320, callback=keep
    )
    with stream:
        meanwhile()
        assert enough.wait(10)
    return Clip(16_000, b"".join(blocks))


def words(clip: Clip) -> str:
    decoder = Decoder(loglevel="FATAL")
    decoder.start_utt()
    decoder.process_raw(clip.data, full_utt=True)
    decoder.end_utt()
    return str(decoder.hyp().hypstr)


def test_a_sentence_into_the_microphone_is_recorded_and_recognised(sound: SoundServer) -> None:
    spoken = say(SENTENCE)
    with sound.here():
        heard = recorded(spoken.duration_ms, lambda: sound.say_clip(spoken))
    assert words(heard) == SENTENCE


def test_a_tone_is_heard_at_the_speakers(sound: SoundServer) -> None:
    played = join(tone(440, 1000), silence(300, 24_000))
    with sound.recording() as heard:
        with sound.here():
            sounddevice.play(played.samples(), played.rate_hz, device="pulse", blocking=True)
        heard.wait_for_silence()
    sounds = heard.sounds(above_dbfs=-40)
    spectrum = np.abs(np.fft.rfft(sounds.samples()))
    peak_hz = np.argmax(spectrum) * sounds.rate_hz / len(sounds.samples())
    assert heard.sounding_ms(above_dbfs=-40) == pytest.approx(1000, abs=5)
    assert peak_hz == pytest.approx(440, abs=2)


def test_an_open_microphone_is_seen_and_a_closed_one_is_not(sound: SoundServer) -> None:
    with sound.here():
        with sounddevice.RawInputStream(device="pulse", samplerate=16_000, channels=1):
            assert sound.sources_in_use() == ["mic"]
        assert sound.sources_in_use() == []


def test_the_speakers_reach_the_microphone_through_the_echo_path(sound: SoundServer) -> None:
    played = join(tone(440, 500), silence(500, 24_000))
    with (
        sound.echo_path(attenuation_db=20, delay_ms=100),
        sound.recording("mic") as echo,
        sound.recording() as direct,
        sound.here(),
    ):
        sounddevice.play(played.samples(), played.rate_hz, device="pulse", blocking=True)
        later_s = echo.wait_for_sound() - direct.wait_for_sound()
        echo.wait_for_silence()
    drop = level_dbfs(direct.sounds().samples()) - level_dbfs(echo.sounds(-55).samples())
    assert drop == pytest.approx(20, abs=2)
    assert later_s > 0.03


def test_devices_come_and_go(fresh_sound: SoundServer) -> None:
    fresh_sound.load_microphone("headset", "Headset")
    assert fresh_sound.microphones() == ["mic", "headset"]
    fresh_sound.unload_microphone("headset")
    fresh_sound.unload_microphone()
    fresh_sound.unload_speakers()
    assert (fresh_sound.microphones(), fresh_sound.speakers()) == ([], ["auto_null"])
    fresh_sound.load_speakers()
    fresh_sound.load_microphone()
    assert (fresh_sound.microphones(), fresh_sound.speakers()) == (["mic"], ["speakers"])


def test_the_sound_server_dies_and_comes_back(fresh_sound: SoundServer) -> None:
    with fresh_sound.here():
        fresh_sound.kill()
        with pytest.raises(sounddevice.PortAudioError):
            sounddevice.RawInputStream(device="pulse", samplerate=16_000, channels=1)
    fresh_sound.restart()
    assert fresh_sound.microphones() == ["mic"]


def test_noise_is_as_loud_as_asked_for() -> None:
    clean, noisy = say(SENTENCE), say(SENTENCE, noise_snr_db=10.0)
    difference = noisy.samples().astype(np.int32) - clean.samples()
    measured = level_dbfs(clean.samples()) - level_dbfs(difference.astype(np.int16))
    assert measured == pytest.approx(10, abs=0.5)


def test_the_human_recording_is_speech_at_16_khz() -> None:
    clip = human()
    assert clip.rate_hz == 16_000
    assert clip.duration_ms == pytest.approx(11_000, abs=500)


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_window_is_seen_in_a_screenshot(screen: Screen, tmp_path: Path, scale: float) -> None:
    command = [sys.executable, "-c", SHOW_A_WINDOW]
    with Child(command, tmp_path, environment=merged(screen.at_scale(scale))) as program:
        window = screen.wait_for_active("Härtetest 漢字")
        assert (window.width, window.height) == (400 * scale, 300 * scale)
        middle = (window.y + window.height // 2, window.x + window.width // 2)
        wait_until(lambda: tuple(screen.picture()[middle]) == ORANGE, "the window's colour")
        assert window.pid == program.pid
    screen.wait_until_gone("Härtetest")
    assert screen.screenshot(tmp_path / "screen.png").read_bytes()[:4] == b"\x89PNG"


def test_a_key_reaches_the_active_window(screen: Screen, tmp_path: Path) -> None:
    script = SHOW_A_WINDOW.replace("QLabel(", "QLineEdit(").replace("QLabel", "QLineEdit")
    script = script.replace("label.show()", "label.textChanged.connect(app.quit); label.show()")
    command = [sys.executable, "-c", script]
    with Child(command, tmp_path, environment=merged(screen.environment)) as program:
        screen.wait_for_active("Härtetest")
        screen.xdotool("type", "x")
        assert program.wait() == 0


def test_a_secret_makes_the_round_trip_through_the_keyring(
    keyring_service: KeyringService,
) -> None:
    done = run_python(KEEP_A_SECRET, keyring_service.environment)
    assert done.stdout == "True\n", done.stderr


def test_a_locked_keyring_gives_nothing(locked_keyring_service: KeyringService) -> None:
    done = run_python(KEEP_A_SECRET, locked_keyring_service.environment)
    assert "KeyringLocked" in done.stderr


def test_the_model_server_answers_and_keeps_a_journal(
    model_server: Callable[..., ModelServer],
) -> None:
    call = ToolCall("get_weather", {"city": "Paris"})
    server = model_server(fixtures(reply="It is sunny.", tool=call, speech=say("it is sunny")))
    question = {"model": "any", "messages": [{"role": "user", "content": "How is it?"}]}
    answer = json.loads(post(f"{server.base_url}/chat/completions", question))
    assert answer["choices"][0]["message"]["content"] == "It is sunny."
    speech = {"model": "any", "voice": "any", "input": "x", "response_format": "pcm"}
    sound = post(f"{server.base_url}/audio/speech", speech)
    expected_ms = say("it is sunny").duration_ms
    assert len(sound) / SAMPLE_BYTES / 24 == pytest.approx(expected_ms, abs=2)
    paths = [entry["path"] for entry in server.journal()]
    assert paths == ["/v1/chat/completions", "/v1/audio/speech"]


def test_there_is_no_route_without_network() -> None:
    script = "ip route; ip -brief address show lo"
    done = subprocess.run(
        without_network(["sh", "-c", script]), capture_output=True, text=True, timeout=20
    )
    assert done.stdout.split()[:3] == ["lo", "UNKNOWN", "127.0.0.1/8"], done.stderr


def test_the_end_of_a_child_is_the_end_of_its_children(tmp_path: Path) -> None:
    stubborn = "trap '' TERM; sleep 600 & echo $! > pid; wait; sleep 600"
    child = Child(["sh", "-c", stubborn], tmp_path, cwd=tmp_path)
    written = tmp_path / "pid"
    wait_until(lambda: written.exists() and written.read_text(), "the grandchild's pid")
    grandchild = int(written.read_text())
    child.send_signal(signal.SIGKILL)
    child.end()
    state = Path(f"/proc/{grandchild}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def post(url: str, body: object) -> bytes:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return bytes(answer.read())


def run_python(script: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        env=merged(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
