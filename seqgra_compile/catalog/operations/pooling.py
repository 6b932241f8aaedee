"""Pooling."""

from __future__ import annotations

from collections.abc import Callable

from ... import ir
from ...ir import Arguments, Shape
from ...pycode import Code, call, prefixed
from ..libraries import PYTORCH, TENSORFLOW
from ..parameters import Choice, Parameter, Size
from .layers import FUNCTIONAL, Submodule, TorchLayer, submodule
from .row import (
    AXES,
    OperationRow,
    Sees,
    TorchCell,
    keras_layer,
    require_rank,
    same_padding,
    window_count,
)


def _parameters(rank: int) -> tuple[Parameter, ...]:
    return (
        Parameter("pool_size", Size(rank), 2 if rank == 1 else (2, 2), "width of the window"),
        Parameter("strides", Size(rank), None, "step of the window; its width if absent"),
        Parameter("padding", Choice(("valid", "same")), "valid", "what happens at the ends"),
    )


def _windows(arguments: Arguments) -> list[tuple[int, int]]:
    """Width and step along each axis."""
    sizes = arguments["pool_size"].value
    steps = arguments["strides"].value or sizes
    if isinstance(sizes, int):
        return [(sizes, steps)]
    return list(zip(sizes, steps, strict=True))


def _pooled(name: str, rank: int) -> Callable[[Arguments, Shape], Shape]:
    def infer(arguments: Arguments, shape: Shape) -> Shape:
        require_rank(name, shape, rank + 1, AXES[rank])
        lengths = []
        for length, (window, stride) in zip(shape, _windows(arguments), strict=False):
            padding = arguments["padding"].value
            lengths.append(window_count(length, window, stride, padding, "pool_size"))
        return (*lengths, shape[-1])

    return infer


def _padding(operation: ir.Layer) -> tuple[int, ...]:
    """What F.pad adds, last axis first; nothing for `valid`."""
    if operation["padding"] == "valid":
        return ()
    sides = [
        same_padding(length, window, stride)
        for length, (window, stride) in zip(
            operation.input_shape, _windows(operation.arguments), strict=False
        )
    ]
    padding = tuple(side for pair in reversed(sides) for side in pair)
    return padding if any(padding) else ()


def _pool(operation: ir.Layer, class_name: str) -> Submodule:
    windows = _windows(operation.arguments)
    sizes, steps = zip(*windows, strict=True)
    if len(windows) == 1:
        sizes, steps = sizes[0], steps[0]
    function = f"nn.{class_name}{len(windows)}d"
    # What `same` needs is added before: its two sides may differ.
    return submodule(
        operation.identifier, function, sizes, stride=steps, padding=0, ceil_mode=False
    )


def _max_torch(rank: int) -> TorchCell:
    def lower(operation: ir.Layer, channels_first: bool) -> TorchLayer:
        padding = _padding(operation)
        padded = (f'F.pad({{x}}, {padding}, value=float("-inf"))',) if padding else ()
        return TorchLayer(
            steps=(*padded, f"self.{operation.identifier}({{x}})"),
            channels_first=True,
            functions=(_pool(operation, "MaxPool"),),
            imports=(FUNCTIONAL,) if padding else (),
        )

    return lower


def _average_torch(rank: int) -> TorchCell:
    def lower(operation: ir.Layer, channels_first: bool) -> TorchLayer:
        padding, pool = _padding(operation), f"self.{operation.identifier}"
        before: tuple[Code, ...] = ()
        steps: tuple[str, ...] = (f"{pool}({{x}})",)
        if padding:
            # Keras averages over the positions that exist, not over the padding.
            ones = call("F.pad", Code("torch.ones_like(x)"), padding)
            before = (prefixed("share = ", call(pool, ones)),)
            steps = (f"F.pad({{x}}, {padding})", f"{pool}({{x}}) / share")
        return TorchLayer(
            steps=steps,
            before=before,
            channels_first=True,
            functions=(_pool(operation, "AvgPool"),),
            imports=(FUNCTIONAL,) if padding else (),
        )

    return lower


def _global(name: str, rank: int) -> Callable[[Arguments, Shape], Shape]:
    def infer(arguments: Arguments, shape: Shape) -> Shape:
        require_rank(name, shape, rank + 1, AXES[rank])
        return (shape[-1],)

    return infer


def _global_torch(operation: ir.Layer, function: Submodule) -> TorchLayer:
    return TorchLayer(
        steps=(f"self.{operation.identifier}({{x}}).flatten(1)",),
        channels_first=True,
        functions=(function,),
    )


def _global_max_torch(rank: int) -> TorchCell:
    """One window over all positions, because attribution tools do not know AdaptiveMaxPool.

    It takes the first of equal values, while Keras shares the gradient: docs/parity.md.
    """

    def lower(operation: ir.Layer, channels_first: bool) -> TorchLayer:
        window = operation.input_shape[0] if rank == 1 else operation.input_shape[:rank]
        name = operation.identifier
        return _global_torch(operation, submodule(name, f"nn.MaxPool{rank}d", kernel_size=window))

    return lower


def _global_average_torch(rank: int) -> TorchCell:
    def lower(operation: ir.Layer, channels_first: bool) -> TorchLayer:
        name = operation.identifier
        return _global_torch(operation, submodule(name, f"nn.AdaptiveAvgPool{rank}d", 1))

    return lower


def _row(
    rank: int, name: str, keras: str, alias: str, about: str, torch: Callable[[int], TorchCell]
) -> OperationRow:
    parameters = _parameters(rank)
    return OperationRow(
        f"{name}{rank}D",
        about,
        parameters,
        _pooled(f"{name}{rank}D", rank),
        {
            PYTORCH: torch(rank),
            TENSORFLOW: keras_layer(f"{keras}{rank}D", parameters, data_format="channels_last"),
        },
        aliases=(f"{alias}{rank}D",),
        known=f"{name}{rank}D" == "MaxPool1D",
    )


def _global_row(
    rank: int, name: str, keras: str, alias: str, about: str, torch: Callable[[int], TorchCell]
) -> OperationRow:
    layer = keras_layer(f"{keras}{rank}D", data_format="channels_last", keepdims=False)
    return OperationRow(
        f"{name}{rank}D",
        about,
        (),
        _global(f"{name}{rank}D", rank),
        {PYTORCH: torch(rank), TENSORFLOW: layer},
        aliases=(f"{alias}{rank}D",),
        known=f"{name}{rank}D" == "GlobalMaxPool1D",
        sees=Sees.ALL,
    )


_MAX = ("MaxPool", "MaxPooling", "MaxPooling", "largest value in each window", _max_torch)
_AVERAGE = ("AveragePooling", "AveragePooling", "AvgPool", "mean of each window", _average_torch)
_GLOBAL_MAX = (
    "GlobalMaxPool",
    "GlobalMaxPooling",
    "GlobalMaxPooling",
    "largest value of each channel",
    _global_max_torch,
)
_GLOBAL_AVERAGE = (
    "GlobalAveragePooling",
    "GlobalAveragePooling",
    "GlobalAvgPool",
    "mean of each channel",
    _global_average_torch,
)
ROWS = (
    *(_row(rank, *kind) for kind in (_MAX, _AVERAGE) for rank in (1, 2)),
    *(_global_row(rank, *kind) for kind in (_GLOBAL_MAX, _GLOBAL_AVERAGE) for rank in (1, 2)),
)
