"""What was said while a picture was looked at: it goes with it, or is kept. Core thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from app.conversation.message import Message, Role
from app.errors import AppError, Code
from app.sessions.hearing import HeardTake
from app.sessions.kept_takes import KeptTakes
from app.sessions.turn_parts import InTurn, TurnParts
from app.shots.events import WordsHeld
from app.shots.shot import Decision


class HeldWords:
    """`answer` takes the turn once the user has said what becomes of the picture.

    Until then the recordings stay. After a no they are rows, to be tried again.
    """

    def __init__(
        self, parts: TurnParts, kept: KeptTakes, answer: Callable[[Message], Awaitable[None]]
    ) -> None:
        self._parts = parts
        self._kept = kept
        self._answer = answer
        self._held: list[tuple[HeardTake, str]] = []
        parts.pictures.on_decided = self._on_decided

    def hold(self, take: HeardTake, text: str) -> bool:
        """Keep the words where a picture is looked at; False where there is none."""
        if not self._parts.pictures.is_looked_at:
            return False
        self._held.append((take, text))
        self._tell()
        return True

    def _on_decided(self, decision: Decision) -> None:
        if self._held:
            self._parts.post(InTurn(lambda: self._release(decision)))

    async def _release(self, decision: Decision) -> None:
        held, self._held = self._held, []
        if not held:
            return
        self._tell()
        if decision is Decision.REFUSED:
            await self._keep(held)
            return
        await self._answer(Message(Role.USER, _joined(held), spoken=True))
        for take, _ in held:
            await self._parts.takes.done(take.take_id)

    async def _keep(self, held: Sequence[tuple[HeardTake, str]]) -> None:
        error = AppError(Code.PICTURE_REFUSED)
        for take, _ in held:
            await self._kept.keep(take.take_id, take.clip, error)
        self._parts.notices.post(error)

    def _tell(self) -> None:
        self._parts.publish(WordsHeld(_joined(self._held)))


def _joined(held: Sequence[tuple[HeardTake, str]]) -> str:
    return " ".join(text for _, text in held)
