"""A real program's error on a real screen: a region, a spoken question, an answer, a follow-up."""

from __future__ import annotations

import base64
import io
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.desk import error_dialog
from tests.desk.aimock import ModelServer, fixtures
from tests.desk.child import Child, merged
from tests.desk.screen import Picture, Screen
from tests.desk.sound import SoundServer
from tests.desk.speech import say
from tests.desk.waiting import wait_until
from tests.flows.running import HANDS_FREE, TITLE, RunningSayso, said_since, words

pytestmark = pytest.mark.desk
QUESTION = "What does this error mean?"
REPLY = "The disk is full, so please open the window and delete something."


def settings_for(base_url: str) -> str:
    sources = "".join(
        f'[{name}]\nsource = "server"\n' for name in ("chat", "transcription", "speech")
    )
    return f'{HANDS_FREE}[server]\nbase_url = "{base_url}"\n{sources}'


def pictures(body: Any) -> list[bytes]:
    """The files of all pictures in a request."""
    urls = [
        part["image_url"]["url"]
        for entry in body["messages"]
        if isinstance(entry["content"], list)
        for part in entry["content"]
        if part["type"] == "image_url"
    ]
    return [base64.b64decode(url.partition(",")[2]) for url in urls]


def test_a_region_with_an_error_is_asked_about_by_voice(
    sound: SoundServer,
    screen: Screen,
    tmp_path: Path,
    model_server: Callable[..., ModelServer],
) -> None:
    server = model_server(
        fixtures(transcript=QUESTION, reply=REPLY, speech=say("please open the window")),
        "--latency", "20",
    )  # fmt: skip
    command = [sys.executable, error_dialog.__file__, "Cannot save"]
    with (
        sound.recording() as recording,
        RunningSayso(
            tmp_path / "home", sound.environment, screen.environment,
            settings=settings_for(server.base_url),
        ) as sayso,
        ExitStack() as stack,
    ):  # fmt: skip
        sayso.wait_until_listening(sound)
        screen.wait_for_active(f"^{TITLE}$")
        program = Child(command, tmp_path, environment=merged(screen.environment))
        stack.enter_context(program)
        box = screen.wait_for_active("^Cannot save$")
        truth = screen.picture()[box.y : box.y + box.height, box.x : box.x + box.width]
        _show_region(screen, box.x, box.y, box.width, box.height)
        since_s = time.monotonic()
        sound.say_clip(say("what does this error mean"))
        assert sayso.wait_for_reply(1) == REPLY
        recording.wait_for_silence(600)
        assert "open the window" in words(said_since(recording, since_s))
        sound.say_clip(say("what does this error mean"))
        assert sayso.wait_for_reply(2) == REPLY
        recording.wait_for_silence(600)
        assert sayso.quit() == 0
    asked = [e["body"] for e in server.journal() if e["path"] == "/v1/chat/completions"]
    first, last = pictures(asked[0]), pictures(asked[-1])
    assert len(first) == 1
    assert first == last, "the follow-up still has it"
    seen = np.asarray(Image.open(io.BytesIO(first[0])).convert("RGB"))
    height, width = (
        min(one, two) for one, two in zip(seen.shape[:2], truth.shape[:2], strict=True)
    )
    assert (abs(seen.shape[0] - truth.shape[0]), abs(seen.shape[1] - truth.shape[1])) <= (1, 1)
    different = (seen[:height, :width] != truth[:height, :width]).any(axis=2)
    assert not different.any(), f"{seen.shape} {truth.shape} {np.argwhere(different)[:3]}"
    assert not [file for file in (tmp_path / "home").rglob("*") if file.suffix in (".png", ".jpg")]


def _show_region(screen: Screen, x: int, y: int, width: int, height: int) -> None:
    """Drag it, and attach what the preview shows."""
    still = screen.picture()
    screen.xdotool("mousemove", x, y)
    wait_until(lambda: _freezes(screen, still), "the dimmed desktop", timeout_s=40)
    _settled(screen)
    screen.xdotool("mousemove", x, y, "mousedown", 1)
    for step in range(1, 5):
        screen.xdotool("mousemove", x + width * step // 4, y + height * step // 4)
    screen.xdotool("mouseup", 1)
    before = _settled(screen)
    screen.xdotool("key", "Return")
    preview = _settled(screen, other_than=before)
    screen.wait_for_active(f"^{TITLE}$")
    screen.xdotool("key", "Return")
    _settled(screen, other_than=preview)


def _settled(screen: Screen, other_than: Picture | None = None) -> Picture:
    """The picture of the screen once it has changed and stays the same for two seconds."""
    seen: list[Picture] = []

    def stays() -> bool:
        seen.append(screen.picture())
        last = seen[-20:]
        is_new = other_than is None or float((last[-1] != other_than).mean()) > 0.01
        return is_new and len(last) == 20 and float((last[0] != last[-1]).mean()) < 0.001

    wait_until(stays, "a screen that stays the same", timeout_s=40)
    return seen[-1]


def _freezes(screen: Screen, still: Picture) -> bool:
    """The key may not be Sayso's yet."""
    screen.xdotool("key", "ctrl+alt+r")
    with suppress(AssertionError):
        return bool(wait_until(lambda: _is_dim(screen, still), "the dimmed desktop", timeout_s=6))
    return False


def _is_dim(screen: Screen, still: Picture) -> bool:
    return float(screen.picture().astype(int).mean()) < float(still.mean()) * 0.8
