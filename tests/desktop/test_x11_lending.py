"""The clipboard changes hands without holding the server up, which could stop the whole desktop."""

from __future__ import annotations

from contextlib import closing

import pytest
from Xlib import display

from app.desktop.x11_clipboard import X11Clipboard
from tests.desk.screen import Screen

pytestmark = pytest.mark.desk


def test_taking_and_giving_back_never_grab_the_server(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    grabs: list[str] = []
    monkeypatch.setattr(display.Display, "grab_server", lambda *_: grabs.append("grabbed"))
    with (
        closing(X11Clipboard(screen.display)) as mine,
        closing(X11Clipboard(screen.display)) as theirs,
    ):
        mine.keep("kept")
        assert theirs.text("CLIPBOARD", 5.0) == "kept"
        mine.lend("lent", ["CLIPBOARD", "PRIMARY"], 5.0)
        assert theirs.text("PRIMARY", 5.0) == "lent"
        mine.give_back()
        assert theirs.text("CLIPBOARD", 5.0) == "kept"
        assert theirs.owner("PRIMARY") == 0
        theirs.keep("newer")
        mine.give_back()
        assert mine.text("CLIPBOARD", 5.0) == "newer"
    assert grabs == []
