"""One connection to OpenAI or a server that speaks its API; its key goes to this host alone.

Lives on the core loop. The vendor's library takes over half a second to load, so a thread does it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from typing import TYPE_CHECKING

from app import collector
from app.errors import AppError, Code
from app.net.address import parse_address
from app.net.deadlines import Deadlines
from app.net.policy import Policies
from app.net.reach import label_of_proxy, proxy_of
from app.providers.openai.errors import Peer, translated
from app.providers.openai.portal import page_instead
from app.secrets import Secret, register_secret

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

_log = logging.getLogger(__name__)

_KEEP_ALIVE_S = 90.0
_WARM_S = 30.0
_NO_KEY = "none"
_OWN_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "host",
        "idempotency-key",
        "transfer-encoding",
        "user-agent",
    }
)
_OPENAI_HEADERS = frozenset({"openai-organization", "openai-project"})


class OpenAIClient:
    """The library's client with our policy: no retries of its own, no redirects, no stray keys.

    A key over plain http goes only to this computer or its own network (loopback and private
    addresses, single-label names, .local, .lan, .internal, .home.arpa).
    """

    def __init__(
        self, base_url: str, key: Secret | None = None, policies: Policies | None = None
    ) -> None:
        """Check address and key. Opens nothing yet.

        Raises AppError: SERVER_ADDRESS_INVALID, KEY_NEEDS_HTTPS, or KEY_WRONG for a key that
        no header can hold.
        """
        self.address = parse_address(base_url)
        self.policies = policies or Policies()
        self._key = key if key else None
        if self._key is not None:
            register_secret(self._key)
            if not self.address.may_carry_key:
                raise AppError(Code.KEY_NEEDS_HTTPS, self.address.label)
            if not _fits_header(self._key.reveal()):
                raise AppError(Code.KEY_WRONG, self.address.label)
        self._sdk: AsyncOpenAI | None = None
        self._http: httpx2.AsyncClient | None = None
        self._loading = asyncio.Lock()
        self._warming = asyncio.Lock()
        self._used_at = float("-inf")

    def peer(self, model: str = "") -> Peer:
        """How errors name this server."""
        return Peer(
            self.address.label,
            self._key is not None,
            model,
            label_of_proxy(proxy_of(self.address)),
            self.address.is_near,
        )

    def authorization(self) -> dict[str, str]:
        """The header with the key, for a connection to this host that the library does not make."""
        return {} if self._key is None else {"Authorization": f"Bearer {self._key.reveal()}"}

    async def sdk(self) -> AsyncOpenAI:
        """The library's client, loaded on first use.

        Raises AppError where the environment names a proxy or certificates that cannot be used.
        """
        async with self._loading:
            if self._sdk is None:
                self._sdk = await asyncio.to_thread(self._build)
        return self._sdk

    async def http(self) -> httpx2.AsyncClient:
        """The connections under the library's client, for requests that it cannot make.

        Raises AppError as `sdk` does.
        """
        await self.sdk()
        assert self._http is not None
        return self._http

    async def warm(self) -> None:
        """Load the library and open two connections, unless there was a request within 30 s.

        A server that cannot be reached is no error.
        """
        clock = asyncio.get_running_loop().time
        async with self._warming:
            if clock() - self._used_at > _WARM_S:
                await asyncio.gather(self._open(), self._open())

    async def _open(self) -> None:
        deadlines = self.policies.warm_up.deadlines
        try:
            sdk = await self.sdk()
            async with asyncio.timeout(deadlines.total_s):
                with translated(self.peer()):
                    await sdk.models.with_raw_response.list(timeout=timeouts(deadlines))
        except (AppError, TimeoutError) as error:
            _log.debug("%s could not be warmed up: %r", self.address.label, error)

    async def aclose(self) -> None:
        """Close all connections; streams that still run are cut off."""
        async with self._loading:
            sdk, self._sdk = self._sdk, None
        self._used_at = float("-inf")
        if sdk is not None:
            await sdk.close()

    def _build(self) -> AsyncOpenAI:
        with collector.paused():
            return self._load()

    def _load(self) -> AsyncOpenAI:
        import openai

        self._http = self._http_client()
        sdk = openai.AsyncOpenAI(
            api_key=_NO_KEY,
            admin_api_key=_NO_KEY,
            base_url=self.address.url,
            max_retries=0,
            http_client=self._http,
        )
        # These load on first use, and would then hold up the loop.
        _ = sdk.chat.completions, sdk.responses, sdk.audio.speech, sdk.audio.transcriptions
        _ = sdk.audio.translations, sdk.models
        return sdk

    def _http_client(self) -> httpx2.AsyncClient:
        import httpx2

        encrypted = self.address.scheme == "https"
        try:
            return httpx2.AsyncClient(
                timeout=timeouts(self.policies.chat.deadlines),
                follow_redirects=False,
                limits=httpx2.Limits(keepalive_expiry=_KEEP_ALIVE_S),
                # A proxy would read what goes over plain http, and loopback needs none.
                trust_env=encrypted,
                # Reading the system's certificates takes 0.1 s; a bare context trusts none.
                verify=True if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                event_hooks={"request": [self._seal], "response": [self._look_for_page]},
            )
        except OSError as error:
            _log.warning("SSL_CERT_FILE cannot be used: %s", error)
            raise AppError(Code.CERTIFICATES_UNREADABLE, _certificates_variable()) from None
        except (ImportError, ValueError, httpx2.InvalidURL) as error:
            _log.warning("The proxy in the environment cannot be used: %s", error)
            raise AppError(Code.PROXY_INVALID, "HTTPS_PROXY") from None

    async def _look_for_page(self, response: httpx2.Response) -> None:
        """A page where an answer of the API should be is an error, whatever its status says."""
        if (code := await page_instead(response)) is not None:
            raise AppError(code, self.address.label)

    async def _seal(self, request: httpx2.Request) -> None:
        """Put in the key, and take out what the library adds from environment variables."""
        self._used_at = asyncio.get_running_loop().time()
        if (request.url.scheme, request.url.netloc.decode()) != (
            self.address.scheme,
            self.address.label,
        ):
            raise AppError(Code.KEY_FOR_OTHER_HOST, request.url.host)
        kept = _OWN_HEADERS | (_OPENAI_HEADERS if self.address.is_openai else frozenset())
        for name in list(request.headers):
            if name not in kept and not name.startswith("x-stainless-"):
                del request.headers[name]
        if self._key is not None:
            request.headers["authorization"] = f"Bearer {self._key.reveal()}"


def timeouts(deadlines: Deadlines) -> httpx2.Timeout:
    """The same deadlines for single reads and connects. An upload is bound by its total alone."""
    import httpx2

    return httpx2.Timeout(
        connect=deadlines.connect_s,
        read=max(deadlines.first_byte_s, deadlines.idle_s),
        write=deadlines.total_s,
        pool=deadlines.connect_s,
    )


def _certificates_variable() -> str:
    return "SSL_CERT_FILE" if os.environ.get("SSL_CERT_FILE") else "SSL_CERT_DIR"


def _fits_header(key: str) -> bool:
    return key.isascii() and key.isprintable() and " " not in key
