"""What a difference between two models means for training: each rule with its reason.

The rules assume the same data, machine and versions. If a rule cannot know something, such as what
an embedded module draws, it says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from ... import ir
from ...catalog.expressions import Expression
from ...catalog.initializers import draws
from ...catalog.libraries import LIBRARIES, LibraryRow
from ...catalog.operations import lower
from ...catalog.optimizers import OPTIMIZERS
from ...catalog.semantics import SEMANTICS, Semantics
from ...visible import visible
from ..ledger.setting import counted
from .effect import DIFFERENT, SAME, Effect
from .optimization import loss, optimizer, with_common_loss
from .steps import Aligned, align, steps_of, steps_summary

_SEED = "a seed"
_FEW = 3  # names of labels


def effects(a: ir.Model, b: ir.Model) -> tuple[Effect, ...]:
    """Every aspect, changed or not."""
    return (
        Effect("computation", _computation(a, b)),
        Effect("number of weights", _count(a, b)),
        Effect("initial weights", initial_weights(a, b)),
        Effect("what the model sees", _input(a, b)),
        Effect("batches", batches(a, b)),
        Effect("loss", loss(a, b)),
        Effect("optimizer", optimizer(a, b)),
        Effect("length of the run", _run(a, b)),
    )


def _computation(a: ir.Model, b: ir.Model) -> str:
    """Whether the same weights give the same scores."""
    if _module(a) is not None or _module(b) is not None:
        return SAME if _module(a) == _module(b) else "not known: depends on a module"
    found = steps_summary(aligned(a, b))
    if not found and a.library.value != b.library.value:
        return "the same steps, in another library"
    return found or SAME


def aligned(a: ir.Model, b: ir.Model) -> tuple[Aligned, ...]:
    """The steps of the two, side by side; none for modules."""
    libraries = {model.library.value for model in (a, b)}
    return align(*(steps_of(model, libraries) for model in with_common_loss(a, b)))


def _count(a: ir.Model, b: ir.Model) -> str:
    counts = [weight_count(model) for model in (a, b)]
    if None in counts:
        same = a.architecture == b.architecture or _module(a) == _module(b) is not None
        return SAME if same else "not known: depends on a module"
    return SAME if counts[0] == counts[1] else f"{counts[0]:,} -> {counts[1]:,}"


def weight_count(model: ir.Model) -> int | None:
    if isinstance(model.architecture, ir.Module):
        return None
    return model.architecture.weight_count


def _module(model: ir.Model) -> tuple[str, str] | None:
    """What distinguishes embedded modules."""
    if isinstance(model.architecture, ir.Module):
        return model.architecture.sha256, model.architecture.class_name
    return None


# ---- initial weights ----


def initial_weights(a: ir.Model, b: ir.Model) -> str:
    """The same if the same random numbers are drawn for the same weights.

    The seed is set right before the model is built. Which numbers a weight gets then depends on
    its shape, its initializer, and on what was drawn before: in PyTorch by the layers that have
    weights, whose own initial values are drawn first; in Keras 3 by each initializer that is
    created, even without a weight, and by each layer that draws noise, since these draw their
    seeds then.
    """
    if _module(a) is not None or _module(b) is not None:
        if _module(a) != _module(b):
            return "not known: depends on a module"
        return SAME if a.seed.value == b.seed.value else "different if the module draws any"
    if a.library.value != b.library.value:
        return _across(a, b)
    if _fills(a) != _fills(b):
        return DIFFERENT
    return SAME if a.seed.value == b.seed.value or not _draws_weights(a) else DIFFERENT


def _across(a: ir.Model, b: ir.Model) -> str:
    """In two libraries: the same only if nothing is drawn, since a seed means other numbers there."""
    drawn = any(
        not fixed and "seed" in dict(initializer.arguments)
        for model in (a, b)
        for operation in model.operations
        for fixed, initializer in _initializers(operation)
    )
    return DIFFERENT if drawn or _values(a) != _values(b) else SAME


def _values(model: ir.Model) -> list[object]:
    """What decides initial weights that are not drawn, operation by operation."""
    return [_stored(model), *(_filled(each) for each in model.operations if each.weights)]


def _draws_weights(model: ir.Model) -> bool:
    """Whether any weight depends on the seed."""
    return any(
        not fixed and draws(initializer)
        for operation in model.operations
        for fixed, initializer in _initializers(operation)
    )


def _initializers(operation: ir.Layer) -> list[tuple[bool, Expression]]:
    """For each weight: whether a file holds it, and its initializer."""
    fixed = bool(operation.weights_file or operation.stored)
    return [(fixed, operation[f"{weight.role}_initializer"]) for weight in operation.weights]


def _fills(model: ir.Model) -> list[object]:
    """What decides the initial weights, layer by layer, apart from the seed."""
    found = [
        fill for operation in model.operations for fill in _fill(operation, model.library.value)
    ]
    while found and found[-1] == _SEED:
        found.pop()  # nothing is drawn after it
    return [_stored(model), *found]


def _stored(model: ir.Model) -> str | None:
    """The file that holds the weights of the whole model."""
    file = model.architecture.file if isinstance(model.architecture, ir.Network) else None
    return file.weights.sha256 if file and file.weights else None


def _fill(operation: ir.Layer, library: str) -> list[object]:
    start = lower(operation, library, channels_first=True).start
    unused: list[object] = [_SEED] * start.unused
    if not operation.weights:
        return unused
    return [(_filled(operation), operation.seed, start.made), *unused]


def _filled(operation: ir.Layer) -> tuple[object, ...]:
    """What fills the weights of an operation."""
    shapes = [(weight.name, weight.shape) for weight in operation.weights]
    file = operation.weights_file and operation.weights_file.sha256
    forget = operation.arguments.get("unit_forget_bias")
    return operation.name, shapes, _initializers(operation), file, forget and forget.value


# ---- batches ----


def batches(a: ir.Model, b: ir.Model) -> str:
    """Which examples each step sees, and in which order."""
    one, other = a.training, b.training
    parts = []
    if one.batch_size.value != other.batch_size.value:
        sizes = _changed(one.batch_size.value, other.batch_size.value, "examples")
        parts.append(f"{sizes} per step")
    if one.shuffle.value != other.shuffle.value:
        parts.append("shuffled" if other.shuffle.value else "in the order of the file")
    elif one.shuffle.value:
        order = _order(a, b)
        if order != SAME or parts:
            parts.append(f"order of the examples: {order}")
    elif _loses(a) != _loses(b):
        parts.append("every 10,001st example is lost in one of the two")
    return "; ".join(parts) or SAME


def _loses(model: ir.Model) -> bool:
    return _semantics(model).streams and _library(model).loses_examples


def _library(model: ir.Model) -> LibraryRow:
    return LIBRARIES[model.library.value]


def _semantics(model: ir.Model) -> Semantics:
    return SEMANTICS[model.semantics]


def _order(a: ir.Model, b: ir.Model) -> str:
    """The order of shuffled examples.

    Keras scripts draw it separately, as seqgra does in both of its modes or in our own way.
    seqgra's streaming for PyTorch draws it with Python's generator. Otherwise PyTorch draws it
    with the generator that also draws the noise of dropout: the first epoch's order comes before
    any noise, later ones after it.
    """
    kinds = [(model.library.value, _way(model)) for model in (a, b)]
    if kinds[0] != kinds[1] or a.seed.value != b.seed.value:
        return DIFFERENT
    if not _library(a).one_generator or _semantics(a).streams:
        return SAME
    if _module(a) is not None or _module(b) is not None:
        if _module(a) == _module(b) and _noise_draws(a) == _noise_draws(b):
            return SAME
        return "the same in the first epoch; different in later ones, if a module draws noise"
    noise = [_drawn(model) for model in (a, b)]
    if noise == [[], []] or (noise[0] == noise[1] and _noise_draws(a) == _noise_draws(b)):
        return SAME
    if all(noise):
        # An epoch may draw equally many.
        return "the same in the first epoch; not known in later ones"
    return "the same in the first epoch; different in later ones, because the noise is drawn differently"


def _way(model: ir.Model) -> tuple[bool, bool]:
    """How a script draws the order: as seqgra does, and as it does while streaming.

    In Keras seqgra's two modes have the same one. seqgra can train a PyTorch module, so that its
    script draws as seqgra does in any case.
    """
    semantics = _semantics(model)
    streams = semantics.streams and _library(model).own_order
    return semantics.imitates or _module(model) is not None, streams


def _noise_draws(model: ir.Model) -> tuple[object, ...]:
    """What decides how often noise is drawn: with a closure, whatever the loss depends on."""
    closure = OPTIMIZERS[model.library.value, model.optimizer.name].closure
    return model.training.batch_size.value, model if closure else None


def _drawn(model: ir.Model) -> list[object]:
    """What the layers draw in training, which is the same for any rate above 0."""
    library = model.library.value
    layers = [lower(each, library, channels_first=True) for each in model.operations]
    return [draw for layer in layers for draw in layer.draws]


# ---- data, run ----


def _input(a: ir.Model, b: ir.Model) -> str:
    """Letters, labels and length of the sequences, and their encoding."""
    parts = []
    for name, what in (
        ("sequence_space", "letters"),
        ("input_encoding", "encoding"),
        ("task", "task"),
    ):
        one, other = (getattr(model, name).value for model in (a, b))
        if one != other:
            parts.append(f"{what}: {one} -> {other}")
    if a.labels.value != b.labels.value:
        same = sorted(a.labels.value) == sorted(b.labels.value)
        parts.append("labels in another order" if same else _labels(a, b))
    lengths = [_length(model) for model in (a, b)]
    if lengths[0] != lengths[1]:
        parts.append(f"sequences of {lengths[0]} -> {lengths[1]} letters")
    habits = [(_semantics(model).imitates, _loses(model)) for model in (a, b)]
    names = ("unknown letters", "lost examples")
    found = [name for name, *had in zip(names, *habits, strict=True) if had[0] != had[1]]
    if found:
        parts.append(f"{' and '.join(found)} as the semantics have it")
    return "; ".join(parts) or SAME


def _labels(a: ir.Model, b: ir.Model) -> str:
    one, other = (model.labels.value for model in (a, b))
    size = f"{len(one):,} -> {len(other):,} " if len(one) != len(other) else ""
    gone, new = ([each for each in x if each not in y] for x, y in ((one, other), (other, one)))
    names = " -> ".join(_some(each) for each in (gone, new))
    return f"{size}{'' if size else 'different '}labels: {names}"


def _some(names: Sequence[str]) -> str:
    """The first few of them."""
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return (", ".join(visible(name) for name in names[:_FEW]) or "none") + more


def _length(model: ir.Model) -> str:
    if isinstance(model.architecture, ir.Module):
        return "any number of"
    return f"{model.architecture.input_shape[-2]:,}"


def _run(a: ir.Model, b: ir.Model) -> str:
    """When the run ends; this does not change the epochs that both run."""
    parts = []
    one, other = (model.training for model in (a, b))
    if one.epochs.value != other.epochs.value:
        longer = "longer" if other.epochs.value > one.epochs.value else "shorter"
        both = min(one.epochs.value, other.epochs.value)
        kept = "one stays as it is" if both == 1 else f"{both:,} stay as they are"
        epochs = _changed(one.epochs.value, other.epochs.value, "epochs")
        parts.append(f"{longer}, {epochs}: by itself, the first {kept}")
    stops = [t.early_stopping.value for t in (one, other)]
    if stops[0] != stops[1]:
        parts.append("it may stop early" if stops[1] else "it never stops early")
    elif stops[0] and one.patience.value != other.patience.value:
        waits = _changed(one.patience.value, other.patience.value, "epochs")
        parts.append(f"it waits {waits} for a better one")
    keeps = [_semantics(m).imitates and _library(m).keeps_nan and stops[1] for m in (a, b)]
    if keeps[0] != keeps[1]:
        parts.append("one of the two keeps a first validation loss that is not a number")
    return "; ".join(parts) or SAME


def _changed(one: int, other: int, nouns: str) -> str:
    return f"{one:,} -> {counted(other, nouns)}"
