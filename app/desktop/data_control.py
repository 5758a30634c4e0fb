"""Clipboards of a compositor that lends them to programs without a window (data-control)."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable

from app.desktop import wayland_wire as wire
from app.desktop.clipboard_board import Offer, OnOffer, Selection
from app.desktop.clipboard_content import Content, Readings, Served
from app.desktop.wayland_connection import WaylandConnection, WaylandError
from app.desktop.wayland_pipes import read_all

_MANAGERS = (("ext_data_control_manager_v1", 1), ("zwlr_data_control_manager_v1", 2))
_OFFER, _CLIPBOARD, _PRIMARY = 0, 1, 3
_SEND, _CANCELLED = 0, 1


class _NumberedOffer(Offer):
    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def on_event(self, opcode: int, body: bytes) -> None:
        """Its only event names a type."""
        if opcode == 0 and (name := wire.text(body)) not in self.types:
            self.types.append(name)


class _Source(Served):
    def __init__(
        self,
        connection: WaylandConnection,
        manager: int,
        content: Content,
        readings: Readings,
        on_cancelled: Callable[[Served], None],
    ) -> None:
        super().__init__(content, readings)
        self._on_cancelled = on_cancelled
        self._connection = connection
        self.number = connection.add(self._on_event)
        connection.send(manager, 0, "u", self.number)
        for name in content:
            connection.send(self.number, 0, "s", name)

    def _on_event(self, opcode: int, body: bytes) -> None:
        if opcode == _SEND:
            self.serve(self._connection.take_fd(), wire.text(body))
        elif opcode == _CANCELLED and not self.cancelled:
            self.cancelled = True
            self._connection.send(self.number, 1)
            self._on_cancelled(self)


class DataControl:
    """Fills `Board`. Make it with `on`."""

    shows_readers = True

    def __init__(
        self, connection: WaylandConnection, manager: int, *, seat: int, has_primary: bool
    ) -> None:
        self.selections: tuple[Selection, ...] = tuple(Selection)
        if not has_primary:
            self.selections = (Selection.CLIPBOARD,)
        self._on_offer: OnOffer = lambda *_: None
        self._connection = connection
        self._manager = manager
        self._offers: dict[int, _NumberedOffer] = {}
        self._there: dict[Selection, _NumberedOffer | None] = dict.fromkeys(self.selections)
        self._device = connection.add(self._on_event)
        connection.send(manager, 1, "uu", self._device, seat)

    @classmethod
    def on(cls, connection: WaylandConnection, seat: int) -> DataControl | None:
        """The clipboards of this compositor; None where it keeps them from us."""
        for interface, highest in _MANAGERS:
            bound = connection.bind(interface, highest)
            if bound is not None:
                primary = interface.startswith("ext_") or bound[1] >= 2
                return cls(connection, bound[0], seat=seat, has_primary=primary)
        return None

    def hear(self, on_offer: OnOffer) -> None:
        """Tell what is there, and what comes."""
        self._on_offer = on_offer
        for selection, offer in self._there.items():
            if offer is not None:
                on_offer(selection, offer)

    async def settle(self) -> None:
        """Wait until the compositor has handled everything."""
        await self._connection.round_trip()

    async def fetch(self, offer: Offer, name: str, most_bytes: int) -> bytes:
        """One form of an offer."""
        if not isinstance(offer, _NumberedOffer):
            raise WaylandError("an offer of another clipboard")
        reading, writing = os.pipe2(os.O_CLOEXEC)
        try:
            self._connection.send(offer.number, 0, "sh", name, fds=[writing])
        finally:
            os.close(writing)
        return await read_all(reading, most_bytes)

    def serve(
        self,
        selection: Selection,
        content: Content,
        readings: Readings,
        on_cancelled: Callable[[Served], None],
    ) -> Served:
        """Put content there."""
        source = _Source(self._connection, self._manager, content, readings, on_cancelled)
        self._connection.send(self._device, selection.value, "u", source.number)
        return source

    def clear(self, selection: Selection) -> None:
        """Nothing is there any more."""
        self._connection.send(self._device, selection.value, "u", 0)

    async def close(self) -> None:
        """Let the compositor handle what was asked for last."""
        with contextlib.suppress(WaylandError):
            await self.settle()

    def _on_event(self, opcode: int, body: bytes) -> None:
        if opcode == _OFFER:
            offer = _NumberedOffer(wire.numbers(body, 1)[0])
            self._offers[offer.number] = offer
            self._connection.hear(offer.number, offer.on_event)
        elif opcode in (_CLIPBOARD, _PRIMARY):
            selection = Selection.CLIPBOARD if opcode == _CLIPBOARD else Selection.PRIMARY
            if selection in self._there:
                self._replace(selection, self._offers.get(wire.numbers(body, 1)[0]))

    def _replace(self, selection: Selection, offer: _NumberedOffer | None) -> None:
        before = self._there[selection]
        if before is not None and before is not offer:
            self._connection.send(before.number, 1)
            self._connection.hear(before.number, None)
            del self._offers[before.number]
        self._there[selection] = offer
        self._on_offer(selection, offer)
