#!/bin/sh
# What a GPU has to show of the PyTorch scripts; ends within 8 minutes. Needs PyTorch, NumPy and tqdm.
#   sh benchmarks/gpu.sh compile       here: scripts of four sizes into benchmarks/gpu-scripts
#   sh benchmarks/gpu.sh               there: the first GPU
#   sh benchmarks/gpu.sh --tiny        anywhere: the same on the CPU, to see that it works
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python}
if [ "${1:-}" = compile ]; then
    mkdir -p benchmarks/gpu-scripts
    for name in motifs basset deepsea danq; do
        "$python" -m seqgra_compile "examples/$name.xml" > "benchmarks/gpu-scripts/$name.py"
    done
else
    exec "$python" benchmarks/gpu.py "$@"
fi
