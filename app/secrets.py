"""The API key: in the system's keyring or in memory for this run, never in a file of ours."""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from app import system_keyring
from app.errors import AppError, Code
from app.events import KeyPlace
from app.net.address import OPENAI_HOST, host_of
from app.redaction import MASK, hide

_log = logging.getLogger(__name__)

_AT_LEAST_S = 0.02
"""A keyring that has answered is asked again in this time."""

_NONE_FOR_S = 30.0

T = TypeVar("T")


class Secret:
    """A value that shows itself to nobody by accident: it prints as `•••`, and is not pickled."""

    __slots__ = ("_value",)
    _value: str

    def __init__(self, value: str) -> None:
        object.__setattr__(self, "_value", value)

    def reveal(self) -> str:
        """The value, for the one place that sends or stores it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other.reveal().encode())

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a Secret does not change")

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Secret:
        return self

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not pickled")


def register_secret(secret: Secret) -> None:
    """Keep it out of every log from now on."""
    hide(secret.reveal())


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key and where it was; empty with KeyPlace.NONE."""

    secret: Secret
    place: KeyPlace


_NO_KEY = FoundKey(Secret(""), KeyPlace.NONE)


class KeyVault:
    """The keys of all servers, each bound to the scheme, host and port it was entered for.

    `host` is a server's address or its origin (`ServerAddress.origin`): "api.openai.com",
    "http://localhost:8080". An invalid one raises AppError(SERVER_ADDRESS_INVALID). Lives on the
    core thread. A wait for a locked keyring can be cancelled; its prompt stays for its user, and
    the next `find` joins it.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = os.environ if environ is None else environ
        self._held: dict[str, FoundKey] = {}
        self._lookups: dict[str, asyncio.Future[str | None]] = {}
        self._asked_at: dict[str, float] = {}
        self._none_until: dict[str, float] = {}
        self._changes = 0
        self._last_write = threading.Event()
        self._last_write.set()

    async def find(self, host: str) -> FoundKey:
        """The key for `host`: from the environment, this run, or the keyring, in this order.

        Raises AppError(KEYRING_LOCKED).
        """
        origin = host_of(host)
        if (known := self._known(origin)) is not None:
            return known
        while origin not in self._held:
            changes = self._changes
            value = await self._look_up(origin)
            if changes != self._changes:
                continue
            if not value:
                return _NO_KEY
            register_secret(Secret(value))
            self._held[origin] = FoundKey(Secret(value), KeyPlace.KEYRING)
        return self._held[origin]

    async def find_soon(self, host: str, within_s: float) -> FoundKey:
        """As `find`, but a keyring that is locked or waits for its user counts as holding no key.

        Its place is LOCKED then. `within_s` counts from when the keyring was first asked. That
        there is no key is believed for a while: these servers are asked in every turn.
        """
        origin = host_of(host)
        loop = asyncio.get_running_loop()
        if self._known(origin) is None and loop.time() < self._none_until.get(origin, 0.0):
            return _NO_KEY
        began = self._asked_at.get(origin, loop.time()) if origin in self._lookups else loop.time()
        try:
            async with asyncio.timeout_at(max(began + within_s, loop.time() + _AT_LEAST_S)):
                found = await self.find(origin)
            if found.place is KeyPlace.NONE:
                self._none_until[origin] = loop.time() + _NONE_FOR_S
            return found
        except TimeoutError:
            return FoundKey(Secret(""), KeyPlace.LOCKED)
        except AppError as error:
            if error.code is not Code.KEYRING_LOCKED:
                raise
            return FoundKey(Secret(""), KeyPlace.LOCKED)

    def tell(self, host: str, then: Callable[[KeyPlace], None]) -> None:
        """Call `then` with where the key is: now where that is known, else once the keyring says.

        Raises AppError(SERVER_ADDRESS_INVALID).
        """
        origin = host_of(host)
        if (known := self._known(origin)) is not None:
            then(known.place)
            return
        changes = self._changes

        def on_answer(lookup: asyncio.Future[str | None]) -> None:
            if lookup.cancelled():
                return
            if changes != self._changes:
                self.tell(origin, then)
            elif lookup.exception() is not None:
                then(KeyPlace.LOCKED)
            else:
                then(KeyPlace.KEYRING if lookup.result() else KeyPlace.NONE)

        self._lookup(origin).add_done_callback(on_answer)

    async def store(self, host: str, secret: Secret) -> KeyPlace:
        """Keep the key: KEYRING, or THIS_RUN where there is no keyring to trust.

        An empty secret forgets the key. Raises AppError(KEYRING_LOCKED); the key then holds for
        this run.
        """
        secret = Secret(secret.reveal().strip())
        if not secret:
            await self.forget(host)
            return KeyPlace.NONE
        origin = host_of(host)
        register_secret(secret)
        self._change(origin)
        self._held[origin] = FoundKey(secret, KeyPlace.THIS_RUN)
        changes = self._changes
        if not await self._in_order(lambda: system_keyring.write(origin, secret.reveal())):
            return KeyPlace.THIS_RUN
        if changes == self._changes:
            self._held[origin] = FoundKey(secret, KeyPlace.KEYRING)
        return KeyPlace.KEYRING

    async def forget(self, host: str) -> None:
        """Remove the key of `host` from this run and from the keyring.

        Raises AppError(KEYRING_LOCKED); this run has forgotten it all the same.
        """
        origin = host_of(host)
        self._change(origin)
        # Until the keyring has deleted it, a look-up would find it again.
        self._held[origin] = _NO_KEY
        changes = self._changes
        await self._in_order(lambda: system_keyring.delete(origin))
        if changes == self._changes:
            del self._held[origin]

    def _from_environment(self, origin: str) -> Secret | None:
        value = self._environ.get("OPENAI_API_KEY", "").strip()
        meant_for = self._environ.get("OPENAI_BASE_URL", "").strip() or OPENAI_HOST
        try:
            fits = host_of(meant_for) == origin
        except AppError:
            _log.warning("OPENAI_BASE_URL is not an address, so OPENAI_API_KEY is not used")
            fits = False
        return Secret(value) if value and fits else None

    def _change(self, origin: str) -> None:
        self._changes += 1
        self._lookups.pop(origin, None)
        self._none_until.pop(origin, None)

    def _in_order(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Run a change on its own thread, after the change before it."""
        before, done = self._last_write, threading.Event()
        self._last_write = done

        def run() -> T:
            before.wait()
            try:
                return work()
            finally:
                done.set()

        return system_keyring.on_own_thread(run)

    def _known(self, origin: str) -> FoundKey | None:
        """What needs no look into the keyring."""
        if secret := self._from_environment(origin):
            register_secret(secret)
            return FoundKey(secret, KeyPlace.ENVIRONMENT)
        return self._held.get(origin)

    async def _look_up(self, origin: str) -> str | None:
        return await asyncio.shield(self._lookup(origin))

    def _lookup(self, origin: str) -> asyncio.Future[str | None]:
        """The look into the keyring that goes on, or a new one."""
        lookup = self._lookups.get(origin)
        if lookup is None:
            lookup = system_keyring.on_own_thread(lambda: system_keyring.read(origin))
            self._lookups[origin] = lookup
            self._asked_at[origin] = asyncio.get_running_loop().time()
            lookup.add_done_callback(lambda done: self._looked_up(origin, done))
        return lookup

    def _looked_up(self, origin: str, lookup: asyncio.Future[str | None]) -> None:
        if self._lookups.get(origin) is lookup:
            del self._lookups[origin]
        if not lookup.cancelled():
            lookup.exception()  # its caller may have gone; asyncio shall not complain of that
