"""Which model is asked when the chosen one is no longer offered.

`next_model` decides and is pure; `Succession` keeps the decision for one provider.
"""

from __future__ import annotations

import contextlib
import datetime
import logging
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Sequence,
)
from dataclasses import dataclass
from typing import TypeVar

from app.errors import AppError, Code
from app.events import ListedModel
from app.providers.catalogue import ModelRole, facts, preferred_models

_log = logging.getLogger(__name__)

T = TypeVar("T")
OnSuccessor = Callable[[str, str], None]
"""Is told the old and the new model."""

NOTICE = datetime.timedelta(days=30)
"""How long before its end a model is spoken of."""


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


@dataclass(frozen=True, slots=True)
class Heir:
    """A model that takes over, and what it is for.

    Where `role` is not the role that was asked for, another kind of provider must be made: the
    successor of a speech model, for instance, is a Realtime model that reads aloud.
    """

    model: str
    role: ModelRole


def next_model(
    model: str, role: ModelRole, today: datetime.date, refused: Collection[str] = ()
) -> Heir | None:
    """Who takes over from `model`, which no longer answers, or None if nobody is known.

    The chain of successors comes first, then the other models for `role` in their order; whoever
    has another role comes last. Models that are retired today or in `refused` are passed over, and
    so is `model` itself. One that the catalogue does not know has no heir: it may be a mistake.
    """
    if facts(model).role is None:
        return None
    living = [
        Heir(candidate, facts(candidate).role or role)
        for candidate in _candidates(model, role)
        if candidate not in refused and not facts(candidate).is_retired(today)
    ]
    same = (heir for heir in living if heir.role is role)
    return next(same, None) or next(iter(living), None)


def replaced(old: str, new: str) -> AppError:
    """The notice that `new` is used instead of `old`."""
    return AppError(Code.MODEL_REPLACED, f"{old} is no longer offered, so {new} is used")


def ending_soon(
    models: Iterable[str], listed: Sequence[ListedModel], today: datetime.date
) -> list[AppError]:
    """A notice for each of `models` that ends within 30 days.

    `listed` is what its server says of its models, which counts more than the catalogue does.
    """
    told = {entry.id: entry.retires for entry in listed if entry.retires is not None}
    notices = []
    for model in dict.fromkeys(models):
        day = told.get(model, facts(model).retires)
        if day is not None and datetime.timedelta() <= day - today <= NOTICE:
            notices.append(AppError(Code.MODEL_RETIRES, f"{model} on {day.day} {day:%B %Y}"))
    return notices


class Succession:
    """The model that one provider asks now. Core thread.

    A request that is refused because of its model is sent once more to each heir of the same
    role, until one answers; later requests go straight to that one. Used by all providers:

        return await succession.call(lambda model: self._transcribe(clip, model))
        return succession.stream(lambda model: self._speak(text, model))
    """

    def __init__(
        self,
        model: str,
        role: ModelRole,
        on_successor: OnSuccessor | None = None,
        *,
        by_date: bool = False,
        today: Callable[[], datetime.date] = _today,
    ) -> None:
        """`by_date`: one that is retired by date is not even tried, as on OpenAI's own host."""
        self._model = model
        self._role = role
        self._on_successor = on_successor
        self._by_date = by_date
        self._today = today
        self._refused: set[str] = set()

    @property
    def model(self) -> str:
        """Whom to ask first, and whom to name to a person."""
        if self._by_date and facts(self._model).is_retired(self._today()):
            heir = self._heir(self._model)
            if heir is not None and heir.role is self._role:
                self._settle(heir.model)
        return self._model

    @property
    def crosses_to(self) -> Heir | None:
        """The heir of another role, once the model is gone and its role has no other.

        Whoever made the provider must then make one of that role.
        """
        model = self.model
        gone = self._by_date and facts(model).is_retired(self._today())
        heir = self._heir(model) if gone or model in self._refused else None
        return heir if heir is not None and heir.role is not self._role else None

    async def call(self, ask: Callable[[str], Awaitable[T]]) -> T:
        """What `ask(model)` returns. Raises AppError, of the first model if all refuse."""
        model, first = self.model, None
        while True:
            try:
                answer = await ask(model)
            except AppError as error:
                first = first or error
                model = self._after(error, model, first)
            else:
                self._settle(model)
                return answer

    async def stream(
        self, make: Callable[[str], AsyncGenerator[T, None]]
    ) -> AsyncGenerator[T, None]:
        """What `make(model)` yields; another model is asked only before the first piece.

        Raises AppError, of the first model if all refuse.
        """
        model, first, begun = self.model, None, False
        while True:
            async with contextlib.aclosing(make(model)) as pieces:
                try:
                    async for piece in pieces:
                        begun = True
                        self._settle(model)
                        yield piece
                except AppError as error:
                    if begun:
                        raise
                    first = first or error
                    model = self._after(error, model, first)
                else:
                    return

    def _after(self, error: AppError, asked: str, first: AppError) -> str:
        """Whom to ask after a refusal. Raises what went wrong where nobody is left."""
        if error.code is not Code.MODEL_UNKNOWN:
            raise error
        self._refused.add(asked)
        heir = self._heir(asked)
        if heir is None or heir.role is not self._role:
            raise first
        return heir.model

    def _heir(self, model: str) -> Heir | None:
        return next_model(model, self._role, self._today(), self._refused)

    def _settle(self, model: str) -> None:
        if model == self._model:
            return
        old, self._model = self._model, model
        _log.info("%s is no longer offered; %s takes over", old, model)
        if self._on_successor is not None:
            self._on_successor(old, model)


def _candidates(model: str, role: ModelRole) -> Iterator[str]:
    seen = {model}
    heir = facts(model).successor
    while heir is not None and heir not in seen:
        seen.add(heir)
        yield heir
        heir = facts(heir).successor
    yield from (other for other in preferred_models(role) if other not in seen)
