"""The report: complete, true to both sides, harmless whatever a definition says, and usable."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import os
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import browser as browsers
import pytest
from click.testing import CliRunner

from seqgra_compile.audit.report import report_of_definition
from seqgra_compile.audit.report.highlight import xml_lines, xml_marks
from seqgra_compile.commands.audit import main
from seqgra_compile.compiler import Compilation, compile_bytes, compile_definition
from seqgra_compile.source import Source
from seqgra_compile.visible import visible

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES, REJECT = ROOT / "examples", ROOT / "golden" / "reject"
MISSPELT = REJECT / "SG203-misspelt-parameter" / "model.xml"
GOOD = MISSPELT.read_text("utf-8").replace("unts", "units")
BASSET = EXAMPLES / "basset.xml"
VOID = {"meta", "input", "col", "br"}


# ---- a page as a browser would see it ----


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    def all(self, tag: str = "", name: str = "") -> list[Element]:
        """The elements within, in order, of a tag and of a class."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if (not tag or child.tag == tag) and (not name or name in child.classes):
                    found.append(child)
                found += child.all(tag, name)
        return found

    def one(self, tag: str = "", name: str = "") -> Element:
        return self.all(tag, name)[0]


class Tree(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Element("", {})
        self.feed(text)
        self.close()
        assert self.at is self.root, f"{self.at.tag} is never closed"

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attributes}, self.at)
        assert len(element.attributes) == len(attributes), "an attribute stands twice"
        self.at.children.append(element)
        if tag not in VOID:
            self.at = element

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.at.children.append(Element(tag, dict(attributes), self.at))

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.at.tag
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


def page(compilation: Compilation) -> Element:
    return Tree(report_of_definition(compilation)).root


def of(text: str, name: str = "model.xml") -> Compilation:
    return compile_bytes(name, text.encode())


def lines(root: Element, anchor: str) -> list[str]:
    (file,) = [each for each in root.all("div", "text") if each.attributes["id"] == anchor]
    return [line.one("code").text for line in file.all("div", "line")]


@pytest.fixture(scope="module")
def basset() -> Compilation:
    return compile_definition(BASSET)


@pytest.fixture(scope="module")
def root(basset: Compilation) -> Element:
    return page(basset)


# ---- one file, offline, closed to everything that is not its own ----


