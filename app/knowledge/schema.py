"""The tables of the index. Full text is kept once, in `passages`; `words` is its index."""

from __future__ import annotations

from app.conversation.store_schema import Step

STEPS: tuple[Step, ...] = (
    (
        """CREATE TABLE folders (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            path TEXT NOT NULL,
            paused INTEGER NOT NULL DEFAULT 0,
            removed INTEGER NOT NULL DEFAULT 0,
            embeds TEXT NOT NULL DEFAULT '',
            indexed_at TEXT NOT NULL DEFAULT '',
            problem TEXT NOT NULL DEFAULT ''
        )""",
        """CREATE TABLE files (
            id INTEGER PRIMARY KEY,
            folder_id INTEGER NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
            path TEXT NOT NULL,
            size INTEGER NOT NULL,
            mtime_ns INTEGER NOT NULL,
            digest BLOB NOT NULL,
            left_out TEXT NOT NULL DEFAULT '',
            tries INTEGER NOT NULL DEFAULT 0,
            UNIQUE (folder_id, path)
        )""",
        """CREATE TABLE passages (
            id INTEGER PRIMARY KEY,
            file_id INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
            page INTEGER NOT NULL,
            first_line INTEGER NOT NULL,
            last_line INTEGER NOT NULL,
            title TEXT NOT NULL,
            text TEXT NOT NULL
        )""",
        "CREATE INDEX passages_of_file ON passages (file_id)",
        """CREATE VIRTUAL TABLE words USING fts5 (
            title, text, content = 'passages', content_rowid = 'id',
            tokenize = 'unicode61 remove_diacritics 2'
        )""",
        """CREATE TRIGGER passage_added AFTER INSERT ON passages BEGIN
            INSERT INTO words (rowid, title, text) VALUES (new.id, new.title, new.text);
        END""",
        """CREATE TRIGGER passage_removed AFTER DELETE ON passages BEGIN
            INSERT INTO words (words, rowid, title, text)
            VALUES ('delete', old.id, old.title, old.text);
        END""",
        """CREATE TRIGGER passage_renamed AFTER UPDATE ON passages BEGIN
            INSERT INTO words (words, rowid, title, text)
            VALUES ('delete', old.id, old.title, old.text);
            INSERT INTO words (rowid, title, text) VALUES (new.id, new.title, new.text);
        END""",
        """CREATE TABLE vectors (
            passage_id INTEGER PRIMARY KEY REFERENCES passages (id) ON DELETE CASCADE,
            model TEXT NOT NULL,
            data BLOB NOT NULL
        )""",
    ),
)
"""`embeds` names the server and model that the user allowed for a folder; empty for none.
A file's `tries` counts the readings of it that never ended."""
