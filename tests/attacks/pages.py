"""A real web server on this computer that has one page at a time."""

from __future__ import annotations

import http.server
import threading

PAGE_HOST = "tea.example"


class PageServer:
    """Answers every path with `body`; `asked` are the paths that were wanted."""

    def __init__(self) -> None:
        self.body = ""
        self.asked: list[str] = []
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.asked.append(self.path)
                data = owner.body.encode("utf-8", "replace")
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        """The address of its page, by a name that only the test's resolver knows."""
        return f"http://{PAGE_HOST}:{self.port}/tea"

    def close(self) -> None:
        """Stop, and wait for it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
