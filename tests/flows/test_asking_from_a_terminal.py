"""`sayso ask --screenshot region` where no Sayso runs: dragged, looked at, answered, spoken."""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.desk import error_dialog
from tests.desk.aimock import ModelServer, fixtures
from tests.desk.child import Child, merged
from tests.desk.screen import Picture, Screen, Window
from tests.desk.sound import MICROPHONE, SoundServer
from tests.desk.speech import say
from tests.desk.waiting import wait_until
from tests.flows.running import RunningSayso, said_since, words

pytestmark = pytest.mark.desk
REPLY = "The disk is full."


def test_a_region_is_dragged_looked_at_and_answered_aloud(
    sound: SoundServer,
    screen: Screen,
    tmp_path: Path,
    model_server: Callable[..., ModelServer],
) -> None:
    server = model_server(fixtures(reply=REPLY, speech=say("please open the window")))
    sources = "".join(f'[{name}]\nsource = "server"\n' for name in ("chat", "speech"))
    settings = f'[general]\nlisten_at_start = true\n[server]\nbase_url = "{server.base_url}"\n'
    command = [sys.executable, error_dialog.__file__, "Cannot save"]
    asked = ("ask", "--speak", "--screenshot", "region", "What does this error mean?")
    with sound.recording() as recording, ExitStack() as stack:
        program = Child(command, tmp_path, environment=merged(screen.environment))
        stack.enter_context(program)
        box = screen.wait_for_active("^Cannot save$")
        bright = _brightness(screen, box)
        sayso = stack.enter_context(
            RunningSayso(
                tmp_path / "home", sound.environment, screen.environment,
                arguments=asked, settings=settings + sources,
            )
        )  # fmt: skip
        wait_until(lambda: _brightness(screen, box) < bright * 0.8, "a dimmed desktop")
        screen.xdotool("mousemove", box.x, box.y, "mousedown", 1)
        screen.xdotool("mousemove", box.x + box.width, box.y + box.height, "mouseup", 1)
        screen.xdotool("key", "Return")
        screen.wait_for_active("^Before it is sent")
        wait_until(lambda: "Look at the picture" in sayso.child.log, "the question to look")
        preview = _settled(screen)
        screen.xdotool("key", "Return")
        assert sayso.child.wait(30) == 0
        assert REPLY in sayso.child.log
        assert MICROPHONE not in sound.sources_in_use()
        assert "open the window" in words(said_since(recording, 0))
    (body,) = (e["body"] for e in server.journal() if e["path"] == "/v1/chat/completions")
    url = body["messages"][-1]["content"][-1]["image_url"]["url"]
    sent = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB")
    assert _shows(preview, np.asarray(sent))


def _brightness(screen: Screen, box: Window) -> float:
    within = screen.picture()[box.y : box.y + box.height, box.x : box.x + box.width]
    return float(within.mean())


def _settled(screen: Screen) -> Picture:
    """The picture of the screen once it stays the same for a second."""
    seen: list[Picture] = []

    def stays() -> bool:
        seen.append(screen.picture())
        last = seen[-10:]
        return len(last) == 10 and not (last[0] != last[-1]).any()

    wait_until(stays, "a screen that stays the same", timeout_s=30)
    return seen[-1]


def _shows(screen: Picture, part: Picture) -> bool:
    """Whether it is somewhere on the screen, pixel by pixel."""
    height, width, _ = part.shape
    rows, columns = screen.shape[0] - height + 1, screen.shape[1] - width + 1
    middle = part[height // 2, width // 4]
    at = screen[height // 2 : height // 2 + rows, width // 4 : width // 4 + columns]
    places = np.argwhere((at == middle).all(axis=2))
    return any((screen[y : y + height, x : x + width] == part).all() for y, x in places)
