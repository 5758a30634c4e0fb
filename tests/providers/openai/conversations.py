"""Everything that a conversation can hold, as a model is sent it."""

from __future__ import annotations

from app.providers.base import ChatMessage, ChatRole, Form, Image, ToolCall, ToolSpec

QUESTION = [ChatMessage(ChatRole.USER, "hi")]
WEATHER = ToolSpec(
    "get_weather",
    "The weather in a city.",
    {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
)
ANSWER = Form(
    "answer",
    {
        "type": "object",
        "properties": {"words": {"type": "string"}},
        "required": ["words"],
        "additionalProperties": False,
    },
)
PICTURE = Image(b"\x89PNG\r\n\x1a\n" + bytes(16), "image/png")
SYSTEM = ChatMessage(ChatRole.SYSTEM, "Be brief.\nToday is Saturday, 21 November 2026.")
PARALLEL = [
    SYSTEM,
    ChatMessage(ChatRole.USER, "Weather in Paris and Rome?"),
    ChatMessage(
        ChatRole.ASSISTANT,
        "I'll look.",
        (
            ToolCall("call_1", "get_weather", '{"city": "Paris"}'),
            ToolCall("call_2", "get_weather", '{"city": "Rome"}'),
        ),
    ),
    ChatMessage(ChatRole.TOOL, "21 degrees", call_id="call_1"),
    ChatMessage(ChatRole.TOOL, "25 degrees", call_id="call_2"),
]
THANKED = [
    *PARALLEL,
    ChatMessage(ChatRole.ASSISTANT, "21 and 25 degrees."),
    ChatMessage(ChatRole.USER, "Thanks"),
]
SHOWN = [
    SYSTEM,
    ChatMessage(ChatRole.USER, "What is this, and this?", images=(PICTURE, PICTURE)),
]
SHOWN_SILENTLY = [SYSTEM, ChatMessage(ChatRole.USER, "", images=(PICTURE,))]
BEGUN_BY_SAYSO = [
    SYSTEM,
    ChatMessage(ChatRole.ASSISTANT, "Your timer is done."),
    ChatMessage(ChatRole.ASSISTANT, "Your tea timer is done."),
    ChatMessage(ChatRole.USER, "Thanks"),
    ChatMessage(ChatRole.USER, "and bye"),
]

SHAPES: dict[str, tuple[list[ChatMessage], list[ToolSpec], Form | None]] = {
    "a question": (QUESTION, [], None),
    "a system text": ([SYSTEM, *QUESTION], [], None),
    "tools": ([SYSTEM, *QUESTION], [WEATHER], None),
    "results of parallel calls": (PARALLEL, [WEATHER], None),
    "an old tool loop": (THANKED, [WEATHER], None),
    "pictures": (SHOWN, [WEATHER], None),
    "a picture without words": (SHOWN_SILENTLY, [], None),
    "neighbours of one role": (BEGUN_BY_SAYSO, [WEATHER], None),
    "a form": ([SYSTEM, *QUESTION], [], ANSWER),
}
