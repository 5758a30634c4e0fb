from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import cast

import pytest

from app.errors import AppError, Code
from app.permission.question import Answered
from app.permission.record import Allowed
from app.permission.standing import Standing
from app.providers.base import Image, ToolCall
from app.tools.base import Origin, Risk, ToolFailed, ToolResult
from app.tools.progress import progress
from app.tools.refusals import DECLINED, NOT_ASKED, UNANSWERED
from app.tools.round import MAX_RESULT_BYTES, MAX_RESULT_IMAGES, Told
from app.tools.runner import Patience, ToolRunner
from app.tools.schema import tool

TAINTED = Standing(origins=frozenset({Origin.WEB}))

FAILURES = {
    "told": ToolFailed("There is no tea."),
    "app": AppError(Code.STORE_UNWRITABLE, "disk full"),
    "bug": ZeroDivisionError("secret detail"),
    "cancelled": asyncio.CancelledError(),
}


class Desk:
    """Tools with a gate each, and a person who answers questions."""

    def __init__(self, answers=()):
        self.answers = list(answers)
        self.asked: list[tuple[str, str, bool]] = []
        self.running: list[str] = []
        self.started: list[str] = []
        self.ended: list[str] = []
        self.gates = {name: asyncio.Event() for name in "abc"}
        self.answering = asyncio.Event()
        self.answering.set()

        @tool(description="Waits at a gate.", risk=Risk.READ)
        async def wait(name: str):
            self.running.append(name)
            try:
                await self.gates[name].wait()
            finally:
                self.running.remove(name)
            return {"name": name}

        @tool(
            description="Asks.",
            risk=Risk.REVERSIBLE,
            asks=True,
            question=lambda arguments: f"Open {arguments['name']}?",
        )
        async def open_it(name: str):
            self.running.append(name)
            return {"opened": name}

        @tool(description="Cannot be undone.", risk=Risk.IRREVERSIBLE)
        async def wipe_disk():
            return {"wiped": True}

        @tool(description="Fails in some way.", risk=Risk.READ, timeout_s=0.01)
        async def fail(how: str):
            if how in FAILURES:
                raise FAILURES[how]
            if how == "slow":
                await asyncio.Event().wait()
            return ToolResult("ü" * MAX_RESULT_BYTES)

        self.tools = [wait, open_it, wipe_disk, fail]
        self.runner = ToolRunner(self.tools, self.approve)

    async def approve(self, question):
        self.asked.append((question.tool.name, question.text, question.by_voice))
        await self.answering.wait()
        answer = self.answers.pop(0)
        return answer if isinstance(answer, Answered) else Answered(answer)

    async def run(self, *calls, patience=None):
        return await self.runner.run(
            [
                ToolCall(f"call{number}", name, json.dumps(arguments))
                for number, (name, arguments) in enumerate(calls)
            ],
            patience=patience,
            told=Told(
                start=lambda call: self.started.append(call.call_id),
                end=lambda outcome: self.ended.append(outcome.call_id),
            ),
        )

    async def until_running(self, *names):
        while sorted(self.running) != sorted(names):
            await asyncio.sleep(0)


def texts(outcomes):
    return [outcome.result.text for outcome in outcomes]


async def test_calls_run_side_by_side_and_come_back_in_order():
    desk = Desk()
    job = asyncio.create_task(desk.run(*(("wait", {"name": name}) for name in "abc")))
    await desk.until_running("a", "b", "c")
    for name in "cba":
        desk.gates[name].set()
        await desk.until_running(*"abc"[: "abc".index(name)])
    outcomes = await job
    assert [outcome.call_id for outcome in outcomes] == ["call0", "call1", "call2"]
    assert texts(outcomes) == [f'{{"name": "{name}"}}' for name in "abc"]
    assert all(outcome.result.ok and outcome.seconds >= 0 for outcome in outcomes)
    assert desk.started == ["call0", "call1", "call2"]
    assert desk.ended == ["call2", "call1", "call0"]


