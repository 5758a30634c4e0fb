"""Which concrete providers there are. Part of the composition root.

Each is loaded when it is first made: the start waits for none of them.
"""

from __future__ import annotations

import datetime
import functools
from typing import TYPE_CHECKING

from app.net.policy import Policies
from app.net.waits import Waits
from app.providers.base import ChatModel, LiveTranscriber, Speech, Transcriber
from app.providers.registry import Factories, Registry, VoiceStyle
from app.providers.succession import OnSuccessor
from app.secrets import KeyVault
from app.usage.meters import (
    Book,
    Meter,
    MeteredChatModel,
    MeteredLiveTranscriber,
    MeteredSpeech,
    MeteredTranscriber,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.events import ListedModel
    from app.providers.openai.client import OpenAIClient
    from app.providers.openai.transcriber import OpenAITranscriber
    from app.providers.voice_session import VoiceModel
    from app.secrets import Secret


def provider_registry(
    vault: KeyVault,
    book: Book,
    on_successor: OnSuccessor | None = None,
    waits: Waits | None = None,
) -> Registry:
    """The providers that a user can choose from; what their servers bill is noted in `book`.

    `on_successor` is told the old and the new model when one is no longer offered, `waits` of
    each wait before a server is asked again.
    """
    policies = Policies() if waits is None else Policies().watched(waits.begin)

    def meter(client: OpenAIClient) -> Meter:
        return Meter(book, client.address.label, has_prices=client.address.is_openai)

    def client(base_url: str, key: Secret | None) -> OpenAIClient:
        from app.providers.openai.client import OpenAIClient

        return OpenAIClient(base_url, key, policies)

    def transcriber(client: OpenAIClient, model: str) -> Transcriber:
        from app.providers.openai.transcriber import OpenAITranscriber

        return MeteredTranscriber(OpenAITranscriber(client, model, on_successor), meter(client))

    def chat_completions(client: OpenAIClient, model: str) -> ChatModel:
        from app.providers.openai.chat_completions import ChatCompletionsModel

        return MeteredChatModel(ChatCompletionsModel(client, model, on_successor), meter(client))

    def responses(client: OpenAIClient, model: str) -> ChatModel:
        from app.providers.openai.responses import ResponsesModel

        return MeteredChatModel(ResponsesModel(client, model, on_successor), meter(client))

    def server_live(client: OpenAIClient, session: str, plain: Transcriber) -> LiveTranscriber:
        from app.providers.openai.live_transcriber import OpenAILiveTranscriber

        live = OpenAILiveTranscriber(client, session, _unmetered(plain), on_successor)
        return MeteredLiveTranscriber(live, meter(client))

    return Registry(
        vault,
        Factories(
            client=client,
            built_in_transcriber=_built_in_transcriber,
            built_in_chat_model=_built_in_chat_model,
            built_in_speech=_built_in_speech,
            server_transcriber=transcriber,
            server_chat_model=chat_completions,
            openai_chat_model=responses,
            server_speech=lambda client, model, style: MeteredSpeech(
                _speech(client, model, style, on_successor), meter(client)
            ),
            read_aloud_speech=lambda client, model, style: MeteredSpeech(
                _read_aloud(client, model, style), meter(client)
            ),
            models=_list_models,
            built_in_live=_built_in_live,
            server_live=server_live,
            voice_model=functools.partial(_voice_model, on_successor=on_successor),
        ),
    )


def _voice_model(
    client: OpenAIClient,
    model: str,
    words_models: tuple[str, ...],
    on_successor: OnSuccessor | None,
) -> VoiceModel:
    from app.providers.catalogue import ModelRole, default_model, facts
    from app.providers.openai.gpt_live_session import GptLiveModel
    from app.providers.openai.realtime_model import RealtimeModel

    if facts(model).role is ModelRole.LIVE:
        backend = default_model(ModelRole.CHAT, datetime.datetime.now(datetime.UTC).date())
        return GptLiveModel(client, model, backend, on_successor)
    return RealtimeModel(client, model, words_models=words_models, on_successor=on_successor)


def _built_in_transcriber() -> Transcriber:
    from app.providers.local.recognizer import SphinxTranscriber

    return SphinxTranscriber()


def _built_in_chat_model() -> ChatModel:
    from app.providers.local.commands import CommandAssistant

    return CommandAssistant()


def _built_in_speech(language: str) -> Speech:
    from app.providers.local.voice import BuiltInVoice

    return BuiltInVoice(language)


def _built_in_live(transcriber: Transcriber) -> LiveTranscriber:
    from app.providers.local.live_recognizer import SphinxLiveTranscriber
    from app.providers.local.recognizer import SphinxTranscriber

    assert isinstance(transcriber, SphinxTranscriber)
    return SphinxLiveTranscriber(transcriber)


def _unmetered(transcriber: Transcriber) -> OpenAITranscriber:
    from app.providers.openai.transcriber import OpenAITranscriber

    assert isinstance(transcriber, MeteredTranscriber)
    assert isinstance(transcriber.plain, OpenAITranscriber)
    return transcriber.plain


async def _list_models(client: OpenAIClient) -> Sequence[ListedModel]:
    from app.providers.openai.probe import list_models

    return await list_models(client)


def _read_aloud(client: OpenAIClient, model: str, style: VoiceStyle) -> Speech:
    from app.providers.openai.read_aloud import ReadAloudSpeech

    return ReadAloudSpeech(client, model, style.voice, speed=style.speed)


def _speech(
    client: OpenAIClient, model: str, style: VoiceStyle, on_successor: OnSuccessor | None
) -> Speech:
    from app.providers.heir_speech import HeirSpeech
    from app.providers.openai.speech import OpenAISpeech

    first = OpenAISpeech(
        client,
        model,
        style.voice,
        speed=style.speed,
        instructions=style.instructions,
        on_successor=on_successor,
    )
    if not client.address.is_openai:
        return first  # Another server's other kinds of voice are not known.
    return HeirSpeech(first, lambda heir: _read_aloud(client, heir.model, style), on_successor)
