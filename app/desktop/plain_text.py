"""What of a text may be typed into other applications: words, never commands. Pure."""

from __future__ import annotations

import re
from enum import Enum, auto


class Lines(Enum):
    """What becomes of line ends and tabs."""

    KEEP = auto()
    FLATTEN = auto()
    """One space for each run of them: for terminals and fields of one line."""


_ESCAPES = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    "|(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)"  # OSC, DCS
    "|\x1b[ -/]*[0-~]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x85\x0b\x0c\u2028\u2029]")
_FLAG_OF_A_REGION = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f"
_UNWANTED = re.compile(
    f"({_FLAG_OF_A_REGION})"
    "|[\x00-\x08\x0e-\x1f\x7f-\x9f"
    "\u202a-\u202e\u2066-\u2069\u206a-\u206f"  # bidi embeddings, overrides, isolates
    "\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff"
    "\U000e0000-\U000e007f]"  # tags: text that nobody sees
)
_BREAKS = re.compile("[ \t\n]*[\t\n][ \t\n]*")


def plain(text: str, lines: Lines = Lines.KEEP) -> str:
    """`text` without control characters, escape sequences, bidi overrides and hidden tags.

    Emoji sequences stay whole, and so do the marks that right-to-left text needs. Line ends
    become "\\n" or, flattened, a space; at the ends of a flattened text they go.
    """
    text = _LINE_ENDS.sub("\n", _ESCAPES.sub("", text))
    text = _UNWANTED.sub(lambda found: found[1] or "", text)
    if lines is Lines.KEEP:
        return text
    start = text.lstrip("\t\n")
    return _BREAKS.sub(" ", start.rstrip("\t\n"))
