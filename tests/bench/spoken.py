"""Twenty spoken turns through a Realtime server that other people wrote, on the test desk.

Run: python -m tests.bench.spoken --python VENV/bin/python --launch s2s_launch.py [--turns 20]. The
server is the package speech-to-speech, its models are aimock's; the user speaks into a private
PulseAudio and hears its speakers. Turns call a tool, some replies are talked over, some questions
come with a picture of the screen.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.desk.aimock import ModelServer, ToolCall, fixtures
from tests.desk.child import Child, merged
from tests.desk.recording import Recording
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.desk.speech import join, say
from tests.desk.waiting import wait_until
from tests.flows.running import HANDS_FREE, TITLE, RunningSayso

QUESTION = "What is six times seven?"
REPLY = "Six times seven is forty two. You asked for that, and it has not changed since."
INTERRUPTED = (5, 11, 17)
SHOWN = (3, 9, 15)
"""Before these turns a key shows a window to Sayso."""
IN_VIEW = (100, 40)
"""On that window."""
_LONGEST_S = 40.0

_SETTLE_S = 6.0
"""Keys are bound after the microphone."""

_SPEECH = ("six times seven is forty two", "that has not changed", "it will not change either")


@dataclass(slots=True)
class Conversation:
    """What came of it. `answered` are questions after which something was heard at the speakers."""

    turns: int = 0
    answered: int = 0
    interrupted: int = 0
    roles: Sequence[str] = ()
    tools: int = 0
    chats: int = 0
    shown: int = 0
    pictures: Sequence[int] = ()
    """How many pictures each of the server's requests to its model had."""
    slowest_s: float = 0.0
    """From the end of a question to the first sound of its answer."""
    log: Sequence[str] = ()


def settings(base_url: str) -> str:
    """Speech to speech with a server that finds the ends of turns: this one always does."""
    return (
        f'{HANDS_FREE}[server]\nbase_url = "{base_url}"\n[chat]\nsource = "server"\n'
        '[realtime]\nengine = "realtime"\nmodel = "gpt-realtime-2.1"\n'
        'turn_ends = "server"\n'
        '[screen]\npreview = false\nwindow_hotkey = "Ctrl+Alt+P"\n'
    )


