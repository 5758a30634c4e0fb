"""The conversation in a terminal: what is typed or spoken goes in, words and sound come out."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from app import commands, events
from app.cli.asked import asked_in_words
from app.desktop.hotkeys import HotkeyName
from app.dictation.events import DictationEnded, HotkeyStatus
from app.errors import EXIT_OK, AppError, Code
from app.escapes import for_terminal
from app.products.commands import SaveProduct
from app.products.events import ProductNotSaved, ProductOffered, ProductSaved
from app.products.plain import plain_words
from app.products.product import Offer
from app.state import Phase
from app.thread import CoreThread

_HELP = """\
Speak, or type and press Enter. Commands: /mute  /unmute  /stop  /retry  /keep  /new  /quit"""

_SIGNALS_S = 0.5
"""Python acts on a signal only between waits."""


class Terminal:
    """Main thread; events are printed from the core thread, a line each."""

    def __init__(self, core: CoreThread) -> None:
        self._core = core
        self._closed = threading.Event()
        self._reply_open = False
        self._question: str | None = None
        self._phase: Phase | None = None
        self._input_over = False
        self._deaf = False
        self._offer: Offer | None = None

    def run(self) -> int:
        """Until /quit, the end of input, or Ctrl+C."""
        print(_HELP)
        signal.signal(signal.SIGTERM, lambda *_: self._core.send(commands.Shutdown()))
        self._core.subscribe(self._on_event)
        self._core.start()
        self._core.send(commands.SetHandsFree(True))
        reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        reader.start()
        try:
            while not self._closed.wait(_SIGNALS_S):
                pass
        except KeyboardInterrupt:
            self._core.send(commands.Shutdown())
        self._core.join(5.0)
        if self._core.failure is not None:
            return AppError(Code.INTERNAL).exit_code
        deaf = self._input_over and self._deaf
        return AppError(Code.NO_MICROPHONE).exit_code if deaf else EXIT_OK

    def _read(self) -> None:
        for line in sys.stdin:
            if line.strip() and not self._on_line(line.strip()):
                break
        else:
            # Without a terminal (a service, a pipe that ended) the microphone goes on.
            if not sys.stdin.isatty():
                self._input_over = True
                self._end_if_deaf()
                return
        self._core.send(commands.Shutdown())

    def _end_if_deaf(self) -> None:
        """With neither input nor microphone there is no conversation."""
        if self._input_over and self._deaf:
            self._core.send(commands.Shutdown())

    def _on_line(self, line: str) -> bool:
        simple: dict[str, commands.Command] = {
            "/mute": commands.SetMuted(True),
            "/unmute": commands.SetMuted(False),
            "/stop": commands.StopReply(),
            "/retry": commands.Retry(),
            "/keep": commands.TranscribeKept(),
            "/new": commands.NewConversation(),
        }
        if line == "/quit":
            return False
        if self._question is not None and line.lower() in ("y", "yes", "n", "no"):
            self._core.send(commands.Answer(self._question, line.lower().startswith("y")))
        elif line in simple:
            self._core.send(simple[line])
        elif line.startswith("/save ") and self._offer is not None:
            self._save(self._offer, Path(line.removeprefix("/save ").strip()).expanduser())
        elif line.startswith("/"):
            print(_HELP)
        else:
            self._core.send(commands.SendText(line))
        return True

    def _save(self, offer: Offer, path: Path) -> None:
        if path.exists():
            self._line(f"! {path} is there already. Give another name.")
        else:
            self._core.send(SaveProduct(offer.id, offer.product, path.absolute()))

    def _on_event(self, event: events.Event) -> None:
        match event:
            case events.MessageAdded(message) if message.spoken:
                self._line(f"You: {message.text}")
            case events.ReplyStarted():
                self._line("Sayso: ", end="")
                self._reply_open = True
            case events.ReplyDelta(_, text):
                print(for_terminal(text), end="", flush=True)
            case events.ToolEnded(_, _, result, ok, _):
                self._line(f"  ({'done' if ok else 'failed'}: {for_terminal(result)})")
            case events.ReplyEnded(_, message):
                cut = message is not None and message.heard is not None
                print(" (interrupted)" if cut else "", flush=True)
                self._reply_open = False
            case _:
                self._on_other(event)

    def _on_other(self, event: events.Event) -> None:
        match event:
            case events.ApprovalRequested(request_id):
                self._question = request_id
                self._line(f"{asked_in_words(event)} [y/n]")
            case events.ApprovalEnded():
                self._question = None
            case events.RetryWaiting(_, _, reason, seconds) if seconds >= 1:
                self._line(f"! {reason} Trying again in {seconds:.0f} s.")
            case events.Notice(_, code, _, message, hint, _):
                self._line(f"! {message} {hint}".rstrip())
                self._deaf = self._deaf or code is Code.NO_MICROPHONE
                self._end_if_deaf()
            case HotkeyStatus(HotkeyName.DICTATE, keys, problem):
                self._line(f"! {problem}" if problem else f"[Dictation: hold {keys}]")
            case DictationEnded(_, outcome, text, message):
                self._line(f"[Dictation {outcome.replace('_', ' ')}] {message or text}".rstrip())
            case events.StateChanged(state):
                self._on_phase(state.phase)
            case events.Closed():
                self._closed.set()
            case _:
                self._on_product(event)

    def _on_product(self, event: events.Event) -> None:
        match event:
            case ProductOffered(offer):
                self._offer = offer
                self._line(f"{plain_words(offer.product).rstrip()}\n[/save FILE keeps it]")
            case ProductSaved(_, path):
                self._line(f"[Saved as {path}]")
            case ProductNotSaved(_, reason):
                self._line(f"! {reason}")

    def _on_phase(self, phase: Phase) -> None:
        if phase is not self._phase and phase is Phase.LISTENING:
            self._line("[Listening]")
        self._phase = phase

    def _line(self, text: str, end: str = "\n") -> None:
        if self._reply_open:
            print()
        print(text, end=end, flush=True)
