#!/bin/sh
# Run the golden scripts of one library with other versions than those of constraints.txt:
#   sh packaging/try_versions.sh ENVIRONMENT TESTS REQUIREMENT...
# ENVIRONMENT is a folder that `python -m venv` has made, TESTS an expression for pytest's -k:
#   sh packaging/try_versions.sh build/oldest torch torch==2.4.0 numpy==1.26.1
# The results must agree with golden/accept/*/history.json as closely as on another processor.
set -eu
environment=$(cd "$1" && pwd)
tests=$2
shift 2
cd "$(dirname "$0")/.."
python=$environment/bin/python
"$python" -m pip install --quiet . pytest tqdm h5py "$@"
"$python" -m pip list 2> /dev/null | grep -iE '^(torch|tensorflow|tensorflow.cpu|keras|numpy|tqdm) '
"$python" --version
"$python" -m pytest -q -p no:cacheprovider -m "long or not long" tests/test_scripts.py -k "$tests"
