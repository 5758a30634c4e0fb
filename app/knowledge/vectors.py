"""Embeddings as bytes, and the nearest of them. numpy is loaded at the first use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BLOCK_ROWS = 8_192


def packed(vector: Sequence[float]) -> bytes:
    """One byte for each dimension. Only the direction is kept. Raises ValueError for no vector."""
    import numpy as np

    values = np.asarray(vector, np.float32)
    largest = float(np.abs(values).max()) if values.size else 0.0
    if not np.isfinite(largest) or largest == 0.0:
        raise ValueError("not a direction")
    return np.round(values * (127.0 / largest)).astype(np.int8).tobytes()


@dataclass(frozen=True, slots=True)
class VectorSet:
    """The vectors of one model; `ids` are their passages."""

    ids: Sequence[int]
    rows: NDArray[np.int8]
    lengths: NDArray[np.float32]

    def nearest(self, vector: Sequence[float], limit: int) -> list[tuple[int, float]]:
        """Passages and their cosines, the nearest first; none for a vector of another size."""
        import numpy as np

        asked = np.asarray(vector, np.float32)
        length = float(np.linalg.norm(asked))
        if not len(self.ids) or asked.size != self.rows.shape[1] or length == 0.0:
            return []
        cosines = np.empty(len(self.ids), np.float32)
        for at in range(0, len(self.ids), _BLOCK_ROWS):
            block = slice(at, at + _BLOCK_ROWS)
            cosines[block] = self.rows[block].astype(np.float32) @ asked
        cosines /= self.lengths * length
        best = np.argsort(-cosines)[:limit]
        return [(self.ids[int(at)], float(cosines[at])) for at in best]


def vector_set(rows: Sequence[tuple[int, bytes]]) -> VectorSet:
    """Unpack what `packed` made. Vectors of another size than the first are left out."""
    import numpy as np

    size = len(rows[0][1]) if rows else 0
    kept = [row for row in rows if len(row[1]) == size]
    joined = b"".join(data for _, data in kept)
    matrix = np.frombuffer(joined, np.int8).reshape(len(kept), size)
    lengths = np.empty(len(kept), np.float32)
    for at in range(0, len(kept), _BLOCK_ROWS):
        block = matrix[at : at + _BLOCK_ROWS].astype(np.float32)
        lengths[at : at + _BLOCK_ROWS] = np.linalg.norm(block, axis=1)
    return VectorSet([passage_id for passage_id, _ in kept], matrix, lengths)
