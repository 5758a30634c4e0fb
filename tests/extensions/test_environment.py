"""What a program of others gets to know of the environment."""

from __future__ import annotations

import pytest

from app.extensions.environment import child_environment, is_secret_name


@pytest.mark.parametrize(
    "name",
    [
        "OPENAI_API_KEY", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "DB_PASSWORD",
        "api_key", "APIKEY", "SLACK_BOT_TOKEN", "SESSION_COOKIE", "GH_PAT", "SENTRY_DSN",
        "AZURE_CLIENT_SECRET", "Authorization",
    ],
)  # fmt: skip
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name", ["HOME", "PATH", "LOG_LEVEL", "KEYBOARD", "MONKEY_PATH", "NODE_ENV"]
)
def test_names_of_other_things(name: str) -> None:
    assert not is_secret_name(name)


def test_only_a_few_are_handed_on() -> None:
    ours = {"HOME": "/h", "PATH": "/bin", "OPENAI_API_KEY": "sk", "DBUS_SESSION_BUS_ADDRESS": "x"}
    extra = [("LEVEL", "1"), ("MY_TOKEN", "t")]
    assert child_environment(ours, extra) == {"HOME": "/h", "PATH": "/bin", "LEVEL": "1"}
