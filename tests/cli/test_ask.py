"""`sayso ask` as a user runs it: forwarded to a running Sayso, or answered on its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from app import events
from app.asking import Asked, Asking
from app.conversation.message import Message, Role
from app.errors import AppError, Code
from app.instance import Instance
from app.shots.shot import Attachment, Look, ShotKind
from tests.cli.test_talk_files import sayso
from tests.flows.running import ROOT
from tests.shots.pictures import encoded, lettered

PICTURE = Attachment("1", b"picture", "image/png", 9, 9, "0" * 64, "Region")


class Running:
    """Another Sayso on this computer: its socket is real, its core is this test."""

    def __init__(self) -> None:
        self.asking = Asking()
        self.asked: list[Asked] = []
        self.shown: list[tuple[ShotKind, str]] = []
        self.shows: Attachment | None = PICTURE
        self.looks: tuple[Look, ...] = ()
        self.is_patient = False
        self.has_given_up = asyncio.Event()
        self.reply: tuple[str, ...] = ("It means ", "that the disk is full.")
        self.trouble: AppError | None = None
        self.beside: AppError | None = None
        self._publish = self.asking.tapped(lambda _: None)
        self.asking.use(self._on_asked, self._show)

    async def _show(
        self,
        kind: ShotKind,
        name: str,
        on_look: Callable[[Look], None],
        *,
        within_s: float | None,
    ) -> Attachment | None:
        assert within_s is None, "who asks in a terminal can give up"
        self.shown.append((kind, name))
        for look in self.looks:
            on_look(look)
            await asyncio.sleep(0)
        try:
            if self.is_patient:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.has_given_up.set()
            raise
        return self.shows

    def _on_asked(self, item: object) -> None:
        assert isinstance(item, Asked)
        self.asked.append(item)
        other = Message(Role.USER, "something else")
        for event in (
            events.ReplyStarted("before", "gpt-4o"),
            events.ReplyDelta("before", "not this"),
            events.MessageAdded(other),
            events.MessageAdded(Message(Role.USER, item.text, images=item.images)),
        ):
            self._publish(event)
        if self.reply:
            self._publish(events.ReplyStarted("7", "gpt-4o"))
            if self.beside is not None:
                self._publish(notice(self.beside))
            for text in self.reply:
                self._publish(events.ReplyDelta("7", text))
            self._publish(events.ReplyEnded("7", None))
        if (error := self.trouble) is not None:
            self._publish(notice(error))


def notice(error: AppError) -> events.Notice:
    why = error.explanation
    return events.Notice("1", error.code, why.category, error.message, why.hint, why.action)


@contextlib.asynccontextmanager
async def running(home: Path) -> AsyncIterator[Running]:
    made = Running()
    folder = home / "run"
    folder.mkdir(parents=True)
    instance = Instance(folder)
    assert instance.acquire()
    serving = asyncio.create_task(instance.serve(lambda: None, on_ask=made.asking.answer))
    try:
        while not list(folder.glob("*.sock")):
            await asyncio.sleep(0.01)
        yield made
    finally:
        serving.cancel()
        await asyncio.wait([serving])


async def asked(home: Path, *arguments: str) -> tuple[int, str, str]:
    done = await asyncio.to_thread(sayso, "ask", *arguments, home=home)
    return done.returncode, done.stdout, done.stderr


async def test_the_running_sayso_answers_with_the_picture_that_the_user_let_it_have(
    tmp_path: Path,
) -> None:
    async with running(tmp_path) as other:
        other.looks = (Look.REGION, Look.PREVIEW)
        code, out, err = await asked(tmp_path, "--screenshot", "region", "What is this?")
    assert (code, out) == (0, "It means that the disk is full.\n")
    assert err == "Drag a region of the screen.\nLook at the picture in Sayso's window.\n"
    assert other.shown == [(ShotKind.REGION, "")]
    assert [(one.text, one.images[0].data) for one in other.asked] == [
        ("What is this?", b"picture")
    ]


async def test_a_no_to_the_picture_asks_nothing(tmp_path: Path) -> None:
    async with running(tmp_path) as other:
        other.shows = None
        code, out, _ = await asked(tmp_path, "--screenshot", "window", "What is this?")
    assert (code, out, other.asked) == (6, "", [])


async def test_where_nobody_has_to_look_nothing_is_said_of_it(tmp_path: Path) -> None:
    async with running(tmp_path):
        _, _, err = await asked(tmp_path, "--screenshot", "screen", "What is this?")
    assert err == ""


async def test_who_gives_up_waits_for_no_picture_any_more(tmp_path: Path) -> None:
    async with running(tmp_path) as other:
        other.looks, other.is_patient = (Look.PREVIEW,), True
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app", "ask", "--screenshot", "screen", "What is this?"),
            env={**os.environ, "SAYSO_HOME": str(tmp_path)},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert child.stderr is not None
        assert b"Look at the picture" in await child.stderr.readline()
        child.send_signal(signal.SIGINT)
        assert await child.wait() == 130
        async with asyncio.timeout(10):
            await other.has_given_up.wait()
    assert other.asked == []


async def test_a_silent_microphone_is_no_trouble_of_an_answer(tmp_path: Path) -> None:
    async with running(tmp_path) as other:
        other.beside = AppError(Code.MICROPHONE_SILENT)
        code, out, err = await asked(tmp_path, "Why?")
    assert (code, out, err) == (0, "It means that the disk is full.\n", "")


async def test_one_that_is_still_starting_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    instance, other = Instance(tmp_path / "run"), Running()
    assert instance.acquire()
    asking = asyncio.create_task(asked(tmp_path, "Why?"))
    await asyncio.wait([asking], timeout=1.0)
    serving = asyncio.create_task(instance.serve(lambda: None, on_ask=other.asking.answer))
    assert (await asking)[:2] == (0, "It means that the disk is full.\n")
    serving.cancel()
    await asyncio.wait([serving])


def test_the_running_one_is_asked_without_loading_a_core() -> None:
    slow = ("PySide6", "numpy", "openai", "pydantic", "asyncio", "app.events", "app.wiring")
    code = f"import sys, app.cli.ask; print([name for name in {slow!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "[]\n"


async def test_for_programs(tmp_path: Path) -> None:
    async with running(tmp_path) as other:
        code, out, err = await asked(tmp_path, "--json", "Why?")
        assert (code, err) == (0, "")
        whole = {"answered": "It means that the disk is full.", "by": "gpt-4o", "error": None}
        assert json.loads(out) == whole
        other.trouble, other.reply = AppError(Code.KEY_MISSING, "OpenAI"), ()
        code, out, _ = await asked(tmp_path, "--json", "Why?")
    assert code == 3
    assert json.loads(out)["error"]["code"] == "key_missing"


async def test_a_reply_that_breaks_off_is_told_after_what_came(tmp_path: Path) -> None:
    async with running(tmp_path) as other:
        other.trouble = AppError(Code.SERVER_CUT_OFF, "OpenAI")
        code, out, err = await asked(tmp_path, "Why?")
    assert (code, out) == (4, "It means that the disk is full.\n")
    assert err.startswith("sayso: ")


def test_without_a_running_one_it_is_answered_here(tmp_path: Path) -> None:
    done = sayso("ask", "what", "is", "twelve", "times", "seven", home=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "12 times 7 is 84.\n", "")


def test_a_picture_is_described_and_sent_only_after_a_yes(tmp_path: Path) -> None:
    file = tmp_path / "error.png"
    file.write_bytes(encoded(lettered()))
    home = tmp_path / "home"
    done = sayso("ask", "--screenshot", file, "What is this?", home=home)
    assert (done.returncode, done.stdout) == (6, "")
    assert "Picture of error.png: 640 × 400" in done.stderr
    assert "Not looked through for secrets: the whole picture." in done.stderr
    assert "sayso: Nobody could look at the picture" in done.stderr
    (home / "config" / "settings.toml").write_text("[screen]\npreview = false\n")
    done = sayso("ask", "--screenshot", file, "What is this?", home=home)
    assert (done.returncode, done.stderr) == (0, "")
    (home / "config" / "settings.toml").unlink()
    done = sayso("ask", "--yes", "--screenshot", file, "What is this?", home=home)
    assert done.returncode == 0
    assert "I cannot look at pictures" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("  ",), 2),
        (("--screenshot", "nowhere.png", "What?"), 2),
        (("--screenshot", "region", "What?"), 2),
        (("--yes", "--screenshot", "screen", "What?"), 2),
    ],
)
def test_what_cannot_be_asked(tmp_path: Path, arguments: tuple[str, ...], code: int) -> None:
    done = sayso(
        "ask", *arguments, home=tmp_path, DISPLAY="", WAYLAND_DISPLAY="", XDG_SESSION_TYPE=""
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("sayso: ")
    assert "Traceback" not in done.stderr
