"""A client for a scripted server, with the canary key that must never show up anywhere."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

from app.net.policy import Policies
from app.providers.openai.client import OpenAIClient
from app.secrets import Secret
from tests.providers.openai.fault_server import Behaviour, FaultServer

KEY = "sk-canary-0123456789abcdefghijklmnop"
QUICK = Policies().scaled(0.02)
"""Gives up soon, and tries again at once."""

PATIENT = Policies().scaled(10.0)
"""Gives up late, and rests long before it tries again."""

TIRELESS = Policies(
    *(
        replace(each, base_wait_s=0.01, longest_wait_s=0.02)
        for each in (PATIENT.chat, PATIENT.transcription, PATIENT.speech, PATIENT.warm_up)
    )
)
"""Gives up late, and tries again at once: for what fails by itself, however slowly."""


@contextlib.asynccontextmanager
async def connected(
    base_url: str, policies: Policies = QUICK, key: str = KEY
) -> AsyncIterator[OpenAIClient]:
    """A client that has loaded the library already, closed at the end."""
    client = OpenAIClient(base_url, Secret(key), policies)
    try:
        await client.sdk()
        yield client
    finally:
        await client.aclose()


@contextlib.asynccontextmanager
async def served(
    behaviour: Behaviour, policies: Policies = PATIENT, key: str = KEY
) -> AsyncIterator[tuple[OpenAIClient, FaultServer]]:
    """A server of this behaviour and a client for it."""
    async with (
        FaultServer(behaviour) as server,
        connected(server.base_url, policies, key) as client,
    ):
        yield client, server
