"""The audio engine: a process of its own that owns the devices. `python -m audio.engine`.

Frames of `audio.wire` come on stdin and go to stdout; the log goes to stderr. It ends itself when
its stdin is closed.
"""

from __future__ import annotations

import gc
import importlib.util
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, NoReturn, cast

from audio import pulse, wire
from audio.devices import DeviceWatch
from audio.echo import EchoCanceller, create_echo_canceller
from audio.hearing import Hearing
from audio.inventory import Inventory
from audio.level import LevelReport
from audio.listening import Listening
from audio.messages import (
    SPEECH_RATE_HZ,
    BeginTake,
    CloseMicrophone,
    Command,
    Configure,
    EchoMode,
    EndTake,
    Flush,
    ListDevices,
    Listen,
    Pcm,
    Play,
    PlayEnd,
    Ready,
    Resume,
    SetHangover,
    Shutdown,
)
from audio.microphone import Microphone
from audio.outbox import Outbox
from audio.speaker import Speaker
from audio.speaking import Speaking
from audio.vad import create_detector
from audio.worker import Ports, Wake

_SWITCH_INTERVAL_S = 0.0005
_BATCH = 64
_DEVICES_DELAY_S = 0.1
_PARTING_S = 0.5
_log = logging.getLogger(__name__)

Item = Command | Pcm | Callable[[], None] | None


@dataclass(frozen=True, slots=True)
class SoundSystem:
    """Where microphones, speakers and the news of them come from: this computer.

    To measure without a sound device, a program of its own gives `main` subclasses that override
    `open` and `close` (`start` and `look` of the watch), call `_on_block` as PortAudio would, and
    publish an `Inventory` of their own. `audio.launch.ENGINE_MODULE` names the program to start.
    """

    microphone: type[Microphone] = Microphone
    speaker: type[Speaker] = Speaker
    watch: type[DeviceWatch] = DeviceWatch


class Engine:
    """The engine loop: one thread that takes commands, sound and news from the devices in turn."""

    def __init__(
        self,
        configure: Configure,
        inbox: queue.SimpleQueue[Item],
        outbox: Outbox,
        system: SoundSystem,
    ) -> None:
        self._inbox = inbox
        self._send = outbox.put
        self._done = False
        self._wake = Wake(inbox.put)
        self._watch = system.watch(lambda found: inbox.put(partial(self._on_inventory, found)))
        self._inventory: Inventory | None = None
        self._tell_devices_at_s: float | None = None
        self._levels = LevelReport()
        self._can_cancel = importlib.util.find_spec("livekit") is not None
        self._echo = self._possible(configure.echo)
        self._is_canceller_asked_for = False
        self._detector = create_detector()
        ports = Ports(outbox.put, inbox.put, self._wake, self._watch.look)
        self._speaking = Speaking(self._levels.output, ports, system.speaker)
        self._speaking.choose(configure.output_device)
        self._hearing = Hearing(
            configure, self._detector, self._speaking, self._levels.input, outbox.put
        )
        self._listening = Listening(
            configure, self._hearing, self._speaking, ports, system.microphone
        )
        self._handlers: dict[type, Callable[[Any], None]] = {
            Configure: self._on_configure,
            Listen: lambda _: self._listening.listen(),
            BeginTake: lambda c: self._listening.begin_take(c.longest_ms),
            EndTake: lambda c: self._listening.end_take(cancelled=c.cancelled),
            SetHangover: lambda c: self._listening.set_hangover(c.take_id, c.hangover_ms),
            CloseMicrophone: lambda _: self._listening.close(),
            Play: self._on_play,
            Pcm: self._speaking.add,
            PlayEnd: self._speaking.play_end,
            Resume: self._speaking.resume,
            Flush: self._speaking.flush,
            ListDevices: self._on_list_devices,
            Shutdown: self._on_shutdown,
        }

    def run(self) -> None:
        """Work until `Shutdown`. However it ends, the open take is finished on disk."""
        self._say_ready()
        self._watch.start()
        gc.freeze()
        try:
            while not self._done:
                self._take_in()
                self._tick()
        finally:
            self._listening.close()

    def _take_in(self) -> None:
        """Wait for something to do, then do what is there."""
        deadline = self._deadline_s()
        try:
            if deadline is None:
                item = self._inbox.get()
            else:
                item = self._inbox.get(timeout=max(0.0, deadline - time.monotonic()))
            for _ in range(_BATCH):
                self._handle(item)
                item = self._inbox.get_nowait()
            self._handle(item)
        except queue.Empty:
            return

    def _handle(self, item: Item) -> None:
        if item is None:
            self._wake.clear()
        elif handler := self._handlers.get(type(item)):
            handler(item)
        elif callable(item):
            item()

    def _tick(self) -> None:
        self._speaking.tick()
        self._listening.tick()
        if self._listening.is_hearing_speech:
            self._load_canceller()
        now_s = time.monotonic()
        is_open = self._listening.is_open or self._speaking.is_audible
        if level := self._levels.poll(now_s) if is_open else self._levels.silence():
            self._send(level)
        if self._tell_devices_at_s is not None and now_s >= self._tell_devices_at_s:
            self._tell_devices()

    def _deadline_s(self) -> float | None:
        times = (
            self._speaking.deadline_s(),
            self._listening.deadline_s(),
            self._tell_devices_at_s,
        )
        return min((t for t in times if t is not None), default=None)

    def _on_configure(self, configure: Configure) -> None:
        self._echo = self._possible(configure.echo)
        self._speaking.choose(configure.output_device)
        self._listening.configure(configure)
        self._say_ready()

    def _on_play(self, command: Play) -> None:
        self._speaking.play(command)
        if not command.is_cue:
            self._load_canceller()

    def _on_list_devices(self, _command: ListDevices) -> None:
        self._watch.look()
        if self._inventory is not None:
            self._tell_devices()

    def _on_shutdown(self, _command: Shutdown) -> None:
        self._done = True

    def _on_inventory(self, inventory: Inventory) -> None:
        before, self._inventory = self._inventory, inventory
        self._speaking.on_inventory(inventory)
        self._listening.on_inventory(inventory)
        if before is None or before.message() != inventory.message():
            self._tell_devices_at_s = time.monotonic() + _DEVICES_DELAY_S

    def _tell_devices(self) -> None:
        self._tell_devices_at_s = None
        if self._inventory is not None:
            self._send(self._inventory.message())

    def _say_ready(self) -> None:
        self._send(Ready(os.getpid(), self._echo, self._detector.label))

    def _load_canceller(self) -> None:
        """Load the echo canceller when somebody speaks first, beside the running engine.

        It takes a good part of a second and some memory. Dictation does without it.
        """
        if self._echo is EchoMode.CANCEL and not self._is_canceller_asked_for:
            self._is_canceller_asked_for = True
            threading.Thread(target=self._create_canceller, name="echo", daemon=True).start()

    def _create_canceller(self) -> None:
        canceller = create_echo_canceller(SPEECH_RATE_HZ)
        self._inbox.put(partial(self._on_canceller, canceller))

    def _on_canceller(self, canceller: EchoCanceller | None) -> None:
        self._hearing.use_canceller(canceller)
        if canceller is None:
            self._can_cancel = False
            self._echo = self._possible(self._echo)
            self._say_ready()

    def _possible(self, mode: EchoMode) -> EchoMode:
        if mode is EchoMode.CANCEL and not self._can_cancel:
            return EchoMode.HALF_DUPLEX
        return mode


