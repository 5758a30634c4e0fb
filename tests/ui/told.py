"""Events and messages as the core would publish them."""

from __future__ import annotations

import datetime

from app import events
from app.conversation.message import ConversationSummary, Message, Role, ToolUse
from app.errors import Action, AppError, Category, Code
from app.state import Phase, State

NOW = datetime.datetime(2026, 5, 4, 10, 42, tzinfo=datetime.UTC)
TIMER = ToolUse("call", "set_timer", '{"minutes": 10}', "Set.", True, 0.12)


def user(text: str, **more: object) -> Message:
    return Message(Role.USER, text, created_at=NOW, **more)  # type: ignore[arg-type]


def reply(text: str, **more: object) -> Message:
    return Message(Role.ASSISTANT, text, created_at=NOW, by="gpt-4o", **more)  # type: ignore[arg-type]


def summary(conversation_id: str, title: str = "A title", days_ago: int = 0) -> ConversationSummary:
    at = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days_ago)
    return ConversationSummary(conversation_id, title, at)


def opened(*messages: Message, conversation_id: str = "c1") -> events.ConversationOpened:
    return events.ConversationOpened(summary(conversation_id), messages)


def state(phase: Phase, **more: object) -> events.StateChanged:
    return events.StateChanged(State(phase, **more))  # type: ignore[arg-type]


def ready() -> events.StateChanged:
    return state(Phase.IDLE)


def notice(
    notice_id: str = "n1",
    code: Code = Code.SERVER_SILENT,
    action: Action = Action.RETRY,
    category: Category = Category.NETWORK,
) -> events.Notice:
    return events.Notice(notice_id, code, category, "It did not answer.", "Try again.", action)


def notice_of(code: Code) -> events.Notice:
    error = AppError(code, "It")
    why = error.explanation
    return events.Notice(code.value, code, why.category, error.message, why.hint, why.action)


def question(arguments: str = '{"id": 12}', *, by_voice: bool = False) -> events.ApprovalRequested:
    return events.ApprovalRequested("q1", "Delete the note?", "delete_note", arguments, by_voice)


DEVICES = events.DevicesChanged(
    (
        events.DeviceChoice("mic-a", "Built-in microphone", True),
        events.DeviceChoice("mic-b", "Blue Yeti", False),
    ),
    (events.DeviceChoice("out-a", "Built-in speakers", True),),
)
