"""A server's address: what is one, whose key goes there, and how it is named to a person."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.errors import AppError, Code

OPENAI_HOST = "api.openai.com"

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_FORBIDDEN = re.compile(r"[\s\x00-\x1f\x7f\\]")
_NEAR_ENDINGS = ("localhost", "local", "lan", "internal", "home.arpa")
_NEAR_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Scheme, host, port and path, normalised. Compare origins, never texts."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def label(self) -> str:
        """Host, with the port where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """What a key is bound to. An https host on its own port is its plain name."""
        return self.label if self.scheme == "https" else f"{self.scheme}://{self.label}"

    @property
    def url(self) -> str:
        """The address as it is sent to, without a slash at the end."""
        return f"{self.scheme}://{self.label}{self.path}"

    @property
    def is_openai(self) -> bool:
        """Whether this is OpenAI's own service."""
        return self.origin == OPENAI_HOST

    @property
    def is_near(self) -> bool:
        """On this computer or its own network."""
        return _is_near(self.host)

    @property
    def may_carry_key(self) -> bool:
        """Encrypted, or on this computer or its own network."""
        return self.scheme == "https" or self.is_near


def parse_address(text: str) -> ServerAddress:
    """Read `http(s)://host[:port][/path]`.

    Raises AppError(SERVER_ADDRESS_INVALID) for all else; credentials, queries and the odd number
    forms that some resolvers take for an IP address (`127.1`, `0x7f.1`) are refused.
    """
    plain = text.strip()
    try:
        if _FORBIDDEN.search(plain):
            raise ValueError("blank, control character or backslash")
        parts = urlsplit(plain)
        if parts.scheme not in _DEFAULT_PORTS or "@" in parts.netloc:
            raise ValueError("scheme or credentials")
        if "?" in plain or "#" in plain:
            raise ValueError("query or fragment")
        host = _host(parts.hostname or "")
        port = _DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port
        if not port:
            raise ValueError("port 0")
    except ValueError:
        raise AppError(Code.SERVER_ADDRESS_INVALID, _shown(plain)) from None
    return ServerAddress(parts.scheme, host, port, parts.path.rstrip("/"))


def parse_origin(text: str) -> ServerAddress:
    """Read an address, or an origin as `ServerAddress.origin` gives it: a bare host means https.

    Raises AppError(SERVER_ADDRESS_INVALID).
    """
    return parse_address(text if "://" in text else f"https://{text}")


def host_of(text: str) -> str:
    """What a key for this address is bound to: `ServerAddress.origin`.

    Raises AppError(SERVER_ADDRESS_INVALID).
    """
    return parse_origin(text).origin


def _host(text: str) -> str:
    """The host in lower case and ASCII. Raises ValueError."""
    if "%" in text:
        raise ValueError("escape or scope")
    if ":" in text:
        return ipaddress.IPv6Address(text).compressed
    host = text.encode("idna").decode("ascii").lower().removesuffix(".")
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        return str(ipaddress.IPv4Address(host))
    if len(host) > 253 or not _NAME.fullmatch(host):
        raise ValueError("host name")
    return host


def _is_near(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or any(host.endswith(f".{ending}") for ending in _NEAR_ENDINGS)
    return any(address in network for network in _NEAR_NETWORKS)


def _shown(text: str) -> str:
    """The text for a message: without credentials, nor a key that was pasted into the field."""
    hidden = re.sub(r"(?<=//)[^/]*@", "•••@", text)
    return re.sub(r"\bsk-\S+", "sk-•••", hidden)[:80]
