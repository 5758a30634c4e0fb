"""Pictures by `/images/generations`."""

from __future__ import annotations

import asyncio
import base64
import binascii
from dataclasses import dataclass, replace
from typing import Any

from app.errors import AppError, Code
from app.net.policy import with_retries
from app.providers.base import Image, Usage
from app.providers.openai import loose
from app.providers.openai.client import OpenAIClient, timeouts
from app.providers.openai.errors import translated

_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class MadePicture:
    """A picture, and what the server counted for it; `usage` is None where it told nothing."""

    image: Image
    usage: Usage | None


class OpenAIPictures:
    """Makes pictures. The client belongs to the caller, who closes it."""

    def __init__(self, client: OpenAIClient, model: str) -> None:
        self._client = client
        # Made again after it broke off, a picture would be paid twice.
        self._policy = replace(client.policies.chat, retries=0)
        self.model = model

    async def make(self, words: str, size: str, quality: str) -> MadePicture:
        """A PNG. Raises AppError."""
        host = self._client.address.label

        async def call() -> Any:
            sdk = await self._client.sdk()
            await asyncio.to_thread(lambda: sdk.images)  # loads on first use
            with translated(self._client.peer(self.model)):
                response = await sdk.images.with_raw_response.generate(
                    **picture_request(self.model, words, size, quality),
                    timeout=timeouts(self._policy.deadlines),
                )
                return response.http_response.json()

        body = await with_retries(call, self._policy, peer=host)
        try:
            data = base64.b64decode(loose.text(loose.items(body, "data")[0], "b64_json"))
        except (IndexError, binascii.Error, ValueError):
            raise AppError(Code.SERVER_NOT_API, host) from None
        if not data.startswith(_PNG):
            raise AppError(Code.SERVER_NOT_API, host)
        return MadePicture(Image(data, "image/png"), _usage(loose.record(body, "usage")))


def picture_request(model: str, words: str, size: str, quality: str) -> dict[str, Any]:
    """The body."""
    return {
        "model": model,
        "prompt": words,
        "n": 1,
        "size": size,
        "quality": quality,
        "output_format": "png",
    }


def _usage(told: object) -> Usage | None:
    sent, made = loose.number(told, "input_tokens"), loose.number(told, "output_tokens")
    return None if sent is None or made is None else Usage(sent, made)
