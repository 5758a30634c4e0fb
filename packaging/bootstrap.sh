#!/bin/sh
# Sets up what `make run`, `make test` or `make check` needs, and is silent where nothing is missing.
# Usage: bootstrap.sh run|test|check
# Parts of the system are looked for by what they are (a library, a program, a file), because
# package names differ. Python packages come from the locks into .venv, which is put together under
# another name and appears when it is complete.
set -eu
cd "$(dirname "$0")/.."

kind=${1:-run}
case $kind in
run | test | check) ;;
*)
    echo "Usage: $0 run|test|check" >&2
    exit 2
    ;;
esac

locks=packaging/requirements
log=.cache/bootstrap.log
stamp=.venv/sayso-stamp
new=.venv.new
missing=
added=
unset PIP_USER PIP_TARGET PIP_PREFIX PYTHONHOME PYTHONPATH VIRTUAL_ENV

say() { printf '%s\n' "$*" >&2; }

# The last errors of what just failed.
show_errors() {
    grep -E '^(E:|ERROR|sudo:)' "$log" | tail -n 3 >&2 || tail -n 5 "$log" >&2
    say "(more in $log)"
}

clock() { date +%s; }

took() { say "  done in $(($(clock) - $1)) s"; }

# --- What is missing on the system -------------------------------------------------------------

# Each of these takes the Debian packages that bring the part; the first that exists is taken.
need() { missing="$missing $1"; }

need_library() {
    case $libraries in
    *"	$1 "*) ;;
    *) need "$2" ;;
    esac
}

need_program() { command -v "$1" >/dev/null 2>&1 || need "$2"; }

need_file() {
    package=$1
    shift
    for path in "$@"; do
        if [ -e "$path" ]; then return; fi
    done
    need "$package"
}

need_font() {
    for folder in /usr/share/fonts /usr/local/share/fonts "${HOME:-/}/.local/share/fonts" "${HOME:-/}/.fonts"; do
        if [ -d "$folder" ] && [ -n "$(find -L "$folder" -name '*.[to]tf' -print 2>/dev/null | head -n 1)" ]; then
            return
        fi
    done
    need fonts-dejavu-core
}

find_python() {
    for python in python3.13 python3.12 python3.11 python3; do
        if "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            return
        fi
    done
    python=
}

look_for_run_parts() {
    libraries=$(PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null || true)
    need_file ca-certificates /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/ca-bundle.pem
    need_library libportaudio.so.2 libportaudio2
    need_library libpulse.so.0 libpulse0
    need_file libasound2-plugins \
        /usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so \
        /usr/lib/alsa-lib/libasound_module_pcm_pulse.so \
        /usr/lib64/alsa-lib/libasound_module_pcm_pulse.so
    need_program flite flite
    need_program espeak-ng espeak-ng
    need_library libGL.so.1 libgl1
    need_library libEGL.so.1 libegl1
    need_library libfontconfig.so.1 libfontconfig1
    need_library libdbus-1.so.3 libdbus-1-3
    need_library libglib-2.0.so.0 'libglib2.0-0t64|libglib2.0-0'
    need_library libgssapi_krb5.so.2 libgssapi-krb5-2
    need_library libxkbcommon.so.0 libxkbcommon0
    need_library libxkbcommon-x11.so.0 libxkbcommon-x11-0
    need_library libX11-xcb.so.1 libx11-xcb1
    need_library libxcb-cursor.so.0 libxcb-cursor0
    need_library libxcb-icccm.so.4 libxcb-icccm4
    need_library libxcb-image.so.0 libxcb-image0
    need_library libxcb-keysyms.so.1 libxcb-keysyms1
    need_library libxcb-randr.so.0 libxcb-randr0
    need_library libxcb-render-util.so.0 libxcb-render-util0
    need_library libxcb-shape.so.0 libxcb-shape0
    need_library libxcb-xkb.so.1 libxcb-xkb1
    need_font
}

look_for_test_parts() {
    need_program Xvfb xvfb
    need_program openbox openbox
    need_program xdotool xdotool
    need_program xterm xterm
    need_program sway sway
    need_program wl-copy wl-clipboard
    need_program foot foot
    need_file at-spi2-core /usr/libexec/at-spi-bus-launcher /usr/lib/at-spi2-core/at-spi-bus-launcher
    need_program xprop x11-utils
    need_program setxkbmap x11-xkb-utils
    need_program xrandr x11-xserver-utils
    need_program pactl pulseaudio-utils
    need_program dbus-daemon dbus
    need_program gnome-keyring-daemon gnome-keyring
    need_program sox sox
    need_file libsox-fmt-base /usr/lib/*/sox/libsox_fmt_flac.so /usr/lib/*/libsox_fmt_flac.so /usr/lib64/sox/libsox_fmt_flac.so
    need_program ip iproute2
    # PulseAudio would replace parts of a PipeWire desktop; the tests that need it are skipped there.
    if [ ! -e /usr/share/alsa/alsa.conf.d/99-pipewire-default.conf ] &&
        [ ! -e /etc/alsa/conf.d/99-pipewire-default.conf ]; then
        need_program pulseaudio pulseaudio
    fi
}

look_for_parts() {
    missing=
    if [ -z "$python" ]; then need python3-venv; fi
    case $kind in
    run) look_for_run_parts ;;
    test)
        look_for_run_parts
        look_for_test_parts
        ;;
    esac
}

# --- Installing it ------------------------------------------------------------------------------

