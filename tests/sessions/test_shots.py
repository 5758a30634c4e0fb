"""Showing, from the command to what the model is sent."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from app import events as core_events
from app.desktop.hotkeys import HotkeyName, KeyEvent
from app.desktop.screen import Desktop, Grab, ScreenText, ScreenWindow
from app.errors import AppError, Code
from app.inbox import Inbox
from app.notices import NoticeBoard
from app.sessions.shots import ShotParts, ShotSession
from app.shots import commands, events
from app.shots.grabbing import Grabber
from app.shots.render import cut, picture_of
from app.shots.shelf import ShotShelf
from app.shots.shot import Decision, Edit, EditKind, Look, Rect, SecretKind, ShotKind
from tests.sessions.screens import EDITOR, MAIL, ScriptedScreens
from tests.shots.pictures import encoded, lettered, noisy, opened, pixels

_Event = TypeVar("_Event")
OWN = ScreenWindow("1", "Sayso", "sayso", os.getpid(), Rect(0, 0, 100, 100))


class Showing:
    """A session, what it told, and what its desktop is."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.screens = ScriptedScreens()
        self.never: tuple[str, ...] = ()
        self.previews = True
        self.copied: bytes | None = None
        self.text = ScreenText((), (), frozenset({70, 80}))
        self.inbox = Inbox()
        self._news = asyncio.Event()
        self.decisions: list[Decision] = []
        shelf = ShotShelf(self.hear, self.inbox.spawn, lambda: "gpt-6-luna", lambda *_: self.text)
        self.session = ShotSession(
            ShotParts(
                grabber=Grabber(self.screens, lambda: self.never),
                clipboard=self,
                shelf=shelf,
                notices=NoticeBoard(self.hear),
                previews=lambda: self.previews,
                publish=self.hear,
                spawn=self.inbox.spawn,
            )
        )

        self.session.on_decided = self._decide

    def _decide(self, decision: Decision) -> None:
        self.decisions.append(decision)
        self._news.set()

    async def picture(self) -> bytes | None:
        return self.copied

    def hear(self, event: object) -> None:
        self.told.append(event)
        self._news.set()

    def of(self, kind: type[_Event]) -> list[_Event]:
        return [event for event in self.told if isinstance(event, kind)]

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(30):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def next(self, kind: type[_Event], count: int = 1) -> _Event:
        await self.until(lambda: len(self.of(kind)) >= count)
        return self.of(kind)[count - 1]

    async def send(self, *sent: commands.ShotCommand) -> None:
        for command in sent:
            assert await self.session.on_command(command)

    async def take(self, kind: ShotKind = ShotKind.ALL, **more: object) -> events.ShotPrepared:
        count = len(self.of(events.ShotPrepared)) + 1
        await self.send(commands.TakeShot(kind, **more))  # type: ignore[arg-type]
        return await self.next(events.ShotPrepared, count)

    async def trouble(self) -> Code:
        return (await self.next(core_events.Notice)).code


@pytest.fixture
async def showing() -> AsyncIterator[Showing]:
    made = Showing()
    yield made
    await made.inbox.cancel_all()


async def attached(showing: Showing, shot_id: str, **how: bool) -> None:
    await showing.send(commands.AttachShot(shot_id, **how))
    await showing.until(lambda: showing.session.attached_now())


# What is shown


@pytest.mark.parametrize(
    ("kind", "name", "rect", "source"),
    [
        (ShotKind.ALL, "", None, "All screens"),
        (ShotKind.POINTER_MONITOR, "", Rect(320, 0, 320, 400), "Screen right"),
        (ShotKind.MONITOR, "left", Rect(0, 0, 320, 400), "Screen left"),
        (ShotKind.WINDOW, "", MAIL.rect, "Inbox"),
        (ShotKind.WINDOW, "7", EDITOR.rect, "letter.txt"),
        (ShotKind.ACTIVE_WINDOW, "", EDITOR.rect, "letter.txt"),
    ],
)
async def test_what_is_asked_for_is_what_is_grabbed(
    showing: Showing, kind: ShotKind, name: str, rect: Rect | None, source: str
) -> None:
    prepared = await showing.take(kind, name=name)
    assert showing.screens.grabbed == [rect]
    assert prepared.attachment.source == showing.of(events.ShotTaken)[0].source == source


