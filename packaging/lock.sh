#!/bin/sh
# Writes the lock files: every version and hash of what `make run` and `make test` install.
# Usage: lock.sh [--upgrade]
set -eu
cd "$(dirname "$0")/.."

locks=packaging/requirements
tools=.cache/lock-tools

if [ ! -x $tools/bin/uv ]; then
    rm -rf $tools
    python3 -m venv $tools
    $tools/bin/python -m pip install --quiet --disable-pip-version-check uv
fi

compile() {
    $tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@"
}

compile "$@" pyproject.toml $locks/build.in --output-file $locks/run.lock
compile "$@" pyproject.toml $locks/build.in --extra mcp --constraint $locks/run.lock \
    --output-file $locks/mcp.lock
compile "$@" pyproject.toml $locks/build.in --extra mcp --group dev --constraint $locks/run.lock \
    --output-file $locks/test.lock