@contextlib.contextmanager
def voice_server(python: Path, launch: Path, models: str, folder: Path) -> Any:
    """The package, serving on loopback; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [
        *(str(python), str(launch), "serve", "--host", "127.0.0.1", "--port", str(port)),
        "--no_smart_turn",
        *("--stt", "openai", "--openai_stt_base_url", models),
        *("--openai_stt_model", "gpt-transcribe", "--openai_stt_api_key", "x"),
        *("--llm_backend", "chat-completions", "--model_name", "gpt-6-luna"),
        *("--responses_api_base_url", models, "--responses_api_api_key", "x"),
        *("--tts", "openai", "--openai_tts_base_url", models),
        *("--openai_tts_model", "gpt-4o-mini-tts", "--openai_tts_voice", "marin"),
        *("--openai_tts_api_key", "x"),
    ]
    with Child(command, folder) as server:

        def listens() -> bool:
            assert server.alive, server.log[-2000:]
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.5):
                return True
            return False

        wait_until(listens, "the voice server listens", timeout_s=120)
        yield f"http://127.0.0.1:{port}/v1"


def converse(sound: SoundServer, screen: Screen, sayso: RunningSayso, turns: int) -> Conversation:
    """Ask, sometimes show something first, and sometimes talk over the answer."""
    found, question = Conversation(turns), say("what is six times seven")
    sayso.wait_until_listening(sound)
    screen.wait_for_window(TITLE)
    time.sleep(_SETTLE_S)
    with sound.recording() as heard:  # The server loads much of itself, and answers nobody.
        _ask(sound, sayso, heard, question, Conversation(), is_interrupted=False)
        time.sleep(_SETTLE_S)
    for number in range(1, turns + 1):
        if number in SHOWN:
            screen.xdotool("mousemove", *IN_VIEW, "key", "ctrl+alt+p")
            time.sleep(2)
            found.shown += 1
        with sound.recording() as heard:
            _ask(sound, sayso, heard, question, found, is_interrupted=number in INTERRUPTED)
        print(f"{number}: {len(sayso.replies)} replies", flush=True)
    found.roles = [role for role, _, _ in sayso.messages]
    return found


def _ask(
    sound: SoundServer,
    sayso: RunningSayso,
    heard: Recording,
    question: Any,
    found: Conversation,
    *,
    is_interrupted: bool,
) -> None:
    before = len(sayso.replies)
    sound.say_clip(question)
    asked_s = time.monotonic()
    try:
        first_s = heard.wait_for_sound(timeout_s=_LONGEST_S)
    except AssertionError:
        return
    found.answered += 1
    found.slowest_s = round(max(found.slowest_s, first_s - asked_s), 2)
    if is_interrupted:
        time.sleep(0.6)
        sound.say_clip(say("stop there please"))
        found.interrupted += 1
    heard.wait_for_silence(1500, timeout_s=_LONGEST_S)
    with contextlib.suppress(AssertionError):
        wait_until(lambda: len(sayso.replies) > before, "the reply is kept", timeout_s=10)


def run(python: Path, launch: Path, turns: int) -> Conversation:
    """All of it."""
    speech = join(*(say(text) for text in _SPEECH))
    call = ToolCall("calculate", {"expression": "6 * 7"})
    answers = fixtures(transcript=QUESTION, tool=call, reply=REPLY, speech=speech)
    with (
        tempfile.TemporaryDirectory(prefix="sayso-spoken-") as folder,
        ModelServer(answers) as models,
        voice_server(python, launch, models.base_url, Path(folder) / "server") as base_url,
        contextlib.closing(SoundServer()) as sound,
        contextlib.closing(Screen(1024, 768)) as screen,
    ):
        environment = {"DBUS_SESSION_BUS_ADDRESS": ""}
        home = Path(folder) / "home"
        command = ["xterm", "-T", "shown", "-geometry", "40x4+0+0", "-e", "cat"]
        with (
            Child(command, Path(folder), environment=merged(screen.environment)),
            RunningSayso(
                home,
                merged(sound.environment, screen.environment, environment),
                settings=settings(base_url),
            ) as sayso,
        ):
            found = converse(sound, screen, sayso, turns)
            journal = models.journal()
            found.chats = sum("chat" in entry["path"] for entry in journal)
            found.tools = sum(_has_result(entry) for entry in journal)
            found.pictures = [_pictures(entry) for entry in journal if "chat" in entry["path"]]
            found.log = [line["message"] for line in sayso.log if line.get("level") == "WARNING"]
            return found


def _has_result(entry: dict[str, Any]) -> bool:
    messages = (entry.get("body") or {}).get("messages") or [{}]
    return "chat" in entry["path"] and messages[-1].get("role") == "tool"


def _pictures(entry: dict[str, Any]) -> int:
    """-1 where the journal left the request out, because it is long."""
    messages = (entry.get("body") or {}).get("messages")
    if messages is None:
        return -1
    parts = [
        part for each in messages if isinstance(each["content"], list) for part in each["content"]
    ]
    return sum(part["type"] == "image_url" for part in parts)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--python", type=Path, required=True, help="that has speech-to-speech")
    parser.add_argument("--launch", type=Path, required=True, help="starts it without weights")
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    found = run(options.python, options.launch, options.turns)
    result = {name: getattr(found, name) for name in Conversation.__slots__}
    print(json.dumps(result, indent=1))
    if options.out is not None:
        options.out.write_text(json.dumps(result) + "\n")
    return 0 if found.answered == options.turns else 1


if __name__ == "__main__":
    sys.exit(main())
