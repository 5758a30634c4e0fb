from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from app.desktop import atspi
from app.desktop.accessibility import Accessibility, kind_of
from app.desktop.target import TargetKind
from app.desktop.terminals import asks_for_a_password, is_password_prompt, is_terminal

EDITABLE = 1 << atspi.STATE_EDITABLE
READ_ONLY = 1 << atspi.STATE_READ_ONLY
_BUTTON = 43


@pytest.mark.parametrize(
    ("role", "states", "kind"),
    [
        (atspi.ROLE_ENTRY, EDITABLE, TargetKind.TEXT),
        (atspi.ROLE_TEXT, 0, TargetKind.READ_ONLY),
        (atspi.ROLE_TEXT, EDITABLE | READ_ONLY, TargetKind.READ_ONLY),
        (atspi.ROLE_PASSWORD, EDITABLE, TargetKind.PASSWORD),
        (atspi.ROLE_TERMINAL, EDITABLE, TargetKind.TERMINAL),
        (_BUTTON, 0, TargetKind.UNKNOWN),
    ],
)
def test_the_kind_of_a_field(role: int, states: int, kind: TargetKind) -> None:
    assert kind_of(role, states) is kind


def test_without_a_bus_nothing_is_known(tmp_path: Path) -> None:
    tree = Accessibility(f"unix:path={tmp_path / 'none'}")
    assert tree.focused(os.getpid()) is None
    tree.close()
    assert tree.focused(os.getpid()) is None


def test_a_bus_that_says_nothing_is_not_waited_for(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "bus"))
        silent.listen()
        tree = Accessibility(f"unix:path={tmp_path / 'bus'}")
        assert tree.focused(os.getpid(), 0.05) is None


@pytest.mark.parametrize(
    ("names", "terminal", "prompt"),
    [
        (("xterm", "XTerm"), True, False),
        (("gnome-terminal-server", "Gnome-terminal"), True, False),
        (("Navigator", "firefox"), False, False),
        (("pinentry-gtk-2", "Pinentry-gtk-2"), False, True),
        (("gcr-prompter", "Gcr-prompter"), False, True),
    ],
)
def test_programs_are_known_by_their_names(
    names: tuple[str, str], terminal: bool, prompt: bool
) -> None:
    assert (is_terminal(*names), is_password_prompt(*names)) == (terminal, prompt)


def test_a_process_without_a_terminal_asks_for_nothing() -> None:
    assert not asks_for_a_password(os.getpid())
