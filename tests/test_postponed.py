from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from app.postponed import load_postponed, postpone


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package of two modules that note when they are executed, in `built`."""
    folder = tmp_path / "late_package"
    folder.mkdir()
    (folder / "__init__.py").write_text("built = []\n")
    for name in ("one", "two"):
        (folder / f"{name}.py").write_text(
            f"import late_package\nlate_package.built.append({name!r})\n\nclass Thing:\n    pass\n"
        )
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("late_package", "late_package.one", "late_package.two"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    importlib.import_module("late_package")
    return "late_package"


def test_a_postponed_module_is_executed_by_its_first_use_and_not_by_imports(package: str) -> None:
    postpone(f"{package}.one", f"{package}.two")
    built = sys.modules[package].built
    one = importlib.import_module(f"{package}.one")
    assert importlib.import_module(package).one is one
    exec(f"from {package} import one, two", {})
    assert built == []
    assert one.Thing is one.Thing
    assert built == ["one"]
    exec(f"from {package}.two import Thing", {})
    assert built == ["one", "two"]
    load_postponed()
    assert built == ["one", "two"]


def test_what_nobody_used_can_be_loaded_in_one_go(package: str) -> None:
    postpone(f"{package}.one", f"{package}.two")
    load_postponed()
    assert sorted(sys.modules[package].built) == ["one", "two"]


def test_a_module_that_is_there_already_stays_as_it_is(package: str) -> None:
    one = importlib.import_module(f"{package}.one")
    postpone(f"{package}.one")
    assert importlib.import_module(f"{package}.one") is one
    load_postponed()
    assert sys.modules[package].built == ["one"]


def test_a_postponed_module_does_not_have_what_it_does_not_define(package: str) -> None:
    postpone(f"{package}.one")
    one = importlib.import_module(f"{package}.one")
    assert not hasattr(one, "__path__")
    assert sys.modules[package].built == []
    with pytest.raises(AttributeError, match="nothing"):
        _ = one.nothing
