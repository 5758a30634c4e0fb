"""Which files and folders are read, by their names and sizes. Pure."""

from __future__ import annotations

import re
from pathlib import PurePath

from app.knowledge.passage import Kind, LeftOut
from app.tools.private_files import is_private

LARGEST_TEXT_BYTES = 4 << 20
LARGEST_DOCUMENT_BYTES = 64 << 20

_SECRET_NAMES = re.compile(
    r"\.env(\..*)?|.*\.env|\.netrc|_netrc|\.npmrc|\.pypirc|\.pgpass|\.htpasswd|\.git-credentials"
    r"|id_(rsa|dsa|ecdsa|ed25519)(\..*)?|.*_(rsa|ed25519)|.*\.(pem|key|p12|pfx|p8|ppk|jks|keystore"
    r"|kdbx?|gpg|pgp|ovpn|keychain|keychain-db|agilekeychain|1pif|asc|wallet)|wallet\.dat"
    r"|((client_)?secrets?|credentials?|passwords?|passphrases?)(\.(txt|md|json|ya?ml|toml|ini|cfg"
    r"|conf|csv|xml|docx?|pdf))?|shadow|tokens?\.(txt|json)"
    r"|service[-_]account.*\.json|recovery[-_ ]?(codes?|key|phrase).*",
    re.IGNORECASE,
)
_SECRET_FOLDERS = frozenset(
    {".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".password-store", "keyrings"}
)
_GENERATED_FOLDERS = frozenset(
    {"node_modules", "__pycache__", "bower_components", "site-packages", "$recycle.bin"}
)
_BINARY = frozenset(
    """
    7z a aac aiff apk app avi avif bin blend bmp bz2 cab class cur dat db deb dll dmg dng doc dylib
    elf eot epub exe fla flac flv gif gz heic heif icns ico img iso jar jpeg jpg lib lz4 lzma m4a
    m4v mdb mid mkv mo mov mp3 mp4 mpeg mpg msi nef npy npz o obj odp ods odt ogg ogv onnx opus
    otf parquet pickle pkl png ppt pptx psd pt pyc pyd pyo qm raf rar raw rpm safetensors so sqlite
    sqlite3 swf tar tgz tif tiff ttf vdi vmdk wasm wav webm webp whl wma wmv woff woff2 xls xlsx xz
    z zip zst
    """.split()
)
_MARKDOWN = frozenset({".md", ".markdown", ".mdx", ".mkd"})
_DOCUMENTS = {".pdf": Kind.PDF, ".docx": Kind.DOCX, ".docm": Kind.DOCX}


def kind_of(name: str) -> Kind:
    """How a file of this name is read."""
    ending = PurePath(name).suffix.lower()
    if ending in _DOCUMENTS:
        return _DOCUMENTS[ending]
    return Kind.MARKDOWN if ending in _MARKDOWN else Kind.TEXT


def file_left_out(name: str, size_bytes: int) -> LeftOut | None:
    """Why a file is not even opened; None for one that is to be read."""
    is_hidden = name.startswith(".")
    if _SECRET_NAMES.fullmatch(name) or (not is_hidden and is_private((name,))):
        return LeftOut.SECRET
    if is_hidden or name.endswith("~") or name.startswith("~$"):
        return LeftOut.HIDDEN
    if PurePath(name).suffix.lower().removeprefix(".") in _BINARY:
        return LeftOut.BINARY
    if size_bytes == 0:
        return LeftOut.EMPTY
    is_document = kind_of(name) in (Kind.PDF, Kind.DOCX)
    largest = LARGEST_DOCUMENT_BYTES if is_document else LARGEST_TEXT_BYTES
    return LeftOut.TOO_BIG if size_bytes > largest else None


def folder_left_out(name: str) -> LeftOut | None:
    """Why nothing in a folder is read; None for one that is to be looked into."""
    lowered = name.lower()
    is_hidden = name.startswith(".")
    if lowered in _SECRET_FOLDERS or (not is_hidden and is_private((name, "any"))):
        return LeftOut.SECRET
    if is_hidden:
        return LeftOut.HIDDEN
    return LeftOut.GENERATED if lowered in _GENERATED_FOLDERS else None


_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----")
_KEY_BEGINNINGS = ("sk-", "ghp_", "github_pat_", "xox", "AKIA", "AIza")
_KEY_LINES = re.compile(
    r"\b(sk-[A-Za-z0-9_-]{20,}|ghp_[A-Za-z0-9]{30,}|github_pat_\w{30,}|xox[abpr]-[\w-]{20,}"
    r"|AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35})\b"
)


def holds_secret(text: str) -> bool:
    """Whether a text has a private key or the key of a well-known service in it."""
    # Most texts have none of these; the patterns take as long as all the rest of reading.
    if "PRIVATE KEY" in text and _PRIVATE_KEY.search(text):
        return True
    begins = any(beginning in text for beginning in _KEY_BEGINNINGS)
    return begins and _KEY_LINES.search(text) is not None
