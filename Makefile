# `make demo`, `make test` and `make docs` (the site, into build/site) keep what they install in .venv.

PYTHON ?= python3
PY = .venv/bin/python

.PHONY: demo test docs golden bench fidelity fidelity-pytorch fidelity-tensorflow fidelity-simulation
.NOTPARALLEL:

demo: .venv/demo.stamp ; rm -rf demo && $(PY) -m seqgra_compile examples/motifs.xml -o demo/train.py && $(PY) demo/train.py examples/data -o demo/model -g -1 --threads 1
# Where bytecode is not kept, each command that a test starts would compile all modules again.
test: .venv/test.stamp ; PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder
docs: .venv/docs.stamp ; NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build
golden: .venv/test.stamp ; $(PY) tests/support/regenerate.py --histories
bench: .venv/test.stamp ; $(PY) benchmarks/run.py $(BENCH)
fidelity: fidelity-pytorch fidelity-tensorflow fidelity-simulation
fidelity-pytorch: ; sh benchmarks/fidelity/environment.sh && .venv-seqgra/bin/python benchmarks/fidelity
fidelity-tensorflow: ; sh benchmarks/fidelity/environment.sh keras && .venv-seqgra-keras/bin/python benchmarks/fidelity --library TensorFlow
fidelity-simulation: ; sh benchmarks/fidelity/environment.sh simulation && .venv-seqgra-simulation/bin/python benchmarks/simulation.py

.venv/demo.stamp: EXTRA = torch
.venv/test.stamp: EXTRA = dev
.venv/docs.stamp: EXTRA = docs
.venv/%.stamp: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(PY) -m pip install -c constraints.txt -e '.[$(EXTRA)]'
	touch $@
