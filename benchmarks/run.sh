#!/bin/sh
# All that is timed, one after the other, as Markdown. For a machine that does nothing else;
# takes about an hour, and makes the environments with seqgra where they are missing.
set -eu
cd "$(dirname "$0")/.."
sh benchmarks/fidelity/environment.sh
sh benchmarks/fidelity/environment.sh keras
torch=.venv-seqgra/bin/python keras=.venv-seqgra-keras/bin/python

shown() { printf '\n`%s`\n\n' "$*"; "$@"; }
listed() { printf '\n`%s`\n\n```text\n' "$*"; "$@"; printf '```\n'; }

listed .venv/bin/python benchmarks/compile_time.py
listed $torch benchmarks/data.py
shown $torch benchmarks/epoch.py smallest conv10
shown $torch benchmarks/epoch.py --threads 2 smallest conv10
shown $torch benchmarks/shards.py
shown $torch benchmarks/epoch.py --rounds 3 basset
deepsea="--rounds 3 --examples 512 --without loader_of_tensors loader_of_sequences -- deepsea"
shown $torch benchmarks/epoch.py $deepsea
shown $torch benchmarks/epoch.py --keep-memory $deepsea
shown $torch benchmarks/epoch.py --curve --rounds 2
shown $keras benchmarks/epoch.py --library TensorFlow smallest
shown $keras benchmarks/epoch.py --library TensorFlow --rounds 7 --twice conv10
tuned="--rounds 15 --threads 2 --without fit_shuffled fit_generator seqgra_in_memory seqgra_file -- conv10"
shown $keras benchmarks/epoch.py --library TensorFlow $tuned
shown $keras benchmarks/epoch.py --library TensorFlow --rounds 3 --without script_autotuned -- deepsea
