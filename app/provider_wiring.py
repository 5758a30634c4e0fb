"""Which concrete providers there are. Part of the composition root."""

from __future__ import annotations

from app.net.policy import Policies
from app.net.waits import Waits
from app.providers.base import ChatModel, LiveTranscriber, Speech, Transcriber
from app.providers.heir_speech import HeirSpeech
from app.providers.local.commands import CommandAssistant
from app.providers.local.live_recognizer import SphinxLiveTranscriber
from app.providers.local.recognizer import SphinxTranscriber
from app.providers.local.voice import BuiltInVoice
from app.providers.openai.chat_completions import ChatCompletionsModel
from app.providers.openai.client import OpenAIClient
from app.providers.openai.live_transcriber import OpenAILiveTranscriber
from app.providers.openai.probe import list_models
from app.providers.openai.read_aloud import ReadAloudSpeech
from app.providers.openai.responses import ResponsesModel
from app.providers.openai.speech import OpenAISpeech
from app.providers.openai.transcriber import OpenAITranscriber
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

    def transcriber(client: OpenAIClient, model: str) -> Transcriber:
        return MeteredTranscriber(OpenAITranscriber(client, model, on_successor), meter(client))

    def chat_completions(client: OpenAIClient, model: str) -> ChatModel:
        return MeteredChatModel(ChatCompletionsModel(client, model, on_successor), meter(client))

    def responses(client: OpenAIClient, model: str) -> ChatModel:
        return MeteredChatModel(ResponsesModel(client, model, on_successor), meter(client))

    def server_live(client: OpenAIClient, session: str, plain: Transcriber) -> LiveTranscriber:
        live = OpenAILiveTranscriber(client, session, _unmetered(plain), on_successor)
        return MeteredLiveTranscriber(live, meter(client))

    return Registry(
        vault,
        Factories(
            client=lambda base_url, key: OpenAIClient(base_url, key, policies),
            built_in_transcriber=SphinxTranscriber,
            built_in_chat_model=CommandAssistant,
            built_in_speech=BuiltInVoice,
            server_transcriber=transcriber,
            server_chat_model=chat_completions,
            openai_chat_model=responses,
            server_speech=lambda client, model, style: MeteredSpeech(
                _speech(client, model, style, on_successor), meter(client)
            ),
            read_aloud_speech=lambda client, model, style: MeteredSpeech(
                _read_aloud(client, model, style), meter(client)
            ),
            models=list_models,
            built_in_live=_built_in_live,
            server_live=server_live,
        ),
    )


def _built_in_live(transcriber: Transcriber) -> LiveTranscriber:
    assert isinstance(transcriber, SphinxTranscriber)
    return SphinxLiveTranscriber(transcriber)


def _unmetered(transcriber: Transcriber) -> OpenAITranscriber:
    assert isinstance(transcriber, MeteredTranscriber)
    assert isinstance(transcriber.plain, OpenAITranscriber)
    return transcriber.plain


def _read_aloud(client: OpenAIClient, model: str, style: VoiceStyle) -> Speech:
    return ReadAloudSpeech(client, model, style.voice, speed=style.speed)


def _speech(
    client: OpenAIClient, model: str, style: VoiceStyle, on_successor: OnSuccessor | None
) -> Speech:
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
