#!/bin/sh
# All that is timed, one after the other, as Markdown. For a machine that does nothing else;
# takes most of an hour, and makes the environments with seqgra where they are missing.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python benchmarks/compile_time.py
.venv/bin/python benchmarks/data.py
sh benchmarks/fidelity/environment.sh
.venv-seqgra/bin/python benchmarks/epoch.py
.venv-seqgra/bin/python benchmarks/epoch.py --curve
sh benchmarks/fidelity/environment.sh keras
.venv-seqgra-keras/bin/python benchmarks/epoch.py --library TensorFlow smallest
