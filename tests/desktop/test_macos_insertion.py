from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from app.desktop.field_text import FieldText, utf16_length
from app.desktop.insertion import Evidence, Method, Policy, Reason, Verdict
from app.desktop.macos_clipboard import TEXT, Item, MacClipboard
from app.desktop.macos_field import (
    ListedWindow,
    SeenElement,
    other_program,
    target_of,
    window_of,
)
from app.desktop.macos_insertion import MacHands, macos_insertion
from app.desktop.macos_pasteboard import MacPasteboard
from app.desktop.macos_typing import COMMAND, MacKeyboard, MacTyping, Stroke, strokes
from app.desktop.system_insertion import SystemInserter
from app.desktop.system_writing import Press
from app.desktop.target import TargetKind
from app.desktop.writing import ClipboardNotSaved
from tests.desktop.system_desk import AT_ONCE

WINDOW, PID, ELEMENT = 7, 42, 70
NOTES = SeenElement(
    WINDOW, PID, "com.example.notes", "Notes", element=ELEMENT, role="AXTextArea", is_writable=True
)
HIDDEN = replace(NOTES, element=0, role="", is_writable=None)
IMAGE: list[Item] = [{"public.tiff": b"picture", "public.url": b"where"}, {TEXT: b"second"}]


def test_text_goes_into_events_of_twenty_units_with_whole_characters() -> None:
    assert list(strokes("a" * 19 + "🙂b")) == [Stroke("a" * 19), Stroke("🙂b")]
    assert list(strokes("a\n\tb")) == [
        Stroke("a"),
        Stroke("\n", 36),
        Stroke("\t", 48),
        Stroke("b"),
    ]
    text = "🙂" * 33 + "é"
    pieces = [one.text for one in strokes(text)]
    assert "".join(pieces) == text
    assert max(map(utf16_length, pieces)) == 20


class Keyboard:
    """Takes keys in a layout, and hands what they write on."""

    def __init__(self, layout: str = "asdfhgzxcv") -> None:
        self.layout = layout
        self.flags = 0
        self.keys: list[tuple[int, int]] = []
        self.refuses = False
        self.on_text: Callable[[str], None] = lambda _: None
        self.on_command: Callable[[str], None] = lambda _: None

    def send_text(self, text: str) -> bool:
        if not self.refuses:
            self.on_text(text)
        return not self.refuses

    def send_key(self, code: int, flags: int) -> bool:
        self.keys.append((code, flags))
        if flags == COMMAND:
            self.on_command(self.written_by(code))
        else:
            self.on_text({36: "\n", 48: "\t"}[code])
        return not self.refuses

    def written_by(self, code: int) -> str:
        return self.layout[code] if code < len(self.layout) else ""

    def modifiers(self) -> int:
        return self.flags


def no_pause(_seconds: float) -> None:
    return


@pytest.mark.parametrize(
    ("layout", "code"), [("asdfhgzxcv", 9), ("vasdf", 0), ("фывап", 9), ("", 9)]
)
def test_paste_is_the_key_that_has_the_letter(layout: str, code: int) -> None:
    keyboard = Keyboard(layout)
    assert MacTyping(keyboard, no_pause).press(Press.PASTE)
    assert keyboard.keys == [(code, COMMAND)]


@pytest.mark.parametrize(
    ("chord", "code"), [(Press.PASTE_IN_TERMINAL, 9), (Press.COPY, 8), (Press.UNDO, 6)]
)
def test_chords(chord: Press, code: int) -> None:
    keyboard = Keyboard()
    assert MacTyping(keyboard, no_pause).press(chord)
    assert keyboard.keys == [(code, COMMAND)]


def test_typing_stops_when_the_focus_goes_or_keys_are_refused() -> None:
    keyboard = Keyboard()
    looks = iter([True, True, False])
    assert MacTyping(keyboard, no_pause).type("a" * 20 + "\nb", lambda: next(looks)) == 21
    keyboard.refuses = True
    assert MacTyping(keyboard, no_pause).type("abc", lambda: True) == 0


@pytest.mark.parametrize(
    ("flags", "held"),
    [(0, False), (0x10000, False), (0x20000, True), (0x40000, True), (0x80000, True),
     (COMMAND, True), (0x800000, False)],
)  # fmt: skip
def test_modifiers(flags: int, held: bool) -> None:
    keyboard = Keyboard()
    keyboard.flags = flags
    assert MacTyping(keyboard).modifier_is_down() is held


