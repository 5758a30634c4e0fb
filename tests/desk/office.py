"""LibreOffice Writer as a program that text is inserted into."""

from __future__ import annotations

import contextlib
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

from tests.desk.child import Child, merged
from tests.desk.need import need_programs
from tests.desk.screen import Screen
from tests.desk.targets import START_S, TargetProgram, keys, number
from tests.desk.waiting import wait_until

_OFFICE_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">%s</oor:items>"""
_OFFICE_ITEM = (
    '<item oor:path="/org.openoffice.%s"><prop oor:name="%s" oor:op="fuse">'
    "<value>%s</value></prop></item>"
)
_OFFICE = (
    ("Setup/Office", "ooSetupInstCompleted", "true"),
    ("Setup/Product", "ooSetupLastVersion", "99.0"),
    ("Office.Common/Misc", "FirstRun", "false"),
    ("Office.Common/Misc", "ShowTipOfTheDay", "false"),
    ("Office.Common/AutoCorrect", "CapitalAtStartSentence", "false"),
    ("Office.Common/AutoCorrect", "TwoCapitalsAtStart", "false"),
    ("Office.Common/AutoCorrect", "ReplaceSingleQuote", "false"),
    ("Office.Common/AutoCorrect", "ReplaceDoubleQuote", "false"),
)
_FODT = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2" '
    'office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>'
    "<text:p/></office:text></office:body></office:document>"
)
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


@contextlib.contextmanager
def writer(screen: Screen, folder: Path) -> Iterator[TargetProgram]:
    """LibreOffice Writer; its text is what it saves."""
    need_programs("soffice")
    file = folder / f"letter{next(number)}.fodt"
    file.write_text(_FODT)
    profile = folder / f"office{next(number)}"
    (profile / "user").mkdir(parents=True)
    items = "".join(_OFFICE_ITEM % item for item in _OFFICE)
    (profile / "user" / "registrymodifications.xcu").write_text(_OFFICE_SETTINGS % items)
    around = merged(
        screen.environment, {"HOME": str(folder), "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    )
    command = [
        *("soffice", f"-env:UserInstallation=file://{profile}", "--norestore", "--nologo"),
        *("--nodefault", "--writer", str(file)),
    ]
    with Child(command, folder, environment=around) as child:
        screen.wait_for_active(file.name, START_S)

        def read() -> str:
            before = file.stat().st_mtime_ns
            keys(screen, "ctrl+s")
            with contextlib.suppress(AssertionError):
                wait_until(lambda: file.stat().st_mtime_ns != before, "", timeout_s=1.5)
            return _fodt_text(file)

        yield TargetProgram(
            "LibreOffice Writer", screen, child, file.name, read,
            lambda: keys(screen, "ctrl+a", "Delete"),
        )  # fmt: skip


def _fodt_text(file: Path) -> str:
    try:
        root = ElementTree.parse(file).getroot()
    except ElementTree.ParseError:
        return "\0"
    return "\n".join(_paragraph(part) for part in root.iter(f"{_TEXT}p"))


def _paragraph(part: ElementTree.Element) -> str:
    pieces = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
    spaces = " " * int(part.get(f"{_TEXT}c", "1")) if part.tag == f"{_TEXT}s" else ""
    own = pieces.get(part.tag, spaces) + (part.text or "")
    return own + "".join(_paragraph(child) + (child.tail or "") for child in part)
