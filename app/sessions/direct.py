"""What hearing and the turn session need of an engine that hears the sound itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from app.providers.base import ChatMessage

if TYPE_CHECKING:
    from app.conversation.message import Message
    from app.sessions.hearing import HeardTake
    from app.sessions.turn_parts import ReplyOver


class Direct(Protocol):
    """An engine that answers takes without words. Core thread.

    What it does not take is transcribed and answered as ever.
    """

    def begin(self, take: HeardTake) -> None:
        """Somebody speaks."""
        ...

    def more(self, take_id: str, data: bytes) -> None:
        """More sound of the open take, 16 kHz."""
        ...

    def pause(self, take: HeardTake, voiced_ms: int) -> bool:
        """Perhaps the turn is over. False: find its words."""
        ...

    def void(self) -> None:
        """The turn goes on, or is not meant for Sayso: what was begun in the pause is void."""
        ...

    async def end(self, take: HeardTake) -> bool:
        """The take is over. False: transcribe it."""
        ...

    def drop(self, take_id: str) -> None:
        """It held no words, or is meant for somebody else."""
        ...

    def stands_for(self, message: Message) -> None:
        """These words of a take are a turn: the engine has their sound."""
        ...

    async def answer(self, then: tuple[ChatMessage, ...]) -> bool:
        """Answer the conversation, and `then` beyond it. False: answer it otherwise."""
        ...

    def end_of(self, over: ReplyOver) -> ReplyOver | None:
        """The end of a reply of its own that `follow_up` makes good; None for any other end."""
        ...

    async def follow_up(self) -> None:
        """Have what that reply left open be answered by others, or go on with it."""
        ...

    def on_listening(self) -> None:
        """The microphone is open: somebody may speak soon."""
        ...
