from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.conversation.store import Store
from app.permission.question import Answered, Question
from app.providers.base import (
    ChatMessage,
    ChatRole,
    Expect,
    Finished,
    FinishReason,
    TextDelta,
    ToolCall,
)
from app.providers.local.commands import CommandAssistant, expects
from app.providers.local.phrases import ASK_FOR_NOTE, duration
from app.tools.base import Tool
from app.tools.calculator import calculator_tools
from app.tools.clock import clock_tools
from app.tools.notes import note_tools
from app.tools.runner import ToolRunner
from app.tools.timers import Timers, timer_tools
from app.tools.units import unit_tools


class Talk:
    """A conversation with the command assistant and the real tools."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self.history: list[ChatMessage] = []
        self._runner = ToolRunner(tools, self._no)

    async def _no(self, question: Question) -> Answered:
        return Answered(False)

    async def say(self, text: str) -> str:
        self.history.append(ChatMessage(ChatRole.USER, text))
        while True:
            calls, said, reason = await self._ask()
            self.history.append(ChatMessage(ChatRole.ASSISTANT, said, tool_calls=tuple(calls)))
            if reason is FinishReason.STOP:
                return said
            for outcome in await self._runner.run(calls):
                self.history.append(
                    ChatMessage(ChatRole.TOOL, outcome.result.text, call_id=outcome.call_id)
                )

    async def _ask(self) -> tuple[list[ToolCall], str, FinishReason]:
        calls: list[ToolCall] = []
        said, reasons = "", []
        async for chunk in CommandAssistant().reply(self.history, self._runner.specs):
            match chunk:
                case ToolCall():
                    calls.append(chunk)
                case TextDelta(text):
                    said += text
                case Finished(reason):
                    reasons.append(reason)
        assert len(reasons) == 1
        return calls, said, reasons[0]


@pytest.fixture
async def talk(tmp_path: Path):
    store = await Store.open(tmp_path / "sayso.db")
    timers = Timers(store, lambda _: None)
    await timers.start()
    yield Talk(
        (*clock_tools(), *timer_tools(timers), *calculator_tools(), *unit_tools(),
         *note_tools(store))
    )  # fmt: skip
    await timers.aclose()
    await store.aclose()


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("what is twelve times seven", "12 times 7 is 84."),
        ("What's 15% of 80?", "15 percent of 80 is 12."),
        ("how many kilometers are five miles", "5 miles are 8.05 kilometres."),
        ("convert 20°C to F", "20 degrees Celsius is 68 degrees Fahrenheit."),
        ("set a timer for five minutes", "Timer set for 5 minutes."),
        ("set a timer for an hour and a half called pasta",
         "Pasta timer set for 1 hour and 30 minutes."),
        ("cancel the timer", "No timer is running."),
        ("note that the door is open", "Noted."),
        ("read my notes", "There are no notes."),
        ("what is 1 / 0", "That did not work"),
        ("hello", "Hello. What can I do for you?"),
    ],
)  # fmt: skip
async def test_a_command_is_carried_out_and_answered(talk: Talk, said: str, answered: str) -> None:
    assert (await talk.say(said)).startswith(answered)


async def test_the_time_and_the_date_are_spoken(talk: Talk) -> None:
    assert (await talk.say("what time is it")).startswith("It is ")
    assert (await talk.say("what day is it tomorrow")).startswith("Tomorrow is ")
    assert "day" in await talk.say("what day was yesterday")


async def test_timers_are_set_listed_and_cancelled(talk: Talk) -> None:
    await talk.say("set a timer for ten minutes called tea")
    await talk.say("set a timer for 2 hours")
    left = await talk.say("how much time is left")
    assert left.startswith("There are ")
    assert "on the tea timer and" in left
    assert await talk.say("cancel the pasta timer") == "There is no pasta timer."
    assert await talk.say("cancel all timers") == "All 2 timers are cancelled."


async def test_a_note_can_be_asked_for_in_two_steps(talk: Talk) -> None:
    assert await talk.say("take a note") == ASK_FOR_NOTE
    assert expects(talk.history) is Expect.FREE_TEXT
    assert await talk.say("what time is it in the garden") == "Noted."
    assert expects(talk.history) is Expect.ANYTHING
    assert await talk.say("read my notes") == "You have one note. What time is it in the garden."
    await talk.say("take a note")
    assert await talk.say("never mind") == "All right."


async def test_a_timer_can_be_asked_for_in_two_steps(talk: Talk) -> None:
    assert await talk.say("set a timer") == "For how long?"
    assert await talk.say("five minutes") == "Timer set for 5 minutes."


async def test_what_was_said_is_said_again(talk: Talk) -> None:
    assert await talk.say("repeat that") == "I have not said anything yet."
    first = await talk.say("what is two plus two")
    assert await talk.say("say that again") == first


async def test_it_says_honestly_what_it_cannot_do(talk: Talk) -> None:
    answers = {await talk.say("who was the first king of france") for _ in range(3)}
    assert len(answers) == 3
    assert all("key" in answer for answer in answers)
    assert all(len(answer) < 120 for answer in answers)


async def test_a_refused_tool_is_left_alone() -> None:
    call = ToolCall("c", "open_site", '{"url": "https://example.org/"}')
    history = [
        ChatMessage(ChatRole.USER, "open example.org"),
        ChatMessage(ChatRole.ASSISTANT, "", tool_calls=(call,)),
        ChatMessage(ChatRole.TOOL, "Error: the user said no. Do not try.", call_id="c"),
    ]
    chunks = [chunk async for chunk in CommandAssistant().reply(history, ())]
    assert chunks[0] == TextDelta("All right, I left it.")


async def test_without_its_tool_a_command_is_not_claimed_to_be_done() -> None:
    history = [ChatMessage(ChatRole.USER, "set a timer for five minutes")]
    chunks = [chunk async for chunk in CommandAssistant().reply(history, ())]
    assert isinstance(chunks[0], TextDelta)
    assert "set for" not in chunks[0].text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "1 second"), (90, "1 minute and 30 seconds"), (3600, "1 hour"),
     (3661, "1 hour, 1 minute and 1 second"), (0, "0 seconds")],
)  # fmt: skip
def test_durations_are_said_as_people_do(seconds: int, said: str) -> None:
    assert duration(seconds) == said
