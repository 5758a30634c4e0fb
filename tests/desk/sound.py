"""A private sound server without hardware: a microphone to speak into, speakers to listen to.

say_clip ─→ sink "micfeed" ─→ source "mic"          what the app under test records
the app ─→ sink "speakers" ─→ "speakers.monitor"    what `recording` hears
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pulsectl
import pytest

from audio.pcm import Clip
from tests.desk.child import Child, merged
from tests.desk.need import missing, need_programs
from tests.desk.recording import RATE_HZ, Recording, record
from tests.desk.speech import save
from tests.desk.waiting import wait_until

MICROPHONE = "mic"
SPEAKERS = "speakers"
_FEED = "micfeed"
_DUMMY = "auto_null"

_NO_CLIENT = 0xFFFF_FFFF
_ALSA_CONFIG = """\
</usr/share/alsa/alsa.conf>
pcm.!default { type pulse
  hint { show on
         description "PulseAudio" } }
ctl.!default { type pulse }
pcm.pulse { type pulse }
ctl.pulse { type pulse }
"""


class SoundServer:
    """A PulseAudio of our own. Give `environment` to the program that should use it."""

    def __init__(self) -> None:
        if shutil.which("pulseaudio") is None and shutil.which("pipewire") is not None:
            pytest.skip("PipeWire is here, and PulseAudio would replace parts of it")
        need_programs("pulseaudio", "paplay", "parec")
        self.folder = Path(tempfile.mkdtemp(prefix="sayso-sound-"))
        self._alsa = self.folder / "asound.conf"
        self._alsa.write_text(_ALSA_CONFIG)
        self._modules: dict[str, int] = {}
        self._server = self._start()

    @property
    def environment(self) -> dict[str, str]:
        """Leads libpulse, ALSA and so PortAudio to this server; lay it over `os.environ`."""
        return {
            "PULSE_SERVER": self._address,
            "PULSE_RUNTIME_PATH": str(self.folder / "pulse"),
            "PULSE_STATE_PATH": str(self.folder / "state"),
            "PULSE_COOKIE": str(self.folder / "cookie"),
            "ALSA_CONFIG_PATH": str(self._alsa),
        }

    @contextlib.contextmanager
    def here(self) -> Iterator[None]:
        """Lead this very process, PortAudio included, to the server while the context lasts."""
        before = {name: os.environ.get(name) for name in self.environment}
        os.environ.update(self.environment)
        _restart_portaudio()
        try:
            yield
        finally:
            for name, value in before.items():
                _put(name, value)
            _restart_portaudio()

    # Speaking and listening

    def say(self, wav_path: Path) -> None:
        """Play a WAV file into the microphone; returns when all of it was said."""
        self._play(["paplay", f"--device={_FEED}", "--latency-msec=20", str(wav_path)])

    def say_clip(self, clip: Clip) -> None:
        """Play a clip into the microphone; returns when all of it was said."""
        with self.saying(clip):
            pass

    @contextlib.contextmanager
    def saying(self, clip: Clip) -> Iterator[Child]:
        """Begin to play a clip into the microphone; the context's end waits for its end."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            wav = save(clip, Path(folder) / "said.wav")
            command = ["paplay", f"--device={_FEED}", "--latency-msec=20", str(wav)]
            with Child(command, self.folder, environment=merged(self.environment)) as player:
                yield player
                player.wait(clip.duration_ms / 1000 + 10)

    @contextlib.contextmanager
    def recording(self, source: str = f"{SPEAKERS}.monitor") -> Iterator[Recording]:
        """Record what the speakers play. The recording runs before the context begins."""
        with record(source, self.folder, merged(self.environment)) as recording:
            yield recording

    # Devices

    def load_microphone(self, name: str = MICROPHONE, description: str = "Microphone") -> None:
        """Plug in a microphone that hears `say`, and make it the default."""
        arguments = f"source_name={name} master={_FEED}.monitor {_described(description, 'source')}"
        self._load(name, "module-remap-source", arguments)
        self.set_default_microphone(name)

    def unload_microphone(self, name: str = MICROPHONE) -> None:
        """Pull a microphone out."""
        self._unload(name)

    def load_speakers(self, name: str = SPEAKERS, description: str = "Speakers") -> None:
        """Plug in speakers, and make them the default."""
        self._load_null_sink(name, 2, description)
        self.set_default_speakers(name)
        if name != _DUMMY and _DUMMY in self._modules:
            self._unload(_DUMMY)

    def unload_speakers(self, name: str = SPEAKERS) -> None:
        """Pull speakers out. Where none are left there is a dummy, as on a real desktop."""
        if not set(self.speakers()) - {name, _DUMMY}:
            self.load_speakers(_DUMMY, "Dummy")
        self._unload(name)

    def set_default_microphone(self, name: str) -> None:
        """Make a source the default."""
        with self._control() as pulse:
            pulse.source_default_set(name)

    def set_default_speakers(self, name: str) -> None:
        """Make a sink the default."""
        with self._control() as pulse:
            pulse.sink_default_set(name)

    def microphones(self) -> list[str]:
        """Names of the sources that are not a monitor."""
        with self._control() as pulse:
            sources = pulse.source_list()
        return [source.name for source in sources if not source.name.endswith(".monitor")]

    def speakers(self) -> list[str]:
        """Names of the sinks, without the one that feeds the microphone."""
        with self._control() as pulse:
            return [sink.name for sink in pulse.sink_list() if sink.name != _FEED]

    def sources_in_use(self) -> list[str]:
        """Names of the sources that a program records from: one entry for each open stream."""
        with self._control() as pulse:
            names = {source.index: source.name for source in pulse.source_list()}
            streams = pulse.source_output_list()
        return [names[stream.source] for stream in streams if _of_a_program(stream)]

    def sinks_in_use(self) -> list[str]:
        """Names of the sinks that a program plays to: one entry for each open stream."""
        with self._control() as pulse:
            names = {sink.index: sink.name for sink in pulse.sink_list()}
            streams = pulse.sink_input_list()
        return [names[stream.sink] for stream in streams if _of_a_program(stream)]

    @contextlib.contextmanager
    def echo_path(self, attenuation_db: float = 12.0, delay_ms: int = 60) -> Iterator[None]:
        """Let the microphone hear the speakers: later, and quieter."""
        arguments = f"source={SPEAKERS}.monitor sink={_FEED} latency_msec={delay_ms}"
        with self._control() as pulse:
            module = pulse.module_load("module-loopback", arguments)
            (echo,) = [s for s in pulse.sink_input_list() if s.owner_module == module]
            # Pulse's volume is cubic: 0.5 is -18 dB.
            pulse.volume_set_all_chans(echo, 10 ** (-attenuation_db / 60))
        try:
            yield
        finally:
            with contextlib.suppress(pulsectl.PulseError), self._control() as pulse:
                pulse.module_unload(module)

    # Life

    def kill(self) -> None:
        """End the server as a crash would. `restart` brings it back at the same address."""
        self._server.kill()
        self._modules.clear()

    def restart(self) -> None:
        """Bring the server back, with the devices it had at first."""
        self._server.end()
        self._modules.clear()
        self._server = self._start()

    def freeze(self) -> None:
        """Let the server hang: connections stay open, nothing is answered."""
        self._server.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """End `freeze`."""
        self._server.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """End the server and remove its files."""
        if self._server.alive:
            self.thaw()
        self._server.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _socket(self) -> Path:
        return self.folder / "native"

    @property
    def _address(self) -> str:
        return f"unix:{self._socket}"

    def _start(self) -> Child:
        self._socket.unlink(missing_ok=True)
        for name in ("pulse", "state"):
            (self.folder / name).mkdir(mode=0o700, exist_ok=True)
        command = [
            *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--disallow-exit=no"),
            *("--use-pid-file=no", "--realtime=no", "--high-priority=no", "--log-target=stderr"),
            *("-L", f"module-native-protocol-unix socket={self._socket} auth-anonymous=1"),
        ]
        server = Child(
            command,
            self.folder,
            environment=merged(self.environment, {"XDG_RUNTIME_DIR": str(self.folder)}),
        )
        try:
            wait_until(lambda: self._answers() or not server.alive, "PulseAudio answers")
            if not server.alive:
                missing(f"PulseAudio does not start here: {server.log}")
            self._load_null_sink(_FEED, 1, "Feed")
            self.load_speakers()
            self.load_microphone()
        except BaseException:
            server.end()
            raise
        return server

    def _answers(self) -> bool:
        with contextlib.suppress(pulsectl.PulseError), self._control():
            return True
        return False

    @contextlib.contextmanager
    def _control(self) -> Iterator[pulsectl.Pulse]:
        with pulsectl.Pulse("test-desk", server=self._address, connect=False) as pulse:
            pulse.connect()
            yield pulse

    def _load(self, name: str, module: str, arguments: str) -> None:
        with self._control() as pulse:
            self._modules[name] = pulse.module_load(module, arguments)

    def _load_null_sink(self, name: str, channels: int, description: str) -> None:
        # Without norewinds the null sink works in blocks of two seconds.
        shape = f"norewinds=1 rate={RATE_HZ} channels={channels}"
        arguments = f"sink_name={name} {shape} {_described(description, 'sink')}"
        self._load(name, "module-null-sink", arguments)

    def _unload(self, name: str) -> None:
        with self._control() as pulse:
            pulse.module_unload(self._modules.pop(name))

    def _play(self, command: list[str]) -> None:
        with Child(command, self.folder, environment=merged(self.environment)) as player:
            assert player.wait(600) == 0, player.log


def _described(description: str, kind: str) -> str:
    return f"{kind}_properties=device.description={description}"


def _of_a_program(stream: pulsectl.PulseSinkInputInfo | pulsectl.PulseSourceOutputInfo) -> bool:
    return bool(stream.client != _NO_CLIENT)


def _put(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def _restart_portaudio() -> None:
    """Let PortAudio, if this process has loaded it, look for devices again."""
    if sounddevice := sys.modules.get("sounddevice"):
        sounddevice._terminate()
        sounddevice._initialize()
