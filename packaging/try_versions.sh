#!/bin/sh
# Run the golden scripts of one library with other versions than those of constraints.txt. ENVIRONMENT is a
# folder made by `python -m venv`; WORD chooses the tests (torch, tf or boc):
#   sh packaging/try_versions.sh ENVIRONMENT WORD REQUIREMENT...
#   sh packaging/try_versions.sh oldest torch torch==2.4.0 numpy==1.26.1
# What the scripts write must agree with golden/accept/*/history.json, as closely as on another processor.
set -eu
environment=$(cd "$1" && pwd)
word=$2
shift 2
cd "$(dirname "$0")/.."
python=$environment/bin/python
"$python" -m pip install --quiet . pytest tqdm h5py "$@"
"$python" -m pip list 2> /dev/null | grep -iE '^(torch|tensorflow|tensorflow.cpu|keras|numpy|tqdm) '
"$python" --version
"$python" -m pytest -q -p no:cacheprovider -m "long or not long" tests/test_scripts.py -k "$word"
