from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from app.permission.grants import Scope, covers, grant_for, offers
from app.tools.base import Origin, Risk, Tool, ToolResult

NOW = datetime.datetime(2027, 1, 14, 12, tzinfo=datetime.UTC)


async def nothing():
    return ToolResult("")


OPEN = Tool("open_it", "", {}, Risk.IRREVERSIBLE, nothing)


def granted(scope, arguments, tool=OPEN, conversation_id="here"):
    return grant_for(scope, tool, arguments, grant_id="g", conversation_id=conversation_id, now=NOW)


def holds(grant, arguments, *, tool=OPEN, conversation_id="here", tainted=False, after_s=1.0):
    return covers(
        grant,
        tool,
        arguments,
        conversation_id=conversation_id,
        tainted=tainted,
        now=NOW + datetime.timedelta(seconds=after_s),
    )


def test_exactly_this_is_nothing_else():
    grant = granted(Scope.ALWAYS, {"path": "/a", "times": 2, "how": None})
    assert holds(grant, {"how": None, "times": 2, "path": "/a"})
    assert holds(grant, {"path": "/a", "times": 2, "how": None}, tainted=True)
    assert holds(grant, {"path": "/a", "times": 2, "how": None}, conversation_id="there")
    assert holds(grant, {"path": "/a", "times": 2, "how": None}, after_s=1e9)
    assert not holds(grant, {"path": "/a", "times": "2", "how": None})
    assert not holds(grant, {"path": "/a", "times": 2})
    assert not holds(grant, {"path": "/a", "times": 2, "how": None, "more": 1})
    assert not holds(grant, {"path": "/b", "times": 2, "how": None})


def test_another_tool_or_a_tool_that_became_riskier_is_not_covered():
    grant = granted(Scope.ALWAYS, {})
    assert holds(grant, {})
    assert not holds(grant, {}, tool=replace(OPEN, name="open_that"))
    assert not holds(grant, {}, tool=replace(OPEN, risk=Risk.SENDS_OUT))


def test_a_tool_of_another_program_that_changed_is_another_tool():
    theirs = replace(OPEN, origin=Origin.SERVER, description="Opens.")
    grant = granted(Scope.ALWAYS, {}, tool=theirs)
    assert holds(grant, {}, tool=theirs)
    assert not holds(grant, {}, tool=replace(theirs, description="Opens all."))
    assert not holds(grant, {}, tool=replace(theirs, parameters={"type": "object"}))
    assert not holds(grant, {})
    assert holds(granted(Scope.ALWAYS, {}), {}, tool=replace(OPEN, description="Opens it."))


def test_one_conversation_is_that_one_while_it_is_clean_and_not_for_ever():
    grant = granted(Scope.CONVERSATION, {"path": "/a"})
    assert holds(grant, {"path": "/b"})
    assert not holds(grant, {"path": "/a"}, conversation_id="there")
    assert not holds(grant, {"path": "/a"}, tainted=True)
    assert not holds(grant, {"path": "/a"}, after_s=12 * 3600)


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("/home/me/letters/b.txt", True),
        ("/home/me/letters/deep/er/b.txt", True),
        ("/home/me/letters", False),
        ("/home/me/letters/", False),
        ("/home/me/letters-old/b.txt", False),
        ("/home/me/letters/../.ssh/id", False),
        ("/home/me/letters/./b.txt", False),
        ("/home/me/letters//b.txt", False),
        ("/home/me/letters/b\n.txt", False),
        ("home/me/letters/b.txt", False),
        ("file:///home/me/letters/b.txt", False),
        (7, False),
    ],
)
def test_a_folder_is_what_is_below_it(path, inside):
    grant = granted(Scope.FOLDER, {"path": "/home/me/letters/a.txt", "text": "x"})
    assert holds(grant, {"path": path, "text": "y"}) is inside
    assert not holds(grant, {"path": path, "text": "y"}, tainted=True)
    assert not holds(grant, {"text": "y"})


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("https://news.example/b?c", True),
        ("HTTPS://NEWS.EXAMPLE/", True),
        ("https://news.example:8443/", False),
        ("https://news.example.evil.example/", False),
        ("https://evil.example/news.example", False),
        ("https://me@news.example/", False),
        ("https://news.example\\@evil.example/", False),
        ("https://news.example /", False),
        ("ftp://news.example/", False),
        ("//news.example/", False),
        ("https://nеws.example/", False),
        ("https://[", False),
        (None, False),
    ],
)
def test_a_host_is_that_host(address, inside):
    grant = granted(Scope.HOST, {"url": "https://news.example/a"})
    assert holds(grant, {"url": address}) is inside
    assert not holds(grant, {"url": address}, after_s=31 * 86_400)


@pytest.mark.parametrize(
    ("arguments", "scopes"),
    [
        ({}, ["conversation", "always"]),
        ({"text": "hello"}, ["conversation", "always"]),
        ({"path": "/home/me/a.txt"}, ["conversation", "always", "folder"]),
        ({"path": "~/a.txt"}, ["conversation", "always"]),
        ({"path": "/a.txt"}, ["conversation", "always"]),
        ({"path": "/a/../b.txt"}, ["conversation", "always"]),
        ({"url": "https://a.example/x"}, ["conversation", "always", "host"]),
    ],
)
def test_what_is_offered(arguments, scopes):
    assert [offer.scope for offer in offers(OPEN, arguments, tainted=False)] == scopes
    assert offers(OPEN, arguments, tainted=True) == ()
    for scope in scopes:
        assert holds(granted(Scope(scope), arguments), arguments)


def test_what_was_not_offered_cannot_be_had():
    with pytest.raises(ValueError, match="host"):
        granted(Scope.HOST, {"path": "/home/me/a.txt"})