async def test_the_preview_is_the_exact_bytes_and_says_what_they_cost(showing: Showing) -> None:
    made = (await showing.take()).attachment
    assert made.sha256 == hashlib.sha256(made.data).hexdigest()
    assert (made.width, made.height, made.tokens) == (640, 400, 20 * 13)
    assert made.cost == pytest.approx(260 * 0.10 / 1e6)
    await attached(showing, made.shot_id)
    (image,) = await showing.session.take()
    assert (image.data, image.media_type) == (made.data, made.media_type)
    assert await showing.session.take() == ()
    assert showing.of(events.ShotGone) == [events.ShotGone(made.shot_id)]
    assert showing.of(events.AttachmentsChanged)[-1].attachments == ()


async def test_a_region_is_cut_from_the_frozen_desktop_and_can_be_taken_again(
    showing: Showing,
) -> None:
    await showing.send(commands.TakeShot(ShotKind.REGION))
    wanted = await showing.next(events.RegionWanted)
    assert (wanted.desktop.width, wanted.origin) == (640, (0, 0))
    rect = Rect(100, 100, 50, 40)
    await showing.send(commands.RegionChosen(wanted.request_id, rect))
    made = (await showing.next(events.ShotPrepared)).attachment
    assert opened(made.data).tobytes() == lettered().crop((100, 100, 150, 140)).tobytes()
    await showing.take(ShotKind.SAME_REGION)
    assert showing.screens.grabbed == [None, rect]


async def test_a_region_that_was_chosen_in_the_desktops_own_dialog_is_not_asked_for_again(
    showing: Showing,
) -> None:
    part = cut(pixels(lettered()), Rect(100, 100, 50, 40))
    showing.screens.desktop = Desktop((), knows_windows=False)
    showing.screens.chosen = Grab(part, Rect(0, 0, 50, 40), chosen=True)
    showing.screens.shows_only_what_is_chosen = True
    await showing.send(commands.TakeShot(ShotKind.REGION))
    hide = await showing.next(events.HideForShot)
    await showing.send(commands.HiddenForShot(hide.request_id))
    made = (await showing.next(events.ShotPrepared)).attachment
    assert opened(made.data).tobytes() == lettered().crop((100, 100, 150, 140)).tobytes()
    assert not showing.of(events.RegionWanted)


async def test_a_region_that_is_given_up_shows_nothing(showing: Showing) -> None:
    await showing.send(commands.TakeShot(ShotKind.REGION))
    wanted = await showing.next(events.RegionWanted)
    await showing.send(
        commands.RegionChosen(wanted.request_id, None),
        commands.RegionChosen(wanted.request_id, Rect(0, 0, 9, 9)),
    )
    await showing.take()
    assert len(showing.of(events.ShotTaken)) == 1


async def test_the_same_region_before_there_was_one(showing: Showing) -> None:
    await showing.send(commands.TakeShot(ShotKind.SAME_REGION))
    assert await showing.trouble() is Code.USAGE


async def test_a_delay_counts_down_and_can_be_given_up(showing: Showing) -> None:
    await showing.send(commands.TakeShot(ShotKind.ALL, delay_s=60))
    assert (await showing.next(events.ShotDelayed)).seconds == pytest.approx(60, abs=1)
    await showing.send(commands.CancelShot())
    assert showing.of(events.ShotDelayed)[-1].seconds == 0
    await showing.take(delay_s=0.01)
    assert len(showing.of(events.ShotTaken)) == 1


