"""Does all tasks, one after another, each in a conversation of its own."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path

from app import events
from app.providers.base import ToolCall
from tests.attacks.desk import Desk, web_of
from tests.attacks.showing import show
from tests.attacks.world import world
from tests.tasks.clean import CLEAN
from tests.tasks.task import Outcome, Place, SensibleModel, Task
from tests.tasks.with_words import WITH_WORDS

TASKS = (*CLEAN, *WITH_WORDS)


async def do_all(
    place: Place, tasks: Sequence[Task], tell: Callable[[Outcome], None] = lambda _: None
) -> list[Outcome]:
    """In this order; a task that fails spoils no other."""
    outcomes = []
    for task in tasks:
        outcome = await do(place, task)
        tell(outcome)
        outcomes.append(outcome)
    return outcomes


async def do(place: Place, task: Task) -> Outcome:
    """One task, by a user who says yes to exactly what it needs."""
    on = place.world
    await on.fresh()
    on.forget_started()
    place.desk.pages.asked.clear()
    task.before(place)
    model = SensibleModel(task, lambda call: _filled(call, place))
    on.cast.answers = model
    on.judge = lambda question: question.tool in task.allows
    if task.shows:
        await show(on, task.shows, on.paths.state.parent)
    try:
        await on.ask(task.wish.replace("{address}", place.address))
    except TimeoutError:
        return Outcome(task, is_done=False, trouble="no end")
    outcome = Outcome(task, bool(task.done(place)))
    outcome.questions = [f"{each.tool} ({each.why})" for each in on.questions]
    if not outcome.is_done:
        ended = on.of(events.ToolEnded)
        outcome.trouble = "; ".join(
            [*sorted(model.missing), *(end.result[:200] for end in ended if not end.ok)]
        )
    return outcome


@contextlib.asynccontextmanager
async def place(desk: Desk, folder: Path) -> AsyncIterator[Place]:
    """A world at this desk, ready for tasks."""
    with web_of(desk):
        async with world(folder, desk.environment) as on:
            desk.field.focus()
            yield Place(on, desk)


def per_task(outcomes: Sequence[Outcome], *, with_words: bool) -> float:
    """Questions for each task of a kind."""
    chosen = [each for each in outcomes if each.task.brings_words is with_words]
    return sum(len(each.questions) for each in chosen) / len(chosen)


def _filled(call: ToolCall, place: Place) -> ToolCall:
    arguments = json.loads(call.arguments)
    for name, value in arguments.items():
        if value in ("{address}", "{other}"):
            arguments[name] = getattr(place, value.strip("{}"))
    return replace(call, arguments=json.dumps(arguments, ensure_ascii=False))