def harmless(root: Element) -> None:
    """Nothing is fetched, nothing runs but the page's own code, which its policy names by hash."""
    for element in root.all():
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            assert name not in ("src", "srcset", "style", "action", "data", "poster", "background")
            if name == "href" and not value.startswith("#"):
                assert value.startswith("data:application/octet-stream;base64,")
                assert "download" in element.attributes  # bytes to keep, not a page to show
    assert not root.all("link") + root.all("base") + root.all("iframe") + root.all("object")
    assert [root.all(tag)[1:] for tag in ("script", "style", "title", "meta")][:3] == [[], [], []]
    style, code = root.one("style").text, root.one("script").text
    assert not re.search(r"@import|url\(|https?:|//[a-z]", style)
    assert not re.search(r"https?:|fetch\(|XMLHttp|import\(|eval\(|innerHTML|Storage|cookie", code)
    (policy,) = [
        meta.attributes["content"]
        for meta in root.all("meta")
        if meta.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy == (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(code)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_offline(root: Element) -> None:
    harmless(root)


def test_the_same_bytes_wherever_the_definition_lies(basset: Compilation) -> None:
    relative = compile_definition(os.path.relpath(BASSET))
    assert report_of_definition(relative) == report_of_definition(basset)
    assert str(ROOT) not in report_of_definition(basset)


# ---- both sides, whole ----


@pytest.mark.parametrize(
    "path",
    [BASSET, EXAMPLES / "motifs-module.xml", EXAMPLES / "danq.xml", EXAMPLES / "motifs-bayes.xml"],
    ids=lambda path: path.stem,
)
def test_both_sides_are_whole(path: Path) -> None:
    compilation = compile_definition(path)
    root = page(compilation)
    assert "\n".join(lines(root, "s")) + "\n" == compilation.script
    assert lines(root, "d1") == compilation.source.text.split("\n")
    identifiers = [e.attributes["id"] for e in root.all() if "id" in e.attributes]
    assert len(set(identifiers)) == len(identifiers)
    links = [a.attributes["href"] for a in root.all("a")]
    assert {link[1:] for link in links if link.startswith("#")} <= set(identifiers)
    taken = [base64.b64decode(link.partition(",")[2]) for link in links if link[0] != "#"]
    assert taken[0] == path.read_bytes() and taken[-1] == compilation.script.encode()


def test_a_data_definition_stands_below_its_model() -> None:
    root = page(compile_definition(EXAMPLES / "motifs-bayes.xml"))
    text = (EXAMPLES / "motifs-grammar.xml").read_text("utf-8")
    assert lines(root, "d2") == text.split("\n")
    (row,) = [r for r in root.all("tr", "row") if "sequenceelement motif-1" in r.text]
    first, *_, last = (int(a.removeprefix("d2-")) for a in row.attributes["data-at"].split())
    assert 'id="motif-1"' in text.split("\n")[first - 1]
    assert "</sequenceelement>" in text.split("\n")[last - 1]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "<",
        "<a",
        "<a b",
        "<a b='",
        "<a><b>\r\n x \r</c>\n",
        "<!-- x\n -- <a>",
        "<![CDATA[ <a> ]]",
        "<?x\n?><a b='1'\n c = \"<\">&amp;&x &#10;<d/></a>\n\n",
        GOOD,
    ],
)
def test_any_text_can_be_cut_into_pieces(text: str) -> None:
    source = Source("x", text.encode(), text)
    marks, elements = xml_marks(text)
    assert "".join(text[mark.start : mark.end] for mark in marks) == text
    shown = ["".join(piece.text for piece in line) for line in xml_lines(source, marks, {})]
    assert shown == re.split(r"\r\n|\r|\n", text)
    assert all(text[name - 1] == "<" for name in elements)


def test_what_is_far_too_long_is_shown_without_colours() -> None:
    text = "&" * (2**20 + 1)
    marks, elements = xml_marks(text)
    assert (len(marks), elements) == (1, {})


def test_elements_know_their_ends() -> None:
    marks, elements = xml_marks("<a><b x='>'/>\n<c>1</c></a >")
    assert {(e.name, e.end) for e in elements.values()} == {(1, 27), (4, 13), (15, 22)}


# ---- links ----


def test_rows_are_the_ledger(basset: Compilation, root: Element) -> None:
    rows = root.all("tr", "row")
    assert [row.attributes["id"] for row in rows] == [f"r{n}" for n in range(len(rows))]
    for row, setting in zip(rows, basset.settings, strict=True):
        path, value, origin, place, links = row.all("td")
        assert path.text == visible(setting.path)
        assert value.one("span").text == setting.text
        assert setting.measure in value.text
        assert setting.remark in value.text
        assert origin.text
        numbers = [_range(each) for each in row.attributes["data-lines"].split()]
        assert [n for numbers in numbers for n in numbers] == list(setting.lines)
        assert [a.attributes["href"] for a in links.all("a")] == [f"#s-{n[0]}" for n in numbers]
        derived = [_range(each) for each in row.attributes["data-derived"].split()]
        assert [n for numbers in derived for n in numbers] == list(setting.derived)
        if setting.where:
            assert place.text == f"{setting.where.line}:{setting.where.column}"
            at = row.attributes["data-at"].split()
            assert at[0] == f"d1-{setting.where.line}" == place.one("a").attributes["href"][1:]
        else:
            assert (place.text, row.attributes["data-at"]) == ("", "")


