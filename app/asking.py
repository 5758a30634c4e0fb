"""One question from outside and its answer: what `sayso ask` sends, and what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from app import events
from app.errors import AppError, Code
from app.products.events import ProductOffered
from app.products.plain import plain_words
from app.providers.base import Image
from app.question import Question
from app.shots.shot import Attachment, Look, ShotKind

_NOT_OF_AN_ANSWER = frozenset(
    {
        *(Code.NO_MICROPHONE, Code.MICROPHONE_LOST, Code.MICROPHONE_REFUSED),
        *(Code.MICROPHONE_SILENT, Code.ECHO_REMAINS, Code.NOTHING_HEARD, Code.NOT_UNDERSTOOD),
        *(Code.JOURNAL_REFUSED, Code.TAKES_KEPT, Code.DICTATIONS_KEPT, Code.CLIPBOARD_REFUSED),
        *(Code.FELL_BACK, Code.BACK_AGAIN, Code.MODEL_REPLACED, Code.MODEL_RETIRES),
        *(Code.REALTIME_AWAY, Code.REALTIME_BACK, Code.REALTIME_LIMIT, Code.KEYRING_MISSING),
        *(Code.EXTENSION_ASKS, Code.TOOL_FILE_BROKEN, Code.TOOL_SERVER_FAILED, Code.INDEX_BROKEN),
    }
)
"""What may be told beside any answer, and says nothing of it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A typed turn that brings its own pictures."""

    text: str
    images: tuple[Image, ...] = ()


class Answer:
    """Reads from the core's events what the answer to one question is. Pure."""

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        self._is_asked = False
        self._reply_id = ""
        self.text = ""
        self.by = ""
        self.trouble: events.Notice | None = None
        self.is_over = False

    def on_event(self, event: events.Event) -> str:
        """More of the answer's text; usually empty."""
        match event:
            case events.MessageAdded(message) if message.text == self._text:
                self._is_asked = True
            case events.ReplyStarted(reply_id, by) if self._is_asked and not self._reply_id:
                self._reply_id, self.by = reply_id, by
            case events.ReplyDelta(reply_id, text) if reply_id == self._reply_id:
                self.text += text
                return text
            case ProductOffered(offer) if self._reply_id:
                words = f"\n{plain_words(offer.product).rstrip()}\n"
                self.text += words
                return words
            case events.ReplyEnded(reply_id, _) if reply_id == self._reply_id:
                self.is_over = True
            case events.Notice(code=code) if self._is_asked and code not in _NOT_OF_AN_ANSWER:
                self.trouble = self.trouble or event
                self.is_over = self.is_over or not self._reply_id
        return ""


class Show(Protocol):
    """`app.sessions.shots.ShotSession.show`."""

    def __call__(
        self,
        kind: ShotKind,
        name: str,
        on_look: Callable[[Look], None],
        *,
        within_s: float | None,
    ) -> Awaitable[Attachment | None]:
        """A picture; None where the user does not want to show it. Raises AppError."""
        ...


Tell = Callable[[Mapping[str, object]], Awaitable[None]]


class Asking:
    """Core thread. Lets a later start of Sayso ask this one; the core tells events `tapped`."""

    def __init__(self) -> None:
        self._open: set[asyncio.Queue[events.Event]] = set()
        self._post: Callable[[object], None] = lambda _: None
        self._show: Show | None = None

    def use(self, post: Callable[[object], None], show: Show) -> None:
        """How to ask the core, and how to take a picture."""
        self._post, self._show = post, show

    def tapped(self, publish: Callable[[events.Event], None]) -> Callable[[events.Event], None]:
        """The same, heard here too."""

        def tell(event: events.Event) -> None:
            publish(event)
            for waiting in self._open:
                waiting.put_nowait(event)

        return tell

    async def answer(self, line: str, tell: Tell) -> None:
        """Ask, and tell the answer as it comes: `text` again and again, then `end` or `error`.

        Before a picture, `look` tells what the user is to do. Cancelled, nothing more is asked.
        """
        try:
            question = Question.of(line)
            images = await self._images(question, tell)
            await self._ask(question, images, tell)
        except ValueError:
            await tell(_trouble(AppError(Code.USAGE, "That is no question.")))
        except AppError as error:
            await tell(_trouble(error))

    async def _images(self, question: Question, tell: Tell) -> tuple[Image, ...]:
        if question.kind is None or self._show is None:
            return ()
        looks: asyncio.Queue[Look] = asyncio.Queue()
        telling = asyncio.ensure_future(_tell_looks(looks, tell))
        try:
            shown = await self._show(question.kind, question.name, looks.put_nowait, within_s=None)
        finally:
            telling.cancel()
            await asyncio.wait([telling])
        if shown is None:
            raise AppError(Code.PICTURE_REFUSED)
        return (Image(shown.data, shown.media_type),)

    async def _ask(self, question: Question, images: tuple[Image, ...], tell: Tell) -> None:
        waiting: asyncio.Queue[events.Event] = asyncio.Queue()
        answer = Answer(question.text)
        self._open.add(waiting)
        try:
            self._post(Asked(question.text, images))
            # What goes wrong with a reply is told right after its end.
            while not (answer.is_over and waiting.empty()):
                text = answer.on_event(await waiting.get())
                if text:
                    await tell({"text": text})
        finally:
            self._open.discard(waiting)
        if answer.trouble is not None:
            why = answer.trouble
            await tell({"error": why.message, "hint": why.hint, "code": why.code})
        elif not answer.text.strip():
            await tell(_trouble(AppError(Code.NOT_ANSWERED)))
        else:
            await tell({"end": True, "by": answer.by})


async def _tell_looks(looks: asyncio.Queue[Look], tell: Tell) -> None:
    while True:
        await tell({"look": await looks.get()})


def _trouble(error: AppError) -> dict[str, object]:
    return {"error": error.message, "hint": error.hint, "code": error.code}
