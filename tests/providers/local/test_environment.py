"""Programs that do the built-in work see what they need, and no secrets."""

from __future__ import annotations

from app.providers.local.environment import child_environment


def test_only_what_a_program_needs_is_passed_on() -> None:
    environment = {
        "PATH": "/bin",
        "LANG": "C",
        "SystemRoot": "C:\\Windows",
        "OPENAI_API_KEY": "sk-canary",
        "HTTPS_PROXY": "http://user:word@proxy:1",
        "SAYSO_HOME": "/home",
    }
    assert set(child_environment(environment)) == {"PATH", "LANG", "SystemRoot"}
