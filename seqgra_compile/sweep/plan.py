"""What a sweep consists of: its runs and all files, as text and bytes. Nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from ..backends.renderer import environment
from ..compiler import Options, UnsupportedSemantics, compile_bytes
from .grid import Data, Run, pairs
from .problem import SweepError
from .variants import SETS, Original, Variant, for_test, size_of, unchanged, with_seed, with_size

DEFINITIONS = "definitions"


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Either `simulated` is the data definition, with sizes, data seeds and the seed of the test set,
    or `folders` are data folders by name; sizes and data seeds are then of what is drawn from them.
    Without sizes or data seeds, the definition's own are taken, or the folders as they are.
    """

    models: Sequence[Original]
    seeds: Sequence[int]
    grid: bool
    simulated: Original | None = None
    folders: dict[str, str] = field(default_factory=dict)
    sizes: Sequence[str] = ()
    data_seeds: Sequence[int] = ()
    test_seed: int = 0


@dataclass
class Plan:
    """The runs that are asked for, and the files that belong to them, by path in the folder.

    `note` says why there is no Bayes classifier of simulated data.
    """

    runs: list[Run] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    note: str | None = None

    def add(self, path: str, data: bytes) -> None:
        if self.files.setdefault(path, data) != data:
            problem = "two definitions would have this name"
            raise SweepError(problem, path, "give them different ids")

    def add_variant(self, kind: str, variant: Variant) -> None:
        self.add(f"{DEFINITIONS}/{variant.id}.xml", variant.definition)
        self.add(f"scripts/{kind}/{variant.id}.py", variant.script.encode())


def planned(request: Request, known: Sequence[Run] = ()) -> Plan:
    """All of it. A Bayes classifier that is among the known runs is not made again."""
    plan = Plan()
    trained = [model for model in request.models if not model.is_bayes]
    bayes = [model for model in request.models if model.is_bayes]
    for model in trained:
        for seed in request.seeds:
            plan.add_variant("train", with_seed(model, seed))
    if request.simulated:
        data, tests = _simulated(request, plan)
    else:
        data, tests = _given(request)
    for model in trained:
        for seed, data_seed in pairs(request.seeds, list(data), request.grid):
            plan.runs += [_run(model.id, str(seed), each) for each in data[data_seed]]
    for model in bayes:
        plan.add_variant("bayes", unchanged(model))
        plan.runs += [_run(model.id, "", each) for each in tests]
    has_bayes = bayes or any(not run.model_seed and run.data == tests[0].data for run in known)
    if request.simulated and trained and not has_bayes:
        _add_bayes(request.simulated, trained[0], tests[0], plan)
    return plan


def _run(architecture: str, seed: str, data: Data) -> Run:
    model = f"{architecture}-s{seed}" if seed else architecture
    return Run(architecture, model, seed, *astuple(data))


# ---- data ----


def _simulated(request: Request, plan: Plan) -> tuple[dict[int, list[Data]], list[Data]]:
    """Data sets by data seed, and that whose test set is used; with their definitions."""
    original = request.simulated
    seeds = request.data_seeds or (original.seed,)
    if request.test_seed in seeds:
        raise SweepError(
            f"{request.test_seed} is also a data seed: the test set would repeat training data",
            "--test-seed",
            f"--test-seed {max(seeds) + 1}, or any other that is not among them",
        )
    sizes = request.sizes or (str(size_of(original)),)
    test = for_test(original, request.test_seed)
    plan.add_variant("simulate", test)
    found: dict[int, list[Data]] = {}
    for seed in seeds:
        found[seed] = []
        for size in sizes:
            variant = with_size(original, int(size), seed)
            plan.add_variant("simulate", variant)
            found[seed].append(Data(variant.id, size, str(seed), test_data=test.id))
    return found, [Data(test.id, "", str(request.test_seed), test_data=test.id)]


def _given(request: Request) -> tuple[dict[int | None, list[Data]], list[Data]]:
    """Data sets by data seed, and those on whose test sets a Bayes classifier is run.

    Folders that are taken as they are have the seed None.
    """
    folders = request.folders.items()
    if not request.sizes:
        whole = [Data(name, folder=folder) for name, folder in folders]
        return {None: whole}, whole
    seeds = request.data_seeds or (1,)
    found = {
        seed: [
            Data(f"{name}-{size}-s{seed}", size, str(seed), folder)
            for name, folder in folders
            for size in request.sizes
        ]
        for seed in seeds
    }
    return found, found[seeds[0]][:: len(request.sizes)]


def named_folders(folders: Iterable[Path], paths: Iterable[str]) -> dict[str, str]:
    """Data folders by the names that they have in the sweep; `paths` are as its files write them."""
    found: dict[str, str] = {}
    for folder, path in zip(folders, paths, strict=True):
        missing = [f"{name}.txt" for name in SETS if not (folder / f"{name}.txt").is_file()]
        if missing:
            problem = f"it has no {', no '.join(missing)}"
            help = "a sweep compares runs on a test set; seqgra-data makes such folders"
            raise SweepError(problem, str(folder), help)
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-") or "data"
        if re.search(r"[\t\r\n]", path):
            raise SweepError("its name holds a tab or a line break", str(folder), "rename it")
        if found.setdefault(name, path) != path:
            problem = f"a second data folder that is named {name}"
            raise SweepError(problem, str(folder), "rename one of the two")
    return found


# ---- the Bayes classifier of simulated data ----


def _add_bayes(data: Original, model: Original, test: Data, plan: Plan) -> None:
    """One of the data's own rules and the model's labels, where there can be one."""
    id = f"{data.id}-bayes"
    name = data.source.file_name
    meant = model.meant
    text = environment().get_template("sweep/bayes.xml.j2")
    definition = text.render(
        id=id,
        task=escape(meant.task.value),
        sequence_space=escape(meant.sequence_space.value),
        labels=[escape(label) for label in meant.labels.value],
        data_definition=escape(name),
    ).encode()
    options = Options(semantics=data.options.semantics)
    try:
        compilation = compile_bytes(f"{id}.xml", definition, data.folders, options)
    except UnsupportedSemantics as error:
        plan.note = str(error)
        return
    if compilation.script is None:
        errors = [each for each in compilation.diagnostics.found if each.severity.value == "error"]
        plan.note = f"{errors[0].code}: {errors[0].message}"
        return
    plan.add(f"{DEFINITIONS}/{name}", data.source.data)
    plan.add_variant("bayes", Variant(id, definition, compilation.script))
    plan.runs.append(_run(id, "", test))
