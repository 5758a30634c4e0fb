"""Commands and tool files in the whole core: asked about, run, stopped, shown."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import commands, events
from app.extensions.commands import AnswerReview
from app.extensions.events import ExtensionsChanged
from app.permission.grants import Scope
from app.providers.base import ToolCall
from app.providers.scripted import ScriptedChatModel
from tests.attacks.world import World, world
from tests.sandbox.test_escapes import processes_with

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[World]:
    given = json.dumps(str(tmp_path / "work"))
    (tmp_path / "work").mkdir()
    text = f"[commands]\nenabled = true\nfolders = [{given}]\n[extensions]\ntool_files = true\n"
    async with world(tmp_path, {}, text) as made:
        yield made


def command(*words: str, folder: Path | None = None) -> ToolCall:
    arguments = {"argv": words, "folder": str(folder) if folder is not None else None}
    return ToolCall(f"c-{len(words)}-{hash(words)}", "run_command", json.dumps(arguments))


def ended(on: World) -> events.ToolEnded:
    return on.of(events.ToolEnded)[-1]


async def test_a_command_is_shown_whole_and_then_run(home: World, tmp_path: Path) -> None:
    work = tmp_path / "work"
    home.cast.answers = ScriptedChatModel([command("touch", "a file", folder=work)], ["Made."])
    home.judge = lambda _: True
    await home.ask("Make a file.")
    (question,) = home.questions
    assert question.question == f"Run this command in {work}? touch 'a file'"
    assert not question.by_voice
    assert [offer.scope for offer in question.offers] == [Scope.ALWAYS]
    assert json.loads(ended(home).result) == {"exit_code": 0, "output": ""}
    assert (work / "a file").exists()


async def test_a_no_runs_nothing(home: World, tmp_path: Path) -> None:
    home.cast.answers = ScriptedChatModel(
        [command("touch", "x", folder=tmp_path / "work")], ["Not made."]
    )
    await home.ask("Make a file.")
    assert not ended(home).ok
    assert not list((tmp_path / "work").iterdir())


async def test_a_stop_ends_the_command(home: World) -> None:
    seconds = "63.917"
    home.cast.answers = ScriptedChatModel([command("sh", "-c", f"echo on; sleep {seconds}")])
    home.judge = lambda _: True
    home.send(commands.SendText("Wait."))
    await home.until(lambda: home.of(events.ToolProgress))
    assert home.of(events.ToolProgress)[0].text == "3 bytes: on"
    assert processes_with(seconds)
    home.send(commands.StopReply())
    await home.until(lambda: home.of(events.ReplyEnded))
    await home.until(lambda: not processes_with(seconds))


async def test_a_tool_file_is_offered_after_the_look(home: World) -> None:
    source = "from sayso_tools import tool\n@tool('Tea.', risk='read')\ndef tea() -> str:\n"
    home.paths.tool_files.mkdir(parents=True, exist_ok=True)
    (home.paths.tool_files / "tea.py").write_text(source + "    return 'green'\n")
    await home.until(lambda: any(told.reviews for told in home.of(ExtensionsChanged)))
    (review,) = home.of(ExtensionsChanged)[-1].reviews
    home.send(AnswerReview(review.id, review.digest, True))
    await home.until(lambda: any(e.tools for e in home.of(ExtensionsChanged)[-1].extensions))
    home.cast.answers = ScriptedChatModel([ToolCall("c1", "tea", "{}")], ["Green."])
    await home.ask("Which tea?")
    assert ended(home).ok
    assert "green" in ended(home).result
    assert not home.questions
