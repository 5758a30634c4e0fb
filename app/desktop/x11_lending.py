"""The state of CLIPBOARD and PRIMARY: whose they are, what they had, when it goes back.

Lives on the clipboard's thread, with that thread's connection.
"""

from __future__ import annotations

import contextlib
import logging
import select
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from Xlib import X, Xatom
from Xlib.ext import xfixes

from app.desktop.readings import Readings
from app.desktop.writing import ClipboardNotSaved
from app.desktop.x11_fetching import NotFetched, X11Fetching
from app.desktop.x11_formats import Content, text_content
from app.desktop.x11_heir import X11Heir
from app.desktop.x11_selection import Selection, owner_of, release
from app.desktop.x11_serving import Offer, X11Serving
from app.desktop.x11_session import X11Session

QUIET_S = 0.5
"""So long nobody has asked for a lent text before the old content goes back."""

_AT_MOST_S = 2.0
"""So long it waits for that, because some programs look at the clipboard all the time."""

_LOOK_S = 0.1
_ATTENTIVE_S = 30.0
"""So long after a text was lent it is looked how promptly questions are answered."""

_ALL_CHANGES = 7
_TRIES = 3
_HAND_OVER_S = 1.0
_log = logging.getLogger(__name__)


class X11Lending:
    """Both selections. `step` handles what others ask; the rest acts. One thread only.

    Raises Xlib's DisplayError where there is no X server.
    """

    def __init__(self, display: str | None, wake: int) -> None:
        """`wake` is a file descriptor whose data ends a wait."""
        self._session = X11Session(display)
        self._wake = wake
        self._window = self._session.root.create_window(
            -1, -1, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )
        self._serving = X11Serving(self._session)
        self._fetching = X11Fetching(self._session, self._window, self._pump)
        self._stamp = self._session.atom("SAYSO_STAMP")
        self._time_ms = 0
        self._unasked_at = self._attentive_until = 0.0
        names = ("CLIPBOARD", "PRIMARY")
        self._names = {self._session.atom(name): name for name in names}
        self._selections = {atom: Selection() for atom in self._names}
        self._heir = X11Heir(display)
        self._watch()

    def step(self, deadline: float | None) -> None:
        """Handle what has come, or wait for it until the deadline."""
        if not self._session.display.pending_events():
            attentive = self._look()
            wait_s = None if deadline is None else max(0.0, deadline - time.monotonic())
            if attentive:
                wait_s = _LOOK_S if wait_s is None else min(wait_s, _LOOK_S)
            if not self._session.display.pending_events():
                select.select([self._session.display, self._wake], [], [], wait_s)
        self._handle_pending()

    def _look(self) -> bool:
        """While a text is lent, note that nobody has asked for it yet; whether one is."""
        now = time.monotonic()
        if now > self._attentive_until or not any(s.saved is not None for s in self._all()):
            return False
        # Whatever the server had got before it answers this has then come.
        self._session.display.sync()
        if not self._session.display.pending_events():
            self._unasked_at = now
        return True

    def _all(self) -> Iterable[Selection]:
        return self._selections.values()

    def _handle_pending(self) -> None:
        while self._session.display.pending_events():
            self._handle(self._session.display.next_event())

    def _pump(self, done: Callable[[], bool], deadline: float) -> bool:
        while not done():
            if time.monotonic() >= deadline:
                return False
            self.step(deadline)
        return True

    def _handle(self, event: Any) -> None:
        if event.type == X.SelectionRequest:
            selection = self._selections.get(event.selection)
            if selection is not None and selection.give_back_at is not None:
                later = time.monotonic() + QUIET_S
                selection.give_back_at = min(later, selection.give_back_by)
            ours = event.owner.id == self._window.id
            offer = selection.offer if ours and selection else None
            self._serving.answer(event, offer, self._unasked_at)
        elif event.type == X.SelectionNotify:
            self._fetching.on_notify(event)
        elif event.type == X.PropertyNotify:
            self._on_property(event)
        elif event.type == X.SelectionClear:
            self._on_lost(event.atom)
        elif isinstance(event, xfixes.SelectionNotify):
            selection = self._selections.get(event.selection)
            if selection is not None and event.owner != self._window:
                selection.changes += 1
                selection.prepared = None

    def _on_property(self, event: Any) -> None:
        if event.window.id != self._window.id:
            if event.state == X.PropertyDelete:
                self._serving.on_deleted(event.window.id, event.atom)
        elif event.state == X.PropertyNewValue:
            self._time_ms = event.time
            self._fetching.on_new_value(event.atom)

    def _on_lost(self, atom: int) -> None:
        """Somebody else has taken the selection: it is theirs, and nothing goes back."""
        selection = self._selections.get(atom)
        if selection is not None and self._owner(atom) != self._window.id:
            selection.offer = selection.saved = selection.give_back_at = None
            self._heir.keep(self._names[atom], self._window.id, {})

    def _watch(self) -> None:
        self._watched = self._session.display.has_extension("XFIXES")
        if self._watched:
            self._session.display.xfixes_query_version()
            for atom in self._selections:
                self._session.display.xfixes_select_selection_input(
                    self._window, atom, _ALL_CHANGES
                )

    def _now_ms(self) -> int:
        """The server's time."""
        self._time_ms = 0
        self._window.change_property(self._stamp, Xatom.STRING, 8, b"", X.PropModeAppend)
        self._pump(lambda: self._time_ms > 0, time.monotonic() + 2.0)
        return self._time_ms

    def _owner(self, atom: int) -> int:
        return owner_of(self._session, atom)

    def lend(self, text: str, names: Sequence[str], within_s: float) -> Readings:
        """Offer `text` there, once what they have is kept. Raises ClipboardNotSaved."""
        self._let_finish()
        deadline = time.monotonic() + within_s
        readings = Readings()
        self._unasked_at = time.monotonic()
        self._attentive_until = self._unasked_at + _ATTENTIVE_S
        content = text_content(text, hidden=True)
        for atom in map(self._session.atom, names):
            for _ in range(_TRIES):
                self._save(atom, deadline - time.monotonic())
                if self._take(atom, content, readings, self._selections[atom].changes):
                    break
            else:
                _log.info("the clipboard could not be taken in %s tries", _TRIES)
                self.give_back_all()
                raise ClipboardNotSaved
            self._selections[atom].give_back_at = None
        return readings

    def _let_finish(self) -> None:
        """Wait until the text before has gone back: some programs read twice for one paste."""
        while (due := self.next_due()) is not None:
            self._pump(lambda: False, due)
            self.give_back_due()

    def _save(self, atom: int, within_s: float) -> None:
        selection = self._selections[atom]
        if selection.offer is not None:
            if selection.saved is None:
                selection.saved = selection.offer.content
            return
        if selection.prepared is not None and self._owner(atom):
            selection.saved, selection.prepared = selection.prepared, None
            return
        for _ in range(_TRIES):
            changes, owner = selection.changes, self._owner(atom)
            try:
                kept: Content = (
                    self._fetching.everything(atom, self._now_ms(), within_s) if owner else {}
                )
            except NotFetched as failure:
                if self._owner(atom):
                    _log.info("the clipboard is not saved: %s, of window %#x", failure, owner)
                    self.give_back_all()
                    raise ClipboardNotSaved from None
                kept = {}
            self._handle_pending()
            if selection.changes == changes:
                selection.saved = kept
                return
        _log.info("the clipboard is not saved: others took it %s times", _TRIES)
        self.give_back_all()
        raise ClipboardNotSaved

    def _take(self, atom: int, content: Content, readings: Readings, changes: int) -> bool:
        """Own the selection, unless somebody has taken it since `changes`."""
        selection, now_ms = self._selections[atom], self._now_ms()
        # Before it is ours: from then on it would be lost with us.
        kept = content if selection.saved is None else selection.saved
        self._heir.keep(self._names[atom], self._window.id, kept)
        self._session.display.sync()
        self._handle_pending()
        if selection.changes == changes:
            selection.offer = Offer(content, now_ms, readings)
            # The server refuses it if somebody has taken the selection after that time.
            self._window.set_selection_owner(atom, now_ms)
            if self._owner(atom) == int(self._window.id):
                return True
            selection.offer = None
        selection.saved = None
        self._heir.keep(self._names[atom], self._window.id, {})
        return False

    def prepare(self, within_s: float) -> None:
        """Fetch what the clipboard has, so that lending it takes no time if it stays so."""
        atom = self._session.atom("CLIPBOARD")
        selection = self._selections[atom]
        # Without XFIXES nobody would tell that it has changed.
        if selection.offer is None and self._watched and self._owner(atom):
            changes = selection.changes
            with contextlib.suppress(NotFetched):
                kept = self._fetching.everything(atom, self._now_ms(), within_s)
                self._handle_pending()
                selection.prepared = kept if selection.changes == changes else None

    def schedule(self) -> None:
        """Give back as soon as nobody has asked for the text for a moment."""
        for selection in self._all():
            if selection.saved is not None:
                selection.give_back_at = time.monotonic() + QUIET_S
                selection.give_back_by = time.monotonic() + _AT_MOST_S

    def unschedule(self) -> None:
        """Let the lent text stay where it is."""
        for selection in self._all():
            selection.give_back_at = None

    def next_due(self) -> float | None:
        """When the next content goes back, a time of the monotonic clock."""
        dues = [s.give_back_at for s in self._all() if s.give_back_at is not None]
        return min(dues, default=None)

    def give_back_due(self) -> None:
        """Give back what is due."""
        for atom, selection in self._selections.items():
            if selection.give_back_at is not None and selection.give_back_at <= time.monotonic():
                self._give_back(atom)

    def give_back_all(self) -> None:
        """Give back what is lent, now."""
        for atom in self._selections:
            self._give_back(atom)

    def _give_back(self, atom: int) -> None:
        selection = self._selections[atom]
        saved, selection.saved, selection.give_back_at = selection.saved, None, None
        if saved is None or selection.offer is None or self._owner(atom) != self._window.id:
            return
        if saved:
            self._take(atom, saved, Readings(), selection.changes)
        else:
            selection.offer = None
            release(self._session, atom, self._window.id, self._now_ms())

    def save(self, name: str, within_s: float) -> None:
        """Keep what the selection has, for `take_back`. Raises ClipboardNotSaved."""
        self._save(self._session.atom(name), within_s)

    def owner(self, name: str) -> int:
        """The id of the window that owns the selection; 0 where none does."""
        return self._owner(self._session.atom(name))

    def changes(self, name: str) -> int:
        """How often others have taken the selection."""
        return self._selections[self._session.atom(name)].changes

    def take_back(self, name: str) -> None:
        """Own the selection again with what `save` kept, whoever has it now."""
        atom = self._session.atom(name)
        selection = self._selections[atom]
        saved, selection.saved = selection.saved, None
        if saved is None:
            return
        self._handle_pending()
        if self._take(atom, saved, Readings(), selection.changes) and not saved:
            selection.offer = None
            release(self._session, atom, self._window.id, self._now_ms())

    def keep(self, text: str) -> None:
        """Put `text` on the clipboard to stay, for clipboard managers too."""
        atom = self._session.atom("CLIPBOARD")
        selection = self._selections[atom]
        selection.saved = selection.give_back_at = None
        self._handle_pending()
        content = text_content(text, hidden=False)
        any(self._take(atom, content, Readings(), selection.changes) for _ in range(_TRIES))

    def text(self, name: str, within_s: float) -> str | None:
        """The selection's text, or None."""
        atom = self._session.atom(name)
        offer = self._selections[atom].offer
        if offer is not None:
            form = offer.content.get("UTF8_STRING")
            return form.data.decode(errors="replace") if form else None
        deadline = time.monotonic() + within_s
        try:
            form = self._fetching.form(atom, "UTF8_STRING", self._now_ms(), deadline)
        except NotFetched:
            return None
        return form.data.decode(errors="replace") if form else None

    def close(self) -> None:
        """End the connection. What is still ours goes to our heir."""
        self._session.close()
        self._heir.close()

    def hand_over(self) -> None:
        """Leave what is kept on the clipboard with its manager, before we go."""
        self.give_back_all()
        clipboard, manager = (
            self._session.atom("CLIPBOARD"),
            self._session.atom("CLIPBOARD_MANAGER"),
        )
        offer = self._selections[clipboard].offer
        if offer is None or not self._owner(manager):
            return
        deadline = time.monotonic() + _HAND_OVER_S
        with contextlib.suppress(NotFetched):
            self._fetching.form(manager, "SAVE_TARGETS", self._now_ms(), deadline)
            self._heir.keep("CLIPBOARD", self._window.id, {})
