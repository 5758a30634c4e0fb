"""The ring between audio callbacks and the engine loop."""

from __future__ import annotations

from hypothesis import given, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from audio.ring import Ring

CAPACITY = 16


class RingAgainstBytes(RuleBasedStateMachine):
    """A ring does what a plain byte string would do, whatever the order of calls."""

    def __init__(self) -> None:
        super().__init__()
        self.ring = Ring(CAPACITY)
        self.waiting = b""
        self.dropped = 0

    @rule(data=st.binary(max_size=CAPACITY + 4))
    def write(self, data: bytes) -> None:
        fits = len(self.waiting) + len(data) <= CAPACITY
        assert self.ring.write(data) is fits
        if fits:
            self.waiting += data
        else:
            self.dropped += len(data)

    @rule(size=st.integers(0, CAPACITY + 4))
    def read(self, size: int) -> None:
        target = bytearray(b"\xff" * size)
        count = self.ring.read_into(memoryview(target))
        assert bytes(target) == self.waiting[:size] + b"\xff" * (size - count)
        self.waiting = self.waiting[count:]

    @rule()
    def take(self) -> None:
        assert self.ring.take() == self.waiting
        self.waiting = b""

    @rule()
    def clear(self) -> None:
        self.ring.clear()
        self.waiting = b""

    @rule(offset=st.integers(-3, CAPACITY + 3))
    def truncate(self, offset: int) -> None:
        kept = max(0, min(offset, len(self.waiting)))
        end = self.ring.truncate(self.ring.read + offset)
        assert end == self.ring.read + kept
        self.waiting = self.waiting[:kept]

    @rule(offset=st.integers(0, CAPACITY), data=st.binary(max_size=CAPACITY))
    def replace(self, offset: int, data: bytes) -> None:
        if offset + len(data) <= len(self.waiting):
            self.ring.replace(self.ring.read + offset, data)
            after = self.waiting[offset + len(data) :]
            self.waiting = self.waiting[:offset] + data + after

    @rule(offset=st.integers(0, CAPACITY), size=st.integers(0, CAPACITY))
    def peek(self, offset: int, size: int) -> None:
        assert self.ring.peek(self.ring.read + offset, size) == self.waiting[offset:][:size]

    @invariant()
    def counts_agree(self) -> None:
        assert self.ring.unread == len(self.waiting)
        assert self.ring.room == CAPACITY - len(self.waiting)
        assert self.ring.dropped == self.dropped


TestRing = RingAgainstBytes.TestCase


@given(st.lists(st.binary(min_size=1, max_size=CAPACITY), max_size=50))
def test_everything_comes_out_in_order(pieces):
    ring = Ring(CAPACITY)
    heard = b""
    for piece in pieces:
        if not ring.write(piece):
            heard += ring.take()
            assert ring.write(piece)
    assert heard + ring.take() == b"".join(pieces)


def test_a_reader_that_has_passed_the_cut_keeps_what_it_read():
    ring = Ring(CAPACITY)
    ring.write(b"abcdefgh")
    ring.read_into(memoryview(bytearray(4)))
    assert ring.truncate(2) == 4
    assert ring.take() == b""
    ring.write(b"xy")
    assert ring.take() == b"xy"
