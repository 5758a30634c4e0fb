"""What the user previewed is, byte for byte, what reaches the server."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from app import commands
from app.providers.base import ChatRole
from app.shots import commands as shot_commands, events as shot_events
from app.shots.shot import Edit, EditKind, Rect, ShotKind
from tests.faults.api import Service
from tests.faults.clock import run_hurried
from tests.faults.openai_host import openai_core
from tests.faults.server import ApiServer
from tests.faults.whole import WholeCore, key_for, settings_for, whole_core
from tests.providers.openai.conftest import oracle  # noqa: F401
from tests.shots.pictures import encoded, lettered

_SPOKEN_ONLY = {"transcription": "server", "speech": "built_in"}


def _hashes(body: Any) -> list[str]:
    """The digests of all pictures in a request, in order."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)
        elif isinstance(node, str) and node.startswith("data:image/"):
            found.append(hashlib.sha256(base64.b64decode(node.partition(",")[2])).hexdigest())

    walk(body.get("messages") or body.get("input"))
    return found


def _asked(server: ApiServer) -> list[list[str]]:
    return [_hashes(request.json()) for request in server.asked(Service.CHAT)]


async def _attach(core: WholeCore, file: Path, *edits: Edit) -> str:
    """Show a file, edit and attach it; the digest of its preview."""
    began = len(core.of(shot_events.ShotPrepared))
    core.send(shot_commands.TakeShot(ShotKind.FILE, name=str(file)))
    await core.until(lambda: len(core.of(shot_events.ShotPrepared)) > began)
    shot_id = core.of(shot_events.ShotPrepared)[-1].attachment.shot_id
    attached = len(core.of(shot_events.AttachmentsChanged))
    if edits:
        core.send(shot_commands.EditShot(shot_id, edits))
        await core.until(lambda: len(core.of(shot_events.ShotPrepared)) > began + 1)
    core.send(shot_commands.AttachShot(shot_id))
    await core.until(lambda: len(core.of(shot_events.AttachmentsChanged)) > attached)
    shown = core.of(shot_events.ShotPrepared)[-1].attachment
    assert core.of(shot_events.AttachmentsChanged)[-1].attachments[-1] == shown
    assert hashlib.sha256(shown.data).hexdigest() == shown.sha256
    return shown.sha256


async def _three_turns(core: WholeCore, folder: Path) -> list[str]:
    """A spoken turn with a picture, a follow-up, and a typed turn with two more."""
    files = [folder / f"{name}.png" for name in "abc"]
    for file in files:
        file.write_bytes(encoded(lettered(text=f"File {file.stem}")))
    cover = Edit(EditKind.COVER, Rect(0, 0, 200, 50))
    shown = [await _attach(core, files[0], cover)]
    await core.say(1)
    await core.say(2)
    shown += [await _attach(core, files[1]), await _attach(core, files[2])]
    await core.type("Compare these with the first.")
    return shown


def _check(asked: list[list[str]], shown: list[str]) -> None:
    assert len(set(shown)) == 3
    assert asked[0] == shown[:1], "the spoken turn has the picture"
    assert asked[1] == shown[:1], "the follow-up still has it"
    assert asked[-1] == shown


def test_a_compatible_server_gets_the_bytes_of_the_preview(
    tmp_path: Path,
    oracle: Any,  # noqa: F811
) -> None:
    async def use() -> None:
        async with ApiServer() as server:
            url = server.base_url
            settings = settings_for(url, **_SPOKEN_ONLY)
            async with whole_core(tmp_path / "home", settings, key_for(url)) as core:
                _check_all(await _three_turns(core, tmp_path), server)
            _nothing_left(tmp_path / "home")

    def _check_all(shown: list[str], server: ApiServer) -> None:
        _check(_asked(server), shown)
        for request in server.asked(Service.CHAT):
            assert oracle.check_request("POST", request.path, request.json()) == []

    run_hurried(use())


def test_openai_gets_the_bytes_of_the_preview(tmp_path: Path, oracle: Any) -> None:  # noqa: F811
    async def use() -> None:
        async with openai_core(tmp_path) as (core, server):
            shown = await _three_turns(core, tmp_path)
            _check(_asked(server), shown)
            for request in server.asked(Service.CHAT):
                assert oracle.check_request("POST", request.path, request.json()) == []

    run_hurried(use())


def _nothing_left(home: Path) -> None:
    """No picture is in any file that Sayso wrote."""
    starts = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"iVBORw0KGgo")
    for file in home.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert not any(start in data for start in starts), file


def test_a_picture_of_long_ago_becomes_a_note(tmp_path: Path) -> None:
    async def use() -> None:
        async with ApiServer() as server:
            url = server.base_url
            settings = settings_for(url, **_SPOKEN_ONLY)
            async with whole_core(tmp_path / "home", settings, key_for(url)) as core:
                file = tmp_path / "a.png"
                file.write_bytes(encoded(lettered()))
                for number in range(10):
                    await _attach(core, file)
                    await core.type(f"Question {number}")
        last = server.asked(Service.CHAT)[-1].json()
        assert len(_hashes(last)) == 8
        users = [entry for entry in last["messages"] if entry["role"] == ChatRole.USER]
        assert "no longer sent" in json.dumps(users[0])
        assert "no longer sent" not in json.dumps(users[2])

    run_hurried(use())


def test_a_turn_without_the_window_sends_no_picture(tmp_path: Path) -> None:
    async def use() -> None:
        async with ApiServer() as server:
            url = server.base_url
            async with whole_core(tmp_path, settings_for(url), key_for(url)) as core:
                core.send(commands.SendText("Hello"))
                await core.until(lambda: server.asked(Service.CHAT))
                assert _asked(server) == [[]]

    run_hurried(use())
