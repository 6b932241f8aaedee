"""What a sweep consists of: its runs and all files, as text and bytes. Nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path

from .. import ir
from ..backends.renderer import environment
from ..catalog.data import SETS
from ..compiler import Options, UnsupportedOptions, compile_bytes
from .fit import check_fit
from .grid import Data, SweepRun, pairs
from .problem import SweepError
from .variants import (
    DataOriginal,
    ModelOriginal,
    Variant,
    as_it_is,
    for_test,
    size_of,
    with_seed,
    with_size,
)

DEFINITIONS = "definitions"


@dataclass(frozen=True)
class Simulated:
    """Data that are simulated: from which definition, in which sizes, with which seeds.

    Without sizes or seeds, those of the definition are used.
    """

    definition: DataOriginal
    sizes: Sequence[str]
    seeds: Sequence[int]
    test_seed: int


@dataclass(frozen=True)
class DataFolders:
    """Data folders by name, and how much is drawn from them with which seeds; everything without
    sizes.
    """

    folders: Mapping[str, str]
    sizes: Sequence[str]
    seeds: Sequence[int]


@dataclass(frozen=True)
class SweepRequest:
    """What the user asks for; `grid`: all model seeds with all data seeds."""

    models: Sequence[ModelOriginal]
    seeds: Sequence[int]
    data: Simulated | DataFolders
    grid: bool


@dataclass
class Plan:
    """The runs that are asked for, and the files that belong to them, by path in the folder.

    `note` says why there is no Bayes classifier of simulated data.
    """

    runs: list[SweepRun] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    note: str | None = None

    def add(self, path: str, data: bytes) -> None:
        if self.files.setdefault(path, data) != data:
            problem = "two definitions would have this name"
            raise SweepError(problem, path, "give them different ids")

    def add_variant(self, kind: str, variant: Variant) -> None:
        self.add(f"{DEFINITIONS}/{variant.id}.xml", variant.definition)
        self.add(f"scripts/{kind}/{variant.id}.py", variant.script.encode())


def planned(request: SweepRequest, known: Sequence[SweepRun] = ()) -> Plan:
    """The plan of a sweep. A Bayes classifier that is among the known runs is not made again."""
    plan, data = Plan(), request.data
    trained = [model for model in request.models if not model.is_bayes]
    bayes = [model for model in request.models if model.is_bayes]
    for model in trained:
        for seed in request.seeds:
            plan.add_variant("train", with_seed(model, seed))
    if isinstance(data, Simulated):
        for model in trained:
            check_fit(model, data.definition)
        sets, tests = _simulated(data, plan)
    else:
        sets, tests = _given(data)
    for model in trained:
        for seed, alike in pairs(request.seeds, sets, request.grid):
            plan.runs += [_run(model.id, str(seed), each) for each in alike]
    for model in bayes:
        plan.add_variant("bayes", as_it_is(model))
        plan.runs += [_run(model.id, "", each) for each in tests]
    has_bayes = bayes or any(not run.model_seed and run.data == tests[0].data for run in known)
    if isinstance(data, Simulated) and trained and not has_bayes:
        _add_bayes(data.definition, trained[0].meant, tests[0], plan)
    return plan


def _run(architecture: str, seed: str, data: Data) -> SweepRun:
    model = f"{architecture}-s{seed}" if seed else architecture
    return SweepRun(architecture, model, seed, *astuple(data))


# ---- data ----


def _simulated(data: Simulated, plan: Plan) -> tuple[list[list[Data]], list[Data]]:
    """The data sets of each seed, and the one whose test set is used, with their definitions."""
    original = data.definition
    seeds = data.seeds or (original.seed,)
    if data.test_seed in seeds:
        raise SweepError(
            f"{data.test_seed} is also a data seed: the test set would repeat training data",
            "--test-seed",
            f"--test-seed {max(seeds) + 1}, or any other that is not among them",
        )
    test = for_test(original, data.test_seed)
    plan.add_variant("simulate", test)
    found = []
    for seed in seeds:
        alike = []
        for size in data.sizes or (str(size_of(original)),):
            variant = with_size(original, int(size), seed)
            plan.add_variant("simulate", variant)
            alike.append(Data(variant.id, size, str(seed), test_data=test.id))
        found.append(alike)
    return found, [Data(test.id, "", str(data.test_seed), test_data=test.id)]


def _given(data: DataFolders) -> tuple[list[list[Data]], list[Data]]:
    """The data sets of each seed, and those on whose test sets a Bayes classifier is run."""
    folders = data.folders.items()
    if not data.sizes:
        whole = [Data(name, folder=folder) for name, folder in folders]
        return [whole], whole
    found = [
        [
            Data(f"{name}-{size}-s{seed}", size, str(seed), folder)
            for name, folder in folders
            for size in data.sizes
        ]
        for seed in data.seeds or (1,)
    ]
    return found, found[0][:: len(data.sizes)]


def named_folders(folders: Iterable[Path], paths: Iterable[str]) -> dict[str, str]:
    """Data folders by their names in the sweep; `paths` are as written in its files."""
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


def _add_bayes(data: DataOriginal, model: ir.General, test: Data, plan: Plan) -> None:
    """A Bayes classifier of the data's own rules with the model's labels, if there can be one."""
    id = f"{data.id}-bayes"
    name = data.source.file_name
    text = environment(escapes=True).get_template("sweep/bayes.xml.j2")
    definition = text.render(
        id=id,
        task=model.task.value,
        sequence_space=model.sequence_space.value,
        labels=model.labels.value,
        data_definition=name,
    ).encode()
    options = Options(semantics=data.options.semantics)
    try:
        compilation = compile_bytes(f"{id}.xml", definition, data.folders, options)
    except UnsupportedOptions as error:
        plan.note = str(error)
        return
    if compilation.script is None:
        errors = [each for each in compilation.diagnostics.found if each.severity.value == "error"]
        plan.note = f"{errors[0].code}: {errors[0].message}"
        return
    plan.add(f"{DEFINITIONS}/{name}", data.source.data)
    plan.add_variant("bayes", Variant(id, definition, compilation.script))
    plan.runs.append(_run(id, "", test))
