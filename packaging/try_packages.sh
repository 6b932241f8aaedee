#!/bin/sh
# Build the sdist and the wheel into dist/, check what an index will show of them, install each in a
# clean environment of each Python that is named, and compile there from another folder:
#   sh packaging/try_packages.sh [PYTHON...]
set -eu
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- python3

"$1" -m venv "$work/build"
"$work/build/bin/python" -m pip install --quiet build twine
rm -rf dist
"$work/build/bin/python" -m build --outdir dist . > "$work/log" || { cat "$work/log"; exit 1; }
"$work/build/bin/python" -m twine check --strict dist/*

for python in "$@"; do
    for package in "$root"/dist/*; do
        "$python" -m venv --clear "$work/clean"
        "$work/clean/bin/python" -m pip install --quiet -c constraints.txt "$package"
        for command in compile audit data sweep; do
            "$work/clean/bin/seqgra-$command" --help > /dev/null
        done
        # One of the definitions is a Keras model in HDF5.
        "$work/clean/bin/python" -m pip install --quiet -c constraints.txt "${package}[hdf5]"
        (cd "$work" && "$work/clean/bin/python" "$root/packaging/same_bytes.py" "$root")
        printf '%s: %s installed and tried\n' "$("$python" --version)" "$(basename "$package")"
    done
done
