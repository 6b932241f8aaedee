"""The house: who may import whom, what templates may hold, which names a script keeps to itself."""

from __future__ import annotations

import ast
import builtins
import graphlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cases import BY_ID, Case
from jinja2 import Environment, nodes
from mutants import mutants

from seqgra_compile.backends.pytorch import OWN_NAMES, PREDICT_NAMES

ROOT = Path(__file__).resolve().parent.parent
PACKAGE, TEMPLATES = ROOT / "seqgra_compile", ROOT / "templates"
MAX_LINES = 400

# Imports go down only. A package stands for all of its modules that have no entry of their own.
FLOORS = {
    "text": "__init__ source visible pycode script.deciders resources messages",
    "data": "ir grammar script reading.written datadefinition.written datadefinition.arranged",
    "tables": "catalog",
    "reading": "reading files.lookup",
    "stages": "datadefinition files passes backends",
    "assembly": "compiler reference audit datasets sweep",
    "faces": "commands __main__",
}
STAGES = FLOORS["stages"].split()
FLOOR_OF = {name: number for number, names in enumerate(FLOORS.values()) for name in names.split()}
# What each may import beyond the standard library. h5py is there only for those who need it.
THIRD_PARTY = {
    "reading.faults": {"lxml"},
    "reading.tree": {"lxml"},
    "pycode": {"black"},
    "files.module.layout": {"black"},
    "backends.renderer": {"jinja2"},
    "audit.export.card": {"huggingface_hub"},
    "audit.export.crate": {"rocrate"},
    "audit.export.croissant": {"mlcroissant"},
    "audit.ledger.provenance": {"jinja2"},
    "audit.results.learning": {"markupsafe", "matplotlib"},
    "audit.results.measures": {"numpy"},
    "audit.results.page": {"markupsafe"},
    "audit.results.pictures": {"markupsafe", "matplotlib", "numpy"},
    "audit.results.svg": {"lxml", "matplotlib"},
    "commands.console": {"click"},
    "commands.compile": {"click"},
    "commands.audit": {"click"},
    "commands.auditexport": {"click"},
    "commands.auditing": {"click"},
    "commands.auditreport": {"click"},
    "commands.auditruns": {"click"},
    "commands.data": {"click", "dnaio", "numpy", "pyfaidx"},
    "commands.dataoptions": {"click"},
    "commands.datacheck": {"click"},
    "commands.datarun": {"click"},
    "commands.sweep": {"click"},
    "commands.usage": {"click"},
    "datasets.bed": {"numpy"},
    "datasets.fasta": {"dnaio", "xopen"},
    "datasets.genome": {"pyfaidx"},
    "datasets.negatives": {"numpy"},
    "datasets.plots": {"matplotlib", "numpy"},
    "datasets.shuffle": {"numpy"},
    "datasets.windows": {"numpy"},
    "files.keras.h5_reader": {"h5py"},
}
# All that is slow to import: only inside functions.
LATE = {"black", "dnaio", "h5py", "matplotlib", "numpy", "pyfaidx", "xopen"}
RUNS_CODE = {"eval", "exec", "__import__"}
WORLD = {"subprocess", "runpy", "importlib", "socket", "urllib", "datetime", "time"}
# Starts our own reader of HDF5, a library that crashes on damaged files.
STARTS = {"files.keras.h5_file": {"subprocess"}}

FILES = {
    path.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", "."): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
MODULES = {name.removesuffix(".__init__"): path for name, path in FILES.items()}
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in MODULES.items()}
each_module = pytest.mark.parametrize("name", MODULES)


def imported(name: str, tree: ast.AST) -> Iterator[str]:
    """Modules that a module imports: ours without the package's name, others as `:root`."""
    package = name.split(".") if MODULES[name].stem == "__init__" else name.split(".")[:-1]
    package = [part for part in package if part != "__init__"]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (":" + alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield ":" + node.module.partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level]
            base += node.module.split(".") if node.module else []
            for alias in node.names:
                longer = ".".join([*base, alias.name])
                yield longer if longer in MODULES else ".".join(base) or "__init__"


OURS = {
    name: {other for other in imported(name, tree) if other[0] != ":"}
    for name, tree in TREES.items()
}


def place(name: str) -> str:
    """The entry of the table that a module belongs to: the longest that its name starts with."""
    while name not in FLOOR_OF and "." in name:
        name = name.rpartition(".")[0]
    return name


@each_module
def test_every_module_has_a_floor(name: str):
    assert place(name) in FLOOR_OF, f"{name} stands on no floor: enter it in FLOORS"


def test_the_table_names_nothing_twice():
    named = [name for names in FLOORS.values() for name in names.split()]
    assert len(set(named)) == len(named)


