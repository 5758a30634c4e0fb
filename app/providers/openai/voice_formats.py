"""What the first bytes of a speech response are, and what its header tells of them. Pure."""

from __future__ import annotations

import enum
import re

LOWEST_HZ = 8_000
HIGHEST_HZ = 192_000
DECIDED_BY_BYTES = 16

_FRAME_HEAD_BYTES = 6

_TEXT = (b"<!doctype", b"<html", b"<?xml", b'{"', b"data:", b"event:")
_COMPRESSED = (b"id3", b"oggs", b"flac", b"form")
_RATE = re.compile(r";\s*(?:rate|sample_?rate)\s*=\s*\"?(\d{1,6})\b", re.IGNORECASE)
_MPEG_KBIT = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_MPEG_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


class Format(enum.Enum):
    """What a stream of bytes is."""

    RAW = "raw"
    WAV = "wav"
    TEXT = "text"
    COMPRESSED = "compressed"


def told_rate_hz(content_type: str) -> int | None:
    """The rate in a type such as `audio/pcm;rate=16000`, where it tells a sensible one."""
    found = _RATE.search(content_type)
    rate_hz = int(found.group(1)) if found else 0
    return rate_hz if LOWEST_HZ <= rate_hz <= HIGHEST_HZ else None


def format_of(head: bytes, *, complete: bool) -> Format | None:
    """What begins with `head`, or None while more of it is needed; `complete` when none comes.

    Raw samples have no mark of their own: they are what is left.
    """
    if len(head) < DECIDED_BY_BYTES and not complete:
        return None
    start = head[:DECIDED_BY_BYTES].lstrip().lower()
    if start.startswith(_TEXT):
        return Format.TEXT
    if start.startswith(_COMPRESSED):
        return Format.COMPRESSED
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return Format.WAV
    length = _frame_bytes(head)
    if length is None:
        return Format.RAW
    if len(head) < length + _FRAME_HEAD_BYTES and not complete:
        return None
    # Samples can look like one frame of MP3 or AAC, but not like two in a row.
    again = _frame_bytes(head[length:]) is not None and head[length : length + 2] == head[:2]
    return Format.COMPRESSED if again else Format.RAW


def _frame_bytes(head: bytes) -> int | None:
    """The length of the frame of MP3 or AAC (ADTS) that `head` may begin with."""
    if len(head) < _FRAME_HEAD_BYTES or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    if layer == 0 and head[1] & 0xF0 == 0xF0:
        length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        return length if length > 7 else None
    kbit, rate = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer != 1 or kbit in (0, 15) or rate == 3:
        return None
    samples_8 = 144 if version == 3 else 72
    bits = _MPEG_KBIT[3 if version == 3 else 2][kbit] * 1000
    return samples_8 * bits // _MPEG_HZ[version][rate] + (head[2] >> 1 & 1)
