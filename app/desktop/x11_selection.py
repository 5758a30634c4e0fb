"""What is known of one selection: what it offers for us, and what it had before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from Xlib import X
from Xlib.protocol import request

from app.desktop.x11_formats import Content
from app.desktop.x11_serving import Offer
from app.desktop.x11_session import X11Session


@dataclass(slots=True)
class Selection:
    """What we know of one selection. `saved` is what it had before it was lent.

    `changes` counts how often others took it, `prepared` is what it was found to have since the
    last of them. Times are of the monotonic clock.
    """

    offer: Offer | None = None
    saved: Content | None = None
    give_back_at: float | None = None
    give_back_by: float = 0.0
    changes: int = 0
    prepared: Content | None = None


def owner_of(session: X11Session, atom: int) -> int:
    """The id of the window that owns a selection; 0 where none does."""
    owner: Any = session.display.get_selection_owner(atom)
    return owner if isinstance(owner, int) else int(owner.id)


def release(session: X11Session, atom: int, window: int, now_ms: int) -> None:
    """Leave a selection without an owner, if `window` owns it and nobody took it since `now_ms`."""
    if owner_of(session, atom) == window:
        request.SetSelectionOwner(
            display=session.display.display,
            window=X.NONE,
            selection=atom,
            time=now_ms,
        )
        session.display.sync()
