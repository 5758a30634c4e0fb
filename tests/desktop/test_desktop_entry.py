from __future__ import annotations

import pytest

from app.desktop.desktop_entry import default_ids, exec_argv, parse_entry

ENTRY = """\
# made up
[Desktop Entry]
Type=Application
Name=Calculator
Name[de]=Rechner
Name[de_AT]=Rechenkastl
GenericName=Desktop Calculator
GenericName[de]=Taschenrechner
Keywords=sums;maths\\;arithmetic;
Keywords[de]=rechnen;
Categories=Utility;Calculator;
Exec=/usr/bin/calc --name "my \\\\"calc\\\\"" %U
TryExec=calc
Path=/tmp
Terminal=true

[Desktop Action new]
Name=New Window
Exec=other
"""


def test_an_entry_is_read():
    entry = parse_entry(ENTRY)
    assert entry is not None
    assert (entry.name, entry.local_name) == ("Calculator", "Calculator")
    assert entry.generic_names == ("Desktop Calculator",)
    assert entry.keywords == ("sums", "maths;arithmetic")
    assert entry.categories == ("Utility", "Calculator")
    assert entry.argv == ("/usr/bin/calc", "--name", 'my "calc"')
    assert (entry.try_exec, entry.folder, entry.terminal) == ("calc", "/tmp", True)


@pytest.mark.parametrize(
    ("locale", "name"), [("de_DE", "Rechner"), ("de_AT", "Rechenkastl"), ("fr_FR", "Calculator")]
)
def test_local_names_are_read(locale, name):
    entry = parse_entry(ENTRY, locale)
    assert entry is not None
    assert entry.local_name == name
    assert ("Taschenrechner" in entry.generic_names) == locale.startswith("de")


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("Type=Application", "Type=Link"),
        ("Terminal=true", "NoDisplay=true"),
        ("Terminal=true", "Hidden=true"),
        ("Name=Calculator", "Comment=x"),
        ("Exec=/usr/bin/calc", "DBusActivatable="),
        ("[Desktop Entry]", "[Other]"),
    ],
)
def test_what_is_no_visible_application_is_left_out(line, instead):
    assert parse_entry(ENTRY.replace(line, instead, 1)) is None


@pytest.mark.parametrize(
    ("command", "argv"),
    [
        ("firefox %u", ("firefox",)),
        ("app --file=%f -- %F %i %c %k", ("app", "--file=", "--")),
        ("app 100%%", ("app", "100%")),
        ('"/opt/my app/run" --x', ("/opt/my app/run", "--x")),
        (r'app "a\\$b"', ("app", "a$b")),
        ("sh -c $(rm)", ("sh", "-c", "$(rm)")),
        ('app "open', ()),
        ("", ()),
    ],
)
def test_commands_become_arguments_without_field_codes(command, argv):
    assert exec_argv(command) == argv


def test_default_applications_are_read():
    text = (
        "[Added Associations]\ntext/html=other.desktop;\n"
        "[Default Applications]\nx-scheme-handler/https=firefox.desktop;chromium.desktop\n"
    )
    assert default_ids(text) == {"firefox.desktop", "chromium.desktop"}
