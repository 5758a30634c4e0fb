"""Which web addresses may be fetched or opened. Pure: names are looked up in `app/web/reach.py`.

What passes is one exact ASCII address: http or https, a public host, no credentials.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
import urllib.parse
from dataclasses import dataclass

from app.tools.base import ToolFailed

MAX_URL_CHARS = 2_000

_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._?"
_NEAR_ENDINGS = frozenset(
    {
        "localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp",
        "private", "arpa", "test", "invalid", "onion", "alt",
    }
)  # fmt: skip
_OTHER_SERVICES = frozenset(
    {
        1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
        102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389,
        427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636,
        989, 990, 993, 995, 1719, 1720, 1723, 2049, 2375, 3306, 3659, 4045, 4190, 5060, 5061, 5432,
        6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9200, 10080, 11211, 27017,
    }
)  # fmt: skip
"""Ports where something else than a web server listens."""

_CLOSED_4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32",
        "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
        "240.0.0.0/4",
    )
)  # fmt: skip
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
_CLOSED_6 = tuple(
    ipaddress.IPv6Network(network)
    for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class AddressRefused(ToolFailed):
    """An address that is none, or that Sayso does not ask."""


@dataclass(frozen=True, slots=True)
class WebAddress:
    """`host` is ASCII: a name in lower case, or an IP address without brackets."""

    scheme: str
    host: str
    port: int
    path: str
    query: str = ""
    fragment: str = ""

    @property
    def authority(self) -> str:
        """The host, with the port where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def target(self) -> str:
        """Path and query, as a request line has them."""
        return f"{self.path or '/'}{'?' if self.query else ''}{self.query}"

    @property
    def url(self) -> str:
        """The whole address."""
        return urllib.parse.urlunsplit(
            (self.scheme, self.authority, self.path, self.query, self.fragment)
        )


def parse_web_address(text: str, base: WebAddress | None = None) -> WebAddress:
    """Read an address as a person or a page writes it; `base` is the page it stands on.

    A host in other scripts becomes punycode, so that look-alikes are seen. Raises AddressRefused
    for whatever is no public web address. The host's IP address is not known yet: see `is_public`.
    """
    text = text.strip()
    if len(text) > MAX_URL_CHARS:
        raise AddressRefused(f"The address is longer than {MAX_URL_CHARS} characters.")
    if not text or "\\" in text or any(_is_hidden(char) for char in text):
        raise AddressRefused("The address is empty, or has characters that no address has.")
    if base is not None:
        text = urllib.parse.urljoin(base.url, text)
    elif not _SCHEME.match(text):
        text = f"https://{text.removeprefix('//')}"
    try:
        return _parsed(urllib.parse.urlsplit(text))
    except ValueError:
        raise AddressRefused(f"“{text[:200]}” is not a web address.") from None


def checked_url(text: str) -> str:
    """The exact address that will be opened, in ASCII. Raises ToolFailed when it is none."""
    return parse_web_address(text).url


def is_public(ip: str) -> bool:
    """Whether an IP address is of the public internet, whatever it is wrapped in."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None:
            return False
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif address in _NAT64:
            address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        else:
            return address in _PUBLIC_6 and not any(address in closed for closed in _CLOSED_6)
    return not any(address in closed for closed in _CLOSED_4)


def _parsed(parts: urllib.parse.SplitResult) -> WebAddress:
    if parts.scheme not in _PORTS:
        raise AddressRefused("Only http and https addresses can be opened.")
    if "@" in parts.netloc:
        raise AddressRefused("An address with a user name or a password in it is not opened.")
    if "[" in parts.netloc and ":" not in (parts.hostname or ""):
        raise ValueError("brackets around a name")
    port = _PORTS[parts.scheme] if parts.port is None else parts.port
    if not port:
        raise ValueError("port 0")
    if port in _OTHER_SERVICES:
        raise AddressRefused(f"Port {port} is not a web server's.")
    return WebAddress(
        parts.scheme,
        _host(parts.hostname or ""),
        port,
        urllib.parse.quote(parts.path, safe=_PATH_SAFE),
        urllib.parse.quote(parts.query, safe=_PATH_SAFE),
        urllib.parse.quote(parts.fragment, safe=_PATH_SAFE),
    )


def _host(text: str) -> str:
    """The host as it is asked for. Raises AddressRefused and ValueError."""
    if "%" in text:
        raise ValueError("escape or scope in a host")
    if ":" in text:
        return _public_literal(ipaddress.IPv6Address(text).compressed)
    host = text.encode("idna").decode("ascii").lower().removesuffix(".")
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _public_literal(str(ipaddress.IPv4Address(host)))
    if labels[-1] in _NEAR_ENDINGS:
        raise AddressRefused("Addresses inside the own network are not opened.")
    if len(host) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(host)
    for label in labels:
        if label.startswith("xn--"):
            label.encode("ascii").decode("idna")
    return host


def _public_literal(ip: str) -> str:
    if not is_public(ip):
        raise AddressRefused("Addresses inside the own network are not opened.")
    return ip


def _is_hidden(char: str) -> bool:
    """Spaces, control, format and other characters that do not show as what they are."""
    return char.isspace() or unicodedata.category(char)[0] == "C"
