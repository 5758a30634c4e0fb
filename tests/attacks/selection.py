"""Another program's clipboard on an X screen, as far as text goes: a thread that owns it."""

from __future__ import annotations

import threading
import time
from typing import Any

from Xlib import X, display
from Xlib.protocol import event


class ClipboardOwner:
    """Owns the clipboard until somebody takes it. `text` may be changed at any time."""

    def __init__(self, name: str) -> None:
        self.text = ""
        self._name = name
        self._turn = threading.Lock()
        self._display: Any = display.Display(name)
        self._atoms = {
            each: self._display.intern_atom(each)
            for each in ("CLIPBOARD", "TARGETS", "UTF8_STRING", "TIMESTAMP")
        }
        root = self._display.screen().root
        self._window: Any = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        self.take()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="clipboard owner", daemon=True)
        self._thread.start()

    @property
    def owns(self) -> bool:
        """Whether the clipboard is still ours."""
        with self._turn:
            owner = self._display.get_selection_owner(self._atoms["CLIPBOARD"])
        return bool(owner) and getattr(owner, "id", owner) == self._window.id

    def take(self) -> None:
        """Take the clipboard."""
        with self._turn:
            self._window.set_selection_owner(self._atoms["CLIPBOARD"], X.CurrentTime)
            self._display.sync()

    def pasted(self) -> str:
        """What a program would paste now; empty where nobody has a text."""
        if self.owns:
            return self.text
        reader: Any = display.Display(self._name)
        try:
            window = reader.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
            there = reader.intern_atom("PASTED")
            window.convert_selection(
                self._atoms["CLIPBOARD"], self._atoms["UTF8_STRING"], there, X.CurrentTime
            )
            reader.flush()
            return self._arrived(reader, window, there)
        finally:
            reader.close()

    def _arrived(self, reader: Any, window: Any, there: int) -> str:
        until = time.monotonic() + 5
        while time.monotonic() < until:
            if not reader.pending_events():
                time.sleep(0.005)
                continue
            got = reader.next_event()
            if got.type == X.SelectionNotify:
                found = window.get_full_property(there, X.AnyPropertyType)
                return "" if found is None else bytes(found.value).decode("utf-8", "replace")
        return ""

    def close(self) -> None:
        """Give it up."""
        self._ends.set()
        self._thread.join()
        self._display.close()

    def _serve(self) -> None:
        while not self._ends.wait(0.005):
            with self._turn:
                while self._display.pending_events():
                    got = self._display.next_event()
                    if got.type == X.SelectionRequest:
                        self._answer(got)

    def _answer(self, asked: Any) -> None:
        there = asked.property or asked.target
        if asked.target == self._atoms["TARGETS"]:
            offered = [self._atoms["TARGETS"], self._atoms["UTF8_STRING"]]
            asked.requestor.change_property(there, self._display.intern_atom("ATOM"), 32, offered)
        elif asked.target == self._atoms["UTF8_STRING"]:
            data = self.text.encode("utf-8", "replace")
            asked.requestor.change_property(there, self._atoms["UTF8_STRING"], 8, data)
        else:
            there = X.NONE
        answer = event.SelectionNotify(
            time=asked.time,
            requestor=asked.requestor,
            selection=asked.selection,
            target=asked.target,
            property=there,
        )
        asked.requestor.send_event(answer)
        self._display.flush()
