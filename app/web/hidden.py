"""What of a page nobody sees: by its attributes, its style, or its own style sheet. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

Attributes = Mapping[str, str]

_ZERO = r"[+-]?0*\.?0+(?:px|pt|em|rem|%|vw|vh)?"
_TINY = r"(?:[01](?:\.\d+)?|\.\d+)px"
_HIDING = re.compile(
    r"(?:^|[;{\s])(?:"
    r"display:none|visibility:(?:hidden|collapse)|content-visibility:hidden"
    rf"|font-size:(?:{_ZERO}|{_TINY})(?=[;!]|$)|font:[^;]*\b0(?:px|pt|em)?/"
    rf"|opacity:0*\.?0+%?(?=[;!]|$)|(?:max-)?(?:height|width):(?:{_ZERO}|{_TINY})(?=[;!]|$)"
    r"|(?:left|top|right|bottom|text-indent|margin-left|margin-top):-\d{3,}"
    r"|clip:rect\((?:0|1)(?:px)?[,0px1]*\)|clip-path:(?:inset\((?:50|100)%|circle\(0)"
    r"|transform:scale[xy]?\(0*\.?0+\)|color:transparent|-webkit-text-fill-color:transparent"
    r")",
)
_COLOR = re.compile(r"(?:^|;)color:([^;!]+)")
_GROUND = re.compile(r"(?:^|;)background(?:-color)?:([^;!]+)")
_RULE = re.compile(r"([^{}]{1,2000})\{([^{}]{0,4000})\}")
_SIMPLE = re.compile(r"[\w-]*[.#][\w-]+|\[hidden\]")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_NAMED = {
    "white": "#ffffff", "black": "#000000", "#fff": "#ffffff", "#000": "#000000",
    "rgb(255,255,255)": "#ffffff", "rgb(0,0,0)": "#000000",
}  # fmt: skip
_WHITE = "#ffffff"


def is_hidden(attributes: Attributes, hiding: frozenset[str] = frozenset()) -> bool:
    """Whether an element with these attributes is not shown; `hiding` as of `hiding_selectors`."""
    if "hidden" in attributes or attributes.get("aria-hidden", "").strip().lower() == "true":
        return True
    if attributes.get("type", "").lower() == "hidden":
        return True
    names = {f".{name}" for name in attributes.get("class", "").split()}
    if attributes.get("id"):
        names.add(f"#{attributes['id']}")
    return bool(names & hiding) or hides(attributes.get("style", ""))


def hides(style: str) -> bool:
    """Whether these declarations make an element invisible."""
    plain = re.sub(r"\s+", "", _COMMENT.sub("", style)).lower().replace("!important", "")
    if _HIDING.search(plain):
        return True
    ink, ground = _COLOR.search(plain), _GROUND.search(plain)
    if ink is None:
        return False
    color = _NAMED.get(ink[1], ink[1])
    return color == (_NAMED.get(ground[1], ground[1]) if ground else _WHITE)


def hiding_selectors(sheet: str) -> frozenset[str]:
    """The classes ('.name') and ids ('#name') that a style sheet hides everywhere."""
    found: set[str] = set()
    for selectors, declarations in _RULE.findall(_COMMENT.sub("", sheet)):
        if hides(declarations):
            for selector in selectors.split(","):
                name = selector.strip()
                if _SIMPLE.fullmatch(name) and name[0] != "[":
                    found.add(name[name.index("." if "." in name else "#") :])
    return frozenset(found)


def without_hidden_characters(text: str) -> str:
    """Without what is zero wide, turns the direction, or is a tag, control or private character."""
    return "".join(
        char
        for char in text
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs", "Cn")
    )