async def test_a_copied_a_dropped_and_a_pasted_picture(showing: Showing, tmp_path: Path) -> None:
    showing.copied = encoded(lettered(30, 20))
    assert (await showing.take(ShotKind.CLIPBOARD)).attachment.width == 30
    file = tmp_path / "table.png"
    file.write_bytes(encoded(lettered(60, 20)))
    made = (await showing.take(ShotKind.FILE, name=str(file))).attachment
    assert (made.width, made.source) == (60, "table.png")
    await showing.send(commands.GivePicture(encoded(lettered(90, 20)), "Clipboard"))
    prepared = await showing.next(events.ShotPrepared, 3)
    assert (prepared.attachment.width, prepared.unread) == (90, ("the whole picture",))


async def test_an_empty_clipboard(showing: Showing) -> None:
    await showing.send(commands.TakeShot(ShotKind.CLIPBOARD))
    assert await showing.trouble() is Code.PICTURE_MISSING


@pytest.mark.parametrize("code", [Code.SCREEN_LOCKED, Code.SCREEN_REFUSED, Code.SCREEN_MISSING])
async def test_a_screen_that_cannot_be_seen_is_told(showing: Showing, code: Code) -> None:
    showing.screens.fails = AppError(code)
    await showing.send(commands.TakeShot(ShotKind.ALL))
    assert await showing.trouble() is code
    assert showing.of(events.ShotTaken) == []


async def test_a_black_screen_is_told(showing: Showing) -> None:
    dark = replace(showing.screens.pixels, data=bytes(640 * 400 * 4))
    showing.screens.pixels = dark
    await showing.send(commands.TakeShot(ShotKind.ALL))
    assert await showing.trouble() is Code.SCREEN_EMPTY


async def test_a_window_that_is_gone(showing: Showing) -> None:
    await showing.send(commands.TakeShot(ShotKind.WINDOW, name="99"))
    assert await showing.trouble() is Code.WINDOW_GONE


async def test_a_desktop_that_keeps_its_windows_to_itself_lets_the_user_choose(
    showing: Showing,
) -> None:
    showing.screens.desktop = Desktop((), knows_windows=False)
    showing.screens.chosen = await showing.screens.grab(Rect(0, 0, 30, 30))
    await showing.send(commands.TakeShot(ShotKind.WINDOW))
    hide = await showing.next(events.HideForShot)
    await showing.send(commands.HiddenForShot(hide.request_id))
    prepared = await showing.next(events.ShotPrepared)
    assert prepared.unread == ("the whole picture",)
    assert showing.of(events.ShotTaken)[0].note


# What is left out


async def test_a_private_program_is_covered_and_never_shown_alone(showing: Showing) -> None:
    showing.never = ("mail",)
    await showing.send(commands.TakeShot(ShotKind.ALL))
    taken = await showing.next(events.ShotTaken)
    picture = picture_of(taken.pixels)
    inside = picture.crop((300, 20, 500, 220))
    assert inside.getextrema() == ((0, 0), (0, 0), (0, 0))
    assert picture.crop((0, 0, 300, 400)).tobytes() == lettered().crop((0, 0, 300, 400)).tobytes()
    assert taken.note
    await showing.send(commands.TakeShot(ShotKind.WINDOW, name="8"))
    assert await showing.trouble() is Code.WINDOW_PRIVATE
    await showing.send(commands.ListWindows())
    listed = await showing.next(events.WindowsListed)
    assert [one.title for one in listed.windows] == ["letter.txt"]


async def test_a_private_program_is_covered_in_a_region_too(showing: Showing) -> None:
    showing.never = ("inbox",)
    await showing.send(commands.TakeShot(ShotKind.REGION))
    wanted = await showing.next(events.RegionWanted)
    assert picture_of(wanted.desktop).getpixel((310, 30)) == (0, 0, 0)


async def test_sayso_hides_itself_before_it_looks(showing: Showing) -> None:
    hidden, shown = showing.screens.desktop, replace(
        showing.screens.desktop, windows=(OWN, EDITOR, MAIL)
    )  # fmt: skip
    showing.screens.desktop = shown
    await showing.send(commands.TakeShot(ShotKind.ALL))
    hide = await showing.next(events.HideForShot)
    assert showing.screens.grabbed == []
    showing.screens.desktop = hidden
    await showing.send(commands.HiddenForShot(hide.request_id))
    taken = await showing.next(events.ShotTaken)
    assert picture_of(taken.pixels).tobytes() == lettered().tobytes()
    assert showing.of(events.ShowAfterShot) == [events.ShowAfterShot(hide.request_id)]


