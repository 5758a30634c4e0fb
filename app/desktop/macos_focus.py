"""The program, window and element that have the keyboard on macOS, by ctypes. One thread."""

from __future__ import annotations

import ctypes
import os
from typing import Any

from app.desktop.field_text import FieldText
from app.desktop.macos_elements import MacElements, rounded
from app.desktop.macos_field import ListedWindow, SeenElement, other_program, target_of, window_of
from app.desktop.macos_objects import FRAMEWORKS, POINTER, Cocoa, CocoaRect, declare
from app.desktop.target import Rect, Target
from app.desktop.writing import wait_until

_ANSWER_S = 0.4
_ON_SCREEN, _WITHOUT_DESKTOP, _ONE_WINDOW = 1, 16, 8
_EVEN_FROM_BEHIND = 2
_GIVEN_BACK_S = 1.0
_KEPT = 8


class MacLooks:
    """Fills `Looking`, and tells more of the element in focus."""

    def __init__(self) -> None:
        """Raises OSError where this is not macOS."""
        self._cocoa = Cocoa()
        self._app = ctypes.CDLL(f"{FRAMEWORKS}/ApplicationServices.framework/ApplicationServices")
        self._carbon = ctypes.CDLL(f"{FRAMEWORKS}/Carbon.framework/Carbon")
        self._declare()
        self._elements = MacElements(self._cocoa, self._app)
        self._all = self._app.AXUIElementCreateSystemWide()
        self._app.AXUIElementSetMessagingTimeout(self._all, _ANSWER_S)
        self._kept: dict[int, int] = {}
        self._count = 0

    def target(self) -> Target | None:
        """The target right now."""
        seen = self.look()
        return target_of(seen) if seen else None

    def give_back(self) -> bool:
        """Give the keyboard to the program whose window is below ours; whether it has it."""
        pid = other_program(self._windows(), os.getpid())
        if not pid:
            return False
        with self._cocoa.pool():
            running = self._running(pid)
            options = ctypes.c_ulong(_EVEN_FROM_BEHIND)
            if not running or not self._cocoa.send_typed(
                ctypes.c_bool, running, "activateWithOptions:", options
            ):
                return False
        return wait_until(lambda: self._front_pid() == pid, _GIVEN_BACK_S)

    def is_trusted(self) -> bool:
        """Whether the user lets us see elements and send keys."""
        return bool(self._app.AXIsProcessTrusted())

    def is_secure_input(self) -> bool:
        """Whether a program keeps the keyboard to itself."""
        return bool(self._carbon.IsSecureEventInputEnabled())

    def window_in_focus(self) -> int:
        """The window that has the keyboard; 0 for none."""
        element = self._focused()
        pid = self._elements.pid_of(element) or self._front_pid()
        if element:
            self._cocoa.core.CFRelease(element)
        front = window_of(pid, self._windows())
        return front.number if front else 0

    def exists(self, window: int) -> bool:
        """Whether a window is still there."""
        found = self._app.CGWindowListCopyWindowInfo(_ONE_WINDOW, window)
        count = len(self._cocoa.items(found))
        if found:
            self._cocoa.core.CFRelease(found)
        return count > 0

    def look(self) -> SeenElement | None:
        """All that is known of the program and element in focus, which is kept for a while."""
        element = self._focused()
        number = self._keep(element) if element else 0
        pid = self._elements.pid_of(element) or self._front_pid()
        if not pid:
            return None
        bundle_id, name, executable = self._program(pid)
        front = window_of(pid, self._windows())
        return SeenElement(
            window=front.number if front else 0,
            pid=pid,
            bundle_id=bundle_id,
            name=name,
            executable=executable,
            title=self._elements.title(element) if element else "",
            element=number,
            role=self._elements.text_of(element, "AXRole"),
            subrole=self._elements.text_of(element, "AXSubrole"),
            is_writable=self._elements.is_writable(element) if element else None,
            place=front.place if front else None,
            caret=self._elements.caret(element) if element else None,
        )

    def has_focus(self, number: int) -> bool:
        """Whether the element of a look has the keyboard."""
        now = self._focused()
        if not now:
            return False
        then = self._kept.get(number)
        same = then is not None and bool(self._cocoa.core.CFEqual(now, then))
        self._cocoa.core.CFRelease(now)
        return same

    def text(self, number: int) -> FieldText | None:
        """What the element of a look shows; None where it does not tell."""
        element = self._kept.get(number)
        return None if element is None else self._elements.text(element)

    def selected(self, number: int) -> str | None:
        """Its selected text; "" if none is, None where it does not tell."""
        element = self._kept.get(number)
        return None if element is None else self._elements.selected(element)

    def _focused(self) -> int:
        """The element in focus, which the caller releases; 0 for none."""
        with self._elements.value(self._all, "AXFocusedUIElement", keep=True) as found:
            if found:
                return found
        # Some programs answer only when they are asked themselves.
        program = self._app.AXUIElementCreateApplication(self._front_pid())
        self._app.AXUIElementSetMessagingTimeout(program, _ANSWER_S)
        with self._elements.value(program, "AXFocusedUIElement", keep=True) as found:
            self._cocoa.core.CFRelease(program)
            return found

    def _keep(self, element: int) -> int:
        """An element's number, until so many others were looked at that it is forgotten."""
        self._count += 1
        self._kept[self._count] = element
        if len(self._kept) > _KEPT:
            self._cocoa.core.CFRelease(self._kept.pop(min(self._kept)))
        return self._count

    def _front_pid(self) -> int:
        cocoa = self._cocoa
        with cocoa.pool():
            workspace = cocoa.send(cocoa.class_named("NSWorkspace"), "sharedWorkspace")
            program = cocoa.send(workspace, "frontmostApplication")
            return int(cocoa.send_typed(ctypes.c_int32, program, "processIdentifier"))

    def _running(self, pid: int) -> int:
        return int(
            self._cocoa.send_typed(
                POINTER,
                self._cocoa.class_named("NSRunningApplication"),
                "runningApplicationWithProcessIdentifier:",
                ctypes.c_int32(pid),
            )
            or 0
        )

    def _program(self, pid: int) -> tuple[str, str, str]:
        """Bundle identifier, name and path of a process."""
        cocoa = self._cocoa
        with cocoa.pool():
            program = self._running(pid)
            path = cocoa.send(cocoa.send(program, "executableURL"), "path")
            names = (cocoa.send(program, "bundleIdentifier"), cocoa.send(program, "localizedName"))
            return (cocoa.text(names[0]), cocoa.text(names[1]), cocoa.text(path))

    def _windows(self) -> list[ListedWindow]:
        """What is on the screen, from front to back."""
        found = self._app.CGWindowListCopyWindowInfo(_ON_SCREEN | _WITHOUT_DESKTOP, 0)
        number = self._cocoa.number_in
        listed = [
            ListedWindow(
                number(one, "kCGWindowNumber"),
                number(one, "kCGWindowOwnerPID"),
                number(one, "kCGWindowLayer"),
                self._place(one),
            )
            for one in self._cocoa.items(found)
        ]
        if found:
            self._cocoa.core.CFRelease(found)
        return listed

    def _place(self, window: int) -> Rect | None:
        rect = CocoaRect()
        with self._cocoa.string("kCGWindowBounds") as key:
            bounds = self._cocoa.core.CFDictionaryGetValue(window, key)
        if not bounds or not self._app.CGRectMakeWithDictionaryRepresentation(
            bounds, ctypes.byref(rect)
        ):
            return None
        return rounded(rect)

    def _declare(self) -> None:
        app, out = self._app, POINTER
        error = ctypes.c_int32
        calls: tuple[tuple[Any, Any, tuple[Any, ...]], ...] = (
            (app.AXIsProcessTrusted, ctypes.c_ubyte, ()),
            (app.AXUIElementCreateSystemWide, POINTER, ()),
            (app.AXUIElementCreateApplication, POINTER, (ctypes.c_int32,)),
            (app.AXUIElementSetMessagingTimeout, error, (POINTER, ctypes.c_float)),
            (app.CGRectMakeWithDictionaryRepresentation, ctypes.c_bool, (POINTER, out)),
            (app.CGWindowListCopyWindowInfo, POINTER, (ctypes.c_uint32, ctypes.c_uint32)),
            (self._carbon.IsSecureEventInputEnabled, ctypes.c_ubyte, ()),
        )
        declare(calls)
