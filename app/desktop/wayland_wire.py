"""Wayland's wire format: requests as bytes, events as values. Pure.

A signature has one letter per argument: i, u (also objects and new ids), s, or h for a descriptor,
which travels beside the bytes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_HEADER = struct.Struct("=II")
_WORD = struct.Struct("=I")


@dataclass(frozen=True, slots=True)
class Event:
    """What the compositor tells one object."""

    object_id: int
    opcode: int
    body: bytes


def request(object_id: int, opcode: int, signature: str = "", *values: int | str) -> bytes:
    """A request, without its descriptors. `values` are those of the letters other than h."""
    body = b""
    rest = iter(values)
    for letter in signature.replace("h", ""):
        value = next(rest)
        if isinstance(value, str):
            text = value.encode() + b"\0"
            body += _WORD.pack(len(text)) + text + bytes(-len(text) % 4)
        else:
            body += struct.pack("=i" if letter == "i" else "=I", value)
    size = _HEADER.size + len(body)
    return _HEADER.pack(object_id, size << 16 | opcode) + body


def split(data: bytes) -> tuple[list[Event], bytes]:
    """The whole events in `data`, and the beginning of one that is left. Raises ValueError."""
    events = []
    while len(data) >= _HEADER.size:
        object_id, word = _HEADER.unpack_from(data)
        size = word >> 16
        if size < _HEADER.size:
            raise ValueError("an event shorter than its header")
        if len(data) < size:
            break
        events.append(Event(object_id, word & 0xFFFF, data[_HEADER.size : size]))
        data = data[size:]
    return events, data


def numbers(body: bytes, count: int) -> tuple[int, ...]:
    """The first `count` arguments of an event, all unsigned. Raises ValueError."""
    try:
        return struct.unpack_from(f"={count}I", body)
    except struct.error as error:
        raise ValueError("an event without its arguments") from error


def text(body: bytes, at: int = 0) -> str:
    """The string argument that begins at byte `at`; "" for none. Raises ValueError."""
    (size,) = numbers(body[at:], 1)
    data = body[at + _WORD.size : at + _WORD.size + size]
    if len(data) != size:
        raise ValueError("an event with half a string")
    return data.rstrip(b"\0").decode(errors="replace")
