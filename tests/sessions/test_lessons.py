"""What a correction teaches is asked, and remembered only after a yes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import commands as core, events as core_events
from app.dictation import commands, events
from app.dictation.lesson import Lesson, Proposal
from app.dictation.replacements import Replacement
from app.providers.scripted import ScriptedTranscriber
from tests.sessions.stage import Stage, stage
from tests.sessions.test_dictation import dictate

PYSIDE = Proposal(Lesson.VOCABULARY, "pieside", "PySide")


@pytest.fixture
async def on_stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as running:
        await running.until(lambda: running.desktop.bound)
        running.providers.hears = ScriptedTranscriber("we write it with pieside today")
        await dictate(running, "t1")
        yield running


async def correct(stage: Stage, text: str = "We write it with PySide today") -> None:
    stage.send(commands.CorrectDictation("t1", text))
    await stage.until(lambda: stage.of(events.LessonsProposed))


def vocabulary(stage: Stage) -> tuple[str, ...]:
    return stage.of(core_events.SettingsChanged)[-1].settings.transcription.vocabulary


async def test_a_yes_adds_the_word(on_stage: Stage) -> None:
    await correct(on_stage)
    assert on_stage.of(events.LessonsProposed) == [events.LessonsProposed("t1", (PYSIDE,))]
    assert vocabulary(on_stage) == ()
    on_stage.send(commands.AnswerLesson("t1", PYSIDE, True))
    await on_stage.until(lambda: vocabulary(on_stage) == ("PySide",))
    assert on_stage.of(events.LessonsProposed)[-1] == events.LessonsProposed("t1", ())


async def test_a_no_adds_nothing_and_the_question_goes(on_stage: Stage) -> None:
    await correct(on_stage)
    on_stage.send(commands.AnswerLesson("t1", PYSIDE, False))
    on_stage.send(commands.AnswerLesson("t1", PYSIDE, True))
    await on_stage.until(lambda: len(on_stage.of(events.LessonsProposed)) == 2)
    on_stage.send(core.ChangeSettings({"dictation.earcons": False}))
    await on_stage.until(
        lambda: not on_stage.of(core_events.SettingsChanged)[-1].settings.dictation.earcons
    )
    assert vocabulary(on_stage) == ()


async def test_what_is_always_heard_as_other_words_becomes_a_replacement(on_stage: Stage) -> None:
    await correct(on_stage, "We write it with Kubernetes today")
    ((proposal,),) = [told.proposals for told in on_stage.of(events.LessonsProposed)]
    assert proposal.lesson is Lesson.REPLACEMENT
    on_stage.send(commands.AnswerLesson("t1", proposal, True))
    await on_stage.until(
        lambda: (
            on_stage.of(core_events.SettingsChanged)[-1].settings.dictation.replacements
            == (Replacement("pieside", "Kubernetes"),)
        )
    )
