"""PySide6's descriptions of its own functions, compiled when something asks for them.

PySide6 carries them as source and compiles them at every start, though only a wrong call or a look
at a signature needs them: two thirds of what importing it costs.
"""

from __future__ import annotations

import builtins
import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

_LATE = frozenset(
    f"shibokensupport/signature/{name}.py"
    for name in (
        "errorhandler",
        "layout",
        "lib/enum_sig",
        "lib/pyi_generator",
        "lib/tool",
        "mapping",
        "parser",
    )
)
_LINE = f"""\
from {__name__} import waiting
__getattr__ = waiting(globals())
def update_mapping():
    return __getattr__("update_mapping")()
"""
# Shiboken looks `update_mapping` up without asking `__getattr__`.
_sources: dict[str, bytes] = {}
_lock = threading.RLock()


@contextlib.contextmanager
def compiled_late() -> Iterator[None]:
    """While PySide6 is imported: its loader compiles a line in the place of each description."""
    real: Callable[..., Any] = builtins.compile

    def compile_or_keep(source: Any, filename: Any, mode: str, *rest: Any, **options: Any) -> Any:
        if filename not in _LATE or not isinstance(source, bytes):
            return real(source, filename, mode, *rest, **options)
        _sources[filename] = source
        return real(_LINE, filename, mode)

    builtins.compile = compile_or_keep
    try:
        yield
    finally:
        builtins.compile = real


def waiting(module: dict[str, Any]) -> Callable[[str], object]:
    """The `__getattr__` of a module that is executed at its first use."""

    def find(name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        with _lock:
            source = _sources.pop(module["__file__"], None)
            if source is not None:
                del module["__getattr__"], module["update_mapping"]
                exec(compile(source, module["__file__"], "exec", dont_inherit=True), module)
        try:
            return module[name]
        except KeyError:
            raise AttributeError(name) from None

    return find
