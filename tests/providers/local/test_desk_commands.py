"""Files, windows, sound and the clipboard by voice, without a network."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from app.providers.base import ChatMessage, ChatRole, Hints, TextDelta, ToolCall, ToolSpec
from app.providers.local.calls import call_for
from app.providers.local.commands import CommandAssistant
from app.providers.local.matcher import match
from app.providers.local.phrases import sentence
from app.providers.local.recognizer import SphinxTranscriber
from tests.desk.speech import say

SPOKEN = (
    "open my downloads",
    "open the folder documents",
    "volume up",
    "turn the volume down",
    "set the volume to thirty percent",
    "mute the sound",
    "pause the music",
    "play the next song",
    "what windows are open",
    "switch to firefox",
    "read me the clipboard",
    "copy that to the clipboard",
)


@pytest.mark.parametrize(
    ("said", "tool", "arguments"),
    [
        ("find the file tax 2025", "find_files", {"words": "tax 2025"}),
        ("please find my tax document", "find_files", {"words": "tax"}),
        ("where is the document about cats", "find_files", {"words": "cats"}),
        ("open the folder downloads", "open_file", {"path": "Downloads"}),
        ("open my pictures", "open_file", {"path": "Pictures"}),
        ("show the desktop folder", "open_file", {"path": "Desktop"}),
        ("volume up", "set_volume", {"change": 10}),
        ("turn the volume up", "set_volume", {"change": 10}),
        ("turn it down", "set_volume", {"change": -10}),
        ("turn the volume down by 25 percent", "set_volume", {"change": -25}),
        ("make it louder", "set_volume", {"change": 10}),
        ("volume to thirty percent", "set_volume", {"percent": 30}),
        ("set the volume to 45%", "set_volume", {"percent": 45}),
        ("volume a hundred percent", "set_volume", {"percent": 100}),
        ("what is the volume", "get_volume", {}),
        ("mute the sound", "set_volume", {"muted": True}),
        ("unmute", "set_volume", {"muted": False}),
        ("pause the music", "control_media", {"action": "pause"}),
        ("stop the video", "control_media", {"action": "pause"}),
        ("play the music", "control_media", {"action": "play"}),
        ("next track", "control_media", {"action": "next"}),
        ("skip this song", "control_media", {"action": "next"}),
        ("previous song", "control_media", {"action": "previous"}),
        ("what song is this", "now_playing", {}),
        ("what windows are open", "list_windows", {}),
        ("switch to firefox", "switch_window", {"name": "firefox"}),
        ("switch to the text editor", "switch_window", {"name": "text editor"}),
        ("read the clipboard", "read_clipboard", {}),
        ("what's on the clipboard", "read_clipboard", {}),
    ],
)
def test_a_command_calls_its_tool(said: str, tool: str, arguments: dict[str, object]) -> None:
    found = match(said)
    assert found is not None
    call = call_for(found)
    assert call is not None
    assert (call.name, json.loads(call.arguments)) == (tool, arguments)


@pytest.mark.parametrize(
    "said",
    ["volume 300", "find the meaning of life", "turn", "switch", "pause", "what is a window"],
)
def test_what_is_no_command(said: str) -> None:
    assert match(said) is None


def file(path: str) -> dict[str, object]:
    return {"path": path, "bytes": 1, "changed": "2025-01-01 10:00"}


@pytest.mark.parametrize(
    ("tool", "arguments", "result", "said"),
    [
        ("find_files", {"words": "tax"}, {"files": [], "count": 0},
         "I found nothing called tax."),
        ("find_files", {"words": "tax"}, {"files": [file("Documents/tax.pdf")], "count": 1},
         "I found tax.pdf in Documents."),
        ("find_files", {"words": "a"},
         {"files": [file(f"Documents/x/{n}.txt") for n in range(5)], "count": 9},
         "I found 9. The newest are 0.txt in x, 1.txt in x and 2.txt in x."),
        ("open_file", {"path": "downloads"}, {"opened": "Downloads"}, "I opened Downloads."),
        ("set_volume", {"change": 10}, {"percent": 40, "muted": False},
         "The volume is at 40 percent."),
        ("set_volume", {"muted": True}, {"percent": 40, "muted": True}, "The sound is off."),
        ("control_media", {"action": "pause"}, {"player": "Firefox", "status": "paused"},
         "Firefox is paused."),
        ("control_media", {"action": "next"}, {"player": "Firefox", "status": "playing"},
         "That is the next one."),
        ("now_playing", {}, {"status": "nothing"}, "Nothing plays."),
        ("now_playing", {}, {"status": "playing", "title": "One", "artist": "Us", "player": "x"},
         "One by Us."),
        ("list_windows", {}, {"windows": []}, "No other window is open."),
        ("list_windows", {}, {"windows": [{"program": "firefox", "title": "t", "front": True},
                                          {"program": "", "title": "b", "front": False}]},
         "2 windows are open: firefox and b."),
        ("switch_window", {"name": "f"}, {"switched_to": "firefox"}, "I switched to firefox."),
        ("read_clipboard", {}, {"text": ""}, "There is no text on the clipboard."),
        ("read_clipboard", {}, {"text": "a\nb"}, "The clipboard says: a b"),
    ],
)  # fmt: skip
def test_a_result_is_said(
    tool: str, arguments: dict[str, object], result: dict[str, object], said: str
) -> None:
    call = ToolCall("c", tool, json.dumps(arguments))
    assert sentence(call, json.dumps(result)) == said


async def test_what_was_said_is_copied() -> None:
    history = [
        ChatMessage(ChatRole.USER, "what is two plus two"),
        ChatMessage(ChatRole.ASSISTANT, "2 plus 2 is 4."),
        ChatMessage(ChatRole.USER, "copy that"),
    ]
    tools = [ToolSpec("write_clipboard", "", {})]
    calls = [each async for each in CommandAssistant().reply(history, tools)]
    assert isinstance(calls[0], ToolCall)
    assert calls[0].name == "write_clipboard"
    assert json.loads(calls[0].arguments) == {"text": "2 plus 2 is 4."}
    said = [each async for each in CommandAssistant().reply(history[2:], tools)]
    assert said[0] == TextDelta("I have not said anything yet.")


async def test_copying_twice_copies_the_same() -> None:
    history = [
        ChatMessage(ChatRole.USER, "what is two plus two"),
        ChatMessage(ChatRole.ASSISTANT, "2 plus 2 is 4."),
    ]
    tools = [ToolSpec("write_clipboard", "", {})]
    for _ in range(2):
        history.append(ChatMessage(ChatRole.USER, "Copy that."))
        call, *_ = [each async for each in CommandAssistant().reply(history, tools)]
        assert isinstance(call, ToolCall)
        assert json.loads(call.arguments) == {"text": "2 plus 2 is 4."}
        history.append(ChatMessage(ChatRole.ASSISTANT, "", tool_calls=(call,)))
        history.append(ChatMessage(ChatRole.TOOL, "{}", call_id=call.call_id))
        history.append(ChatMessage(ChatRole.ASSISTANT, "It is on the clipboard."))


def test_a_failure_is_said() -> None:
    call = ToolCall("c", "switch_window", '{"name": "x"}')
    assert sentence(call, "Error: No open window is called “x”.") == (
        "That did not work: No open window is called “x”."
    )


@pytest.fixture
async def recognizer() -> AsyncIterator[SphinxTranscriber]:
    transcriber = SphinxTranscriber()
    yield transcriber
    await transcriber.aclose()


async def test_they_are_heard_without_a_network(recognizer: SphinxTranscriber) -> None:
    for voice in ("slt", "awb", "rms"):
        for command in SPOKEN:
            text = (await recognizer.transcribe(say(command, voice=voice), Hints())).text
            assert match(text) == match(command), f"{voice}: {command!r} was heard as {text!r}"
