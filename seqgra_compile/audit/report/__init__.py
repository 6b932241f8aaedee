"""The report: one offline page with definition and script side by side, linked by the ledger."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterable, Sequence

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ... import __version__, ir
from ...compiler import Compilation
from ...grammar import BayesModel
from ...messages.codes import CODES
from ...messages.diagnostics import Diagnostic, Severity
from ...resources import folder
from ...source import Source
from ...visible import visible
from ..ledger.entries import operation_path
from ..ledger.setting import Setting, ranges
from .drawing import Drawing, draw
from .highlight import indent, python_lines, xml_lines, xml_marks
from .page import Fact, File, Line, Link, Page, Remark
from .rows import Places, groups, kinds, rows

_BLOCK = 64
_FACTS = {
    "general/library": "Library",
    "general/task": "Task",
    "general/sequencespace": "Sequences",
    "loss/loss": "Loss",
    "optimizer/optimizer": "Optimizer",
    "optimizer/learning_rate": "Learning rate",
    "trainingprocess/batch_size": "Batch size",
    "trainingprocess/epochs": "Epochs",
    "general/seed": "Seed",
    "--semantics": "Semantics",
    "--data": "Data",
    "--records": "Records",
    "--shards": "Shards",
}


@functools.cache
def _environment() -> Environment:
    """Unlike scripts, the page is HTML: whatever a template prints is escaped."""
    return Environment(
        loader=FileSystemLoader(folder("templates"), encoding="utf-8"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def report(compilation: Compilation) -> str:
    """A page of HTML that needs nothing but itself."""
    return _environment().get_template("report/page.html.j2").render(page=_page(compilation))


def _page(compilation: Compilation) -> Page:
    settings, model = compilation.settings, compilation.model
    remarks = _remarks(compilation)
    places = []
    sources = _sources(compilation)
    numbered = [
        (f"d{number}", source, *xml_marks(source.text)) for number, source in enumerate(sources, 1)
    ]
    for anchor, source, marks, elements in numbered:
        here = Places(source, anchor, marks, elements)
        for number, setting in enumerate(settings):
            if setting.where is not None and setting.where.file == source.name:
                here.add(number, setting, whole=source is not compilation.source)
        places.append(here)
    found = rows(settings, places)
    drawing = _drawing(model, settings)
    titles = (
        {
            operation_path(operation): f"Operation {operation.number}: {operation.name}"
            for operation in model.architecture.operations
        }
        if drawing
        else {}
    )
    script = _script(compilation.script, settings)
    failed = compilation.script is None
    return Page(
        title=visible(compilation.model_id or sources[0].file_name),
        name=visible(model.name.value) if model else "",
        description=visible(model.description.value) if model else "",
        version=__version__,
        style_hash=_hash("report/page.css"),
        code_hash=_hash("report/page.js"),
        failed=failed,
        outcome=_outcome(compilation.diagnostics),
        worst=_worst(compilation.diagnostics),
        facts=_facts(settings, drawing),
        files=tuple(_definition(each, settings, remarks) for each in places),
        script=script,
        script_name=f"{compilation.model_id}.py" if not failed else "no script",
        sections=_sections(script),
        remarks=tuple(remark for _, _, remark in remarks),
        drawing=drawing,
        drawn_instead=_drawn_instead(model),
        groups=groups(found, titles),
        kinds=kinds(found),
        settings=len(found),
        departs=sum(row.departs for row in found),
    )


def _hash(template: str) -> str:
    """What the page's content security policy lets its style and its code through by."""
    text = _environment().get_template(template).render()
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _sources(compilation: Compilation) -> list[Source]:
    """The definition, then the other files that are read as definitions."""
    others = [found.source for found in compilation.diagnostics if found.source is not None]
    if isinstance(compilation.model, BayesModel):
        others.append(compilation.model.grammar.source)
    return [compilation.source, *{source.name: source for source in others}.values()]


def _remarks(compilation: Compilation) -> list[tuple[str, int, Remark]]:
    """The file, line and text of each diagnostic."""
    names = [source.name for source in _sources(compilation)]
    found = []
    for diagnostic in compilation.diagnostics:
        source = diagnostic.source or compilation.source
        anchor = f"d{names.index(source.name) + 1}"
        found.append(_remark(diagnostic, source, anchor))
    return found


