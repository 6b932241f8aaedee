#!/bin/sh
# Make .venv-seqgra: seqgra 0.0.4 from PyPI beside the PyTorch of this project.
# seqgra imports distutils, which Python 3.12 dropped.
set -eu
cd "$(dirname "$0")/../.."
venv=.venv-seqgra
if cmp -s benchmarks/fidelity/requirements.txt "$venv/requirements.txt"; then exit 0; fi

for python in python3.11 python3.10; do
    if command -v "$python" > /dev/null; then break; fi
    python=
done
if [ -z "$python" ]; then
    echo "fidelity: seqgra 0.0.4 needs Python 3.11 or 3.10, and neither is on the PATH" >&2
    exit 2
fi

"$python" -m venv --clear "$venv"
install="$venv/bin/python -m pip install --quiet"
$install setuptools wheel Cython
$install --requirement benchmarks/fidelity/requirements.txt --editable .
# Without its dependencies: of the rest, none takes part in training a PyTorch model.
$install --no-build-isolation --no-deps seqgra==0.0.4
cp benchmarks/fidelity/requirements.txt "$venv/requirements.txt" # it is complete
