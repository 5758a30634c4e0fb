"""A connection to a D-Bus bus that can be handed file descriptors. Core thread; never blocks."""

from __future__ import annotations

import asyncio
import socket
from itertools import count
from typing import Any

from jeepney import Message, Parser, message_bus
from jeepney.auth import BEGIN, Authenticator
from jeepney.bus import get_bus
from jeepney.fds import FileDescriptor
from jeepney.low_level import HeaderFields

_READ_BYTES = 1 << 16
_FDS = 16


class BusLink:
    """Open it with `open`. One task receives; any may send."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._parser = Parser()
        self._serials = count(start=1)
        self._sending = asyncio.Lock()
        self.unique_name = ""

    @classmethod
    async def open(cls, bus: str) -> BusLink:
        """`bus` is "SESSION" or an address. Raises OSError, EOFError, LookupError, RuntimeError
        or AuthenticationError where there is none.
        """
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        link.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(link, get_bus(bus))
            await _authenticate(link)
            opened = cls(link)
            hello = opened.serial()
            await opened.send(message_bus.Hello(), hello)
            while (answer := await opened.receive()).header.fields.get(
                HeaderFields.reply_serial
            ) != hello:
                pass
            opened.unique_name = str(answer.body[0])
        except BaseException:
            link.close()
            raise
        return opened

    def serial(self) -> int:
        """The number of the next message."""
        return next(self._serials)

    async def send(self, message: Message, serial: int | None = None) -> None:
        """Send a message; `serial` is its number. Raises OSError."""
        async with self._sending:
            data = message.serialise(self.serial() if serial is None else serial)
            await asyncio.get_running_loop().sock_sendall(self._link, data)

    async def receive(self) -> Message:
        """The next message. Raises OSError, or EOFError at the end."""
        while (message := self._parser.get_next_message()) is None:
            await _readable(self._link)
            data, fds, _, _ = socket.recv_fds(
                self._link, _READ_BYTES, _FDS, socket.MSG_CMSG_CLOEXEC
            )
            if not data:
                raise EOFError
            self._parser.add_data(data, [FileDescriptor(fd) for fd in fds])
        return message

    def close(self) -> None:
        """Leave the bus. Nobody may be sending or receiving any more."""
        self._link.close()
        for fd in self._parser.fds:
            fd.close()


def close_fds(body: tuple[Any, ...]) -> None:
    """Close the descriptors of a message that nobody waits for."""
    for value in body:
        if isinstance(value, FileDescriptor):
            value.close()


async def _authenticate(link: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    authenticator = Authenticator(enable_fds=True)
    for line in authenticator:
        await loop.sock_sendall(link, line)
        answer = await loop.sock_recv(link, 1024)
        if not answer:
            raise EOFError
        authenticator.feed(answer)
    await loop.sock_sendall(link, BEGIN)


async def _readable(link: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(link, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(link)
