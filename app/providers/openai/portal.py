"""Tells the sign-in page of a guest network from a server that merely is none of the API's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.errors import Code

if TYPE_CHECKING:
    import httpx2

_LARGEST_PAGE_BYTES = 65_536
_MARKS = re.compile(
    rb"captive|hotspot|guest (network|access)|wi-?fi|(sign|log)[ -]?in to (the|this|our) "
    rb"|accept the terms|wisp(r|accessgateway)",
    re.IGNORECASE,
)
_NETWORK_AUTHENTICATION_REQUIRED = 511
_FOR_NOW = (302, 303, 307)


async def page_instead(response: httpx2.Response) -> Code | None:
    """What is wrong with a response that is a page rather than an answer, or None.

    The page is read, so the response is of no further use. Other errors of a server are not
    judged here, however they look.
    """
    if response.status_code == _NETWORK_AUTHENTICATION_REQUIRED:
        return Code.SIGN_IN_PAGE
    if response.is_redirect:
        return Code.SIGN_IN_PAGE if _leads_away(response) else None
    if response.is_error or "html" not in response.headers.get("content-type", "").lower():
        return None
    page = b""
    async for piece in response.aiter_bytes():
        page += piece
        if len(page) > _LARGEST_PAGE_BYTES:
            break
    return Code.SIGN_IN_PAGE if _MARKS.search(page) else Code.SERVER_NOT_API


def _leads_away(response: httpx2.Response) -> bool:
    """Only an unencrypted answer can be another's: a certificate proves who sent the others."""
    if response.status_code not in _FOR_NOW or response.request.url.scheme != "http":
        return False
    host = urlsplit(response.headers.get("location", "")).hostname
    return host is not None and host != response.request.url.host
