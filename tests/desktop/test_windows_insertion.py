from __future__ import annotations

import ctypes
import sys
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from app.desktop.field_text import Change, FieldText, change, utf16_length
from app.desktop.insertion import Evidence, Method, Reason, Verdict
from app.desktop.system_insertion import SystemInserter
from app.desktop.system_writing import Press
from app.desktop.target import TargetKind
from app.desktop.windows_automation import WindowsAutomation, guid, number_in, read
from app.desktop.windows_board import WindowsBoard
from app.desktop.windows_clipboard import WindowsClipboard
from app.desktop.windows_field import Automation, SeenWindow, field_text, is_edit, target_of
from app.desktop.windows_insertion import WindowsHands, windows_insertion
from app.desktop.windows_lending import (
    BITMAP,
    DIB,
    DIB_V5,
    ENHANCED_METAFILE,
    METAFILE_PICTURE,
    PALETTE,
    UNICODE_TEXT,
    Lending,
    kept_formats,
)
from app.desktop.windows_rights import is_above
from app.desktop.windows_structs import (
    GuiThread,
    Input,
    KeyInput,
    MandatoryLabel,
    Message,
    MouseInput,
    Variant,
    WindowClass,
)
from app.desktop.windows_typing import (
    KeyStroke,
    SendInput,
    WindowsTyping,
    chord_strokes,
    strokes,
    utf16_units,
)
from app.desktop.writing import ClipboardNotSaved
from tests.desktop.system_desk import AT_ONCE

WINDOW, CONTROL, PID = 7, 70, 42
EDIT = SeenWindow(
    WINDOW, CONTROL, PID, r"C:\Apps\Notes.exe", "NotesFrame", "Edit", "Untitled", style=0x4
)
BROWSER = replace(EDIT, control_class="Chrome_RenderWidgetHostHWND", style=0)
NEVER = float("inf")


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="documented for 64 bit")
@pytest.mark.parametrize(
    ("structure", "size"),
    [
        (Input, 40),
        (KeyInput, 24),
        (MouseInput, 32),
        (GuiThread, 72),
        (Message, 48),
        (WindowClass, 80),
        (MandatoryLabel, 16),
        (Variant, 24),
    ],
)
def test_structures_have_their_documented_sizes(
    structure: type[ctypes.Structure], size: int
) -> None:
    assert ctypes.sizeof(structure) == size


def test_a_key_lies_where_windows_looks_for_it() -> None:
    one = Input(type=1)
    one.key.key, one.key.scan, one.key.flags = 0x56, 0x2F, 2
    assert bytes(one)[:16].hex() == "010000000000000056002f0002000000"


def test_text_is_sent_as_utf_16() -> None:
    assert utf16_units("ä🙂") == (0xE4, 0xD83D, 0xDE42)
    assert [(one.key, one.unit, one.up) for one in strokes("🙂\n")] == [
        (0, 0xD83D, False),
        (0, 0xDE42, False),
        (0, 0xD83D, True),
        (0, 0xDE42, True),
        (0x0D, 0, False),
        (0x0D, 0, True),
    ]


def test_flags_of_keys() -> None:
    assert (KeyStroke(unit=65).flags, KeyStroke(unit=65, up=True).flags) == (4, 6)
    assert (KeyStroke(0x56).flags, KeyStroke(0x56, up=True).flags) == (0, 2)
    assert (KeyStroke(0x2D).flags, KeyStroke(0x2D, up=True).flags) == (1, 3)
    assert [(one.key, one.up) for one in chord_strokes((0x11, 0x56))] == [
        (0x11, False),
        (0x56, False),
        (0x56, True),
        (0x11, True),
    ]


