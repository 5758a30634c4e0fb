"""Tool files: shown, allowed, run in processes of their own, and never in Sayso's way."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from importlib.resources import files
from pathlib import Path

import pytest

from app.extensions.pins import Pins
from app.extensions.review import Condition
from app.tools.base import Origin, Risk, Tool, ToolFailed
from app.tools.progress import on_progress
from app.tools.schema import validate
from app.tools.toolbox import Toolbox
from app.user_tools.folder import ToolFolder

HEAD = "import os, sys, time\nfrom typing import Annotated\nfrom sayso_tools import tool\n"


class Bench:
    def __init__(self, place: Path) -> None:
        self.place = place / "tools"
        self.place.mkdir()
        self.toolbox = Toolbox()
        self.broken: list[str] = []
        self._changed = asyncio.Event()
        self.folder = ToolFolder(
            self.place,
            Pins(place / "allowed.json"),
            self.toolbox,
            self._changed.set,
            self.broken.append,
            look_again_s=0.02,
        )

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(30):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    async def begin(self, source: str, *, allow: bool = True) -> None:
        (self.place / "mine.py").write_text(HEAD + source)
        await self.folder.follow(enabled=True)
        await self.until(self.folder.reviews)
        if allow:
            await self.folder.answer(self.folder.reviews()[0])

    def tool(self, name: str) -> Tool:
        return next(tool for tool in self.toolbox.tools() if tool.name == name)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(tmp_path)
    yield made
    await made.folder.follow(enabled=False)


async def test_the_example_works(bench: Bench) -> None:
    shutil.copy(str(files("resources").joinpath("examples", "dice.py")), bench.place)
    await bench.folder.follow(enabled=True)
    await bench.until(bench.folder.reviews)
    await bench.folder.answer(bench.folder.reviews()[0])
    dice, diary = bench.toolbox.tools()
    assert (dice.risk, diary.risk) == (Risk.READ, Risk.IRREVERSIBLE)
    assert dice.origin is Origin.SERVER
    thrown = await dice.run(**validate(dice, '{"count": 2, "sides": 6}'))
    assert thrown.ok
    assert '"thrown": [' in thrown.text
    refused = await dice.run(count=11, sides=6)
    assert refused.text == "Error: One to ten dice with at least two sides, please."


async def test_a_file_is_not_run_before_it_was_seen_whole(bench: Bench, tmp_path: Path) -> None:
    await bench.begin(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n", allow=False)
    (review,) = bench.folder.reviews()
    assert review.text == (bench.place / "mine.py").read_text()
    assert bench.folder.extensions()[0].condition is Condition.ASKS
    assert not (tmp_path / "ran").exists()
    await bench.folder.answer(review)
    assert (tmp_path / "ran").exists()


async def test_a_changed_file_is_asked_about_again(bench: Bench) -> None:
    await bench.begin("@tool('One.')\ndef one() -> str:\n    return '1'\n")
    assert (await bench.tool("one").run()).text == '{"result": "1"}'
    (bench.place / "mine.py").write_text(
        HEAD + "@tool('Two.')\ndef two() -> str:\n    return '2'\n"
    )
    await bench.until(bench.folder.reviews)
    assert not bench.toolbox.tools()
    await bench.folder.answer(bench.folder.reviews()[0])
    assert (await bench.tool("two").run()).text == '{"result": "2"}'


async def test_a_yes_to_what_was_shown_is_no_yes_to_what_came_after(bench: Bench) -> None:
    await bench.begin("@tool('One.')\ndef one() -> str:\n    return '1'\n", allow=False)
    (shown,) = bench.folder.reviews()
    (bench.place / "mine.py").write_text(
        HEAD + "@tool('Evil.')\ndef evil() -> str:\n    return ''\n"
    )
    await bench.until(lambda: bench.folder.reviews()[:1] not in ((), (shown,)))
    await bench.folder.answer(shown)
    assert not bench.toolbox.tools()


async def test_a_file_that_is_gone_takes_its_tools_along(bench: Bench) -> None:
    await bench.begin("@tool('One.')\ndef one() -> str:\n    return '1'\n")
    (bench.place / "mine.py").unlink()
    await bench.until(lambda: not bench.folder.extensions())
    assert not bench.toolbox.tools()


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("def broken(:\n", "mine.py, line 4: SyntaxError: invalid syntax"),
        ("\n1 / 0\n", "mine.py, line 5: ZeroDivisionError: division by zero"),
        ("import nothing_such\n", "line 4: ModuleNotFoundError: No module named 'nothing_such'"),
        ("@tool('x')\ndef f(a): ...\n", "line 4: "),
        ("sys.exit(1)\n", "line 4: SystemExit: 1"),
        ("os._exit(1)\n", "mine.py, it has ended"),
    ],
)
async def test_what_is_wrong_with_a_file_is_said_with_its_line(
    bench: Bench, source: str, problem: str
) -> None:
    await bench.begin(source)
    assert problem in bench.broken[0]
    assert bench.folder.extensions()[0].condition is Condition.FAILED


async def test_prints_hurt_nobody(bench: Bench) -> None:
    await bench.begin(
        "print('hello')\nos.write(1, b'{}\\n')\n@tool('One.')\ndef one() -> str:\n"
        "    print('x' * 1000)\n    os.system('echo hi')\n    return '1'\n"
    )
    assert (await bench.tool("one").run()).ok


async def test_a_tool_that_raises_tells_the_line(bench: Bench) -> None:
    await bench.begin("@tool('One.')\ndef one() -> str:\n    return {}['key']\n")
    assert (await bench.tool("one").run()).text == "Error: KeyError: 'key' (line 6)"


async def test_a_tool_that_crashes_is_there_again(bench: Bench) -> None:
    await bench.begin(
        "@tool('Crash.')\ndef crash() -> str:\n    os._exit(9)\n"
        "@tool('One.')\ndef one() -> str:\n    return '1'\n"
    )
    with pytest.raises(ToolFailed, match=r"mine\.py has ended"):
        await bench.tool("crash").run()
    assert (await bench.tool("one").run()).ok


async def test_a_tool_that_hangs_is_ended_when_it_is_given_up(bench: Bench) -> None:
    await bench.begin(
        "from sayso_tools import progress\n"
        "@tool('Hang.')\ndef hang() -> str:\n    progress('on')\n    time.sleep(600)\n"
        "@tool('One.')\ndef one() -> str:\n    return '1'\n"
    )
    began = asyncio.Event()

    async def use() -> None:
        on_progress(lambda text: began.set())
        await bench.tool("hang").run()

    using = asyncio.create_task(use())
    await began.wait()
    process = bench.folder._running["mine.py"]._process
    assert process is not None
    using.cancel()
    with pytest.raises(asyncio.CancelledError):
        await using
    assert process.returncode == -9
    assert (await bench.tool("one").run()).ok


async def test_async_tools_run_side_by_side(bench: Bench) -> None:
    await bench.begin(
        "import asyncio\nmet = asyncio.Event()\n"
        "@tool('Wait.')\nasync def wait() -> str:\n    await met.wait()\n    return 'met'\n"
        "@tool('Meet.')\nasync def meet() -> str:\n    met.set()\n    return 'met'\n"
    )
    async with asyncio.timeout(20):
        first, second = await asyncio.gather(bench.tool("wait").run(), bench.tool("meet").run())
    assert first == second


async def test_the_childs_environment_has_no_secret(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    await bench.begin("@tool('One.')\ndef one() -> str:\n    return str(dict(os.environ))\n")
    assert "sk-very-secret" not in (await bench.tool("one").run()).text
