"""`--data mapped`: the same result bit for bit as with data in memory, from caches beside the data."""

from __future__ import annotations

import json
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import bad_data
import pytest
from cases import BY_ID, Case, text, write_data
from click.testing import CliRunner
from runs import arguments
from test_data_reading import command, reader, refused_by, run_all, script_of, taken_by
from test_scripts import weights

from seqgra_compile.commands.compile import main
from seqgra_compile.compiler import Options, UnsupportedSemantics, compile_definition

np = pytest.importorskip("numpy")

TORCH = ("torch-mc3-dna60-conv-bn-do", "torch-ml3-rna24-lstm-steps", "torch-mc4-protein40-conv")
KERAS = ("tf-mc2-dna32-lstm", "tf-ml3-rna24-lstm-steps")
SMALL = re.compile(r"(?m)^CHUNK = .*$")
LONG = ("ten-million-columns", "ten-million-letters", "huge-label")
ONE = BY_ID[TORCH[0]]


def scripts(case: Case, folder: Path, semantics: str) -> tuple[Path, Path]:
    """The case's script with its data in memory, and mapped in parts of a few lines."""
    memory = script_of(case, folder / "memory", semantics=semantics)
    mapped = script_of(case, folder / "mapped", semantics=semantics, data="mapped")
    mapped.write_text(SMALL.sub(f"CHUNK = {3 * case.length}", mapped.read_text("utf-8")), "utf-8")
    for script in (memory, mapped):
        script.write_text(script.read_text("utf-8").replace("EPOCHS = 1", "EPOCHS = 2"), "utf-8")
    return memory, mapped


@pytest.mark.parametrize(
    ("names", "semantics"),
    [
        (TORCH, "intended"),
        (TORCH[:1], "seqgra-0.0.4-streaming"),
        pytest.param(KERAS, "intended", marks=pytest.mark.long),
    ],
)
def test_the_same_weights_as_in_memory(names: tuple[str, ...], semantics: str, tmp_path):
    queue, outputs = [], []
    for name in names:
        folder, case = tmp_path / name, BY_ID[name]
        data = write_data(folder / "data", case)
        shared = (data / "training.txt").read_text("utf-8").splitlines(keepends=True)[1:4]
        with (data / "test.txt").open("a", encoding="utf-8") as file:
            file.writelines(shared + shared[:1])
        for script in scripts(case, folder, semantics):
            outputs.append(script.parent / "output")
            queue.append(command(case, script, data, outputs[-1]))
    assert [status for status, _ in run_all(tmp_path, queue)] == [0] * len(queue)
    for memory, mapped in zip(outputs[::2], outputs[1::2], strict=True):
        assert weights(memory) == weights(mapped)
        for name in ("history.tsv", "test-y-hat.txt", "metrics.json"):
            assert (memory / name).read_bytes() == (mapped / name).read_bytes()
        metrics = json.loads((mapped / "metrics.json").read_text("utf-8"))
        assert metrics["copies"]["test in training"] >= 4  # one of them twice


def mapped_reader(case: Case, chunk: int) -> dict[str, object]:
    """The names of a mapped script's Data section; it reads so many bytes at a time."""
    names = reader(case, data="mapped")
    names["CHUNK"] = chunk
    return names


@pytest.mark.parametrize("chunk", [80, 200, 2**24])
@pytest.mark.parametrize("name", TORCH)
def test_any_parts_make_the_same_cache(name: str, chunk: int, tmp_path):
    case, path = BY_ID[name], tmp_path / "data.txt"
    for bad in taken_by(case):
        path.write_bytes(bad.make(bad_data.clean(case)))
        *held, digest = mapped_reader(case, chunk)["read_set"](path, case.length)
        *arrays, expected = reader(case)["read_set"](path, case.length)
        assert digest == expected
        for mapped, array in zip(held, arrays, strict=True):
            assert (mapped[:] == array).all() and mapped[:].dtype == array.dtype
            assert mapped.shape == array.shape
        for cache in tmp_path.glob("*.cache"):
            shutil.rmtree(cache)
        assert [each.name for each in tmp_path.iterdir()] == ["data.txt"]


@pytest.mark.parametrize("chunk", [150, 2**24])
def test_the_same_refusals(chunk: int, tmp_path):
    """Whatever is refused in memory is refused, in the same line, and leaves no cache."""
    path, told = tmp_path / "data.txt", []
    for bad in refused_by(ONE):
        if bad.name in LONG and chunk == 150:
            continue  # a line longer than a part is told by its first part
        path.write_bytes(bad.make(bad_data.clean(ONE)))
        for names in (reader(ONE), mapped_reader(ONE, chunk)):
            with pytest.raises(SystemExit) as caught:
                names["read_set"](path, ONE.length)
            told.append(str(caught.value))
        assert [each.name for each in tmp_path.iterdir()] == ["data.txt"]
        # Of two mistakes in one line, a part may tell the other one.
        assert told[-1].split(": ")[0] == told[-2].split(": ")[0]


