"""What a window of Windows and the control in it are, from their names, styles and texts. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PureWindowsPath

from app.desktop.field_text import FieldText, utf16_length
from app.desktop.target import Rect, Target, TargetKind
from app.desktop.terminals import is_password_prompt, is_terminal

_MULTI_LINE, _PASSWORD, _READ_ONLY = 0x0004, 0x0020, 0x0800
_EDITS = re.compile(
    r"edit|rich\w*|t\w*(edit|memo)|windowsforms10\.(edit|richedit)\S*|thunder\w*textbox", re.I
)
_SEEN = 4096


@dataclass(frozen=True, slots=True)
class Automation:
    """What UI Automation tells of the element in focus; None for what it does not."""

    pid: int
    is_password: bool = False
    is_read_only: bool | None = None
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class SeenWindow:
    """What Windows tells of the window in focus; `style` is that of the control."""

    window: int
    control: int
    pid: int
    executable: str = ""
    window_class: str = ""
    control_class: str = ""
    title: str = ""
    style: int = 0
    place: Rect | None = None
    caret: Rect | None = None
    automation: Automation | None = None

    @property
    def is_edit(self) -> bool:
        """Whether the control is one whose text can be asked for."""
        return is_edit(self.control_class)


def is_edit(control_class: str) -> bool:
    """Whether a class of controls is the system's own edit control, or one made of it."""
    return _EDITS.fullmatch(control_class) is not None


def target_of(seen: SeenWindow) -> Target:
    """The target in the words of all desktops."""
    program = PureWindowsPath(seen.executable).stem
    multi_line = not seen.is_edit or bool(seen.style & _MULTI_LINE)
    return Target(
        window_id=seen.window,
        app_id=program or seen.window_class,
        app_name=program or seen.window_class,
        pid=seen.pid,
        executable=seen.executable,
        title=seen.title,
        kind=_kind(seen, program),
        single_line=not multi_line,
        window=seen.place,
        caret=seen.caret,
    )


def field_text(text: str, start: int, end: int, *, breaks_are_one: bool) -> FieldText:
    """What an edit control shows, from its text and selection in UTF-16 units.

    `breaks_are_one` says that a line end counts as one unit in the selection, as in rich edits;
    it always does in the result.
    """
    if breaks_are_one:
        text = text.replace("\r\n", "\n")
    units = text.encode("utf-16-le", "surrogatepass")

    def piece(first: int, last: int) -> str:
        return units[2 * first : 2 * last].decode("utf-16-le", "replace").replace("\r\n", "\n")

    before, chosen = piece(0, end), piece(start, end)
    rest = piece(end, len(units) // 2)
    caret = utf16_length(before)
    return FieldText(caret + utf16_length(rest), caret, utf16_length(chosen), before[-_SEEN:])


def _kind(seen: SeenWindow, program: str) -> TargetKind:
    told = seen.automation
    if is_password_prompt(program) or (told is not None and told.is_password):
        return TargetKind.PASSWORD
    if seen.is_edit and seen.style & _PASSWORD:
        return TargetKind.PASSWORD
    if is_terminal(program, seen.window_class):
        return TargetKind.TERMINAL
    if seen.is_edit:
        return TargetKind.READ_ONLY if seen.style & _READ_ONLY else TargetKind.TEXT
    if told is not None and told.is_text:
        return TargetKind.READ_ONLY if told.is_read_only else TargetKind.TEXT
    return TargetKind.UNKNOWN
