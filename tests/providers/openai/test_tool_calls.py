from __future__ import annotations

import pytest

from app.providers.base import ToolCall
from app.providers.openai.tool_calls import ToolCallAssembler

Piece = tuple[int | None, str, str, str]


@pytest.mark.parametrize(
    ("pieces", "calls"),
    [
        pytest.param(
            [(0, "a", "now", ""), (0, "", "", '{"x":'), (0, "", "", "1}")],
            [("a", "now", '{"x":1}')],
            id="OpenAI",
        ),
        pytest.param(
            [(0, "a", "f", '{"x":'), (0, "a", "f", "1}")],
            [("a", "f", '{"x":1}')],
            id="id and name in each piece",
        ),
        pytest.param(
            [(0, "a", "f", "{}"), (0, "b", "g", "{}")],
            [("a", "f", "{}"), ("b", "g", "{}")],
            id="all at index 0, told apart by id",
        ),
        pytest.param(
            [(0, "", "f", "{}"), (0, "", "g", "{}")],
            [("call_0", "f", "{}"), ("call_1", "g", "{}")],
            id="all at index 0, without ids",
        ),
        pytest.param(
            [(None, "a", "f", '{"x":'), (None, "", "", "1}"), (None, "b", "g", "{}")],
            [("a", "f", '{"x":1}'), ("b", "g", "{}")],
            id="no index",
        ),
        pytest.param(
            [(1, "b", "g", "{"), (0, "a", "f", "{"), (1, "", "", "}"), (0, "", "", "}")],
            [("b", "g", "{}"), ("a", "f", "{}")],
            id="interleaved, in the order of their begin",
        ),
        pytest.param(
            [(0, "", "", ""), (0, "a", "", ""), (0, "", "now", "")],
            [("a", "now", "{}")],
            id="id and name late, no arguments",
        ),
        pytest.param([(0, "a", "", "{}")], [], id="never named"),
    ],
)
def test_pieces_become_calls(pieces: list[Piece], calls: list[tuple[str, str, str]]) -> None:
    assembler = ToolCallAssembler()
    for piece in pieces:
        assembler.add(*piece)
    assert assembler.calls() == tuple(ToolCall(*call) for call in calls)