class Keyboard:
    """Takes keys, all of them or `takes` of each call, and hands what they write on."""

    def __init__(self, on_text: Callable[[str], None] = lambda _: None) -> None:
        self.takes: int | None = None
        self.down: set[int] = set()
        self.sent: list[KeyStroke] = []
        self.on_text = on_text
        self.on_chord: Callable[[int, int], None] = lambda *_: None

    def send(self, strokes: Sequence[KeyStroke]) -> int:
        taken = list(strokes[: self.takes])
        self.sent += taken
        held = [one.key for one in taken if one.key and not one.up]
        if len(held) == 2:
            self.on_chord(*held)
        units = b"".join(one.unit.to_bytes(2, "little") for one in taken if one.unit and not one.up)
        self.on_text(units.decode("utf-16-le"))
        return len(taken)

    def is_down(self, key: int) -> bool:
        return key in self.down


def test_typing_stops_when_the_focus_goes() -> None:
    keyboard = Keyboard()
    looks = iter([True, False])
    assert WindowsTyping(keyboard).type("x" * 40, lambda: next(looks)) == 16
    assert len(keyboard.sent) == 32


def test_characters_that_were_sent_by_half_do_not_count() -> None:
    keyboard = Keyboard()
    keyboard.takes = 5
    assert WindowsTyping(keyboard).type("a🙂b", lambda: True) == 1


@pytest.mark.parametrize(
    ("chord", "keys"),
    [
        (Press.PASTE, [0x11, 0x56]),
        (Press.PASTE_IN_TERMINAL, [0x10, 0x2D]),
        (Press.COPY, [0x11, 0x43]),
        (Press.UNDO, [0x11, 0x5A]),
    ],
)
def test_chords(chord: Press, keys: list[int]) -> None:
    keyboard = Keyboard()
    assert WindowsTyping(keyboard).press(chord)
    assert [one.key for one in keyboard.sent] == [*keys, *reversed(keys)]


def test_a_chord_that_was_refused_in_the_middle_leaves_no_key_down() -> None:
    keyboard = Keyboard()
    keyboard.takes = 2
    assert not WindowsTyping(keyboard).press(Press.PASTE)
    assert [(one.key, one.up) for one in keyboard.sent[2:]] == [(0x56, True), (0x11, True)]


@pytest.mark.parametrize("key", [0x10, 0x11, 0x12, 0x5B, 0x5C])
def test_modifiers(key: int) -> None:
    keyboard = Keyboard()
    assert not WindowsTyping(keyboard).modifier_is_down()
    keyboard.down.add(key)
    assert WindowsTyping(keyboard).modifier_is_down()


# What a field is


@pytest.mark.parametrize(
    "name",
    ["Edit", "EDIT", "RichEdit20W", "RICHEDIT50W", "RichEditD2DPT", "TMemo", "TEdit",
     "WindowsForms10.EDIT.app.0.141b42a_r8_ad1", "ThunderRT6TextBox"],
)  # fmt: skip
def test_edit_controls(name: str) -> None:
    assert is_edit(name)


@pytest.mark.parametrize("name", ["Button", "Chrome_RenderWidgetHostHWND", "SysListView32", ""])
def test_other_controls(name: str) -> None:
    assert not is_edit(name)


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        (EDIT, TargetKind.TEXT),
        (replace(EDIT, style=0x20), TargetKind.PASSWORD),
        (replace(EDIT, style=0x804), TargetKind.READ_ONLY),
        (BROWSER, TargetKind.UNKNOWN),
        (replace(BROWSER, style=0x820), TargetKind.UNKNOWN),
        (replace(BROWSER, automation=Automation(PID, is_text=True)), TargetKind.TEXT),
        (replace(BROWSER, automation=Automation(PID, is_password=True)), TargetKind.PASSWORD),
        (replace(EDIT, automation=Automation(9, is_password=True)), TargetKind.PASSWORD),
        (
            replace(BROWSER, automation=Automation(PID, is_text=True, is_read_only=True)),
            TargetKind.READ_ONLY,
        ),
        (replace(BROWSER, window_class="ConsoleWindowClass"), TargetKind.TERMINAL),
        (replace(BROWSER, window_class="CASCADIA_HOSTING_WINDOW_CLASS"), TargetKind.TERMINAL),
        (replace(BROWSER, window_class="mintty"), TargetKind.TERMINAL),
        (replace(BROWSER, executable=r"C:\x\WindowsTerminal.exe"), TargetKind.TERMINAL),
        (replace(EDIT, executable=r"C:\W\CredentialUIBroker.exe"), TargetKind.PASSWORD),
    ],
)
def test_the_kind_of_a_field(seen: SeenWindow, kind: TargetKind) -> None:
    assert target_of(seen).kind is kind


