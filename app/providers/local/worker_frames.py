"""The frames between the recognizer and its worker.

A request is an expectation (one byte), a length (4 bytes, big-endian) and 16 kHz PCM; an answer is
a length and text in UTF-8.
"""

from __future__ import annotations

import struct

from app.providers.base import Expect

REQUEST = struct.Struct(">BI")
ANSWER = struct.Struct(">I")
EXPECTATIONS = tuple(Expect)
