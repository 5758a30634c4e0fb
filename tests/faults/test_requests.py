"""Every request of a whole turn, tools included, is as the published schema says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.faults.api import Call, Service, form, service_of
from tests.faults.clock import run_hurried
from tests.faults.openai_host import openai_core
from tests.faults.server import ApiServer
from tests.faults.whole import WholeCore, key_for, settings_for, whole_core
from tests.providers.openai.conftest import oracle  # noqa: F401
from tests.providers.openai.fault_server import Request

_TIMER = Call("set_timer", '{"seconds": 60, "label": "tea"}')


def _body(request: Request) -> Any:
    if service_of(request) is Service.TRANSCRIPTION:
        fields: dict[str, Any] = {"file": ("speech.wav", b"sound")}
        for name, value in form(request).items():
            if name.endswith("[]"):
                fields[name.removesuffix("[]")] = [value.decode()]
            elif name != "file":
                fields[name] = value.decode()
        return fields
    return request.json() if request.body else None


def _problems(judge: Any, server: ApiServer) -> list[str]:
    return [
        f"{request.path}: {problem}"
        for request in server.requests
        for problem in judge.check_request(request.method, request.path, _body(request))
    ]


async def _two_turns(core: WholeCore, server: ApiServer) -> None:
    """One with a tool, and one that has the first in its history."""
    server.model.calls = (_TIMER,)
    await core.say(1)
    server.model.calls = ()
    await core.say(2)
    assert ("assistant", "I have heard number 2.") in core.messages()


def test_requests_to_a_compatible_server(tmp_path: Path, oracle: Any) -> None:  # noqa: F811
    async def use() -> list[str]:
        async with ApiServer() as server:
            url = server.base_url
            async with whole_core(tmp_path, settings_for(url), key_for(url)) as core:
                await _two_turns(core, server)
                return _problems(oracle, server)

    assert run_hurried(use()) == []


def test_requests_to_openai(tmp_path: Path, oracle: Any) -> None:  # noqa: F811
    async def use() -> list[str]:
        async with openai_core(tmp_path) as (core, server):
            await _two_turns(core, server)
            paths = {request.path for request in server.requests}
            assert "/v1/responses" in paths
            return _problems(oracle, server)

    assert run_hurried(use()) == []
