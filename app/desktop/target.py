"""Where dictated text goes: a window, the field in it, and what kind of field that is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import Enum, auto


class TargetKind(Enum):
    """What has the keyboard, as far as the desktop tells."""

    TEXT = auto()
    TERMINAL = auto()
    PASSWORD = auto()
    READ_ONLY = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in pixels of the whole desktop."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Target:
    """The window that has the keyboard, and what is known of the field in it.

    `window_id` is the platform's number, 0 where it gives none. `app_id` is what the application
    calls itself (on X11 the class of WM_CLASS), `executable` its program's path; both may be "".
    """

    window_id: int
    app_id: str = ""
    app_name: str = ""
    pid: int | None = None
    executable: str = ""
    title: str = ""
    kind: TargetKind = TargetKind.UNKNOWN
    single_line: bool = False
    window: Rect | None = None
    caret: Rect | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is a window of this very program."""
        return self.pid == os.getpid()
