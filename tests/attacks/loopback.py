"""A real web server on this computer, in a thread of its own."""

from __future__ import annotations

import http.server
import threading
from abc import ABC, abstractmethod
from io import BufferedIOBase


class LoopbackServer(ABC):
    """Answers every request by `answer`, until `close`."""

    def __init__(self) -> None:
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply(b"")

            def do_POST(self) -> None:
                self._reply(self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def _reply(self, body: bytes) -> None:
                kind, data = owner.answer(self.path, body)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                owner.write(self.wfile, data)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @abstractmethod
    def answer(self, path: str, body: bytes) -> tuple[str, bytes]:
        """The content type and the content. Called in a thread of its own."""

    def write(self, out: BufferedIOBase, data: bytes) -> None:
        """Write the content, in the same thread as it was made in."""
        out.write(data)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """Stop, and wait for it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
