from __future__ import annotations

import pytest

from app.tools.base import Risk, Tool, ToolResult
from app.tools.toolbox import Toolbox


async def nothing():
    return ToolResult("")


def made(name: str, description: str = "") -> Tool:
    return Tool(name, description, {}, Risk.READ, nothing)


def names(toolbox: Toolbox) -> list[str]:
    return [tool.name for tool in toolbox.tools()]


def test_tools_come_and_go_with_their_owner() -> None:
    changes: list[list[str]] = []
    toolbox = Toolbox([made("a")])
    toolbox.follow(lambda: changes.append(names(toolbox)))
    toolbox.put("server", [made("b"), made("c")])
    toolbox.put("server", [made("c")])
    toolbox.put("server", ())
    assert changes == [["a", "b", "c"], ["a", "c"], ["a"]]


def test_nobody_takes_a_name_that_another_one_has() -> None:
    toolbox = Toolbox([made("a", "mine")])
    toolbox.put("server", [made("a", "theirs"), made("b")])
    assert [tool.description for tool in toolbox.tools()] == ["mine", ""]
    assert names(toolbox) == ["a", "b"]


def test_two_of_one_name_from_one_owner_are_a_defect() -> None:
    toolbox = Toolbox()
    with pytest.raises(ValueError, match="same name"):
        toolbox.put("server", [made("a"), made("a")])
    assert names(toolbox) == []
