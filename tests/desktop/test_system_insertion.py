"""What is done and said on Windows and macOS, with a desktop that is scripted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from app.desktop.insertion import Evidence, Method, Policy, Reason, Verdict
from app.desktop.system_focus import SystemFocus
from app.desktop.system_insertion import SystemInserter
from app.desktop.system_writing import Press
from app.desktop.target import Target, TargetKind
from app.desktop.writing import ClipboardNotSaved
from tests.desktop.system_desk import AT_ONCE, PID, TARGET, WINDOW, Desk, settled

LONG = "A sentence that is longer than what is typed at once, with 🙂 in it."
TYPING, PASTE = Policy(Method.TYPING), Policy(Method.PASTE)
UNSEEN = replace(TARGET, kind=TargetKind.UNKNOWN)
TERMINAL = replace(TARGET, kind=TargetKind.TERMINAL)


@asynccontextmanager
async def inserting(desk: Desk) -> AsyncIterator[SystemInserter]:
    inserter = SystemInserter(lambda: desk, AT_ONCE)
    try:
        yield inserter
    finally:
        await inserter.close()


@pytest.mark.parametrize("text", ["short 🙂", LONG])
async def test_a_text_is_seen_in_the_field(text: str) -> None:
    desk = Desk(content="before ")
    async with inserting(desk) as inserter:
        receipt = await inserter.insert(text, TARGET)
        assert settled(desk)
    assert desk.content == f"before {text}"
    assert (receipt.verdict, receipt.evidence) == (Verdict.INSERTED, Evidence.SEEN_IN_FIELD)
    assert (receipt.inserted_text, receipt.remaining, desk.clipboard) == (text, "", "old")
    assert receipt.method is (Method.PASTE if text == LONG else Method.TYPING)


async def test_the_target_vouches_for_a_field_that_cannot_be_seen() -> None:
    desk = Desk(target=UNSEEN, is_seen=False)
    async with inserting(desk) as inserter:
        receipt = await inserter.insert("short", TARGET)
        assert settled(desk)
    assert desk.admitted
    assert desk.pressed == [Press.PASTE]
    assert (receipt.verdict, receipt.evidence) == (Verdict.INSERTED, Evidence.READ_BY_TARGET)


@pytest.mark.parametrize("reader", [(0, 0), (99, 999)])
async def test_a_reader_who_is_not_the_target_proves_nothing(reader: tuple[int, int]) -> None:
    desk = Desk(target=UNSEEN, is_seen=False, reader=reader)
    async with inserting(desk) as inserter:
        receipt = await inserter.insert("text", TARGET)
        assert settled(desk)
    assert (receipt.verdict, receipt.reason) == (Verdict.UNCONFIRMED, Reason.CANNOT_SEE)
    assert desk.clipboard == "old"


async def test_another_process_of_the_target_is_the_target() -> None:
    desk = Desk(target=UNSEEN, is_seen=False, reader=(99, PID))
    async with inserting(desk) as inserter:
        assert (await inserter.insert("text", TARGET)).verdict is Verdict.INSERTED


async def test_a_text_nobody_reads_stays_on_the_clipboard_and_may_come_late() -> None:
    desk = Desk(target=UNSEEN, is_seen=False, reader=None)
    async with inserting(desk) as inserter:
        receipt = await inserter.insert("text", TARGET)
        assert (receipt.verdict, receipt.reason) == (Verdict.COPIED, Reason.NOT_READ)
        assert (receipt.inserted_text, receipt.remaining) == ("", "text")
        assert desk.clipboard == "text"
        assert desk.readings is not None
        desk.readings.end(desk.readings.begin(WINDOW, PID))
        again = await inserter.insert("text", None, again=receipt)
        assert (again.verdict, again.inserted_text) == (Verdict.INSERTED, "text")
        assert desk.pressed == [Press.PASTE]
        assert desk.clipboard == "old"


async def test_nothing_is_pasted_while_the_last_paste_may_still_come() -> None:
    desk = Desk(target=UNSEEN, is_seen=False, reader=None, caught_up=False)
    async with inserting(desk) as inserter:
        await inserter.insert("one", TARGET)
        receipt = await inserter.insert("two", TARGET)
        assert (receipt.verdict, receipt.reason) == (Verdict.HELD, Reason.NOT_READ)
        assert desk.clipboard == "one"
        desk.caught_up, desk.reader = True, (WINDOW, PID)
        assert (await inserter.insert("two", TARGET)).verdict is Verdict.INSERTED


async def test_where_readers_are_not_told_only_the_field_is_believed() -> None:
    desk = Desk(tells_readers=False)
    async with inserting(desk) as inserter:
        receipt = await inserter.insert(LONG, TARGET, PASTE)
        assert (receipt.verdict, receipt.evidence) == (Verdict.INSERTED, Evidence.SEEN_IN_FIELD)
        assert settled(desk)
        desk.is_seen, desk.target = False, UNSEEN
        unseen = await inserter.insert(LONG, TARGET, PASTE)
        assert (unseen.verdict, unseen.reason) == (Verdict.UNCONFIRMED, Reason.CANNOT_SEE)
        assert settled(desk)
    assert desk.clipboard == "old"


@pytest.mark.parametrize("tells_readers", [True, False])
async def test_a_field_that_does_not_change_did_not_take_the_text(tells_readers: bool) -> None:
    desk = Desk(takes_text=False, tells_readers=tells_readers)
    async with inserting(desk) as inserter:
        receipt = await inserter.insert(LONG, TARGET)
        assert (receipt.verdict, receipt.reason) == (Verdict.COPIED, Reason.NOT_SEEN)
        assert desk.clipboard == LONG
        typed = await inserter.insert("keys", TARGET)
        assert (typed.verdict, typed.reason) == (Verdict.UNCONFIRMED, Reason.NOT_SEEN)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (TargetKind.PASSWORD, Reason.PASSWORD_FIELD),
        (TargetKind.READ_ONLY, Reason.READ_ONLY),
    ],
)
async def test_a_password_field_gets_nothing(kind: TargetKind, reason: Reason) -> None:
    desk = Desk(target=replace(TARGET, kind=kind))
    async with inserting(desk) as inserter:
        receipt = await inserter.insert("secret", None)
        assert (receipt.verdict, receipt.reason) == (Verdict.REFUSED, reason)
        assert receipt.target == desk.target
    assert (desk.content, desk.pressed, desk.clipboard) == ("", [], "old")


@pytest.mark.parametrize(
    ("obstacle", "verdict"),
    [
        (Reason.ELEVATED, Verdict.HELD),
        (Reason.NOT_ALLOWED, Verdict.HELD),
        (Reason.SECURE_INPUT, Verdict.REFUSED),
    ],
)
async def test_what_the_system_forbids_is_not_tried(obstacle: Reason, verdict: Verdict) -> None:
    desk = Desk(blocked_by=obstacle, selection=2, content="ab")
    async with inserting(desk) as inserter:
        receipt = await inserter.insert("text", TARGET)
        assert (receipt.verdict, receipt.reason) == (verdict, obstacle)
        assert (receipt.remaining, desk.content) == ("text", "ab")
        assert await inserter.selected_text(TARGET) is None


async def test_a_terminal_gets_one_line_by_its_own_chord() -> None:
    desk = Desk(target=TERMINAL, is_seen=False)
    async with inserting(desk) as inserter:
        receipt = await inserter.insert("ls\nrm -r\x1b[0m\n", TERMINAL)
        assert receipt.inserted_text == "ls rm -r"
        await inserter.insert("a\nb", TERMINAL, Policy(enter_in_terminals=True))
        assert settled(desk)
    assert desk.pressed == [Press.PASTE_IN_TERMINAL] * 2
    assert desk.content == "ls rm -ra\nb"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda desk: setattr(desk, "in_focus", 8), Reason.WINDOW_CHANGED),
        (lambda desk: setattr(desk, "in_focus", 0), Reason.WINDOW_CHANGED),
        (lambda desk: desk.close_target(), Reason.TARGET_CLOSED),
        (lambda desk: setattr(desk, "gone", True), Reason.DISPLAY_LOST),
        (lambda desk: desk.modifiers.extend([True] * 10_000), Reason.MODIFIER_HELD),
    ],
)
async def test_a_text_is_held(change: Callable[[Desk], object], reason: Reason) -> None:
    desk = Desk()
    change(desk)
    async with inserting(desk) as inserter:
        receipt = await inserter.insert("text", TARGET)
        assert (receipt.verdict, receipt.reason) == (Verdict.HELD, reason)
        assert (receipt.target, receipt.remaining) == (TARGET, "text")
    assert (desk.content, desk.clipboard) == ("", "old")


async def test_a_held_modifier_is_waited_for() -> None:
    desk = Desk(modifiers=[True, True])
    async with inserting(desk) as inserter:
        assert (await inserter.insert("text", TARGET)).verdict is Verdict.INSERTED


async def test_a_focus_that_goes_while_typing_keeps_the_rest() -> None:
    desk = Desk(loses_focus_after=3)
    async with inserting(desk) as inserter:
        receipt = await inserter.insert("abcdef", TARGET, TYPING)
    assert (receipt.verdict, receipt.reason) == (Verdict.HELD, Reason.WINDOW_CHANGED)
    assert (receipt.inserted_text, receipt.remaining, desk.content) == ("abc", "def", "abc")


async def test_a_clipboard_that_cannot_be_kept_is_left_alone() -> None:
    desk = Desk(refuses_to_lend=ClipboardNotSaved())
    async with inserting(desk) as inserter:
        held = await inserter.insert(LONG, TARGET, PASTE)
        assert (held.verdict, held.reason) == (Verdict.HELD, Reason.CLIPBOARD_NOT_SAVED)
        typed = await inserter.insert(LONG, TARGET)
        assert (typed.method, desk.content) == (Method.TYPING, LONG)
    assert desk.clipboard == "old"


async def test_undo_takes_just_the_insertion() -> None:
    desk = Desk(content="before ")
    async with inserting(desk) as inserter:
        receipt = await inserter.insert("words", TARGET)
        assert (await inserter.undo(receipt)).verdict is Verdict.UNDONE
        assert desk.content == "before "
        assert (await inserter.undo(receipt)).reason is Reason.CHANGED_SINCE


async def test_undo_of_a_replacement_is_the_program_s_own_and_looked_at() -> None:
    desk = Desk(content="before", selection=6)
    async with inserting(desk) as inserter:
        receipt = await inserter.insert("words", TARGET, PASTE)
        assert desk.content == "words"
        assert (await inserter.undo(receipt)).verdict is Verdict.UNDONE
        assert (desk.pressed, desk.content) == ([Press.PASTE, Press.UNDO], "undone")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda desk: setattr(desk, "content", desk.content + "!"), Reason.CHANGED_SINCE),
        (lambda desk: setattr(desk, "in_focus", 8), Reason.WINDOW_CHANGED),
        (lambda desk: desk.modifiers.extend([True] * 10_000), Reason.MODIFIER_HELD),
    ],
)
async def test_undo_leaves_alone(change: Callable[[Desk], object], reason: Reason) -> None:
    desk = Desk()
    async with inserting(desk) as inserter:
        receipt = await inserter.insert("words", TARGET)
        change(desk)
        content = desk.content
        refused = await inserter.undo(receipt)
        assert (refused.verdict, refused.reason) == (Verdict.HELD, reason)
        assert desk.content == content


async def test_the_selection_is_read_or_copied() -> None:
    desk = Desk(content="some words", selection=5)
    async with inserting(desk) as inserter:
        assert await inserter.selected_text(TARGET) == "words"
        assert desk.pressed == []
        desk.is_seen = False
        assert await inserter.selected_text(TARGET) == "words"
        assert (desk.pressed, desk.clipboard) == ([Press.COPY], "old")
        desk.target = TERMINAL
        assert await inserter.selected_text(TARGET) is None
        desk.target = replace(TARGET, kind=TargetKind.PASSWORD)
        assert await inserter.selected_text(TARGET) is None
        desk.in_focus = 8
        assert await inserter.selected_text(TARGET) is None
    assert desk.pressed == [Press.COPY]


async def test_a_clipboard_in_use_is_given_back_later() -> None:
    desk = Desk(fails_to_give_back=2)
    async with inserting(desk) as inserter:
        await inserter.insert(LONG, TARGET)
        assert settled(desk)
    assert (desk.clipboard, desk.fails_to_give_back) == ("old", 0)


async def test_a_copy_stays_and_the_end_gives_back() -> None:
    desk = Desk(target=UNSEEN, is_seen=False, reader=None)
    inserter = SystemInserter(lambda: desk, AT_ONCE)
    await inserter.prepare()
    await inserter.insert("text", TARGET)
    await inserter.close()
    assert (desk.clipboard, desk.closed) == ("old", True)
    async with inserting(desk := Desk()) as inserter:
        assert await inserter.copy("mine")
    assert desk.clipboard == "mine"


def no_system() -> Desk:
    raise OSError("this is not Windows")


async def test_without_the_system_everything_is_held() -> None:
    inserter = SystemInserter(no_system)
    await inserter.prepare()
    receipt = await inserter.insert("text", TARGET)
    assert (receipt.verdict, receipt.reason) == (Verdict.HELD, Reason.DISPLAY_LOST)
    assert not await inserter.copy("text")
    assert await inserter.selected_text(None) is None
    await inserter.close()


class Looking:
    def __init__(self) -> None:
        self.found: Target | None = None
        self.gives = True

    def target(self) -> Target | None:
        if self.found is None:
            raise OSError("no answer")
        return self.found

    def give_back(self) -> bool:
        return self.gives


async def test_the_focus_is_told_where_it_is_known() -> None:
    looking = Looking()
    focus = SystemFocus(lambda: looking)
    assert await focus.current() is None
    assert await focus.give_back() is None
    looking.found = TARGET
    assert await focus.current() == await focus.give_back() == TARGET
    looking.gives = False
    assert await focus.give_back() is None
    await focus.close()