def _range(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def test_what_is_silent_is_near_what_it_belongs_to(basset: Compilation, root: Element) -> None:
    near = {
        row.one("td", "path").text: row.attributes["data-near"] for row in root.all("tr", "row")
    }
    text = basset.source.text.split("\n")
    conv = next(n for n, line in enumerate(text, 1) if "Conv1D" in line)
    optimizer = next(n for n, line in enumerate(text, 1) if "RMSprop" in line)
    assert near["architecture/sequential/operation[1]/@strides"] == f"d1-{conv}"
    assert near["optimizer/eps"] == f"d1-{optimizer}"
    assert near["optimizer/learning_rate"] == ""


def test_values_know_their_rows(basset: Compilation, root: Element) -> None:
    """A piece of the definition is marked with the settings that stand there."""
    rows = root.all("tr", "row")
    marked = [piece for piece in root.all("span") if "data-s" in piece.attributes]
    told = {
        rows[int(number)].one("td", "path").text: piece.text
        for piece in marked
        for number in piece.attributes["data-s"].split()
    }
    assert told["optimizer/alpha"] == "0.98"
    assert told["architecture/sequential/operation[1]/@filters"] == '"300"'
    assert told["architecture/sequential"] == "sequential"
    assert set(told) == {setting.path for setting in basset.settings if setting.where}


def test_lines_of_one_element_belong_together(root: Element) -> None:
    (row,) = [r for r in root.all("tr", "row") if r.one("td", "path").text.endswith("/sequential")]
    text = BASSET.read_text("utf-8").split("\n")
    first, *_, last = (int(a.removeprefix("d1-")) for a in row.attributes["data-at"].split())
    assert (text[first - 1].strip(), text[last - 1].strip()) == ("<sequential>", "</sequential>")


# ---- diagnostics, architecture ----


def test_diagnostics_stand_below_their_lines() -> None:
    compilation = compile_definition(MISSPELT)
    root = page(compilation)
    harmless(root)
    (remark,) = root.all("div", "remark")
    assert "error SG203" in remark.text
    assert "did you mean 'units'?" in remark.text
    siblings = [each for each in remark.parent.children if isinstance(each, Element)]
    assert siblings[siblings.index(remark) - 1].attributes["id"] == "d1-20"
    assert lines(root, "s") == []
    assert "there is no script" in root.one("p", "failed").text
    assert root.one("a", "counted").text == "1 error"


@pytest.mark.parametrize("code", ["SG101", "SG102", "SG105", "SG612", "SG703", "SG615"])
def test_definitions_with_faults_have_a_page(code: str) -> None:
    found = 0
    for case in sorted(REJECT.glob(f"{code}-*")):
        compilation = compile_definition(case / "model.xml", [case])
        root = page(compilation)
        harmless(root)
        remarks = list(compilation.diagnostics)
        assert len(root.all("div", "remark")) == len(remarks) > 0
        for remark in remarks:
            assert visible(remark.message) in root.text
        found += 1
    assert found


def test_the_architecture(basset: Compilation, root: Element) -> None:
    layers = root.all("tr", "layer")
    operations = basset.model.architecture.operations
    for layer, operation in zip(layers, operations, strict=True):
        number, name, said, drawn, shape, weights, share, adds, field = layer.all("td")
        assert (adds.text != "") == any(w.name.endswith("kernel") for w in operation.weights)
        assert field.text
        assert (number.text, name.text) == (str(operation.number), operation.name)
        sizes = tuple(int(size.replace(",", "")) for size in shape.text.split(" \u00d7 "))
        assert sizes == operation.output_shape
        assert weights.text == (f"{operation.weight_count:,}" if operation.weight_count else "")
        row = root.all("tr", "row")[int(layer.attributes["data-row"])]
        assert row.one("td", "path").text.endswith(f"operation[{operation.number}]")
    assert layers[0].all("td")[2].text == "filters 300, kernel_size 19"
    corners = [_corners(layer) for layer in layers]
    assert max(x for points in corners for x, _ in points) == 200
    # Each part goes on where the one above ends.
    for above, below in itertools.pairwise(corners):
        assert [above[3][0], above[2][0]] == [below[0][0], below[1][0]]


def test_the_head(basset: Compilation, root: Element) -> None:
    facts = {
        each.one("dt").text: (each.one("dd").children[0], each.one("dd").text)
        for each in root.one("dl", "facts").all("div")
    }
    assert facts["Labels"] == ("8", "8cell-type-1 to cell-type-8")
    assert facts["Sequences"] == ("1,000 letters", "1,000 lettersDNA, all of one length")
    assert facts["Early stopping"][1] == "yesstops after 12 epochs without a lower validation loss"
    assert facts["Weights"][0] == "5,584,308"
    assert facts["Work"][0] == "257 M"
    said = root.one("p", "compiled").text
    assert "semantics intended: what the definition says" in said and "records full: a" in said
    # Words in buttons are explained on the page, not only where a pointer rests.
    told = {each.one("dt").text for each in root.one("details", "words").all("div")}
    assert {button.text.rpartition(" ")[0] for button in root.one("div", "kinds").all("button")} - {
        "departures"
    } == told


def test_pairs_have_one_colour(basset: Compilation, root: Element) -> None:
    """A line of the script has the colour of the line that decides it; neighbours have others."""
    tint = {
        line.attributes["id"]: next((c for c in line.classes if re.fullmatch(r"t\d", c)), "")
        for line in root.all("div", "line")
    }
    operations = []
    for setting in basset.settings:
        if re.fullmatch(r"architecture/sequential/operation\[\d+\]", setting.path):
            mine = tint[f"d1-{setting.where.line}"]
            assert mine
            made = [tint[f"s-{line}"] for line in setting.lines]
            assert mine in made
            operations.append(mine)
    assert all(one != other for one, other in itertools.pairwise(operations))
    assert tint["s-19"] == ""  # an import, which no line of the definition decides alone


def test_the_first_lines_are_those_of_the_model(root: Element) -> None:
    starts = {
        each.attributes["id"]: each.attributes["data-starts"] for each in root.all("div", "text")
    }
    text = {line.attributes["id"]: line.one("code").text for line in root.all("div", "line")}
    assert text[starts["d1"]].strip() == "<architecture>"
    assert text[starts["s"]].startswith("class Model(")


def _corners(layer: Element) -> list[tuple[float, float]]:
    points = layer.one("polygon").attributes["points"].split()
    return [tuple(map(float, point.split(","))) for point in points]


@pytest.mark.parametrize("name", ["motifs-module", "motifs-bayes"])
def test_what_cannot_be_drawn_is_explained(name: str) -> None:
    root = page(compile_definition(EXAMPLES / f"{name}.xml"))
    (section,) = root.all("section", "architecture")
    assert not section.all("table")
    assert len(section.one("p").text) > 40


# ---- hostile text ----

MARKUP = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'`{{ 7*7 }}{% x %}<!--"
ODD = "\u202egnp\u2028\u202c\u200b"


def hostile() -> str:
    escaped = MARKUP.replace("&", "&amp;").replace("<", "&lt;") + ODD
    text = re.sub(r"<name>.*?</name>", lambda _: f"<name>{escaped}</name>", GOOD)
    text = re.sub(
        r"<description>.*?</description>",
        lambda _: f"<description><![CDATA[{MARKUP}{ODD}]]></description>",
        text,
        flags=re.DOTALL,
    )
    quoted = escaped.replace('"', "&quot;")
    return text.replace("<label>ctcf</label>", f"<label>{quoted.replace(ODD, '')}</label>")


def test_hostile_text_stays_text() -> None:
    compilation = of(hostile(), "</title><script>alert(3)</script>.xml")
    assert compilation.script is not None
    root = page(compilation)
    harmless(root)
    assert "\n".join(lines(root, "s")) + "\n" == compilation.script
    assert lines(root, "d1") == [_readable(line) for line in compilation.source.text.split("\n")]
    assert root.one("p", "name").text == visible(MARKUP + ODD)
    for element in root.all():
        text = "".join(child for child in element.children if isinstance(child, str))
        assert not {c for c in ODD if not c.isprintable()} & set(text)


def _readable(line: str) -> str:
    return "".join(c if c == "\t" else visible(c) for c in line)


# ---- the command ----


def call(*arguments: object) -> tuple[int, bytes, str]:
    result = CliRunner().invoke(main, ["report", *map(str, arguments)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout_bytes, result.stderr


def test_the_command(basset: Compilation, tmp_path: Path) -> None:
    target = tmp_path / "new" / "page.html"
    assert call(BASSET, "-o", target) == (0, b"", "")
    assert target.read_bytes() == report_of_definition(basset).encode()
    assert call(BASSET) == (0, report_of_definition(basset).encode(), "")


def test_errors_have_a_page_and_a_status(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    status, out, said = call(MISSPELT, "-o", target)
    assert (status, out) == (1, b"")
    assert "error[SG203]" in said
    assert "SG203" in target.read_text("utf-8")


def test_what_cannot_be_read_or_written(tmp_path: Path) -> None:
    assert call(tmp_path / "none.xml")[0] == 2
    (tmp_path / "model.xml").write_text(GOOD, "utf-8")
    status, _, said = call(tmp_path / "model.xml", "-o", tmp_path / "model.xml")
    assert status == 2
    assert "not overwritten" in said
    assert (tmp_path / "model.xml").read_text("utf-8") == GOOD
    assert call(tmp_path / "model.xml", "-o", tmp_path / "model.xml" / "page.html")[0] == 2


# ---- in a browser ----


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory):
    executable = browsers.find()
    if executable is None:
        pytest.skip(f"needs a browser: one of {', '.join(browsers.NAMES)}")
    with browsers.browser(executable, tmp_path_factory.mktemp("profile")) as tab:
        yield tab


@pytest.fixture(scope="module")
def saved(basset: Compilation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "basset.html"
    path.write_bytes(report_of_definition(basset).encode())
    return path


def on(tab: browsers.Tab, pane: str) -> list[int]:
    """The numbers of a pane's lines that are linked with what is pointed at."""
    found = tab.run(f"[...document.querySelectorAll('#{pane} .line.on')].map((line) => line.id)")
    return [int(identifier.partition("-")[2]) for identifier in found]


def row_of(basset: Compilation, path: str) -> tuple[int, list[int]]:
    """A setting's line in the definition, and its lines in the script."""
    (setting,) = [each for each in basset.settings if each.path == path]
    return setting.where.line, list(setting.lines)


def quiet(tab: browsers.Tab) -> None:
    """Nothing was fetched but the file, nothing went wrong."""
    fetched = [
        event["params"]["request"]["url"]
        for event in tab.events
        if event.get("method") == "Network.requestWillBeSent"
    ]
    assert all(url.startswith("file:") for url in fetched)
    assert len(fetched) == 1
    assert not [
        event
        for event in tab.events
        if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown")
        or event.get("method") == "Page.javascriptDialogOpening"
    ]


EDGE = "(e) => e.getBoundingClientRect().left + e.scrollWidth"


@pytest.mark.long
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 1920, 800, 390])
def test_no_page_is_wider_than_its_window(
    tab: browsers.Tab, saved: Path, width: int, dark: bool
) -> None:
    tab.open(saved, width, 800, dark)
    assert tab.run("document.documentElement.scrollWidth") <= width
    rights = (
        "[...document.querySelectorAll('.line code, .row td, .layers td, .facts dd')].map(RIGHT)"
    )
    assert tab.run(f"Math.max(...{rights.replace('RIGHT', EDGE)})") <= width
    background = tab.run("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", background)[:3])) < 200) == dark
    quiet(tab)


