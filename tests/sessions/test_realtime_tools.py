"""Tools, pictures and a yes by voice, in a voice session."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app import events
from app.providers.base import Image, ToolCall
from app.providers.local.own_wish import WithOwnWishes
from app.providers.scripted import ScriptedChatModel, ScriptedTranscriber
from app.sessions import still_working
from app.shots.events import WordsHeld
from app.shots.shot import Decision
from app.state import Phase
from app.tools.base import Risk, ToolResult
from app.tools.schema import tool
from tests.sessions.test_permission import Bench, called
from tests.sessions.voice import SOUND, voice_stage

PICTURE = Image(b"png", "image/png")


async def test_several_calls_run_side_by_side_and_answer_in_order(tmp_path: Path) -> None:
    slow = asyncio.Event()

    @tool(description="Slow.", risk=Risk.READ)
    async def first():
        await slow.wait()
        return ToolResult("1")

    @tool(description="Quick.", risk=Risk.READ)
    async def second():
        slow.set()
        return ToolResult("2")

    async with voice_stage(tmp_path, [first, second]) as s:
        await s.said("Both please.")
        assert [spec.name for spec in s.session.setup.tools] == ["first", "second"]
        s.session.call("resp-1", ToolCall("a", "first", "{}"), ToolCall("b", "second", "{}"))
        session = await s.asked("respond", 2)
        assert session.of("add") == [("add", "tool: 1", "tool: 2")]
        session.answer("resp-2", "One and two.")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert {use.result for use in s.conversation.messages[-1].tools} == {"1", "2"}


async def test_no_tool_runs_before_the_turn_is_certain(tmp_path: Path) -> None:
    bench = Bench()
    async with voice_stage(tmp_path, bench.tools()) as s:
        session = await s.paused()
        session.call("resp-1", called("add_note", text="milk"))
        await s.until(lambda: session._told.empty())
        s.engine.go_on("one")
        await s.asked("delete")
        assert not bench.did
        s.engine.pause("one")
        await s.asked("respond", 2)
        session.call("resp-2", called("add_note", text="milk and bread"))
        await s.until(lambda: session._told.empty())
        assert not bench.did
        s.engine.end_take("one")
        await s.asked("respond", 3)
        assert bench.did == ["note milk and bread"]
        session.answer("resp-3", "Noted.")
        await s.until(lambda: s.of(events.ReplyEnded))


@pytest.mark.parametrize(("said", "did"), [("Yes.", ["note milk"]), ("No.", [])])
async def test_the_words_decide_about_a_yes(tmp_path: Path, said: str, did: list[str]) -> None:
    bench = Bench()
    async with voice_stage(tmp_path, bench.tools()) as s:
        s.providers.speaks = None
        await s.said("Read the list and note it.")
        s.session.call("resp-1", called("read_file", name="list"))
        session = await s.asked("respond", 2)
        session.call("resp-2", called("add_note", text="milk"))
        await s.until(lambda: s.of(events.ApprovalRequested))
        s.engine.take("two")
        await s.asked("commit", 2)
        session.words("item-2", said)
        await s.until(lambda: s.of(events.ApprovalEnded))
        await s.asked("respond", 3)
        assert ("delete", "item-2") in session.asked
        assert bench.did == did
        session.answer("resp-3", "So be it.")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert len(s.conversation.messages) == 2


async def test_other_words_than_a_yes_are_a_turn(tmp_path: Path) -> None:
    bench = Bench()
    async with voice_stage(tmp_path, bench.tools()) as s:
        s.providers.speaks = None
        await s.said("Read the list and note it.")
        s.session.call("resp-1", called("read_file", name="list"))
        session = await s.asked("respond", 2)
        session.call("resp-2", called("add_note", text="milk"))
        await s.until(lambda: s.of(events.ApprovalRequested))
        for number in (2, 3):
            s.engine.take(f"take-{number}")
            await s.asked("commit", number)
            session.words(f"item-{number}", "What is in the list?")
        await s.asked("respond", 3)
        assert ("add", "tool: Error: the tool did not finish.") in session.asked
        session.answer("resp-3", "Milk.")
        await s.until(lambda: s.texts[-1] == "assistant: Milk.")
        assert s.texts[-2] == "user: What is in the list?"
        assert not bench.did


async def test_a_picture_goes_with_the_turn(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        await s.up()
        s.pictures.attached = (PICTURE,)
        s.engine.begin_take("one")
        s.engine.pause("one")
        await s.asked("commit")
        s.engine.end_take("one")
        session = await s.asked("respond")
        assert [asked[0] for asked in session.asked] == ["append", "commit", "add", "respond"]
        session.words("item-1", "What is this?")
        session.answer("resp-1", "A picture.")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert s.conversation.messages[0].images == (PICTURE,)


async def test_what_is_said_while_a_picture_is_looked_at_goes_with_it(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        await s.up()
        s.pictures.is_looked_at = True
        s.providers.hears = ScriptedTranscriber("What is this?")
        s.engine.begin_take("one")
        s.engine.pause("one")
        s.engine.end_take("one")
        await s.until(lambda: s.of(WordsHeld))
        assert not s.session.of("respond")
        s.pictures.decide(Decision.SHOWN, PICTURE)
        session = await s.asked("respond")
        assert session.asked[-2] == ("add", "user: What is this?")
        session.answer("resp-1", "A picture.")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert s.conversation.messages[0].images == (PICTURE,)


async def test_a_word_is_said_while_a_tool_takes_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(still_working, "AFTER_S", 0.05)
    done = asyncio.Event()

    @tool(description="Slow.", risk=Risk.READ)
    async def first():
        await done.wait()
        return ToolResult("1")

    async with voice_stage(tmp_path, [first]) as s:
        await s.said("Do it.")
        s.session.call("resp-1", ToolCall("a", "first", "{}"))
        session = await s.asked("aside")
        session.say_aside("resp-aside", SOUND * 300)
        await s.until(lambda: s.engine.pcm_bytes)
        done.set()
        await s.asked("respond", 2)
        session.answer("resp-2", "Done.")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert s.texts[-1] == "assistant: Done."


async def test_who_cannot_see_leaves_the_turn_to_who_can(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        await s.up()
        s.pictures.attached = (PICTURE,)
        s.talk.line.takes_pictures = False
        s.providers.hears = ScriptedTranscriber("What is this?")
        model = s.providers.answers = ScriptedChatModel(["A picture."])
        s.engine.take("one")
        await s.until(lambda: len(s.conversation.messages) == 2)
        assert model.asked[0][-1].images == (PICTURE,)
        assert not s.session.of("respond")


@pytest.mark.parametrize("when", ["in the pause", "before the reply is heard", "too late"])
async def test_copy_that_copies_what_was_shown(tmp_path: Path, when: str) -> None:
    copied: list[str] = []

    @tool(description="Copy.", risk=Risk.REVERSIBLE)
    async def write_clipboard(text: str):
        copied.append(text)
        return ToolResult("{}")

    async with voice_stage(tmp_path, [write_clipboard]) as s:
        s.providers.answers = WithOwnWishes(ScriptedChatModel())
        await s.said("What is in the report?")
        assert [spec.name for spec in s.session.setup.tools] == ["write_clipboard"]
        s.session.answer("resp-1", "Sales rose by **four** percent.")
        await s.until(lambda: s.of(events.ReplyEnded))
        s.engine.begin_take("two")
        s.engine.pause("two")
        session = await s.asked("respond", 2)
        if when == "in the pause":
            session.words("item-2", "Copy that.")
            await s.until(lambda: session._told.empty())
        session.begin("resp-2", "Well,", 800 if when == "too late" else 0)
        s.engine.end_take("two")
        if when == "too late":
            await s.until(lambda: s.phase is Phase.SPEAKING)
            session.words("item-2", "Copy that.")
            session.call_in("resp-2", ToolCall("a", "write_clipboard", '{"text": "Sales rose."}'))
            await s.asked("respond", 3)
            session.answer("resp-3", "Copied.")
            await s.until(lambda: copied == ["Sales rose."])
            await s.until(lambda: s.texts[-1].endswith("Copied."))
            return
        if when == "before the reply is heard":
            await s.until(lambda: s.of(events.ReplyDelta)[-1].text == "Well,")
            session.words("item-2", "Copy that.")
        await s.until(lambda: copied == ["Sales rose by **four** percent."])
        await s.asked("delete")
        assert ("delete", "resp-2") in session.asked
        await s.until(lambda: len(s.conversation.messages) == 4)
        assert s.texts[2] == "user: Copy that."
