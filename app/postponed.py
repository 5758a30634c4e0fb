"""Modules that are executed when they are first used, so that the window does not wait for them."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

_postponed: list[_Postponed] = []


class _Postponed(ModuleType):
    """An ordinary module, as soon as somebody asks for anything in it.

    `importlib.util.LazyLoader` executes a module as soon as a second one imports it.
    """

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        _execute(self)
        return getattr(self, name)


def postpone(*names: str) -> None:
    """From now on importing these modules costs nothing; their first use executes them.

    Until `load_postponed` they belong to one thread: two that execute a module at the same time
    would each see half of it.
    """
    for name in names:
        spec = None if name in sys.modules else importlib.util.find_spec(name)
        if spec is None:
            continue
        module = _Postponed(name)
        module.__spec__, module.__loader__, module.__file__ = spec, spec.loader, spec.origin
        package, _, last = name.rpartition(".")
        sys.modules[name] = module
        setattr(sys.modules[package], last, module)
        _postponed.append(module)


def load_postponed() -> None:
    """Execute what nobody has used so far."""
    for module in tuple(_postponed):
        _execute(module)


def _execute(module: _Postponed) -> None:
    if module in _postponed:
        _postponed.remove(module)
        module.__class__ = ModuleType  # type: ignore[assignment]
        spec = module.__spec__
        assert spec is not None
        assert spec.loader is not None
        spec.loader.exec_module(module)