# What a field is


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        (NOTES, TargetKind.TEXT),
        (replace(NOTES, is_writable=None), TargetKind.TEXT),
        (replace(NOTES, is_writable=False), TargetKind.READ_ONLY),
        (replace(NOTES, role="AXTextField", subrole="AXSecureTextField"), TargetKind.PASSWORD),
        (replace(NOTES, role="AXWebArea"), TargetKind.UNKNOWN),
        (HIDDEN, TargetKind.UNKNOWN),
        (replace(NOTES, bundle_id="com.apple.Terminal"), TargetKind.TERMINAL),
        (replace(NOTES, bundle_id="com.googlecode.iterm2"), TargetKind.TERMINAL),
        (replace(HIDDEN, bundle_id="com.apple.SecurityAgent"), TargetKind.PASSWORD),
    ],
)
def test_the_kind_of_a_field(seen: SeenElement, kind: TargetKind) -> None:
    assert target_of(seen).kind is kind


def test_a_target_has_the_names_of_its_program() -> None:
    target = target_of(NOTES)
    assert (target.app_id, target.app_name) == ("com.example.notes", "Notes")
    assert not target.single_line
    assert target_of(replace(NOTES, role="AXTextField")).single_line
    assert target_of(replace(NOTES, bundle_id="", name="tool")).app_id == "tool"


def test_the_window_of_a_program_is_its_front_plain_one() -> None:
    panel, other, plain = (
        ListedWindow(1, PID, 25),
        ListedWindow(2, 9, 0),
        ListedWindow(3, PID, 0),
    )
    assert window_of(PID, [panel, other, plain]) is plain
    assert window_of(PID, [panel, other]) is panel
    assert window_of(PID, [other]) is None
    assert other_program([panel, plain, other], PID) == 9
    assert other_program([plain], PID) == 0


# The pasteboard


class Pasteboard:
    """Fills `Pasteboard`."""

    def __init__(self, items: Sequence[Item] = IMAGE) -> None:
        self.content: list[Item] = list(items)
        self.count = 1
        self.refusals = 0

    def changes(self) -> int:
        return self.count

    def items(self, within: Callable[[int], bool]) -> list[Item] | None:
        size = sum(len(data) for item in self.content for data in item.values())
        return list(self.content) if within(size) else None

    def text(self) -> str | None:
        texts = [item[TEXT].decode() for item in self.content if TEXT in item]
        return texts[0] if texts else None

    def put(self, items: Sequence[Item]) -> bool:
        self.count += 1
        self.content = []
        if self.refusals:
            self.refusals -= 1
            return False
        self.content = list(items)
        return True


def test_the_pasteboard_gets_all_items_back() -> None:
    board = Pasteboard()
    clipboard = MacClipboard(board)
    clipboard.lend("one", 5.0)
    clipboard.lend("two", 5.0)
    assert board.text() == "two"
    assert set(board.content[0]) == {
        TEXT,
        "org.nspasteboard.TransientType",
        "org.nspasteboard.ConcealedType",
    }
    clipboard.give_back()
    assert board.content == IMAGE
    count = board.count
    clipboard.give_back()
    assert board.count == count


def test_what_somebody_copied_meanwhile_stays() -> None:
    board = Pasteboard()
    clipboard = MacClipboard(board)
    clipboard.lend("one", 5.0)
    board.put([{TEXT: b"theirs"}])
    clipboard.give_back()
    assert board.text() == "theirs"
    clipboard.lend("two", 5.0)
    clipboard.give_back()
    assert board.text() == "theirs"


def test_a_pasteboard_that_is_slow_or_refuses_is_left_as_it_was() -> None:
    board = Pasteboard()
    with pytest.raises(ClipboardNotSaved):
        MacClipboard(board).lend("one", -1.0)
    board.refusals = 1
    with pytest.raises(ClipboardNotSaved):
        MacClipboard(board).lend("one", 5.0)
    assert board.content == IMAGE


def test_a_content_that_was_not_given_back_is_tried_again() -> None:
    board = Pasteboard()
    clipboard = MacClipboard(board)
    clipboard.lend("one", 5.0)
    board.refusals = 1
    with pytest.raises(OSError, match="refused"):
        clipboard.give_back()
    clipboard.give_back()
    assert board.content == IMAGE


def test_a_copy_is_taken_and_the_old_content_goes_back() -> None:
    board = Pasteboard()
    clipboard = MacClipboard(board)
    assert clipboard.copied(lambda: board.put([{TEXT: b"chosen"}]), 5.0) == "chosen"
    assert board.content == IMAGE
    assert clipboard.copied(lambda: False, 5.0) is None
    assert clipboard.copied(lambda: True, 0.0) is None
    assert board.content == IMAGE
    assert clipboard.keep("mine")
    assert (board.text(), clipboard.copied(lambda: True, -1.0)) == ("mine", None)


# All of it together


