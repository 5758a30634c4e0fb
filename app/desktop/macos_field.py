"""What the element in focus on macOS is, from its role and its program's names. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.desktop.target import Rect, Target, TargetKind
from app.desktop.terminals import is_password_prompt, is_terminal

_SINGLE_LINE = ("AXTextField", "AXComboBox")
_TEXT = (*_SINGLE_LINE, "AXTextArea")
_SECURE = "AXSecureTextField"


@dataclass(frozen=True, slots=True)
class ListedWindow:
    """A window on the screen."""

    number: int
    pid: int
    layer: int
    place: Rect | None = None


@dataclass(frozen=True, slots=True)
class SeenElement:
    """What macOS tells of the program and element in focus.

    `element` numbers what was seen, 0 where the program shows none; `is_writable` is None where it
    does not say.
    """

    window: int
    pid: int
    bundle_id: str = ""
    name: str = ""
    executable: str = ""
    title: str = ""
    element: int = 0
    role: str = ""
    subrole: str = ""
    is_writable: bool | None = None
    place: Rect | None = None
    caret: Rect | None = None


def target_of(seen: SeenElement) -> Target:
    """The target in the words of all desktops."""
    return Target(
        window_id=seen.window,
        app_id=seen.bundle_id or seen.name,
        app_name=seen.name or seen.bundle_id,
        pid=seen.pid,
        executable=seen.executable,
        title=seen.title,
        kind=_kind(seen),
        single_line=seen.role in _SINGLE_LINE,
        window=seen.place,
        caret=seen.caret,
    )


def window_of(pid: int, windows: list[ListedWindow]) -> ListedWindow | None:
    """The front window of a process, of those listed from front to back.

    Panels above all others, as those of search, count where the process has no plain window.
    """
    own = [window for window in windows if window.pid == pid]
    plain = [window for window in own if window.layer == 0]
    return next(iter(plain or own), None)


def other_program(windows: list[ListedWindow], pid: int) -> int:
    """The process of the front plain window that is not of `pid`; 0 for none."""
    return next((one.pid for one in windows if one.layer == 0 and one.pid != pid), 0)


def _kind(seen: SeenElement) -> TargetKind:
    if seen.subrole == _SECURE or is_password_prompt(seen.bundle_id):
        return TargetKind.PASSWORD
    if is_terminal(seen.bundle_id, seen.name):
        return TargetKind.TERMINAL
    if seen.role in _TEXT:
        return TargetKind.READ_ONLY if seen.is_writable is False else TargetKind.TEXT
    return TargetKind.UNKNOWN
