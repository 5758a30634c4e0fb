"""The part of the X keyboard extension that hotkeys need: no false releases, and layout changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from Xlib.protocol import rq

_CORE_KEYBOARD = 0x100
_DETECTABLE_REPEAT = 1
_NEW_KEYBOARD_AND_MAP = 0b11
_EVERY_PART = 0xFF


class _UseXkb(rq.ReplyRequest):  # type: ignore[misc]
    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(0),
        rq.RequestLength(),
        rq.Card16("major"),
        rq.Card16("minor"),
    )
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Card8("supported"),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Card16("major"),
        rq.Card16("minor"),
        rq.Pad(20),
    )


class _SelectXkb(rq.Request):  # type: ignore[misc]
    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(1),
        rq.RequestLength(),
        rq.Card16("device"),
        rq.Card16("affect"),
        rq.Card16("clear"),
        rq.Card16("all_of"),
        rq.Card16("affect_map"),
        rq.Card16("map"),
    )


class _XkbFlags(rq.ReplyRequest):  # type: ignore[misc]
    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(21),
        rq.RequestLength(),
        rq.Card16("device"),
        rq.Pad(2),
        rq.Card32("change"),
        rq.Card32("value"),
        rq.Card32("controls"),
        rq.Card32("auto_controls"),
        rq.Card32("auto_values"),
    )
    _reply = rq.Struct(
        rq.ReplyCode(),
        rq.Card8("device"),
        rq.Card16("sequence_number"),
        rq.ReplyLength(),
        rq.Card32("supported"),
        rq.Card32("value"),
        rq.Card32("auto_controls"),
        rq.Card32("auto_values"),
        rq.Pad(8),
    )


@dataclass(frozen=True, slots=True)
class Xkb:
    """What the server granted: `event` is the number of its events, None where it has none."""

    event: int | None = None
    repeats_are_presses: bool = False


def use_xkb(display: Any) -> Xkb:
    """Ask for a release only when the key comes up, and for every change of the map.

    Without the latter a client that uses the extension is not told of changes any more.
    """
    found = display.query_extension("XKEYBOARD")
    if found is None or not found.present:
        return Xkb()
    link, opcode = display.display, found.major_opcode
    if not _UseXkb(display=link, opcode=opcode, major=1, minor=0).supported:
        return Xkb()
    flags = _XkbFlags(
        display=link,
        opcode=opcode,
        device=_CORE_KEYBOARD,
        change=_DETECTABLE_REPEAT,
        value=_DETECTABLE_REPEAT,
        controls=0,
        auto_controls=0,
        auto_values=0,
    )
    _SelectXkb(
        display=link,
        opcode=opcode,
        device=_CORE_KEYBOARD,
        affect=_NEW_KEYBOARD_AND_MAP,
        clear=0,
        all_of=_NEW_KEYBOARD_AND_MAP,
        affect_map=_EVERY_PART,
        map=_EVERY_PART,
    )
    return Xkb(found.first_event, bool(flags.value & _DETECTABLE_REPEAT))
