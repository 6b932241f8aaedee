"""Writes motifs.ipynb, with what its cells print: `python examples/make_notebook.py`.

The cells run in this process, in a temporary folder. Needs the extra `torch`, and captum.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
import tempfile
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent
NOTEBOOK = EXAMPLES / "motifs.ipynb"
TIMES = re.compile(r"\d+\.\d( s$)|(?<=^seconds )[\d.]+", re.MULTILINE)  # another each time
CELLS = (
    (
        "markdown",
        """# From a definition to attributions

This notebook compiles a definition to a script, trains the script's model, scores new sequences with the model, and shows which letters decided.
Start Jupyter in a copy of this repository; the cells write into the folder `notebook`.
""",
    ),
    (
        "code",
        """import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

examples = Path(os.environ.get("EXAMPLES", ".")).resolve()
folder = Path("notebook").resolve()
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir()


def run(*command, shown=8):
    \"\"\"Run a command in the folder and print the last lines that it prints.\"\"\"
    command = [sys.executable, *map(str, command)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines()[-shown:]:
        print(line)
""",
    ),
    (
        "markdown",
        "## Compile\n\nThe definition states what matters; the script adds the defaults and marks each of them.\n",
    ),
    (
        "code",
        """run("-m", "seqgra_compile", examples / "motifs.xml", "-o", "train.py")
run("-m", "seqgra_compile", examples / "motifs.xml", "--emit", "predict", "-o", "predict.py")
script = (folder / "train.py").read_text()
print(script[script.index("# optimizer/optimizer") :].partition("BATCH_SIZE")[0])
""",
    ),
    (
        "markdown",
        "## Train and look at the results\n\nThe script prints the losses of each epoch, then the figures of the test set. "
        "`seqgra-audit report run -o page.html` makes a page of them.\n",
    ),
    (
        "code",
        """run("train.py", examples / "data", "-o", "run", "-g", "-1", "--threads", "1")
print((folder / "run" / "history.tsv").read_text())
test = json.loads((folder / "run" / "metrics.json").read_text())["test"]
print("accuracy", test["accuracy"], " AUROC", test["AUROC"])
""",
    ),
    (
        "markdown",
        "## Predict\n\n`predict.py` scores new sequences. Here they are those of the test set, so the numbers are those in `test-y-hat.txt`.\n",
    ),
    (
        "code",
        """run("predict.py", "run", examples / "data" / "test.txt", "-g", "-1", "--threads", "1", shown=4)
""",
    ),
    (
        "markdown",
        "## Attribute\n\nWhich letters decided? These are the ten with the largest contributions to the first label, computed by integrated gradients.\n",
    ),
    (
        "code",
        """import torch
from captum.attr import IntegratedGradients

sys.path.insert(0, str(folder))
import predict

model = predict.load_model(folder / "run" / "saved_model.pth")
file = str(examples / "data" / "test.txt")
_, codes = next(predict.read_examples(file, predict.SEQUENCE_LENGTH, None))
x = predict.one_hot(torch.tensor([list(codes)], dtype=torch.uint8))
explained = IntegratedGradients(model).attribute(x, torch.full_like(x, 0.25), target=0)
contributions = explained[0].sum(0)
places = contributions.topk(10).indices.sort().values.tolist()
print([(place, "ACGTN"[codes[place]]) for place in places])
""",
    ),
)


def cell(number: int, kind: str, text: str, printed: str = "") -> dict:
    found = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": text.rstrip("\n")}
    if kind == "code":
        outputs = [{"name": "stdout", "output_type": "stream", "text": printed}] if printed else []
        found |= {"execution_count": None, "outputs": outputs}
    return found


def executed(sources: list[str], folder: Path) -> list[str]:
    """What each piece of code prints, run one after the other in a folder."""
    names: dict[str, object] = {"__name__": "__main__"}
    before, printed = os.getcwd(), []
    os.chdir(folder)
    os.environ["EXAMPLES"] = str(EXAMPLES)
    try:
        for source in sources:
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                exec(compile(source, "cell", "exec"), names)
            printed.append(output.getvalue())
    finally:
        os.chdir(before)
    return printed


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        printed = iter(executed([text for kind, text in CELLS if kind == "code"], Path(folder)))
    cells = [
        cell(number, kind, text, TIMES.sub(r"...\1", next(printed)) if kind == "code" else "")
        for number, (kind, text) in enumerate(CELLS, start=1)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    NOTEBOOK.write_text(
        json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8", newline="\n"
    )


if __name__ == "__main__":
    sys.exit(main())
