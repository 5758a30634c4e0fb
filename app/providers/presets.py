"""Servers that are known by name, and what choosing one puts into the settings. Pure data."""

from __future__ import annotations

import enum
import functools
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from app.errors import AppError
from app.net.address import parse_address
from app.services import Service
from app.settings import Source

PLACEHOLDER = "{resource}"
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class KeyNeed(enum.StrEnum):
    """Whether a server wants a key."""

    NEEDED = "needed"
    OPTIONAL = "optional"
    NONE = "none"


class Preset(BaseModel):
    """One server. `port` is set for those that run on this computer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    base_url: str
    services: tuple[Service, ...]
    key: KeyNeed
    key_page: str = ""
    port: int = 0
    owner: str = ""
    models: Mapping[Service, str] = {}
    voice: str = ""
    note: str = ""

    @property
    def has_placeholder(self) -> bool:
        """Whether the address lacks a name that only its user knows."""
        return PLACEHOLDER in self.base_url


@functools.cache
def presets() -> Mapping[str, Preset]:
    """`resources/presets.toml` by id, in the file's order, read once."""
    text = files("resources").joinpath("presets.toml").read_text(encoding="utf-8")
    return {name: Preset.model_validate(table) for name, table in tomllib.loads(text).items()}


def preset_at(base_url: str, service: Service | None = None) -> str:
    """The id of the preset with this address, empty for none.

    Where two share an address, the one that offers `service` is meant.
    """
    wanted = _place(base_url)
    fits = [name for name, preset in presets().items() if wanted and _matches(preset, wanted)]
    offering = [name for name in fits if service in presets()[name].services]
    return next(iter(offering or fits), "")


def is_same_server(one: str, other: str) -> bool:
    """Whether two addresses lead to the same place; the names of this computer are one."""
    place = _place(one)
    return place is not None and place == _place(other)


def default_model_at(base_url: str, service: Service) -> str:
    """The model that the preset with this address names for `service`; mostly none."""
    preset = presets().get(preset_at(base_url, service))
    return preset.models.get(service, "") if preset is not None else ""


def default_voice_at(base_url: str) -> str:
    """The voice that the preset with this address names; mostly none."""
    preset = presets().get(preset_at(base_url, Service.SPEECH))
    return preset.voice if preset is not None else ""


def built_in_values(services: Iterable[Service] = Service) -> dict[str, object]:
    """The settings that make these services built in."""
    return {f"{service}.source": Source.BUILT_IN for service in services}


def server_values(
    base_url: str,
    models: Mapping[Service, str],
    services: Iterable[Service],
    *,
    common: bool,
) -> dict[str, object]:
    """The settings that give these services to a server.

    With `common` its address becomes the one of all services, else that of these alone.
    """
    values: dict[str, object] = {"server.base_url": base_url} if common else {}
    for service in services:
        values[f"{service}.source"] = Source.SERVER
        values[f"{service}.base_url"] = "" if common else base_url
        values[f"{service}.model"] = models.get(service, "")
        if service is Service.SPEECH:
            values["speech.voice"] = ""
    return values


def _place(base_url: str) -> tuple[str, str, int, str] | None:
    try:
        address = parse_address(base_url)
    except AppError:
        return None
    host = "localhost" if address.host in _HERE else address.host
    return address.scheme, host, address.port, address.path


def _matches(preset: Preset, wanted: tuple[str, str, int, str]) -> bool:
    if preset.has_placeholder:
        ending = preset.base_url.split(PLACEHOLDER)[1].split("/")[0]
        return wanted[1].endswith(ending)
    return _place(preset.base_url) == wanted
