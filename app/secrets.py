"""The API key: in the system's keyring or in memory for this run, never in a file of ours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A value that shows itself to nobody by accident: it prints as `•••`."""

    _value: str

    def reveal(self) -> str:
        """The value, for the one place that sends or stores it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(•••)"

    def __str__(self) -> str:
        return "•••"

    def __reduce__(self) -> str:
        raise TypeError("a Secret is not pickled")
