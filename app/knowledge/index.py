"""The index as the core uses it: its folders, searches and vectors. Files are the indexer's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.conversation.database import Database, storable
from app.knowledge.passage import LeftOut
from app.knowledge.query import Query
from app.knowledge.schema import STEPS

MOST_RANKED = 60
ENOUGH_RANKED = 10
"""So many passages with every word, and those with some are not looked for."""
LEFT_OUT_SHOWN = 300
READ_CHARS = 8_000

_RANKED = f"""
    SELECT p.id FROM
        (SELECT rowid FROM words WHERE words MATCH ? AND rank MATCH 'bm25(1.5, 1.0)'
         ORDER BY rank LIMIT {MOST_RANKED}) AS found
    JOIN passages AS p ON p.id = found.rowid
    JOIN files AS f ON f.id = p.file_id
    JOIN folders AS d ON d.id = f.folder_id
    WHERE NOT d.removed
"""
_PASSAGES = """
    SELECT p.id, d.path, f.path, p.page, p.first_line, p.last_line, p.text
    FROM passages AS p
    JOIN files AS f ON f.id = p.file_id
    JOIN folders AS d ON d.id = f.folder_id
    WHERE NOT d.removed AND
"""


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder as it is kept. `embeds` names what its passages are sent to; empty for nothing."""

    id: int
    path: str
    paused: bool
    embeds: str
    indexed_at: str
    problem: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What is in the index of a folder."""

    files: int = 0
    size_bytes: int = 0
    passages: int = 0
    embedded: int = 0
    left_out: tuple[tuple[LeftOut, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. `file` is the whole path."""

    passage_id: int
    file: str
    page: int
    first_line: int
    last_line: int
    text: str


