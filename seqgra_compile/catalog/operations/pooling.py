"""Pooling."""

from __future__ import annotations

from collections.abc import Callable

from ... import ir
from ...ir import Arguments, Shape
from ...pycode import Code, call, prefixed
from ..parameters import Choice, Parameter, Size
from .row import (
    AXES,
    Operation,
    ShapeError,
    TorchLayer,
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
            count = window_count(length, window, stride, arguments["padding"].value)
            if count is None:
                raise ShapeError(
                    "SG303",
                    f"a window of {window} positions does not fit into {length}",
                    "pool_size",
                    'make it shorter, or write padding="same"',
                )
            lengths.append(count)
        return (*lengths, shape[-1])

    return infer


def _padding(operation: ir.Operation) -> tuple[int, ...]:
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


def _arguments(operation: ir.Operation) -> dict[str, object]:
    windows = _windows(operation.arguments)
    sizes, steps = zip(*windows, strict=True)
    if len(windows) == 1:
        sizes, steps = sizes[0], steps[0]
    return {"kernel_size": sizes, "stride": steps}


def _max_torch(rank: int) -> Callable[[ir.Operation, bool], TorchLayer]:
    def lower(operation: ir.Operation, channels_first: bool) -> TorchLayer:
        padding, x = _padding(operation), Code("x")
        if padding:
            x = call("F.pad", x, padding, value=Code('float("-inf")'))
        pooled = call(f"F.max_pool{rank}d", x, **_arguments(operation))
        return TorchLayer(forward=(prefixed("x = ", pooled),), channels_first=True)

    return lower


def _average_torch(rank: int) -> Callable[[ir.Operation, bool], TorchLayer]:
    def lower(operation: ir.Operation, channels_first: bool) -> TorchLayer:
        def pooled(before: str, x: Code) -> Code:
            padded = call("F.pad", x, padding) if padding else x
            return prefixed(before, call(f"F.avg_pool{rank}d", padded, **_arguments(operation)))

        padding = _padding(operation)
        forward = (pooled("x = ", Code("x")),)
        if padding:
            # Keras averages over the positions that exist, not over the padding.
            share = pooled("share = ", Code("torch.ones_like(x)"))
            forward = (share, *forward, Code("x = x / share"))
        return TorchLayer(forward=forward, channels_first=True)

    return lower


def _global(name: str, rank: int) -> Callable[[Arguments, Shape], Shape]:
    def infer(arguments: Arguments, shape: Shape) -> Shape:
        require_rank(name, shape, rank + 1, AXES[rank])
        return (shape[-1],)

    return infer


def _global_torch(rank: int, method: str) -> Callable[[ir.Operation, bool], TorchLayer]:
    """amax, unlike max, spreads the gradient over ties, as Keras does."""

    def lower(operation: ir.Operation, channels_first: bool) -> TorchLayer:
        first = 2 if channels_first else 1
        dim = first if rank == 1 else (first, first + 1)
        return TorchLayer(forward=(Code(f"x = x.{method}(dim={dim})"),))

    return lower


def _row(rank: int, name: str, keras: str, alias: str, about: str, torch: Callable) -> Operation:
    parameters = _parameters(rank)
    return Operation(
        f"{name}{rank}D",
        about,
        parameters,
        _pooled(f"{name}{rank}D", rank),
        keras_layer(f"{keras}{rank}D", parameters, data_format="channels_last"),
        torch(rank),
        aliases=(f"{alias}{rank}D",),
    )


def _global_row(rank: int, name: str, keras: str, alias: str, about: str, method: str) -> Operation:
    return Operation(
        f"{name}{rank}D",
        about,
        (),
        _global(f"{name}{rank}D", rank),
        keras_layer(f"{keras}{rank}D", data_format="channels_last", keepdims=False),
        _global_torch(rank, method),
        aliases=(f"{alias}{rank}D",),
    )


_MAX = ("MaxPool", "MaxPooling", "MaxPooling", "largest value in each window", _max_torch)
_AVERAGE = ("AveragePooling", "AveragePooling", "AvgPool", "mean of each window", _average_torch)
_GLOBAL_MAX = (
    "GlobalMaxPool",
    "GlobalMaxPooling",
    "GlobalMaxPooling",
    "largest value of each channel",
    "amax",
)
_GLOBAL_AVERAGE = (
    "GlobalAveragePooling",
    "GlobalAveragePooling",
    "GlobalAvgPool",
    "mean of each channel",
    "mean",
)
ROWS = (
    *(_row(rank, *kind) for kind in (_MAX, _AVERAGE) for rank in (1, 2)),
    *(_global_row(rank, *kind) for kind in (_GLOBAL_MAX, _GLOBAL_AVERAGE) for rank in (1, 2)),
)
