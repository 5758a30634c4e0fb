"""Messages as bytes on the engine's stdin and stdout.

A frame is a 4-byte big-endian length, one kind byte, the payload. Kind `J` is one message as JSON;
kind `P` is raw PCM for a stream or a take, whose id comes first.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import struct
import typing

from audio.messages import Command, Device, Event, Message, Pcm

MAX_FRAME_BYTES = 4_000_000
_HEADER = struct.Struct(">IB")
HEADER_BYTES = _HEADER.size

_TYPES: dict[str, type[typing.Any]] = {
    t.__name__: t for t in (*typing.get_args(Command), *typing.get_args(Event))
}
_HINTS = {t: typing.get_type_hints(t) for t in (*_TYPES.values(), Device)}


class WireError(ValueError):
    """The other side sent something that is not a frame of this protocol."""


def encode(message: Message | Pcm) -> bytes:
    """One frame, ready to be written."""
    if isinstance(message, Pcm):
        owner = message.owner.encode()
        payload = bytes([len(owner)]) + owner + message.data
        return _HEADER.pack(len(payload), ord("P")) + payload
    fields = {f.name: getattr(message, f.name) for f in dataclasses.fields(message)}
    text = json.dumps({"type": type(message).__name__, **fields}, default=_plain)
    payload = text.encode()
    return _HEADER.pack(len(payload), ord("J")) + payload


def header(data: bytes) -> tuple[int, int]:
    """Payload length in bytes and kind of the frame that `data` begins with."""
    length, kind = _HEADER.unpack(data[:HEADER_BYTES])
    if length > MAX_FRAME_BYTES or kind not in b"JP":
        raise WireError(f"not a frame: kind {kind}, {length} bytes")
    return length, kind


def decode(kind: int, payload: bytes) -> Message | Pcm:
    """The message in one frame's payload. Raises WireError for anything else."""
    try:
        if kind == ord("P"):
            end = 1 + payload[0]
            if end > len(payload):
                raise WireError("the owner is cut off")
            return Pcm(payload[1:end].decode(), payload[end:])
        raw = json.loads(payload)
        cls = _TYPES[raw.pop("type")]
        return typing.cast(Message, _build(cls, raw))
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise WireError(f"not a message: {payload[:80]!r}") from error


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"{type(value).__name__} does not cross the wire")


def _build(cls: type[typing.Any], raw: dict[str, typing.Any]) -> typing.Any:
    hints = _HINTS[cls]
    return cls(**{name: _value(hints[name], value) for name, value in raw.items()})


def _value(hint: typing.Any, value: typing.Any) -> typing.Any:
    if typing.get_origin(hint) is tuple:
        item = typing.get_args(hint)[0]
        return tuple(_value(item, v) for v in value)
    if dataclasses.is_dataclass(hint):
        return _build(typing.cast(type, hint), value)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return hint(value)
    return value
