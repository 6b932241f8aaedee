"""A model card of the Hugging Face Hub: README.md with a metrics block."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ...backends.renderer import environment
from ...catalog.libraries import LIBRARIES
from ...visible import visible
from ..runs.run import Run
from .inputs import Inputs

_METRICS = {
    "accuracy": "accuracy",
    "mean AUROC": "roc_auc",
    "mean AUPRC": "average_precision",
    "loss": "loss",
}


def write(run: Run, out: Path, inputs: Inputs, files: Mapping[str, Path]) -> None:
    from huggingface_hub import EvalResult, ModelCardData

    test = run.results.get("test", {})
    results = [
        EvalResult(
            task_type="text-classification",
            task_name=run.task,
            dataset_type="tab-separated-values",
            dataset_name="test.txt",
            dataset_split="test",
            dataset_revision=run.data["test"].sha256,
            metric_type=kind,
            metric_name=name,
            metric_value=test[name],
        )
        for name, kind in _METRICS.items()
        if name in test
    ]
    library = next((row.hub for row in LIBRARIES.values() if row.name in run.versions), None)
    data = ModelCardData(
        model_name=run.model_id,
        eval_results=results,
        library_name=library,
        license=inputs.license and inputs.license.lower(),
        tags=["biology", "genomics", "sequence-classification", "seqgra"],
    )
    text = environment().get_template("export/card.md.j2").render(card=_body(run, data.to_yaml()))
    (out / "README.md").write_text(text, "utf-8", newline="\n")


def _body(run: Run, header: str) -> dict[str, object]:
    """What the template prints, escaped for Markdown."""
    test = run.results.get("test", {})
    return {
        "header": header,
        "name": _plain(run.model_id),
        "task": run.task or "classification",
        "labels": [_plain(label) for label in run.labels],
        "settings": [f"`{name}` | {_plain(value)}" for name, value in run.settings.items()],
        "data": [
            f"{name} | {part.examples:,} | `{part.sha256}`" for name, part in run.data.items()
        ],
        "results": [f"{name} | {test[name]:.4g}" for name in _METRICS if name in test],
        "versions": [f"{_plain(name)} | {_plain(value)}" for name, value in run.versions.items()],
        "definition": run.receipt["definition"],
        "script": run.receipt["script"],
        "epoch": run.best_epoch,
        "epochs": len(run.history),
    }


def _plain(text: str) -> str:
    """Text in a Markdown cell."""
    return "".join(f"\\{sign}" if sign in "\\|*_`<[]" else sign for sign in visible(text))