class Index(Database):
    """Open it with `await Index.open(path)`, end it with `aclose`.

    Every method raises AppError(STORE_UNWRITABLE) when the disk refuses.
    """

    steps = STEPS

    async def folders(self) -> tuple[FolderRow, ...]:
        """The folders that the user added, oldest first."""
        rows = await self.read(
            "SELECT id, path, paused, embeds, indexed_at, problem FROM folders"
            " WHERE NOT removed ORDER BY id"
        )
        return tuple(FolderRow(row[0], row[1], bool(row[2]), *row[3:]) for row in rows)

    async def has_removed(self) -> bool:
        """Whether something is still to be erased."""
        return bool(await self.read("SELECT 1 FROM folders WHERE removed LIMIT 1"))

    async def add(self, path: str) -> None:
        """Add a folder; it is looked through later."""
        await self.write(("INSERT INTO folders (path) VALUES (?)", (path,)))

    async def remove(self, folder_id: int) -> None:
        """Find nothing in a folder from now on; the indexer erases what is kept of it."""
        await self.write(("UPDATE folders SET removed = 1 WHERE id = ?", (folder_id,)))

    async def pause(self, folder_id: int, *, on: bool) -> None:
        """Leave a folder as it is known, or look through it again."""
        await self.write(("UPDATE folders SET paused = ? WHERE id = ?", (on, folder_id)))

    async def note_problem(self, folder_id: int, problem: str) -> None:
        """What is wrong with a folder, in a sentence; empty for nothing."""
        await self.write(("UPDATE folders SET problem = ? WHERE id = ?", (problem, folder_id)))

    async def allow_embeddings(self, folder_id: int, embeds: str) -> None:
        """Name whom a folder's passages may be sent to; empty forgets all vectors of it."""
        forget = (
            "DELETE FROM vectors WHERE passage_id IN (SELECT p.id FROM passages AS p"
            " JOIN files AS f ON f.id = p.file_id WHERE f.folder_id = ?)",
            (folder_id,),
        )
        allow = ("UPDATE folders SET embeds = ? WHERE id = ?", (embeds, folder_id))
        await self.write(*([allow] if embeds else [forget, allow]))

    async def counts(self, folder_id: int) -> Counts:
        """What is known of a folder."""
        ((files, size),) = await self.read(
            "SELECT COUNT(*), TOTAL(size) FROM files WHERE folder_id = ? AND left_out = ''",
            folder_id,
        )
        ((passages, embedded),) = await self.read(
            "SELECT COUNT(*), COUNT(v.passage_id) FROM passages AS p"
            " JOIN files AS f ON f.id = p.file_id"
            " LEFT JOIN vectors AS v ON v.passage_id = p.id WHERE f.folder_id = ?",
            folder_id,
        )
        reasons = await self.read(
            "SELECT left_out, COUNT(*) FROM files WHERE folder_id = ? AND left_out != ''"
            " GROUP BY left_out ORDER BY COUNT(*) DESC",
            folder_id,
        )
        left_out = tuple((LeftOut(reason), count) for reason, count in reasons)
        return Counts(files, int(size), passages, embedded, left_out)

    async def left_out(self, folder_id: int) -> tuple[tuple[str, LeftOut], ...]:
        """The first files that nothing is kept of, and why."""
        rows = await self.read(
            "SELECT path, left_out FROM files WHERE folder_id = ? AND left_out != ''"
            " ORDER BY left_out, path LIMIT ?",
            folder_id,
            LEFT_OUT_SHOWN,
        )
        return tuple((path, LeftOut(reason)) for path, reason in rows)

    async def ranked(self, query: Query) -> list[int]:
        """Passages by full text: those with every word first, then those with some."""
        if not query.strict:
            return []
        found = [row[0] for row in await self.read(_RANKED, storable(query.strict))]
        if len(found) < ENOUGH_RANKED and query.loose != query.strict:
            loose = [row[0] for row in await self.read(_RANKED, storable(query.loose))]
            found.extend(passage_id for passage_id in loose if passage_id not in set(found))
        return found

    async def hits(self, passage_ids: Sequence[int]) -> list[Hit]:
        """The passages with these ids, in their order; those that are gone are left out."""
        marks = ", ".join("?" * len(passage_ids))
        rows = await self.read(f"{_PASSAGES} p.id IN ({marks})", *passage_ids)
        by_id = {row[0]: _hit(row) for row in rows}
        return [by_id[passage_id] for passage_id in passage_ids if passage_id in by_id]

    async def read_from(self, file: str, page: int, line: int) -> list[Hit]:
        """Passages of a file from this place on, up to `READ_CHARS`; none for an unknown file."""
        place = await self.file_at(file)
        if place is None:
            return []
        rows = await self.read(
            f"{_PASSAGES} f.id = ? AND (p.page > ? OR (p.page = ? AND p.last_line >= ?))"
            " ORDER BY p.id LIMIT 40",
            place, page, page, line,
        )  # fmt: skip
        hits: list[Hit] = []
        chars = 0
        for row in rows:
            chars += len(row[6])
            if hits and chars > READ_CHARS:
                break
            hits.append(_hit(row))
        return hits

    async def file_at(self, file: str) -> int | None:
        """The id of a file that is in the index, by its whole path."""
        for folder in await self.folders():
            prefix = folder.path.rstrip("/\\")
            if not file.startswith((f"{prefix}/", f"{prefix}\\")):
                continue
            inside = file[len(prefix) + 1 :].replace("\\", "/")
            rows = await self.read(
                "SELECT id FROM files WHERE folder_id = ? AND path = ? AND left_out = ''",
                folder.id,
                storable(inside),
            )
            if rows:
                return int(rows[0][0])
        return None

    async def without_vector(self, folder_id: int, limit: int) -> list[tuple[int, str]]:
        """Passages that are not embedded yet, with what is to be embedded of them."""
        rows = await self.read(
            "SELECT p.id, p.title, p.text FROM passages AS p JOIN files AS f ON f.id = p.file_id"
            " LEFT JOIN vectors AS v ON v.passage_id = p.id"
            " WHERE f.folder_id = ? AND v.passage_id IS NULL LIMIT ?",
            folder_id,
            limit,
        )
        return [(passage_id, f"{title}\n{text}") for passage_id, title, text in rows]

    async def chars_without_vector(self, folder_id: int) -> tuple[int, int]:
        """How many passages are not embedded yet, and how many characters they have."""
        ((count, chars),) = await self.read(
            "SELECT COUNT(*), TOTAL(LENGTH(p.text) + LENGTH(p.title) + 1) FROM passages AS p"
            " JOIN files AS f ON f.id = p.file_id"
            " LEFT JOIN vectors AS v ON v.passage_id = p.id"
            " WHERE f.folder_id = ? AND v.passage_id IS NULL",
            folder_id,
        )
        return count, int(chars)

    async def keep_vectors(self, model: str, vectors: Sequence[tuple[int, bytes]]) -> None:
        """Keep embeddings; those of passages that are gone by now are dropped."""
        await self.write(
            *[
                (
                    "INSERT OR REPLACE INTO vectors (passage_id, model, data)"
                    " SELECT id, ?, ? FROM passages WHERE id = ?",
                    (model, data, passage_id),
                )
                for passage_id, data in vectors
            ]
        )

    async def vectors(self, model: str) -> list[tuple[int, bytes]]:
        """All embeddings of a model."""
        rows = await self.read("SELECT passage_id, data FROM vectors WHERE model = ?", model)
        return [(row[0], row[1]) for row in rows]


def _hit(row: tuple[Any, ...]) -> Hit:
    passage_id, folder, path, page, first_line, last_line, text = row
    return Hit(passage_id, str(Path(folder) / path), page, first_line, last_line, text)
