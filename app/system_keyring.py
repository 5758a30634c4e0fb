"""The system's keyring: one question at a time, each on a thread of its own.

Only back ends that encrypt what they keep are trusted. A locked keyring blocks its thread for as
long as its user thinks.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from app.errors import AppError, Code

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_log = logging.getLogger(__name__)

_SERVICE = "sayso"
_SAFE_BACKENDS = frozenset(
    f"keyring.backends.{name}"
    for name in ("SecretService", "libsecret", "kwallet", "macOS", "Windows")
)

T = TypeVar("T")


def on_own_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """Run `work` on a daemon thread, which a prompt may block beyond the end of the program."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: AppError | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(result)  # type: ignore[arg-type]
        else:
            future.set_exception(error)

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except AppError as raised:
            error = raised
        try:
            loop.call_soon_threadsafe(settle, result, error)
        except RuntimeError:
            _log.debug("The keyring answered after the program had ended")

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return future


def read(origin: str) -> str | None:
    """The key of `origin`; None if none is kept. Raises AppError(KEYRING_LOCKED)."""
    return _with_backend(lambda backend: backend.get_password(_SERVICE, origin))


def write(origin: str, key: str) -> bool:
    """Whether the keyring keeps it; False where none is to be trusted.

    Raises AppError(KEYRING_LOCKED).
    """

    def keep(backend: KeyringBackend) -> bool:
        backend.set_password(_SERVICE, origin, key)
        return True

    return _with_backend(keep) is not None


def delete(origin: str) -> None:
    """Keep no key of `origin` any more. Raises AppError(KEYRING_LOCKED)."""

    def remove(backend: KeyringBackend) -> None:
        if backend.get_password(_SERVICE, origin) is not None:
            backend.delete_password(_SERVICE, origin)

    _with_backend(remove)


def _with_backend(work: Callable[[KeyringBackend], T]) -> T | None:
    """The result, or None where there is no keyring to trust. Raises AppError(KEYRING_LOCKED)."""
    try:
        backend = _trusted_backend()
        return None if backend is None else work(backend)
    except Exception as error:  # noqa: BLE001 - back ends let through what their bus libraries raise
        if type(error).__name__ in ("KeyringLocked", "LockedException"):
            raise AppError(Code.KEYRING_LOCKED) from None
        _log.warning("The keyring failed: %s: %s", type(error).__name__, error)
        return None


def _trusted_backend() -> KeyringBackend | None:
    """The back end in force, or of a chain the first, if it keeps keys encrypted."""
    import keyring
    from keyring.backends.chainer import ChainerBackend

    chosen = keyring.get_keyring()
    for backend in chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]:
        if type(backend).__module__ in _SAFE_BACKENDS and backend.priority >= 1:
            return backend
    _log.debug("No keyring to trust: %s is in force", type(chosen).__module__)
    return None
