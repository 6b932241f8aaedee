"""The layers of a model in the order in which they are applied; there must be exactly one such
order.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from ...messages.diagnostics import quoted
from .contents import Config, LayerConfig, RefusedFileError, damaged

_SEQUENTIAL, _FUNCTIONAL = "Sequential", ("Functional", "Model")
_WAY_OUT = "a script has one input, one output and one layer after another between them"
# Functions applied to a tensor outside any layer, as named by TensorFlow 2.4 and similar versions.
_OPERATORS = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer", "ClassMethod", "InstanceMethod")


def layers(model: Config) -> list[LayerConfig]:
    """The layers of a Sequential or Functional model, its InputLayer first if it has one.

    A model among the layers is replaced by its layers. Raises `RefusedFileError`.
    """
    return _ranked(_layers(model), ())


def _layers(model: Config) -> list[LayerConfig]:
    class_name, config = model.get("class_name"), model.get("config")
    if isinstance(config, dict) and config.get("trainable", True) is not True:
        raise RefusedFileError(
            "SG615",
            f"its model {quoted(str(config.get('name')))} is frozen as a whole",
            "unfreeze it and save it again",
        )
    if class_name == _SEQUENTIAL and isinstance(config, (dict, list)):
        return _sequential(_with_layers(config))
    if class_name in _FUNCTIONAL and isinstance(config, dict) and "layers" in config:
        return _functional(config)
    raise RefusedFileError(
        "SG612",
        f"its model is a {quoted(str(class_name))}, whose layers the file does not list",
        "save a Sequential or Functional model: a subclass of Model is code",
    )


def _ranked(chain: list[LayerConfig], parents: tuple[LayerConfig, ...]) -> list[LayerConfig]:
    """The layers with their ranks; where one is a model, those of that model."""
    seen: Counter[str] = Counter()
    found = []
    for layer in chain:
        path = f"{parents[-1].path}/{layer.path}" if parents else layer.path
        ranked = replace(layer, rank=seen[layer.class_name], parents=parents, path=path)
        seen[layer.class_name] += 1
        if layer.class_name in (_SEQUENTIAL, *_FUNCTIONAL):
            within = _layers({"class_name": layer.class_name, "config": layer.config})
            found += _ranked(within, (*parents, ranked))
        else:
            found.append(ranked)
    return found


def _entries(config: Config) -> list[Config]:
    entries = config.get("layers")
    if not isinstance(entries, list) or not entries:
        raise damaged("its model has no layers")
    found = []
    for entry in entries:
        inner = entry.get("config") if isinstance(entry, dict) else None
        if isinstance(inner, list) and entry.get("class_name") == _SEQUENTIAL:
            entry = entry | {"config": _with_layers(inner)}
        elif not isinstance(inner, dict):
            raise damaged("a layer of its model has no settings")
        found.append(entry)
    return found


def _with_layers(config: Config | list[object]) -> Config:
    """The config of a Sequential; until Keras 2.2.2 it was the list of its layers."""
    return {"layers": config} if isinstance(config, list) else config


def _layer(entry: Config, index: int, position: int) -> LayerConfig:
    config = entry["config"]
    name = str(entry.get("name") or config.get("name") or f"number {index}")
    return LayerConfig(name, position, _class_name(entry, name), config, f"layers[{index}]")


def _class_name(entry: Config, name: str) -> str:
    """The class of a layer, if it is one of Keras's own."""
    class_name, module = entry.get("class_name"), entry.get("module")
    registered = entry.get("registered_name")
    if class_name in _OPERATORS or str(module).startswith(("keras.ops", "keras.src.ops")):
        raise _operator(entry, name)
    own = module is None or str(module).partition(".")[0] in ("keras", "tf_keras")
    if (
        not isinstance(class_name, str)
        or ">" in class_name
        or not own
        or registered not in (None, class_name)
    ):
        raise RefusedFileError(
            "SG612",
            f"layer {quoted(name)} is of the class {quoted(str(registered or class_name))}, "
            "which is not one of Keras's own",
            "what it computes is code, which the file does not hold",
        )
    return class_name


def _operator(entry: Config, name: str) -> RefusedFileError:
    """A function that was applied to a tensor outside any layer, such as `tf.nn.relu(x)` or `x *
    2`.
    """
    function = entry["config"].get("function") or entry["class_name"]
    return RefusedFileError(
        "SG612",
        f"layer {quoted(name)} is not a layer: Keras recorded the function {quoted(str(function))}, "
        "which was applied to a tensor between two layers",
        "use one of Keras's layers in its place, such as keras.layers.Activation, and save again",
    )


