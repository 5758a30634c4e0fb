"""What a server says it offers: asked with its key, or of ports of this computer without one."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from app.errors import AppError, Code
from app.events import ListedModel
from app.net.policy import with_retries
from app.providers.discovery import LARGEST_BODY_BYTES, ProbeAnswer, models_in
from app.providers.openai.client import OpenAIClient, timeouts
from app.providers.openai.errors import translated

if TYPE_CHECKING:
    import httpx2

_log = logging.getLogger(__name__)

_HERE = "127.0.0.1"


async def list_models(client: OpenAIClient) -> Sequence[ListedModel]:
    """The models that the client's server names. Raises AppError."""
    policy = client.policies.warm_up
    host = client.address.label

    async def call() -> Sequence[ListedModel]:
        sdk = await client.sdk()
        with translated(client.peer()):
            response = await sdk.models.with_raw_response.list(timeout=timeouts(policy.deadlines))
            body = response.content
        try:
            return models_in(body)
        except ValueError:
            raise AppError(Code.SERVER_NOT_API, host) from None

    return await with_retries(call, policy, peer=host)


async def probe_ports(ports: Iterable[int], within_s: float) -> tuple[ProbeAnswer, ...]:
    """Which of this computer's ports list models at /v1/models, asked all at once without a key.

    Waits `within_s` at most. What answers with anything else is left out.
    """
    client = await asyncio.to_thread(_plain_client, within_s)
    async with client:
        tasks = [asyncio.create_task(_probe(client, port), name="probe") for port in ports]
        try:
            await asyncio.wait(tasks, timeout=within_s)
        finally:
            for task in tasks:
                task.cancel()
            answers = await asyncio.gather(*tasks, return_exceptions=True)
    return tuple(answer for answer in answers if isinstance(answer, ProbeAnswer))


def _plain_client(within_s: float) -> httpx2.AsyncClient:
    """A client that follows nothing, trusts no proxy and sends no credentials."""
    import httpx2

    return httpx2.AsyncClient(
        timeout=within_s,
        follow_redirects=False,
        trust_env=False,
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        headers={"accept": "application/json", "user-agent": "sayso"},
    )


async def _probe(client: httpx2.AsyncClient, port: int) -> ProbeAnswer | None:
    import httpx2

    base_url = f"http://{_HERE}:{port}/v1"
    try:
        async with client.stream("GET", f"{base_url}/models") as response:
            kind = response.headers.get("content-type", "").lower()
            if response.status_code in (401, 403) and "json" in kind:
                return ProbeAnswer(port, base_url, (), needs_key=True)
            if response.status_code != 200 or "json" not in kind:
                return None
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > LARGEST_BODY_BYTES:
                    return None
        return ProbeAnswer(port, base_url, models_in(bytes(body)))
    except (httpx2.HTTPError, httpx2.StreamError, OSError, ValueError) as error:
        _log.debug("port %d: %r", port, error)
        return None