def test_the_cache_is_found_again_and_belongs_to_its_data(tmp_path):
    path, names = tmp_path / "data.txt", mapped_reader(ONE, 2**24)
    pairs = bad_data.clean(ONE)
    path.write_bytes(text(pairs))
    first, *_ = names["read_set"](path, ONE.length)
    (cache,) = tmp_path.glob("*.cache")
    made = (cache / "codes").stat().st_mtime_ns
    names["read_set"](path, ONE.length)
    assert (cache / "codes").stat().st_mtime_ns == made
    path.write_bytes(text(pairs[::-1]))
    other, *_ = names["read_set"](path, ONE.length)
    assert (other[:] == first[:][::-1]).all()
    assert len(list(tmp_path.glob("*.cache"))) == 2
    names["LABELS"] = tuple(reversed(names["LABELS"]))
    names["read_set"](path, ONE.length)
    assert len(list(tmp_path.glob("*.cache"))) == 3
    (cache / "targets").write_bytes((cache / "targets").read_bytes()[:-3])
    names["LABELS"] = tuple(reversed(names["LABELS"]))
    path.write_bytes(text(pairs))
    with pytest.raises(SystemExit, match="damaged; delete it, and it is made again"):
        names["read_set"](path, ONE.length)
    shutil.rmtree(cache)
    names["read_set"](path, ONE.length)


def test_a_file_that_changes_while_it_is_read(tmp_path):
    """No cache under the hash of the bytes before."""
    path, names = tmp_path / "data.txt", mapped_reader(ONE, 150)
    path.write_bytes(text(bad_data.clean(ONE)))
    hashed = names["sha256"]

    def then_changed(path: Path) -> str:
        digest = hashed(path)
        path.write_bytes(text(bad_data.clean(ONE)[::-1]))
        return digest

    names["sha256"] = then_changed
    with pytest.raises(SystemExit, match="data.txt: was changed while it was read"):
        names["read_set"](path, ONE.length)
    assert [each.name for each in tmp_path.iterdir()] == ["data.txt"]


def test_another_run_makes_the_same_cache_at_once(tmp_path):
    """It was sooner: its cache is taken, and nothing of ours is left."""
    path, names = tmp_path / "data.txt", mapped_reader(ONE, 2**24)
    path.write_bytes(text(bad_data.clean(ONE)))
    ours = names["encode_parts"]

    def slowly(*arguments) -> None:
        ours(*arguments)
        names["encode_parts"] = ours
        names["read_set"](path, ONE.length)

    names["encode_parts"] = slowly
    codes, *_ = names["read_set"](path, ONE.length)
    assert len(codes) == 6
    assert len(list(tmp_path.iterdir())) == 2


def test_a_disk_that_is_full(tmp_path):
    """A sentence with a way out, exit status 2, and no part of a cache."""
    data, script = (
        write_data(tmp_path / "data", ONE),
        script_of(ONE, tmp_path / "s", data="mapped"),
    )
    limit = (resource.RLIMIT_FSIZE, (1000, 1000))
    done = subprocess.run(
        [sys.executable, *arguments(script, data, tmp_path / "output")],
        preexec_fn=lambda: resource.setrlimit(*limit),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    sentence = r".*/training\.txt\.\w+\.cache: File too large; --data mapped needs a cache .*\n"
    assert re.fullmatch(sentence, done.stderr)
    assert len(list(data.iterdir())) == 3 and not (tmp_path / "output").exists()


def test_the_option(tmp_path):
    model = ONE.folder / "model.xml"
    result = CliRunner().invoke(
        main, [str(model), "--data", "mapped", "-o", str(tmp_path / "a.py")]
    )
    assert result.exit_code == 0, result.output
    script = compile_definition(model, options=Options(data="mapped")).script
    assert (tmp_path / "a.py").read_text("utf-8") == script
    assert "--data mapped" in script and "class Mapped" in script
    assert "Mapped" not in compile_definition(model).script


def test_a_bayes_classifier_has_no_use_for_it():
    model = ONE.folder.parent / "boc-mc2-rna30-pairs" / "model.xml"
    with pytest.raises(UnsupportedSemantics, match="trains nothing: --data mapped is of no use"):
        compile_definition(model, options=Options(data="mapped"))
    result = CliRunner().invoke(main, [str(model), "--data", "mapped"])
    assert result.exit_code == 2 and "is of no use" in result.output
