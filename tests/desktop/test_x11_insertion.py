"""Insertion into real programs: the receipt is right about what they have."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from Xlib import X
from Xlib.ext import xtest

from app.desktop.insertion import Evidence, Method, Policy, Reason, Verdict
from app.desktop.readings import IN_TIME_S
from app.desktop.target import TargetKind
from app.desktop.x11_insertion import X11Inserter
from app.desktop.x11_serving import X11Serving
from app.desktop.x11_session import X11Session
from tests.desk import targets
from tests.desk.clipboard import clipboard_formats, clipboard_with
from tests.desk.screen import Screen
from tests.desk.waiting import wait_until
from tests.desktop.insertion_desk import Desk, _service_of_this_run, blind, seeing

__all__ = ["_service_of_this_run", "blind", "seeing"]

pytestmark = pytest.mark.desk

TEXT = "Grüße, мир! 漢字 👍🏽 👩‍👩‍👧‍👦 שלום"
TYPED = "Grüße, мир! 漢字 👍🏽 שלום"
LONG = "Ein schöner Satz, 漢字 und 🙂. " * 175
TYPING = Policy(Method.TYPING)
PASTE = Policy(Method.PASTE)


@pytest.mark.parametrize("text", [TEXT, LONG, "one\n\n\ttwo"])
async def test_a_paste_is_vouched_for_by_the_target_alone(blind: Desk, text: str) -> None:
    with targets.qt(blind.screen, blind.folder) as field:
        receipt = await blind.insert(text)
        assert field.settled(text) == text
    assert (receipt.verdict, receipt.evidence) == (Verdict.INSERTED, Evidence.READ_BY_TARGET)
    assert (receipt.inserted_text, receipt.remaining) == (text, "")


@pytest.mark.parametrize("policy", [Policy(), PASTE, TYPING])
async def test_a_text_is_seen_in_a_field(seeing: Desk, policy: Policy) -> None:
    with targets.qt(seeing.screen, seeing.folder, "plain", seeing.environment) as field:
        for text in ("short", TEXT):
            receipt = await seeing.insert(text, policy)
            assert field.settled(text) == text
            assert receipt.evidence is Evidence.SEEN_IN_FIELD
            assert receipt.verdict is Verdict.INSERTED
            field.empty()


async def test_keys_nobody_can_see_are_not_claimed(blind: Desk) -> None:
    with targets.qt(blind.screen, blind.folder) as field:
        receipt = await blind.insert(TYPED, TYPING)
        assert field.settled(TYPED) == TYPED
    assert (receipt.verdict, receipt.reason) == (Verdict.UNCONFIRMED, Reason.CANNOT_SEE)


async def test_a_text_arrives_with_caps_lock_on_and_it_stays_on(blind: Desk) -> None:
    session = X11Session(blind.screen.display)
    session.lock_modifiers(X.LockMask, X.LockMask)
    session.display.sync()
    try:
        with targets.qt(blind.screen, blind.folder) as field:
            for policy in (TYPING, PASTE):
                await blind.insert("aBc Éé", policy)
                assert field.settled("aBc Éé") == "aBc Éé"
                field.empty()
        assert session.modifiers().locked & X.LockMask
    finally:
        session.lock_modifiers(X.LockMask, 0)
        session.close()


async def test_typing_leaves_the_keyboard_as_it_was(blind: Desk) -> None:
    session = X11Session(blind.screen.display)
    before = session.display.get_keyboard_mapping(8, 248)
    with targets.qt(blind.screen, blind.folder) as field:
        await blind.insert(TYPED, TYPING)
        assert field.settled(TYPED) == TYPED
    assert session.display.get_keyboard_mapping(8, 248) == before
    session.close()


async def test_keys_that_a_killed_run_had_lent_are_freed(screen: Screen) -> None:
    session = X11Session(screen.display)
    rows = session.display.get_keyboard_mapping(8, 248)
    code = 8 + next(place for place, row in enumerate(rows) if not any(row))
    session.display.change_keyboard_mapping(code, [[0x0101F642] * 7])
    session.root.change_property(session.atom("SAYSO_LENT_KEYS"), X.NONE + 6, 32, [code])
    session.display.sync()
    inserter = X11Inserter(None, screen.display)
    await inserter.insert("x", None)
    assert not any(session.display.get_keyboard_mapping(code, 1)[0])
    await inserter.close()
    session.close()


async def test_what_needs_too_many_keys_is_pasted(blind: Desk) -> None:
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 400)))
    with targets.qt(blind.screen, blind.folder) as field:
        receipt = await blind.insert(text, TYPING)
        assert field.settled(text) == text
    assert (receipt.verdict, receipt.method) == (Verdict.INSERTED, Method.PASTE)


async def test_a_modifier_that_stays_down_holds_the_text(blind: Desk) -> None:
    session = X11Session(blind.screen.display)
    control = session.display.keysym_to_keycode(0xFFE3)

    def control_key(kind: int) -> None:
        xtest.fake_input(session.display, kind, control)
        session.display.sync()

    with targets.qt(blind.screen, blind.folder) as field:
        control_key(X.KeyPress)
        try:
            receipt = await blind.insert("never")
        finally:
            control_key(X.KeyRelease)
        assert (receipt.verdict, receipt.reason) == (Verdict.HELD, Reason.MODIFIER_HELD)
        control_key(X.KeyPress)
        soon = threading.Timer(0.2, control_key, [X.KeyRelease])
        soon.start()
        receipt = await blind.insert("after the release")
        soon.join()
        assert receipt.verdict is Verdict.INSERTED
        assert field.settled("after the release") == "after the release"
    session.close()


async def test_another_window_gets_nothing(blind: Desk) -> None:
    with (
        targets.qt(blind.screen, blind.folder, "plain") as meant,
        targets.qt(blind.screen, blind.folder, "line") as thief,
    ):
        meant.focus()
        target = await blind.focus.current()
        thief.focus()
        for policy in (PASTE, TYPING):
            receipt = await blind.inserter.insert(TEXT, target, policy)
            assert (receipt.verdict, receipt.reason) == (Verdict.HELD, Reason.WINDOW_CHANGED)
            assert receipt.remaining == TEXT
        assert (meant.read(), thief.read()) == ("", "")


async def test_typing_stops_when_another_window_takes_the_keyboard(blind: Desk) -> None:
    text = "one word after another, " * 1500
    with (
        targets.qt(blind.screen, blind.folder, "plain") as meant,
        targets.qt(blind.screen, blind.folder, "line") as thief,
    ):
        meant.focus()
        typing = asyncio.create_task(blind.insert(text, TYPING))
        await asyncio.to_thread(wait_until, meant.read, "the first words")
        await asyncio.to_thread(thief.focus)
        receipt = await typing
        assert (receipt.verdict, receipt.reason) == (Verdict.HELD, Reason.WINDOW_CHANGED)
        assert 0 < len(receipt.inserted_text) < len(text)
        assert receipt.inserted_text + receipt.remaining == text
        assert meant.settled(receipt.inserted_text, timeout_s=40) == receipt.inserted_text
        assert thief.read() == ""


async def test_a_target_that_was_closed_is_told(blind: Desk) -> None:
    with (
        targets.qt(blind.screen, blind.folder, "line"),
        targets.qt(blind.screen, blind.folder, "plain") as meant,
    ):
        target = await blind.focus.current()
        meant.child.kill()
        blind.screen.wait_until_gone(meant.title)
        receipt = await blind.inserter.insert(TEXT, target)
    assert (receipt.verdict, receipt.reason) == (Verdict.HELD, Reason.TARGET_CLOSED)


async def test_a_field_that_refuses_the_text_is_not_claimed(blind: Desk) -> None:
    with (
        clipboard_with(blind.screen, blind.folder, "old"),
        targets.qt(blind.screen, blind.folder, "readonly") as field,
    ):
        receipt = await blind.insert(TEXT)
        assert (receipt.verdict, receipt.reason) == (Verdict.COPIED, Reason.NOT_READ)
        assert field.read() == ""


async def test_a_text_that_a_page_only_looked_at_is_not_claimed(blind: Desk) -> None:
    with targets.chromium(blind.screen, blind.folder, "readonly") as page:
        looked = await blind.insert(TEXT)
        assert page.settled("", 0.5) == ""
    assert (looked.verdict, looked.evidence) == (Verdict.UNCONFIRMED, Evidence.NONE)
    with targets.chromium(blind.screen, blind.folder, "contenteditable") as page:
        pasted = await blind.insert(TEXT)
        assert page.settled(TEXT) == TEXT
    assert (pasted.verdict, pasted.evidence) == (Verdict.INSERTED, Evidence.READ_BY_TARGET)


async def test_a_text_that_was_read_late_is_not_claimed(
    blind: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = X11Serving.answer

    def slow(serving: X11Serving, *question: Any) -> None:
        time.sleep(IN_TIME_S * 1.1)
        prompt(serving, *question)

    with targets.qt(blind.screen, blind.folder) as field:
        monkeypatch.setattr(X11Serving, "answer", slow)
        receipt = await blind.insert(TEXT)
        assert field.settled(TEXT) == TEXT
    assert (receipt.verdict, receipt.reason) == (Verdict.UNCONFIRMED, Reason.CANNOT_SEE)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("password", Reason.PASSWORD_FIELD), ("readonly", Reason.READ_ONLY)],
)
async def test_a_field_that_must_not_be_written_in_is_left_alone(
    seeing: Desk, kind: str, reason: Reason
) -> None:
    with targets.qt(seeing.screen, seeing.folder, kind, seeing.environment) as field:
        for policy in (PASTE, TYPING):
            receipt = await seeing.insert("secret", policy)
            assert (receipt.verdict, receipt.reason) == (Verdict.REFUSED, reason)
        assert field.read() == ""


async def test_a_terminal_gets_words_and_no_enter(blind: Desk) -> None:
    with targets.xterm(blind.screen, blind.folder) as terminal:
        receipt = await blind.insert("echo ä 漢\n\x1b[201~rm x\r\n\x03")
        assert receipt.target is not None
        assert receipt.target.kind is TargetKind.TERMINAL
        assert (receipt.verdict, receipt.inserted_text) == (Verdict.INSERTED, "echo ä 漢 rm x")
        assert terminal.settled("echo ä 漢 rm x") == "echo ä 漢 rm x"
        terminal.empty()
        receipt = await blind.insert("ls\n", Policy(Method.PASTE, enter_in_terminals=True))
        assert terminal.settled(receipt.inserted_text).rstrip("\r\n") == "ls"


async def test_a_terminal_that_asks_for_a_password_gets_nothing(
    blind: Desk, tmp_path: Path
) -> None:
    script = "stty -echo; touch {file}; read x; echo $x > {file}"
    with targets.xterm(blind.screen, tmp_path, script):
        receipt = await blind.insert("hunter2")
    assert (receipt.verdict, receipt.reason) == (Verdict.REFUSED, Reason.PASSWORD_FIELD)


@pytest.mark.parametrize("kind", ["image", "files", "a text", str(50 << 20)])
async def test_the_clipboard_has_all_it_had_before(blind: Desk, kind: str) -> None:
    with clipboard_with(blind.screen, blind.folder, kind):
        before = clipboard_formats(blind.screen)
        with targets.qt(blind.screen, blind.folder) as field:
            receipt = await blind.insert(TEXT)
            assert receipt.inserted_text == TEXT
            assert field.settled(TEXT) == TEXT
    wait_until(lambda: clipboard_formats(blind.screen) == before, "the old clipboard")


async def test_what_somebody_else_copies_meanwhile_stays(blind: Desk) -> None:
    with (
        clipboard_with(blind.screen, blind.folder, "old"),
        targets.qt(blind.screen, blind.folder) as field,
    ):
        await blind.insert(TEXT)
        with clipboard_with(blind.screen, blind.folder, "newer"):
            newer = clipboard_formats(blind.screen)
            await blind.inserter.insert("", None)
            assert field.settled(TEXT) == TEXT
            await blind.inserter.close()
            assert clipboard_formats(blind.screen) == newer
    assert "html" in newer


async def test_a_clipboard_that_cannot_be_saved_is_left_alone(blind: Desk) -> None:
    with (
        clipboard_with(blind.screen, blind.folder, "precious") as owner,
        targets.qt(blind.screen, blind.folder) as field,
    ):
        before = clipboard_formats(blind.screen)
        owner.send_signal(signal.SIGSTOP)
        try:
            held = await blind.insert("this", PASTE)
            typed = await blind.insert("typed instead")
            assert field.settled("typed instead") == "typed instead"
        finally:
            owner.send_signal(signal.SIGCONT)
        assert (held.verdict, held.reason) == (Verdict.HELD, Reason.CLIPBOARD_NOT_SAVED)
        assert typed.method is Method.TYPING
        assert clipboard_formats(blind.screen) == before


async def test_a_target_that_wakes_up_late_has_the_text_once(blind: Desk) -> None:
    with targets.qt(blind.screen, blind.folder) as field:
        target = await blind.focus.current()
        os.kill(field.child.pid, signal.SIGSTOP)
        try:
            copied = await blind.inserter.insert(TEXT, target)
            other = await blind.inserter.insert("not in its place", target)
            assert (other.verdict, other.reason) == (Verdict.HELD, Reason.NOT_READ)
        finally:
            os.kill(field.child.pid, signal.SIGCONT)
        assert (copied.verdict, copied.reason) == (Verdict.COPIED, Reason.NOT_READ)
        assert field.settled(TEXT) == TEXT
        again = await blind.inserter.insert(TEXT, target, again=copied)
        assert again.verdict is Verdict.INSERTED
        assert field.settled(TEXT) == TEXT


async def test_texts_in_close_succession_are_not_mixed_up(blind: Desk) -> None:
    words = ["one ", "two ", "three ", "four "]
    with targets.qt(blind.screen, blind.folder) as field:
        for word in words:
            assert (await blind.insert(word, PASTE)).verdict is Verdict.INSERTED
        assert field.settled("".join(words)) == "".join(words)


async def test_an_insertion_is_undone_once_and_only_if_nothing_was_typed(seeing: Desk) -> None:
    with targets.qt(seeing.screen, seeing.folder, "plain", seeing.environment) as field:
        first = await seeing.insert("kept. ")
        second = await seeing.insert(TEXT, PASTE)
        undone = await seeing.inserter.undo(first)
        assert undone.reason is Reason.CHANGED_SINCE
        assert (await seeing.inserter.undo(second)).verdict is Verdict.UNDONE
        assert field.settled("kept. ") == "kept. "
        assert (await seeing.inserter.undo(second)).reason is Reason.CHANGED_SINCE
        third = await seeing.insert(TEXT, PASTE)
        seeing.screen.xdotool("type", "x")
        assert field.settled(f"kept. {TEXT}x") == f"kept. {TEXT}x"
        assert (await seeing.inserter.undo(third)).reason is Reason.CHANGED_SINCE
        assert field.read() == f"kept. {TEXT}x"


async def test_an_undo_brings_back_what_was_replaced(seeing: Desk) -> None:
    with targets.qt(seeing.screen, seeing.folder, "plain", seeing.environment) as field:
        await seeing.insert("make this longer")
        seeing.screen.xdotool("key", "ctrl+a")
        receipt = await seeing.insert("shorter", PASTE)
        assert receipt.evidence is Evidence.SEEN_IN_FIELD
        assert field.settled("shorter") == "shorter"
        assert (await seeing.inserter.undo(receipt)).verdict is Verdict.UNDONE
        assert field.settled("make this longer") == "make this longer"


async def test_nothing_is_undone_that_cannot_be_seen(blind: Desk) -> None:
    with targets.qt(blind.screen, blind.folder) as field:
        receipt = await blind.insert(TEXT)
        assert (await blind.inserter.undo(receipt)).reason is Reason.CANNOT_SEE
        assert field.settled(TEXT) == TEXT


async def test_the_selection_is_read_and_the_clipboard_is_left_alone(
    blind: Desk, seeing: Desk
) -> None:
    with clipboard_with(blind.screen, blind.folder, "image"):
        before = clipboard_formats(blind.screen)
        for desk in (blind, seeing):
            with targets.qt(desk.screen, desk.folder, "plain", desk.environment) as field:
                assert await desk.inserter.selected_text(None) is None
                await desk.insert(TEXT)
                assert field.settled(TEXT) == TEXT
                desk.screen.xdotool("key", "ctrl+a")
                target = await desk.focus.current()
                assert await desk.inserter.selected_text(target) == TEXT
        wait_until(lambda: clipboard_formats(blind.screen) == before, "the old clipboard")


async def test_without_a_screen_the_text_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    inserter = X11Inserter(None)
    receipt = await inserter.insert("text", None)
    assert (receipt.verdict, receipt.reason) == (Verdict.HELD, Reason.DISPLAY_LOST)
    assert receipt.remaining == "text"
    assert not await inserter.copy("x")
    await inserter.close()
