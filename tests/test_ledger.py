"""The ledger: complete, true to the line, and the same for a reader and a program."""

from __future__ import annotations

import dataclasses
import difflib
import itertools
import json
import re
from pathlib import Path

import pytest
from cases import ACCEPT
from literals import literals, lost
from mutations import (
    DEFINITIONS,
    EXAMPLES,
    compilation_of,
    compiled,
    mutations,
    tree_of,
    written,
)
from run_command import run_audit

from seqgra_compile.audit.ledger import provenance
from seqgra_compile.audit.ledger.entries import entries
from seqgra_compile.audit.ledger.listing import ledger_json, ledger_text
from seqgra_compile.audit.ledger.setting import (
    DEFINITION,
    LIBRARY,
    LIBRARY_DEFAULT,
    ORIGINS,
    SEQGRA_DEFAULT,
    TEMPLATE,
    Setting,
    ranges,
)
from seqgra_compile.audit.report import report_of_definition
from seqgra_compile.catalog.libraries import PYTORCH
from seqgra_compile.catalog.semantics import SEMANTICS
from seqgra_compile.compiler import Compilation, compile_definition
from seqgra_compile.datadefinition.arranged import BayesScript
from seqgra_compile.script import AlphabetCodes
from seqgra_compile.script.deciders import Decider, OfCondition, OfElement, OfOperation, deciders
from seqgra_compile.script.keras import KerasScript
from seqgra_compile.script.pytorch import PyTorchScript


def name(path: Path) -> str:
    return path.parent.name if path.name == "model.xml" else path.stem


each_definition = pytest.mark.parametrize("path", DEFINITIONS, ids=name)
MOST = 3  # legal values that are tried
NO_EFFECT = "without effect here"


# ---- a setting is changed: its row changes, and no line but its own ----


def by_path(compilation: Compilation) -> dict[str, Setting]:
    return {setting.path: setting for setting in compilation.settings}


