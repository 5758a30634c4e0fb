"""Typing into real windows: the tool says what became of it, and nothing more."""

from __future__ import annotations

import pytest

from app.desktop.copying import CopyInserter, NoFocus
from app.tools.base import Risk, ToolFailed
from app.tools.typing import typing_tools
from tests.desk import targets
from tests.desktop.insertion_desk import Desk, _service_of_this_run, blind, seeing
from tests.desktop.test_x11_last_window import own_window
from tests.tools.calling import call

__all__ = ["_service_of_this_run", "blind", "seeing"]

pytestmark = pytest.mark.desk


async def test_it_goes_where_the_user_worked_before(blind: Desk) -> None:
    tools = typing_tools(blind.focus, blind.inserter)
    with targets.qt(blind.screen, blind.folder) as field, own_window(blind.screen):
        answer = await call(tools, "type_text", text="typed by a tool")
        assert field.settled("typed by a tool") == "typed by a tool"
        assert (answer["typed"], answer["confirmed"]) == (True, True)


async def test_a_terminal_gets_no_line_break(blind: Desk) -> None:
    tools = typing_tools(blind.focus, blind.inserter)
    with targets.xterm(blind.screen, blind.folder) as terminal:
        await call(tools, "type_text", text="echo one\nrm -rf x\x1b[31m\r")
        assert "\n" not in terminal.settled("echo one rm -rf x")
        assert "\r" not in terminal.read()


async def test_a_password_field_is_left_alone(seeing: Desk) -> None:
    tools = typing_tools(seeing.focus, seeing.inserter)
    with targets.qt(seeing.screen, seeing.folder, "password", seeing.environment) as field:
        with pytest.raises(ToolFailed, match="password field"):
            await call(tools, "type_text", text="secret")
        assert field.read() == ""


async def test_without_another_window_nothing_is_typed(blind: Desk) -> None:
    tools = typing_tools(NoFocus(), CopyInserter(()))
    with pytest.raises(ToolFailed, match="No other window"):
        await call(tools, "type_text", text="x")
    with pytest.raises(ToolFailed, match="1 to"):
        await call(tools, "type_text", text="")


def test_it_is_asked_with_what_will_be_typed(blind: Desk) -> None:
    (tool,) = typing_tools(blind.focus, blind.inserter)
    assert tool.risk is Risk.IRREVERSIBLE
    assert tool.question is not None
    assert tool.question({"text": "hello\nyou"}).startswith("Type “hello you” into the window")
