"""What can be taken along, in a terminal: printed, and kept where the user says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app import commands, events
from app.asking import Answer
from app.cli.terminal import Terminal
from app.conversation.message import Message, Role
from app.products.commands import SaveProduct
from app.products.events import ProductNotSaved, ProductOffered, ProductSaved
from app.products.product import Offer, Table

OFFER = Offer("1", Table("Sales", ("Month", "Sum"), (("May", "3"),)))


class Core:
    """Takes what the terminal sends."""

    def __init__(self) -> None:
        self.sent: list[commands.Command] = []

    def send(self, command: commands.Command) -> None:
        self.sent.append(command)


def terminal() -> tuple[Any, Core]:
    core = Core()
    return Terminal(core), core  # type: ignore[arg-type]


def test_a_table_is_printed_and_kept_where_the_user_says(tmp_path: Path, capsys) -> None:
    shown, core = terminal()
    shown._on_event(ProductOffered(OFFER))
    assert capsys.readouterr().out == "Month\tSum\nMay\t3\n[/save FILE keeps it]\n"
    path = tmp_path / "a b.csv"
    assert shown._on_line(f"/save {path}")
    assert core.sent == [SaveProduct("1", OFFER.product, path)]
    shown._on_event(ProductSaved("1", path))
    shown._on_event(ProductNotSaved("1", "Why."))
    assert capsys.readouterr().out == f"[Saved as {path}]\n! Why.\n"


def test_no_file_is_replaced(tmp_path: Path, capsys) -> None:
    shown, core = terminal()
    shown._on_event(ProductOffered(OFFER))
    (tmp_path / "x").write_text("")
    shown._on_line(f"/save {tmp_path / 'x'}")
    assert core.sent == []
    assert "there already" in capsys.readouterr().out


def test_nothing_is_saved_where_nothing_was_shown() -> None:
    shown, core = terminal()
    shown._on_line("/save x")
    assert core.sent == []


def test_an_answer_to_one_question_has_it_in_its_words() -> None:
    answer = Answer("A table?")
    assert answer.on_event(ProductOffered(OFFER)) == ""
    answer.on_event(events.MessageAdded(Message(Role.USER, "A table?")))
    answer.on_event(events.ReplyStarted("r", "gpt-4o"))
    assert answer.on_event(ProductOffered(OFFER)) == "\nMonth\tSum\nMay\t3\n"
    assert answer.text == "\nMonth\tSum\nMay\t3\n"
