"""Keras's layers to operations: class names to rows, configs to their parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ... import ir
from ...catalog.operations import OPERATIONS, parameters
from ...catalog.operations.row import OperationRow
from ...catalog.parameters import Parameter
from ...ir import FILE, Value
from ...messages.diagnostics import Diagnostics, quoted, suggest
from ...reading.values import PARAMETER, Owner, Texts, read_arguments
from ...source import Span, Text
from .chain import layers
from .contents import RECURRENT, Config, Contents, LayerConfig, RefusedFileError, Stored, damaged
from .values import definition_text, is_harmless

PATH = "file: "
_ROWS = {spelling: row for row in OPERATIONS.values() for spelling in (row.name, *row.aliases)}
_RENAMED = {("LeakyReLU", "alpha"): "negative_slope"}
# Settings without which an older version of the class meant something else.
_NEEDED = {"GRU": "reset_after"}
_ONE_AXIS = ("BatchNormalization", "LayerNormalization", "Softmax")
_CODE = "a Lambda layer holds Python code, which would run whenever the file is loaded"


def decompile(contents: Contents, span: Span, diagnostics: Diagnostics) -> ir.Sequential | None:
    """The operations of a model, or None after reporting layers without one. Raises `RefusedFileError`."""
    chain = layers(contents.model)
    shape = _input_shape(contents.model, chain)
    found: list[ir.Operation] = []
    for layer in chain:
        try:
            if layer.class_name == "InputLayer":
                _check_input(layer)
            else:
                number = len(found) + 1
                found.append(_Decompiling(contents, layer, span, diagnostics).operation(number))
        except RefusedFileError as refused:
            diagnostics.error(
                refused.code,
                span,
                f"{quoted(contents.file.name)}: {refused}",
                refused.help,
            )
    if diagnostics.failed:
        return None
    if not found:
        raise damaged("its model has no layers")
    found[0].arguments["input_shape"] = Value(shape[0], PATH + shape[1], span, FILE)
    return ir.Sequential(tuple(found), span, contents.file)


def _check_input(layer: LayerConfig) -> None:
    for key, value in layer.config.items():
        if not is_harmless("InputLayer", key, value):
            raise _setting(layer, key, value)


def _setting(
    layer: LayerConfig, key: str, value: object, why: str = "no parameter holds it"
) -> RefusedFileError:
    return RefusedFileError(
        "SG615",
        f"{layer.noun} ({layer.class_name}) has {quoted(key)} set to {quoted(str(value))}: {why}",
        "write the architecture out as operations in <sequential>, without it",
    )


def _input_shape(model: Config, chain: list[LayerConfig]) -> tuple[tuple[int, ...], str]:
    """The shape of one example, and its path in the file."""
    first, config, built = chain[0], model["config"], model.get("build_config")
    places = [
        (first.config.get(key), f"{first.path}/{key}")
        for key in ("batch_shape", "batch_input_shape")
    ]
    if isinstance(config, dict):
        places.append((config.get("build_input_shape"), "build_input_shape"))
    built = built.get("input_shape") if isinstance(built, dict) else None
    places.append((built, "build_config/input_shape"))
    for shape, path in places:
        if isinstance(shape, list) and shape:
            return _example(shape), path
    raise RefusedFileError(
        "SG618",
        "its model has no input shape",
        "build it before saving, beginning with keras.Input(shape=(length, channels))",
    )


def _example(shape: list[Any]) -> tuple[int, ...]:
    batch, *example = shape
    if batch is not None:
        raise RefusedFileError(
            "SG618",
            f"its model takes only batches of {batch!r:.30} examples",
            "make it with keras.Input(shape=...) and without a batch size",
        )
    if None in example:
        raise RefusedFileError(
            "SG618",
            "its model does not fix the length of the sequences",
            "make it with keras.Input(shape=(length, channels)): a script checks the length",
        )
    if not example or not all(type(size) is int and 0 < size < 2**31 for size in example):
        raise damaged("the input shape of its model is not one")
    return tuple(example)


class _Decompiling:
    """One layer while it becomes an operation."""

    def __init__(
        self, contents: Contents, layer: LayerConfig, span: Span, diagnostics: Diagnostics
    ) -> None:
        self.contents = contents
        self.layer = layer
        self.span = span
        self.diagnostics = diagnostics

    def operation(self, number: int) -> ir.Operation:
        """The operation; raises `RefusedFileError` if there is none."""
        row, config = self.row(self.layer)
        if row is None:
            row, config = self.bidirectional()
        given = self.given(row, config)
        owner = Owner(
            f"{row.name}, {self.layer.noun} of {quoted(self.contents.file.name)},",
            self.span,
            f"{PATH}{self.layer.path}/",
            PARAMETER,
            FILE,
        )
        arguments = read_arguments(parameters(row), given, owner, self.diagnostics)
        stored = self.contents.stored(self.layer) if self.contents.stored else Stored({})
        return ir.Operation(
            number,
            row.name,
            arguments,
            self.span,
            saved=ir.SavedLayer(self.layer.name, stored.weights, stored.group),
        )

    def row(self, layer: LayerConfig) -> tuple[OperationRow | None, Config]:
        """A layer's row and its config; no row for a Bidirectional."""
        name = layer.class_name
        if name == "Lambda":
            raise RefusedFileError(
                "SG613", f"{layer.noun}: {_CODE}", "use one of Keras's own layers"
            )
        if name != "Bidirectional" and name not in _ROWS:
            raise RefusedFileError(
                "SG612",
                f"{layer.noun} is of the class {quoted(name)}, which is not an operation",
                suggest(name, OPERATIONS),
            )
        return _ROWS.get(name), layer.config

    def bidirectional(self) -> tuple[OperationRow, Config]:
        """The wrapped layer's row, and the configs of both in one."""
        outer = dict(self.layer.config)
        forward = self.wrapped(outer.pop("layer", None))
        backward = outer.pop("backward_layer", None)
        if backward is not None:
            self.check_backward(forward, self.wrapped(backward))
        if forward.config.get("go_backwards"):
            raise _setting(
                forward, "go_backwards", True, "Bidirectional reads in both directions already"
            )
        inner = {key: value for key, value in forward.config.items() if key != "name"}
        both = {"bidirectional": True, "merge_mode": outer.pop("merge_mode", "concat")}
        both["trainable"] = outer.pop("trainable", True) and inner.pop("trainable", True)
        for key, value in outer.items():
            if not is_harmless("Bidirectional", key, value):
                raise _setting(self.layer, key, value)
        return _ROWS[forward.class_name], inner | both

    def wrapped(self, entry: object) -> LayerConfig:
        entry = entry if isinstance(entry, dict) else {}
        config = entry.get("config")
        if not isinstance(config, dict):
            raise damaged(f"{self.layer.noun} wraps nothing")
        name = str(entry.get("class_name"))
        if name not in RECURRENT or entry.get("registered_name") is not None:
            raise RefusedFileError(
                "SG612",
                f"{self.layer.noun} wraps a {quoted(name)}",
                f"Bidirectional can wrap {', '.join(RECURRENT)}",
            )
        return replace(self.layer, class_name=name, config=config)

    def check_backward(self, forward: LayerConfig, backward: LayerConfig) -> None:
        """Keras 3 always saves both directions; an operation has one set of parameters."""
        ignored = {"name": None, "go_backwards": None}
        same = forward.config | ignored == backward.config | ignored
        if not same or not backward.config.get("go_backwards"):
            raise _setting(
                self.layer,
                "backward_layer",
                backward.class_name,
                "both directions must have the same settings",
            )

    def given(self, row: OperationRow, config: Config) -> Texts:
        """The file's value of each parameter, as text."""
        known = {parameter.name: parameter for parameter in parameters(row)}
        needed = _NEEDED.get(row.name)
        if needed and needed not in config:
            raise _setting(self.layer, needed, None, "the file must contain it")
        given: Texts = {}
        for written, value in config.items():
            key = _RENAMED.get((row.name, written), written)
            if key not in known or key in ("input_shape", "weights_file"):
                if not is_harmless(row.name, key, value):
                    raise _setting(self.layer, written, value)
                continue
            self.check_value(known[key], value)
            if value is None and known[key].default is None:
                continue
            if key == "axis" and row.name in _ONE_AXIS and isinstance(value, list):
                value = value[0] if len(value) == 1 else value
            given[key] = (self.span, Text(definition_text(value), self.span))
        return given

    def check_value(self, parameter: Parameter, value: object) -> None:
        """Refuse early what would be refused later, when the layer is no longer known."""
        key = parameter.name
        for refused, reason in parameter.refused:
            if value == refused:
                raise _setting(self.layer, key, value, reason)
        if self.contents.keras_2 and key.endswith("activation") and value == "hard_sigmoid":
            raise _setting(
                self.layer,
                key,
                value,
                "in Keras 2 that is clip(0.2 x + 0.5, 0, 1), which Keras 3 no longer has",
            )