# The first of `a|b` that the package lists know; the last one where they know none.
choose_packages() {
    for names in $missing; do
        rest=$names
        while [ "$rest" != "${rest#*|}" ] && ! apt-cache show "${rest%%|*}" >/dev/null 2>&1; do
            rest=${rest#*|}
        done
        printf '%s ' "${rest%%|*}"
    done
}

ask_for_packages() {
    line="apt-get update && ${root:+sudo }apt-get install -y --no-install-recommends $(choose_packages)"
    case $root in
    su) line="su -c '$(echo "$line" | sed "s/sudo //; s/ *$//")'" ;;
    sudo*) line="sudo $line" ;;
    esac
    say "$1 Please run this, and then \`make $kind\` again:"
    say ""
    say "    $line"
    say ""
    exit 1
}

find_way_to_root() {
    root=
    if [ "$(id -u)" = 0 ]; then return; fi
    if ! command -v sudo >/dev/null 2>&1; then
        root=su
        ask_for_packages "Parts of the system are missing, and only an administrator can install them."
    fi
    root='sudo'
    if [ ! -t 0 ]; then root='sudo -n'; fi
}

# shellcheck disable=SC2086 # one word for each package, and for each part of `sudo -n`
install_packages() {
    if ! command -v apt-get >/dev/null 2>&1; then
        say "These parts of the system are missing (by their Debian names):$missing"
        say "Please install them with this system's package manager, and then run \`make $kind\` again."
        exit 1
    fi
    find_way_to_root
    say "Installing $(echo "$missing" | wc -w) parts of the system that are missing, with apt"
    started=$(clock)
    # A third-party source that is down must not stop us; what is then lacking shows in the next step.
    $root apt-get update >>"$log" 2>&1 || true
    added=$(choose_packages)
    if ! $root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        --no-remove -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 $added >>"$log" 2>&1 </dev/null; then
        show_errors
        ask_for_packages "They could not be installed."
    fi
    took "$started"
}

complete_system() {
    find_python
    look_for_parts
    if [ -z "$missing" ]; then return; fi
    install_packages
    find_python
    look_for_parts
    if [ -n "$missing" ]; then
        if [ -z "$python" ]; then
            say "Sayso needs Python 3.11 or newer; this system brings $(python3 --version 2>&1 || echo none)."
        fi
        say "Still missing after the installation:$missing"
        exit 1
    fi
}

# --- Python packages ----------------------------------------------------------------------------

# Only what decides how the project itself is installed: names, entry points, packages.
project_hash() { sed -n '/^\[build-system\]/,/^\[tool\.ruff\]/p' pyproject.toml | sha256sum | cut -c 1-16; }

lock_hash() { sha256sum "$locks/$1.lock" | cut -c 1-16; }

stamped() { grep -qxF "$1" "$stamp" 2>/dev/null; }

# Whether .venv belongs to this place and to the Python that it was made with.
venv_stands() {
    [ -x .venv/bin/python ] && stamped "place $PWD" && stamped "python $(readlink -f .venv/bin/python)"
}

venv_holds() { stamped "$1 $(lock_hash "$1")"; }

# The test lock holds the run lock, so that what is there for tests is there for running as well.
venv_is_ready() { venv_stands && venv_holds "$lock" && stamped "project $(project_hash)"; }

pip_install() {
    venv=$1
    shift
    if ! "$venv/bin/python" -m pip --disable-pip-version-check --no-input install --quiet "$@" >>"$log" 2>&1; then
        show_errors
        say "The Python packages could not be installed. With a network, run \`make $kind\` again."
        exit 1
    fi
}

fill() {
    pip_install "$1" --require-hashes --only-binary :all: -r "$locks/$lock.lock"
    pip_install "$1" --no-deps --no-build-isolation --no-index --editable .
}

write_stamp() {
    {
        echo "place $PWD"
        echo "python $(readlink -f "$1/bin/python")"
        echo "project $(project_hash)"
        echo "run $(lock_hash run)"
        if [ "$lock" = test ] || { [ "$1" = .venv ] && venv_holds test; }; then
            echo "test $(lock_hash test)"
        fi
    } >"$1/stamp.new"
    mv "$1/stamp.new" "$1/${stamp#.venv/}"
}

# A venv writes its own path into its scripts.
settle() {
    find "$new/bin" "$new/pyvenv.cfg" -type f -exec grep -lIF "$PWD/$new" {} + |
        while IFS= read -r file; do sed -i "s|$PWD/$new|$PWD/.venv|g" "$file"; done
    rm -rf .venv.old
    if [ -e .venv ]; then mv .venv .venv.old; fi
    mv "$new" .venv
    rm -rf .venv.old
}

make_venv() {
    say "Setting up the Python packages of the project in .venv, with $("$python" --version)"
    rm -rf "$new"
    trap 'rm -rf "$new"' EXIT
    trap 'exit 130' INT TERM
    "$python" -m venv "$new" >>"$log" 2>&1
    fill "$new"
    write_stamp "$new"
    settle
}

complete_venv() {
    started=$(clock)
    if ! venv_stands || ! venv_holds run; then
        make_venv
    else
        say "Bringing the Python packages in .venv up to date"
        fill .venv
        write_stamp .venv
    fi
    took "$started"
    say "Python packages: $(.venv/bin/python -m pip --disable-pip-version-check list --format=freeze | tr '\n' ' ')"
}

lock='test'
if [ "$kind" = run ]; then lock='run'; fi
python=python3
if venv_is_ready; then
    look_for_parts
    if [ -z "$missing" ]; then exit 0; fi
fi

mkdir -p .cache
exec 9>.cache/bootstrap.lock
if command -v flock >/dev/null 2>&1; then flock 9; fi
: >"$log"

complete_system
if ! venv_is_ready; then complete_venv; fi
if [ -n "$added" ]; then say "System packages: $added"; fi
