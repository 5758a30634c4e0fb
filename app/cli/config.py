"""`sayso config`: the settings, shown and changed by their names."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pydantic

from app.errors import EXIT_OK, AppError, Code
from app.paths import Paths
from app.settings import Settings, changed
from app.settings_store import SettingsStore


def show_or_change(name: str | None, value: str | None) -> int:
    """All settings, one of them, or a new value for one. Raises AppError."""
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
            print(f"{path} = {values[path]}")
        return EXIT_OK
    try:
        store.save(changed(loaded.settings, {name: value}))
    except pydantic.ValidationError as error:
        raise AppError(Code.USAGE, f"{name}: {error.errors()[0]['msg']}.") from error
    return EXIT_OK


def _flat(settings: Settings) -> Iterator[tuple[str, object]]:
    for section, fields in settings.model_dump(mode="json").items():
        if isinstance(fields, dict):
            yield from ((f"{section}.{name}", value) for name, value in fields.items())
