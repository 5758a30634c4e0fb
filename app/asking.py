"""One question from outside and its answer: what `sayso ask` sends, and what comes back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from app import events
from app.errors import AppError, Code
from app.products.events import ProductOffered
from app.products.plain import plain_words
from app.providers.base import Image
from app.shots.shot import Attachment, ShotKind
from app.summons import ASK

_NO_TROUBLE = frozenset({Code.FELL_BACK, Code.BACK_AGAIN, Code.MODEL_REPLACED, Code.MODEL_RETIRES})


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked; `kind` is None without a picture, `name` a file's path."""

    text: str
    kind: ShotKind | None = None
    name: str = ""

    def line(self) -> str:
        """As it goes over the socket."""
        return ASK + json.dumps({"text": self.text, "kind": self.kind, "name": self.name})

    @classmethod
    def of(cls, line: str) -> Question:
        """The other way round. Raises ValueError."""
        told = json.loads(line.removeprefix(ASK))
        if not isinstance(told, dict) or not isinstance(told.get("text"), str):
            raise ValueError("no question")
        kind = ShotKind(told["kind"]) if told.get("kind") else None
        return cls(told["text"], kind, str(told.get("name") or ""))


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
            case events.Notice(code=code) if self._is_asked and code not in _NO_TROUBLE:
                self.trouble = self.trouble or event
                self.is_over = self.is_over or not self._reply_id
        return ""


Show = Callable[[ShotKind, str], Awaitable[Attachment | None]]
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
        """Ask, and tell the answer as it comes: `text` again and again, then `end` or `error`."""
        try:
            question = Question.of(line)
            images = await self._images(question)
            await self._ask(question, images, tell)
        except ValueError:
            await tell(_trouble(AppError(Code.USAGE, "That is no question.")))
        except AppError as error:
            await tell(_trouble(error))

    async def _images(self, question: Question) -> tuple[Image, ...]:
        if question.kind is None or self._show is None:
            return ()
        shown = await self._show(question.kind, question.name)
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
        else:
            await tell({"end": True, "by": answer.by})


def _trouble(error: AppError) -> dict[str, object]:
    return {"error": error.message, "hint": error.hint, "code": error.code}
