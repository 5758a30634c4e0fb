"""Web servers on this computer: one has a page, one searches, one makes pictures."""

from __future__ import annotations

import base64
import json
import urllib.parse

from tests.attacks.loopback import LoopbackServer

PAGE_HOST = "tea.example"
_PNG = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwABBAEAX+XDSwAAAABJRU5ErkJg"
        "gg=="
    )
).decode()


class PageServer(LoopbackServer):
    """Answers every path with `body`; `asked` are the paths that were wanted."""

    def __init__(self) -> None:
        self.body = ""
        self.asked: list[str] = []
        super().__init__()

    def answer(self, path: str, body: bytes) -> tuple[str, bytes]:
        self.asked.append(path)
        return "text/html; charset=utf-8", self.body.encode("utf-8", "replace")

    @property
    def address(self) -> str:
        """The address of its page, by a name that only the test's resolver knows."""
        return f"http://{PAGE_HOST}:{self.port}/tea"


class SearchServer(LoopbackServer):
    """A SearXNG server that finds the same page for each of `queries`."""

    def __init__(self) -> None:
        self.queries: list[str] = []
        super().__init__()

    def answer(self, path: str, body: bytes) -> tuple[str, bytes]:
        asked = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query)
        self.queries += asked.get("q", [path])
        hit = {"title": "Tea", "url": "https://found.example/tea", "content": "Tea is a drink."}
        return "application/json", json.dumps({"results": [hit]}).encode()

    @property
    def address(self) -> str:
        """As the settings name it."""
        return f"http://127.0.0.1:{self.port}"


class PictureServer(LoopbackServer):
    """Makes a picture of one dot from each of `prompts`, as OpenAI's server answers."""

    def __init__(self) -> None:
        self.prompts: list[str] = []
        super().__init__()

    def answer(self, path: str, body: bytes) -> tuple[str, bytes]:
        try:
            self.prompts.append(str(json.loads(body)["prompt"]))
        except (ValueError, KeyError):
            self.prompts.append(path)
        return "application/json", json.dumps({"data": [{"b64_json": _PNG}]}).encode()

    @property
    def address(self) -> str:
        """Where its interface begins."""
        return f"http://127.0.0.1:{self.port}/v1"
