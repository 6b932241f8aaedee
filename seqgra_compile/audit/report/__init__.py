"""The report: one offline page with definition and script side by side, linked by the ledger."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ... import ir
from ...backends.family import family
from ...compiler import Compilation
from ...grammar import BayesModel, Simulation
from ...messages.codes import CODES
from ...messages.diagnostics import Diagnostic, Severity
from ...source import Source
from ...visible import visible
from ..ledger.entries import operation_path
from ..ledger.setting import Setting, ranges
from ..results import results
from ..results.checklist import checklist
from ..runs.run import Run
from .datadrawing import DataDrawing, draw_data
from .drawing import Drawing, draw
from .facts import compiler_facts, data_facts, facts
from .highlight import indent, python_lines, xml_lines, xml_marks
from .html import render_page
from .page import File, Link, Page, PageLine, Remark
from .rows import Places, groups, kinds, ledger_rows, tints

if TYPE_CHECKING:
    from ...compiler import Meant

_BLOCK = 64
_MODEL = ("class Model(", "def build_model(")


def report_of_definition(compilation: Compilation, runs: Sequence[Run] = ()) -> str:
    """A self-contained HTML page: the definition, its script, and its runs.

    Raises as `results` does.
    """
    page = _page(compilation)
    found = results(runs, *_hashes(compilation, page)) if runs else None
    of_data = isinstance(compilation.model, Simulation)
    answers = () if of_data else checklist(compilation, runs)
    fits = not (runs or page.remarks)  # the code is right below the head
    return render_page(
        "report/page.html.j2", page=page, results=found, checklist=answers, fits=fits
    )


def report_of_runs(runs: Sequence[Run]) -> str:
    """The same for runs without their definition; raises as `results` does."""
    return render_page("report/run.html.j2", results=results(runs), checklist=checklist(None, runs))


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
    found = ledger_rows(settings, places)
    colours = tints(settings, found)
    drawing = _drawing(model, settings)
    titles = (
        {
            operation_path(operation): f"Operation {operation.number}: {operation.name}"
            for operation in model.operations
        }
        if isinstance(model, ir.Model)
        else {}
    )
    script = _script(compilation.script, settings, colours)
    failed = compilation.script is None
    return Page(
        title=visible(compilation.model_id or sources[0].file_name),
        name=visible(model.name.value) if model else "",
        description=visible(model.description.value) if model else "",
        failed=failed,
        outcome=_outcome(compilation.diagnostics),
        worst=_worst(compilation.diagnostics),
        facts=data_facts(model)
        if isinstance(model, Simulation)
        else facts(model, settings, drawing),
        compiled=compiler_facts(settings),
        files=tuple(_definition(each, settings, remarks, colours) for each in places),
        script=script,
        script_name=f"{compilation.model_id}.py" if not failed else "no script",
        sections=_sections(script),
        remarks=tuple(remark for _, _, remark in remarks),
        drawing=drawing,
        data=_data(model, settings),
        drawn="Elements" if isinstance(model, Simulation) else "Architecture",
        drawn_instead=_drawn_instead(model),
        groups=groups(found, titles),
        kinds=kinds(found),
        settings=len(found),
        departs=sum(row.departs for row in found),
    )


def _hashes(compilation: Compilation, page: Page) -> tuple[str | None, ...]:
    """Of the definition, the script and the family of runs, None where there is none."""
    model = compilation.model
    of_runs = family(model) if isinstance(model, ir.General) else None
    return compilation.source.sha256, page.script.sha256 or None, of_runs


def _sources(compilation: Compilation) -> list[Source]:
    """The definition, then the other files that were read as definitions."""
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


# ---- the two sides ----


def _definition(
    places: Places,
    settings: Sequence[Setting],
    remarks: Iterable[tuple[str, int, Remark]],
    colours: Mapping[str, str],
) -> File:
    source = places.source
    pieces = xml_lines(source, places.marks, places.by_mark)
    said: dict[int, set[int]] = {}
    for number, within in places.lines.items():
        said.setdefault(within[0], set()).update(settings[number].lines)
    below: dict[int, list[Remark]] = {}
    for name, line, remark in remarks:
        if name == source.name:
            below.setdefault(line, []).append(remark)
    lines = [
        PageLine(
            number,
            f"{places.anchor}-{number}",
            line,
            indent(line),
            bool(said.get(number)),
            colours.get(f"{places.anchor}-{number}", ""),
            ranges(sorted(said.get(number, ()))),
            tuple(below.get(number, ())),
        )
        for number, line in enumerate(pieces, 1)
    ]
    return File(
        visible(source.file_name),
        places.anchor,
        source.sha256,
        _base64(source.data),
        next((line.anchor for line in lines if _opens(line, "architecture")), ""),
        _blocks(lines),
    )


def _opens(line: PageLine, tag: str) -> bool:
    return any(piece.kind == "tag" and piece.text == tag for piece in line.pieces)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _script(script: str | None, settings: Sequence[Setting], colours: Mapping[str, str]) -> File:
    if script is None:
        return File("", "s", "", "", "", ())
    linked = {line for setting in settings for line in setting.lines}
    lines = [
        PageLine(
            number,
            f"s-{number}",
            line,
            indent(line),
            number in linked,
            colours.get(f"s-{number}", ""),
        )
        for number, line in enumerate(python_lines(script), 1)
    ]
    sha256 = hashlib.sha256(script.encode()).hexdigest()
    return File("", "s", sha256, _base64(script.encode()), _first_of_model(lines), _blocks(lines))


def _first_of_model(lines: Sequence[PageLine]) -> str:
    """The line that is shown first: the class or the function of the model, or its section."""
    banner = next((line for line in lines if _is_banner(line, "Model")), None)
    if banner is None:
        return ""
    texts = ("".join(piece.text for piece in line.pieces) for line in lines[banner.number :])
    starts = (n for n, text in enumerate(texts, banner.number + 1) if text.startswith(_MODEL))
    return f"s-{next(starts, banner.number)}"


def _is_banner(line: PageLine, title: str = "") -> bool:
    first = line.pieces[0] if line.pieces else None
    return (
        first is not None and first.kind == "banner" and first.text.strip("# -").startswith(title)
    )


def _blocks(lines: Sequence[PageLine]) -> tuple[tuple[PageLine, ...], ...]:
    return tuple(tuple(lines[start : start + _BLOCK]) for start in range(0, len(lines), _BLOCK))


def _sections(script: File) -> tuple[Link, ...]:
    """The script's banners."""
    return tuple(
        Link(line.pieces[0].text.strip("# -"), line.anchor)
        for block in script.blocks
        for line in block
        if _is_banner(line)
    )


# ---- the architecture ----


def _data(model: Meant, settings: Sequence[Setting]) -> DataDrawing | None:
    if not isinstance(model, Simulation):
        return None
    return draw_data(model, {setting.path: number for number, setting in enumerate(settings)})


def _drawing(model: Meant, settings: Sequence[Setting]) -> Drawing | None:
    if not isinstance(model, ir.Model) or not model.operations:
        return None
    numbers = {setting.path: number for number, setting in enumerate(settings)}
    paths = map(operation_path, model.operations)
    return draw(model.operations, [numbers.get(path) for path in paths])


def _drawn_instead(model: Meant) -> str:
    """The reason if nothing is drawn."""
    if model is None:
        return "The definition has errors."
    if isinstance(model, BayesModel):
        return (
            "A Bayes optimal classifier has no layers: it scores a sequence with the motifs and "
            "rules of its data definition, which the script writes out."
        )
    if isinstance(model, ir.Model) and isinstance(model.architecture, ir.Module):
        return (
            f"The architecture is the class {model.architecture.class_name} of a PyTorch module. "
            "The compiler never runs a module, so it cannot know its layers; the script holds the "
            "module word for word, in its section Model."
        )
    return ""
