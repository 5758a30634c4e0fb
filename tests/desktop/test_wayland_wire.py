from __future__ import annotations

import struct

import pytest

from app.desktop import wayland_wire as wire


def test_a_request_has_a_header_and_padded_strings() -> None:
    data = wire.request(3, 0, "usuu", 7, "wl_seat", 2, 9)
    assert len(data) == 8 + 4 + 4 + 8 + 4 + 4
    assert struct.unpack("=IIII", data[:16]) == (3, len(data) << 16, 7, len("wl_seat") + 1)
    assert data[16:24] == b"wl_seat\0"
    assert struct.unpack("=II", data[24:]) == (2, 9)


def test_a_descriptor_is_not_among_the_bytes() -> None:
    assert wire.request(5, 1, "sh", "text") == wire.request(5, 1, "s", "text")
    assert wire.request(5, 1, "uhu", 1, 2) == wire.request(5, 1, "uu", 1, 2)


@pytest.mark.parametrize("cut", range(40))
def test_events_are_whole_however_the_bytes_are_cut(cut: int) -> None:
    data = wire.request(4, 1, "u", 6) + wire.request(6, 0, "s", "image/png")
    first, left = wire.split(data[:cut])
    second, rest = wire.split(left + data[cut:])
    events = [*first, *second]
    assert [(event.object_id, event.opcode) for event in events] == [(4, 1), (6, 0)]
    assert wire.numbers(events[0].body, 1) == (6,)
    assert wire.text(events[1].body) == "image/png"
    assert rest == b""


@pytest.mark.parametrize("body", [b"", b"\1", b"\x20\0\0\0abc"])
def test_what_is_cut_short_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match="an event"):
        wire.text(body)


def test_an_event_shorter_than_its_header_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        wire.split(struct.pack("=II", 1, 4 << 16))
