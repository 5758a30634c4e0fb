"""Insertion into real programs on a real compositor: the receipt is right about what they have."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from app.desktop.clipboard_content import text_content
from app.desktop.copying import CopyInserter, copy_command
from app.desktop.insertion import Evidence, Method, Reason, Receipt, Verdict
from app.desktop.paste_keys import Press
from app.desktop.remote_desktop_portal import RemoteDesktopKeys
from app.desktop.target import TargetKind
from app.desktop.wayland_desk import WaylandDesk
from app.desktop.wayland_insertion import WaylandInserter
from app.desktop.wayland_pasting import Pasting
from tests.desk import wayland
from tests.desk.child import Child, merged
from tests.desk.waiting import wait_until
from tests.desktop.portal_desk import Bus
from tests.desktop.remote_desktop_desk import RemoteDesktop, bus, portal
from tests.desktop.wayland_desk import (
    Desk,
    _tree_of_this_run,
    _wayland_of_this_run,
    blind,
    seat,
    seeing,
)

__all__ = [
    "_tree_of_this_run",
    "_wayland_of_this_run",
    "blind",
    "bus",
    "portal",
    "seat",
    "seeing",
]

pytestmark = pytest.mark.desk

TEXT = "Grüße, мир! 漢字かな 한글 ไทย हिन्दी 👍🏽 👩‍👩‍👧‍👦 שלום مرحبا 🏴󠁧󠁢󠁳󠁣󠁴󠁿"
LONG = "Ein schöner Satz, 漢字 und 🙂. " * 175


def summary(receipt: Receipt) -> tuple[Verdict, Reason, Evidence]:
    return receipt.verdict, receipt.reason, receipt.evidence


async def test_a_text_that_a_page_only_looked_at_is_not_claimed(blind: Desk) -> None:
    with wayland.chromium(blind.session, blind.folder, "readonly") as page:
        receipt = await blind.insert(TEXT)
        assert await asyncio.to_thread(page.settled, "", 0.5) == ""
    assert summary(receipt) == (Verdict.UNCONFIRMED, Reason.CANNOT_SEE, Evidence.NONE)


@pytest.mark.parametrize("text", [TEXT, LONG, "one\n\n\ttwo", "x" * 100_000])
async def test_a_paste_is_vouched_for_by_the_targets_own_process(blind: Desk, text: str) -> None:
    with wayland.qt(blind.session, blind.folder) as field:
        receipt = await blind.insert(text)
        assert await asyncio.to_thread(field.settled, text) == text
    assert summary(receipt) == (Verdict.INSERTED, Reason.NONE, Evidence.READ_BY_TARGET)
    assert (receipt.inserted_text, receipt.remaining) == (text, "")


async def test_a_text_is_seen_in_a_field_and_taken_back(seeing: Desk) -> None:
    with wayland.qt(seeing.session, seeing.folder, "plain", seeing.around) as field:
        receipt = await seeing.insert(TEXT)
        assert await asyncio.to_thread(field.settled, TEXT) == TEXT
        assert summary(receipt) == (Verdict.INSERTED, Reason.NONE, Evidence.SEEN_IN_FIELD)
        undone = await seeing.inserter.undo(receipt)
        assert undone.verdict is Verdict.UNDONE
        assert await asyncio.to_thread(field.settled, "") == ""


async def test_ten_texts_arrive_in_order(blind: Desk) -> None:
    with wayland.qt(blind.session, blind.folder) as field:
        for number in range(10):
            receipt = await blind.insert(f"{number} {TEXT}. ")
            assert receipt.verdict is Verdict.INSERTED
        expected = "".join(f"{number} {TEXT}. " for number in range(10))
        assert await asyncio.to_thread(field.settled, expected) == expected


async def test_a_terminal_gets_no_line_end(blind: Desk) -> None:
    await asyncio.to_thread(blind.session.copy, "selected", "--primary")
    with wayland.foot(blind.session, blind.folder) as terminal:
        receipt = await blind.insert(f"echo {TEXT}\nrm x\n")
        expected = f"echo {TEXT} rm x"
        assert await asyncio.to_thread(terminal.settled, expected) == expected
        await asyncio.to_thread(
            wait_until, lambda: blind.session.selected() == "selected", "the old selection"
        )
    assert summary(receipt) == (Verdict.INSERTED, Reason.NONE, Evidence.READ_BY_TARGET)
    assert receipt.target is not None
    assert receipt.target.kind is TargetKind.TERMINAL


async def test_a_password_prompt_in_a_terminal_gets_nothing(blind: Desk) -> None:
    script = "stty -echo; touch '{file}'; read line; echo \"$line\" > '{file}'; sleep 60"
    with wayland.foot(blind.session, blind.folder, script) as terminal:
        receipt = await blind.insert("never")
        assert (receipt.verdict, receipt.reason) == (Verdict.REFUSED, Reason.PASSWORD_FIELD)
        assert terminal.read() == ""


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("password", Reason.PASSWORD_FIELD), ("readonly", Reason.READ_ONLY)],
)
async def test_a_field_that_must_not_be_written_in(seeing: Desk, kind: str, reason: Reason) -> None:
    with wayland.qt(seeing.session, seeing.folder, kind, seeing.around) as field:
        receipt = await seeing.insert(TEXT)
        assert (receipt.verdict, receipt.reason) == (Verdict.REFUSED, reason)
        assert field.read() == ""


async def test_a_field_that_does_not_read_is_not_claimed(blind: Desk) -> None:
    with wayland.qt(blind.session, blind.folder, "readonly") as field:
        receipt = await blind.insert(TEXT)
        assert field.read() == ""
    assert (receipt.verdict, receipt.reason) == (Verdict.COPIED, Reason.NOT_READ)
    assert receipt.remaining == TEXT


async def test_another_window_gets_nothing(blind: Desk) -> None:
    with wayland.qt(blind.session, blind.folder) as meant:
        target = await blind.focus.current()
        with wayland.qt(blind.session, blind.folder) as thief:
            receipt = await blind.inserter.insert(TEXT, target)
            assert (receipt.verdict, receipt.reason) == (Verdict.HELD, Reason.WINDOW_CHANGED)
            assert (meant.read(), thief.read()) == ("", "")
            assert receipt.remaining == TEXT


async def test_a_closed_target_is_told(blind: Desk) -> None:
    with wayland.qt(blind.session, blind.folder):
        target = await blind.focus.current()
    receipt = await blind.inserter.insert(TEXT, target)
    assert (receipt.verdict, receipt.reason) == (Verdict.HELD, Reason.TARGET_CLOSED)


async def test_a_target_that_ends_at_the_paste_is_told(blind: Desk) -> None:
    with wayland.qt(blind.session, blind.folder) as field:
        target = await blind.focus.current()
        field.child.send_signal(signal.SIGSTOP)
        inserting = asyncio.create_task(blind.inserter.insert(TEXT, target))
        await asyncio.to_thread(
            wait_until, lambda: blind.session.formats().get("TEXT"), "the text on the clipboard"
        )
        field.child.kill()
        receipt = await inserting
    assert receipt.verdict is Verdict.HELD
    # The compositor may give the keyboard to another window first.
    assert receipt.reason in (Reason.TARGET_CLOSED, Reason.WINDOW_CHANGED)


async def test_a_text_that_is_read_late_is_not_inserted_twice(blind: Desk) -> None:
    await blind.seat.clipboard.keep(text_content("old", hidden=False))
    before = await asyncio.to_thread(blind.session.formats)
    with wayland.qt(blind.session, blind.folder) as field:
        target = await blind.focus.current()
        field.child.send_signal(signal.SIGSTOP)
        receipt = await blind.inserter.insert(TEXT, target)
        assert (receipt.verdict, receipt.reason) == (Verdict.COPIED, Reason.NOT_READ)
        field.child.send_signal(signal.SIGCONT)
        assert await asyncio.to_thread(field.settled, TEXT) == TEXT
        again = await blind.inserter.insert(TEXT, target, again=receipt)
        assert again.verdict is Verdict.INSERTED
        assert await asyncio.to_thread(field.settled, TEXT) == TEXT
        await asyncio.to_thread(
            wait_until, lambda: blind.session.formats() == before, "the old clipboard"
        )


async def test_a_clipboard_manager_is_not_taken_for_the_target(blind: Desk) -> None:
    command = ["wl-paste", "--watch", "cat"]
    environment = merged(blind.session.environment)
    with (
        wayland.qt(blind.session, blind.folder, "readonly") as field,
        Child(command, blind.folder, environment=environment),
    ):
        for _ in range(3):
            receipt = await blind.insert(TEXT)
            assert receipt.verdict in (Verdict.COPIED, Verdict.UNCONFIRMED)
            assert field.read() == ""


async def test_the_clipboard_comes_back_with_all_its_forms(blind: Desk) -> None:
    old = {
        **text_content("old ä 漢", hidden=False),
        "text/html": b"<b>old</b>",
        "image/png": os.urandom(3_000_000),
        "application/x-own": b"\0\1\2",
    }
    await blind.seat.clipboard.keep(old)
    before = await asyncio.to_thread(blind.session.formats)
    assert set(before) == set(old)
    with wayland.qt(blind.session, blind.folder) as field:
        for _ in range(2):
            receipt = await blind.insert(TEXT)
            assert receipt.verdict is Verdict.INSERTED
        assert await asyncio.to_thread(field.settled, TEXT * 2) == TEXT * 2
        await asyncio.to_thread(
            wait_until, lambda: blind.session.formats() == before, "the old clipboard"
        )


async def test_an_empty_clipboard_is_empty_again(blind: Desk) -> None:
    await blind.seat.clipboard.keep({})
    with wayland.qt(blind.session, blind.folder):
        assert (await blind.insert(TEXT)).verdict is Verdict.INSERTED
        await asyncio.to_thread(
            wait_until, lambda: not blind.session.formats(), "an empty clipboard"
        )


async def test_fifty_megabytes_survive_on_the_clipboard(blind: Desk) -> None:
    await blind.seat.clipboard.keep(text_content("0123456789abcde\n" * 3_276_800, hidden=False))
    before = await asyncio.to_thread(blind.session.formats)
    with wayland.qt(blind.session, blind.folder):
        assert (await blind.insert("short")).verdict is Verdict.INSERTED
        await asyncio.to_thread(
            wait_until, lambda: blind.session.formats() == before, "the old clipboard", timeout_s=60
        )


async def test_what_somebody_copies_meanwhile_stays(blind: Desk) -> None:
    with wayland.qt(blind.session, blind.folder, "readonly"):
        inserting = asyncio.create_task(blind.insert(TEXT))
        await asyncio.to_thread(
            wait_until, lambda: blind.session.formats().get("TEXT"), "the text on the clipboard"
        )
        await asyncio.to_thread(blind.session.copy, "mine")
        mine = await asyncio.to_thread(blind.session.formats)
        await inserting
        assert await asyncio.to_thread(blind.session.formats) == mine


async def test_a_copied_text_outlives_the_inserter(blind: Desk) -> None:
    assert await blind.inserter.copy("kept ä 漢")
    before = await asyncio.to_thread(blind.session.formats)
    await blind.inserter.close()
    after = await asyncio.to_thread(blind.session.formats)
    name = "text/plain;charset=utf-8"
    assert after[name] == before[name]


async def test_the_selected_text_is_copied_and_the_clipboard_put_back(blind: Desk) -> None:
    await blind.seat.clipboard.keep(text_content("old", hidden=False))
    before = await asyncio.to_thread(blind.session.formats)
    with wayland.qt(blind.session, blind.folder, "line") as field:
        await blind.insert("some words")
        await asyncio.to_thread(field.settled, "some words")
        target = await blind.focus.current()
        assert await blind.inserter.selected_text(target) is None
        assert await asyncio.to_thread(blind.session.formats) == before


async def test_where_the_focus_is_not_told_nothing_is_claimed(blind: Desk) -> None:
    blind.focus._compositor = None
    with wayland.qt(blind.session, blind.folder) as field:
        assert await blind.focus.current() is None
        receipt = await blind.inserter.insert(f"one\n{TEXT}", None)
        expected = f"one {TEXT}"
        assert await asyncio.to_thread(field.settled, expected) == expected
    assert (receipt.verdict, receipt.reason) == (Verdict.UNCONFIRMED, Reason.CANNOT_SEE)
    assert receipt.method is Method.PASTE


async def test_keys_by_the_portal_arrive(
    blind: Desk, bus: Bus, portal: RemoteDesktop, tmp_path: Path
) -> None:
    async def on_key(key: int, state: int) -> None:
        if (key, state) == (ord("v"), 1):
            await blind.seat.keyboard.press(Press.CTRL_V)

    portal.on_key = on_key
    keys = RemoteDesktopKeys(tmp_path / "token", bus.address)
    desk = WaylandDesk(blind.session.environment, keys)
    inserter = WaylandInserter(blind.focus, None, desk)
    with wayland.qt(blind.session, blind.folder) as field:
        receipt = await inserter.insert(TEXT, await blind.focus.current())
        assert await asyncio.to_thread(field.settled, TEXT) == TEXT
    assert summary(receipt) == (Verdict.INSERTED, Reason.NONE, Evidence.READ_BY_TARGET)
    assert len(portal.pressed) == 4
    await inserter.close()


async def test_a_clipboard_by_wl_copy_proves_nothing(
    blind: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_RUNTIME_DIR", "WAYLAND_DISPLAY"):
        monkeypatch.setenv(name, blind.session.environment[name])
    copier = CopyInserter(copy_command(os.environ, "linux"))
    pasting = Pasting(None, copier, blind.focus, None)
    with wayland.qt(blind.session, blind.folder) as field:
        look = await blind.focus.look()
        outcome = await pasting.paste(TEXT, look, TargetKind.UNKNOWN, blind.seat.keyboard)
        assert await asyncio.to_thread(field.settled, TEXT) == TEXT
    assert (outcome.verdict, outcome.reason) == (Verdict.UNCONFIRMED, Reason.CANNOT_SEE)


async def test_a_lost_compositor_holds_the_text(blind: Desk) -> None:
    await blind.inserter.prepare()
    connection = blind.inserter._desk._connection
    assert connection is not None
    blind.focus._compositor = None
    connection.close()
    blind.inserter._desk._environment["WAYLAND_DISPLAY"] = str(blind.folder / "none")
    receipt = await blind.inserter.insert(TEXT, None)
    assert (receipt.verdict, receipt.remaining) == (Verdict.HELD, TEXT)


async def test_the_keyboard_is_given_back_to_the_window_before(blind: Desk) -> None:
    with wayland.qt(blind.session, blind.folder) as first:
        before = await blind.focus.current()
        with wayland.qt(blind.session, blind.folder):
            assert await blind.focus.give_back() == before
            assert (await blind.insert(TEXT)).verdict is Verdict.INSERTED
            assert await asyncio.to_thread(first.settled, TEXT) == TEXT


async def test_where_only_the_tree_tells_the_focus_it_is_believed(seeing: Desk) -> None:
    seeing.focus._compositor = None
    tree = seeing.inserter._tree
    assert tree is not None
    with wayland.qt(seeing.session, seeing.folder, "line", seeing.around) as field:
        await asyncio.to_thread(wait_until, tree.active_window, "an active window")
        target = await seeing.focus.current()
        assert target is not None
        assert (target.title, target.pid) == (field.title, field.child.pid)
        receipt = await seeing.inserter.insert(TEXT, target)
        assert await asyncio.to_thread(field.settled, TEXT) == TEXT
        assert (receipt.verdict, receipt.evidence) == (Verdict.INSERTED, Evidence.SEEN_IN_FIELD)