async def test_questions_are_asked_one_after_another_while_others_run():
    desk = Desk([True, False])
    desk.answering.clear()
    job = asyncio.create_task(
        desk.run(("open_it", {"name": "x"}), ("open_it", {"name": "y"}), ("wait", {"name": "a"}))
    )
    await desk.until_running("a")
    assert desk.asked == [("open_it", "Open x?", True)]
    desk.gates["a"].set()
    desk.answering.set()
    outcomes = await job
    assert texts(outcomes) == ['{"opened": "x"}', DECLINED, '{"name": "a"}']
    assert [outcome.result.ok for outcome in outcomes] == [True, False, True]
    assert desk.asked[1] == ("open_it", "Open y?", True)


async def test_what_cannot_be_undone_needs_a_hand():
    desk = Desk([True])
    (outcome,) = await desk.run(("wipe_disk", {}))
    assert outcome.result.ok
    assert desk.asked == [("wipe_disk", "Allow “wipe disk”?", False)]


async def test_a_risk_without_a_rule_is_refused():
    desk = Desk()
    strange = replace(desk.tools[0], risk=cast(Risk, "harmless"))
    calls = [ToolCall("1", "wait", '{"name": "a"}')]
    outcomes = await ToolRunner([strange], desk.approve).run(calls)
    assert texts(outcomes) == ["Error: this tool may not be used"]


async def test_taint_asks_for_what_has_an_effect_and_not_for_reading():
    desk = Desk([True])
    desk.gates["a"].set()
    clean = replace(desk.tools[1], asks=False)
    runner = ToolRunner([desk.tools[0], clean], desk.approve)
    calls = [ToolCall("1", "wait", '{"name": "a"}'), ToolCall("2", "open_it", '{"name": "x"}')]
    await runner.run(calls)
    assert desk.asked == []
    await runner.run(calls, standing=TAINTED)
    assert desk.asked == [("open_it", "Open x?", True)]


async def test_the_users_own_words_are_not_judged_by_what_else_was_seen():
    """A call that no text could have steered; what always asks still does."""
    desk = Desk([False, False])
    undoable = replace(desk.tools[1], asks=False)
    asking = replace(desk.tools[1], name="ask_first")
    runner = ToolRunner([undoable, asking, desk.tools[2]], desk.approve)
    calls = [
        ToolCall("1", "open_it", '{"name": "x"}', is_literal=True),
        ToolCall("2", "ask_first", '{"name": "x"}', is_literal=True),
        ToolCall("3", "wipe_disk", "{}", is_literal=True),
    ]
    outcomes = await runner.run(calls, standing=TAINTED)
    assert [outcome.result.ok for outcome in outcomes] == [True, False, False]
    assert [name for name, *_ in desk.asked] == ["ask_first", "wipe_disk"]


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("fail", {"how": "told"}, "Error: There is no tea."),
        ("fail", {"how": "app"}, "disk full"),
        ("fail", {"how": "slow"}, "Error: fail took longer than 0.01 seconds"),
        ("fail", {}, "Error: “how” is missing"),
        ("brew", {}, "Error: there is no tool “brew”. Tools: wait, open_it, wipe_disk, fail"),
        ("open_it", {"nam": 1}, "Error: “name” is missing"),
    ],
)
async def test_the_model_is_told_what_went_wrong(name, arguments, told):
    desk = Desk()
    (outcome,) = await desk.run((name, arguments))
    assert told in outcome.result.text
    assert outcome.result.text.startswith("Error: ")
    assert not outcome.result.ok
    assert (desk.asked, desk.started, desk.ended) == ([], ["call0"], ["call0"])


@pytest.mark.logs("The tool fail (failed|was cancelled)")
@pytest.mark.parametrize("how", ["bug", "cancelled"])
async def test_a_defect_of_a_tool_is_logged_and_not_shown(how, caplog):
    (outcome,) = await Desk().run(("fail", {"how": how}))
    assert outcome.result == ToolResult("Error: the tool failed", ok=False)
    assert "The tool fail" in caplog.text


async def test_a_defect_of_one_tool_leaves_the_others_alone():
    desk = Desk()
    desk.gates["a"].set()
    outcomes = await desk.run(("fail", {"how": "told"}), ("wait", {"name": "a"}))
    assert [outcome.result.ok for outcome in outcomes] == [False, True]


async def test_an_endless_result_is_cut_with_a_note():
    (outcome,) = await Desk().run(("fail", {"how": "long"}))
    text = outcome.result.text
    assert len(text.encode()) <= MAX_RESULT_BYTES
    assert text.endswith(f"[cut here: the whole result has {2 * MAX_RESULT_BYTES} bytes]")
    assert outcome.result.ok


