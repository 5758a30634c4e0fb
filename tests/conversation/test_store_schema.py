from __future__ import annotations

import contextlib
import sqlite3

import pytest

from app.conversation.store_schema import STEPS, open_database

NEXT_STEP = ("ALTER TABLE notes ADD COLUMN colour TEXT NOT NULL DEFAULT 'white'",)
BAD_STEP = ("ALTER TABLE notes ADD COLUMN half TEXT", "ALTER TABLE nowhere ADD COLUMN other TEXT")


@pytest.fixture
def old_file(tmp_path):
    path = tmp_path / "sayso.db"
    connection, _ = open_database(path)
    with contextlib.closing(connection):
        connection.execute("INSERT INTO notes (text, created_at) VALUES ('tea', 'then')")
    return path


def rows(path, sql):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_the_settings_of_the_connection_are_the_safe_ones(old_file):
    connection, _ = open_database(old_file)
    with contextlib.closing(connection):
        found = [
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert found == ["wal", 2, 1]


def test_an_older_file_is_upgraded_and_backed_up(old_file):
    connection, aside = open_database(old_file, (*STEPS, NEXT_STEP))
    with contextlib.closing(connection):
        assert connection.execute("SELECT text, colour FROM notes").fetchall() == [("tea", "white")]
    assert aside is None
    backup = old_file.with_name(f"sayso.db.v{len(STEPS)}-backup")
    assert rows(backup, "SELECT text FROM notes") == [("tea",)]
    assert rows(backup, "PRAGMA user_version") == [(len(STEPS),)]
    assert backup.stat().st_mode & 0o077 == 0


def test_what_was_kept_before_others_could_be_told_apart_is_the_users_own(tmp_path):
    path = tmp_path / "sayso.db"
    before, _ = open_database(path, STEPS[:3])
    with contextlib.closing(before):
        before.execute("INSERT INTO notes (text, created_at) VALUES ('tea', 'then')")
        before.execute("INSERT INTO timers VALUES ('t', 'pasta', 60, 'soon')")
    connection, _ = open_database(path)
    connection.close()
    assert rows(path, "SELECT text, is_foreign FROM notes") == [("tea", 0)]
    assert rows(path, "SELECT label, is_foreign FROM timers") == [("pasta", 0)]


def test_an_upgrade_that_fails_changes_nothing(old_file):
    with pytest.raises(sqlite3.OperationalError):
        open_database(old_file, (*STEPS, BAD_STEP))
    assert rows(old_file, "PRAGMA user_version") == [(len(STEPS),)]
    assert rows(old_file, "SELECT * FROM notes") == [(1, "tea", "then", 0)]
    connection, aside = open_database(old_file)
    connection.close()
    assert aside is None


def test_an_upgrade_that_is_done_is_not_done_again(old_file):
    for _ in range(2):
        connection, _ = open_database(old_file, (*STEPS, NEXT_STEP))
        connection.close()
    assert rows(old_file, "PRAGMA user_version") == [(len(STEPS) + 1,)]
