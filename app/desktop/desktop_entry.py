"""Reads freedesktop.org desktop entries, the files that describe installed applications. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ESCAPES = {"\\s": " ", "\\n": "\n", "\\t": "\t", "\\r": "\r", "\\\\": "\\", "\\;": ";"}
_FIELD_CODES = re.compile(r"%[fFuUdDnNickvm]")
_ARGUMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')


@dataclass(frozen=True, slots=True)
class DesktopEntry:
    """An application. `argv` is its command, free of placeholders."""

    name: str
    local_name: str
    generic_names: tuple[str, ...]
    keywords: tuple[str, ...]
    categories: tuple[str, ...]
    argv: tuple[str, ...]
    try_exec: str
    folder: str
    terminal: bool


def parse_entry(text: str, locale: str = "") -> DesktopEntry | None:
    """The visible application in `text`, or None. `locale` is like "de_DE" or "de"."""
    values = _main_group(text)
    if values.get("Type") != "Application" or _is_true(values, "NoDisplay", "Hidden"):
        return None
    name, argv = _unescape(values.get("Name", "")), exec_argv(values.get("Exec", ""))
    if not name or not argv:
        return None
    return DesktopEntry(
        name=name,
        local_name=_localised(values, "Name", locale) or name,
        generic_names=tuple(
            dict.fromkeys(
                filter(
                    None,
                    [
                        _unescape(values.get("GenericName", "")),
                        _localised(values, "GenericName", locale),
                    ],
                )
            )
        ),
        keywords=(
            *_items(values.get("Keywords", "")),
            *_items(_localised(values, "Keywords", locale)),
        ),
        categories=_items(values.get("Categories", "")),
        argv=argv,
        try_exec=_unescape(values.get("TryExec", "")),
        folder=_unescape(values.get("Path", "")),
        terminal=_is_true(values, "Terminal"),
    )


def exec_argv(command: str) -> tuple[str, ...]:
    """The argument vector of an Exec line, its field codes removed. Empty when it is malformed."""
    arguments: list[str] = []
    for match in _ARGUMENT.finditer(_unescape(command)):
        quoted, bare = match[1], match[2] or ""
        if '"' in bare:
            return ()
        value = bare if quoted is None else re.sub(r'\\(["`$\\])', r"\1", quoted)
        value = _FIELD_CODES.sub("", value.replace("%%", "\0")).replace("\0", "%")
        if value:
            arguments.append(value)
    return tuple(arguments)


def default_ids(mimeapps: str) -> frozenset[str]:
    """The desktop file ids that a mimeapps.list names as someone's default."""
    ids: set[str] = set()
    group = ""
    for line in mimeapps.splitlines():
        if line.startswith("["):
            group = line.strip()
        elif group == "[Default Applications]" and "=" in line:
            ids.update(part for part in line.partition("=")[2].strip().split(";") if part)
    return frozenset(ids)


def _main_group(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    group = ""
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("["):
            group = stripped
        elif group == "[Desktop Entry]" and "=" in stripped and not stripped.startswith("#"):
            key, _, value = stripped.partition("=")
            values.setdefault(key.strip(), value.strip())
    return values


def _localised(values: dict[str, str], key: str, locale: str) -> str:
    language = locale.partition("_")[0]
    for tag in (locale, language):
        if tag and f"{key}[{tag}]" in values:
            return _unescape(values[f"{key}[{tag}]"])
    return ""


def _items(value: str) -> tuple[str, ...]:
    return tuple(_unescape(part) for part in re.split(r"(?<!\\);", value) if part)


def _is_true(values: dict[str, str], *keys: str) -> bool:
    return any(values.get(key) == "true" for key in keys)


def _unescape(value: str) -> str:
    return re.sub(r"\\[sntr\\;]", lambda match: _ESCAPES[match[0]], value)
