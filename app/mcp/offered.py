"""What a server offers and answers, in Sayso's own terms. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.extensions.pins import digest
from app.extensions.settings import ServerEntry
from app.providers.base import Image
from app.tools.base import Origin, Risk, Sent, Tool, ToolResult

MAX_TOOLS = 128
MAX_DESCRIPTION_CHARS = 2_000
MAX_SCHEMA_CHARS = 20_000
_MAX_IMAGES = 3
_MAX_IMAGE_BYTES = 3_000_000
_LONGEST_NAME = 64
_PICTURES = ("image/png", "image/jpeg")

Call = Callable[[str, dict[str, Any]], Awaitable[ToolResult]]


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """A tool as the server describes it. `only_reads` is the server's own word."""

    name: str
    description: str
    schema: Mapping[str, Any]
    only_reads: bool = False

    @property
    def digest(self) -> str:
        """Changes with anything that a model or a person is told of it."""
        return digest(self.name, self.description, self.schema, self.only_reads)

    @property
    def text(self) -> str:
        """The whole of it, for a person."""
        reads = "\nThe server says that it only reads." if self.only_reads else ""
        schema = json.dumps(self.schema, indent=2, ensure_ascii=False)
        return f"{self.name}{reads}\n{self.description}\n{schema}"


def offered(raw: Sequence[Any]) -> tuple[OfferedTool, ...]:
    """Those of the server's list that can be used, each name once."""
    found: dict[str, OfferedTool] = {}
    for tool in raw:
        schema = tool.input_schema
        if tool.name in found or len(json.dumps(schema)) > MAX_SCHEMA_CHARS:
            continue
        hints = tool.annotations
        found[tool.name] = OfferedTool(
            tool.name,
            (tool.description or "")[:MAX_DESCRIPTION_CHARS],
            schema,
            bool(hints is not None and hints.read_only_hint),
        )
    return tuple(found.values())[:MAX_TOOLS]


def as_tool(server: ServerEntry, tool: OfferedTool, call: Call) -> Tool:
    """A server's word that a tool only reads counts only where the user believes that server."""

    async def run(**arguments: Any) -> ToolResult:
        return await call(tool.name, arguments)

    reads = tool.only_reads and server.trusts_read_only
    return Tool(
        name=tool_name(server.name, tool.name),
        description=f"[{server.name}] {tool.description}".strip(),
        parameters=_object_schema(tool.schema),
        risk=Risk.READ if reads else Risk.IRREVERSIBLE,
        run=run,
        timeout_s=server.call_s + 5.0,
        question=lambda _: f"Let the server “{server.name}” do “{tool.name}”?",
        family=f"server {server.name}",
        origin=Origin.SERVER,
        sends=(lambda arguments: Sent(json.dumps(arguments))) if reads else None,
        foreign=True,
    )


def tool_name(server: str, tool: str) -> str:
    """As models take it: plain characters, the server in front, at most 64."""
    plain = re.sub(r"[^a-zA-Z0-9_-]", "_", f"{server}_{tool}")
    if len(plain) <= _LONGEST_NAME and plain == f"{server}_{tool}":
        return plain
    mark = hashlib.sha256(tool.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{plain[: _LONGEST_NAME - 9]}_{mark}"


def as_result(result: Any) -> ToolResult:
    """The parts of an answer that a model can be given."""
    texts: list[str] = []
    images: list[Image] = []
    for block in result.content:
        match block.type:
            case "text":
                texts.append(block.text)
            case "image":
                image = _image(block)
                if image is not None and len(images) < _MAX_IMAGES:
                    images.append(image)
                else:
                    texts.append("[a picture that cannot be shown]")
            case "resource":
                texts.append(getattr(block.resource, "text", None) or "[a file without text]")
            case "resource_link":
                texts.append(f"[{block.name}: {block.uri}]")
            case kind:
                texts.append(f"[{kind}]")
    if not texts and not images and result.structured_content is not None:
        texts.append(json.dumps(result.structured_content, ensure_ascii=False))
    text = "\n".join(texts)
    if result.is_error:
        return ToolResult(f"Error: {text or 'the server says so'}", ok=False)
    return ToolResult(text or "(nothing)", images=tuple(images))


def _object_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Models want an object with its properties named, and servers leave them out."""
    return {"properties": {}, **schema, "type": "object"}


def _image(block: Any) -> Image | None:
    if block.mime_type not in _PICTURES or len(block.data) > _MAX_IMAGE_BYTES * 4 // 3:
        return None
    try:
        return Image(base64.b64decode(block.data, validate=True), block.mime_type)
    except binascii.Error:
        return None
