"""Answers those who ask for a selection that is ours, and notes who has read it."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import Any

from Xlib import X, Xatom, error
from Xlib.protocol import event

from app.desktop.readings import Reading, Readings
from app.desktop.x11_formats import SECRET_HINT, Content, Form
from app.desktop.x11_session import X11Session

_CHROMIUM = "CHROME_SELECTION"
"""Chromium and what is built on it want every form under this name."""

_CHUNK_BYTES = 192 << 10
"""Below the 256 KiB that one request may have."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A content, since when (in the server's time) it is offered, and who has read it."""

    content: Content
    since_ms: int
    readings: Readings


@dataclass(frozen=True, slots=True)
class _Asking:
    """A window that asks for something of an offer."""

    requestor: Any
    offer: Offer
    reading: Reading


@dataclass(slots=True)
class _Transfer:
    """What a requestor's property still has to receive; None at the end."""

    rest: memoryview | None
    form: Form
    reading: Reading | None
    readings: Readings


class X11Serving:
    """The answering half of the clipboard, on its thread and connection."""

    def __init__(self, session: X11Session) -> None:
        self._session = session
        self._transfers: dict[tuple[int, int], _Transfer] = {}

    def answer(self, request: Any, offer: Offer | None, sent_after: float = 0.0) -> None:
        """Answer a SelectionRequest event, with a refusal where there is no offer.

        `sent_after` is a moment at which it had not been sent yet, for who wants to know.
        """
        target_property = request.property or request.target
        stored = X.NONE
        asking: _Asking | None = None
        if offer is not None:
            asking = self._asking(request, offer, sent_after)
            with contextlib.suppress(error.XError):
                if self._store(asking, request.target, target_property):
                    stored = target_property
        notify = event.SelectionNotify(
            time=request.time,
            requestor=request.requestor,
            selection=request.selection,
            target=request.target,
            property=stored,
        )
        if asking is not None:
            asking.reading.answered_at = time.monotonic()
        request.requestor.send_event(notify, onerror=_gone)
        self._session.display.flush()
        if asking is not None:
            # Only now: some programs do not wait long for their answer.
            if not asking.reading.text:
                asking.offer.readings.end(asking.reading)
            pid = self._session.process_of(request.requestor.id)
            asking.offer.readings.identify(asking.reading, pid)

    def _asking(self, request: Any, offer: Offer, sent_after: float) -> _Asking:
        client = self._session.client_of(request.requestor.id)
        shown_first = request.property == self._session.atom(_CHROMIUM)
        reading = Reading(client, 0, time.monotonic(), sent_after, False, shown_first)
        return _Asking(request.requestor, offer, offer.readings.add(reading))

    def on_deleted(self, window: int, name: int) -> None:
        """A requestor has taken what we stored: send it more, or note that it has all."""
        transfer = self._transfers.get((window, name))
        if transfer is None:
            return
        if transfer.rest is None:
            self._end(window, name, transfer)
            return
        piece, form = bytes(transfer.rest[:_CHUNK_BYTES]), transfer.form
        transfer.rest = transfer.rest[_CHUNK_BYTES:] if piece else None
        requestor = self._session.window(window)
        kind = self._session.atom(form.type)
        requestor.change_property(name, kind, form.bits, piece, onerror=_gone)
        self._session.display.flush()
        if not piece:
            self._end(window, name, transfer)

    def _end(self, window: int, name: int, transfer: _Transfer) -> None:
        del self._transfers[window, name]
        if transfer.reading is not None:
            transfer.readings.end(transfer.reading)
        if not any(at == window for at, _ in self._transfers):
            self._session.window(window).change_attributes(event_mask=0, onerror=_gone)

    def _store(self, asking: _Asking, target: int, name: int) -> bool:
        atom = self._session.atom
        requestor, offer = asking.requestor, asking.offer
        if target == atom("TARGETS"):
            own = [atom("TARGETS"), atom("TIMESTAMP"), atom("MULTIPLE")]
            names = own + [atom(form) for form in offer.content]
            requestor.change_property(name, Xatom.ATOM, 32, names, onerror=_gone)
            return True
        if target == atom("TIMESTAMP"):
            requestor.change_property(name, Xatom.INTEGER, 32, [offer.since_ms], onerror=_gone)
            return True
        if target == atom("MULTIPLE"):
            return self._store_several(asking, name)
        asked = next((form for form in offer.content if atom(form) == target), None)
        if asked is None:
            return False
        reading = None
        if asked != SECRET_HINT:
            reading = asking.reading
            reading.text = True
        form = offer.content[asked]
        self._send(requestor, name, _Transfer(None, form, reading, offer.readings))
        return True

    def _send(self, requestor: Any, name: int, transfer: _Transfer) -> None:
        form = transfer.form
        requestor.change_attributes(event_mask=X.PropertyChangeMask, onerror=_gone)
        self._transfers[requestor.id, name] = transfer
        if len(form.data) > _CHUNK_BYTES:
            transfer.rest = memoryview(form.data)
            size = [len(form.data)]
            requestor.change_property(name, self._session.atom("INCR"), 32, size, onerror=_gone)
        else:
            kind = self._session.atom(form.type)
            requestor.change_property(name, kind, form.bits, form.data, onerror=_gone)

    def _store_several(self, asking: _Asking, name: int) -> bool:
        requestor, pairs = asking.requestor, self._session.atom("ATOM_PAIR")
        found = requestor.get_full_property(name, X.AnyPropertyType)
        if found is None or found.format != 32:
            return False
        wanted = list(found.value)
        for place in range(0, len(wanted) - 1, 2):
            if not self._store(asking, wanted[place], wanted[place + 1]):
                wanted[place + 1] = X.NONE
        requestor.change_property(name, pairs, 32, wanted, onerror=_gone)
        return True


def _gone(_error: object, _request: object) -> int:
    """The requestor's window went away: nobody waits for this any more."""
    return 1
