"""“Copy that” needs no model, whoever answers otherwise."""

from __future__ import annotations

import json

import pytest

from app.conversation.history import CUT_MARK
from app.providers.base import ChatMessage, ChatRole, Finished, Image, TextDelta, ToolCall, ToolSpec
from app.providers.local.own_wish import WithOwnWishes
from app.providers.scripted import ScriptedChatModel

COPY = ToolSpec("write_clipboard", "", {})
TALK = [
    ChatMessage(ChatRole.USER, "what is in the report"),
    ChatMessage(ChatRole.ASSISTANT, "Sales rose by **four** percent."),
]


def said(text: str, *images: Image) -> ChatMessage:
    return ChatMessage(ChatRole.USER, text, images=images)


async def chunks(model, messages, tools=(COPY,), form=None):
    return [chunk async for chunk in model.reply(messages, tools, form)]


@pytest.mark.parametrize(
    "words", ["Copy that.", "copy that to the clipboard", "Copy your last answer."]
)
async def test_the_last_answer_is_copied_as_it_was_shown_by_the_users_own_wish(words):
    model = WithOwnWishes(ScriptedChatModel())
    call, _ = await chunks(model, [*TALK, said(words)])
    assert isinstance(call, ToolCall)
    assert (call.name, call.is_literal) == ("write_clipboard", True)
    assert json.loads(call.arguments) == {"text": "Sales rose by **four** percent."}
    asked = ChatMessage(ChatRole.ASSISTANT, "", tool_calls=(call,))
    result = ChatMessage(ChatRole.TOOL, '{"copied": true}', call_id=call.call_id)
    told = await chunks(model, [*TALK, said(words), asked, result])
    assert isinstance(told[0], TextDelta)
    assert isinstance(told[-1], Finished)


async def test_an_answer_that_was_interrupted_is_copied_whole():
    cut = ChatMessage(ChatRole.ASSISTANT, f"Sales rose{CUT_MARK}", whole="Sales rose by four.")
    call, _ = await chunks(WithOwnWishes(ScriptedChatModel()), [TALK[0], cut, said("Copy that.")])
    assert isinstance(call, ToolCall)
    assert json.loads(call.arguments) == {"text": "Sales rose by four."}


@pytest.mark.parametrize(
    ("message", "tools"),
    [
        (said("Copy the second paragraph of that."), (COPY,)),
        (said("Copy that."), ()),
        (said("Copy that.", Image(b"x", "image/png")), (COPY,)),
        (said("What is copied?"), (COPY,)),
        (said("What time is it?"), (COPY,)),
    ],
)
async def test_anything_else_goes_to_the_model(message, tools):
    inner = ScriptedChatModel(["Of course."])
    model = WithOwnWishes(inner)
    assert (await chunks(model, [*TALK, message], tools))[0] == TextDelta("Of course.")
    assert model.label == inner.label