@each_module
def test_imports_go_down(name: str):
    own = FLOOR_OF.get(place(name), 0)
    upward = [other for other in OURS[name] if FLOOR_OF.get(place(other), 0) > own]
    assert not upward, f"{name} imports {upward}, which stand above it"


@each_module
def test_stages_do_not_import_one_another(name: str):
    if place(name) in STAGES:
        others = {place(other) for other in OURS[name]} & set(STAGES) - {place(name)}
        assert not others, f"{name} imports the stages {others}"


def test_imports_have_no_cycle():
    graphlib.TopologicalSorter(OURS).prepare()


@each_module
def test_no_framework_is_imported(name: str):
    roots = {other[1:] for other in imported(name, TREES[name]) if other[0] == ":"}
    others = roots - sys.stdlib_module_names - THIRD_PARTY.get(name, set())
    assert not others, f"{name} imports {others}"
    at_once = ast.Module(
        [node for node in TREES[name].body if isinstance(node, (ast.Import, ast.ImportFrom))], []
    )
    assert not {":" + root for root in LATE} & set(imported(name, at_once))


def test_the_top_has_few_rooms():
    rooms = {path for path in PACKAGE.iterdir() if path.is_dir() or path.suffix == ".py"}
    assert len({path.name for path in rooms} - {"__pycache__"}) <= 22


@each_module
def test_modules_are_short(name: str):
    lines = MODULES[name].read_text("utf-8").count("\n")
    assert lines <= MAX_LINES, f"{name} has {lines} lines"


@each_module
def test_nothing_is_run_or_printed(name: str):
    called = {
        node.func.id
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & RUNS_CODE
    assert "print" not in called
    roots = {other[1:] for other in imported(name, TREES[name]) if other[0] == ":"}
    assert not roots & WORLD - STARTS.get(name, set())


@each_module
def test_only_rows_and_backends_know_libraries_and_semantics(name: str):
    """Elsewhere, what sets one apart is a field of its row."""
    if place(name).split(".")[0] in ("catalog", "backends"):
        return
    compared = {
        side.id
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Name)
    }
    assert not compared & {"PYTORCH", "TENSORFLOW", "BAYES", "INTENDED", "SEQGRA", "STREAMING"}


