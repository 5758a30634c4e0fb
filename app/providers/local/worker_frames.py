"""The frames between the recognizer and its worker.

A request is a kind (one byte), a length (4 bytes, big-endian) and 16 kHz PCM; an answer is a length
and text in UTF-8. The kind is an expectation of a take that is whole, or a step of one that goes
on.
"""

from __future__ import annotations

import enum
import struct

from app.providers.base import Expect

REQUEST = struct.Struct(">BI")
ANSWER = struct.Struct(">I")
EXPECTATIONS = tuple(Expect)
SURE_UP_TO_HERE = "\0"
"""In what answers HEAR, between the words that stay and those that may change."""


class Live(enum.IntEnum):
    """A take that goes on. Other requests have to wait until it is finished or dropped."""

    HEAR = 16
    FINISH = 17
    DROP = 18