def _sequential(config: Config) -> list[LayerConfig]:
    entries = _entries(config)
    has_input = entries[0].get("class_name") == "InputLayer"
    # Keras does not count a Sequential's InputLayer among its layers.
    return [_layer(entry, index, index - has_input) for index, entry in enumerate(entries)]


def _functional(config: Config) -> list[LayerConfig]:
    entries = _entries(config)
    found = {}
    for index, entry in enumerate(entries):
        layer = _layer(entry, index, index)
        if layer.name in found:
            raise damaged(f"two layers of its model are called {quoted(layer.name)}")
        found[layer.name] = layer
    sources = {
        layer.name: _source(entry, layer)
        for entry, layer in zip(entries, found.values(), strict=True)
    }
    first = _only(config.get("input_layers"), "input")
    last = _only(config.get("output_layers"), "output")
    return [found[name] for name in _ordered(sources, first, last)]


def _ordered(sources: dict[str, str | None], first: str, last: str) -> list[str]:
    """Names from the input to the output; each must be on the way."""
    uses = Counter(source for source in sources.values() if source is not None)
    for name, count in uses.items():
        if count > 1 or name == last:
            raise _branching(f"after layer {quoted(name)} the model branches")
    order: list[str] = []
    reached: str | None = last
    while reached is not None and reached not in order:
        if reached not in sources:
            raise damaged(f"its model has no layer {quoted(reached)}")
        order.append(reached)
        reached = sources[reached]
    beside = [name for name in sources if name not in order]
    if beside or reached is not None or order[-1] != first:
        raise _branching(f"layer {quoted((beside or order)[-1])} does not lead to the output")
    return order[::-1]


def _branching(problem: str) -> RefusedFileError:
    return RefusedFileError("SG614", problem, _WAY_OUT)


def _only(found: object, noun: str) -> str:
    """The name in `["dense", 0, 0]` or `[["dense", 0, 0]]`."""
    if isinstance(found, list) and found and isinstance(found[0], str):
        found = [found]
    if isinstance(found, (list, dict)) and len(found) > 1:
        raise _branching(f"the model has {len(found)} {noun}s")
    if not isinstance(found, list) or not found or not isinstance(found[0], list):
        raise damaged(f"its model names no {noun}")
    return _name(found[0])


def _name(reference: list[Any]) -> str:
    name = reference[0] if reference else None
    if not isinstance(name, str):
        raise damaged("a connection between layers names no layer")
    return name


def _source(entry: Config, layer: LayerConfig) -> str | None:
    """The layer whose result is this one's input; None for an InputLayer."""
    nodes = entry.get("inbound_nodes")
    if not isinstance(nodes, list):
        raise damaged(f"{layer.noun} does not say what its input is")
    if layer.class_name == "InputLayer" and not nodes:
        return None
    if len(nodes) != 1:
        raise _branching(f"{layer.noun} is applied {len(nodes)} times")
    references, keywords = _node(nodes[0])
    if not all(references):
        raise _operator(entry, layer.name)
    if len(references) != 1:
        raise _branching(f"{layer.noun} takes {len(references)} inputs")
    for keyword, value in keywords.items():
        _check_keyword(layer, keyword, value, isinstance(nodes[0], dict))
    return _name(references[0])


def _check_keyword(layer: LayerConfig, keyword: str, value: object, keras_3: bool) -> None:
    """Keras 3 saves training=False and ignores it; in Keras 2 it stays in force."""
    if value is None or (keras_3 and keyword == "training" and value is False):
        return
    raise RefusedFileError(
        "SG615",
        f"{layer.noun} is called with {keyword}={value!r:.60}",
        "no operation can express that",
    )


def _node(node: object) -> tuple[list[list[Any]], Config]:
    """The references of a call's tensors, and its keyword arguments: Keras 3, then Keras 2."""
    if isinstance(node, dict):
        given = node.get("kwargs")
        if not isinstance(given, dict):
            raise damaged("a call of a layer has no keyword arguments")
        return _tensors(node.get("args")), given
    references = node if isinstance(node, list) else []
    keywords: Config = {}
    for reference in references:
        if not isinstance(reference, list):
            raise damaged("a connection between layers is not a list")
        if len(reference) > 3 and isinstance(reference[3], dict):
            keywords |= reference[3]
    return references, keywords


def _tensors(arguments: object) -> list[list[Any]]:
    """The tensors among the arguments of a call; anything else among them is empty."""
    if isinstance(arguments, list):
        return [tensor for argument in arguments for tensor in _tensors(argument)]
    config = arguments.get("config") if isinstance(arguments, dict) else None
    history = config.get("keras_history") if isinstance(config, dict) else None
    return [history if isinstance(history, list) else []]