@pytest.mark.long
def test_pointing_links_both_ways(tab: browsers.Tab, saved: Path, basset: Compilation) -> None:
    tab.open(saved)
    line, script = row_of(basset, "trainingprocess/epochs")
    tab.point(f"#d1-{line} .no")
    assert on(tab, "definition") == [line]
    assert on(tab, "script") == script
    assert "trainingprocess/epochs" in tab.run("inspector.textContent")
    tab.point(f"#s-{script[0]} .no")
    assert line in on(tab, "definition")
    assert script[0] in on(tab, "script")
    tab.point("h1")
    assert on(tab, "definition") == on(tab, "script") == []
    # An attribute's value is more exact than its line.
    line, script = row_of(basset, "architecture/sequential/operation[1]/@input_shape")
    tab.point(f"#d1-{line} [data-s]")
    assert on(tab, "script") == script
    quiet(tab)


VISIBLE = """(() => {
  const line = document.querySelector('#PANE .line.on').getBoundingClientRect();
  const frame = document.querySelector('#PANE .scroll').getBoundingClientRect();
  return line.top >= frame.top && line.bottom <= frame.bottom;
})()"""


@pytest.mark.long
def test_a_click_keeps_and_shows_the_other_side(
    tab: browsers.Tab, saved: Path, basset: Compilation
) -> None:
    tab.open(saved)
    line, script = row_of(basset, "optimizer/alpha")
    tab.click(f"#d1-{line} .at")
    assert on(tab, "script") == script
    assert tab.run(VISIBLE.replace("PANE", "script"))
    tab.point("#s-1 .no")
    assert on(tab, "script") == script
    assert tab.run("document.querySelectorAll('#script .line.derived').length") > 0
    assert tab.run("document.querySelectorAll('#script .ruler i').length") > 0
    tab.press("Escape")
    assert on(tab, "script") == []
    # From the script, from the ledger, from the drawing.
    tab.click(f"#s-{script[-1]} code")
    assert line in on(tab, "definition")
    assert tab.run(VISIBLE.replace("PANE", "definition"))
    row = [each.path for each in basset.settings].index("optimizer/alpha")
    tab.click(f"#r{row} .path")
    assert on(tab, "script") == script
    assert tab.run(VISIBLE.replace("PANE", "script"))
    line, script = row_of(basset, "architecture/sequential/operation[14]")
    tab.click("#o14 .op")
    assert on(tab, "definition") == [line]
    assert set(script) <= set(on(tab, "script"))
    tab.click(f"#r{row} .lines a")
    assert tab.run("location.hash").startswith("#s-")
    quiet(tab)


