#!/bin/sh
# Make .venv-seqgra: seqgra 0.0.4 from PyPI beside the PyTorch of this project.
# seqgra imports distutils, which Python 3.12 dropped.
set -eu
cd "$(dirname "$0")/../.."
venv=.venv-seqgra
wanted=$(cat constraints.txt benchmarks/fidelity/requirements.txt "benchmarks/fidelity/$(basename "$0")")
if [ "$wanted" = "$(cat "$venv/complete" 2> /dev/null)" ]; then exit 0; fi

for python in python3.11 python3.10 none; do
    if command -v "$python" > /dev/null; then break; fi
done
if [ "$python" = none ]; then
    echo "fidelity: seqgra 0.0.4 needs Python 3.11 or 3.10, and neither is on the PATH" >&2
    exit 2
fi

"$python" -m venv --clear "$venv"
install="$venv/bin/python -m pip install --quiet"
$install setuptools wheel Cython
$install -c constraints.txt -r benchmarks/fidelity/requirements.txt -e .
# Without its dependencies: those left out take no part in training a PyTorch model.
$install --no-build-isolation --no-deps seqgra==0.0.4
echo "$wanted" > "$venv/complete"
