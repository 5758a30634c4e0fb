"""How long a hotkey takes to be heard: `python -m tests.bench.hotkeys`.

Keys are pressed on a private X server; the command of a compositor's own key is really started.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from app.desktop.chords import ESCAPE, parse_chord
from app.desktop.hotkeys import HotkeyName, KeyEvent
from app.desktop.x11_hotkeys import X11Hotkeys
from app.instance import Instance
from tests.desk.screen import Screen
from tests.desktop.x11_keys import Keyboard

TIMES = 200
STARTS = 40
_ROOT = Path(__file__).parents[2]
_SAYSO = "import sys; from app.entry import main; sys.exit(main())"
_DICTATE = HotkeyName.DICTATE


async def _keys(screen: Screen) -> None:
    told: asyncio.Queue[KeyEvent] = asyncio.Queue()
    hotkeys = X11Hotkeys(screen.display, told.put_nowait, lambda _: None)
    chord, lone = {_DICTATE: parse_chord("F9")}, {_DICTATE: parse_chord("Right Ctrl")}
    with closing(Keyboard(screen)) as keyboard:
        for bindings, key in ((chord, "F9"), (lone, "Control_R")):
            await hotkeys.bind(bindings)
            presses: list[float] = []
            releases: list[float] = []
            for _ in range(TIMES):
                for move, into in ((keyboard.down, presses), (keyboard.up, releases)):
                    began_s = time.perf_counter()
                    move(key)
                    await told.get()
                    into.append(time.perf_counter() - began_s)
                    await asyncio.sleep(0.01)
            _show(f"{key} down to the loop", presses)
            _show(f"{key} up to the loop", releases)

        async def escape_comes_and_goes() -> None:
            await hotkeys.bind({**chord, HotkeyName.CANCEL: ESCAPE})
            await hotkeys.bind(chord)

        await _time("Escape bound and given back", TIMES, escape_comes_and_goes)
    await hotkeys.close()


async def _command(folder: Path) -> None:
    """From the start of the process to the request at the running Sayso."""
    arrived: asyncio.Queue[float] = asyncio.Queue()
    (folder / "run").mkdir()
    serving = asyncio.create_task(
        Instance(folder / "run").serve(
            lambda: None, lambda _: arrived.put_nowait(time.perf_counter())
        )
    )
    environment = {**os.environ, "SAYSO_HOME": str(folder), "PYTHONPATH": str(_ROOT)}
    took: list[float] = []
    empty: list[float] = []
    for _ in range(STARTS):
        began_s = time.perf_counter()
        process = await _start(environment, _SAYSO, "dictate", "--toggle")
        took.append(await arrived.get() - began_s)
        await process.wait()
        began_s = time.perf_counter()
        process = await _start(environment, "")
        await process.wait()
        empty.append(time.perf_counter() - began_s)
    _show("a Python that does nothing", empty)
    _show("sayso dictate --toggle", took)
    serving.cancel()
    await asyncio.wait([serving])


async def _start(environment: dict[str, str], *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", *arguments), env=environment, cwd=_ROOT
    )


async def _time(name: str, times: int, work: Callable[[], Awaitable[None]]) -> None:
    took = []
    for _ in range(times):
        began_s = time.perf_counter()
        await work()
        took.append(time.perf_counter() - began_s)
    _show(name, took)


def _show(name: str, took_s: list[float]) -> None:
    median, worst = statistics.median(took_s) * 1000, max(took_s) * 1000
    print(f"{name:30} median {median:6.1f} ms  worst {worst:6.1f} ms  of {len(took_s)}")


async def _main() -> None:
    with closing(Screen(640, 480)) as screen:
        await _keys(screen)
    with tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder:
        await _command(Path(folder))


if __name__ == "__main__":
    asyncio.run(_main())
