"""How a file is shown at a page or a line, and that nothing is ever run."""

from __future__ import annotations

import pytest

from app.desktop.document_viewer import linux_command, mac_command
from app.knowledge.passage import Place

PDF, TEXT, SCRIPT = Place("/d/a.pdf", 3, 1), Place("/d/a.md", 0, 12), Place("/d/run.sh", 0, 2)


@pytest.mark.parametrize(
    ("place", "program", "command"),
    [
        (PDF, ("evince",), ("evince", "--page-index=3", "/d/a.pdf")),
        (PDF, ("/usr/bin/okular",), ("/usr/bin/okular", "-p", "3", "/d/a.pdf")),
        (PDF, ("firefox",), ("firefox", "file:///d/a.pdf#page=3")),
        (PDF, ("someviewer",), ("someviewer", "/d/a.pdf")),
        (PDF, ("flatpak", "run", "x"), ("flatpak", "run", "x", "/d/a.pdf")),
        (TEXT, ("gedit",), ("gedit", "+12", "/d/a.md")),
        (TEXT, ("kate",), ("kate", "-l", "12", "/d/a.md")),
        (TEXT, ("code",), ("code", "-g", "/d/a.md:12")),
        (SCRIPT, ("mousepad",), ("mousepad", "-l", "2", "/d/run.sh")),
        (Place("/d/a.docx", 0, 4), ("libreoffice", "--writer"),
         ("libreoffice", "--writer", "/d/a.docx")),
    ],
)  # fmt: skip
def test_the_users_program_is_told_the_place_where_it_can_be(
    place: Place, program: tuple[str, ...], command: tuple[str, ...]
) -> None:
    assert linux_command(place, program, lambda _: False) == command


def test_without_a_program_of_the_users_one_that_is_there_is_taken() -> None:
    assert linux_command(PDF, (), lambda name: name in ("zathura", "xdg-open")) == (
        "zathura",
        "-P",
        "3",
        "/d/a.pdf",
    )
    assert linux_command(PDF, (), lambda name: name == "xdg-open") == ("xdg-open", "/d/a.pdf")


@pytest.mark.parametrize("name", ["run.sh", "a.desktop", "a.exe", "setup.py"])
def test_a_text_is_never_given_to_what_might_run_it(name: str) -> None:
    place = Place(f"/d/{name}", 0, 1)
    with pytest.raises(OSError, match="no program"):
        linux_command(place, (), lambda program: program == "xdg-open")
    assert mac_command(place)[:2] == ("/usr/bin/open", "-t")