def test_a_target_has_the_names_of_its_program() -> None:
    target = target_of(EDIT)
    assert (target.window_id, target.pid, target.title) == (WINDOW, PID, "Untitled")
    assert (target.app_id, target.app_name) == ("Notes", "Notes")
    assert not target.single_line
    assert target_of(replace(EDIT, style=0)).single_line
    assert not target_of(BROWSER).single_line
    assert target_of(replace(EDIT, executable="")).app_id == "NotesFrame"


@pytest.mark.parametrize("one", [True, False])
def test_what_a_control_shows_counts_line_ends_once(one: bool) -> None:
    text = "a\r\n🙂b\r\nc"
    end = 5 if one else 6
    shown = field_text(text, end - 1, end, breaks_are_one=one)
    assert shown == FieldText(length=7, caret=5, selected=1, before_caret="a\n🙂b")
    before = field_text("a\r\n", 2 if one else 3, 2 if one else 3, breaks_are_one=one)
    after = field_text("a\r\n🙂\r\nb", 6 if one else 8, 6 if one else 8, breaks_are_one=one)
    assert change(before, after, "🙂\nb") is Change.EXACT


def test_integrity_levels() -> None:
    assert is_above(0x3000, 0x2000)
    assert is_above(None, 0x2000)
    assert not is_above(0x2000, 0x2000)
    assert not is_above(0x1000, 0x2000)


def test_values_of_automation() -> None:
    assert number_in(Variant(type=3, value=50004)) == 50004
    assert number_in(Variant(type=11, value=0xFFFF)) == 1
    assert number_in(Variant(type=11, value=0)) == 0
    assert number_in(Variant(type=0, value=5)) is None
    assert bytes(guid(uuid.UUID("30cbe57d-d9d0-452a-ab13-7ac5ac4825ee"))).hex() == (
        "7de5cb30d0d92a45ab137ac5ac4825ee"
    )
    assert read({}) is None
    assert read({30002: PID, 30003: 50004, 30019: 1}) == Automation(PID, True, None, True)
    assert read({30002: PID, 30043: 1, 30046: 1}) == Automation(PID, is_read_only=True)
    assert read({30002: PID, 30043: 0, 30046: 1}) == Automation(PID)


# The clipboard


