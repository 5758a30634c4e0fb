"""Who takes the X server to itself and does not go on loses it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from Xlib import error

from app.desktop import x11_session
from app.desktop.x11_guard import X11Guard
from app.desktop.x11_session import X11Session
from tests.desk.screen import Screen

pytestmark = pytest.mark.desk


@pytest.fixture
def two(screen: Screen) -> Iterator[tuple[X11Session, X11Session]]:
    with closing(X11Session(screen.display)) as one, closing(X11Session(screen.display)) as other:
        yield one, other


def test_the_server_is_given_back_when_its_taker_stands_still(
    two: tuple[X11Session, X11Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    monkeypatch.setattr(x11_session, "X11Guard", lambda link: X11Guard(link, 0.3))
    with one.alone():
        one.focus()
        # This thread asks by another connection, and so waits for what it holds itself.
        other.focus()
        with pytest.raises(error.ConnectionClosedError):
            one.focus()
    other.focus()


def test_who_gives_it_back_keeps_the_connection(two: tuple[X11Session, X11Session]) -> None:
    one, other = two
    for _ in range(3):
        with one.alone():
            one.focus()
        other.focus()
    one.focus()
