"""Chat by `/chat/completions`: what compatible servers share.

A server that streams no tool calls, and ends as if there were none, cannot be told from a model
that did not want any: LiteLLM does so for some back ends.
"""

from __future__ import annotations

import functools

from app.providers.openai.chat_request import PATTERNS, chat_request
from app.providers.openai.chat_stream import ReplyReader
from app.providers.openai.client import OpenAIClient
from app.providers.openai.streamed_chat import Endpoint, StreamedChat
from app.providers.succession import OnSuccessor


class ChatCompletionsModel(StreamedChat):
    """A ChatModel for any server that speaks OpenAI's older API."""

    def __init__(
        self, client: OpenAIClient, model: str, on_successor: OnSuccessor | None = None
    ) -> None:
        """`on_successor` is told the old and the new model when another one takes over."""
        endpoint = Endpoint(
            create=lambda sdk: sdk.chat.completions.with_streaming_response.create,
            request=functools.partial(chat_request, is_openai=client.address.is_openai),
            refusals=PATTERNS,
            reader=ReplyReader,
        )
        super().__init__(client, model, endpoint, on_successor)
