"""Arguments against a schema that another program wrote."""

from __future__ import annotations

import pytest

from app.tools.base import ToolFailed
from app.tools.foreign import checked_arguments

SCHEMA = {
    "type": "object",
    "properties": {
        "word": {"type": "string"},
        "times": {"type": "integer"},
        "how": {"enum": ["fast", "slow"]},
        "places": {"type": "array", "items": {"type": "object", "required": ["x"]}},
        "more": {"type": ["string", "null"]},
        "free": {"$ref": "#/$defs/thing"},
    },
    "required": ["word"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    "text",
    [
        '{"word": "a"}',
        '{"word": "a", "times": 3, "how": "fast", "places": [{"x": 1}], "more": null}',
        '{"word": "a", "times": 3.0}',
        '{"word": "a", "free": [1, {"any": "thing"}]}',
    ],
)
def test_what_may_be_right_is_passed_on(text: str) -> None:
    assert checked_arguments(SCHEMA, text)["word"] == "a"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "not valid JSON"),
        ('{"word": NaN}', "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[1]", "must be a JSON object"),
        ("", "“word” is missing"),
        ('{"word": 1}', "“word” must be string"),
        ('{"word": true}', "“word” must be string"),
        ('{"word": "a", "times": true}', "“times” must be integer"),
        ('{"word": "a", "times": 1.5}', "“times” must be integer"),
        ('{"word": "a", "how": "well"}', 'must be one of \\["fast", "slow"\\]'),
        ('{"word": "a", "places": [{}]}', "“places\\[0\\].x” is missing"),
        ('{"word": "a", "other": 1}', "“other” is not an argument"),
    ],
)
def test_what_is_wrong_is_said(text: str, problem: str) -> None:
    with pytest.raises(ToolFailed, match=problem):
        checked_arguments(SCHEMA, text)


@pytest.mark.parametrize("schema", [{}, {"type": 7}, {"properties": [], "required": "x"}])
def test_a_strange_schema_refuses_nothing(schema: dict[str, object]) -> None:
    assert checked_arguments(schema, '{"a": 1}') == {"a": 1}
