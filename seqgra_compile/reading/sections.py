"""The sections loss, optimizer and trainingprocess, checked against the catalog. Reports SG1 and
SG2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .. import ir
from ..catalog import losses, optimizers
from ..catalog.optimizers.row import CLIPPING
from ..catalog.otherwords import parameter_hint
from ..catalog.parameters import Parameter
from ..catalog.sequences import TASKS
from ..catalog.training import FORMATS, TRAINING
from ..ir import LIBRARY_DEFAULT, SEQGRA_DEFAULT, Arguments, Value
from ..messages.diagnostics import Diagnostics, one_of, quoted, suggest
from ..source import Text
from .values import HYPERPARAMETER, NO_CLIP, Owner, Texts, read_arguments
from .written import Definition, ExternalElement, SectionElement


class Sections:
    """The three sections of a definition; `library` is None if it is unknown.

    Wrong parts are reported and become None.
    """

    def __init__(
        self, definition: Definition, library: str | None, diagnostics: Diagnostics
    ) -> None:
        self.definition, self.library, self.diagnostics = definition, library, diagnostics

    def loss(self) -> ir.Loss | None:
        section, library = self.definition.loss, self.library
        given = self._given(section, "loss")
        if section is None or given is None:
            return None
        name, others = self._named(given, section)
        if name is None or library is None:
            return None
        row = losses.find(name.value)
        task = self.definition.general.task.value
        known = [
            loss.name
            for loss in losses.LOSSES.values()
            if loss.library == library and (task in loss.tasks or task not in TASKS)
        ]
        if row is None or row.library != library:
            where, help = "", suggest(name.value, known)
            if row is not None:
                where = f"; {library} has other losses than {row.library}"
                help = (
                    f"leave <library>{row.library}</library> and compile with --library {library}, "
                    f"which finds the counterpart; or write {one_of(known)}"
                )
            message = f"unknown loss {quoted(name.value)}{where}"
            self.diagnostics.error("SG210", name.span, message, help)
            return None
        arguments = self._hyperparameters(
            row.parameters, others, section, row.name, LIBRARY_DEFAULT
        )
        return ir.Loss(row.name, arguments, name.span)

    def optimizer(self) -> ir.Optimizer | None:
        section, library = self.definition.optimizer, self.library
        given = self._given(section, "optimizer")
        if section is None or given is None:
            return None
        name, others = self._named(given, section)
        if name is None or library is None:
            return None
        row = optimizers.find(library, name.value)
        if row is None:
            self.diagnostics.error(
                "SG211",
                name.span,
                f"unknown optimizer {quoted(name.value)} for {library}",
                suggest(name.value, optimizers.optimizer_names(library)),
            )
            return None
        parameters = (*row.parameters, *CLIPPING)
        arguments = self._hyperparameters(parameters, others, section, row.name, row.defaults)
        clipnorm, clipvalue = (_clip(arguments.pop(c.name, NO_CLIP)) for c in CLIPPING)
        return ir.Optimizer(row.name, arguments, name.span, clipnorm, clipvalue)

    def training(self) -> ir.TrainingProcess | None:
        section = self.definition.training
        given = self._given(section, "trainingprocess")
        if section is None or given is None:
            return None
        values = self._hyperparameters(
            TRAINING, given, section, "the training process", SEQGRA_DEFAULT
        )
        if len(values) < len(TRAINING):
            return None
        said = {name: value for name, value in values.items() if isinstance(value, ir.Given)}
        return ir.TrainingProcess(
            said["batch_size"],
            said["epochs"],
            said["early_stopping"],
            values["early_stopping_patience"],
            said["shuffle"],
        )

    def _given(self, section: SectionElement | None, tag: str) -> Texts | None:
        """The hyperparameters by name, or None if there is no section."""
        if section is None and tag != "trainingprocess" and _may_be_compiled(self.definition):
            return None
        if section is None:
            self.diagnostics.error(
                "SG106",
                self.definition.root.span,
                f"the definition lacks the element '{tag}'",
                f"a {self.library or 'trained'} model needs it",
            )
            return None
        given: Texts = {}
        for hyperparameter in section.hyperparameters:
            name = hyperparameter.name
            if name.value in given:
                self.diagnostics.error(
                    "SG209",
                    name.span,
                    f"the hyperparameter {quoted(name.value)} is given twice",
                    "delete one",
                )
            given.setdefault(name.value, (name.span, hyperparameter.value))
        return given

    def _hyperparameters(
        self,
        parameters: Iterable[Parameter],
        given: Texts,
        section: SectionElement,
        owner: str,
        silent: str,
    ) -> Arguments:
        """Values of all parameters; `given` holds nothing else, or that is reported."""
        known = {parameter.name: parameter for parameter in parameters}
        for name, (span, _) in given.items():
            if name not in known:
                self.diagnostics.error(
                    "SG207",
                    span,
                    f"{owner} has no hyperparameter {quoted(name)}",
                    (parameter_hint(name, known) or suggest(name, known))
                    if known
                    else "it takes no others",
                )
        path = section.tag.value + "/"
        of = Owner(owner, section.tag.span, path, HYPERPARAMETER, silent=silent)
        return read_arguments(known.values(), given, of, self.diagnostics)

    def _named(self, given: Texts, section: SectionElement) -> tuple[Text | None, Texts]:
        """The hyperparameter that names the row, and the others."""
        tag = section.tag.value
        if tag not in given:
            self.diagnostics.error(
                "SG208",
                section.tag.span,
                f"'{tag}' lacks the hyperparameter '{tag}'",
                f'write <hyperparameter name="{tag}">...</hyperparameter>',
            )
            return None, given
        return given[tag][1], {name: value for name, value in given.items() if name != tag}


def _clip(value: Value[Any]) -> Value[Any]:
    """For every optimizer, not clipping by default is a decision of seqgra."""
    return replace(value, origin=SEQGRA_DEFAULT) if value.is_default else value


def _may_be_compiled(definition: Definition) -> bool:
    """Whether a file may hold the loss and optimizer that the definition lacks."""
    architecture = definition.architecture
    row = isinstance(architecture, ExternalElement) and FORMATS.get(architecture.format.value)
    return bool(row and row.compiled)
