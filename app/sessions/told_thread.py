"""What a voice session knows of the conversation, and what it has to be told. Core thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.conversation.current import CurrentConversation
from app.conversation.history import chat_messages
from app.conversation.message import Message
from app.providers.base import ChatMessage
from app.sessions.line_parts import Opening
from app.sessions.voice_line import VoiceLine


class ToldThread:
    """Messages whose words are still to come are left out: the session has their sound."""

    def __init__(
        self, conversation: CurrentConversation, system: Callable[[], str], budget_chars: int
    ) -> None:
        """`budget_chars` is how much text of the past a new session is told."""
        self._conversation = conversation
        self._system = system
        self._budget_chars = budget_chars

    def instructions(self) -> str:
        """What a session is told before anything else."""
        head = chat_messages(self._system(), (), self._budget_chars)
        return head[0].text if head else ""

    def opening(self) -> Opening:
        """What a new session is told."""
        told = self._told()
        known = frozenset(message.id for message in told)
        return Opening(self._conversation.id, known, self.entries(told))

    def entries(self, messages: Sequence[Message]) -> tuple[ChatMessage, ...]:
        """These messages as a session is told them."""
        return chat_messages("", messages, self._budget_chars)

    def catch_up(self, line: VoiceLine) -> bool:
        """Tell the session what was said without it; False when it has to begin anew."""
        if not line.is_up:
            return True
        told = self._told()
        missing = [message for message in told if message.id not in line.known]
        if line.conversation_id != self._conversation.id or not _is_end(missing, told):
            return False
        if missing:
            line.known.update(message.id for message in missing)
            entries = self.entries(missing)
            line.send(lambda session: session.add(entries))
        return True

    def _told(self) -> list[Message]:
        conversation = self._conversation
        return [one for one in conversation.messages if not conversation.is_expected(one.id)]


def _is_end(missing: Sequence[Message], told: Sequence[Message]) -> bool:
    return list(missing) == list(told[len(told) - len(missing) :])
