"""What kind of file a name stands for, and what may be done with it. Pure."""

from __future__ import annotations

import enum
from pathlib import PurePath


class FileKind(enum.StrEnum):
    """What people call files."""

    ANY = "any"
    FOLDER = "folder"
    DOCUMENT = "document"
    TEXT = "text"
    PDF = "pdf"
    SPREADSHEET = "spreadsheet"
    PRESENTATION = "presentation"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    ARCHIVE = "archive"
    CODE = "code"


def _endings(text: str) -> frozenset[str]:
    return frozenset(f".{ending}" for ending in text.split())


_PROSE = _endings("txt md markdown rst org tex log srt vtt ics vcf")
_DATA = _endings("csv tsv json yaml yml toml ini conf xml")
_CODE = _endings(
    "py js ts tsx jsx c h cc cpp hpp cs java kt go rs rb php pl sh bash zsh fish lua sql r jl "
    "swift css html htm ipynb ps1 bat"
)
_OF_KIND = {
    FileKind.DOCUMENT: _endings("pdf doc docx odt rtf pages epub txt md markdown tex"),
    FileKind.TEXT: _PROSE | _DATA,
    FileKind.PDF: _endings("pdf"),
    FileKind.SPREADSHEET: _endings("xls xlsx ods csv tsv numbers"),
    FileKind.PRESENTATION: _endings("ppt pptx odp"),
    FileKind.IMAGE: _endings("png jpg jpeg gif webp bmp tif tiff svg heic avif"),
    FileKind.AUDIO: _endings("mp3 wav flac ogg oga opus m4a aac wma"),
    FileKind.VIDEO: _endings("mp4 mkv webm mov avi m4v mpg mpeg"),
    FileKind.ARCHIVE: _endings("zip tar gz tgz xz bz2 zst 7z rar"),
    FileKind.CODE: _CODE,
}
_WRITABLE = (_PROSE | _DATA | _CODE) - _endings("ps1 bat")
_RUN_WHEN_OPENED = _endings(
    "desktop appimage run bin sh bash zsh fish py pyw pl rb js jse vbs vbe wsf ps1 bat cmd com exe "
    "msi msix scr pif cpl hta jar lnk url reg inf application gadget command tool workflow action "
    "app pkg dmg deb rpm flatpakref flatpakrepo snap apk iso img service so dll"
)


def is_kind(name: str, *, is_folder: bool, kind: FileKind) -> bool:
    """Whether a file or folder of this name is what was asked for."""
    if kind is FileKind.ANY:
        return True
    if is_folder or kind is FileKind.FOLDER:
        return is_folder and kind is FileKind.FOLDER
    return _ending(name) in _OF_KIND[kind]


def may_be_written(name: str) -> bool:
    """Whether a file of this name holds plain text, so that a tool may write it."""
    return _ending(name) in _WRITABLE


def runs_when_opened(name: str) -> bool:
    """Whether opening a file of this name may run it, here or on another system."""
    return _ending(name) in _RUN_WHEN_OPENED


def _ending(name: str) -> str:
    return PurePath(name.rstrip(". ")).suffix.casefold()