def test_types():
    """mypy, strict: as pyproject.toml has it."""
    found = subprocess.run(
        [sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


# ---- templates ----

TEMPLATE_FILES = sorted(path for path in TEMPLATES.rglob("*") if path.is_file())
each_template = pytest.mark.parametrize(
    "path",
    [path for path in TEMPLATE_FILES if path.suffix == ".j2"],
    ids=lambda path: path.relative_to(TEMPLATES).as_posix(),
)
STRUCTURE = (nodes.Template, nodes.TemplateData, nodes.Output, nodes.For, nodes.If, nodes.Include)


def is_name(node: nodes.Node) -> bool:
    """A name, or attributes of one."""
    return isinstance(node, nodes.Name) or (isinstance(node, nodes.Getattr) and is_name(node.node))


def faults(node: nodes.Node) -> Iterator[str]:
    """What in a template is more than text, values, `for`, `if` on a value, and `include`."""
    if isinstance(node, nodes.If):
        test = node.test.node if isinstance(node.test, nodes.Not) else node.test
        expressions, parts = [test], [*node.body, *node.elif_, *node.else_]
    elif isinstance(node, nodes.For):
        expressions, parts = [node.target, node.iter], [*node.body, *node.else_]
        if node.test is not None or node.recursive:
            yield f"line {node.lineno}: a 'for' that is filtered or recursive"
    elif isinstance(node, nodes.Include):
        expressions = [] if isinstance(node.template, nodes.Const) else [node.template]
        parts = []
    elif isinstance(node, nodes.Output):
        expressions = [part for part in node.nodes if not isinstance(part, nodes.TemplateData)]
        parts = []
    else:
        expressions, parts = [], list(node.iter_child_nodes())
    if not isinstance(node, STRUCTURE):
        yield f"line {node.lineno}: {type(node).__name__}"
    for expression in expressions:
        if not is_name(expression):
            yield f"line {expression.lineno}: {type(expression).__name__}"
    for part in parts:
        yield from faults(part)


@each_template
def test_templates_hold_no_logic(path: Path):
    tree = Environment().parse(path.read_text("utf-8"))
    assert list(faults(tree)) == []


@pytest.mark.parametrize(
    "logic",
    [
        "{{ a | upper }}",
        "{{ a + 1 }}",
        "{{ a() }}",
        "{{ a if b }}",
        "{{ 'text' }}",
        "{{ a[0] }}",
        "{% set a = 1 %}",
        "{% if a == 1 %}{% endif %}",
        "{% if a and b %}{% endif %}",
        "{% if a %}{% elif b > 1 %}{% endif %}",
        "{% for a in b if a %}{% endfor %}",
        "{% for a in b | sort %}{% endfor %}",
        "{% for a in b %}{{ a ~ c }}{% endfor %}",
        "{% macro a() %}{% endmacro %}",
        "{% call a() %}{% endcall %}",
        "{% import 'a' as a %}",
        "{% extends 'a' %}",
        "{% block a %}{% endblock %}",
        "{% filter upper %}{% endfilter %}",
        "{% with a = 1 %}{% endwith %}",
        "{% include a ~ b %}",
    ],
)
def test_logic_is_seen(logic: str):
    assert list(faults(Environment().parse(logic)))


@pytest.mark.parametrize(
    "path", [path for path in TEMPLATE_FILES if path.suffix != ".j2"], ids=lambda path: path.name
)
def test_fragments_without_holes(path: Path):
    """They are Python, first definitions, or the style and the code of the report, a page."""
    text = path.read_text("utf-8")
    assert not [mark for mark in ("{{", "{%", "{#") if mark in text]
    if path.parent.name == "first":
        assert path.suffix == ".xml"
    elif path.parent.name == "report":
        assert path.suffix in (".css", ".js")
        assert "</" not in text
    else:
        assert path.suffix == ".py"
        ast.parse(text, feature_version=(3, 10))


def test_templates_have_no_tabs_or_trailing_blanks():
    for path in TEMPLATE_FILES:
        lines = path.read_text("utf-8").split("\n")
        assert not [line for line in lines if line != line.rstrip() or "\t" in line], path


# ---- names ----

EXTERNAL = [
    case
    for case in BY_ID.values()
    if case.library == "PyTorch" and len(list(case.folder.rglob("*.py"))) > 1
]


def bound(node: ast.stmt) -> set[str]:
    """Names that a statement at the top level defines; imports are looked at elsewhere."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else []
    return {
        each.id
        for target in targets
        for each in ast.walk(target)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }


PREDICTING = ROOT / "golden" / "predict"
HOLDING = [(case, case.script, OWN_NAMES) for case in EXTERNAL] + [
    (case, PREDICTING / f"{case.id}.py", PREDICT_NAMES)
    for case in EXTERNAL
    if (PREDICTING / f"{case.id}.py").exists()
]


@pytest.mark.parametrize(
    ("case", "script", "names"), HOLDING, ids=lambda each: getattr(each, "name", "")
)
def test_names_that_a_module_must_not_take(case: Case, script: Path, names: frozenset[str]):
    """What a script defines beside the embedded module, and the built-ins that it calls."""
    module = next(path for path in case.folder.rglob("*.py") if path != case.script)
    theirs = set().union(*map(bound, ast.parse(module.read_text("utf-8")).body))
    own = [node for node in ast.parse(script.read_text("utf-8")).body if not (bound(node) & theirs)]
    defined = set().union(*map(bound, own))
    # Constants are different from definition to definition: the compiler looks at them itself.
    assert {name for name in defined if not name.isupper()} <= names
    used = {
        node.id
        for statement in own
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    assert used & set(dir(builtins)) <= names


@pytest.mark.parametrize("names", [OWN_NAMES, PREDICT_NAMES], ids=["train", "predict"])
def test_own_names_are_used(names: frozenset[str]):
    """A name that no template holds any more would only stand in a module's way."""
    text = "\n".join(path.read_text("utf-8") for path in TEMPLATE_FILES)
    constants = {"MODEL_ID", "LABELS", "SEED", "BATCH_SIZE", "EPOCHS", "PATIENCE"}
    assert set(re.findall(r"\w+", text)) | constants >= names


def test_fragments_define_different_names():
    """A script may hold any of them together: the second class of a name would replace the first."""
    for folder in ("pytorch", "keras"):
        trees = [ast.parse(path.read_text("utf-8")) for path in (TEMPLATES / folder).glob("*.py")]
        names = [node.name for tree in trees for node in tree.body if hasattr(node, "name")]
        assert len(names) == len(set(names))


def test_mutants_are_of_this_code():
    """Each fault of hostile/mutants.toml has one place, and a test that exists."""
    found = mutants()
    assert len(found) > 100
    for mutant in found:
        text = (ROOT / mutant.path).read_text("utf-8")
        assert text.count(mutant.old) == 1, mutant.fault
        file, _, test = mutant.test.partition("::")
        defined = f"def {test.partition('[')[0]}(" if test else "def test_"
        assert defined in (ROOT / file).read_text("utf-8"), mutant.test
