"""The calls of Windows with libraries that are scripted: what they are handed, and what is read."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from typing import Any

import pytest

from app.desktop.field_text import FieldText
from app.desktop.windows_automation import WindowsAutomation
from app.desktop.windows_board import WindowsBoard
from app.desktop.windows_field import Automation
from app.desktop.windows_focus import WindowsLooks
from app.desktop.windows_structs import DWORD, HANDLE, GuiThread, Variant
from app.desktop.windows_typing import KeyStroke, SendInput

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these calls are the system's own")

OWN_LEVEL, THEIR_LEVEL = 0x2000, 0x3000
WINDOW, CONTROL, PID = 7, 70, 42


class Call:
    """A function of a library; what `restype` and `argtypes` are set to is not looked at."""

    def __init__(self, does: Callable[..., Any]) -> None:
        self.does = does

    def __call__(self, *arguments: Any) -> Any:
        return self.does(*arguments)


class Library:
    """A library whose functions do nothing, but for those that are given."""

    def __init__(self, **functions: Callable[..., Any]) -> None:
        self.__dict__.update({name: Call(does) for name, does in functions.items()})

    def __getattr__(self, name: str) -> Call:
        call = Call(lambda *_: 0)
        self.__dict__[name] = call
        return call


def set_at(reference: Any, kind: Any, value: Any) -> None:
    ctypes.cast(reference, ctypes.POINTER(kind))[0] = value


@pytest.fixture
def libraries(monkeypatch: pytest.MonkeyPatch) -> dict[str, Library]:
    found: dict[str, Library] = {}

    def load(name: str, use_last_error: bool = False) -> Library:
        return found.setdefault(name, Library())

    monkeypatch.setattr(ctypes, "WinDLL", load, raising=False)
    monkeypatch.setattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE, raising=False)
    monkeypatch.setattr(ctypes, "get_last_error", lambda: 5, raising=False)
    return found


def test_keys_are_handed_to_send_input(libraries: dict[str, Library]) -> None:
    handed: list[tuple[int, int, int, int]] = []

    def send(count: int, inputs: Any, size: int) -> int:
        assert size == 40
        handed.extend((one.type, one.key.key, one.key.scan, one.key.flags) for one in inputs)
        return count

    libraries["user32"] = Library(SendInput=send, MapVirtualKeyW=lambda key, _: key + 1)
    keyboard = SendInput()
    assert keyboard.send([KeyStroke(unit=0xD83D), KeyStroke(0x2D, up=True)]) == 2
    assert handed == [(1, 0, 0xD83D, 4), (1, 0x2D, 0x2E, 3)]
    libraries["user32"].__dict__["GetAsyncKeyState"] = Call(lambda _: -32768)
    assert keyboard.is_down(0x11)


class Memory:
    """GlobalAlloc and its like, with handles that are no addresses."""

    def __init__(self) -> None:
        self.blocks: dict[int, Any] = {}

    def library(self) -> Library:
        return Library(
            GlobalAlloc=self.allocate,
            GlobalLock=lambda handle: ctypes.addressof(self.blocks[handle]),
            GlobalSize=lambda handle: len(self.blocks[handle]),
            GlobalFree=self.blocks.pop,
        )

    def allocate(self, flags: int, size: int) -> int:
        assert flags == 2
        self.blocks[1000 + len(self.blocks)] = (ctypes.c_ubyte * size)()
        return 999 + len(self.blocks)


def test_the_clipboard_is_read_and_written_in_memory_of_its_own(
    libraries: dict[str, Library],
) -> None:
    content: dict[int, int | None] = {}
    libraries["kernel32"] = Memory().library()
    libraries["user32"] = Library(
        SetClipboardData=lambda number, handle: content.update({number: handle}) or handle,
        GetClipboardData=content.get,
        EnumClipboardFormats=lambda number: {0: 13, 13: 49161}.get(number, 0),
    )
    board = WindowsBoard()
    board.write(13, b"a\0b\0\0\0")
    board.write(49161, b"")
    assert (board.read(13), board.read(49161), board.read(99)) == (b"a\0b\0\0\0", b"\0", None)
    assert board.formats() == [13, 49161]
    board.write(13, None)
    assert content[13] is None
    with pytest.raises(OSError, match="EmptyClipboard: Windows error 5"):
        board.empty()


def test_a_window_is_asked_for_what_was_promised(libraries: dict[str, Library]) -> None:
    written: dict[int, int] = {}
    promised: list[bytes | None] = [None, b"t\0\0\0"]
    memory = Memory()
    libraries["kernel32"] = memory.library()
    libraries["user32"] = Library(
        RegisterClassExW=lambda _: 1,
        CreateWindowExW=lambda *_: WINDOW,
        SetClipboardData=lambda number, handle: written.update({number: handle}),
        DefWindowProcW=lambda *_: 11,
        GetOpenClipboardWindow=lambda: CONTROL,
        GetAncestor=lambda window, flags: WINDOW,
        GetWindowThreadProcessId=lambda _, pid: set_at(pid, DWORD, PID),
        GetClipboardOwner=lambda: WINDOW,
    )
    board = WindowsBoard()
    assert not board.is_ours()
    board.start(lambda: promised.pop(0))
    assert board.is_ours()
    assert board._procedure(WINDOW, 0x0305, 13, 0) == 0
    assert written == {}
    assert board._procedure(WINDOW, 0x0305, 13, 0) == 0
    assert bytes(memory.blocks[written[13]]) == b"t\0\0\0"
    assert board._procedure(WINDOW, 0x0001, 0, 0) == 11
    assert (board.reader(), board.owner_pid()) == ((WINDOW, PID), PID)


def test_a_reader_without_a_window_is_unknown(libraries: dict[str, Library]) -> None:
    assert WindowsBoard().reader() == (0, 0)
    with pytest.raises(OSError, match="RegisterClassExW"):
        WindowsBoard().start(lambda: None)


class Edit:
    """A foreign edit control, and the process it is in."""

    def __init__(self) -> None:
        self.text, self.start, self.end = "one\r\ntwo", 6, 8
        self.levels = {os.getpid(): OWN_LEVEL, PID: THEIR_LEVEL}
        self._parts: list[Any] = []

    def user(self) -> Library:
        return Library(
            GetForegroundWindow=lambda: WINDOW,
            GetWindowThreadProcessId=self._thread,
            GetGUIThreadInfo=self._gui,
            GetClassNameW=lambda window, name, _: setattr(
                name, "value", "Edit" if window == CONTROL else "Frame"
            ),
            GetWindowTextW=lambda _, title, __: setattr(title, "value", "Untitled"),
            GetWindowLongW=lambda window, _: 0x4 if window == CONTROL else 0,
            SendMessageTimeoutW=self._message,
        )

    def advapi(self) -> Library:
        return Library(
            OpenProcessToken=self._token,
            GetTokenInformation=self._label,
            GetSidSubAuthorityCount=lambda _: (ctypes.c_ubyte * 1)(1),
            GetSidSubAuthority=lambda sid, _: (DWORD * 1)(self.levels[sid]),
        )

    def _thread(self, _window: int, pid: Any) -> int:
        if pid is not None:
            set_at(pid, DWORD, PID)
        return 5

    def _gui(self, thread: int, info: Any) -> int:
        found = ctypes.cast(info, ctypes.POINTER(GuiThread)).contents
        assert (thread, found.size) == (5, 72)
        found.focus = CONTROL
        return 1

    def _message(
        self, window: int, message: int, first: int, second: int, _: int, __: int, answer: Any
    ) -> int:
        assert window == CONTROL
        if message == 0x0E:
            set_at(answer, ctypes.c_size_t, len(self.text))
        elif message == 0x0D:
            data = f"{self.text}\0".encode("utf-16-le")
            buffer = (ctypes.c_wchar * first).from_address(second)
            buffer.value = data.decode("utf-16-le")[: first - 1]
        elif message == 0xB0:
            set_at(first, DWORD, self.start)
            set_at(second, DWORD, self.end)
        elif message == 0xB1:
            self.start, self.end = first, second
        elif message == 0xC2:
            self.text = self.text[: self.start] + self.text[self.end :]
            self.end = self.start
        return 1

    def _token(self, process: int, _: int, token: Any) -> int:
        set_at(token, HANDLE, process)
        return 1

    def _label(self, token: Any, kind: int, buffer: Any, size: int, needed: Any) -> int:
        assert kind == 25
        if buffer is None:
            set_at(needed, DWORD, 28)
            return 0
        set_at(buffer, HANDLE, token.value)
        return 1


@pytest.fixture
def edit(libraries: dict[str, Library]) -> Edit:
    edit = Edit()
    libraries["user32"] = edit.user()
    libraries["advapi32"] = edit.advapi()
    libraries["kernel32"] = Library(OpenProcess=lambda _, __, pid: pid)
    return edit


def test_a_window_and_its_control_are_seen(edit: Edit) -> None:
    looks = WindowsLooks()
    seen = looks.look()
    assert seen is not None
    assert (seen.window, seen.control, seen.pid) == (WINDOW, CONTROL, PID)
    assert (seen.window_class, seen.control_class, seen.style) == ("Frame", "Edit", 0x4)
    assert (seen.title, seen.is_edit, looks.control_in_focus()) == ("Untitled", True, CONTROL)


def test_the_text_of_a_control_is_read_and_cut(edit: Edit) -> None:
    looks = WindowsLooks()
    assert looks.text(CONTROL) == FieldText(7, 7, 2, "one\ntwo")
    assert looks.selected(CONTROL) == "wo"
    assert looks.delete_before_caret(CONTROL, 2)
    assert (edit.text, edit.end) == ("one\r\nt", 6)
    assert not looks.delete_before_caret(CONTROL, 99)


def test_a_process_of_a_higher_level_is_out_of_reach(edit: Edit) -> None:
    looks = WindowsLooks()
    assert looks.rights.is_out_of_reach(PID)
    edit.levels[PID] = OWN_LEVEL
    assert not looks.rights.is_out_of_reach(PID)
    assert not looks.rights.is_out_of_reach(0)


def test_a_process_that_cannot_be_looked_at_is_out_of_reach(
    edit: Edit, libraries: dict[str, Library]
) -> None:
    looks = WindowsLooks()
    libraries["kernel32"].__dict__["OpenProcess"] = Call(lambda *_: None)
    assert looks.rights.is_out_of_reach(PID)


def test_automation_is_asked_by_the_places_in_its_tables(libraries: dict[str, Library]) -> None:
    values = {30002: (3, PID), 30003: (3, 50004), 30019: (11, 0xFFFF)}
    released: list[int] = []
    keep: list[Any] = []

    def instance(**methods: Any) -> int:
        table = (HANDLE * 11)()
        for name, method in methods.items():
            table[int(name.removeprefix("at"))] = ctypes.cast(method, HANDLE)
        pointer = HANDLE(ctypes.addressof(table))
        keep.extend((table, pointer, methods))
        return ctypes.addressof(pointer)

    def get(_this: int, number: int, out: int) -> int:
        kind, value = values.get(number, (0, 0))
        set_at(out, Variant, Variant(type=kind, value=value))
        return 0

    def focused(_this: int, out: int) -> int:
        set_at(out, HANDLE, element)
        return 0

    def release(this: int) -> int:
        released.append(this)
        return 0

    number = ctypes.c_int32
    element = instance(
        at2=ctypes.CFUNCTYPE(number, HANDLE)(release),
        at10=ctypes.CFUNCTYPE(number, HANDLE, ctypes.c_int, HANDLE)(get),
    )
    automation = instance(at8=ctypes.CFUNCTYPE(number, HANDLE, HANDLE)(focused))
    libraries["ole32"] = Library(
        CoCreateInstance=lambda *arguments: set_at(arguments[4], HANDLE, automation)
    )
    assert WindowsAutomation().focused() == Automation(PID, True, None, True)
    assert released == [element]