class Clipboard:
    """Fills `Board`: the clipboard of a system, and the queue of one window."""

    def __init__(self) -> None:
        self.content: dict[int, bytes | None] = {UNICODE_TEXT: b"o\0l\0d\0\0\0"}
        self.names: list[str] = ["DataObject"]
        self.ours = self.opened = False
        self.locked = 0
        self.count = 1
        self.owner = PID
        self.refuses: int | None = None
        self._render: Callable[[], bytes | None] = lambda: None
        self._reader = (0, 0)
        self._queue: deque[str] = deque()
        self._woken = threading.Semaphore(0)
        self._lock = threading.RLock()

    def start(self, on_render: Callable[[], bytes | None]) -> None:
        self._render = on_render

    def wait(self, timeout_s: float | None) -> None:
        self._woken.acquire()

    def wake(self) -> None:
        self._woken.release()

    def stop(self) -> None:
        self.opened = False

    def open(self) -> bool:
        self.locked -= self.locked > 0
        if self.locked or self.opened:
            return False
        self.opened = True
        return True

    def close(self) -> None:
        assert self.opened
        self.opened = False

    def empty(self) -> None:
        assert self.opened
        self.content, self.ours, self.count = {}, True, self.count + 1

    def formats(self) -> list[int]:
        return list(self.content)

    def name_of(self, number: int) -> str:
        return self.names[number - 0xC000] if number >= 0xC000 else ""

    def number_of(self, name: str) -> int:
        if name not in self.names:
            self.names.append(name)
        return 0xC000 + self.names.index(name)

    def read(self, number: int) -> bytes | None:
        assert self.opened
        return self.content[number]

    def write(self, number: int, data: bytes | None) -> None:
        assert self.opened
        if number == self.refuses:
            self.refuses = None
            raise OSError("no memory")
        self.content[number] = data

    def is_ours(self) -> bool:
        return self.ours

    def changes(self) -> int:
        return self.count

    def owner_pid(self) -> int:
        return self.owner

    def reader(self) -> tuple[int, int]:
        return self._reader

    def paste(self, window: int, pid: int) -> str | None:
        """Another program reads the text."""
        if UNICODE_TEXT in self.content and self.content[UNICODE_TEXT] is None:
            self._reader = (window, pid)
            self.content[UNICODE_TEXT] = self._render()
        data = self.content.get(UNICODE_TEXT)
        return None if data is None else data.decode("utf-16-le").rstrip("\0")

    def copy(self, text: str, pid: int) -> None:
        """Another program copies a text."""
        self.content = {UNICODE_TEXT: f"{text}\0".encode("utf-16-le")}
        self.ours, self.owner, self.count = False, pid, self.count + 1


def test_the_text_is_promised_to_who_reads_it_after_the_keys() -> None:
    board = Clipboard()
    lending = Lending(board)
    board.start(lending.render)
    readings = lending.lend("a\n🙂", NEVER)
    assert board.content[UNICODE_TEXT] is None
    assert board.paste(1, 2) is None
    assert not readings.read_since(0)
    lending.admit()
    assert board.paste(WINDOW, PID) == "a\r\n🙂"
    assert readings.read_by(WINDOW, 0, 0)
    assert readings.read_by(0, PID, 0)
    assert not readings.read_by(1, 2, 0)
    lending.give_back()
    assert board.content == {UNICODE_TEXT: b"o\0l\0d\0\0\0"}


def test_history_and_cloud_are_told_to_leave_it() -> None:
    board = Clipboard()
    Lending(board).lend("text", NEVER)
    told = {board.name_of(n): data for n, data in board.content.items() if n >= 0xC000}
    assert told["CanIncludeInClipboardHistory"] == b"\0\0\0\0"
    assert told["CanUploadToCloudClipboard"] == b"\0\0\0\0"
    assert "ExcludeClipboardContentFromMonitorProcessing" in told


def test_a_second_text_does_not_forget_what_was_there_first() -> None:
    board = Clipboard()
    lending = Lending(board)
    lending.lend("one", NEVER)
    lending.lend("two", NEVER)
    lending.give_back()
    assert board.content == {UNICODE_TEXT: b"o\0l\0d\0\0\0"}


def test_what_somebody_copied_meanwhile_stays() -> None:
    board = Clipboard()
    lending = Lending(board)
    lending.lend("one", NEVER)
    board.copy("theirs", 5)
    lending.give_back()
    assert board.paste(1, 1) == "theirs"
    lending.lend("two", NEVER)
    lending.give_back()
    assert board.paste(1, 1) == "theirs"


def test_an_empty_clipboard_is_empty_again() -> None:
    board = Clipboard()
    board.content = {}
    lending = Lending(board)
    lending.lend("one", NEVER)
    lending.give_back()
    assert board.content == {}


def test_a_clipboard_in_use_is_waited_for_and_then_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    board = Clipboard()
    board.locked = 3
    Lending(board).lend("one", NEVER)
    monkeypatch.setattr("app.desktop.windows_lending.OPENED_S", 0.0)
    board = Clipboard()
    board.locked = 1 << 30
    with pytest.raises(ClipboardNotSaved):
        Lending(board).lend("one", NEVER)
    assert board.content == {UNICODE_TEXT: b"o\0l\0d\0\0\0"}


