"""The command assistant: a ChatModel without a model. It calls the tools that a large one calls.

Stateless: what was asked before, and what a tool answered, is read from the messages.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence

from app.conversation.history import CUT_MARK
from app.providers.base import (
    ChatChunk,
    ChatMessage,
    ChatRole,
    Expect,
    Finished,
    FinishReason,
    Form,
    TextDelta,
    ToolCall,
    ToolSpec,
)
from app.providers.local.calls import call_for
from app.providers.local.intents import Intent
from app.providers.local.matcher import Match, match
from app.providers.local.memory_phrases import ASK_FOR_FACT
from app.providers.local.phrases import (
    ASK_FOR_LENGTH,
    ASK_FOR_NOTE,
    CANNOT_HERE,
    CANNOT_SEE,
    FIXED,
    NO_RESULT,
    NOTHING_TO_REPEAT,
    not_understood,
    sentence,
)

_FREE_ANSWERS = {ASK_FOR_NOTE: Intent.NOTE_ADD, ASK_FOR_FACT: Intent.REMEMBER}


class CommandAssistant:
    """Understands the sentences of `templates`, and says so when it does not."""

    label = "built in"

    async def warm(self) -> None:
        """The first match parses the templates; it may as well be now."""
        match("what time is it")

    async def reply(
        self,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec],
        form: Form | None = None,
    ) -> AsyncGenerator[ChatChunk, None]:
        """A tool's call for a command, or the sentence that answers it."""
        if messages and messages[-1].role is ChatRole.TOOL:
            yield TextDelta(_report(messages))
            yield Finished(FinishReason.STOP)
            return
        answer = _answer(messages)
        if isinstance(answer, ToolCall) and answer.name in {tool.name for tool in tools}:
            yield answer
            yield Finished(FinishReason.TOOL_CALLS)
            return
        if isinstance(answer, ToolCall):
            answer = CANNOT_HERE
        turns = sum(message.role is ChatRole.USER for message in messages)
        yield TextDelta(answer or not_understood(turns))
        yield Finished(FinishReason.STOP)

    async def aclose(self) -> None:
        """Nothing to release."""


def expects(messages: Sequence[ChatMessage]) -> Expect:
    """Free words follow the question for a note or a fact; otherwise a command may."""
    return Expect.FREE_TEXT if _last_said(messages) in _FREE_ANSWERS else Expect.ANYTHING


def _answer(messages: Sequence[ChatMessage]) -> ToolCall | str | None:
    """The tool or the sentence for the last thing that the user said; None when it is neither."""
    at = _last(messages, ChatRole.USER)
    if at is None:
        return None
    text, before = messages[at].text, messages[:at]
    found = _in_context(text, match(text), before)
    if found is None:
        return CANNOT_SEE if messages[at].images else None
    if found.intent is Intent.REPEAT:
        return _last_said(before) or NOTHING_TO_REPEAT
    if found.intent is Intent.CLIPBOARD_COPY:
        said = _last_said(_before_copying(before))
        return call_for(Match(found.intent, {"text": said})) if said else NOTHING_TO_REPEAT
    return FIXED.get(found.intent) or call_for(found)


def _in_context(text: str, found: Match | None, before: Sequence[ChatMessage]) -> Match | None:
    """What the words mean after what was said last: a note, a fact, the length of a timer."""
    said = _last_said(before)
    ends = found is not None and found.intent in (Intent.STOP, Intent.THANKS)
    if said in _FREE_ANSWERS and not ends and text.strip():
        return Match(_FREE_ANSWERS[said], {"text": text.strip()})
    if found is not None and found.intent is Intent.STOP and "forget" in text.casefold():
        remembered = _just_remembered(before)
        return Match(Intent.FORGET, {"text": remembered}) if remembered else found
    if found is not None and found.intent is Intent.TIMER_LENGTH:
        if said != ASK_FOR_LENGTH:
            return None
        asked = _last_match(before) or found
        return Match(Intent.TIMER_SET, {**asked.slots, **found.slots})
    return found


def _before_copying(messages: Sequence[ChatMessage]) -> Sequence[ChatMessage]:
    """Without the turns at the end that only copied what had been said before them."""
    while (at := _last(messages, ChatRole.USER)) is not None:
        found = match(messages[at].text)
        if found is None or found.intent is not Intent.CLIPBOARD_COPY:
            break
        messages = messages[:at]
    return messages


def _just_remembered(messages: Sequence[ChatMessage]) -> str:
    """The fact that the last reply was about; empty where it was about something else."""
    at = _last(messages, ChatRole.USER)
    calls = [call for message in messages[at or 0 :] for call in message.tool_calls]
    if len(calls) != 1 or calls[0].name != "remember":
        return ""
    return str(json.loads(calls[0].arguments)["fact"])


def _last_match(messages: Sequence[ChatMessage]) -> Match | None:
    at = _last(messages, ChatRole.USER)
    return match(messages[at].text) if at is not None else None


def _last(messages: Sequence[ChatMessage], role: ChatRole) -> int | None:
    return next((n for n in range(len(messages) - 1, -1, -1) if messages[n].role is role), None)


def _last_said(messages: Sequence[ChatMessage]) -> str:
    """The last reply, in full also when the user cut it off."""
    replies = (n for n in range(len(messages) - 1, -1, -1) if _is_reply(messages[n]))
    at = next(replies, None)
    if at is None:
        return ""
    said = messages[at].whole.strip() or messages[at].text.strip()
    if not said.endswith(CUT_MARK):
        return said
    begun = said.removesuffix(CUT_MARK).strip()
    whole = _whole_reply(messages[:at])
    return whole if whole.startswith(begun) else begun


def _is_reply(message: ChatMessage) -> bool:
    return message.role is ChatRole.ASSISTANT and bool(message.text.strip())


def _whole_reply(messages: Sequence[ChatMessage]) -> str:
    """What this assistant says at the end of `messages`."""
    if messages and messages[-1].role is ChatRole.TOOL:
        return _report(messages)
    answer = _answer(messages)
    return answer if isinstance(answer, str) else ""


def _report(messages: Sequence[ChatMessage]) -> str:
    """What the tools found out, in one sentence for each."""
    at = max(n for n, message in enumerate(messages) if message.tool_calls)
    results = {m.call_id: m.text for m in messages[at:] if m.role is ChatRole.TOOL}
    calls = messages[at].tool_calls
    return " ".join(sentence(call, results.get(call.call_id, NO_RESULT)) for call in calls)
