"""Multiply-adds and receptive fields on the report, held to what PyTorch counts and where gradients go."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from cases import ACCEPT
from mutations import EXAMPLES, compiled
from torch.utils.flop_counter import FlopCounterMode

from seqgra_compile.audit.report.costs import ALL, costs
from seqgra_compile.compiler import Compilation, compile_definition

CASES = [
    EXAMPLES / "basset.xml",
    EXAMPLES / "deepsea.xml",
    *(ACCEPT / name / "model.xml" for name in ("torch-mc3-dna64-conv-variants",)),
]


def model_of(compilation: Compilation) -> torch.nn.Module:
    names: dict[str, object] = {"__name__": "script"}
    exec(compile(compilation.script, "train.py", "exec"), names)
    return names["build_model"]().eval()


def inputs(compilation: Compilation) -> torch.Tensor:
    """One example of the shape that the model takes: channels first."""
    *lengths, channels = compilation.model.architecture.input_shape
    return torch.randn(1, channels, *lengths, requires_grad=True)


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_multiply_adds_are_those_that_pytorch_counts(path: Path):
    compilation = compile_definition(path)
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        model_of(compilation)(inputs(compilation).detach())
    found = costs(compilation.model.architecture.operations)
    assert 2 * sum(each.multiply_adds for each in found) == counter.get_total_flops()


WINDOWS = {
    "strides": ('filters="3" kernel_size="5" strides="2"', "Conv1D"),
    "dilation": ('filters="3" kernel_size="4" dilation_rate="3"', "Conv1D"),
    "pool": ('pool_size="3"', "AveragePooling1D"),
    "overlap": ('pool_size="4" strides="2"', "AveragePooling1D"),
    "separable": ('filters="3" kernel_size="3"', "SeparableConv1D"),
    "transposed": ('filters="3" kernel_size="5" strides="2"', "Conv1DTranspose"),
    "upsampled": ('size="2"', "UpSampling1D"),
}
CHAINS = [[name] for name in WINDOWS] + [
    ["strides", "dilation"],
    ["pool", "overlap", "separable"],
    ["overlap", "strides", "strides"],
    ["dilation", "pool", "dilation"],
]
FIRST = '<operation input_shape="(400, 4)" filters="4" kernel_size="3">Conv1D</operation>'
TEXT = (EXAMPLES / "motifs.xml").read_text("utf-8")


@pytest.mark.parametrize("chain", CHAINS, ids="-".join)
def test_receptive_fields_are_where_gradients_come_from(chain: list[str]):
    written = [f"<operation {WINDOWS[name][0]}>{WINDOWS[name][1]}</operation>" for name in chain]
    start, end = TEXT.index("<operation "), TEXT.index("</sequential>")
    last = '<operation>GlobalAveragePooling1D</operation><operation units="3">Dense</operation>'
    text = TEXT[:start] + FIRST + "".join(written) + last + TEXT[end:]
    compilation = compiled(text.encode(), EXAMPLES)
    assert compilation.script, [found.message for found in compilation.diagnostics]
    operations = compilation.model.architecture.operations
    # What enters the global pooling is the result of the chain.
    seen = []
    model, example = model_of(compilation), inputs(compilation)
    take_mean = torch.Tensor.mean

    def kept(tensor: torch.Tensor, *arguments: object, **more: object) -> torch.Tensor:
        seen.append(tensor)
        return take_mean(tensor, *arguments, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.Tensor, "mean", kept)
        for module in model.modules():
            if type(module).__name__.startswith("AdaptiveAvgPool"):
                module.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
        model(example)
    widths = []
    for position in range(seen[0].shape[-1] // 2, seen[0].shape[-1] // 2 + 4):
        (gradient,) = torch.autograd.grad(seen[0][0, :, position].sum(), example, retain_graph=True)
        reached = torch.nonzero(gradient.abs().sum((0, 1))).flatten()
        widths.append(int(reached[-1] - reached[0]) + 1)
    found = costs(operations)
    assert found[len(chain)].field == str(max(widths))
    assert found[-1].field == ALL
