"""docs/language.md: everything that a model definition can say, and what it compiles to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ..catalog.activations import ACTIVATIONS
from ..catalog.expressions import default_expression
from ..catalog.initializers import INITIALIZER, INITIALIZERS, torch_initializer
from ..catalog.libraries import FRAMEWORKS, PYTORCH, TENSORFLOW
from ..catalog.losses import LOSSES
from ..catalog.operations import OPERATIONS
from ..catalog.operations.row import COMMON, OperationRow
from ..catalog.optimizers import OPTIMIZERS
from ..catalog.parameters import Parameter
from ..catalog.regularizers import REGULARIZER, REGULARIZERS, torch_regularizer
from ..catalog.sequences import SEQUENCE_SPACES
from ..catalog.structure import ELEMENTS, ROOT, Child, ElementRow
from ..catalog.training import FORMATS, TRAINING
from ..ir import Value
from ..messages.codes import CODES
from ..pycode import Code, call
from . import about
from .codes import codes_page
from .datalanguage import data_part
from .dataschema import data_schema
from .entries import KINDS, LanguageEntry, default_text, meaning, written
from .examples import example_element, example_lines
from .schema import model_schema

_HEAD = """
<!-- Made from the compiler's tables by `make golden`: do not edit. -->

# The language of model definitions

For those who write definitions: what a definition can say, and what the compiler makes of it. A commented definition to
begin with, and the tables of this page in a terminal:

```sh
seqgra-compile --init torch > model.xml
seqgra-compile --list operations
seqgra-compile --list Conv1D
```

With [schemas/model-definition.xsd](../schemas/model-definition.xsd), an XML editor completes and explains the language.

- Names of operations, losses, optimizers and initializers, and words such as `valid`, may be written in any case; names of
  losses and initializers also with or without underscores. Names of parameters and activations, and the words of the
  general section, must be written as they are here.
- True and false may also be written yes, no, y, n, t, f, on, off, 1, 0, in any case.
- Shapes do not include the batch: (length, channels), or (height, width, channels). A script for PyTorch moves the axes
  if PyTorch needs another order.
- Initializers and regularizers are written as a name or as a call, with or without `tf.keras.initializers.` before it:
  `he_normal`, `HeNormal()`, `tf.keras.initializers.RandomNormal(stddev=0.1)`. They are matched against the tables below
  and never evaluated.
