"""A `Definition` to a typed model, before its files are read. Reports SG2: names and values."""

from __future__ import annotations

from collections.abc import Iterable

from .. import ir
from ..catalog import operations
from ..catalog.libraries import LIBRARIES, implementation
from ..catalog.operations.row import OperationRow
from ..catalog.otherwords import operation_hint, other_library, parameter_hint
from ..catalog.sequences import (
    INPUT_ENCODINGS,
    SEED,
    SEQUENCE_SPACES,
    TASKS,
)
from ..catalog.structure import EXTERNAL, OPERATION
from ..catalog.training import FORMATS
from ..ir import SEQGRA_DEFAULT, Arguments, Given, Value
from ..messages.diagnostics import Diagnostics, nearest, quoted, suggest
from ..source import Text
from .labels import read_labels
from .sections import Sections
from .values import PARAMETER, Owner, as_written, read_arguments, read_choice, read_id, read_value
from .written import (
    Definition,
    ExternalElement,
    GeneralElement,
    OperationElement,
    SequentialElement,
)

# Formatting a script with this many takes some seconds.
_MAX_OPERATIONS = 5000


def analyze(
    definition: Definition, diagnostics: Diagnostics
) -> ir.DefinedModel | ir.ExternalModel | ir.BayesDefinition | None:
    """The definition as meant, or None if a name or value in it is wrong."""
    return _Analysis(diagnostics).model(definition)


class _Analysis:
    """One pass over a definition. Wrong parts are reported and become None."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        self.diagnostics = diagnostics

    def model(
        self, definition: Definition
    ) -> ir.DefinedModel | ir.ExternalModel | ir.BayesDefinition | None:
        library = self.choice(definition.general.library, "general/library", LIBRARIES)
        general = self.general(definition.general, library)
        # If the library is misspelt, the rest is checked against the most likely one.
        written = definition.general.library.value
        name = library.value if library else other_library(written) or nearest(written, LIBRARIES)
        if name and not LIBRARIES[name].trains:
            return self.bayes(definition, general, name)
        architecture = self.architecture(definition.architecture, name)
        sections = Sections(definition, name, self.diagnostics)
        loss, optimizer = sections.loss(), sections.optimizer()
        training = sections.training()
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

    def bayes(
        self, definition: Definition, general: ir.General | None, library: str
    ) -> ir.BayesDefinition | None:
        """A classifier with known rules, in which nothing is trained."""
        if isinstance(definition.architecture, SequentialElement):
            self.diagnostics.error(
                "SG429",
                definition.architecture.tag.span,
                f"{library} has no operations: it reads a data definition",
                'write <external format="data-definition">data.xml</external>',
            )
            return None
        architecture = self.external(definition.architecture, library)
        encoding = definition.general.input_encoding
        if encoding and encoding.value == INPUT_ENCODINGS[1]:
            self.effectless(
                encoding, "inputencoding 2D", "it reads sequences in one dimension", library
            )
        for section in (definition.loss, definition.optimizer, definition.training):
            if section:
                self.effectless(
                    section.tag, f"'{section.tag.value}'", "nothing is trained", library
                )
        if self.diagnostics.failed or not (general and architecture):
            return None
        return ir.BayesDefinition(**vars(general), architecture=architecture)

    def effectless(self, text: Text, what: str, reason: str, library: str) -> None:
        problem = f"{what} has no effect on {library}: {reason}"
        self.diagnostics.warning("SG428", text.span, problem, "delete the element")

    # ---- general ----

    def general(self, general: GeneralElement, library: Given[str] | None) -> ir.General | None:
        id = read_id(general.id, "general/@id", self.diagnostics)
        task = self.choice(general.task, "general/task", TASKS)
        space = self.choice(general.sequence_space, "general/sequencespace", SEQUENCE_SPACES)
        encoding = self.input_encoding(general.input_encoding)
        seed = read_value(general.seed, "general/seed", SEED, "the seed", self.diagnostics)
        pattern, names = read_labels(general, self.diagnostics)
        if not (task and space and library):
            return None
        self.implementation(general.implementation, library.value, space.value, task.value)
        if not (encoding and names and seed):
            return None
        return ir.General(
            id=id,
            name=as_written(general.name, "general/name"),
            description=as_written(general.description, "general/description"),
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
        self, architecture: SequentialElement | ExternalElement, library: str | None
    ) -> ir.Sequential | ir.External | None:
        if isinstance(architecture, ExternalElement):
            return self.external(architecture, library)
        if len(architecture.operations) > _MAX_OPERATIONS:
            self.diagnostics.error(
                "SG105",
                architecture.operations[_MAX_OPERATIONS].name.span,
                f"more than {_MAX_OPERATIONS:,} operations",
                "a model usually has a few dozen",
            )
            return None
        found = [
            self.operation(number, operation)
            for number, operation in enumerate(architecture.operations, start=1)
        ]
        return ir.Sequential(tuple(each for each in found if each), architecture.tag.span)

    def external(self, external: ExternalElement, library: str | None) -> ir.External | None:
        path = EXTERNAL
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
                "write the path of the file, relative to the folder of the definition",
            )
        file = as_written(external.path, path)
        if row.class_name and external.class_name:
            class_name = as_written(external.class_name, f"{path}/@classname")
            return ir.ExternalModule(name, file, class_name)
        return ir.External(name, file)

    def operation(self, number: int, operation: OperationElement) -> ir.Operation | None:
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

    def arguments(self, row: OperationRow, number: int, operation: OperationElement) -> Arguments:
        known = {parameter.name: parameter for parameter in operations.parameters(row)}
        path = OPERATION.format(number)
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
        owner = Owner(row.name, operation.name.span, f"{path}/@", PARAMETER)
        return read_arguments(known.values(), given, owner, self.diagnostics)
