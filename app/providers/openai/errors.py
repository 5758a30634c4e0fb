"""Every exception of the vendor's library, of HTTP, TLS and JSON becomes an AppError here, once.

Their texts quote keys and bodies, so none of it gets into an AppError; the log has it, redacted.
"""

from __future__ import annotations

import contextlib
import datetime
import email.utils
import errno
import json
import logging
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import AppError, Code
from app.net.reach import has_route
from app.providers.openai.refusals import Refusal, read_refusal

if TYPE_CHECKING:
    import openai

_log = logging.getLogger(__name__)

_BY_STATUS = {
    401: Code.KEY_WRONG,
    402: Code.QUOTA_SPENT,
    403: Code.ACCESS_DENIED,
    407: Code.PROXY_REFUSED,
    408: Code.SERVER_SILENT,
    413: Code.REQUEST_TOO_LARGE,
    429: Code.SERVER_BUSY,
    511: Code.SIGN_IN_PAGE,
    529: Code.SERVER_BUSY,
}
_ABOUT_KEY = frozenset({Code.KEY_WRONG, Code.ACCOUNT_CLOSED, Code.REGION_REFUSED})
_CERTIFICATE_DATES = (9, 10)
_CERTIFICATE_NAMES = (62, 64)
_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_LONGEST_RETRY_AFTER_S = 86400.0


@dataclass(frozen=True, slots=True)
class Peer:
    """Whom a call went to and what it asked for, as far as an error may tell a person.

    `proxy` is host and port of the proxy on the way, if any; `is_near` is a server on this
    computer or its own network.
    """

    host: str
    has_key: bool = True
    model: str = ""
    proxy: str = ""
    is_near: bool = False


@contextlib.contextmanager
def translated(peer: Peer) -> Iterator[None]:
    """Turn whatever the vendor's code raises within into an AppError."""
    import httpx2
    import openai

    try:
        yield
    except (
        openai.OpenAIError,
        httpx2.HTTPError,
        httpx2.StreamError,
        httpx2.InvalidURL,
        OSError,
        ValueError,
    ) as error:
        _log.debug("%s failed", peer.host, exc_info=error)
        raise translate(error, peer) from None


def translate(error: Exception, peer: Peer) -> AppError:
    """The AppError for an exception of the vendor's library, httpx2, ssl, sockets or JSON."""
    import httpx2
    import openai

    if isinstance(error, openai.APIStatusError):
        return _of_status(error, peer)
    if isinstance(error, openai.APIResponseValidationError):
        return AppError(Code.SERVER_NOT_API, peer.host)
    if isinstance(error, openai.APIConnectionError | httpx2.HTTPError | OSError):
        return _of_connection(error, peer)
    if isinstance(error, httpx2.InvalidURL):
        return AppError(Code.SERVER_ADDRESS_INVALID, peer.host)
    if isinstance(error, httpx2.StreamError):
        return AppError(Code.SERVER_CUT_OFF, peer.host)
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return AppError(Code.SERVER_NOT_API, peer.host)
    _log.error("Unforeseen in a call to %s", peer.host, exc_info=error)
    return AppError(Code.INTERNAL)


def told_error(error: object, peer: Peer) -> AppError:
    """The AppError for the `error` of an event in a stream that had begun well."""
    refusal = read_refusal(error)
    return _told(refusal.code or Code.SERVER_ERROR, peer, refusal.wait_s)


def event_error(error: Mapping[str, object], peer: Peer) -> AppError:
    """The AppError for an error event of a session: what was asked wrongly is told apart."""
    failure = told_error(error, peer)
    if failure.code is Code.SERVER_ERROR and error.get("type") == "invalid_request_error":
        return AppError(Code.REQUEST_REFUSED, peer.host)
    return failure


def retry_after_s(headers: Mapping[str, str], now: datetime.datetime) -> float | None:
    """Seconds that a server asked for, as a number or a date; at most a day."""
    with contextlib.suppress(ValueError):
        return _bounded(float(headers.get("retry-after-ms", "")) / 1000)
    text = headers.get("retry-after", "")
    with contextlib.suppress(ValueError):
        return _bounded(float(text))
    with contextlib.suppress(ValueError, TypeError):
        return _bounded((email.utils.parsedate_to_datetime(text) - now).total_seconds())
    return None


def _bounded(seconds: float) -> float | None:
    return min(seconds, _LONGEST_RETRY_AFTER_S) if seconds >= 0 else None


def _of_status(error: openai.APIStatusError, peer: Peer) -> AppError:
    refusal = read_refusal(error.body)
    now = datetime.datetime.now(datetime.UTC)
    wait_s = retry_after_s(error.response.headers, now)
    if wait_s is None and error.status_code == 429:
        wait_s = refusal.wait_s
    return _told(_code_of_status(error, refusal, peer), peer, wait_s, now)


def _told(
    code: Code, peer: Peer, wait_s: float | None, now: datetime.datetime | None = None
) -> AppError:
    about_model = code in (Code.MODEL_UNKNOWN, Code.CONVERSATION_TOO_LONG) and peer.model
    return AppError(
        code,
        peer.model if about_model else peer.host,
        retry_after_s=wait_s,
        asked_at=now or datetime.datetime.now(datetime.UTC),
    )


