"""Asking real servers on loopback what they offer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from urllib.parse import urlsplit

import pytest

from app.errors import AppError, Code
from app.events import ListedModel
from app.providers.openai.probe import list_models, probe_ports
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import KEY, served
from tests.providers.openai.fault_server import Exchange, FaultServer

MODELS = json.dumps({"object": "list", "data": [{"id": "m", "owned_by": "o"}]}).encode()
PATIENT_S = 5.0


def port_of(server: FaultServer) -> int:
    port = urlsplit(server.base_url).port
    assert port is not None
    return port


async def test_servers_are_found_side_by_side() -> None:
    async with contextlib.AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(FaultServer(faults.answer(200, MODELS)))
            for _ in range(3)
        ]
        ports = [port_of(server) for server in servers]
        answers = await probe_ports(ports, PATIENT_S)
        assert [answer.port for answer in answers] == ports
        assert all(answer.models == (ListedModel("m", "o"),) for answer in answers)
        for server, port in zip(servers, ports, strict=True):
            (request,) = server.requests
            assert (request.method, request.path) == ("GET", "/v1/models")
            assert request.headers["host"] == f"127.0.0.1:{port}"
            assert "authorization" not in request.headers
            assert "cookie" not in request.headers


@pytest.mark.parametrize(
    "behaviour",
    [
        faults.answer(200, faults.HTML, content_type="text/html"),
        faults.answer(200, b"not json"),
        faults.answer(200, b'{"models": []}'),
        faults.answer(404, b'{"error": "no"}'),
        faults.answer(302, b"", location="http://127.0.0.1:1/v1/models"),
        faults.answer(500, b"{}"),
        faults.answer(401, faults.HTML, content_type="text/html"),
    ],
)
async def test_what_is_no_list_of_models_is_no_server(behaviour: faults.Behaviour) -> None:
    async with FaultServer(behaviour) as server:
        assert await probe_ports([port_of(server)], PATIENT_S) == ()
        assert len(server.requests) == 1


async def test_a_server_that_wants_a_key_is_found_without_one() -> None:
    async with FaultServer(faults.answer(401, b'{"error": {}}')) as server:
        (found,) = await probe_ports([port_of(server)], PATIENT_S)
    assert (found.models, found.needs_key) == ((), True)


async def test_a_silent_server_and_a_closed_port_do_not_hold_up_the_rest() -> None:
    async def silent(exchange: Exchange) -> None:
        await asyncio.Event().wait()

    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = unused.getsockname()[1]
        async with (
            FaultServer(silent) as stuck,
            FaultServer(faults.answer(200, MODELS)) as works,
        ):
            ports = [closed, port_of(stuck), port_of(works)]
            found = await probe_ports(ports, 0.5)
    assert [answer.port for answer in found] == [ports[2]]


async def test_an_endless_answer_is_cut_off() -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.head(200, "application/json")
        with contextlib.suppress(OSError):
            while True:
                await exchange.chunk(b" " * 65_536)

    async with FaultServer(endless) as server:
        assert await probe_ports([port_of(server)], PATIENT_S) == ()


async def test_a_proxy_in_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    async with FaultServer(faults.answer(200, MODELS)) as server:
        assert len(await probe_ports([port_of(server)], PATIENT_S)) == 1


async def test_nothing_is_left_behind_when_the_search_is_stopped() -> None:
    begun = asyncio.Event()

    async def silent(exchange: Exchange) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with FaultServer(silent) as server:
        search = asyncio.create_task(probe_ports([port_of(server)], PATIENT_S))
        await begun.wait()
        search.cancel()
        with pytest.raises(asyncio.CancelledError):
            await search


async def test_a_server_is_asked_with_its_key() -> None:
    async with served(faults.answer(200, MODELS)) as (client, server):
        assert await list_models(client) == (ListedModel("m", "o"),)
        (request,) = server.requests
        assert request.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (faults.answer(200, faults.HTML, content_type="text/html"), Code.SIGN_IN_PAGE),
        (faults.answer(200, b'{"data": 1}'), Code.SERVER_NOT_API),
        (faults.error(401, "no", code="invalid_api_key"), Code.KEY_WRONG),
    ],
)
async def test_trouble_with_a_list_has_a_name(behaviour: faults.Behaviour, code: Code) -> None:
    async with served(behaviour) as (client, _):
        with pytest.raises(AppError) as caught:
            await list_models(client)
        assert caught.value.code is code
        assert KEY not in str(caught.value)