def test_a_promise_that_fails_puts_the_old_content_back() -> None:
    board = Clipboard()
    board.refuses = board.number_of("CanIncludeInClipboardHistory")
    with pytest.raises(ClipboardNotSaved):
        Lending(board).lend("one", NEVER)
    assert board.content == {UNICODE_TEXT: b"o\0l\0d\0\0\0"}
    assert not board.opened


def test_too_slow_a_content_is_left_alone() -> None:
    board = Clipboard()
    with pytest.raises(ClipboardNotSaved):
        Lending(board).lend("one", 0.0)
    assert board.content == {UNICODE_TEXT: b"o\0l\0d\0\0\0"}


HTML, OLE = 0xC001, 0xC000


@pytest.mark.parametrize(
    ("formats", "kept"),
    [
        ([UNICODE_TEXT, HTML, 16, 1, 7], [UNICODE_TEXT, HTML]),
        ([1, 16, UNICODE_TEXT], [UNICODE_TEXT]),
        ([DIB, BITMAP, DIB_V5, PALETTE], [DIB]),
        ([DIB_V5, DIB, BITMAP], [DIB_V5]),
        ([ENHANCED_METAFILE, METAFILE_PICTURE], [ENHANCED_METAFILE]),
        ([15, HTML], [15, HTML]),
        ([OLE, UNICODE_TEXT], [UNICODE_TEXT]),
        ([], []),
    ],
)
def test_what_is_kept_of_a_content(formats: list[int], kept: list[int]) -> None:
    names = {OLE: "DataObject", HTML: "HTML Format"}
    assert kept_formats(formats, lambda number: names.get(number, "")) == kept


@pytest.mark.parametrize("number", [BITMAP, 0x80, 0x82, 0x200, 0x3FF])
def test_what_only_its_owner_can_show_is_not_taken_away(number: int) -> None:
    with pytest.raises(ClipboardNotSaved):
        kept_formats([UNICODE_TEXT, number], lambda _: "")


@pytest.fixture
def board() -> Clipboard:
    return Clipboard()


@pytest.fixture
def clipboard(board: Clipboard) -> Iterator[WindowsClipboard]:
    clipboard = WindowsClipboard(board)
    yield clipboard
    clipboard.close()


def test_the_thread_lends_and_gives_back(board: Clipboard, clipboard: WindowsClipboard) -> None:
    readings = clipboard.lend("text", 5.0)
    clipboard.call(Lending.admit)
    assert board.paste(WINDOW, PID) == "text"
    assert readings.wait(WINDOW, PID, 0.0, 5.0)
    clipboard.give_back()
    assert board.paste(1, 1) == "old"
    assert clipboard.keep("mine")
    assert board.paste(1, 1) == "mine"


def test_a_copy_of_the_target_is_taken_and_the_old_content_goes_back(
    board: Clipboard, clipboard: WindowsClipboard
) -> None:
    def copy(text: str, pid: int) -> bool:
        board.copy(text, pid)
        return True

    assert clipboard.copied(lambda: copy("a\r\nb", PID), PID, 5.0) == "a\nb"
    assert board.paste(1, 1) == "old"
    assert clipboard.copied(lambda: copy("theirs", 9), PID, 5.0) is None
    assert board.paste(1, 1) == "theirs"
    assert clipboard.copied(lambda: True, PID, 0.0) is None
    assert clipboard.copied(lambda: False, PID, 5.0) is None
    assert board.paste(1, 1) == "theirs"


def test_a_board_that_cannot_start_is_said_at_once() -> None:
    class Broken(Clipboard):
        def start(self, on_render: Callable[[], bytes | None]) -> None:
            raise OSError("no window")

    with pytest.raises(OSError, match="no window"):
        WindowsClipboard(Broken())


# All of it together


