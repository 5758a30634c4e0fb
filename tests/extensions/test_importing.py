"""The text that programs share their servers in."""

from __future__ import annotations

import json

import pytest

from app.extensions.importing import NotServers, read_servers
from app.extensions.settings import MAX_SERVERS, ServerEntry, is_allowed_address


def test_the_usual_text() -> None:
    text = {
        "mcpServers": {
            "My Files": {"command": "npx", "args": ["-y", "server", "/a b"], "env": {"LEVEL": "1"}},
            "web": {"type": "http", "url": "https://example.org/mcp"},
        }
    }
    found = read_servers(json.dumps(text), taken=["web"])
    assert not found.notes
    assert found.servers == (
        ServerEntry(
            name="my-files",
            command=("npx", "-y", "server", "/a b"),
            environment=(("LEVEL", "1"),),
        ),
        ServerEntry(name="web-2", url="https://example.org/mcp"),
    )


def test_secrets_are_left_out_and_that_is_said() -> None:
    text = {
        "git": {"command": "git-mcp", "env": {"GITHUB_PERSONAL_ACCESS_TOKEN": "ghp_x", "A": "b"}},
        "web": {"url": "https://example.org/mcp", "headers": {"Authorization": "Bearer x"}},
    }
    found = read_servers(json.dumps({"mcpServers": text}))
    assert found.servers[0].environment == (("A", "b"),)
    assert len(found.notes) == 2
    assert "ghp_x" not in repr(found)
    assert "Bearer x" not in repr(found)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("mcpServers", "not JSON"),
        ("[]", "no “mcpServers”"),
        ('{"mcpServers": {}}', "no “mcpServers”"),
        ('{"mcpServers": {"a": 1}}', "“a” was left out"),
        ('{"mcpServers": {"a": {}}}', "either a command or an address"),
        ('{"mcpServers": {"a": {"command": "x", "args": [1]}}}', "not made of words"),
        ('{"mcpServers": {"a": {"url": "http://example.org/mcp"}}}', "begins with https"),
        ('{"mcpServers": {"a": {"command": 5}}}', "“a” was left out"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_server_is_said(text: str, reason: str) -> None:
    with pytest.raises(NotServers, match=reason):
        read_servers(text)


def test_there_is_a_bound() -> None:
    text = json.dumps({"mcpServers": {f"s{n}": {"command": "x"} for n in range(50)}})
    found = read_servers(text)
    assert len(found.servers) == MAX_SERVERS
    assert len(found.notes) == 50 - MAX_SERVERS


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://example.org/mcp", True),
        ("http://127.0.0.1:3001/mcp", True),
        ("http://[::1]:3001/mcp", True),
        ("http://localhost:3001", True),
        ("http://example.org/mcp", False),
        ("http://127.0.0.1.example.org/", False),
        ("https://user:pass@example.org/", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("http://[", False),
    ],
)
def test_addresses(url: str, allowed: bool) -> None:
    assert is_allowed_address(url) is allowed
