"""The paragraphs of a DOCX file: a ZIP with XML in it. What could grow without bound is refused."""

from __future__ import annotations

import io
import zipfile
from xml.parsers import expat

LARGEST_XML_BYTES = 64 << 20
DEEPEST = 200

_MAIN = "word/document.xml"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
_BREAKS = {_W + "tab": "\t", _W + "br": " ", _W + "cr": " ", _W + "noBreakHyphen": "-"}
_DELETED = _W + "del"


class NotDocx(Exception):
    """It is damaged, or made to do harm."""


class LockedDocx(Exception):
    """It is locked with a password."""


def paragraphs(data: bytes) -> list[str]:
    """The paragraphs of the main text, table cells among them. Raises NotDocx and LockedDocx.

    An XML with a document type in it is refused: Word writes none, and entities come with it.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise LockedDocx
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            info = archive.getinfo(_MAIN)
            if info.flag_bits & 1:
                raise LockedDocx
            if info.file_size > LARGEST_XML_BYTES:
                raise NotDocx("the text is too big")
            with archive.open(info) as part:
                xml = part.read(LARGEST_XML_BYTES + 1)
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, ValueError, NotImplementedError) as e:
        raise NotDocx(str(e)) from None
    if len(xml) > LARGEST_XML_BYTES:
        raise NotDocx("the text is too big")
    return _Reader().read(xml)


class _Reader:
    def __init__(self) -> None:
        self._done: list[str] = []
        self._text: list[str] = []
        self._in_text = False
        self._deleted = 0
        self._depth = 0

    def read(self, xml: bytes) -> list[str]:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._on_text
        try:
            parser.Parse(xml, True)
        except (expat.ExpatError, ValueError) as error:
            raise NotDocx(str(error)) from None
        return self._done

    def _refuse(self, *_: object) -> None:
        raise NotDocx("it declares a document type")

    def _start(self, name: str, _attributes: object) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise NotDocx("it is nested too deep")
        if name == _DELETED:
            self._deleted += 1
        elif name == _W + "t":
            self._in_text = True
        elif name in _BREAKS:
            self._text.append(_BREAKS[name])

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name == _DELETED:
            self._deleted -= 1
        elif name == _W + "t":
            self._in_text = False
        elif name == _W + "p":
            self._done.append("".join(self._text))
            self._text = []

    def _on_text(self, text: str) -> None:
        if self._in_text and not self._deleted:
            self._text.append(text)