async def test_a_window_of_sayso_that_stays_is_covered(showing: Showing) -> None:
    showing.screens.desktop = replace(showing.screens.desktop, windows=(OWN, EDITOR))
    await showing.send(commands.TakeShot(ShotKind.ALL))
    taken = await showing.next(events.ShotTaken)
    corner = picture_of(taken.pixels).crop((0, 0, 100, 100))
    assert corner.getextrema() == ((0, 0), (0, 0), (0, 0))


# Secrets


async def test_a_secret_is_marked_and_not_attached_until_it_is_hidden(showing: Showing) -> None:
    place = Rect(60, 60, 80, 12)
    showing.text = ScreenText(((70, Rect(60, 90, 50, 12)),), ((70, "key", place),), frozenset({70}))
    prepared = await showing.take()
    assert {secret.kind for secret in prepared.secrets} == {SecretKind.KEY, SecretKind.PASSWORD}
    assert prepared.unread == ("Mail",)
    shot_id = prepared.attachment.shot_id
    await showing.send(commands.AttachShot(shot_id))
    assert await showing.trouble() is Code.PICTURE_HAS_SECRETS
    covers = tuple(Edit(EditKind.COVER, secret.rect) for secret in prepared.secrets)
    await showing.send(commands.EditShot(shot_id, covers), commands.AttachShot(shot_id))
    images = await showing.session.take()
    assert len(images) == 1
    assert opened(images[0].data).getpixel((100, 66)) == (0, 0, 0)


async def test_a_secret_is_sent_when_the_user_says_so(showing: Showing) -> None:
    showing.text = ScreenText((), ((70, "card", Rect(60, 60, 80, 12)),), frozenset({70, 80}))
    prepared = await showing.take()
    await attached(showing, prepared.attachment.shot_id, secrets_seen=True)
    assert len(await showing.session.take()) == 1


async def test_a_secret_below_another_window_is_none(showing: Showing) -> None:
    above = ScreenWindow("9", "cover", "Cover", 90, Rect(0, 0, 640, 400))
    showing.screens.desktop = replace(showing.screens.desktop, windows=(above, EDITOR))
    showing.text = ScreenText(((70, Rect(60, 60, 20, 10)),), (), frozenset({70, 90}))
    prepared = await showing.take()
    assert (prepared.secrets, prepared.unread) == ((), ())


# Attaching


async def test_an_edit_right_before_attaching_is_in_what_is_sent(showing: Showing) -> None:
    showing.screens.pixels = replace(showing.screens.pixels, data=noisy().tobytes("raw", "BGRX"))
    shot_id = (await showing.take()).attachment.shot_id
    whole = Rect(0, 0, 640, 400)
    await showing.send(
        commands.EditShot(shot_id, (Edit(EditKind.COVER, Rect(0, 0, 9, 9)),)),
        commands.EditShot(shot_id, (Edit(EditKind.COVER, whole),)),
        commands.AttachShot(shot_id),
    )
    (image,) = await showing.session.take()
    assert opened(image.data).getextrema() == ((0, 0), (0, 0), (0, 0))


async def test_several_go_in_their_order_and_a_removed_one_does_not(showing: Showing) -> None:
    shot_ids = []
    for name in ("left", "right", "left"):
        shot_ids.append((await showing.take(ShotKind.MONITOR, name=name)).attachment.shot_id)
        await showing.send(commands.AttachShot(shot_ids[-1]))
        await showing.until(lambda: len(showing.session.attached_now()) == len(shot_ids))
    await showing.send(commands.RemoveShot(shot_ids[0]))
    kept = showing.of(events.AttachmentsChanged)[-1].attachments
    assert [one.shot_id for one in kept] == shot_ids[1:]
    assert [image.data for image in await showing.session.take()] == [one.data for one in kept]


