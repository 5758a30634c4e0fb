"""An independent model server on loopback: aimock, written by other people than our client.

It runs where Node is new enough. Its package is fetched once, by npm and against the lock beside
this file, into `.cache` at the root of the project.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
import tempfile
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from audio.pcm import Clip
from tests.desk.child import Child
from tests.desk.node import node_modules
from tests.desk.waiting import wait_until

Fixture = Mapping[str, Any]

SPEECH_RATE_HZ = 24_000

_HERE = Path(__file__).parent
_OLDEST_NODE = (20, 15)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that the model makes when a tool of this name is offered to it."""

    name: str
    arguments: Mapping[str, Any]
    call_id: str = "call_1"


def fixtures(
    *,
    transcript: str = "",
    tool: ToolCall | None = None,
    reply: str = "",
    speech: Clip | None = None,
) -> list[Fixture]:
    """Answers of the server: whatever was asked, it hears, calls, writes and says these.

    After the tool's result comes `reply`. What is left out gets 404.
    """
    answers: list[Fixture] = []
    if speech is not None:
        answers.append(_answer({"endpoint": "speech"}, _spoken(speech)))
    if transcript:
        heard = {"transcription": {"text": transcript, "languages": [{"code": "en"}]}}
        answers.append(_answer({"endpoint": "transcription"}, heard))
        answers.append(_answer({"endpoint": "realtime-transcription"}, heard))
    if tool is not None:
        asked = {"toolName": tool.name, "hasToolResult": False}
        call = {"id": tool.call_id, "name": tool.name, "arguments": dict(tool.arguments)}
        answers.append(_answer(asked, {"toolCalls": [call]}))
    if reply:
        answers.append(_answer({"userMessage": ""}, {"content": reply}))
    return answers


class ModelServer:
    """A running aimock. Use it as a context manager, or call `close`."""

    def __init__(self, answers: Sequence[Fixture], *arguments: str) -> None:
        """Serve `answers`; `arguments` are aimock's own, such as `--latency 50`."""
        program = node_modules(_HERE, "aimock", _OLDEST_NODE) / "@copilotkit/aimock/dist/cli.js"
        self.folder = Path(tempfile.mkdtemp(prefix="sayso-aimock-"))
        source = self.folder / "fixtures.json"
        source.write_text(json.dumps({"fixtures": list(answers)}))
        command = ["node", str(program), "-h", "127.0.0.1", "-p", "0", "-f", str(source)]
        self._server = Child([*command, "--validate-on-load", *arguments], self.folder)
        try:
            found = wait_until(self._address, "aimock listens", timeout_s=30)
        except BaseException:
            self.close()
            raise
        self.root_url = f"http://{found}"

    @property
    def base_url(self) -> str:
        """What a client is given as the server's address."""
        return f"{self.root_url}/v1"

    def journal(self) -> list[dict[str, Any]]:
        """Every request so far: `method`, `path`, `headers`, `body`, `response`."""
        with urllib.request.urlopen(f"{self.root_url}/__aimock/journal", timeout=10) as answer:
            entries: list[dict[str, Any]] = json.load(answer)
        return entries

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self._server.kill()

    def close(self) -> None:
        """End it and remove its files."""
        self._server.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> ModelServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _address(self) -> str | None:
        assert self._server.alive, f"aimock ended: {self._server.log}"
        found = re.search(r"listening on http://([\d.]+:\d+)", self._server.log)
        return found.group(1) if found else None


def _answer(match: Fixture, response: Fixture) -> Fixture:
    return {"match": dict(match), "response": dict(response)}


def _spoken(clip: Clip) -> Fixture:
    samples = clip.samples()
    if clip.rate_hz != SPEECH_RATE_HZ:
        samples = np.asarray(soxr.resample(samples, clip.rate_hz, SPEECH_RATE_HZ), dtype="<i2")
    return {"format": "pcm", "audio": base64.b64encode(samples.tobytes()).decode()}
