#!/bin/sh
# The `tohotro` command: runs the program from the folder two above this file, wherever one calls it from.
# Copied to .venv/bin/tohotro, because the program is run from its own folder and is not installed as a package.
set -eu
here=$0
while [ -L "$here" ]; do
    link=$(readlink "$here")
    case $link in /*) here=$link ;; *) here=$(dirname "$here")/$link ;; esac
done
root=$(CDPATH='' cd -- "$(dirname -- "$here")/../.." && pwd -P)
PYTHONPATH=$root${PYTHONPATH:+:$PYTHONPATH}
export PYTHONPATH
exec "$root/.venv/bin/python" -m bot "$@"