def changed_lines(before: str, after: str) -> tuple[set[int], set[int]]:
    """The numbers of the lines that are gone and of those that are new; blank ones do not count."""
    texts = [text.split("\n") for text in (before, after)]
    numbers = [[n for n, line in enumerate(lines, 1) if line.strip()] for lines in texts]
    kept = [[line for line in lines if line.strip()] for lines in texts]
    gone, new = set(), set()
    matcher = difflib.SequenceMatcher(None, *kept, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            gone |= set(numbers[0][a:b])
            new |= set(numbers[1][c:d])
    return gone, new


# What else may change with a setting: numbers of weights and shapes, and whose parameters there are.
SUMMARIES = re.compile(r"definition|architecture/sequential(/operation\[\d+\])?|template .*")
FAMILIES = {"loss/loss": "loss/", "optimizer/optimizer": "optimizer/"}


def check_change(before: Compilation, after: Compilation, path: str) -> None:
    old, new = by_path(before), by_path(after)
    assert old[path].value != new[path].value
    family = FAMILIES.get(path, path + ":")
    for other in old.keys() | new.keys():
        pair = [rows[other].value if other in rows else "no such row" for rows in (old, new)]
        same = pair[0] == pair[1] and type(pair[0]) is type(pair[1])
        allowed = other == path or SUMMARIES.fullmatch(other) or other.startswith(family)
        # The same call has other arguments, such as a layer that is read both ways.
        allowed = allowed or other.startswith(path.partition("/@")[0] + ":")
        assert same or allowed, f"with {path}, the row {other} changes from {pair[0]} to {pair[1]}"
    gone, come = changed_lines(before.script, after.script)
    for rows, lines, script in ((old, gone, before.script), (new, come, after.script)):
        row = rows[path]
        stray = lines - set(row.lines) - set(row.derived)
        texts = {n: script.split("\n")[n - 1] for n in sorted(stray)}
        assert not stray, f"with {path}, these lines change as well: {texts}"
    own = (gone & set(old[path].lines)) | (come & set(new[path].lines))
    if NO_EFFECT in (old[path].remark, new[path].remark):
        assert old[path].remark == new[path].remark
    else:
        assert own, f"with {path}, no line of its own changes"


# Each stands for all of its kind, and the labels of a classifier are the ids of its conditions.
KINDS = {
    OfOperation: Decider.OPERATIONS,
    OfElement: Decider.ELEMENTS,
    OfCondition: Decider.CONDITIONS,
}
OWN = {"docstring", "constants", "definition_sha256", "family"}


def check_deciders(before: Compilation, after: Compilation, path: str) -> None:
    """What changes with a setting names it among its deciders."""
    one, other = before.arranged, after.arranged
    groups = {entry.path: entry.group for entry in entries(before.model, before.source)}
    group = groups[path]
    allowed = {group, KINDS.get(type(group))}
    if group is Decider.LABELS:
        allowed.add(Decider.CONDITIONS)
    if group in (Decider.CLIPNORM, Decider.CLIPVALUE):
        allowed.add(Decider.OPTIMIZER)  # in Keras a keyword of its call, with a line of its own
    if type(one) is not type(other):
        return
    kind = type(one)
    names = {field.name for field in dataclasses.fields(kind)} - OWN - {"alphabet"}
    names |= {n for n in dir(kind) if isinstance(getattr(kind, n), property)}
    for name in names:
        if getattr(one, name) != getattr(other, name):
            assert allowed & {*deciders(kind, name)}, f"{path} changes {name}"
    for name in (field.name for field in dataclasses.fields(AlphabetCodes)):
        if getattr(one.alphabet, name) != getattr(other.alphabet, name):
            assert group in deciders(AlphabetCodes, name), f"{path} changes alphabet.{name}"


def check_all_changes(path: Path, step: int = 1, start: int = 0) -> tuple[int, list[str]]:
    """How many settings were changed, and those that have no other legal value."""
    base = compiled(written(tree_of(path)), path.parent)
    rows, fixed_ones, changed = by_path(base), [], 0
    for number, (setting, candidates) in enumerate(mutations(path)):
        if number % step != start % step or setting not in rows:
            continue
        others = (compiled(data, path.parent) for data in candidates)
        legal = (
            each
            for each in others
            if each.script
            and setting in by_path(each)
            and by_path(each)[setting].value != rows[setting].value
        )
        tried = list(itertools.islice(legal, 1))
        # Two values may mean the same, such as axis -1 and the number of the last axis.
        while tried and told(tried[-1]) == told(base) and len(tried) < MOST:
            more = next(legal, None)
            if more is None:
                break
            tried.append(more)
        legal = tried
        other = next((each for each in legal if told(each) != told(base)), None)
        if other is not None or (legal and NO_EFFECT in rows[setting].remark):
            check_change(base, other or legal[0], setting)
            check_deciders(base, other or legal[0], setting)
            changed += 1
        else:
            fixed_ones.append(setting)
    return changed, fixed_ones


def told(compilation: Compilation) -> str:
    """The script, but for the definition's hash, which every change changes."""
    return compilation.script.replace(compilation.source.sha256, "")


# Whoever changes these must change something else as well, or there is no other value.
BOUND = {"task", "sequencespace", "units", "groups", "axis", "data_format", "return_state"}
BOUND |= {"stateful", "time_major", "target_shape", "dims", "filters", "input_shape", "loss"}
# Other values of these may mean the same.
BOUND |= {"strides", "padding"}


def test_each_change_changes_its_row_and_its_lines():
    changed, bound = check_all_changes(EXAMPLES / "motifs.xml", 4)
    assert changed > 8
    assert {re.split(r"[/@]", each)[-1] for each in bound} <= BOUND


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[] if path.name == "model.xml" else pytest.mark.long)
        for path in DEFINITIONS
    ],
    ids=name,
)
def test_some_changes_of_every_definition(path: Path):
    check_all_changes(path, 97, len(name(path)))


@pytest.mark.long
@each_definition
def test_all_changes_of_every_definition(path: Path):
    changed, bound = check_all_changes(path)
    # Some values are bound to others: the task to the loss, dilations to strides.
    assert changed > 2 * len(bound)


@each_definition
@pytest.mark.parametrize("semantics", [name for name in SEMANTICS if name != "intended"])
def test_other_semantics(path: Path, semantics: str):
    before, after = compilation_of(path), compilation_of(path, semantics)
    if after is not None:
        old, new = by_path(before), by_path(after)
        gone, come = changed_lines(before.script, after.script)
        assert gone <= {*old["--semantics"].lines, *old["--semantics"].derived}
        assert come <= {*new["--semantics"].lines, *new["--semantics"].derived}
        assert gone & set(old["--semantics"].lines)


# ---- nothing without a row ----


def is_torch(compilation: Compilation) -> bool:
    return compilation.model.library.value == PYTORCH


@each_definition
@pytest.mark.parametrize("semantics", SEMANTICS)
def test_no_literal_is_without_a_row(path: Path, semantics: str):
    compilation = compilation_of(path, semantics)
    if compilation is not None:
        found = literals(compilation.script)
        assert found
        assert not lost(found, compilation.settings, is_torch(compilation))


