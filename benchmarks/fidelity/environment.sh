#!/bin/sh
# Make an environment with seqgra 0.0.4 from PyPI: .venv-seqgra beside the PyTorch of this project;
# called with the argument keras, .venv-seqgra-keras beside its TensorFlow and Keras 2; called with
# simulation, .venv-seqgra-simulation beside ushuffle, which it simulates data with.
# seqgra imports distutils, which Python 3.12 dropped.
set -eu
cd "$(dirname "$0")/../.."
here=benchmarks/fidelity builds="setuptools wheel Cython"
case "${1-}" in
    "") venv=.venv-seqgra requirements=$here/requirements.txt without_dependencies= ;;
    # tf_keras asks for TensorFlow with its GPU libraries; that of the CPU has the same modules.
    keras) venv=.venv-seqgra-keras requirements=$here/requirements-keras.txt without_dependencies=tf_keras==2.21.0 ;;
    simulation)
        venv=.venv-seqgra-simulation requirements=$here/requirements-simulation.txt
        without_dependencies=ushuffle==1.1.2 builds="setuptools==59.8.0 wheel Cython==0.29.37" ;;
    *) echo "usage: environment.sh [keras|simulation]" >&2; exit 2 ;;
esac
wanted=$(cat constraints.txt "$requirements" "$here/$(basename "$0")")
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
$install $builds
$install -c constraints.txt -r "$requirements" -e .
# Without its dependencies: those left out take no part in training a model of this library.
$install --no-build-isolation --no-deps seqgra==0.0.4 $without_dependencies
echo "$wanted" > "$venv/complete"
