"""What all ways to ask a server for a streamed reply have in common."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from app.errors import AppError, Code
from app.net.policy import begun_stream, guarded_stream
from app.providers.base import ChatChunk, ChatMessage, Form, TextDelta, ToolSpec
from app.providers.catalogue import ModelRole
from app.providers.openai.client import OpenAIClient, timeouts
from app.providers.openai.errors import told_error
from app.providers.openai.event_stream import decoded_events, read_rest
from app.providers.openai.unsupported import Build, Create, UnsupportedParts
from app.providers.succession import OnSuccessor, Succession

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai._response import AsyncAPIResponse

_LONG_PARTS = ("messages", "input", "tools")


class Reader(Protocol):
    """Takes the events of one reply in order."""

    @property
    def finished(self) -> bool:
        """Whether the reply is whole, or as much of it as there will be."""
        ...

    def feed(self, event: object) -> TextDelta | None:
        """Take one event; returns the text in it, if any."""
        ...

    def problem(self, event: object) -> object:
        """What an event says went wrong, with `code` and `type`; None or empty if nothing."""
        ...

    def ending(self) -> tuple[ChatChunk, ...]:
        """The tool calls and the finish mark."""
        ...


class MakeRequest(Protocol):
    """Makes the body of a request, `without` the parts that the server refused."""

    def __call__(
        self,
        model: str,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec],
        form: Form | None,
        *,
        without: frozenset[str],
    ) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One way to ask.

    `refusals` are the parts of a request that a server may refuse, each with the regular
    expression that says so; `create` is the vendor's function, `reader` takes the model's name.
    """

    create: Callable[[AsyncOpenAI], Any]
    request: MakeRequest
    refusals: Mapping[str, str]
    reader: Callable[[str], Reader]


class StreamedChat:
    """A ChatModel. The client belongs to the caller, who closes it."""

    def __init__(
        self,
        client: OpenAIClient,
        model: str,
        endpoint: Endpoint,
        on_successor: OnSuccessor | None,
    ) -> None:
        """`on_successor` is told the old and the new model when another one takes over."""
        self._client = client
        self._endpoint = endpoint
        self._policy = client.policies.chat
        self._unsupported = UnsupportedParts(endpoint.refusals)
        self._succession = Succession(
            model, ModelRole.CHAT, on_successor, by_date=client.address.is_openai
        )

    @property
    def label(self) -> str:
        """The model's name."""
        return self._succession.model

    async def warm(self) -> None:
        """Load the library and open a connection."""
        await self._client.warm()

    def reply(
        self,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec],
        form: Form | None = None,
    ) -> AsyncGenerator[ChatChunk, None]:
        """Stream one reply. Raises AppError; SERVER_CUT_OFF after what came until then.

        Closing the generator closes the connection, and with it the request.
        """
        conversation, offered = tuple(messages), tuple(tools)

        def build(model: str, without: frozenset[str]) -> dict[str, Any]:
            return self._endpoint.request(model, conversation, offered, form, without=without)

        return self._succession.stream(
            lambda model: begun_stream(
                lambda: self._attempt(model, functools.partial(build, model)),
                self._policy,
                peer=self._client.address.label,
            )
        )

    async def aclose(self) -> None:
        """Nothing of its own is open."""

    async def _attempt(self, model: str, build: Build) -> AsyncGenerator[ChatChunk, None]:
        def ask(sdk: AsyncOpenAI) -> AbstractAsyncContextManager[AsyncAPIResponse[Any]]:
            timeout = timeouts(self._policy.deadlines)
            create = functools.partial(
                _create_as_built, self._endpoint.create(sdk), stream=True, timeout=timeout
            )
            return self._unsupported.response(model, create, build)

        peer = self._client.peer(model)
        reader = self._endpoint.reader(model)
        events = guarded_stream(
            decoded_events(self._client, model, ask), self._policy.deadlines, peer=peer.host
        )
        async with contextlib.aclosing(events):
            async for event in events:
                if problem := reader.problem(event):
                    raise told_error(problem, peer)
                if delta := reader.feed(event):
                    yield delta
                if reader.finished:
                    await read_rest(events, reader.feed)
                    break
        if not reader.finished:
            raise AppError(Code.SERVER_CUT_OFF, peer.host)
        for piece in reader.ending():
            yield piece


def _create_as_built(create: Create, **request: Any) -> AbstractAsyncContextManager[Any]:
    """Send the long parts as they are: the library would copy them, value by value.

    With ten tools that takes several milliseconds, between a person's words and the answer.
    """
    as_built = {name: request.pop(name) for name in _LONG_PARTS if name in request}
    if "messages" in as_built:
        request["messages"] = ()  # The library asks for it; what is sent is in `extra_body`.
    return create(**request, extra_body=as_built)
