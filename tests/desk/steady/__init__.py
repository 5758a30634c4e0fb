"""A server that checks each request against OpenAI's published schema: Steady, the mock that
OpenAI's own library is tested with. It answers with random data.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import urllib.request
from pathlib import Path

import pytest

from tests.desk.child import Child
from tests.desk.node import node_modules
from tests.desk.waiting import wait_until

_HERE = Path(__file__).parent
_SCHEMA = Path(__file__).parents[4] / "shared" / "openai" / "openapi.yaml"
_OLDEST_NODE = (14, 0)
_FORMATS = [
    f"--validator-{where}-{what}-format=brackets"
    for where in ("query", "form")
    for what in ("array", "object")
]

PROBLEMS = "x-steady-error-count"
"""The header of an answer that counts what was wrong with the request."""


class ContractServer:
    """A running Steady. Use it as a context manager."""

    def __init__(self) -> None:
        if not _SCHEMA.is_file():
            pytest.skip("the published schema is not beside the project")
        program = node_modules(_HERE, "steady", _OLDEST_NODE) / "@stdy/cli/steady.js"
        self.folder = Path(tempfile.mkdtemp(prefix="sayso-steady-"))
        port = _free_port()
        self.base_url = f"http://127.0.0.1:{port}"
        address = ["--host", "127.0.0.1", "-p", str(port)]
        self._server = Child(["node", str(program), *address, *_FORMATS, str(_SCHEMA)], self.folder)
        try:
            wait_until(self._answers, "steady listens", timeout_s=60)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End it and remove its files."""
        self._server.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> ContractServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answers(self) -> bool:
        assert self._server.alive, f"steady ended: {self._server.log}"
        try:
            with urllib.request.urlopen(f"{self.base_url}/_x-steady/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
