from __future__ import annotations

import string

import pytest

from app.errors import AppError, Category, Code, exit_code
from app.explanations import EXPLANATIONS
from tests.scripts import load

error_help = load("error_help")


@pytest.mark.parametrize("code", list(Code))
def test_every_code_has_one_sentence_and_a_documented_exit(code: Code) -> None:
    why = EXPLANATIONS[code]
    fields = {name for _, name, _, _ in string.Formatter().parse(why.message) if name is not None}
    assert fields <= {"detail"}
    message = AppError(code, "something").message
    assert message.endswith((".", "something"))
    assert "{" not in message
    assert AppError(code).exit_code in range(1, 7)


@pytest.mark.parametrize("category", list(Category))
def test_every_category_ends_the_terminal_front_end_differently_from_success(
    category: Category,
) -> None:
    assert exit_code(category) != 0


def test_the_help_page_documents_every_code() -> None:
    assert error_help.PAGE.read_text(encoding="utf-8") == error_help.page()
