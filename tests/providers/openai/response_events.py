"""What OpenAI streams as an answer to `/responses`, as its schema has it."""

from __future__ import annotations

from typing import Any

from tests.providers.openai import fault_server as faults

USAGE = {
    "input_tokens": 120,
    "input_tokens_details": {"cached_tokens": 100, "cache_write_tokens": 0},
    "output_tokens": 9,
    "output_tokens_details": {"reasoning_tokens": 4},
    "total_tokens": 129,
}


def delta(text: str, output: int = 0, content: int = 0, kind: str = "output_text") -> Any:
    """A piece of text or refusal."""
    return {
        "type": f"response.{kind}.delta",
        "item_id": f"msg_{output}",
        "output_index": output,
        "content_index": content,
        "delta": text,
        "sequence_number": 4,
    }


def reasoning(encrypted: str | None = "gAAAAAB") -> Any:
    """What the model thought."""
    return {"id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": encrypted}


def message(text: str) -> Any:
    """What the model said."""
    content = [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}]
    return {
        "id": "msg_1",
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": content,
    }


def call(call_id: str, arguments: str = "{}", name: str = "get_weather") -> Any:
    """A tool that the model wants to run."""
    return {
        "id": f"fc_{call_id}",
        "type": "function_call",
        "status": "completed",
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
    }


def done(output: int, item: Any) -> Any:
    """One item is whole."""
    return {
        "type": "response.output_item.done",
        "output_index": output,
        "item": item,
        "sequence_number": 6,
    }


def end(status: str = "completed", *output: Any, why: str | None = None, error: Any = None) -> Any:
    """The last event."""
    return {
        "type": f"response.{status}",
        "sequence_number": 9,
        "response": {
            "id": "resp_1",
            "object": "response",
            "created_at": 1,
            "model": "m",
            "status": status,
            "output": list(output),
            "incomplete_details": {"reason": why} if why else None,
            "error": error,
            "usage": USAGE if status == "completed" else None,
        },
    }


OPENING = [
    {"type": "response.created", "response": {"id": "resp_1"}, "sequence_number": 0},
    {"type": "response.in_progress", "response": {"id": "resp_1"}, "sequence_number": 1},
    {"type": "brand.new.event", "surprise": True},
]


def reply(*texts: str) -> list[Any]:
    """A whole answer in words."""
    whole = message("".join(texts))
    return [*OPENING, *(delta(text) for text in texts), done(0, whole), end("completed", whole)]


def sent(events: list[Any]) -> list[bytes]:
    """The events as they come over the wire, with their names."""
    return [f"event: {event['type']}\n".encode() + faults.event(event) for event in events]