@each_definition
def test_each_literal_has_one_row(path: Path):
    """Without that row it is lost, though other rows have its line."""
    compilation = compilation_of(path)
    settings = compilation.settings
    found = literals(compilation.script)
    fixed_ones = [row for row in settings if row.origin in (LIBRARY, TEMPLATE)]
    for row in fixed_ones:
        others = [each for each in settings if each is not row]
        missed = lost(found, others, is_torch(compilation))
        # `None` sets something, but is no literal of these kinds.
        assert missed or row.value is None, row.path
        assert {literal.line for literal in missed} <= set(row.lines)


@each_definition
def test_every_departure_is_remarked(path: Path):
    for semantics in SEMANTICS:
        compilation = compilation_of(path, semantics)
        if compilation is None:
            continue
        remarks = " ".join(setting.remark for setting in compilation.settings)
        for diagnostic in compilation.diagnostics:
            if diagnostic.code.startswith("SG7"):
                assert f"{diagnostic.code}: {diagnostic.message}" in remarks


@each_definition
def test_rows_are_sound(path: Path):
    compilation = compilation_of(path)
    last = compilation.script.count("\n")
    paths = [setting.path for setting in compilation.settings]
    assert len(set(paths)) == len(paths)
    for setting in compilation.settings:
        assert setting.origin in ORIGINS
        assert not set(setting.lines) & set(setting.derived)
        for lines in (setting.lines, setting.derived):
            assert list(lines) == sorted(set(lines)) and set(lines) <= set(range(1, last + 1))
        assert setting.lines or setting.remark
        if setting.origin == DEFINITION:
            assert setting.where, setting.path
        assert setting.text.isprintable()


# ---- provenance ----


@each_definition
def test_marks_leave_the_text_alone(path: Path):
    compilation = compilation_of(path)
    assert provenance.rendered(compilation.arranged).text == compilation.script


@each_definition
def test_every_token_has_an_origin(path: Path):
    compilation = compilation_of(path)
    found = provenance.traced_tokens(compilation.arranged, compilation.script)
    assert all(token.origins[0] == provenance.Template("script.py.j2") for token in found)
    lines = compilation.script.split("\n")
    for token in found:
        first = token.text.split("\n")[0]
        assert lines[token.first - 1].startswith(first, token.column)


@pytest.mark.parametrize("kind", [PyTorchScript, KerasScript, BayesScript, AlphabetCodes])
def test_every_field_and_property_has_its_deciders(kind: type):
    fields = {field.name for field in dataclasses.fields(kind)}
    properties = {n for n in dir(kind) if isinstance(getattr(kind, n), property)}
    # Each letter's part of the alphabet has its own.
    silent = {n for n in fields | properties if deciders(kind, n) is None}
    assert silent == ({"alphabet"} if "alphabet" in fields else set())


@pytest.mark.parametrize("kind", [PyTorchScript, KerasScript, BayesScript])
def test_a_property_has_the_deciders_of_what_it_reads(kind: type):
    for name in [n for n in dir(kind) if isinstance(getattr(kind, n), property)]:
        own = set(deciders(kind, name))
        for read in getattr(kind, name).fget.__code__.co_names:
            if hasattr(kind, read) or read in kind.__dataclass_fields__:
                assert own >= set(deciders(kind, read) or ()), (name, read)


def test_early_stopping_decides_what_a_receipt_holds():
    """The names of the settings, of which PATIENCE is one only then."""
    compilation = compilation_of(EXAMPLES / "motifs.xml")
    lines = enumerate(compilation.script.split("\n"), 1)
    number = next(n for n, line in lines if re.fullmatch(r" +([A-Z_]+ )*PATIENCE( [A-Z_]+)*", line))
    row = by_path(compilation)["trainingprocess/early_stopping"]
    assert number in row.lines + row.derived


def test_whose_defaults_they_are():
    """seqgra has no NAdam, and clips nothing unless told, whatever the optimizer."""
    text = (EXAMPLES / "motifs.xml").read_text("utf-8").replace(">Adam<", ">NAdam<")
    rows = by_path(compiled(text.encode(), EXAMPLES))
    assert rows["optimizer/momentum_decay"].origin == LIBRARY_DEFAULT
    assert rows["optimizer/clipnorm"].origin == SEQGRA_DEFAULT


def test_parts_of_a_pair_are_counted_from_one():
    """PyTorch has betas where Keras has beta_1 and beta_2."""
    text = (EXAMPLES / "motifs.xml").read_bytes()
    rows = by_path(compiled(text, EXAMPLES, library="TensorFlow"))
    found = {path: row.value for path, row in rows.items() if "betas" in path}
    assert found == {"optimizer/betas[1]": 0.9, "optimizer/betas[2]": 0.999}


