"""The index of folders beside grep and plain FTS5. Run: python -m tests.bench.knowledge

Real files of this computer (Python's libraries, headers, manuals, documentation) are copied into
one folder, 10,000 unless told otherwise. All three look at the same files in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.knowledge.finder import Finder
from app.knowledge.index import Index
from app.knowledge.query import query_of
from app.knowledge.writing import IndexWriter

SOURCES = ("/usr/share/doc", "/usr/share/man", "/usr/lib/python3", "/usr/lib/python3.11",
           "/usr/include", "/usr/share/perl", "/opt", sys.prefix)  # fmt: skip
TEXTS = frozenset({".py", ".txt", ".md", ".rst", ".h", ".html", ".js", ".ts", ".c", ".pm", ""})
LARGEST_BYTES = 400_000
QUESTIONS = (
    "how to handle a connection timeout",
    "subprocess kill process group",
    "certificate verification failed",
    "maximum recursion depth exceeded",
    "copyright holder warranty of merchantability",
    "unicode normalization form",
    "environment variable for the proxy",
    "thread pool executor shutdown",
    "regular expression lookbehind",
    "daylight saving time ambiguous",
    "memory leak in the garbage collector",
    "signal handler main thread",
    "temporary directory permissions",
    "socket address already in use",
    "floating point rounding error",
    "locale specific date format",
    "shared library search path",
    "exit status of the last command",
    "compile without optimization",
    "keyboard layout configuration",
)


def real_files(most: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents; what is packed is unpacked."""
    count = 0
    for root in SOURCES:
        for path in sorted(Path(root).rglob("*")):
            packed = path.suffix == ".gz"
            ending = Path(path.stem).suffix if packed else path.suffix
            fits = packed or ending.lower() in TEXTS
            if not fits or path.is_symlink() or not path.is_file():
                continue
            try:
                data = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
            except (OSError, EOFError):
                continue
            if not 200 <= len(data) <= LARGEST_BYTES or b"\0" in data[:4096]:
                continue
            count += 1
            if count > most:
                return
            name = path.stem if packed else path.name
            yield f"{count // 100:03d}/{count:05d}-{name.lstrip('.')}", data


def copied(folder: Path, most: int) -> tuple[int, int]:
    """Put the files into a folder: how many, and how many bytes."""
    count = size = 0
    for name, data in real_files(most):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        count, size = count + 1, size + len(data)
    return count, size


def run_indexer(index: Path) -> tuple[float, float]:
    """The program itself, from its start to its end: seconds, and those of the processor."""
    began_s, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(
        [sys.executable, "-m", "app.knowledge.indexer", str(index)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as process:
        process.wait()
        if process.returncode:
            raise RuntimeError(f"the indexer ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began_s, cpu_s


def plain_index(path: Path, folder: Path) -> float:
    """One row of FTS5 for each file, nothing else; seconds."""
    began_s = time.perf_counter()
    rows = sqlite3.connect(path)
    rows.execute("CREATE VIRTUAL TABLE words USING fts5 (path, text)")
    with rows:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                text = file.read_bytes().decode("utf-8", "replace")
                rows.execute("INSERT INTO words VALUES (?, ?)", (str(file), text))
    rows.close()
    return time.perf_counter() - began_s


def timed_plain(path: Path, question: str) -> float:
    """Its best six files with a snippet of each."""
    any_word = " OR ".join(f'"{word}"' for word in question.split())
    rows = sqlite3.connect(path)
    began_s = time.perf_counter()
    rows.execute(
        "SELECT path, snippet(words, 1, '', '', '…', 40) FROM words WHERE words MATCH ?"
        " ORDER BY rank LIMIT 6",
        (any_word,),
    ).fetchall()
    seconds = time.perf_counter() - began_s
    rows.close()
    return seconds


def timed_grep(folder: Path, question: str) -> float:
    """The files with any of the words that count; no order, no passages."""
    words = query_of(question).words
    tool = ["rg", "-il"] if shutil.which("rg") else ["grep", "-rilE"]
    began_s = time.perf_counter()
    subprocess.run([*tool, "|".join(words), str(folder)], capture_output=True, check=False)
    return time.perf_counter() - began_s


async def timed_sayso(index: Path) -> tuple[list[float], float]:
    """Six passages for each question, from the question to the texts; and opening the index."""
    began_s = time.perf_counter()
    opened = await Index.open(index)
    opening_s = time.perf_counter() - began_s

    async def nobody() -> None:
        return None

    finder = Finder(opened, nobody)
    seconds: list[float] = []
    for question in QUESTIONS:
        began_s = time.perf_counter()
        hits = await finder.find(question, 6)
        seconds.append(time.perf_counter() - began_s)
        if not hits:
            raise RuntimeError(f"nothing was found for {question}")
    await opened.aclose()
    return seconds, opening_s


def main() -> None:
    """Measure and print as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        folder, index, plain = (Path(home) / name for name in ("docs", "index.db", "plain.db"))
        count, size = copied(folder, options.files)
        writer = IndexWriter(index)
        writer.close()
        with sqlite3.connect(index) as rows:
            rows.execute("INSERT INTO folders (path) VALUES (?)", (str(folder),))
        rows.close()
        first_s, first_cpu_s = run_indexer(index)
        again_s, again_cpu_s = run_indexer(index)
        began_s = time.process_time()
        plain_s = plain_index(plain, folder)
        plain_cpu_s = time.process_time() - began_s
        found, opening_s = asyncio.run(timed_sayso(index))
        megabytes = size / 1e6
        result = {
            "files": count,
            "MB": round(megabytes, 1),
            "sayso": {
                "index_s": round(first_s, 1),
                "index_cpu_s": round(first_cpu_s, 1),
                "files_per_s": round(count / first_s),
                "MB_per_s": round(megabytes / first_s, 2),
                "nothing_changed_s": round(again_s, 2),
                "nothing_changed_cpu_s": round(again_cpu_s, 2),
                "size_MB": round(index.stat().st_size / 1e6, 1),
                "opening_ms": round(opening_s * 1e3, 1),
                "answer_ms": _spread(found),
            },
            "plain FTS5": {
                "index_s": round(plain_s, 1),
                "index_cpu_s": round(plain_cpu_s, 1),
                "size_MB": round(plain.stat().st_size / 1e6, 1),
                "answer_ms": _spread([timed_plain(plain, each) for each in QUESTIONS]),
            },
            "grep": {"answer_ms": _spread([timed_grep(folder, each) for each in QUESTIONS])},
        }
    print(json.dumps(result, indent=1))


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "median": round(statistics.median(ordered) * 1e3, 1),
        "worst": round(ordered[-1] * 1e3, 1),
    }


if __name__ == "__main__":
    main()
