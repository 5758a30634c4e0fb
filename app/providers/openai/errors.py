"""Every exception of the vendor's library, of HTTP, TLS and JSON becomes an AppError here, once.

Their texts quote keys and bodies, so none of it gets into an AppError; the log has it, redacted.
"""

from __future__ import annotations

import contextlib
import datetime
import email.utils
import json
import logging
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import AppError, Code

if TYPE_CHECKING:
    import openai

_log = logging.getLogger(__name__)

_SPENT = frozenset(
    {
        "insufficient_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
        "spend_limit_reached",
        "access_terminated",
    }
)
_BUSY = frozenset(
    {"slow_down", "rate_limit_exceeded", "server_is_overloaded", "tokens", "requests"}
)
_WRONG_KEY = frozenset({"invalid_api_key", "account_deactivated"})
_BY_STATUS = {
    401: Code.KEY_WRONG,
    402: Code.QUOTA_SPENT,
    403: Code.ACCESS_DENIED,
    408: Code.SERVER_SILENT,
    429: Code.SERVER_BUSY,
}
_LONGEST_RETRY_AFTER_S = 86400.0


@dataclass(frozen=True, slots=True)
class Peer:
    """Whom a call went to and what it asked for, as far as an error may tell a person."""

    host: str
    has_key: bool = True
    model: str = ""


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
        return AppError(_of_connection(error), peer.host)
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
    told = error if isinstance(error, dict) else {}
    named = _named(told.get("code"), told.get("type"))
    return AppError(named or Code.SERVER_ERROR, peer.host)


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
    code = _code_of_status(error, peer)
    if code is Code.MODEL_UNKNOWN:
        return AppError(code, peer.model)
    now = datetime.datetime.now(datetime.UTC)
    wait_s = retry_after_s(error.response.headers, now)
    return AppError(code, peer.host, retry_after_s=wait_s)


def _code_of_status(error: openai.APIStatusError, peer: Peer) -> Code:
    status = error.status_code
    if (named := _named(error.code, error.type)) is not None and status not in (401, 403):
        return named
    if status == 401 and not peer.has_key:
        return Code.KEY_MISSING
    if status < 400 or (status in (400, 403, 404) and _is_page(error)):
        return Code.SERVER_NOT_API
    if status >= 500:
        return Code.SERVER_ERROR
    if status in (400, 404, 422) and _is_about_model(error, peer):
        return Code.MODEL_UNKNOWN
    if status in (404, 405):
        return Code.SERVER_NOT_API
    return _BY_STATUS.get(status, Code.REQUEST_REFUSED)


def _named(*names: object) -> Code | None:
    """What an error's own code or type says, where that is more than its status does."""
    if not _SPENT.isdisjoint(map(str, names)):
        return Code.QUOTA_SPENT
    if not _BUSY.isdisjoint(map(str, names)):
        return Code.SERVER_BUSY
    return None if _WRONG_KEY.isdisjoint(map(str, names)) else Code.KEY_WRONG


def _is_page(error: openai.APIStatusError) -> bool:
    """Whether a web page came instead of an error of the API."""
    return "html" in error.response.headers.get("content-type", "").lower()


def _is_about_model(error: openai.APIStatusError, peer: Peer) -> bool:
    if not peer.model:
        return False
    if error.code == "model_not_found" or error.param == "model":
        return True
    # Compatible servers agree on no code; but all that refuse a model name it.
    text = json.dumps(error.body, ensure_ascii=False, default=str)
    return error.status_code == 404 and "model" in text.lower() and peer.model in text


def _of_connection(error: BaseException) -> Code:
    import httpx2
    import openai

    chain = list(_chain(error))
    if any(isinstance(link, ssl.SSLError) for link in chain):
        return Code.TLS_UNTRUSTED
    for link in chain:
        if isinstance(link, httpx2.TimeoutException | TimeoutError | openai.APITimeoutError):
            return Code.SERVER_SILENT
        if isinstance(link, httpx2.ConnectError | httpx2.ProxyError):
            return Code.SERVER_UNREACHABLE
        if isinstance(link, httpx2.DecodingError | httpx2.TooManyRedirects):
            return Code.SERVER_NOT_API
        if isinstance(link, httpx2.RemoteProtocolError):
            gone = "disconnected" in str(link) or "closed" in str(link)
            return Code.SERVER_CUT_OFF if gone else Code.SERVER_NOT_API
        if isinstance(link, httpx2.UnsupportedProtocol):
            return Code.SERVER_ADDRESS_INVALID
        if isinstance(link, httpx2.TransportError):
            return Code.SERVER_CUT_OFF
    return Code.SERVER_UNREACHABLE


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and all that it came from."""
    link: BaseException | None = error
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__
