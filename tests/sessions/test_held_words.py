"""Speaking while a picture is looked at: the words wait for it, and none is lost."""

from __future__ import annotations

from pathlib import Path

from app import commands, events
from app.errors import Code
from app.providers.base import Image
from app.providers.scripted import ScriptedChatModel, ScriptedTranscriber
from app.shots.events import WordsHeld
from app.shots.shot import Decision
from tests.sessions.stage import Stage, stage

PICTURE = Image(b"png", "image/png")


async def said(s: Stage, *texts: str) -> ScriptedChatModel:
    """Spoken one after the other while a picture is looked at; the model that is to answer."""
    s.providers.speaks = None
    s.pictures.is_looked_at = True
    s.providers.hears = ScriptedTranscriber(*texts)
    for number in range(len(texts)):
        s.engine.begin_take(f"take-{number}")
        s.engine.pause(f"take-{number}")
        s.engine.end_take(f"take-{number}")
        await _held_often(s, number + 1)
    model = s.providers.answers = ScriptedChatModel(["The disk is full."])
    return model


async def _held_often(s: Stage, count: int) -> None:
    await s.until(lambda: len(s.of(WordsHeld)) == count)


def held(s: Stage) -> str:
    return s.of(WordsHeld)[-1].text


async def test_after_a_yes_they_go_with_the_picture(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        model = await said(s, "What does this mean?")
        assert held(s) == "What does this mean?"
        assert not s.conversation.messages
        assert (s.journal / "take-0").is_dir(), "the recording stays until the words are safe"
        s.pictures.decide(Decision.SHOWN, PICTURE)
        await s.until(lambda: s.of(events.ReplyEnded))
        assert model.asked[0][-1].images == (PICTURE,)
        assert s.conversation.messages[0].images == (PICTURE,)
        assert held(s) == ""
        await s.until(lambda: not list(s.journal.iterdir()))


async def test_two_sentences_are_one_question(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        model = await said(s, "What does this mean?", "And how do I mend it?")
        s.pictures.decide(Decision.SHOWN, PICTURE)
        await s.until(lambda: s.of(events.ReplyEnded))
        assert model.asked[0][-1].text == "What does this mean? And how do I mend it?"


async def test_they_can_be_asked_without_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        model = await said(s, "What time is it?")
        s.pictures.decide(Decision.WITHOUT)
        await s.until(lambda: s.of(events.ReplyEnded))
        assert (model.asked[0][-1].text, model.asked[0][-1].images) == ("What time is it?", ())


async def test_after_a_no_they_are_kept_and_can_be_tried_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        model = await said(s, "What does this mean?")
        s.pictures.decide(Decision.REFUSED)
        await s.until(lambda: s.turn.kept.shown)
        (row,) = s.turn.kept.shown
        assert "chose not to show" in row.reason
        assert s.of(events.Notice)[-1].code is Code.PICTURE_REFUSED
        assert held(s) == ""
        assert not model.asked
        assert not s.conversation.messages
        s.providers.hears = ScriptedTranscriber("What does this mean?")
        s.pictures.attached = (PICTURE,)
        s.send(commands.RetryTake(row.take_id))
        await s.until(lambda: s.of(events.ReplyEnded))
        assert model.asked[0][-1].images == (PICTURE,), "another picture was shown meanwhile"


async def test_without_words_a_decision_asks_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.pictures.decide(Decision.REFUSED)
        s.providers.hears = ScriptedTranscriber("Hello.")
        s.providers.answers = ScriptedChatModel(["Hello."])
        s.engine.take("one")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert not s.of(WordsHeld)