async def test_cancelling_stops_tools_and_questions():
    desk = Desk()
    desk.answering.clear()
    job = asyncio.create_task(desk.run(("wait", {"name": "a"}), ("open_it", {"name": "x"})))
    await desk.until_running("a")
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert desk.running == []
    assert desk.ended == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_no_calls_are_no_outcomes():
    assert await Desk().run() == ()


def test_two_tools_of_one_name_are_a_defect():
    @tool(description="", risk=Risk.READ)
    async def twin():
        return {}

    with pytest.raises(ValueError, match="same name"):
        ToolRunner([twin, twin], Desk().approve)


async def test_the_specs_are_what_a_model_sees():
    assert [spec.name for spec in Desk().runner.specs] == ["wait", "open_it", "wipe_disk", "fail"]


async def test_after_three_denials_in_a_row_nobody_is_asked_again():
    desk = Desk([False, Answered(False, Allowed.NOBODY), True, False, False, False])
    patience = Patience()
    opening = [("open_it", {"name": str(number)}) for number in range(4)]
    outcomes = await desk.run(*opening[:3], patience=patience)
    assert texts(outcomes) == [DECLINED, UNANSWERED, '{"opened": "2"}']
    assert not patience.is_over
    outcomes = await desk.run(*opening, patience=patience)
    assert texts(outcomes) == [DECLINED, DECLINED, DECLINED, NOT_ASKED]
    assert len(desk.asked) == 6
    assert texts(await desk.run(*opening[:1], patience=patience)) == [NOT_ASKED]


async def test_a_tool_tells_how_far_it_has_come():
    @tool(description="", risk=Risk.READ)
    async def count(name: str):
        progress(f"{name}: 1 of 2")
        await asyncio.sleep(0)
        await asyncio.create_task(inner(name))
        return {}

    async def inner(name: str) -> None:
        progress(f"{name}: 2 of 2")

    told: list[tuple[str, str]] = []
    calls = [ToolCall(name, "count", json.dumps({"name": name})) for name in "ab"]
    follow = Told(progress=lambda call, text: told.append((call.call_id, text)))
    await ToolRunner([count], Desk().approve).run(calls, told=follow)
    assert sorted(told) == [("a", "a: 1 of 2"), ("b", "b: 1 of 2")]  # The second comes too soon.


async def test_a_result_has_at_most_so_many_pictures():
    images = tuple(Image(b"", "image/png") for _ in range(MAX_RESULT_IMAGES + 1))

    @tool(description="", risk=Risk.READ, origin=Origin.SCREEN)
    async def look():
        return ToolResult("Here.", images=images)

    (outcome,) = await ToolRunner([look], Desk().approve).run([ToolCall("1", "look", "{}")])
    assert outcome.result.images == images[:MAX_RESULT_IMAGES]
    assert outcome.result.text == "Here.\n[only 4 of 5 pictures are shown]"
    assert outcome.origin is Origin.SCREEN


async def test_the_tools_are_those_of_the_moment():
    desk = Desk()
    tools = desk.tools[:1]
    runner = ToolRunner(lambda: tools, desk.approve)
    assert [spec.name for spec in runner.specs] == ["wait"]
    tools = desk.tools[1:2]
    assert [spec.name for spec in runner.specs] == ["open_it"]
    (outcome,) = await runner.run([ToolCall("1", "wait", "{}")])
    assert outcome.result.text == "Error: there is no tool “wait”. Tools: open_it"


@pytest.mark.logs("could not be judged")
async def test_a_tool_whose_own_question_fails_does_not_run_and_spoils_no_other():
    desk = Desk()
    desk.gates["a"].set()
    broken = replace(desk.tools[1], question=lambda arguments: arguments["nothing"])
    runner = ToolRunner([desk.tools[0], broken], desk.approve)
    calls = [ToolCall("1", "open_it", '{"name": "x"}'), ToolCall("2", "wait", '{"name": "a"}')]
    outcomes = await runner.run(calls)
    assert texts(outcomes) == ["Error: this tool may not be used", '{"name": "a"}']
    assert (desk.asked, desk.running) == ([], [])
