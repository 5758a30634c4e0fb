"""Sound as plain values: mono int16 samples that know their rate."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # whoever only carries clips does not need numpy, which takes long to load
    import numpy as np
    import numpy.typing as npt

Samples: TypeAlias = "npt.NDArray[np.int16]"

SAMPLE_BYTES = 2
FLOOR_DBFS = -90.0
_FULL_SCALE_SQUARED = 32768.0**2


@dataclass(frozen=True, slots=True)
class Clip:
    """Mono little-endian int16 sound at `rate_hz`."""

    rate_hz: int
    data: bytes

    @property
    def duration_ms(self) -> int:
        """Length in milliseconds, rounded down."""
        return len(self.data) // SAMPLE_BYTES * 1000 // self.rate_hz

    def samples(self) -> Samples:
        """A read-only view, shape (n,)."""
        import numpy as np

        return np.frombuffer(self.data, dtype="<i2")


def level_dbfs(samples: Samples) -> float:
    """Root mean square in dB below full scale; -90 for silence or nothing."""
    if not len(samples):
        return FLOOR_DBFS
    import numpy as np

    as_float = samples.astype(np.float32)
    mean_square = float(np.dot(as_float, as_float)) / (len(samples) * _FULL_SCALE_SQUARED)
    return max(FLOOR_DBFS, 10.0 * math.log10(mean_square + 1e-12))


def power_dbfs(power: float) -> float:
    """A mean square as a level, full scale is 1; -90 for silence."""
    return max(FLOOR_DBFS, 10.0 * math.log10(power + 1e-12))


def fade_out(samples: Samples) -> Samples:
    """The same samples under a straight line from full level to nothing."""
    import numpy as np

    ramp = np.linspace(1.0, 0.0, num=len(samples), dtype=np.float32)
    return np.asarray(np.rint(samples * ramp), dtype=np.int16)


def samples_for_ms(rate_hz: int, duration_ms: float) -> int:
    """How many samples `duration_ms` lasts at `rate_hz`, rounded down."""
    return int(rate_hz * duration_ms / 1000)
