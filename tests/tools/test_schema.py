from __future__ import annotations

import enum
import json
from typing import Annotated, Literal

import jsonschema
import pytest

from app.tools.base import Risk, Tool, ToolFailed, ToolResult
from app.tools.schema import tool, validate


class Colour(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


@tool(description="Everything at once.", risk=Risk.READ)
async def everything(
    text: Annotated[str, "Some text."],
    count: int,
    size: float,
    sure: bool,
    colour: Colour,
    side: Annotated[Literal["left", "right"] | None, "Which side."],
    names: list[str],
    label: Annotated[str | None, "May be null."],
):
    return {"text": text, "colour": colour.value, "side": side, "names": names, "label": label}


@tool(description="Nothing.", risk=Risk.READ, name="get_nothing")
async def nothing():
    return ToolResult("as it is")


GOOD = {
    "text": "Grüße",
    "count": 3,
    "size": 1.5,
    "sure": True,
    "colour": "red",
    "side": None,
    "names": ["a"],
    "label": None,
}


def test_the_schema_is_strict():
    schema = everything.parameters
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    assert schema["required"] == list(schema["properties"]) == list(GOOD)
    assert schema["properties"]["text"] == {"type": "string", "description": "Some text."}
    assert schema["properties"]["colour"] == {"type": "string", "enum": ["red", "blue"]}
    assert schema["properties"]["side"] == {
        "type": ["string", "null"],
        "enum": ["left", "right", None],
        "description": "Which side.",
    }
    assert schema["properties"]["names"] == {"type": "array", "items": {"type": "string"}}
    assert schema["properties"]["label"]["type"] == ["string", "null"]
    jsonschema.validate(GOOD, schema)


def test_a_name_can_be_given():
    assert (everything.name, nothing.name) == ("everything", "get_nothing")
    assert nothing.spec.parameters["properties"] == {}


async def test_valid_arguments_run_the_function_and_give_json():
    result = await everything.run(**validate(everything, json.dumps(GOOD)))
    assert json.loads(result.text) == {
        "text": "Grüße",
        "colour": "red",
        "side": None,
        "names": ["a"],
        "label": None,
    }
    assert "Grüße" in result.text


async def test_a_result_made_by_the_function_passes_through():
    assert await nothing.run(**validate(nothing, "")) == ToolResult("as it is")


def test_a_nullable_argument_may_be_left_out():
    arguments = {key: value for key, value in GOOD.items() if key not in ("side", "label")}
    assert validate(everything, json.dumps(arguments))["label"] is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"count": "three"}, "count"),
        ({"count": 1.5}, "count"),
        ({"colour": "green"}, "'red' or 'blue'"),
        ({"names": "a"}, "names"),
        ({"shape": 1}, "“shape” is not an argument"),
        ({"size": float("inf")}, "size"),
    ],
)
def test_wrong_arguments_are_explained(change, told):
    with pytest.raises(ToolFailed, match="everything takes: text") as raised:
        validate(everything, json.dumps(GOOD | change))
    assert told in str(raised.value)


@pytest.mark.parametrize("text", ["{", "[]", '"text"', "null", "{} {}"])
def test_what_is_no_object_is_explained(text):
    with pytest.raises(ToolFailed, match="get_nothing takes no arguments"):
        validate(nothing, text)


def test_missing_arguments_are_named():
    with pytest.raises(ToolFailed, match="“text” is missing"):
        validate(everything, "{}")


def test_endless_arguments_are_refused():
    with pytest.raises(ToolFailed, match="longer"):
        validate(everything, json.dumps(GOOD | {"text": "x" * 100_000}))


@pytest.mark.parametrize("kind", [dict, int | str, list, bytes, Literal[1, 2]])
def test_a_type_without_a_schema_is_a_defect(kind):
    async def function(value):
        return {}

    function.__annotations__["value"] = kind
    with pytest.raises(TypeError, match="value"):
        tool(description="", risk=Risk.READ)(function)


def test_a_plain_function_is_a_defect():
    def function():
        return {}

    with pytest.raises(TypeError, match="async"):
        tool(description="", risk=Risk.READ)(function)


def test_every_setting_reaches_the_tool():
    async def plain():
        return {}

    made: Tool = tool(
        description="d", risk=Risk.REVERSIBLE, timeout_s=3.0, asks=True, question=lambda _: "Sure?"
    )(plain)
    assert (made.description, made.risk, made.timeout_s, made.asks) == (
        "d", Risk.REVERSIBLE, 3.0, True,
    )  # fmt: skip
    assert made.question is not None
    assert made.question({}) == "Sure?"