@pytest.mark.long
def test_pointing_brings_the_other_side_into_view(
    tab: browsers.Tab, saved: Path, basset: Compilation
) -> None:
    tab.open(saved, 1366, 768)
    line, script = row_of(basset, "trainingprocess/batch_size")
    tab.point(f"#d1-{line} .attribute")
    tab.wait(VISIBLE.replace("PANE", "script"))
    assert set(on(tab, "script")) >= set(script)
    line, _ = row_of(basset, "architecture/sequential/operation[1]")
    tab.point("#s-143 code")
    tab.wait(VISIBLE.replace("PANE", "definition"))
    quiet(tab)


@pytest.mark.long
def test_an_operation_leads_to_its_layer(
    tab: browsers.Tab, saved: Path, basset: Compilation
) -> None:
    """And not to the length of its input, which stands far above."""
    tab.open(saved, 1366, 768)
    line, script = row_of(basset, "architecture/sequential/operation[1]")
    tab.click(f"#d1-{line} .no + code")
    seen = "(() => {{ const l = document.getElementById('s-{}').getBoundingClientRect(); const f = document.querySelector('#script .scroll').getBoundingClientRect(); return l.top >= f.top && l.bottom <= f.bottom; }})()"
    tab.wait(seen.format(script[0]))
    assert "nn.Conv1d" in basset.script.split("\n")[script[0] - 1]
    quiet(tab)


