"""Stage 2: a `Definition` to a typed `ir.Model`. Reports SG2: names and values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .. import ir
from ..catalog import losses, operations, optimizers
from ..catalog.libraries import LIBRARIES, implementation
from ..catalog.operations.row import OperationRow
from ..catalog.optimizers.row import CLIPPING
from ..catalog.otherwords import operation_hint, parameter_hint
from ..catalog.parameters import Parameter
from ..catalog.sequences import (
    BAYES,
    INPUT_ENCODINGS,
    SEED,
    SEQUENCE_SPACES,
    TASKS,
)
from ..catalog.training import FORMATS, TRAINING
from ..grammar import BayesDefinition
from ..ir import LIBRARY_DEFAULT, SEQGRA_DEFAULT, Arguments, Given, Value
from ..messages.diagnostics import Diagnostics, nearest, quoted, suggest
from ..source import Span, Text
from . import labels
from .values import NO_CLIP, Owner, plain, read_choice, read_id, read_settings, read_value
from .written import Definition, External, General, Operation, Section, Sequential

# Formatting the script of so many takes some seconds.
_MAX_OPERATIONS = 5000


def analyze(
    definition: Definition, diagnostics: Diagnostics
) -> ir.DefinedModel | ir.ExternalModel | BayesDefinition | None:
    """The definition as meant, or None if a name or value in it is wrong."""
    return _Analysis(diagnostics).model(definition)


class _Analysis:
    """One pass over a definition. What is wrong is reported and becomes None."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self.diagnostics = diagnostics

    def model(
        self, definition: Definition
    ) -> ir.DefinedModel | ir.ExternalModel | BayesDefinition | None:
        library = self.choice(definition.general.library, "general/library", LIBRARIES)
        general = self.general(definition.general, library)
        # Where the library is misspelt, the rest is held to the one that is most likely meant.
        name = library.value if library else nearest(definition.general.library.value, LIBRARIES)
        if name == BAYES:
            return self.bayes(definition, general)
        architecture = self.architecture(definition.architecture, name)
        loss = self.loss(definition, name)
        optimizer = self.optimizer(definition, name)
        training = self.training(definition, name)
        if self.diagnostics.failed or not (general and architecture and training):
            return None
        known = vars(general)
        if isinstance(architecture, ir.External):
            return ir.ExternalModel(
                **known,
                architecture=architecture,
                loss=loss,
                optimizer=optimizer,
                training=training,
            )
        if not (loss and optimizer):
            return None
        return ir.DefinedModel(
            **known, architecture=architecture, loss=loss, optimizer=optimizer, training=training
        )

    def bayes(self, definition: Definition, general: ir.General | None) -> BayesDefinition | None:
        """A classifier that knows its rules: nothing in it is trained."""
        if isinstance(definition.architecture, Sequential):
            self.diagnostics.error(
                "SG429",
                definition.architecture.tag.span,
                f"{BAYES} has no operations: it reads a data definition",
                'write <external format="data-definition">data.xml</external>',
            )
            return None
        architecture = self.external(definition.architecture, BAYES)
        encoding = definition.general.input_encoding
        if encoding and encoding.value == INPUT_ENCODINGS[1]:
            self.effectless(encoding, "inputencoding 2D", "it reads sequences in one dimension")
        for section in (definition.loss, definition.optimizer, definition.training):
            if section:
                self.effectless(section.tag, f"'{section.tag.value}'", "nothing is trained")
        if self.diagnostics.failed or not (general and architecture):
            return None
        return BayesDefinition(**vars(general), architecture=architecture)

    def effectless(self, text: Text, what: str, reason: str) -> None:
        problem = f"{what} has no effect on {BAYES}: {reason}"
        self.diagnostics.warning("SG428", text.span, problem, "delete the element")

    # ---- general ----

    def general(self, general: General, library: Given[str] | None) -> ir.General | None:
        id = read_id(general.id, "general/@id", self.diagnostics)
        task = self.choice(general.task, "general/task", TASKS)
        space = self.choice(general.sequence_space, "general/sequencespace", SEQUENCE_SPACES)
        encoding = self.input_encoding(general.input_encoding)
        seed = read_value(general.seed, "general/seed", SEED, "the seed", self.diagnostics)
        pattern, names = labels.read(general, self.diagnostics)
        if not (task and space and library):
            return None
        self.implementation(general.implementation, library.value, space.value, task.value)
        if not (encoding and names and seed):
            return None
        return ir.General(
            id=id,
            name=plain(general.name, "general/name"),
            description=plain(general.description, "general/description"),
            task=task,
            sequence_space=space,
            library=library,
            input_encoding=encoding,
            labels=names,
            label_pattern=pattern,
            seed=seed,
        )

    def choice(self, text: Text, path: str, known: Iterable[str]) -> Given[str] | None:
        return read_choice(text, path, known, self.diagnostics)

    def input_encoding(self, text: Text | None) -> Value[str] | None:
        path = "general/inputencoding"
        return (
            self.choice(text, path, INPUT_ENCODINGS)
            if text
            else Value("1D", path, None, SEQGRA_DEFAULT)
        )

    def implementation(self, text: Text | None, library: str, space: str, task: str) -> None:
        expected = implementation(library, space, task)
        if text and text.value != expected:
            self.diagnostics.error(
                "SG405",
                text.span,
                f"the implementation {quoted(text.value)} does not agree with "
                "library, sequencespace and task",
                f"they mean '{expected}'; write that, or delete the element",
            )

    # ---- architecture ----

    def architecture(
        self, architecture: Sequential | External, library: str | None
    ) -> ir.Sequential | ir.External | None:
        if isinstance(architecture, External):
            return self.external(architecture, library)
        if len(architecture.operations) > _MAX_OPERATIONS:
            self.diagnostics.error(
                "SG105",
                architecture.operations[_MAX_OPERATIONS].name.span,
                f"more than {_MAX_OPERATIONS:,} operations",
                "a model has some dozen",
            )
            return None
        found = [
            self.operation(number, operation)
            for number, operation in enumerate(architecture.operations, start=1)
        ]
        return ir.Sequential(tuple(each for each in found if each), architecture.tag.span)

    def external(self, external: External, library: str | None) -> ir.External | None:
        path = "architecture/external"
        name = self.choice(external.format, f"{path}/@format", FORMATS)
        if name is None or library is None:
            return None
        row = FORMATS[name.value]
        if row.library != library:
            own = [other.name for other in FORMATS.values() if other.library == library]
            self.diagnostics.error(
                "SG408",
                external.format.span,
                f"the format '{row.name}' belongs to {row.library}, and the library is {library}",
                f"correct the format or the library ({library} reads {', '.join(own)})",
            )
        if row.class_name and not (external.class_name and external.class_name.value.strip()):
            self.diagnostics.error(
                "SG109",
                external.tag.span,
                f"the format '{row.name}' needs the attribute 'classname'",
                'write classname="TorchModel", the name of the class in the file',
            )
            return None
        if not external.path.value:
            self.diagnostics.error(
                "SG601",
                external.path.span,
                "'external' names no file",
                "write the path of the file, seen from the folder of the definition",
            )
        file = plain(external.path, path)
        if row.class_name and external.class_name:
            class_name = plain(external.class_name, f"{path}/@classname")
            return ir.ExternalModule(name, file, class_name)
        return ir.External(name, file)

    def operation(self, number: int, operation: Operation) -> ir.Operation | None:
        row = operations.find(operation.name.value)
        if row is None:
            self.diagnostics.error(
                "SG202",
                operation.name.span,
                (
                    f"unknown operation {quoted(operation.name.value)}"
                    if operation.name.value
                    else "an operation without a name"
                ),
                operation_hint(operation.name.value)
                or suggest(operation.name.value, operations.OPERATIONS),
            )
            return None
        arguments = self.arguments(row, number, operation)
        return ir.Operation(number, row.name, arguments, operation.name.span)

    def arguments(self, row: OperationRow, number: int, operation: Operation) -> Arguments:
        known = {parameter.name: parameter for parameter in operations.parameters(row)}
        path = f"architecture/sequential/operation[{number}]"
        given = {
            name: (attribute.name.span, attribute.value)
            for name, attribute in operation.attributes.items()
        }
        for name, (span, _) in given.items():
            if name not in known:
                self.diagnostics.error(
                    "SG203",
                    span,
                    f"{row.name} has no parameter {quoted(name)}",
                    parameter_hint(name, known) or suggest(name, known),
                )
        owner = Owner(row.name, operation.name.span, f"{path}/@", "SG205")
        return read_settings(known.values(), given, owner, self.diagnostics)

    # ---- loss, optimizer, trainingprocess ----

    def section(
        self, section: Section | None, definition: Definition, tag: str, library: str | None
    ) -> dict[str, tuple[Span, Text]] | None:
        """The hyperparameters by name, or None if there is no section."""
        if section is None and tag != "trainingprocess" and _may_be_compiled(definition):
            return None
        if section is None:
            self.diagnostics.error(
                "SG106",
                definition.root.span,
                f"the definition lacks the element '{tag}'",
                f"a {library or 'trained'} model needs it",
            )
            return None
        given: dict[str, tuple[Span, Text]] = {}
        for hyperparameter in section.hyperparameters:
            name = hyperparameter.name
            if name.value in given:
                self.diagnostics.error(
                    "SG209",
                    name.span,
                    f"the hyperparameter {quoted(name.value)} stands here a second time",
                    "delete one",
                )
            given.setdefault(name.value, (name.span, hyperparameter.value))
        return given

    def hyperparameters(
        self,
        parameters: Iterable[Parameter],
        given: dict[str, tuple[Span, Text]],
        section: Section,
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
                    else "it has none besides its name",
                )
        path = section.tag.value + "/"
        of = Owner(owner, section.tag.span, path, "SG208", silent=silent)
        return read_settings(known.values(), given, of, self.diagnostics)

    def named(
        self, given: dict[str, tuple[Span, Text]], section: Section
    ) -> tuple[Text | None, dict[str, tuple[Span, Text]]]:
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

    def loss(self, definition: Definition, library: str | None) -> ir.Loss | None:
        section = definition.loss
        given = self.section(section, definition, "loss", library)
        if section is None or given is None:
            return None
        name, others = self.named(given, section)
        if name is None or library is None:
            return None
        row = losses.find(name.value)
        task = definition.general.task.value
        known = [
            loss.name
            for loss in losses.LOSSES.values()
            if loss.library == library and (task in loss.tasks or task not in TASKS)
        ]
        if row is None or row.library != library:
            where = "" if row is None else f"; {library} has other losses than {row.library}"
            self.diagnostics.error(
                "SG210",
                name.span,
                f"unknown loss {quoted(name.value)}{where}",
                suggest(name.value, known),
            )
            return None
        arguments = self.hyperparameters(row.parameters, others, section, row.name, LIBRARY_DEFAULT)
        return ir.Loss(row.name, arguments, name.span)

    def optimizer(self, definition: Definition, library: str | None) -> ir.Optimizer | None:
        section = definition.optimizer
        given = self.section(section, definition, "optimizer", library)
        if section is None or given is None:
            return None
        name, others = self.named(given, section)
        if name is None or library is None:
            return None
        row = optimizers.find(library, name.value)
        if row is None:
            self.diagnostics.error(
                "SG211",
                name.span,
                f"unknown optimizer {quoted(name.value)} for {library}",
                suggest(name.value, optimizers.names(library)),
            )
            return None
        arguments = self.hyperparameters(
            (*row.parameters, *CLIPPING),
            others,
            section,
            row.name,
            row.defaults,
        )
        clipnorm, clipvalue = (_clip(arguments.pop(c.name, NO_CLIP)) for c in CLIPPING)
        return ir.Optimizer(row.name, arguments, name.span, clipnorm, clipvalue)

    def training(self, definition: Definition, library: str | None) -> ir.TrainingProcess | None:
        section = definition.training
        given = self.section(section, definition, "trainingprocess", library)
        if section is None or given is None:
            return None
        values = self.hyperparameters(
            TRAINING, given, section, "the training process", SEQGRA_DEFAULT
        )
        if len(values) < len(TRAINING):
            return None
        said = {name: value for name, value in values.items() if isinstance(value, Given)}
        return ir.TrainingProcess(
            said["batch_size"],
            said["epochs"],
            said["early_stopping"],
            values["early_stopping_patience"],
            said["shuffle"],
        )


def _clip(value: Value[Any]) -> Value[Any]:
    """Whatever the optimizer is, it is seqgra that does not clip where the definition is silent."""
    return replace(value, origin=SEQGRA_DEFAULT) if value.is_default else value


def _may_be_compiled(definition: Definition) -> bool:
    """Whether a file may hold the loss and optimizer that the definition lacks."""
    architecture = definition.architecture
    row = isinstance(architecture, External) and FORMATS.get(architecture.format.value)
    return bool(row and row.compiled)
