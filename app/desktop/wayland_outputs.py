"""The monitors of a Wayland compositor, and copies of what they show (wlr-screencopy)."""

from __future__ import annotations

import asyncio
import mmap
import os
import struct
from dataclasses import dataclass

from app.desktop import wayland_wire as wire
from app.desktop.wayland_connection import WaylandConnection, WaylandError
from app.shots.shot import Pixels

_GEOMETRY, _MODE, _SCALE, _NAME = 0, 1, 3, 4
_CURRENT = 1
_BUFFER, _FLAGS, _READY, _FAILED = 0, 1, 2, 3
_UPSIDE_DOWN = 1
_ARGB, _XRGB = 0, 1
_COPY_S = 3.0


class NotCopied(Exception):
    """The compositor shows no picture that is understood here."""


@dataclass(slots=True)
class Output:
    """A monitor: its corner and size in logical pixels, as far as it was told."""

    number: int
    name: str = ""
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    scale: int = 1
    is_turned: bool = False

    def on_event(self, opcode: int, body: bytes) -> None:
        """What the compositor says of it."""
        if opcode == _GEOMETRY:
            self.x, self.y = struct.unpack_from("=ii", body)
            self.is_turned = wire.numbers(body[-4:], 1)[0] != 0
        elif opcode == _MODE and wire.numbers(body, 1)[0] & _CURRENT:
            if not self.width:
                _, self.width, self.height = wire.numbers(body, 3)
        elif opcode == _SCALE:
            (self.scale,) = wire.numbers(body, 1)
        elif opcode == _NAME:
            self.name = wire.text(body)

    def on_logical(self, opcode: int, body: bytes) -> None:
        """The same of xdg-output, which knows better."""
        if opcode == 0:
            self.x, self.y = struct.unpack_from("=ii", body)
        elif opcode == 1:
            self.width, self.height = wire.numbers(body, 2)


class ScreenCopy:
    """Make it with `on`. One copy at a time. Core thread."""

    def __init__(self, connection: WaylandConnection, manager: int, memory: int) -> None:
        self._connection = connection
        self._manager = manager
        self._memory = memory

    @classmethod
    def on(cls, connection: WaylandConnection) -> ScreenCopy | None:
        """None where the compositor keeps its pictures to itself."""
        manager = connection.bind("zwlr_screencopy_manager_v1")
        memory = connection.bind("wl_shm")
        return cls(connection, manager[0], memory[0]) if manager and memory else None

    async def outputs(self) -> list[Output]:
        """The monitors now. Raises WaylandError."""
        connection = self._connection
        found = [Output(number) for number in connection.bind_all("wl_output", 4)]
        logical = connection.bind("zxdg_output_manager_v1", 3)
        for output in found:
            connection.hear(output.number, output.on_event)
            if logical is not None:
                place = connection.add(output.on_logical)
                connection.send(logical[0], 1, "uu", place, output.number)
        await connection.round_trip()
        return found

    async def copy(self, output: Output) -> Pixels:
        """What a monitor shows. Raises NotCopied, or WaylandError."""
        frame = _Frame(self._connection, self._memory)
        self._connection.send(self._manager, 0, "uiu", frame.number, 0, output.number)
        try:
            done, _ = await asyncio.wait([frame.done], timeout=_COPY_S)
            if not done or self._connection.lost:
                raise WaylandError("the compositor does not answer")
            if not frame.done.result():
                raise NotCopied
            return frame.pixels()
        finally:
            frame.close()


class _Frame:
    """One copy: its buffer is made as soon as the compositor says how large it is."""

    def __init__(self, connection: WaylandConnection, memory: int) -> None:
        self._connection = connection
        self._memory_pool = memory
        self._size = (0, 0, 0)
        self._is_upside_down = False
        self._memory: mmap.mmap | None = None
        self.done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.number = connection.add(self._on_event)

    def pixels(self) -> Pixels:
        """The rows that were copied, without padding."""
        assert self._memory is not None
        width, height, stride = self._size
        rows = range(height - 1, -1, -1) if self._is_upside_down else range(height)
        data = b"".join(self._memory[row * stride : row * stride + width * 4] for row in rows)
        return Pixels(width, height, data)

    def close(self) -> None:
        """Give the memory back."""
        self._connection.hear(self.number, None)
        self._connection.send(self.number, 1)
        if self._memory is not None:
            self._memory.close()

    def _on_event(self, opcode: int, body: bytes) -> None:
        if opcode == _BUFFER and self._memory is None:
            kind, *size = wire.numbers(body, 4)
            if kind not in (_ARGB, _XRGB):
                self._end(is_whole=False)
                return
            self._size = (size[0], size[1], size[2])
            self._copy(kind)
        elif opcode == _FLAGS:
            self._is_upside_down = bool(wire.numbers(body, 1)[0] & _UPSIDE_DOWN)
        elif opcode in (_READY, _FAILED):
            self._end(is_whole=opcode == _READY)

    def _copy(self, kind: int) -> None:
        width, height, stride = self._size
        file = os.memfd_create("screen", os.MFD_CLOEXEC)
        try:
            os.ftruncate(file, stride * height)
            self._memory = mmap.mmap(file, stride * height)
            pool, buffer = self._connection.add(), self._connection.add()
            send = self._connection.send
            send(self._memory_pool, 0, "uhi", pool, stride * height, fds=[file])
            send(pool, 0, "uiiiiu", buffer, 0, width, height, stride, kind)
            send(pool, 1)
            send(self.number, 0, "u", buffer)
        finally:
            os.close(file)

    def _end(self, *, is_whole: bool) -> None:
        if not self.done.done():
            self.done.set_result(is_whole)