def _remark(found: Diagnostic, source: Source, anchor: str) -> tuple[str, int, Remark]:
    place = source.place(min(found.span.start, len(source.text)))
    return (
        source.name,
        place.line,
        Remark(
            found.severity.value,
            found.code,
            CODES[found.code].title,
            visible(found.message),
            found.help and visible(found.help),
            Link(
                visible(f"{source.file_name}:{place.line}:{place.column}"), f"{anchor}-{place.line}"
            ),
        ),
    )


def _outcome(diagnostics: Iterable[Diagnostic]) -> str:
    counts: dict[str, int] = {}
    for found in diagnostics:
        counts[found.severity.value] = counts.get(found.severity.value, 0) + 1
    words = [f"{n} {name}{'' if n == 1 else 's'}" for name, n in counts.items()]
    return ", ".join(words) or "no diagnostics"


def _worst(diagnostics: Iterable[Diagnostic]) -> str:
    found = {diagnostic.severity for diagnostic in diagnostics}
    return next((severity.value for severity in Severity if severity in found), "")


def _facts(settings: Sequence[Setting], drawing: Drawing | None) -> tuple[Fact, ...]:
    by_path = {setting.path: setting for setting in settings}
    facts = [Fact(name, by_path[path].text) for path, name in _FACTS.items() if path in by_path]
    if drawing:
        facts.insert(3, Fact("Weights", drawing.weights))
    return tuple(facts)


# ---- the two sides ----


def _definition(
    places: Places, settings: Sequence[Setting], remarks: Iterable[tuple[str, int, Remark]]
) -> File:
    source = places.source
    pieces = xml_lines(source, places.marks, places.by_mark)
    said: dict[int, set[int]] = {}
    for number, lines in places.lines.items():
        said.setdefault(lines[0], set()).update(settings[number].lines)
    below: dict[int, list[Remark]] = {}
    for name, line, remark in remarks:
        if name == source.name:
            below.setdefault(line, []).append(remark)
    lines = [
        Line(
            number,
            f"{places.anchor}-{number}",
            line,
            indent(line),
            bool(said.get(number)),
            ranges(sorted(said.get(number, ()))),
            tuple(below.get(number, ())),
        )
        for number, line in enumerate(pieces, 1)
    ]
    return File(visible(source.file_name), places.anchor, source.sha256, _blocks(lines))


def _script(script: str | None, settings: Sequence[Setting]) -> File:
    if script is None:
        return File("", "s", "", ())
    linked = {line for setting in settings for line in setting.lines}
    lines = [
        Line(number, f"s-{number}", line, indent(line), number in linked)
        for number, line in enumerate(python_lines(script), 1)
    ]
    sha256 = hashlib.sha256(script.encode()).hexdigest()
    return File("", "s", sha256, _blocks(lines))


def _blocks(lines: Sequence[Line]) -> tuple[tuple[Line, ...], ...]:
    return tuple(tuple(lines[start : start + _BLOCK]) for start in range(0, len(lines), _BLOCK))


def _sections(script: File) -> tuple[Link, ...]:
    """The script's banners."""
    return tuple(
        Link(line.pieces[0].text.strip("# -"), line.anchor)
        for block in script.blocks
        for line in block
        if line.pieces and line.pieces[0].kind == "banner"
    )


# ---- the architecture ----


def _drawing(model: ir.General | None, settings: Sequence[Setting]) -> Drawing | None:
    if not isinstance(model, ir.Model) or not isinstance(model.architecture, ir.Sequential):
        return None
    numbers = {setting.path: number for number, setting in enumerate(settings)}
    operations = model.architecture.operations
    return draw(operations, [numbers.get(operation_path(each)) for each in operations])


def _drawn_instead(model: ir.General | None) -> str:
    """Why nothing is drawn."""
    if model is None:
        return "The definition has errors."
    if isinstance(model, BayesModel):
        return (
            "A Bayes optimal classifier has no layers: it scores a sequence with the motifs and "
            "rules of its data definition, which the script writes out."
        )
    if isinstance(model.architecture, ir.Module):
        return (
            f"The architecture is the class {model.architecture.class_name} of a PyTorch module. "
            "The compiler never runs a module, so it cannot know its layers; the script holds the "
            "module word for word, in its section Model."
        )
    return ""
