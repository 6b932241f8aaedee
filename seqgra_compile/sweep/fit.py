"""Whether a model can read what a data definition simulates; otherwise all runs would fail."""

from __future__ import annotations

from ..datasets.expected import expected
from ..grammar import Classifier
from ..messages.diagnostics import first_few
from .problem import DefinitionError
from .variants import DataOriginal, ModelOriginal


def check_fit(model: ModelOriginal, data: DataOriginal) -> None:
    """Raises `DefinitionError` for a letter, length or label that the model does not know."""
    assert isinstance(model.meant, Classifier)
    want, simulated = expected(model.meant), data.meant
    spaces = model.meant.sequence_space.value, simulated.sequence_space.value
    if spaces[0] != spaces[1]:
        raise _misfit(model, data, f"are {spaces[1]}, and the model reads {spaces[0]}")
    shortest, longest = simulated.minimum_length.value, simulated.maximum_length.value
    if shortest != longest:
        problem = f"have {shortest} to {longest} letters, and the model reads one length"
        raise _misfit(model, data, problem)
    if want.length not in (None, shortest):
        raise _misfit(model, data, f"have {shortest} letters, and the model reads {want.length}")
    written = {id for each in simulated.sets for id in each.conditions}
    for shuffle in simulated.shuffles:
        written |= set(filter(None, shuffle.labels.split("|")))
    unknown = sorted(written - set(want.labels))
    if unknown:
        some = first_few(map(repr, unknown))
        raise _misfit(model, data, f"have the labels {some}, which the model does not know")


def _misfit(model: ModelOriginal, data: DataOriginal, problem: str) -> DefinitionError:
    message = f"the sequences of {data.source.name} {problem}"
    return DefinitionError(message, model.source.name, "change one of the two definitions")