async def test_no_more_than_eight_go_with_one_turn(showing: Showing) -> None:
    for count in range(1, 9):
        shot_id = (await showing.take(ShotKind.WINDOW)).attachment.shot_id
        await showing.send(commands.AttachShot(shot_id))
        await showing.until(lambda n=count: len(showing.session.attached_now()) == n)  # type: ignore[misc]
    shot_id = (await showing.take()).attachment.shot_id
    await showing.send(commands.AttachShot(shot_id))
    assert await showing.trouble() is Code.PICTURES_TOO_MANY


async def test_without_previews_it_is_attached_at_once(showing: Showing) -> None:
    showing.previews = False
    await showing.take()
    await showing.until(lambda: showing.session.attached_now())


async def test_without_previews_a_secret_still_asks(showing: Showing) -> None:
    showing.previews = False
    showing.text = ScreenText((), ((70, "card", Rect(60, 60, 80, 12)),), frozenset({70, 80}))
    await showing.take()
    assert await showing.trouble() is Code.PICTURE_HAS_SECRETS
    assert showing.session.attached_now() == ()


async def test_nothing_is_written_but_what_the_user_saves(
    showing: Showing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("TMPDIR", str(home))
    monkeypatch.chdir(home)
    made = (await showing.take()).attachment
    await attached(showing, made.shot_id)
    file = tmp_path / "saved.png"
    await showing.send(commands.SaveShot(made.shot_id, file))
    while not (file.exists() and file.stat().st_size == len(made.data)):
        await asyncio.sleep(0.01)
    assert file.read_bytes() == made.data
    await showing.session.take()
    assert list(home.iterdir()) == []


async def test_a_folder_that_refuses_the_file(showing: Showing, tmp_path: Path) -> None:
    made = (await showing.take()).attachment
    await showing.send(commands.SaveShot(made.shot_id, tmp_path / "none" / "saved.png"))
    assert await showing.trouble() is Code.OUTPUT_UNWRITABLE


# What is decided of what was looked at


async def test_a_yes_decides_once_all_were_looked_at(showing: Showing) -> None:
    first = (await showing.take()).attachment.shot_id
    second = (await showing.take()).attachment.shot_id
    await attached(showing, first)
    assert showing.session.is_looked_at
    await showing.send(commands.RemoveShot(second))
    assert showing.decisions[-1] is Decision.SHOWN
    assert Decision.REFUSED not in showing.decisions


async def test_a_no_decides_too(showing: Showing) -> None:
    shot_id = (await showing.take()).attachment.shot_id
    await showing.send(commands.RemoveShot(shot_id))
    assert showing.decisions[-1] is Decision.REFUSED


async def test_what_is_dragged_is_looked_at_until_it_is_given_up(showing: Showing) -> None:
    await showing.send(commands.TakeShot(ShotKind.REGION))
    wanted = await showing.next(events.RegionWanted)
    assert showing.session.is_looked_at
    await showing.send(commands.RegionChosen(wanted.request_id, None))
    await showing.until(lambda: Decision.REFUSED in showing.decisions)
    assert not showing.session.is_looked_at


async def test_asking_without_forgets_what_is_not_attached(showing: Showing) -> None:
    first = (await showing.take()).attachment.shot_id
    await attached(showing, first)
    await showing.take()
    await showing.send(commands.AskWithout())
    assert showing.decisions[-1] is Decision.WITHOUT
    assert len(showing.session.attached_now()) == 1


async def test_what_a_tool_asked_for_is_no_part_of_the_turn(showing: Showing) -> None:
    asking = asyncio.create_task(showing.session.show(ShotKind.ALL))
    await showing.next(events.ShotPrepared)
    assert not showing.session.is_looked_at
    asking.cancel()
    await asyncio.wait([asking])


# Asked for by a tool


async def test_who_asks_for_a_picture_gets_it_once_the_user_attaches_it(showing: Showing) -> None:
    asking = asyncio.create_task(showing.session.show(ShotKind.ALL))
    prepared = await showing.next(events.ShotPrepared)
    assert prepared.waits
    await showing.send(commands.AttachShot(prepared.attachment.shot_id))
    assert await asking == prepared.attachment
    assert showing.session.attached_now() == (), "it goes with the tool's result, not with a turn"


async def test_who_asks_for_a_picture_is_told_of_a_no(showing: Showing) -> None:
    asking = asyncio.create_task(showing.session.show(ShotKind.ALL))
    prepared = await showing.next(events.ShotPrepared)
    await showing.send(commands.RemoveShot(prepared.attachment.shot_id))
    assert await asking is None


async def test_a_region_that_was_asked_for(showing: Showing) -> None:
    asking = asyncio.create_task(showing.session.show(ShotKind.REGION))
    wanted = await showing.next(events.RegionWanted)
    await showing.send(commands.RegionChosen(wanted.request_id, Rect(0, 0, 64, 32)))
    prepared = await showing.next(events.ShotPrepared)
    await showing.send(commands.AttachShot(prepared.attachment.shot_id))
    assert await asking == prepared.attachment


async def test_a_region_that_was_asked_for_and_not_given(showing: Showing) -> None:
    asking = asyncio.create_task(showing.session.show(ShotKind.REGION))
    wanted = await showing.next(events.RegionWanted)
    await showing.send(commands.RegionChosen(wanted.request_id, None))
    assert await asking is None


async def test_who_asks_for_a_picture_is_told_when_the_user_has_to_look(showing: Showing) -> None:
    asking = asyncio.create_task(showing.session.show(ShotKind.REGION, "", showing.hear))
    wanted = await showing.next(events.RegionWanted)
    assert await showing.next(Look) is Look.REGION
    await showing.send(commands.RegionChosen(wanted.request_id, Rect(0, 0, 64, 32)))
    prepared = await showing.next(events.ShotPrepared)
    assert await showing.next(Look, 2) is Look.PREVIEW
    await showing.send(commands.RemoveShot(prepared.attachment.shot_id))
    assert await asking is None


async def test_without_previews_only_a_secret_has_to_be_looked_at(showing: Showing) -> None:
    showing.previews = False
    assert await showing.session.show(ShotKind.ALL, "", showing.hear) is not None
    assert showing.of(Look) == []
    showing.text = ScreenText((), ((70, "card", Rect(60, 60, 80, 12)),), frozenset({70, 80}))
    asking = asyncio.create_task(showing.session.show(ShotKind.ALL, "", showing.hear))
    prepared = await showing.next(events.ShotPrepared, 2)
    assert await showing.next(Look) is Look.PREVIEW
    await showing.send(commands.AttachShot(prepared.attachment.shot_id, secrets_seen=True))
    assert await asking == prepared.attachment


async def test_a_region_outside_the_desktop_is_told_and_ends_the_wait(showing: Showing) -> None:
    asking = asyncio.create_task(showing.session.show(ShotKind.REGION))
    wanted = await showing.next(events.RegionWanted)
    await showing.send(commands.RegionChosen(wanted.request_id, Rect(9000, 9000, 5, 5)))
    assert await asking is None
    assert await showing.trouble() is Code.SCREEN_EMPTY


async def test_a_tool_that_is_cancelled_takes_its_picture_away(showing: Showing) -> None:
    asking = asyncio.create_task(showing.session.show(ShotKind.ALL))
    prepared = await showing.next(events.ShotPrepared)
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking
    assert showing.of(events.ShotGone) == [events.ShotGone(prepared.attachment.shot_id)]


async def test_keys(showing: Showing) -> None:
    pressed = KeyEvent(HotkeyName.SHOW_SCREEN, pressed=True, at_s=0.0)
    assert await showing.session.on_key(pressed)
    assert await showing.session.on_key(replace(pressed, pressed=False))
    assert not await showing.session.on_key(KeyEvent(HotkeyName.DICTATE, pressed=True, at_s=0.0))
    await showing.next(events.ShotPrepared)
    assert len(showing.of(events.ShotTaken)) == 1
