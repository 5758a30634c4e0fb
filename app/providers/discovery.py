"""Which servers there are on this computer, from what its ports answered. Pure."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.events import FoundServer, ListedModel
from app.providers.presets import Preset, presets
from app.services import Service

WITHIN_S = 0.3
LARGEST_BODY_BYTES = 2_000_000

_NOT_CHAT = re.compile(
    r"whisper|transcri|tts|kokoro|orpheus|embed|rerank|moderation|dall-e|image|sora|realtime|"
    r"audio|live|diffusion|flux|guard|babbage|davinci|bge-|\bclip\b",
    re.IGNORECASE,
)
_HEARS = re.compile(r"whisper|transcri|parakeet|moonshine|canary|voxtral|\basr\b", re.IGNORECASE)
_SPEAKS = re.compile(r"tts|kokoro|piper|orpheus|speech|realtime-2", re.IGNORECASE)
_TASKS = {
    "automatic-speech-recognition": Service.TRANSCRIPTION,
    "text-to-speech": Service.SPEECH,
    "text-generation": Service.CHAT,
}


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """A port of this computer that speaks the API. `needs_key` where it named no models for it."""

    port: int
    base_url: str
    models: tuple[ListedModel, ...]
    needs_key: bool = False


def models_in(body: bytes) -> tuple[ListedModel, ...]:
    """The models in an answer of /v1/models, in its order. Raises ValueError where it is none."""
    try:
        answer = json.loads(body)
    except RecursionError:
        raise ValueError("nested too deep") from None
    listed = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        raise ValueError("not a list of models")
    return tuple(_model(entry) for entry in listed if _has_id(entry))


def local_ports() -> tuple[int, ...]:
    """Where the known servers of this computer listen by default."""
    return tuple(dict.fromkeys(preset.port for preset in presets().values() if preset.port))


def found_servers(answers: Iterable[ProbeAnswer]) -> tuple[FoundServer, ...]:
    """What was found, by name where it can be told, in the presets' order."""
    order = [*presets(), ""]
    found = [_server(answer) for answer in answers]
    return tuple(sorted(found, key=lambda server: (order.index(server.preset), server.base_url)))


def offers(model: ListedModel, service: Service) -> bool:
    """Whether a model is for this service, by what its server says of it or else by its name."""
    if model.task in _TASKS:
        return _TASKS[model.task] is service
    match service:
        case Service.CHAT:
            return not _NOT_CHAT.search(model.id)
        case Service.TRANSCRIPTION:
            return bool(_HEARS.search(model.id))
        case Service.SPEECH:
            return bool(_SPEAKS.search(model.id))


def for_service(models: Sequence[ListedModel], service: Service) -> tuple[ListedModel, ...]:
    """The models that are for this service; all, where none can be told to be."""
    return tuple(model for model in models if offers(model, service)) or tuple(models)


def chosen_models(server: FoundServer) -> dict[Service, str]:
    """A model for each of the server's services: the preset's where it is there, else the first."""
    preset = presets().get(server.preset)
    named = preset.models if preset is not None else {}
    there = {model.id for model in server.models}
    chosen = {}
    for service in server.services:
        fits = [model.id for model in server.models if offers(model, service)]
        wanted = named.get(service, "")
        chosen[service] = wanted if wanted in there else next(iter(fits), wanted)
    return chosen


def _server(answer: ProbeAnswer) -> FoundServer:
    name, preset = _recognised(answer)
    models = answer.models
    if preset is None:
        title = f"Server on port {answer.port}"
        services = tuple(one for one in Service if _any_offers(models, one)) or (Service.CHAT,)
    else:
        title = preset.name
        services = tuple(one for one in preset.services if _does(models, one)) or preset.services
    return FoundServer(answer.base_url, title, name, services, models, answer.needs_key)


def _does(models: Sequence[ListedModel], service: Service) -> bool:
    """Whether a server that is known to offer this really does; not every one names its models."""
    return not models or service is Service.CHAT or _any_offers(models, service)


def _any_offers(models: Sequence[ListedModel], service: Service) -> bool:
    return any(offers(model, service) for model in models)


def _recognised(answer: ProbeAnswer) -> tuple[str, Preset | None]:
    """The preset that this is, by what it says of its models, else by its port."""
    here = {name: preset for name, preset in presets().items() if preset.port == answer.port}
    owners = {model.owner for model in answer.models}
    for name, preset in here.items():
        if preset.owner and preset.owner in owners:
            return name, preset
    tasks = {_TASKS[model.task] for model in answer.models if model.task in _TASKS}
    for name, preset in here.items():
        if tasks and tasks <= set(preset.services):
            return name, preset
    alone = [(name, preset) for name, preset in here.items() if len(here) == 1 and not preset.owner]
    return alone[0] if alone else ("", None)


def _has_id(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("id"), str) and bool(entry["id"])


def _model(entry: Mapping[str, Any]) -> ListedModel:
    return ListedModel(
        id=entry["id"],
        owner=str(entry.get("owned_by") or ""),
        task=str(entry.get("task") or ""),
        retires=_date(entry.get("shutdown_date")),
    )


def _date(value: object) -> datetime.date | None:
    """A date as servers write it: ISO text or seconds since 1970."""
    try:
        if isinstance(value, str):
            return datetime.date.fromisoformat(value[:10])
        if isinstance(value, int | float):
            return datetime.datetime.fromtimestamp(value, datetime.UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
    return None
