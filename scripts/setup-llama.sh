#!/bin/sh
# Makes the venv with a real llama.cpp server (the wheel xllamacpp) that some tests run against; quick when it is there.
set -eu

cd "$(dirname "$0")/.."
venv=.venv-llama

if [ -x "$venv/bin/python" ] && "$venv/bin/python" -c 'import xllamacpp' 2>/dev/null; then
  exit 0
fi

find_python() {
  for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python3.10 python3.9; do
    [ -n "$candidate" ] || continue
    # A python without ensurepip (Debian's, where python3-venv is missing) makes venvs without pip.
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo 'setup-llama: needs a python3 of 3.9 or newer with its venv module (set PYTHON to name one).' >&2
  return 1
}

python=$(find_python)
rm -rf "$venv"
"$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check 'xllamacpp==2026.10.11549'
"$venv/bin/python" -c 'import xllamacpp'
echo "setup-llama: $venv is ready ($("$venv/bin/python" --version))"