def test_what_a_module_holds_is_one_row():
    compilation = compile_definition(ACCEPT / "torch-ml3-dna48-conv2d" / "model.xml")
    row = by_path(compilation)["architecture/external: its content"]
    module = (ACCEPT / "torch-ml3-dna48-conv2d" / "flat_images.py").read_text("utf-8")
    held = {compilation.script.split("\n")[line - 1].strip() for line in row.lines}
    kept = [line.strip() for line in module.split("\n") if line.strip().startswith("self.")]
    assert kept and set(kept) <= held


# ---- the command ----


def test_lines_one_behind_the_other_are_a_range():
    assert ranges([1, 2, 3, 7, 9, 10]) == "1-3, 7, 9-10"


def test_text(tmp_path):
    result = run_audit("settings", EXAMPLES / "motifs.xml")
    assert result.exit_code == 0 and not result.stderr
    rows = [re.split(r"  +", line) for line in result.stdout.decode().splitlines()]
    assert rows[0] == ["setting", "value", "origin", "lines"]
    row = next(row for row in rows if row[0] == "optimizer/learning_rate")
    script = compile_definition(EXAMPLES / "motifs.xml").script.split("\n")
    assert row[1] == "0.005" and row[2].endswith("motifs.xml:29:46")
    assert script[int(row[3].split(", ")[0]) - 1].startswith("LEARNING_RATE = 0.005")


def test_json():
    path = EXAMPLES / "motifs.xml"
    result = run_audit("settings", path, "--format", "json", "--semantics", "intended")
    found = json.loads(result.stdout)
    compilation = compile_definition(path)
    assert found == json.loads(ledger_json(compilation.settings, compilation.source))
    rows = {row["path"]: row for row in found["settings"]}
    assert rows["trainingprocess/epochs"]["value"] == 20
    assert rows["trainingprocess/epochs"]["unit"] == "epochs"
    assert rows["optimizer/betas"]["value"] == [0.9, 0.999]
    assert rows["optimizer/betas"]["origin"] == "default of seqgra"
    assert rows["optimizer/optimizer: maximize of torch.optim.Adam"]["value"] is False


def test_one_of_a_unit_is_singular():
    """In print; a program reads the same unit whatever the number."""
    path = EXAMPLES / "motifs.xml"
    text = path.read_text("utf-8")
    text = re.sub(r'(name="epochs">)\d+', r"\g<1>1", text)
    compilation = compiled(text.encode(), EXAMPLES)
    printed = ledger_text(compilation.settings, compilation.source)
    assert re.search(r"trainingprocess/epochs +1 epoch +model.xml", printed)
    assert re.search(r"@strides +1 position +default", printed)
    assert re.search(r"early_stopping_patience +4 epochs", printed)
    page = report_of_definition(compilation)
    assert "<span>1</span> <small>epoch</small>" in page
    for many in (
        *{row.unit for row in compilation.settings if row.unit.endswith("s")},
        "weights",
        "operations",
    ):
        assert not re.search(rf"\b1 {many}\b", printed), many
        assert f"<span>1</span> <small>{many}</small>" not in page
    assert by_path(compilation)["trainingprocess/epochs"].unit == "epochs"


def test_library_option():
    path = EXAMPLES / "motifs-tensorflow.xml"
    result = run_audit("settings", path, "--library", "PyTorch", "--format", "json")
    rows = {row["path"]: row for row in json.loads(result.stdout)["settings"]}
    assert rows["general/library"]["value"] == "PyTorch"
    assert rows["general/library"]["remark"] == "TensorFlow in the definition"


def test_hostile_text_stays_on_its_line(tmp_path):
    text = (EXAMPLES / "motifs.xml").read_text("utf-8")
    for word in ("motif scanner", "Tells which"):
        text = text.replace(word, "\u202ea&#10;b\N{ZERO WIDTH SPACE}")
    path = tmp_path / "model.xml"
    path.write_text(text, "utf-8")
    result = run_audit("settings", path)
    assert result.exit_code == 0
    assert all(line.isprintable() for line in result.stdout.decode().splitlines())


def test_a_definition_with_errors_has_no_ledger(tmp_path):
    text = (EXAMPLES / "motifs.xml").read_text("utf-8").replace("filters=", "filtres=")
    path = tmp_path / "model.xml"
    path.write_text(text, "utf-8")
    result = run_audit("settings", path)
    assert (result.exit_code, result.stdout) == (2, b"")
    assert b"SG203" in result.stderr


def test_no_such_file(tmp_path):
    result = run_audit("settings", tmp_path / "no.xml")
    assert (result.exit_code, result.stdout) == (2, b"")
    assert result.stderr.endswith(b"no.xml: No such file or directory\n")
