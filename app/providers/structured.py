"""Asks a chat model for a pydantic model, whether its server knows forms or not."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.errors import AppError, Code
from app.providers.base import ChatMessage, ChatModel, ChatRole, Form, TextDelta

_TRIES = 2
_ASK = "Answer with one JSON object of this JSON Schema, and with nothing else:\n{schema}"
_AGAIN = "That does not fit the schema: {problems}. Answer again, with the corrected object alone."

M = TypeVar("M", bound=BaseModel)


async def structured(model: ChatModel, messages: Sequence[ChatMessage], kind: type[M]) -> M:
    """The answer to `messages` as a `kind`; a misfit is sent back once to be mended.

    Raises AppError; NOT_ANSWERED where the second answer does not fit either.
    """
    form = form_of(kind)
    schema = json.dumps(form.schema, ensure_ascii=False)
    history = [ChatMessage(ChatRole.SYSTEM, _ASK.format(schema=schema)), *messages]
    for _ in range(_TRIES):
        text = await _answer(model, history, form)
        try:
            return kind.model_validate_json(_object_in(text))
        except ValidationError as error:
            problems = "; ".join(
                f"{'.'.join(map(str, entry['loc'])) or 'answer'}: {entry['msg']}"
                for entry in error.errors()[:5]
            )
        history.append(ChatMessage(ChatRole.ASSISTANT, text))
        history.append(ChatMessage(ChatRole.USER, _AGAIN.format(problems=problems)))
    raise AppError(Code.NOT_ANSWERED)


def form_of(kind: type[BaseModel]) -> Form:
    """The strict JSON Schema of a pydantic model: every field is there, and no other."""
    return Form(kind.__name__, _strict(kind.model_json_schema()))


async def _answer(model: ChatModel, history: Sequence[ChatMessage], form: Form) -> str:
    async with contextlib.aclosing(model.reply(history, (), form)) as chunks:
        return "".join([chunk.text async for chunk in chunks if isinstance(chunk, TextDelta)])


def _object_in(text: str) -> str:
    """What is between the outermost braces: some models put a fence or a sentence around it."""
    return text[max(text.find("{"), 0) : text.rfind("}") + 1]


def _strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    strict = {
        name: _strict_fields(value) if name in ("properties", "$defs") else _strict(value)
        for name, value in schema.items()
        if name not in ("title", "default")
    }
    if strict.get("type") == "object":
        strict["required"] = list(strict.setdefault("properties", {}))
        strict["additionalProperties"] = False
    return strict


def _strict_fields(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: _strict(schema) for name, schema in fields.items()}