@pytest.mark.long
@pytest.mark.parametrize("size", [(1440, 900), (1366, 768)], ids=str)
def test_the_first_screen(tab: browsers.Tab, saved: Path, size: tuple[int, int]) -> None:
    """Without scrolling a laptop shows the model on both sides, and the settings."""
    tab.open(saved, *size)
    tab.wait("document.documentElement.dataset.ready !== undefined")
    for shown in ("#inspector", "#d1-17", "#script .line.t0"):
        found = tab.run(
            f"[...document.querySelectorAll({json.dumps(shown)})].some((e) => "
            "{ const b = e.getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight; })"
        )
        assert found, shown
    first = "document.querySelector('#s').dataset.starts"
    assert tab.run(f"document.getElementById({first}).getBoundingClientRect().top < innerHeight")
    assert tab.run("document.documentElement.scrollWidth <= innerWidth")
    quiet(tab)


@pytest.mark.long
def test_copy_and_download(tab: browsers.Tab, saved: Path, basset: Compilation) -> None:
    tab.open(saved)
    tab.run("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    for name, text in (("s", basset.script), ("d1", basset.source.text)):
        tab.click(f"[data-copy={name}]")
        tab.wait("window.copied !== undefined")
        assert tab.run("window.copied") == text
        tab.run("delete window.copied")
    assert tab.run("document.getElementById('take-s').download") == "basset.py"
    tab.run("navigator.clipboard.writeText = async () => { throw new Error('not allowed'); }")
    tab.click("[data-copy=d1]")
    tab.wait("String(getSelection()).includes('<seqgramodel>')")
    quiet(tab)


@pytest.mark.long
def test_search(tab: browsers.Tab, saved: Path, basset: Compilation) -> None:
    tab.open(saved)
    tab.press("/", *"rmsprop")
    tab.wait("document.getElementById('hits').textContent !== ''")
    text = basset.source.text.split("\n") + basset.script.split("\n")
    count = sum("rmsprop" in line.lower() for line in text)
    said = tab.run("document.getElementById('hits').textContent")
    rows = tab.run("document.getElementById('shown').textContent")
    assert said == f"{count} lines, {rows} settings"
    assert tab.run("document.querySelectorAll('.line.found').length") == count
    rows = tab.run(
        "[...document.querySelectorAll('.row')].filter((r) => !r.hidden).map((r) => r.textContent)"
    )
    assert 0 < len(rows) < len(basset.settings)
    assert all("rmsprop" in row.lower() for row in rows)
    tab.press("Enter")
    assert tab.run("document.getElementById('hits').textContent") == f"1 of {count}"
    assert "RMSprop" in tab.run("document.querySelector('.line.current').textContent")
    tab.press("Escape")
    assert tab.run("document.querySelectorAll('.line.found').length") == 0
    assert tab.run("[...document.querySelectorAll('.row')].every((r) => !r.hidden)")
    quiet(tab)


@pytest.mark.long
def test_keys(tab: browsers.Tab, saved: Path, basset: Compilation) -> None:
    tab.open(saved)
    line, script = row_of(basset, "general/name")
    tab.press("d", *["ArrowDown"] * (line - 1))
    assert tab.run("document.querySelector('.line.current').id") == f"d1-{line}"
    assert on(tab, "script") == script
    tab.press("Enter", "ArrowDown")
    assert on(tab, "script") == script
    tab.press("n")
    assert tab.run("document.querySelector('.line.current').id") == f"s-{script[0]}"
    tab.press("Escape", "s", "j", "k")
    assert tab.run("document.activeElement.closest('.pane').id") == "script"
    tab.press("?")
    assert tab.run("document.getElementById('keys').open")
    tab.press("Escape")
    assert not tab.run("document.getElementById('keys').open")
    quiet(tab)


@pytest.mark.long
def test_kinds_filter_the_ledger(tab: browsers.Tab, saved: Path, basset: Compilation) -> None:
    tab.open(saved)
    silent = [each for each in basset.settings if each.origin == "default of seqgra"]
    tab.click("[data-kind=seqgra]")
    assert tab.run("document.getElementById('shown').textContent") == str(len(silent))
    tab.click("[data-kind=seqgra]")
    assert tab.run("document.getElementById('shown').textContent") == str(len(basset.settings))


@pytest.mark.long
def test_the_theme_can_be_chosen(tab: browsers.Tab, saved: Path) -> None:
    tab.open(saved)
    seen = []
    for _ in range(3):
        tab.click("#theme")
        color = tab.run("getComputedStyle(document.body).backgroundColor")
        seen.append((tab.run("document.getElementById('theme').textContent"), color))
    (light, white), (dark, black), (auto, again) = seen
    assert (light, dark, auto) == ("Light", "Dark", "Auto")
    assert white == again != black


@pytest.mark.long
def test_hostile_text_in_a_browser(tab: browsers.Tab, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    path.write_bytes(report_of_definition(of(hostile())).encode())
    tab.open(path)
    assert tab.run("document.scripts.length") == 1
    assert tab.run("document.images.length") == 0
    assert tab.run("document.querySelector('.name').textContent") == visible(MARKUP + ODD)
    tab.click("#d1-4 .at")
    assert on(tab, "script")
    quiet(tab)


@pytest.mark.long
def test_without_code_the_page_can_be_read(tab: browsers.Tab, saved: Path) -> None:
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        tab.open(saved)
        height = "document.querySelector('#s-100').getBoundingClientRect().height"
        assert tab.run(height) > 10
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)


@pytest.mark.long
def test_print(tab: browsers.Tab, saved: Path) -> None:
    """On paper, every line of both sides and every row of the ledger is there."""
    tab.open(saved)
    tab.call("Emulation.setEmulatedMedia", media="print")
    hidden = tab.run(
        "[...document.querySelectorAll('.line, .row, .layer')]"
        ".filter((e) => e.getBoundingClientRect().height < 5).length"
    )
    assert hidden == 0
    assert tab.run("getComputedStyle(document.querySelector('.scroll')).overflow") == "visible"
    assert tab.run("getComputedStyle(document.querySelector('.bar')).display") == "none"
    tab.call("Emulation.setEmulatedMedia", media="")


def many_operations(count: int) -> str:
    kinds = itertools.cycle(
        [
            "<operation>BatchNormalization</operation>",
            "<operation>ReLU</operation>",
            '<operation rate="0.1">Dropout</operation>',
            '<operation filters="16" kernel_size="3" padding="same">Conv1D</operation>',
        ]
    )
    first = '<operation input_shape="(1000, 4)" filters="16" kernel_size="3">Conv1D</operation>'
    last = ["<operation>GlobalMaxPool1D</operation>", '<operation units="8">Dense</operation>']
    between = [next(kinds) for _ in range(count - 3)]
    text = BASSET.read_text("utf-8")
    start, end = text.index("<operation "), text.index("</sequential>")
    return text[:start] + "\n".join([first, *between, *last]) + "\n" + text[end:]


@pytest.mark.long
def test_five_hundred_operations(tab: browsers.Tab, tmp_path: Path) -> None:
    """It opens and answers; how fast, it prints: pytest -s."""
    compilation = of(many_operations(500))
    path = tmp_path / "many.html"
    path.write_bytes(report_of_definition(compilation).encode())
    tab.open(path)
    tab.wait("document.documentElement.dataset.ready !== undefined")
    layers = tab.run("document.querySelectorAll('.layer').length")
    assert layers == 500
    spent = tab.run("""(() => {
          const lines = [...document.querySelectorAll('.line')];
          const spent = [];
          for (let index = 0; index < 300; index += 1) {
            const before = performance.now();
            const line = lines[(index * 37) % lines.length];
            line.firstElementChild.dispatchEvent(new PointerEvent('pointerover', { bubbles: true }));
            document.body.getBoundingClientRect();
            spent.push(performance.now() - before);
          }
          return spent.sort((a, b) => a - b);
        })()""")
    figures = {
        "bytes": path.stat().st_size,
        "settings": len(compilation.settings),
        "ready after ms": int(tab.run("document.documentElement.dataset.ready")),
        "pointing, median ms": round(spent[150], 1),
        "pointing, 95 of 100 ms": round(spent[285], 1),
    }
    print(json.dumps(figures))
    tab.click("#d1-100 .no")
    assert on(tab, "script")
    quiet(tab)