class Notes:
    """A program with one edit control, its keyboard and the system's clipboard."""

    def __init__(self, seen: SeenWindow = EDIT) -> None:
        self.seen = seen
        self.content = ""
        self.board = Clipboard()
        self.keyboard = Keyboard(self.insert)
        self.keyboard.on_chord = self.on_chord
        self.elevated: set[int] = set()
        self.opener = (WINDOW, PID)

    def insert(self, text: str) -> None:
        self.content += text

    def on_chord(self, modifier: int, key: int) -> None:
        if (modifier, key) in ((0x11, 0x56), (0x10, 0x2D)):
            self.insert((self.board.paste(*self.opener) or "").replace("\r\n", "\n"))

    def hands(self) -> WindowsHands:
        return WindowsHands(self, lambda pid: pid in self.elevated, self.keyboard, self.board)

    def look(self) -> SeenWindow | None:
        return self.seen

    def window_in_focus(self) -> int:
        return WINDOW

    def control_in_focus(self) -> int:
        return CONTROL

    def exists(self, window: int) -> bool:
        return window == WINDOW

    def has_caught_up(self, window: int) -> bool:
        return True

    def text(self, control: int) -> FieldText | None:
        length = utf16_length(self.content)
        return FieldText(length, length, 0, self.content)

    def selected(self, control: int) -> str | None:
        return self.content

    def delete_before_caret(self, control: int, count: int) -> bool:
        self.content = self.content[:-count]
        return True


@pytest.mark.parametrize("text", ["kurz 🙂", "zwei\nZeilen", "x" * 5000])
@pytest.mark.parametrize("seen", [EDIT, BROWSER])
async def test_a_text_arrives(seen: SeenWindow, text: str) -> None:
    notes = Notes(seen)
    inserter = SystemInserter(notes.hands, AT_ONCE)
    receipt = await inserter.insert(text, target_of(seen))
    assert notes.content == text
    assert receipt.verdict is Verdict.INSERTED
    if seen is EDIT:
        assert receipt.evidence is Evidence.SEEN_IN_FIELD
    else:
        assert (receipt.evidence, receipt.method) == (Evidence.READ_BY_TARGET, Method.PASTE)
    await inserter.close()
    assert notes.board.paste(1, 1) == "old"


async def test_a_part_of_a_program_may_be_another_process() -> None:
    notes = Notes(replace(BROWSER, automation=Automation(99)))
    notes.opener = (0, 99)
    inserter = SystemInserter(notes.hands, AT_ONCE)
    assert (await inserter.insert("text", None)).evidence is Evidence.READ_BY_TARGET
    await inserter.close()


@pytest.mark.parametrize("pid", [PID, 99])
async def test_a_program_with_more_rights_gets_no_keys(pid: int) -> None:
    notes = Notes(replace(BROWSER, automation=Automation(99)))
    notes.elevated.add(pid)
    inserter = SystemInserter(notes.hands, AT_ONCE)
    receipt = await inserter.insert("text", None)
    assert (receipt.verdict, receipt.reason) == (Verdict.HELD, Reason.ELEVATED)
    assert notes.keyboard.sent == []
    await inserter.close()


async def test_an_insertion_is_taken_out_of_an_edit_control() -> None:
    notes = Notes()
    notes.content = "before "
    inserter = SystemInserter(notes.hands, AT_ONCE)
    assert await inserter.selected_text(None) == "before "
    receipt = await inserter.insert("words", None)
    assert (await inserter.undo(receipt)).verdict is Verdict.UNDONE
    assert notes.content == "before "
    await inserter.close()


@pytest.mark.skipif(sys.platform == "win32", reason="about every other system")
async def test_elsewhere_it_says_that_there_is_no_windows() -> None:
    for part in (WindowsBoard, SendInput, WindowsAutomation):
        with pytest.raises(OSError, match="not Windows"):
            part()
    focus, inserter = windows_insertion()
    assert await focus.current() is None
    assert (await inserter.insert("text", None)).reason is Reason.DISPLAY_LOST
    await focus.close()
    await inserter.close()
