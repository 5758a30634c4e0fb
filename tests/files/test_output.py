from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.cli.progress_bar import bar_line
from app.errors import AppError, Code
from app.files.formats import Format
from app.files.output import Job, chosen_format, planned, write


@pytest.mark.parametrize(
    ("name", "output", "as_json", "form"),
    [
        (None, None, False, Format.TXT),
        (None, "talk.SRT", False, Format.SRT),
        (None, "talk.doc", False, Format.TXT),
        ("vtt", "talk.srt", False, Format.VTT),
        (None, "talk.srt", True, Format.JSON),
        ("json", None, True, Format.JSON),
    ],
)
def test_the_format(name: str | None, output: str | None, as_json: bool, form: Format) -> None:
    assert chosen_format(name, output and Path(output), as_json=as_json) is form  # type: ignore[arg-type]


def test_two_formats_contradict_each_other() -> None:
    with pytest.raises(AppError, match="contradict"):
        chosen_format("srt", None, as_json=True)


def test_where_texts_go(tmp_path: Path) -> None:
    one, two = tmp_path / "one.mp3", tmp_path / "two.wav"
    assert planned([one], None, Format.TXT) == [Job(one, None)]
    assert planned([one], "-", Format.TXT) == [Job(one, None)]
    out = tmp_path / "out.srt"
    assert planned([one], str(out), Format.SRT) == [Job(one, out, named=True)]
    assert planned([one], str(tmp_path), Format.SRT) == [Job(one, tmp_path / "one.srt")]
    assert planned([one, two], None, Format.TXT) == [
        Job(one, tmp_path / "one.txt"), Job(two, tmp_path / "two.txt"),
    ]  # fmt: skip
    folder = tmp_path / "texts"
    jobs = planned([one, two], str(folder), Format.VTT)
    assert [job.target for job in jobs] == [folder / "one.vtt", folder / "two.vtt"]
    assert folder.is_dir()


def test_what_cannot_be_written_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    one, other, itself = (tmp_path / name for name in ("one.mp3", "one.wav", "same.txt"))
    itself.write_text("sound")
    for sources, output in (
        ([one, other], None),
        ([one], str(tmp_path / "no" / "folder.txt")),
        ([one, tmp_path / "two.mp3"], "-"),
        ([itself], str(itself)),
        ([itself, one], None),
    ):
        with pytest.raises(AppError) as raised:
            planned(sources, output, Format.TXT)
        assert raised.value.code in (Code.USAGE, Code.OUTPUT_UNWRITABLE)


def test_a_text_is_written_whole_and_keeps_the_rights_of_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "talk.txt"
    write(target, "äöü 🙂\n")
    assert target.read_bytes() == "äöü 🙂\n".encode()
    target.chmod(0o640)
    write(target, "new\n")
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("new\n", 0o640)
    assert [path.name for path in tmp_path.iterdir()] == ["talk.txt"]
    link = tmp_path / "link.txt"
    link.symlink_to(target)
    write(link, "through\n")
    assert (link.is_symlink(), target.read_text()) == (True, "through\n")


def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write(pipe, "text\n")
        assert os.read(reader, 100) == b"text\n"
    finally:
        os.close(reader)


def test_the_bar() -> None:
    assert bar_line("a.mp3", 65_000, None) == "a.mp3 00:01:05"
    assert (
        bar_line("a.mp3", 30_000, 60_000) == f"a.mp3 {'█' * 12}{'░' * 12}  50% 00:00:30 of 00:01:00"
    )
    assert "100%" in bar_line("a.mp3", 70_000, 60_000)
    assert bar_line("a.mp3", 0, 1000, "Busy. Again in 3 s.").endswith("Busy. Again in 3 s.")
