"""The report on a data definition: logos by hand, places against simulated sequences."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import browser as browsers
import pytest
import random_data
from test_simulate import constraint, definition, rule, simulated

from seqgra_compile.audit.report import report_of_definition
from seqgra_compile.audit.report.datadrawing import draw_data, information
from seqgra_compile.audit.report.extents import extents
from seqgra_compile.compiler import compile_bytes

WIDTHS = {"c": 2, "g": 3, "t": 1}


class _Texts(HTMLParser):
    """The letters of the logos and the rectangles of the rules, as a browser reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.letters: list[dict[str, str]] = []
        self.rects: list[dict[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        if tag == "text" and "transform" in dict(attrs):
            self.letters.append(dict(attrs))
        if tag == "rect":
            self.rects.append(dict(attrs))


def drawn(text: str):
    model = compile_bytes("data.xml", text.encode()).model
    return model, draw_data(model, {})


def test_information():
    assert information(dict.fromkeys("ACGT", 0.25)) == 0
    assert information({"A": 1.0, "C": 0.0, "G": 0.0, "T": 0.0}) == 2
    assert information({"A": 0.5, "C": 0.5, "G": 0.0, "T": 0.0}) == 1
    assert information({"A": 0.75, "C": 0.25, "G": 0, "T": 0}) == pytest.approx(1.188722, abs=1e-6)


def test_letters_of_a_logo():
    """Of 2 bits, A has a half and C a quarter twice: stacks of 96 pixels times bits / 2."""
    words = "".join(f'<kmer probability="0.5">{word}</kmer>' for word in ("AC", "CC"))
    element = f'<sequenceelement id="w"><kmerbased>{words}</kmerbased></sequenceelement>'
    text = definition(rule("w")).replace("</sequenceelements>", f"{element}</sequenceelements>")
    page = report_of_definition(compile_bytes("data.xml", text.encode()))
    logo = next(each for each in drawn(text)[1].logos if each.name == "w")
    assert logo.about == "k-mers, 2 positions, 3 bits"
    scales = [float(re.search(r"scale\([\d.]+ ([\d.]+)\)", g.transform)[1]) for g in logo.glyphs]
    heights = [round(scale * 71.6, 1) for scale in scales]
    assert [(g.text, h) for g, h in zip(logo.glyphs, heights, strict=True)] == [
        ("A", 24.0),
        ("C", 24.0),
        ("C", 96.0),
    ]
    assert len(_Texts(page).letters) == sum(len(each.glyphs) for each in drawn(text)[1].logos)


PAIRS = constraint("c", "g", 2, 4)
EITHER = constraint("c", "g", 2, 4, "random")
CHAIN = constraint("c", "t", 0, 3) + constraint("t", "g", 1, 2, "random")


NAMES = {"": "g", PAIRS: "cg", EITHER: "cg", CHAIN: "ctg"}
ALL = [(position, pairs) for position in ("random", "start", "end", "center", 5) for pairs in NAMES]
QUICK = (("center", EITHER), (5, CHAIN))
SHOWN = [
    pytest.param(*each, marks=() if each in QUICK else pytest.mark.long, id=f"{each[0]}-{number}")
    for number, each in enumerate(ALL)
]


@pytest.mark.parametrize(("position", "pairs"), SHOWN)
def test_places_are_those_of_simulated_sequences(tmp_path, position, pairs):
    """No element lies outside of its band; most bands are filled to their ends."""
    names = NAMES[pairs]
    text = definition(rule(*names, position=position, pairs=pairs))
    text = text.replace('samples="40"', 'samples="300"')
    compilation = compile_bytes("data.xml", text.encode())
    (found_rule,) = compilation.model.conditions[0].rules
    bands = extents(found_rule, WIDTHS, 30)
    files = simulated(compilation.script, tmp_path)
    lines = [line.split("\t")[0] for line in files["training.txt"].decode().splitlines()[1:]]
    reached = {}
    for name in names:
        letter = name.upper()
        # An element that another one has overwritten in part says nothing.
        whole = [x for x in lines if x.count(letter) == WIDTHS[name]]
        starts = [x.index(letter) for x in whole]
        reached[name] = min(starts), max(starts) + WIDTHS[name]
        assert bands[name][0] <= reached[name][0] and reached[name][1] <= bands[name][1]
    if pairs != CHAIN:
        assert reached == bands


def test_a_page(tmp_path):
    text = random_data.definition(3)
    compilation = compile_bytes("data.xml", text.encode())
    page = report_of_definition(compilation)
    found = _Texts(page)
    places = sum(
        len(set(rule.elements)) for each in compilation.model.conditions for rule in each.rules
    )
    assert len([each for each in found.rects if each.get("class") == "band"]) == places
    for each in found.rects:
        assert 0 <= float(each.get("x", 0)) <= 1000 - float(each["width"]) + 0.11
    assert "http" not in re.sub(r'xmlns="[^"]*"|http-equiv|http://www.w3.org', "", page)
    assert "Sequence elements" in page and "Architecture" not in page.partition("<script>")[0]


def test_hostile_labels_stay_text():
    text = definition(rule("g")).replace(
        "<label/>", "<label>&lt;b onclick='x'>&amp;&lt;/b></label>"
    )
    page = report_of_definition(compile_bytes("data.xml", text.encode()))
    assert "<b onclick" not in page and "&lt;b onclick" in page


@pytest.mark.long
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_in_a_browser(tmp_path, width, dark):
    """No sideways scrolling, and letters as high as their bits, whatever the font."""
    executable = browsers.find()
    if executable is None:
        pytest.skip("no Chromium")
    text = random_data.definition(3)
    (tmp_path / "page.html").write_text(
        report_of_definition(compile_bytes("data.xml", text.encode())), "utf-8"
    )
    with browsers.browser(executable, tmp_path / "profile") as tab:
        tab.open(tmp_path / "page.html", width, 900, dark)
        ask = """[document.documentElement.scrollWidth <= innerWidth,
          [...document.querySelectorAll('.logo svg')].every(each => each.getBBox().width > 0),
          document.querySelectorAll('.rules .band').length]"""
        done = tab.call("Runtime.evaluate", expression=ask, returnByValue=True)
        fits, painted, bands = done["result"]["value"]
        assert fits and painted and bands > 0
        assert not [event for event in tab.events if event.get("method") == "Log.entryAdded"]
