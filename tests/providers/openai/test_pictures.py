from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from app.errors import AppError, Code
from app.providers.base import Image, Usage
from app.providers.openai.pictures import OpenAIPictures, picture_request
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import TIRELESS, served

PNG = b"\x89PNG\r\n\x1a\nrest"


def _said(answer: object) -> faults.Behaviour:
    return faults.answer(200, json.dumps(answer).encode())


def body(data: bytes, **more: object) -> dict[str, Any]:
    return {"created": 1, "data": [{"b64_json": base64.b64encode(data).decode()}], **more}


async def test_a_picture_is_made_and_its_tokens_are_known() -> None:
    usage = {"input_tokens": 12, "output_tokens": 1056, "total_tokens": 1068}
    async with served(_said(body(PNG, usage=usage))) as (client, server):
        made = await OpenAIPictures(client, "gpt-image-2").make("a cat", "1024x1024", "low")
    assert made.image == Image(PNG, "image/png")
    assert made.usage == Usage(12, 1056)
    (request,) = server.requests
    assert request.path.endswith("/images/generations")
    assert request.json() == picture_request("gpt-image-2", "a cat", "1024x1024", "low")


def test_the_request_is_what_the_schema_says(oracle: Any) -> None:
    request = picture_request("gpt-image-2", "a cat", "1536x1024", "medium")
    assert oracle.check_request("POST", "/images/generations", request) == []


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"data": []},
        {"data": [{"url": "https://x"}]},
        {"data": [{"b64_json": "!"}]},
        body(b"GIF"),
    ],
)
async def test_what_is_no_picture_is_refused(answer: dict[str, Any]) -> None:
    async with served(_said(answer)) as (client, _):
        with pytest.raises(AppError) as raised:
            await OpenAIPictures(client, "gpt-image-2").make("x", "1024x1024", "low")
    assert raised.value.code is Code.SERVER_NOT_API


async def test_a_picture_is_not_paid_twice() -> None:
    async with served(faults.error(500, "broken"), TIRELESS) as (client, server):
        with pytest.raises(AppError):
            await OpenAIPictures(client, "gpt-image-2").make("x", "1024x1024", "low")
    assert len(server.requests) == 1
