"""What the core tells about servers, their keys and their models."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass

from app.errors import Action
from app.services import Service


class KeyPlace(enum.StrEnum):
    """Where the server's key is."""

    NONE = "none"
    KEYRING = "keyring"
    ENVIRONMENT = "environment"
    THIS_RUN = "this_run"
    LOCKED = "locked"
    """Perhaps in the keyring, which is locked."""


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """Whether there is a key for a server in the settings, and where. Never the key.

    `host` is the origin that the key is bound to (`ServerAddress.origin`).
    """

    host: str
    place: KeyPlace


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model that a server names. `retires` is the first day without it, where that is known.

    `owner` and `task` are what the server says of it; most say nothing.
    """

    id: str
    owner: str = ""
    task: str = ""
    retires: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class ModelsListed:
    """What the server of a service offers for it; `problem` says why nothing could be learned."""

    service: Service
    base_url: str
    models: tuple[ListedModel, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A server on this computer. `preset` is the id in `resources/presets.toml`, if any fits."""

    base_url: str
    name: str
    preset: str
    services: tuple[Service, ...]
    models: tuple[ListedModel, ...]
    needs_key: bool = False


@dataclass(frozen=True, slots=True)
class ServersFound:
    """The answer to `commands.FindServers`."""

    servers: tuple[FoundServer, ...]


@dataclass(frozen=True, slots=True)
class ServiceTestStarted:
    """The test of a service runs."""

    service: Service


@dataclass(frozen=True, slots=True)
class ServiceTested:
    """What works of a service: one sentence, details below it, and how long it took.

    Where it does not, `summary` says what happened and `action` what helps; a test that was
    stopped has no summary.
    """

    service: Service
    ok: bool
    summary: str
    detail: str
    seconds: float
    action: Action = Action.NONE


@dataclass(frozen=True, slots=True)
class RealtimeTestStarted:
    """The test of realtime runs."""


@dataclass(frozen=True, slots=True)
class RealtimeTested:
    """What works of realtime, told as in `ServiceTested`."""

    ok: bool
    summary: str
    detail: str
    seconds: float
    action: Action = Action.NONE


ServiceEvent = (
    KeyStatus
    | ModelsListed
    | ServersFound
    | ServiceTestStarted
    | ServiceTested
    | RealtimeTestStarted
    | RealtimeTested
)
