"""Chat by `/responses`: for OpenAI's own host, where reasoning models call tools only here."""

from __future__ import annotations

from app.providers.openai.client import OpenAIClient
from app.providers.openai.responses_request import PATTERNS, responses_request
from app.providers.openai.responses_stream import ResponseReader
from app.providers.openai.streamed_chat import Endpoint, StreamedChat
from app.providers.succession import OnSuccessor

_ENDPOINT = Endpoint(
    create=lambda sdk: sdk.responses.with_streaming_response.create,
    request=responses_request,
    refusals=PATTERNS,
    reader=ResponseReader,
)


class ResponsesModel(StreamedChat):
    """A ChatModel for OpenAI itself."""

    def __init__(
        self, client: OpenAIClient, model: str, on_successor: OnSuccessor | None = None
    ) -> None:
        """`on_successor` is told the old and the new model when another one takes over."""
        super().__init__(client, model, _ENDPOINT, on_successor)
