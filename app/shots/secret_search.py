"""Where secrets are on what was grabbed, as far as programs tell what they show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence

from app.desktop.screen import ScreenText, ScreenWindow, Spans
from app.shots.geometry import in_pixels, is_covered, shared
from app.shots.grabbing import Seen
from app.shots.secrets import secrets_in
from app.shots.shot import Edit, EditKind, Rect, SecretFound, SecretKind

WHOLE_PICTURE = "the whole picture"
_WITHIN_S = 1.0
_MARGIN = 3

LookThrough = Callable[[Sequence[ScreenWindow], Spans, float], ScreenText]
"""`app.desktop.screen_text.look_through`."""


async def secrets_on(
    seen: Seen, look_through: LookThrough
) -> tuple[tuple[SecretFound, ...], tuple[str, ...]]:
    """What was found, in the pixels of the shot, and the names of what nobody could read."""
    area = seen.area
    if seen.windows is None or area is None:
        return (), (WHOLE_PICTURE,)
    shown = _shown(seen.windows, area)
    text = await asyncio.to_thread(look_through, shown, _spans, _WITHIN_S)
    places = [(pid, SecretKind.PASSWORD, rect) for pid, rect in text.fields]
    places += [(pid, SecretKind(name), rect) for pid, name, rect in text.spans]
    size = (seen.pixels.width, seen.pixels.height)
    found = tuple(
        SecretFound(kind, in_pixels(part, area, size))
        for pid, kind, rect in dict.fromkeys(places)
        if (part := shared(_with_margin(rect), area)) is not None
        and not is_covered(rect, _above(seen.windows, pid))
    )
    names = (window.app or window.title for window in shown if window.pid not in text.read)
    return found, tuple(dict.fromkeys(name or "an unnamed window" for name in names))


def still_visible(found: Sequence[SecretFound], edits: Sequence[Edit]) -> tuple[SecretFound, ...]:
    """Those that the edits neither hide nor cut off."""
    hidden = [
        edit.rect
        for edit in edits
        if edit.rect is not None and edit.kind in (EditKind.BLUR, EditKind.COVER)
    ]
    crops = [edit.rect for edit in edits if edit.rect and edit.kind is EditKind.CROP]
    return tuple(
        secret
        for secret in found
        if (part := shared(secret.rect, crops[-1]) if crops else secret.rect) is not None
        and not is_covered(part, hidden)
    )


def _spans(text: str) -> Iterator[tuple[str, int, int]]:
    return ((span.kind.value, span.start, span.end) for span in secrets_in(text))


def _shown(windows: Sequence[ScreenWindow], area: Rect) -> list[ScreenWindow]:
    """The windows of which something can be seen in the area."""
    shown: list[ScreenWindow] = []
    above: list[Rect] = []
    for window in windows:
        part = shared(window.rect, area)
        if part is not None and not is_covered(part, above):
            shown.append(window)
        if window.is_opaque:
            above.append(window.rect)
    return shown


def _above(windows: Sequence[ScreenWindow], pid: int) -> list[Rect]:
    """What hides the topmost window of a process."""
    above: list[Rect] = []
    for window in windows:
        if window.pid == pid:
            break
        if window.is_opaque:
            above.append(window.rect)
    return above


def _with_margin(rect: Rect) -> Rect:
    return Rect(
        rect.x - _MARGIN, rect.y - _MARGIN, rect.width + 2 * _MARGIN, rect.height + 2 * _MARGIN
    )
