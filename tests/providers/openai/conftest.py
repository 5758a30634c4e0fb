"""The published schema as a judge of what we send."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

_ORACLE = Path(__file__).parents[4] / "shared" / "openai" / "oracle.py"


@pytest.fixture(scope="session")
def oracle() -> Any:
    """`check_request(method, path, body)` lists what OpenAI's schema says against a request."""
    if not _ORACLE.is_file():
        pytest.skip("the published schema is not beside the project")
    spec = importlib.util.spec_from_file_location("openai_oracle", _ORACLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
