"""`sayso config`: the settings, shown and changed by their names; their services, tried."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence

import pydantic

from app.errors import EXIT_OK, AppError, Category, Code, exit_code
from app.paths import Paths
from app.realtime_settings import Engine
from app.secrets import KeyVault
from app.services import Service
from app.settings import Settings, changed
from app.settings_store import SettingsStore

_TEST = "test"
_REALTIME = "realtime"


def show_or_change(name: str | None, value: str | None) -> int:
    """All settings, one of them, or a new value for one; `test` tries services. Raises AppError."""
    if name == _TEST:
        return _test(value)
    paths = Paths.from_environment()
    paths.create()
    store = SettingsStore(paths.settings_file)
    loaded = store.load()
    if loaded.problem is not None:
        print(f"sayso: {loaded.problem.message}", file=sys.stderr)
    values = dict(_flat(loaded.settings))
    if name is not None and name not in values:
        raise AppError(Code.USAGE, f"There is no setting named {name}.")
    if value is None or name is None:
        for path in [name] if name else values:
            print(f"{path} = {_shown(values[path])}")
        return EXIT_OK
    try:
        store.save(changed(loaded.settings, {name: value}))
    except pydantic.ValidationError as error:
        raise AppError(Code.USAGE, f"{name}: {error.errors()[0]['msg']}.") from error
    return EXIT_OK


def _test(name: str | None) -> int:
    """Try one service or all; fails where one does not work."""
    known = (*Service, _REALTIME)
    if name is not None and name not in known:
        raise AppError(Code.USAGE, f"There is no service named {name}: {', '.join(known)}.")
    paths = Paths.from_environment()
    settings = SettingsStore(paths.settings_file).load().settings
    is_chosen = settings.realtime.engine is Engine.REALTIME
    used = known if is_chosen else tuple(Service)
    return asyncio.run(_try_all(settings, used if name is None else (name,)))


async def _try_all(settings: Settings, services: Sequence[str]) -> int:
    from app.provider_wiring import provider_registry
    from app.service_desk import outcome_of, realtime_outcome
    from app.usage.ledger import Ledger

    ledger = Ledger(Paths.from_environment().usage_file, lambda _: None)
    registry = provider_registry(KeyVault(), ledger)
    failed = 0
    try:
        for service in services:
            if service == _REALTIME:
                outcome = await realtime_outcome(registry, settings, ledger)
            else:
                outcome = await outcome_of(registry, settings, Service(service))
            mark = "ok" if outcome.ok else "failed"
            print(f"{service}: {mark} ({outcome.seconds:.1f} s). {outcome.summary}")
            if outcome.detail:
                print(f"  {outcome.detail}")
            failed += not outcome.ok
    finally:
        await registry.aclose()
        await ledger.aclose()
    return exit_code(Category.SERVER) if failed else EXIT_OK


def _shown(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    if any(isinstance(entry, dict) for entry in value):
        return json.dumps(value, ensure_ascii=False)
    return ", ".join(map(str, value))


def _flat(settings: Settings) -> Iterator[tuple[str, object]]:
    for section, fields in settings.model_dump(mode="json").items():
        if isinstance(fields, dict):
            yield from ((f"{section}.{name}", value) for name, value in fields.items())
