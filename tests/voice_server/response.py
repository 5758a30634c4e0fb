"""One response of the Realtime server: its words, its sound, its calls, and its price."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.providers.openai.socket_server import Json
from tests.voice_server.conversation import Item, output_usage
from tests.voice_server.ear import SERVER_RATE_HZ
from tests.voice_server.habits import Answer

if TYPE_CHECKING:
    from tests.voice_server.talk import Talk

_PIECE_MS = 100
_MOST_TOKENS = 100_000


class Response:
    """Runs as a task of the server until it is over or cancelled."""

    def __init__(self, talk: Talk, asked: Json) -> None:
        self.id = talk.new_id("resp")
        self._talk = talk
        self._asked = asked
        self._modalities = asked.get("output_modalities") or talk.session["output_modalities"]
        self._aside = asked.get("conversation") == "none"
        self._reason = ""
        self._item: Item | None = None
        self._output: list[Item] = []
        self._input: Json = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = self._talk.server.spawn(self._run())

    def cancel(self, reason: str) -> None:
        """Stop where it is."""
        if self._task is not None and not self._reason:
            self._reason = reason
            self._task.cancel()

    def _json(self, status: str, details: Json | None = None, usage: Json | None = None) -> Json:
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": status,
            "status_details": details,
            "output": [item.as_json() for item in self._output],
            "conversation_id": f"conv_{self._talk.number}",
            "output_modalities": self._modalities,
            "usage": usage,
            "metadata": self._asked.get("metadata"),
        }

    async def _run(self) -> None:
        talk, habits = self._talk, self._talk.server.habits
        try:
            await talk.send("response.created", response=self._json("in_progress"))
            self._count_input()
            if not habits.fail_next:
                await self._produce()
        except asyncio.CancelledError:
            if not self._reason:
                raise
            await self._stopped()
            return
        if habits.fail_next:
            habits.fail_next -= 1
            await self._over("failed", {"type": "failed", "error": _error(habits.failure)})
        else:
            await self._over("completed")

    def _count_input(self) -> None:
        session = self._talk.session
        cut = session.get("truncation")
        if isinstance(cut, dict) and not self._aside:
            limits = cut.get("token_limits") or {}
            most = limits.get("post_instructions") or _MOST_TOKENS
            self._talk.conversation.retain(most, cut["retention_ratio"])
        self._input = self._talk.conversation.input_usage(session["instructions"], session["tools"])

    async def _produce(self) -> None:
        server = self._talk.server
        said, rounds = self._said()
        answer = server.habits.answers(said, rounds)
        await asyncio.sleep(server.delays.first_sound_s)
        tools = self._asked.get("tools", self._talk.session["tools"])
        if answer.calls and tools and self._asked.get("tool_choice") != "none":
            for index, call in enumerate(answer.calls):
                given = {"name": call.name, "arguments": call.arguments, "call_id": call.call_id}
                await self._call(index + bool(answer.text), given)
            if not answer.text:
                return
        if answer.text:
            await self._speak(answer)

    def _said(self) -> tuple[str, int]:
        """What the user said last, and how many rounds of tools there were since."""
        rounds = 0
        if "input" in self._asked:
            parts = [p for one in self._asked["input"] for p in one.get("content", ())]
            return " ".join(part.get("text", "") for part in parts), 0
        for item in reversed(self._talk.conversation.items):
            if item.role == "user":
                return item.text, rounds
            rounds += item.kind == "function_call_output"
        return "", rounds

    async def _call(self, index: int, given: Json) -> None:
        talk = self._talk
        item = Item(talk.new_id("item"), "function_call", call=dict(given), status="in_progress")
        place = {"response_id": self.id, "output_index": index}
        item.call["arguments"] = ""
        await self._open(item, place)
        part = {**place, "item_id": item.id, "call_id": given["call_id"]}
        kind = "response.function_call_arguments"
        arguments = given["arguments"]
        for at in range(0, len(arguments), 16):
            await talk.send(f"{kind}.delta", **part, delta=arguments[at : at + 16])
        item.call["arguments"] = arguments
        await talk.send(f"{kind}.done", **part, name=given["name"], arguments=arguments)
        await self._close(item, place, "completed")

    async def _speak(self, answer: Answer) -> None:
        talk = self._talk
        item = Item(talk.new_id("item"), role="assistant", status="in_progress")
        self._item = item
        place: Json = {"response_id": self.id, "output_index": 0}
        await self._open(item, place)
        part = {**place, "item_id": item.id, "content_index": 0}
        if self._modalities == ["text"]:
            await self._write(answer.text, item, part)
        else:
            await self._sound(answer, item, part)
        await self._close(item, place, "completed")

    async def _write(self, text: str, item: Item, part: Json) -> None:
        send = self._talk.send
        await send("response.content_part.added", **part, part={"type": "text", "text": ""})
        for word in text.split(" "):
            item.text += f"{word} "
            await send("response.output_text.delta", **part, delta=f"{word} ")
        item.text = text
        await send("response.output_text.done", **part, text=text)
        await send("response.content_part.done", **part, part={"type": "text", "text": text})

    async def _sound(self, answer: Answer, item: Item, part: Json) -> None:
        send, delays = self._talk.send, self._talk.server.delays
        begun = {"type": "audio", "transcript": ""}
        await send("response.content_part.added", **part, part=begun)
        words, clock = answer.text.split(" "), asyncio.get_running_loop().time
        pieces = _pieces(answer.sound_ms)
        began_s = clock()
        for number, piece in enumerate(pieces):
            if delays.rate:
                due_s = began_s + number * _PIECE_MS / 1000 / delays.rate
                await asyncio.sleep(max(0.0, due_s - clock()))
            upto = -(-len(words) * (number + 1) // len(pieces))
            if told := " ".join(words[len(item.text.split()) : upto]):
                told += " " if upto < len(words) else ""
                item.text += told
                await send("response.output_audio_transcript.delta", **part, delta=told)
            item.sound_ms += len(piece) / 2 / SERVER_RATE_HZ * 1000
            encoded = base64.b64encode(piece).decode()
            await send("response.output_audio.delta", **part, delta=encoded)
            if not number:
                self._talk.server.note("first_sound", item_id=item.id)
        await send("response.output_audio.done", **part)
        await send("response.output_audio_transcript.done", **part, transcript=answer.text)
        done = {"type": "audio", "transcript": answer.text}
        await send("response.content_part.done", **part, part=done)

    async def _open(self, item: Item, place: Json) -> None:
        talk = self._talk
        if not self._aside:
            talk.conversation.add(item)
        self._output.append(item)
        await talk.send("response.output_item.added", **place, item=item.as_json())
        if not self._aside:
            await talk.tell_item(item, "added")

    async def _close(self, item: Item, place: Json, status: str) -> None:
        item.status = status
        await self._talk.send("response.output_item.done", **place, item=item.as_json())
        if not self._aside and self._talk.conversation.find(item.id) is not None:
            await self._talk.tell_item(item, "done")

    async def _stopped(self) -> None:
        """Cancelled: what was made so far stays in the conversation."""
        for index, item in enumerate(self._output):
            if item.status == "in_progress":
                place = {"response_id": self.id, "output_index": index}
                await self._close(item, place, "incomplete")
        await self._over("cancelled", {"type": "cancelled", "reason": self._reason})

    async def _over(self, status: str, details: Json | None = None) -> None:
        talk = self._talk
        if talk.response is self:
            talk.response = None
        output = output_usage(self._item)
        spent = sum(self._input.get(f"{kind}_tokens", 0) for kind in ("text", "audio", "image"))
        usage: Json = {
            "total_tokens": spent + sum(output.values()),
            "input_tokens": spent,
            "output_tokens": sum(output.values()),
            "input_token_details": self._input,
            "output_token_details": output,
        }
        talk.server.note("response_over", status=status, usage=usage)
        await talk.send("response.done", response=self._json(status, details, usage))


def _pieces(sound_ms: int) -> list[bytes]:
    """A voice: a tone that swells and sinks, as syllables do."""
    times = np.arange(SERVER_RATE_HZ * sound_ms // 1000) / SERVER_RATE_HZ
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * times)
    pcm = (9000 * swell * np.sin(2 * np.pi * 220 * times)).astype("<i2").tobytes()
    size = SERVER_RATE_HZ * _PIECE_MS // 1000 * 2
    return [pcm[at : at + size] for at in range(0, len(pcm), size)]


def _error(failure: Json) -> dict[str, Any]:
    return {key: failure[key] for key in ("type", "code") if key in failure}
