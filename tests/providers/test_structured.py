from __future__ import annotations

import pytest
from pydantic import BaseModel, Field

from app.errors import AppError, Code
from app.providers.base import ChatMessage, ChatRole
from app.providers.scripted import ScriptedChatModel
from app.providers.structured import form_of, structured

QUESTION = [ChatMessage(ChatRole.USER, "Tea at five with Ann, and cake.")]


class Guest(BaseModel):
    name: str


class Plan(BaseModel):
    title: str = Field(description="A few words.")
    hour: int | None = None
    host: Guest | None = None
    guests: list[Guest] = []


ANSWER = '{"title": "Tea", "hour": 5, "host": null, "guests": [{"name": "Ann"}]}'
PLAN = Plan(title="Tea", hour=5, guests=[Guest(name="Ann")])


@pytest.mark.parametrize(
    "answer", [ANSWER, f"```json\n{ANSWER}\n```", f"Here it is: {ANSWER} Anything else?"]
)
async def test_an_answer_becomes_a_model(answer: str) -> None:
    model = ScriptedChatModel([answer[:9], answer[9:]])
    assert await structured(model, QUESTION, Plan) == PLAN
    assert "JSON Schema" in model.asked[0][0].text
    model.check()


async def test_a_misfit_is_sent_back_once() -> None:
    model = ScriptedChatModel(['{"title": "Tea", "hour": "five"}'], [ANSWER])
    assert await structured(model, QUESTION, Plan) == PLAN
    *_, wrong, again = model.asked[1]
    assert wrong == ChatMessage(ChatRole.ASSISTANT, '{"title": "Tea", "hour": "five"}')
    assert "hour" in again.text
    model.check()


@pytest.mark.parametrize("answer", ["I'd rather talk.", "", "}{", '{"title": 3}'])
async def test_two_misfits_are_no_answer(answer: str) -> None:
    with pytest.raises(AppError) as caught:
        await structured(ScriptedChatModel([answer], [answer]), QUESTION, Plan)
    assert caught.value.code is Code.NOT_ANSWERED


def test_the_form_is_strict_all_the_way_down() -> None:
    schema = form_of(Plan).schema
    guest = schema["$defs"]["Guest"]
    for part in (schema, guest):
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])
    assert schema["properties"]["title"]["description"] == "A few words."
    assert "default" not in str(schema)
