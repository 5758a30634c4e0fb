"""`sayso dictate`: what a key of the desktop's own starts."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.dictation.request import DictationRequest
from app.instance import Instance
from tests.cli.test_talk_files import sayso
from tests.flows.running import ROOT

SLOW = ("PySide6", "numpy", "openai", "pydantic", "asyncio", "argparse", "logging", "dataclasses")
COMMAND = "import sys; from app.entry import main; code = main()"
Run = Callable[..., subprocess.CompletedProcess[str]]


def installed(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """What the installed command does; at its end it prints which slow modules it loaded."""
    script = f"{COMMAND}; print([name for name in {SLOW!r} if name in sys.modules]); sys.exit(code)"
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={"SAYSO_HOME": str(home)},
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(("run", "printed"), [(installed, "[]\n"), (sayso, "")])
@pytest.mark.parametrize("request_", list(DictationRequest))
async def test_each_request_reaches_the_running_sayso(
    tmp_path: Path, request_: DictationRequest, run: Run, printed: str
) -> None:
    (tmp_path / "run").mkdir()
    asked: list[DictationRequest] = []
    serving = asyncio.create_task(Instance(tmp_path / "run").serve(lambda: None, asked.append))
    done = await asyncio.to_thread(run, "dictate", f"--{request_}", home=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, printed, "")
    assert asked == [request_]
    serving.cancel()
    await asyncio.wait([serving])


@pytest.mark.parametrize("run", [installed, sayso])
async def test_a_sayso_that_takes_no_dictation_is_not_asked_twice(tmp_path: Path, run: Run) -> None:
    (tmp_path / "run").mkdir()
    serving = asyncio.create_task(Instance(tmp_path / "run").serve(lambda: None))
    done = await asyncio.to_thread(run, "dictate", "--toggle", home=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("sayso: Sayso is already running, but does not answer.\n")
    serving.cancel()
    await asyncio.wait([serving])


@pytest.mark.parametrize("run", [installed, sayso])
def test_without_a_running_sayso_it_says_so(tmp_path: Path, run: Run) -> None:
    done = run("dictate", "--toggle", home=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "sayso: Sayso is not running.\nStart it, then try again.\n"


@pytest.mark.parametrize("run", [installed, sayso])
@pytest.mark.parametrize("flags", [(), ("--start", "--stop"), ("--everything",)])
def test_it_needs_exactly_one_request(tmp_path: Path, flags: tuple[str, ...], run: Run) -> None:
    assert run("dictate", *flags, home=tmp_path).returncode == 2


def test_the_installed_command_does_everything_else_too(tmp_path: Path) -> None:
    assert "terminal" in installed("help", home=tmp_path).stdout
