"""The tool that runs commands."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path

import pytest

from app.permission.grants import Scope, grant_for, offers
from app.sandbox.job import Limits
from app.tools.base import Origin, Risk, ToolFailed
from app.tools.programs import command_line, program_tools, usable_folders
from app.tools.progress import on_progress
from app.tools.schema import validate

linux = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")


async def use(
    arguments: dict[str, object], folders: tuple[str, ...] = (), **limits: float
) -> dict[str, object]:
    (tool,) = program_tools(lambda: folders, Limits(**limits))  # type: ignore[arg-type]
    result = await tool.run(**validate(tool, json.dumps(arguments)))
    answer: dict[str, object] = json.loads(result.text)
    return answer


def test_it_is_asked_about_with_the_exact_command() -> None:
    (tool,) = program_tools(lambda: ())
    assert tool.risk is Risk.IRREVERSIBLE
    assert tool.origin is Origin.FILE
    assert tool.question is not None
    words = ["rm", "-rf", "my file", "a\u202eb", "x\ny"]
    assert tool.question({"argv": words}) == (
        "Run this command? rm -rf 'my file' 'a\\u202eb' 'x\\ny'"
    )
    assert "in /a?" in tool.question({"argv": ["ls"], "folder": "/a"})


@linux
async def test_output_and_code() -> None:
    answer = await use({"argv": ["sh", "-c", "echo out; echo err >&2; exit 3"]})
    assert answer == {"exit_code": 3, "output": "out\nerr\n"}


@linux
async def test_no_shell_reads_the_words() -> None:
    assert (await use({"argv": ["echo", "$HOME", "*", ";", "id"]}))["output"] == "$HOME * ; id\n"


@linux
async def test_a_given_folder_is_worked_in(tmp_path: Path) -> None:
    folder = str(tmp_path)
    await use({"argv": ["touch", "new"], "folder": folder}, (folder,))
    assert (tmp_path / "new").exists()


@linux
async def test_a_folder_that_was_not_given(tmp_path: Path) -> None:
    with pytest.raises(ToolFailed, match="not in the folders for commands: none"):
        await use({"argv": ["ls"], "folder": str(tmp_path)})


@linux
async def test_long_output_keeps_its_ends() -> None:
    told: list[str] = []
    on_progress(told.append)
    answer = await use({"argv": ["seq", "1", "100000"]})
    output = str(answer["output"])
    assert output.startswith("1\n2\n")
    assert output.endswith("\n100000\n")
    assert "bytes left out here" in output
    assert len(output) < 30_000
    assert told


@linux
async def test_time_is_bounded() -> None:
    answer = await use({"argv": ["sleep", "60"]}, seconds=0.3)
    assert answer == {"stopped": "it took too long", "output": ""}


@linux
@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        ([], "empty"),
        ([" "], "empty"),
        (["a"] * 101, "too long"),
        (["a\0b"], "zero bytes"),
        (["no-such-program"], "could not be started: No such file"),
    ],
)
async def test_what_is_no_command(argv: list[str], problem: str) -> None:
    with pytest.raises(ToolFailed, match=problem):
        await use({"argv": argv})


def test_folders_that_are_too_wide_or_private_are_not_written(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for name in ("work", ".ssh", ".config/app"):
        (home / name).mkdir(parents=True)
    (home / "link").symlink_to(home)
    given = [
        "/", "/etc", "", str(home), str(tmp_path), f"{home}/.ssh", f"{home}/.config/app",
        f"{home}/link", f"{home}/work", f"{home}/work/", f"{home}/none",
    ]  # fmt: skip
    assert usable_folders(given, home) == (f"{home}/work",)
    for own in (home / "work" / "sayso", home / "work", home):
        assert not usable_folders(given, home, [own])


def test_a_command_line_hides_nothing() -> None:
    assert command_line(("a", "b c", "\u200b")) == "a 'b c' '\\u200b'"


def test_only_the_very_same_command_can_be_allowed_beforehand() -> None:
    (tool,) = program_tools(lambda: ("/data/work",))
    arguments = {"argv": ["ls"], "folder": "/data/work"}
    (offer,) = offers(tool, arguments, tainted=False)
    assert offer.scope is Scope.ALWAYS
    for scope in (Scope.FOLDER, Scope.CONVERSATION):
        with pytest.raises(ValueError, match="to allow"):
            grant_for(
                scope, tool, arguments, grant_id="g", conversation_id="c",
                now=datetime.datetime.now(datetime.UTC),
            )  # fmt: skip