class Notes:
    """A program with one field, its keyboard and the system's pasteboard."""

    def __init__(self, seen: SeenElement = NOTES) -> None:
        self.seen = seen
        self.content = ""
        self.board = Pasteboard()
        self.keyboard = Keyboard()
        self.keyboard.on_text = self.insert
        self.keyboard.on_command = self.on_command
        self.trusted, self.secure = True, False
        self.takes_paste = True

    def insert(self, text: str) -> None:
        self.content += text

    def on_command(self, letter: str) -> None:
        if letter == "v" and self.takes_paste:
            self.insert(self.board.text() or "")
        elif letter == "z":
            self.content = ""

    def inserter(self) -> SystemInserter:
        return SystemInserter(lambda: MacHands(self, self.keyboard, self.board), AT_ONCE)

    def look(self) -> SeenElement | None:
        return self.seen

    def is_trusted(self) -> bool:
        return self.trusted

    def is_secure_input(self) -> bool:
        return self.secure

    def window_in_focus(self) -> int:
        return WINDOW

    def has_focus(self, number: int) -> bool:
        return number == self.seen.element

    def exists(self, window: int) -> bool:
        return window == WINDOW

    def text(self, number: int) -> FieldText | None:
        length = utf16_length(self.content)
        return FieldText(length, length, 0, self.content)

    def selected(self, number: int) -> str | None:
        return self.content


@pytest.mark.parametrize("text", ["kurz 🙂", "zwei\nZeilen", "x" * 5000])
async def test_a_text_is_seen_in_the_field(text: str) -> None:
    notes = Notes()
    inserter = notes.inserter()
    receipt = await inserter.insert(text, target_of(NOTES))
    await inserter.close()
    assert notes.content == text
    assert (receipt.verdict, receipt.evidence) == (Verdict.INSERTED, Evidence.SEEN_IN_FIELD)
    assert notes.board.content == IMAGE


async def test_a_field_that_cannot_be_seen_is_not_vouched_for() -> None:
    notes = Notes(HIDDEN)
    inserter = notes.inserter()
    receipt = await inserter.insert("text", None)
    await inserter.close()
    assert (receipt.verdict, receipt.reason) == (Verdict.UNCONFIRMED, Reason.CANNOT_SEE)
    assert (receipt.method, notes.content) == (Method.PASTE, "text")
    assert notes.board.content == IMAGE


async def test_a_field_that_does_not_change_leaves_the_text_on_the_pasteboard() -> None:
    notes = Notes()
    notes.takes_paste = False
    inserter = notes.inserter()
    receipt = await inserter.insert("text", None, Policy(Method.PASTE))
    assert (receipt.verdict, receipt.reason) == (Verdict.COPIED, Reason.NOT_SEEN)
    assert notes.board.text() == "text"
    await inserter.close()


@pytest.mark.parametrize(
    ("trusted", "secure", "verdict", "reason"),
    [
        (False, False, Verdict.HELD, Reason.NOT_ALLOWED),
        (False, True, Verdict.HELD, Reason.NOT_ALLOWED),
        (True, True, Verdict.REFUSED, Reason.SECURE_INPUT),
    ],
)
async def test_what_macos_forbids_is_not_tried(
    trusted: bool, secure: bool, verdict: Verdict, reason: Reason
) -> None:
    notes = Notes()
    notes.trusted, notes.secure = trusted, secure
    inserter = notes.inserter()
    receipt = await inserter.insert("text", None)
    assert (receipt.verdict, receipt.reason) == (verdict, reason)
    assert (notes.content, notes.keyboard.keys, notes.board.count) == ("", [], 1)
    await inserter.close()


async def test_a_paste_is_taken_back_by_the_program_and_keys_are_not() -> None:
    notes = Notes()
    inserter = notes.inserter()
    assert await inserter.selected_text(None) is None
    pasted = await inserter.insert("words", None, Policy(Method.PASTE))
    assert (await inserter.undo(pasted)).verdict is Verdict.UNDONE
    assert notes.content == ""
    typed = await inserter.insert("words", None)
    assert (await inserter.undo(typed)).reason is Reason.CANNOT_SEE
    assert notes.content == "words"
    await inserter.close()


@pytest.mark.skipif(sys.platform == "darwin", reason="about every other system")
async def test_elsewhere_there_is_no_macos() -> None:
    for part in (MacPasteboard, MacKeyboard):
        with pytest.raises(OSError, match=r"cannot open|not found|No such"):
            part()
    focus, inserter = macos_insertion()
    assert await focus.current() is None
    assert (await inserter.insert("text", None)).reason is Reason.DISPLAY_LOST
    await focus.close()
    await inserter.close()
