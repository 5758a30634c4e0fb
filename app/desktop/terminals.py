"""Which windows are terminals or password prompts, by name and by what their terminal line says."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_TERMINALS = frozenset(
    """
    alacritty blackbox cascadia_hosting_window_class cmd co.zeit.hyper com.apple.terminal
    com.github.wez.wezterm com.googlecode.iterm2 com.mitchellh.ghostty conemu conemu64 conhost
    consolewindowclass contour cool-retro-term deepin-terminal dev.warp.warp
    dev.warp.warp-stable eterm foot footclient ghostty gnome-terminal gnome-terminal-server
    guake hyper io.elementary.terminal iterm2 kgx kitty konsole lilyterm lxterminal
    mate-terminal mintty mlterm net.kovidgoyal.kitty openconsole org.alacritty org.gnome.console
    org.gnome.ptyxis org.gnome.terminal org.kde.konsole org.kde.yakuake org.wezfurlong.wezterm
    pantheon-terminal powershell ptyxis putty pwsh qterminal rio roxterm rxvt sakura st
    st-256color tabby terminal terminator terminology termite tilda tilix urxvt uxterm
    virtualconsoleclass waveterm wezterm wezterm-gui windowsterminal xfce4-terminal xterm
    yakuake
    """.split()
)
_PROMPTS = frozenset(
    """
    com.apple.loginwindow com.apple.securityagent consent credentialuibroker
    gcr-prompter gcr4-ssh-askpass gnome-ssh-askpass gnome-ssh-askpass2 i3lock kdesu ksshaskpass
    kwalletd5 kwalletd6 lxqt-openssh-askpass lxqt-policykit-agent lxqt-sudo mate-polkit
    pinentry pinentry-fltk pinentry-gnome3 pinentry-gtk pinentry-gtk-2 pinentry-qt pinentry-qt5
    pinentry-x11 polkit-gnome-authentication-agent-1 polkit-kde-authentication-agent-1
    polkit-mate-authentication-agent-1 seahorse-ssh-askpass ssh-askpass x11-ssh-askpass
    xfce-polkit
    """.split()
)


def is_terminal(*names: str) -> bool:
    """Whether one of an application's names is that of a terminal emulator."""
    return any(name.lower() in _TERMINALS for name in names)


def is_password_prompt(*names: str) -> bool:
    """Whether one of an application's names is that of a program that asks for passwords."""
    return any(name.lower() in _PROMPTS for name in names)


def asks_for_a_password(pid: int) -> bool:
    """Whether the only terminal line below process `pid` reads a line without showing it.

    False where there are several lines, or the system tells nothing.
    """
    import termios

    lines = _terminal_lines(pid)
    if len(lines) != 1:
        return False
    with contextlib.suppress(OSError, termios.error):
        line = os.open(lines.pop(), os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            modes = termios.tcgetattr(line)[3]
        finally:
            os.close(line)
        return bool(modes & termios.ICANON) and not modes & termios.ECHO
    return False


def _terminal_lines(pid: int) -> set[str]:
    lines: set[str] = set()
    with contextlib.suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                line = os.readlink(f"/proc/{child}/fd/0")
                if line.startswith("/dev/pts/"):
                    lines.add(line)
    return lines
