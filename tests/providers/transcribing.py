"""How providers are made where only transcribers are asked for."""

from __future__ import annotations

from typing import Any

from app.providers.registry import Factories
from app.providers.scripted import ScriptedTranscriber


class NoClient:
    """A connection that nothing goes over."""

    def __init__(self, *_: object) -> None:
        pass

    async def aclose(self) -> None:
        pass


def transcribing(here: ScriptedTranscriber, server: ScriptedTranscriber) -> Factories[NoClient]:
    """These two; asking for any other provider is an error."""
    return Factories(
        client=NoClient,
        built_in_transcriber=lambda: here,
        built_in_chat_model=_never,
        built_in_speech=_never,
        server_transcriber=lambda client, model: server,
        server_chat_model=_never,
        openai_chat_model=_never,
        server_speech=_never,
        read_aloud_speech=_never,
        models=_never,
        built_in_live=_never,
        server_live=_never,
        voice_model=_never,
    )


def _never(*_: Any) -> Any:
    raise AssertionError("not asked for")
