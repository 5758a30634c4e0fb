"""Paths of every kind: none leads out of the given folders, or to what is private in them."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from app.tools import beneath, file_writing
from app.tools.base import ToolFailed
from app.tools.beneath import FOLDER, open_at_once, open_beneath, open_by_steps
from app.tools.places import Places

SECRET = "the secret"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with two given folders, and what nobody gave around and in them."""
    home = tmp_path / "home"
    documents, downloads = home / "Documents", home / "Downloads"
    for folder in (documents / "letters", downloads, home / ".ssh", tmp_path / "outside"):
        folder.mkdir(parents=True)
    for secret in (
        tmp_path / "outside" / "secret.txt", home / "secret.txt", home / ".ssh" / "id_rsa",
        tmp_path / "secret.txt",
    ):  # fmt: skip
        secret.write_text(SECRET)
    (documents / "tax.txt").write_text("fine")
    (documents / "letters" / "a b.txt").write_text("fine")
    (documents / "100%25.txt").write_text("fine")
    (downloads / "tax.pdf").write_text("fine")
    _private(documents)
    _links(documents, home, tmp_path)
    _special(documents)
    return home


def _private(folder: Path) -> None:
    (folder / ".hidden").mkdir()
    (folder / "keyrings").mkdir()
    (folder / "User Data").mkdir()
    for name in (
        ".env", ".netrc", ".hidden/note.txt", "keyrings/login.keyring", "User Data/History",
        "server.pem", "SERVER.PEM", "server.pem.bak", "prod.env", "id_rsa", "id_ed25519",
        "id_rsa (1)", "passwords.kdbx", "wallet.dat", "logins.json", "Login Data", "vpn.ovpn",
    ):  # fmt: skip
        (folder / name).write_text(SECRET)


def _links(folder: Path, home: Path, root: Path) -> None:
    for name, target in (
        ("link.txt", root / "outside" / "secret.txt"),
        ("relative.txt", Path("../../outside/secret.txt")),
        ("up", Path("..")),
        ("rooted", Path("/")),
        ("outside", root / "outside"),
        ("ssh", home / ".ssh"),
        ("within", Path("letters")),
        ("within.txt", Path("tax.txt")),
        ("chain", Path("outside")),
        ("loop", Path("loop")),
        ("dangling", Path("nowhere")),
        ("process", Path("/proc/self")),
        ("magic", Path("/proc/self/root")),
        ("working", Path("/proc/self/cwd")),
    ):
        (folder / name).symlink_to(target)