def _read_frames(stream: BinaryIO, inbox: queue.SimpleQueue[Item]) -> None:
    """Put what the app says into the inbox; its end, however it comes, is a `Shutdown`."""
    try:
        while len(head := stream.read(wire.HEADER_BYTES)) == wire.HEADER_BYTES:
            length, kind = wire.header(head)
            payload = stream.read(length)
            if len(payload) < length:
                break
            inbox.put(cast(Item, wire.decode(kind, payload)))
    except (OSError, wire.WireError) as error:
        _log.error("the app's messages end: %s", error)
    inbox.put(Shutdown())


def _take_over_stdio() -> tuple[BinaryIO, int]:
    """Keep the frames' two pipes for ourselves: libraries print to stdout, too."""
    commands = os.fdopen(os.dup(0), "rb", buffering=1 << 16)
    events = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return commands, events


def _set_up_process(inbox: queue.SimpleQueue[Item]) -> None:
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: inbox.put(Shutdown()))
    if sys.platform != "win32":
        import resource

        # A core file would hold what was said.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        pulse.name_streams()


def main(system: SoundSystem | None = None) -> NoReturn:
    """Serve the app at the other end of stdin and stdout; does not return."""
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    inbox: queue.SimpleQueue[Item] = queue.SimpleQueue()
    _set_up_process(inbox)
    commands, events = _take_over_stdio()
    outbox = Outbox(events, lambda: inbox.put(Shutdown()))
    threading.Thread(
        target=_read_frames, args=(commands, inbox), name="commands", daemon=True
    ).start()
    code = 0
    try:
        first = inbox.get()
        if isinstance(first, Configure):
            Engine(first, inbox, outbox, system or SoundSystem()).run()
    except Exception:  # noqa: BLE001  the process ends here, and the app starts another
        _log.exception("the engine failed")
        code = 1
    outbox.close(_PARTING_S)
    # A device call may hang in another thread; nobody waits for it.
    os._exit(code)


if __name__ == "__main__":
    main()
