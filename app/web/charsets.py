"""Bytes of a page become text, in the charset that it names or seems to have. Pure."""

from __future__ import annotations

import codecs
import re

_KNOWN = re.compile(
    r"(utf-?8|utf-?16(-?[bl]e)?|us-ascii|ascii|iso-?8859-?\d{1,2}|latin-?1|windows-?125\d|cp125\d|"
    r"koi8-?[ru]|shift[-_]jis|euc-?(jp|kr)|iso-2022-jp|gb2312|gbk|gb18030|big5|macintosh)"
)
_NAMED = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?([\w-]{2,30})", re.I
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEAD_BYTES = 4096
_AS_BROWSERS = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
}
_AS_BROWSERS |= {"ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}


def decoded(body: bytes, charset: str = "") -> str:
    """The text; what cannot be read becomes U+FFFD. `charset` is what the server says."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff")
    named = _NAMED.search(body[:_HEAD_BYTES])
    for candidate in (charset, named[1].decode("ascii").lower() if named else ""):
        if _KNOWN.fullmatch(candidate):
            return _decode(body, _AS_BROWSERS.get(candidate, candidate))
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        was_cut_inside = error.reason == "unexpected end of data"
        return body.decode("utf-8" if was_cut_inside else "cp1252", "replace")


def _decode(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")
