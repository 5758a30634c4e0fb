"""Messages as bytes."""

from __future__ import annotations

import enum
import types
import typing

import pytest
from hypothesis import given, strategies as st

from audio import wire
from audio.messages import (
    Command,
    Configure,
    Device,
    Devices,
    Direction,
    EchoMode,
    Event,
    Level,
    Message,
    Pcm,
    TakeEnd,
    TakeEnded,
)

MESSAGE_TYPES = (*typing.get_args(Command), *typing.get_args(Event))
devices = st.builds(Device, st.text(), st.text(), st.sampled_from(list(Direction)), st.booleans())
st.register_type_strategy(Device, devices)
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


def decoded(frame: bytes) -> Message | Pcm:
    length, kind = wire.header(frame)
    payload = frame[wire.HEADER_BYTES :]
    assert len(payload) == length
    return wire.decode(kind, payload)


@pytest.mark.parametrize("message_type", MESSAGE_TYPES, ids=lambda t: t.__name__)
def test_every_message_survives(message_type):
    @given(st.builds(message_type))
    def survives(message: Message) -> None:
        again = decoded(wire.encode(message))
        assert again == message
        assert_same_types(again, message)

    survives()


def assert_same_types(left: object, right: object) -> None:
    """Equal is not enough: an enum member equals its plain string."""
    assert type(left) is type(right)
    for name in getattr(left, "__slots__", ()):
        value = getattr(right, name)
        if isinstance(value, tuple):
            for one, other in zip(getattr(left, name), value, strict=True):
                assert_same_types(one, other)
        elif isinstance(value, enum.Enum):
            assert getattr(left, name) is value


@given(st.text(max_size=60), st.binary(max_size=2000))
def test_sound_survives(owner, data):
    assert decoded(wire.encode(Pcm(owner, data))) == Pcm(owner, data)


def test_defaults_may_be_left_out_by_the_sender():
    assert wire.decode(ord("J"), b'{"type": "Configure", "journal_dir": "/j"}') == Configure("/j")


def test_nested_values_come_back_as_their_types():
    message = Devices((Device("m", "Mic", Direction.INPUT, True),), ())
    again = decoded(wire.encode(message))
    assert isinstance(again, Devices)
    assert again.inputs[0].direction is Direction.INPUT
    ended = decoded(wire.encode(TakeEnded("t", 1, 1, TakeEnd.CLOSED)))
    assert isinstance(ended, TakeEnded)
    assert ended.reason is TakeEnd.CLOSED
    configure = decoded(wire.encode(Configure("/j", echo=EchoMode.OFF)))
    assert isinstance(configure, Configure)
    assert configure.echo is EchoMode.OFF


@pytest.mark.parametrize(
    "head", [b"\x00\x00\x00\x01X", b"\xff\xff\xff\xffJ"], ids=["kind", "length"]
)
def test_a_header_that_is_none_is_refused(head):
    with pytest.raises(wire.WireError):
        wire.header(head)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{}",
        b"[1]",
        b"3",
        b"\xff",
        b'{"type": "Nothing"}',
        b'{"type": "Level", "input_dbfs": 1}',
        b'{"type": "Listen", "extra": 1}',
        b'{"type": "TakeEnded", "take_id": "t", "duration_ms": 1, "voiced_ms": 1, "reason": "x"}',
        b'{"type": "Devices", "inputs": 3, "outputs": []}',
    ],
)
def test_a_payload_that_is_no_message_is_refused(payload):
    with pytest.raises(wire.WireError):
        wire.decode(ord("J"), payload)


@pytest.mark.parametrize("payload", [b"", b"\x04\xff\xff\xff\xff", b"\x05abc"])
def test_sound_without_an_owner_is_refused(payload):
    with pytest.raises(wire.WireError):
        wire.decode(ord("P"), payload)


def test_what_has_no_place_in_a_message_is_not_sent():
    with pytest.raises(TypeError):
        wire.encode(Level(types.SimpleNamespace(), 0.0))  # type: ignore[arg-type]
