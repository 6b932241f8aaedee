"""How two models are fitted: their losses and optimizers, in one library or in two.

In two libraries, names and defaults tell nothing: one of the two is expressed in the library of the
other, as `--library` does it, and then they are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from ... import ir
from ...catalog.libraries import FRAMEWORKS, LIBRARIES
from ...catalog.semantics import SEMANTICS
from ...messages.diagnostics import Diagnostics, Severity
from ...passes.retarget import counterpart_loss, counterpart_optimizer, on_logits
from ..ledger.setting import shown_apart, shown_briefly
from .effect import DIFFERENT, SAME

_T = TypeVar("_T")


def loss(a: ir.Model, b: ir.Model) -> str:
    one, other = with_common_loss(a, b)
    parts = _unlike_losses(one, other)
    if _penalties(a) != _penalties(b):
        parts.append("different penalties on weights or results")
    return "; ".join(parts) or SAME


def _unlike_losses(a: ir.Model, b: ir.Model) -> list[str]:
    if a.loss.name == b.loss.name:
        return _arguments(a.loss.arguments, b.loss.arguments)
    if a.library.value == b.library.value or any(_ways(a, b, _moved_loss)):
        return [_another(a.loss, b.loss)]
    return [f"not known: {_reason(a, b, _moved_loss)}"]


def with_common_loss(a: ir.Model, b: ir.Model) -> tuple[ir.Model, ir.Model]:
    """The two; if they are of two libraries, with a loss of one library where both have it.

    A softmax or sigmoid at the end is then a part of the loss.
    """
    if a.library.value == b.library.value:
        return a, b
    ways = _ways(a, b, _moved_loss)
    return next(((one, other) for one, other in ways if one.loss.name == other.loss.name), (a, b))


def _moved_loss(model: ir.Model, library: str, diagnostics: Diagnostics) -> ir.Model | None:
    """The model with the loss of this library."""
    if library == model.library.value:
        return _on_logits(model)
    found = counterpart_loss(model, library, diagnostics)
    if found is None or not isinstance(found[1], ir.Network):
        return None
    return replace(model, loss=found[0], architecture=found[1])


def _on_logits(model: ir.Model) -> ir.Model:
    """The model whose loss applies the last activation, if it can."""
    loss, architecture = model.loss, model.architecture
    given = loss.arguments.get("from_logits")
    if isinstance(architecture, ir.Module) or given is None or given.value:
        return model
    diagnostics = Diagnostics()
    moved = on_logits(architecture, loss, diagnostics)
    if diagnostics.failed or not isinstance(moved, ir.Network):
        return model
    logits = {**loss.arguments, "from_logits": replace(given, value=True)}
    return replace(model, loss=replace(loss, arguments=logits), architecture=moved)


def _penalties(model: ir.Model) -> list[object]:
    found: list[object] = []
    for operation in model.operations:
        for weight in operation.weights:
            value = operation.arguments.get(f"{weight.role}_regularizer")
            if value and value.value:
                found.append((weight, value.value, operation["trainable"]))
        activity = operation.arguments.get("activity_regularizer")
        if activity and activity.value:
            found.append((operation.output_shape, activity.value))
    return found


# ---- optimizer ----


def optimizer(a: ir.Model, b: ir.Model) -> str:
    if a.library.value == b.library.value:
        parts = _unlike_optimizers(a.optimizer, b.optimizer, a.library.value)
    else:
        parts = _unlike_across(a, b)
    if _miscounts(a) != _miscounts(b):
        parts.append("one of the two counts a step too many after the first epoch")
    return "; ".join(parts) or SAME


def _unlike_across(a: ir.Model, b: ir.Model) -> list[str]:
    ways = tuple(zip((b, a), _each_way(a, b, _moved_optimizer), strict=True))
    found = [(in_library.library.value, pair) for in_library, pair in ways if pair is not None]
    for library, (one, other) in found:
        if one.name == other.name:
            return _unlike_optimizers(one, other, library)
    if found:
        return [_another(a.optimizer, b.optimizer)]
    unlike = _arguments(_with_clipping(a.optimizer), _with_clipping(b.optimizer))
    return [f"not known: {_reason(a, b, _moved_optimizer)}", *unlike]


def _unlike_optimizers(one: ir.Optimizer, other: ir.Optimizer, library: str) -> list[str]:
    """How two optimizers of a library differ."""
    if one.name != other.name:
        return [_another(one, other)]
    given = [_with_clipping(each) for each in (one, other)]
    parts = _arguments(*given)
    epsilons = [each[name].value for each in given for name in ("eps", "epsilon") if name in each]
    if one.other_epsilon is not other.other_epsilon and any(epsilons):
        comes = [LIBRARIES[_imitated(each, library)].epsilon_comes for each in (one, other)]
        parts.append(
            f"epsilon is added {' -> '.join(comes)} the bias of the second moment is corrected"
        )
    return parts


def _with_clipping(optimizer: ir.Optimizer) -> ir.Arguments:
    clipping = {"clipnorm": optimizer.clipnorm, "clipvalue": optimizer.clipvalue}
    return {**optimizer.arguments, **clipping}


def _imitated(optimizer: ir.Optimizer, library: str) -> str:
    """The library that adds epsilon as this optimizer of `library` does."""
    others = (name for name in FRAMEWORKS if name != library)
    return next(others) if optimizer.other_epsilon else library


def _moved_optimizer(
    model: ir.Model, library: str, diagnostics: Diagnostics
) -> ir.Optimizer | None:
    if library == model.library.value:
        return model.optimizer
    return counterpart_optimizer(model, library, diagnostics)


def _miscounts(model: ir.Model) -> bool:
    return SEMANTICS[model.semantics].streams and LIBRARIES[model.library.value].counts_on


# ---- both ----

_Moved = Callable[[ir.Model, str, Diagnostics], _T | None]


def _each_way(a: ir.Model, b: ir.Model, moved: _Moved[_T]) -> Iterator[tuple[_T, _T] | None]:
    """Both in the library of `b`, then both in that of `a`; None where one has no exact form."""
    for library in (b.library.value, a.library.value):
        pair = [_exactly(model, library, moved)[0] for model in (a, b)]
        yield None if pair[0] is None or pair[1] is None else (pair[0], pair[1])


def _ways(a: ir.Model, b: ir.Model, moved: _Moved[_T]) -> Iterator[tuple[_T, _T]]:
    return filter(None, _each_way(a, b, moved))


def _reason(a: ir.Model, b: ir.Model, moved: _Moved[_T]) -> str:
    """Why the first of the two that has no form in the library of the other has none."""
    reasons = (_exactly(a, b.library.value, moved)[1], _exactly(b, a.library.value, moved)[1])
    return next(filter(None, reasons), "")


def _exactly(model: ir.Model, library: str, moved: _Moved[_T]) -> tuple[_T | None, str]:
    """What is exactly the same in this library, or None and the reason."""
    diagnostics = Diagnostics()
    found = moved(model, library, diagnostics)
    errors = [each.message for each in diagnostics if each.severity is Severity.ERROR]
    return (None, errors[0]) if errors else (found, "")


def _another(one: ir.Loss | ir.Optimizer, other: ir.Loss | ir.Optimizer) -> str:
    return f"{DIFFERENT}: {_stated(one)} -> {_stated(other)}"


def _stated(of: ir.Loss | ir.Optimizer) -> str:
    """A name, with the arguments that the definition gives."""
    told = [
        f"{name} {shown_briefly(value.value)}"
        for name, value in of.arguments.items()
        if not value.is_default
    ]
    return f"{of.name} ({', '.join(told)})" if told else of.name


def _arguments(a: ir.Arguments, b: ir.Arguments) -> list[str]:
    return [
        f"{name} {' -> '.join(shown_apart(a[name].value, b[name].value))}"
        for name in a
        if name in b and a[name].value != b[name].value
    ]
