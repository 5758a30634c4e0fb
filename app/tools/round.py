"""The calls of one round of a reply: each runs to an outcome, and all of it is written down."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.errors import AppError
from app.permission.gate import Gate, Judged
from app.permission.record import Allowed, Fate
from app.permission.standing import Standing
from app.providers.base import ToolCall
from app.tools.base import Origin, Tool, ToolFailed, ToolResult
from app.tools.own_words import judged_by
from app.tools.progress import Paced, on_progress

MAX_RESULT_BYTES = 32_000
MAX_RESULT_IMAGES = 4

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """A call and what became of it. `seconds` is the tool's own time, without a wait for a yes.

    `origin` tells whose words the result has.
    """

    call_id: str
    name: str
    arguments: str
    result: ToolResult
    seconds: float
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Who follows a round: each call as it begins, as it goes on in words, and as it ends."""

    start: Callable[[ToolCall], None] = lambda _: None
    progress: Callable[[ToolCall, str], None] = lambda _call, _text: None
    end: Callable[[ToolOutcome], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A call that the rules let through, or that a person is asked about."""

    tool: Tool
    arguments: dict[str, Any]
    judged: Judged
    by: Allowed = Allowed.POLICY


@dataclass(frozen=True, slots=True)
class Refused:
    """A call that does not run; `text` goes back to the model."""

    text: str
    why: str
    tool: Tool | None = None
    fate: Fate = Fate.REFUSED
    by: Allowed = Allowed.POLICY


class Round:
    """Core thread. The outcomes so far."""

    def __init__(
        self, calls: Sequence[ToolCall], standing: Standing, told: Told, gate: Gate
    ) -> None:
        self.standing = standing
        self._calls = calls
        self._told = told
        self._gate = gate
        self._outcomes: dict[int, ToolOutcome] = {}

    async def run(self, index: int, prepared: Prepared) -> None:
        """Run one call to its end."""
        call, tool = self._calls[index], prepared.tool
        told = Paced(lambda text: self._told.progress(call, text))
        on_progress(told)
        judged_by(Standing() if call.is_literal else self.standing)
        loop = asyncio.get_running_loop()
        begins_s = loop.time()
        with self.noting_cancel(index, prepared), contextlib.closing(told):
            result = await _result_of(tool, prepared.arguments)
        seconds = loop.time() - begins_s
        result = _cut(result)
        fate = Fate.RAN if result.ok else Fate.FAILED
        self._note(index, prepared, fate, len(result.text.encode("utf-8", "replace")), seconds)
        self._end(index, result, seconds, result.origin or tool.origin)

    def refuse(self, index: int, refused: Refused) -> None:
        """This one does not run."""
        call = self._calls[index]
        self._gate.note(
            call,
            refused.tool,
            self.standing,
            fate=refused.fate,
            by=refused.by,
            why=refused.why,
        )
        self._end(index, ToolResult(refused.text, ok=False))

    @contextlib.contextmanager
    def noting_cancel(self, index: int, prepared: Prepared) -> Iterator[None]:
        """Whoever stops what goes on inside, it is written down that it was begun."""
        try:
            yield
        except asyncio.CancelledError:
            self._note(index, prepared, Fate.CANCELLED)
            raise

    def outcomes(self) -> tuple[ToolOutcome, ...]:
        """All of them, in the order of the calls."""
        return tuple(self._outcomes[index] for index in range(len(self._calls)))

    def _end(
        self, index: int, result: ToolResult, seconds: float = 0.0, origin: Origin | None = None
    ) -> None:
        call = self._calls[index]
        outcome = ToolOutcome(call.call_id, call.name, call.arguments, result, seconds, origin)
        self._outcomes[index] = outcome
        self._told.end(outcome)

    def _note(
        self,
        index: int,
        prepared: Prepared,
        fate: Fate,
        result_bytes: int = 0,
        seconds: float = 0.0,
    ) -> None:
        self._gate.note(
            self._calls[index],
            prepared.tool,
            self.standing,
            fate=fate,
            by=prepared.by,
            why=prepared.judged.decision.why,
            grant=prepared.judged.grant,
            result_bytes=result_bytes,
            seconds=seconds,
        )


def failure(reason: str) -> ToolResult:
    """What the model is told of a call that came to nothing."""
    return ToolResult(f"Error: {reason}", ok=False)


async def _result_of(tool: Tool, arguments: dict[str, Any]) -> ToolResult:
    try:
        async with asyncio.timeout(tool.timeout_s) as limit:
            return await tool.run(**arguments)
    except ToolFailed as error:
        return failure(str(error))
    except AppError as error:
        return failure(error.message)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        _log.exception("The tool %s was cancelled from inside", tool.name)
    except Exception:  # noqa: BLE001 - whatever a tool raises ends as words for the model
        if limit.expired():
            return failure(f"{tool.name} took longer than {tool.timeout_s:g} seconds")
        _log.exception("The tool %s failed", tool.name)
    return failure("the tool failed")


def _cut(result: ToolResult) -> ToolResult:
    """At most so much, with a note of what is left out."""
    images, text = result.images[:MAX_RESULT_IMAGES], result.text
    if len(result.images) > MAX_RESULT_IMAGES:
        text += f"\n[only {MAX_RESULT_IMAGES} of {len(result.images)} pictures are shown]"
    data = text.encode("utf-8", "replace")
    if len(data) > MAX_RESULT_BYTES:
        note = f"\n[cut here: the whole result has {len(data)} bytes]"
        text = data[: MAX_RESULT_BYTES - len(note.encode())].decode("utf-8", "ignore") + note
    return replace(result, text=text, images=images)