def _special(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as link:
        before = os.getcwd()
        os.chdir(folder)
        try:
            link.bind("socket")
        finally:
            os.chdir(before)


@pytest.fixture
def places(home: Path) -> Places:
    return Places(lambda: (home / "Documents", home / "Downloads"), home=home)


def content(places: Places, text: str) -> str:
    with places.opened(text) as found:
        assert not found.is_folder
        return os.read(found.descriptor, 1000).decode()


@pytest.fixture(params=[open_at_once, open_by_steps], ids=["at once", "by steps"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to open: the kernel's own, and the one for systems that have none."""
    if request.param is open_at_once and beneath._way() is not open_at_once:
        pytest.skip("this kernel has no openat2")
    monkeypatch.setattr(beneath, "_way", lambda: request.param)


TRICKS = [
    # up and out
    "../secret.txt", "../../secret.txt", "Documents/../secret.txt", "Documents/../../secret.txt",
    "letters/../../secret.txt", "./../secret.txt", "Documents/./.././secret.txt", "..", ".", "/",
    "Documents/letters/../../../outside/secret.txt", "Documents/..", "Downloads/../.ssh/id_rsa",
    "~/../secret.txt", "{root}/secret.txt", "{home}/secret.txt", "{home}/.ssh/id_rsa",
    "{home}/Documents/../.ssh/id_rsa", "{home}/Documentsx/secret.txt", "~/secret.txt",
    "~/.ssh/id_rsa", "~root/.bashrc", "~nobody/x", "//{home}/secret.txt",
    # the system
    "/etc/passwd", "/etc/shadow", "/proc/self/environ", "/proc/self/root/etc/passwd",
    "/proc/self/cwd/pyproject.toml", "/proc/1/root/etc/passwd", "/dev/stdin", "/dev/fd/0",
    "/dev/null", "/sys/kernel/notes",
    # addresses and encodings
    "file:///etc/passwd", "file://localhost/etc/passwd", "file://server/share/x",
    "file:/etc/passwd", "file:etc/passwd", "FILE:///etc/passwd", "file://{home}/Documents/../secret.txt",
    "file://{home}/Documents/%2e%2e/secret.txt", "file://{home}/Documents/%2e%2e%2fsecret.txt",
    "file://{home}/Documents/%00", "file://[broken/x", "file:///%ff%fe", "https://example.org/x",
    "%2e%2e/secret.txt", "..%2fsecret.txt", "..%c0%afsecret.txt", "Documents/%2e%2e/secret.txt",
    "..\\secret.txt", "Documents\\..\\secret.txt", "C:\\Windows\\win.ini", "\\\\server\\share",
    # characters
    "tax.txt\0.png", "\0", "tax.txt\n", "tax\u202etxt.exe", "․․/secret.txt", "‥/secret.txt",
    "．．/secret.txt", "..\u200b/secret.txt", "..／secret.txt", "...", ".../secret.txt", "tax.txt ",
    "tax.txt.", "tax.txt::$DATA", "\ud800", "", "   ", "a" * 300, "a/" * 100, "x" * 10_000,
    # links
    "link.txt", "relative.txt", "up/secret.txt", "rooted/etc/passwd", "outside/secret.txt",
    "ssh/id_rsa", "within/a b.txt", "within.txt", "chain/secret.txt", "loop", "loop/x", "dangling",
    "process/environ", "magic/etc/passwd", "working/pyproject.toml", "outside", "rooted", "up",
    "Documents/up/Documents/tax.txt",
    # what is no file
    "pipe", "socket",
    # private
    ".env", ".netrc", ".hidden/note.txt", "keyrings/login.keyring", "User Data/History", ".hidden",
    "server.pem", "SERVER.PEM", "server.pem.bak", "prod.env", "id_rsa", "id_ed25519", "id_rsa (1)",
    "passwords.kdbx", "wallet.dat", "logins.json", "Login Data", "vpn.ovpn", "server.pem.",
    "server\u200b.pem", "ｓerver.pem", "keyrings", "./.env", "letters/.env", ".ENV",
]  # fmt: skip
SPACED = {"tax.txt ", "tax.txt\n"}
"""What is around a path is not part of it: these open the plain file, which is given."""


def test_there_are_many_tricks() -> None:
    assert len(set(TRICKS)) >= 60


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: ascii(trick)[:40])
@pytest.mark.usefixtures("way")
def test_no_trick_leads_out(places: Places, home: Path, trick: str) -> None:
    text = trick.replace("{home}", str(home)).replace("{root}", str(home.parent))
    if trick in SPACED:
        assert content(places, text) == "fine"
        return
    with pytest.raises(ToolFailed) as refused:
        content(places, text)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: ascii(trick)[:40])
@pytest.mark.usefixtures("way")
def test_no_trick_writes_elsewhere(places: Places, home: Path, trick: str) -> None:
    before = _everything(home.parent)
    text = trick.replace("{home}", str(home)).replace("{root}", str(home.parent))
    for write in (file_writing.create, file_writing.append, file_writing.replace):
        try:
            place = write(places, text, "new")
        except ToolFailed:
            continue
        assert ".." not in place.parts
        written = Path(place.path)
        assert written.is_file()
        assert not written.is_symlink()
        # Odd but harmless names become odd files in a given folder.
        assert home / "Documents" in written.parents
        before[written] = written.read_bytes()
    assert _everything(home.parent) == before


def _everything(root: Path) -> dict[Path, bytes]:
    return {
        path: path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


@pytest.mark.parametrize(
    "text",
    [
        "tax.txt", "Documents/tax.txt", "documents/tax.txt", "~/Documents/tax.txt",
        "{home}/Documents/tax.txt", "file://{home}/Documents/tax.txt", "./tax.txt", "tax.pdf",
        "Documents//tax.txt", "letters/a b.txt", "file://{home}/Documents/letters/a%20b.txt",
        "Downloads/tax.pdf", "100%25.txt", "file://{home}/Documents/100%2525.txt", " tax.txt ",
    ],
)  # fmt: skip
@pytest.mark.usefixtures("way")
def test_plain_paths_are_understood(places: Places, home: Path, text: str) -> None:
    assert content(places, text.replace("{home}", str(home))) == "fine"


def test_accents_may_be_stored_composed_or_not(places: Places, home: Path) -> None:
    (home / "Documents" / "re\u0301sume\u0301.txt").write_text("fine")
    assert content(places, "r\u00e9sum\u00e9.txt") == "fine"


def test_another_name_of_the_same_file_is_noted(places: Places, home: Path) -> None:
    os.link(home / "Documents" / "tax.txt", home / "Documents" / "same.txt")
    with places.opened("same.txt") as found:
        assert found.has_other_names
    with pytest.raises(ToolFailed, match="another name"):
        file_writing.append(places, "same.txt", "more")
    assert (home / "Documents" / "tax.txt").read_text() == "fine"


@pytest.mark.usefixtures("way")
def test_a_link_that_comes_and_goes_never_leads_out(places: Places, home: Path) -> None:
    """One thread swaps a folder for a link to a secret, and back, while another one reads."""
    documents = home / "Documents"
    (documents / "real").mkdir()
    (documents / "real" / "secret.txt").write_text("fine")
    (documents / "evil").symlink_to(home.parent / "outside")
    stop, swaps = threading.Event(), 0

    def swap() -> None:
        nonlocal swaps
        here = documents / "here"
        while not stop.is_set():
            os.rename(documents / "real", here)
            os.rename(here, documents / "real")
            os.rename(documents / "evil", here)
            os.rename(here, documents / "evil")
            swaps += 1

    swapper = threading.Thread(target=swap)
    swapper.start()
    seen = {"fine": 0, "refused": 0}
    try:
        while seen["fine"] < 20 or swaps < 200 or seen["refused"] < 200:
            try:
                seen[content(places, "here/secret.txt")] += 1
            except ToolFailed:
                seen["refused"] += 1
    finally:
        stop.set()
        swapper.join()
    assert set(seen) == {"fine", "refused"}


@pytest.mark.usefixtures("way")
def test_what_is_mounted_in_a_folder_is_not_entered() -> None:
    root = os.open("/", FOLDER)
    try:
        with pytest.raises(OSError, match=r"[Cc]ross-device"):
            os.close(open_beneath(root, ("proc",), FOLDER))
    finally:
        os.close(root)


def test_some_folders_are_never_given(home: Path, tmp_path: Path) -> None:
    own = home / "sayso"
    (own / "config").mkdir(parents=True)
    (tmp_path / "other" / ".ssh").mkdir(parents=True)
    (home / "to-ssh").symlink_to(home / ".ssh")
    for path in (
        Path("/"), Path("/dev/shm"), tmp_path / "other" / ".ssh",
        Path("/proc"), Path("/proc/self"), Path("/etc"), Path("/dev"), home / ".ssh",
        home / "to-ssh", own, own / "config", Path("relative"), home / "missing",
        home / "Documents" / "tax.txt",
    ):  # fmt: skip
        given = [path]
        assert Places(given.copy, never=[own], home=home).folders() == (), path


def test_ones_own_files_are_private_in_a_folder_above_them(home: Path) -> None:
    own = home / "sayso"
    own.mkdir()
    (own / "settings.toml").write_text(SECRET)
    places = Places(lambda: [home], never=[own], home=home)
    with pytest.raises(ToolFailed, match="private"):
        content(places, "sayso/settings.toml")


def test_two_folders_of_one_name_have_two_names(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name / "Work").mkdir(parents=True)
        (tmp_path / name / "Work" / "x.txt").write_text(name)
    places = Places(lambda: [tmp_path / "a" / "Work", tmp_path / "b" / "Work"])
    assert [folder.name for folder in places.folders()] == ["Work", "Work (2)"]
    assert content(places, "Work/x.txt") == "a"
    assert content(places, "Work (2)/x.txt") == "b"


def test_without_folders_it_says_so(home: Path) -> None:
    with pytest.raises(ToolFailed, match="settings"):
        content(Places(list, home=home), "tax.txt")
