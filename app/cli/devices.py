"""`sayso devices`: what can be heard from and spoken to."""

from __future__ import annotations

import asyncio
import json
import tempfile

from app.errors import EXIT_OK, AppError, Code
from audio.client import EngineClient, EngineFailed, EngineGone
from audio.messages import Configure, Device, Devices, ListDevices


def show(*, as_json: bool) -> int:
    """Print every microphone and speaker; the default is marked. Raises AppError."""
    try:
        found = asyncio.run(_find())
    except (EngineFailed, EngineGone, TimeoutError) as error:
        raise AppError(Code.ENGINE_LOST) from error
    if as_json:
        rows = [
            {"id": d.id, "label": d.label, "direction": d.direction, "default": d.is_default}
            for d in (*found.inputs, *found.outputs)
        ]
        print(json.dumps(rows, ensure_ascii=False))
        return EXIT_OK
    _print("Microphones", found.inputs)
    _print("Speakers", found.outputs)
    return EXIT_OK


async def _find() -> Devices:
    with tempfile.TemporaryDirectory(prefix="sayso-") as folder:
        engine = await EngineClient.start(Configure(folder))
        try:
            await engine.send(ListDevices())
            async with asyncio.timeout(5.0):
                while True:
                    event = await engine.receive()
                    if isinstance(event, Devices):
                        return event
        finally:
            await engine.close()


def _print(title: str, devices: tuple[Device, ...]) -> None:
    print(f"{title}:" if devices else f"{title}: none")
    for device in devices:
        mark = "*" if device.is_default else " "
        print(f" {mark} {device.label}  [{device.id}]")