- If the definition does not give a value, the script writes out the default.
"""
_OPERATIONS = """
With the same weights, both libraries compute the same results. Each operation is shown with the lines that it becomes in a
script; the number in a name is that of the operation. If PyTorch's own class would compute something else, the script
defines a class of its own, such as `BatchNormalization`. All operations also take:
"""
_SEQGRA = """
By default, a script does what the definition says. If seqgra 0.0.4 does something else, the compiler says so in a note. The
notes are these; `seqgra-compile --explain` prints the same texts:
"""


def language_page() -> str:
    """The text of docs/language.md."""
    parts = (
        _HEAD.strip(),
        *("## Elements", _elements(), "### Sequence spaces", _spaces()),
        *("### Files with an architecture", _formats()),
        *("### Training process", _parameters(TRAINING)),
        *("## Operations", _OPERATIONS.strip(), _parameters(COMMON)),
        *(part for row in OPERATIONS.values() for part in _operation(row)),
        *("## Losses", *_losses()),
        *("## Optimizers", *_optimizers()),
        *("## Activations", _activations()),
        *("## Initializers", _initializers()),
        *("## Regularizers", _regularizers()),
        *("## Data definitions", *data_part()),
        *("## Where seqgra differs", _SEQGRA.strip(), *_departures()),
    )
    return "\n\n".join(parts) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    marked = (tuple(cell.replace("|", "\\|") for cell in row) for row in rows)
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *marked))


def _code(language: str, *texts: str) -> str:
    return "\n".join((f"```{language}", *texts, "```"))


def _parameters(parameters: Iterable[Parameter]) -> str:
    rows = ((f"`{p.name}`", f"`{default_text(p)}`", meaning(p)) for p in parameters)
    plain = (tuple(cell.replace("`required`", "required") for cell in row) for row in rows)
    return _table(("Parameter", "Default", "Meaning"), plain)


# ---- elements ----


def _elements() -> str:
    return _table(("Element", "Occurs", "Attributes", "Meaning"), _element(Child(ROOT), 0))


def _element(child: Child, depth: int) -> Iterable[tuple[str, ...]]:
    rule = ELEMENTS[child.row]
    yield (
        "&emsp;" * depth + f"`{child.tag}`",
        _occurs(child),
        _attributes(child.tag, rule),
        about.ELEMENTS[child.tag] + _alternatives(rule),
    )
    for inner in rule.children:
        yield from _element(inner, depth + 1)


def _occurs(child: Child) -> str:
    if child.repeated:
        return "1 or more" if child.required else "any number"
    return "1" if child.required else "0 or 1"


def _attributes(tag: str, rule: ElementRow) -> str:
    if rule.attributes is None:
        return "its parameters"
    names = (
        f"`{name}`" + ("" if required else " (may be absent)")
        for name, required in rule.attributes.items()
    )
    texts = (f"{name}: {about.ATTRIBUTES[tag, name.split('`')[1]]}" for name in names)
    return " ".join(texts)


def _alternatives(rule: ElementRow) -> str:
    tags = " or ".join(f"`{child.tag}`" for child in rule.children)
    return f" Holds {tags}." if rule.choice else ""


def _spaces() -> str:
    rows = (
        (space.name, f"`{space.alphabet}`", _others(space.unknown), _case(space.folds_case))
        for space in SEQUENCE_SPACES.values()
    )
    return _table(("Sequence space", "Channels, in their order", "Other letters", "Case"), rows)


def _others(unknown: str | None) -> str:
    return f"{unknown}: the same share in each channel" if unknown else "none"


def _case(folds: bool) -> str:
    return "upper and lower case are one" if folds else "upper case only"


def _formats() -> str:
    rows = ((f"`{row.name}`", row.library, row.about) for row in FORMATS.values())
    return _table(("Format", "Library", "File"), rows)


# ---- operations ----


def _operation(row: OperationRow) -> Iterable[str]:
    also = f" Also: {', '.join(f'`{alias}`' for alias in row.aliases)}." if row.aliases else ""
    yield f"### {row.name}"
    yield row.about[0].upper() + row.about[1:] + "." + also
    if row.parameters:
        yield _parameters(row.parameters)
    refused = {library: row.refusal(library) for library in FRAMEWORKS}
    made = {
        library: tuple(example_lines(row, library))
        for library in reversed(FRAMEWORKS)
        if not refused[library]
    }
    heading = next(iter(made.values()))[0][0].partition(": ")[2]
    yield f"Example: {heading.replace('->', 'becomes')}"
    yield _code("xml", example_element(row))
    for library, found in made.items():
        yield f"In {library}:"
        yield _code("python", *(text for _, text in found))
    for library, reason in refused.items():
        if reason:
            yield f"Not in {library}: {reason}."


# ---- losses and optimizers ----


def _losses() -> Iterable[str]:
    for group in KINDS["losses"]():
        yield f"### {group.library}"
        yield _table(
            ("Loss", "What it is", "In the script"),
            ((_names(entry), _described(entry), _loss_text(entry)) for entry in group.entries),
        )
        for entry in group.entries:
            if entry.parameters:
                yield f"`{entry.name}` takes:"
                yield _parameters(entry.parameters)


def _names(entry: LanguageEntry) -> str:
    return ", ".join(f"`{name}`" for name in (entry.name, *entry.aliases))


def _described(entry: LanguageEntry) -> str:
    return "; ".join((entry.about, *entry.notes))


def _loss_text(entry: LanguageEntry) -> str:
    row = LOSSES[entry.name]
    values = {p.name: Value(p.default, p.name, None) for p in row.parameters}
    return "" if row.refused else f"`{row.text(values)}`"


def _optimizers() -> Iterable[str]:
    for group in KINDS["optimizers"]():
        yield f"### {group.library}"
        yield f"All optimizers of {group.library} also take:"
        yield _parameters(group.shared)
        for entry in group.entries:
            row = OPTIMIZERS[group.library, entry.name]
            yield f"#### {entry.name} ({group.library})"
            yield f"{_described(entry)[0].upper()}{_described(entry)[1:]}."
            yield _parameters(entry.parameters)
            if not row.refused:
                values = {p.keyword or p.name: Code(p.name.upper()) for p in row.parameters}
                yield _code("python", str(call(row.function, **values, **row.fixed)))


# ---- activations, initializers, regularizers ----


def _activations() -> str:
    rows = ((f"`{row.name}`", row.about, f"`{row.module(dim=-1)}`") for row in ACTIVATIONS.values())
    return _table(("Activation", "What it is", f"In {PYTORCH}"), rows)


def _initializers() -> str:
    rows = []
    for row in INITIALIZERS.values():
        value = default_expression(row)
        torch = torch_initializer("weight", value, (12, 4), (1, 0))
        keras = str(INITIALIZER.keras(value))
        names = ", ".join(f"`{name}`" for name in (row.name, *row.aliases))
        rows.append(
            (names, row.about, _call_parameters(row.parameters), f"`{keras}`", f"`{torch}`")
        )
    return (
        _table(
            ("Initializer", "What it is", "Arguments", f"In {TENSORFLOW}", f"In {PYTORCH}"), rows
        )
        + "\n\nThe last two columns show the defaults, for a kernel of 12 inputs and 4 outputs."
    )


def _call_parameters(parameters: Iterable[Parameter]) -> str:
    return "<br>".join(f"`{p.name}={written(p.default)}`: {meaning(p)}" for p in parameters)


def _regularizers() -> str:
    rows = []
    for row in REGULARIZERS.values():
        value = default_expression(row)
        torch = " + ".join(torch_regularizer("weight", value))
        keras = REGULARIZER.keras(value)
        arguments = _call_parameters(row.parameters)
        rows.append((f"`{row.name}`", row.about, arguments, f"`{keras}`", f"`{torch}`"))
    head = ("Regularizer", "What it is", "Arguments", f"In {TENSORFLOW}", f"In {PYTORCH}")
    return _table(head, rows)


# ---- departures of seqgra ----


def _departures() -> Iterable[str]:
    for code, row in sorted(CODES.items()):
        if code.startswith("SG7"):
            yield f"### {code}: {row.title}"
            yield re.sub(r"(?m)^## .*\n\n", "", row.text)


# The files that are made from the catalog: path, and the function that makes the text.
PAGES: dict[str, Callable[[], str]] = {
    "schemas/model-definition.xsd": model_schema,
    "schemas/data-definition.xsd": data_schema,
    "docs/language.md": language_page,
    "docs/codes.md": codes_page,
}