def _code_of_status(error: openai.APIStatusError, refusal: Refusal, peer: Peer) -> Code:
    status, named = error.status_code, refusal.code
    if status in (401, 403):
        return _of_key(status, named, error, peer)
    if status == 413 and named in (None, Code.SERVER_BUSY):
        return Code.REQUEST_TOO_LARGE
    if named is Code.KEY_WRONG and not peer.has_key:
        return Code.KEY_MISSING
    if named is not None and (named is not Code.MODEL_UNKNOWN or peer.model):
        return named
    if status < 400 or (status in (400, 404) and _is_page(error)):
        return Code.SERVER_NOT_API
    if status in (400, 404, 422) and _is_about_model(error, refusal, peer):
        return Code.MODEL_UNKNOWN
    if status in (404, 405):
        return Code.SERVER_NOT_API
    other = Code.SERVER_ERROR if status >= 500 else Code.REQUEST_REFUSED
    return _BY_STATUS.get(status, other)


def _of_key(status: int, named: Code | None, error: openai.APIStatusError, peer: Peer) -> Code:
    """What 401 and 403 are about: the key, unless they say something else."""
    if status == 403 and _is_page(error):
        return Code.SERVER_NOT_API
    if named is not None and named is not Code.KEY_WRONG:
        if named in _ABOUT_KEY or status == 403:
            return named
    elif status == 403 and named is None:
        return Code.ACCESS_DENIED
    return Code.KEY_WRONG if peer.has_key else Code.KEY_MISSING


def _is_page(error: openai.APIStatusError) -> bool:
    """Whether a web page came instead of an error of the API."""
    return "html" in error.response.headers.get("content-type", "").lower()


def _is_about_model(error: openai.APIStatusError, refusal: Refusal, peer: Peer) -> bool:
    if not peer.model:
        return False
    # Compatible servers agree on no code; but all that refuse a model name it.
    return error.param == "model" or (error.status_code == 404 and refusal.names_model(peer.model))


def _of_connection(error: BaseException, peer: Peer) -> AppError:
    import httpx2

    chain = list(_chain(error))
    for link in chain:
        if isinstance(link, AppError):
            return link
        if isinstance(link, httpx2.ProxyError):
            return AppError(Code.PROXY_REFUSED, peer.host)
    # A handshake that waits for bytes is silence, not distrust.
    waiting = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
    tls = next(
        (
            link
            for link in chain
            if isinstance(link, ssl.SSLError) and not isinstance(link, waiting)
        ),
        None,
    )
    if tls is not None:
        return AppError(_of_certificate(tls), peer.host)
    code = _of_transport(chain)
    if code is not Code.SERVER_UNREACHABLE:
        return AppError(code, peer.host)
    if peer.proxy:
        return AppError(code, f"The proxy {peer.proxy}")
    return AppError(Code.OFFLINE if _is_offline(chain, peer) else code, peer.host)


def _of_certificate(error: ssl.SSLError) -> Code:
    reason = getattr(error, "verify_code", None)
    if reason in _CERTIFICATE_DATES:
        return Code.TLS_EXPIRED
    return Code.TLS_OTHER_HOST if reason in _CERTIFICATE_NAMES else Code.TLS_UNTRUSTED


def _of_transport(chain: list[BaseException]) -> Code:
    import httpx2
    import openai

    for link in chain:
        if isinstance(link, httpx2.ConnectError | httpx2.ConnectTimeout):
            return Code.SERVER_UNREACHABLE
        if isinstance(link, httpx2.TimeoutException | TimeoutError | openai.APITimeoutError):
            if not any(isinstance(cause, httpx2.ConnectTimeout) for cause in chain):
                return Code.SERVER_SILENT
        elif isinstance(link, httpx2.DecodingError | httpx2.TooManyRedirects):
            return Code.SERVER_NOT_API
        elif isinstance(link, httpx2.RemoteProtocolError):
            gone = "disconnected" in str(link) or "closed" in str(link)
            return Code.SERVER_CUT_OFF if gone else Code.SERVER_NOT_API
        elif isinstance(link, httpx2.UnsupportedProtocol):
            return Code.SERVER_ADDRESS_INVALID
        elif isinstance(link, httpx2.TransportError):
            return Code.SERVER_CUT_OFF
    return Code.SERVER_UNREACHABLE


def _is_offline(chain: list[BaseException], peer: Peer) -> bool:
    """Whether it is this computer that reaches nothing, rather than one server that is down."""
    for link in chain:
        if isinstance(link, socket.gaierror):
            asks_in_vain = link.errno == socket.EAI_AGAIN and not peer.is_near
            return asks_in_vain or not has_route()
        if isinstance(link, OSError) and link.errno in _NO_WAY:
            return not has_route()
        if isinstance(link, ConnectionRefusedError):
            return False
    return not peer.is_near and not has_route()


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and all that it came from."""
    links: list[BaseException] = [error]
    seen: set[int] = set()
    while links:
        link = links.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        if isinstance(link, BaseExceptionGroup):
            links += link.exceptions
        if (cause := link.__cause__ or link.__context__) is not None:
            links.append(cause)
