"""A key that must never show up anywhere but in a request's header, and where to look for it."""

from __future__ import annotations

import base64
import contextlib
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.server import FaultOf
from tests.providers.openai import fault_server as wire
from tests.providers.openai.fault_server import Behaviour, Exchange

CANARY = "sk-canary/0123+4567/89abcdefghijklmnopqrst="

_TOLD = f"Incorrect API key provided: {CANARY[:8]}****{CANARY[-4:]}, that is {CANARY}."


def forms(key: str) -> frozenset[str]:
    """The key as it is, encoded, turned round, and its longer parts."""
    third = len(key) // 3
    texts = {key, key[::-1], urllib.parse.quote(key, safe=""), urllib.parse.quote_plus(key)}
    texts |= {key[: third + 4], key[third : 2 * third + 2], key[-third:]}
    texts |= {key.replace("/", "\\/"), key.encode().hex()}
    for lead in range(3):
        encoded = base64.b64encode(b"x" * lead + key.encode()).decode()
        texts |= {encoded[4:-4], encoded[4:-4].replace("+", "-").replace("/", "_")}
    return frozenset(texts)


FORMS = forms(CANARY)


def hits(data: bytes) -> list[str]:
    """The forms of the canary that are in some bytes."""
    return sorted(form for form in FORMS if form.encode() in data)


def hits_in_files(folder: Path) -> list[str]:
    """Where under a folder the canary is: in a file's name or in what it holds."""
    found = []
    for path in folder.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        found += [f"{path.relative_to(folder)}: {form}" for form in hits(bytes(path) + data)]
    return found


@dataclass(slots=True)
class Processes:
    """What a process and those that it started showed of themselves. `first` may know the key."""

    first: int
    seen: dict[str, bytes] = field(default_factory=dict)
    """By command, environments and arguments of all its processes."""

    def look(self) -> None:
        """Look at every process there is now."""
        for pid in _family(self.first):
            with contextlib.suppress(OSError):
                root = Path("/proc") / str(pid)
                arguments = (root / "cmdline").read_bytes()
                shown = arguments if pid == self.first else arguments + _environment(root)
                name = arguments.replace(b"\0", b" ").decode(errors="replace").strip()
                self.seen[name] = self.seen.get(name, b"") + shown

    def hits(self) -> list[str]:
        """Which commands showed the canary."""
        return [f"{name}: {form}" for name, data in self.seen.items() for form in hits(data)]


def _environment(process: Path) -> bytes:
    return (process / "environ").read_bytes()


def _family(first: int) -> set[int]:
    """A process and all that it started, whatever their sessions are."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(fields[1])
    family, grown = {first}, True
    while grown:
        children = {pid for pid, parent in parents.items() if parent in family}
        grown = not children <= family
        family |= children
    return family


def _quoted(status: int, **headers: str) -> FaultOf:
    return lambda whole: wire.error(status, _TOLD, code="some_code", **headers)


def _quoted_page(status: int) -> FaultOf:
    body = f"<html><body>{_TOLD}</body></html>".encode()
    return lambda whole: wire.answer(status, body, "text/html")


def _quoted_header(whole: object) -> Behaviour:
    async def behave(exchange: Exchange) -> None:
        await exchange.head(500, "application/json", x_told=CANARY, set_cookie=f"key={CANARY}")
        await exchange.end()

    return behave


def _quoted_redirect(whole: object) -> Behaviour:
    return wire.answer(302, b"", location=f"https://elsewhere.invalid/?key={CANARY}")


def _quoted_event(whole: object) -> Behaviour:
    told = {"error": {"message": _TOLD, "code": "some_code", "param": CANARY}}
    return wire.stream([wire.event(told), f": {CANARY}\n\n".encode()])


QUOTING: Mapping[str, FaultOf] = {
    "401": _quoted(401),
    "403": _quoted(403),
    "400": _quoted(400),
    "429": _quoted(429, retry_after="600"),
    "500 as a page": _quoted_page(500),
    "200 as a page": _quoted_page(200),
    "404 as a page": _quoted_page(404),
    "headers": _quoted_header,
    "redirect": _quoted_redirect,
    "event": _quoted_event,
}
