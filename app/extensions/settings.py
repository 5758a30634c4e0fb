"""The settings of servers and tool files, declared once."""

from __future__ import annotations

import ipaddress
import re
import urllib.parse
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from app.extensions.environment import is_secret_name
from app.settings_section import Section, table_list

MAX_SERVERS = 20
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,23}")


class ServerEntry(Section):
    """A server of tools: a program that is started (`command`), or an address (`url`)."""

    name: str
    command: tuple[str, ...] = ()
    url: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    """Variables beside the few that every server gets; none that looks like a secret."""
    enabled: bool = True
    trusts_read_only: bool = False
    """The user believes this server where it says that a tool only reads."""
    start_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    call_s: Annotated[float, Field(gt=0, le=600)] = 60.0

    @model_validator(mode="after")
    def _checked(self) -> ServerEntry:
        if not _NAME.fullmatch(self.name):
            raise ValueError("a name has small letters, digits, - and _")
        if bool(self.command) == bool(self.url):
            raise ValueError("a server has either a command or an address")
        if self.url and not is_allowed_address(self.url):
            raise ValueError("an address begins with https, or is on this computer")
        if any(is_secret_name(name) for name, _ in self.environment):
            raise ValueError("no secret is given to a server")
        return self


class ExtensionSettings(Section):
    """Tools beside Sayso's own."""

    tool_files: Annotated[
        bool,
        Field(
            title="Use my tool files",
            description="Python files in the tools folder, each shown to you before it is used.",
        ),
    ] = False
    servers: Annotated[
        tuple[ServerEntry, ...],
        BeforeValidator(table_list),
        Field(
            title="Tool servers",
            description="Programs and addresses that speak MCP.",
            max_length=MAX_SERVERS,
            json_schema_extra={"hidden": True},
        ),
    ] = ()


def is_allowed_address(url: str) -> bool:
    """https anywhere, http on this computer; no user name or password in it."""
    try:
        parts = urllib.parse.urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or "@" in parts.netloc:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_here(host))


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
