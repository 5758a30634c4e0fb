"""A connection to a Wayland compositor: objects, requests, events. Core thread; never blocks."""

from __future__ import annotations

import array
import asyncio
import logging
import os
import socket
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from app.desktop import wayland_wire as wire

_log = logging.getLogger(__name__)

Handler = Callable[[int, bytes], None]
"""Gets the opcode and the arguments of each event of an object."""

_DISPLAY, _REGISTRY = 1, 2
_READ_BYTES = 1 << 16
_FDS = 28
_CONNECT_S = 2.0


class WaylandError(Exception):
    """There is no compositor, or it went away."""


class WaylandConnection:
    """Open it with `open`. Once `lost`, requests go nowhere and nothing more is heard."""

    def __init__(self, link: socket.socket, on_lost: Callable[[], None]) -> None:
        self._link = link
        self._on_lost = on_lost
        self._handlers: dict[int, Handler] = {_DISPLAY: self._on_display}
        self._handlers[_REGISTRY] = self._on_registry
        self._next_id = _REGISTRY + 1
        self._globals: dict[str, tuple[int, int]] = {}
        self._every: list[tuple[str, int, int]] = []
        self._left = b""
        self._fds: deque[int] = deque()
        self._waiting: set[asyncio.Future[None]] = set()
        self.lost = False
        asyncio.get_running_loop().add_reader(link, self._on_readable)

    @classmethod
    async def open(
        cls, environment: Mapping[str, str], on_lost: Callable[[], None] = lambda: None
    ) -> WaylandConnection:
        """Connect to the compositor that `environment` names. Raises WaylandError."""
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        link.setblocking(False)
        try:
            async with asyncio.timeout(_CONNECT_S):
                await asyncio.get_running_loop().sock_connect(link, str(_path(environment)))
        except OSError as error:
            link.close()
            raise WaylandError(f"no compositor: {error}") from error
        connection = cls(link, on_lost)
        connection.send(_DISPLAY, 1, "u", _REGISTRY)
        try:
            await connection.round_trip()
        except BaseException:
            connection.close()
            raise
        return connection

    def add(self, handler: Handler | None = None) -> int:
        """The id of a new object, to be named in the request that makes it."""
        number = self._next_id
        self._next_id += 1
        self.hear(number, handler)
        return number

    def hear(self, object_id: int, handler: Handler | None) -> None:
        """Give the events of an object to `handler`, or to nobody."""
        if handler is None:
            self._handlers.pop(object_id, None)
        else:
            self._handlers[object_id] = handler

    def bind(self, interface: str, highest: int = 1) -> tuple[int, int] | None:
        """The compositor's object of this interface and its version; None if it has none."""
        if interface not in self._globals:
            return None
        name, version = self._globals[interface]
        version = min(version, highest)
        number = self.add()
        self.send(_REGISTRY, 0, "usuu", name, interface, version, number)
        return number, version

    def bind_all(self, interface: str, highest: int = 1) -> list[int]:
        """All objects of an interface that there may be several of, oldest first."""
        bound = []
        for kind, name, version in self._every:
            if kind == interface:
                bound.append(self.add())
                values = (name, interface, min(version, highest), bound[-1])
                self.send(_REGISTRY, 0, "usuu", *values)
        return bound

    def send(
        self,
        object_id: int,
        opcode: int,
        signature: str = "",
        *values: int | str,
        fds: Sequence[int] = (),
    ) -> None:
        """Send a request. The descriptors stay the caller's."""
        if self.lost:
            return
        data = wire.request(object_id, opcode, signature, *values)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        try:
            sent = self._link.sendmsg([data], rights)
        except OSError as error:
            self._lose(str(error))
            return
        if sent < len(data):
            self._lose("the compositor does not read")

    def take_fd(self) -> int:
        """The descriptor that came with the event being handled. Raises WaylandError."""
        if not self._fds:
            raise WaylandError("a descriptor is missing")
        return self._fds.popleft()

    async def round_trip(self) -> None:
        """Wait until the compositor has handled all requests. Raises WaylandError."""
        if self.lost:
            raise WaylandError("the compositor went away")
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def on_done(_opcode: int, _body: bytes) -> None:
            self.hear(number, None)
            if not done.done():
                done.set_result(None)

        number = self.add(on_done)
        self._waiting.add(done)
        try:
            self.send(_DISPLAY, 0, "u", number)
            async with asyncio.timeout(_CONNECT_S):
                await done
        except TimeoutError as error:
            raise WaylandError("the compositor does not answer") from error
        finally:
            self._waiting.discard(done)

    def close(self) -> None:
        """Leave the compositor; all that this connection made there ends."""
        if not self.lost:
            self._on_lost = lambda: None
            self._lose("")

    def _on_readable(self) -> None:
        try:
            data, fds, _, _ = socket.recv_fds(
                self._link, _READ_BYTES, _FDS, socket.MSG_CMSG_CLOEXEC
            )
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(str(error))
            return
        self._fds.extend(fds)
        if not data:
            self._lose("it ended")
            return
        try:
            events, self._left = wire.split(self._left + data)
            for event in events:
                handler = self._handlers.get(event.object_id)
                if handler is not None and not self.lost:
                    handler(event.opcode, event.body)
        except (ValueError, WaylandError) as error:
            self._lose(str(error))

    def _on_display(self, opcode: int, body: bytes) -> None:
        if opcode == 0:
            self._lose(f"error: {wire.text(body, 8)}")
        elif opcode == 1:
            self.hear(wire.numbers(body, 1)[0], None)

    def _on_registry(self, opcode: int, body: bytes) -> None:
        name = wire.numbers(body, 1)[0]
        if opcode == 0:
            interface = wire.text(body, 4)
            version = wire.numbers(body[-4:], 1)[0]
            self._globals.setdefault(interface, (name, version))
            self._every.append((interface, name, version))
        else:
            self._every = [one for one in self._every if one[1] != name]
            self._globals = {one: at for one, at in self._globals.items() if at[0] != name}

    def _lose(self, why: str) -> None:
        if self.lost:
            return
        self.lost = True
        if why:
            _log.info("the compositor is gone: %s", why)
        asyncio.get_running_loop().remove_reader(self._link)
        self._link.close()
        while self._fds:
            os.close(self._fds.popleft())
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_exception(WaylandError("the compositor went away"))
        self._on_lost()


def _path(environment: Mapping[str, str]) -> Path:
    display = environment.get("WAYLAND_DISPLAY") or "wayland-0"
    return Path(environment.get("XDG_RUNTIME_DIR", "/")) / display
