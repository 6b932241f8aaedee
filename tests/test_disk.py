"""`--data disk`: the same result bit for bit as with data in memory, from caches beside the data."""

from __future__ import annotations

import json
import random
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import bad_data
import pytest
from cases import BY_ID, Case, text, write_data
from click.testing import CliRunner
from runs import ENVIRONMENT, arguments, run
from test_data_reading import command, reader, refused_by, run_all, script_of, taken_by
from test_scripts import weights

from seqgra_compile.commands.compile import main
from seqgra_compile.compiler import Options, UnsupportedOptions, compile_definition

np = pytest.importorskip("numpy")

TORCH = ("torch-mc3-dna60-conv-bn-do", "torch-ml3-rna24-lstm-steps", "torch-mc4-protein40-conv")
KERAS = ("tf-mc2-dna32-lstm", "tf-ml3-rna24-lstm-steps")
ONE = BY_ID[TORCH[0]]


def scripts(case: Case, folder: Path, semantics: str) -> tuple[Path, ...]:
    """The case's script with its data in memory and on disk, for two epochs."""
    both = tuple(
        script_of(case, folder / storage, semantics=semantics, data=storage)
        for storage in ("memory", "disk")
    )
    for script in both:
        script.write_text(script.read_text("utf-8").replace("EPOCHS = 1", "EPOCHS = 2"), "utf-8")
    return both


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
    for memory, disk in zip(outputs[::2], outputs[1::2], strict=True):
        assert weights(memory) == weights(disk)
        for name in ("history.tsv", "test-y-hat.txt", "metrics.json"):
            assert (memory / name).read_bytes() == (disk / name).read_bytes()
        metrics = json.loads((disk / "metrics.json").read_text("utf-8"))
        assert metrics["copies"]["test in training"] >= 4  # one of them twice


@pytest.mark.parametrize("name", TORCH)
def test_the_same_arrays(name: str, tmp_path):
    case, path = BY_ID[name], tmp_path / "data.txt"
    for bad in taken_by(case):
        path.write_bytes(bad.make(bad_data.clean(case)))
        *held, digest = reader(case, data="disk")["read_set"](path, case.length)
        *arrays, expected = reader(case)["read_set"](path, case.length)
        assert digest == expected
        for disk, array in zip(held, arrays, strict=True):
            assert (disk[:] == array).all() and disk[:].dtype == array.dtype
            assert disk.shape == array.shape
            assert all((a == b).all() for a, b in zip(disk, array, strict=True))
        for cache in tmp_path.glob("*.cache"):
            shutil.rmtree(cache)
        assert names_in(tmp_path) == ["data.txt"]


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_the_same_refusals(tmp_path):
    """What is refused in memory is refused in the same words, and leaves no cache."""
    path = tmp_path / "data.txt"
    for bad in refused_by(ONE):
        path.write_bytes(bad.make(bad_data.clean(ONE)))
        told = []
        for storage in ("memory", "disk"):
            with pytest.raises(SystemExit) as caught:
                reader(ONE, data=storage)["read_set"](path, ONE.length)
            told.append(str(caught.value))
        assert names_in(tmp_path) == ["data.txt"]
        assert told[0] == told[1]


def test_the_cache_is_found_again_and_belongs_to_its_data(tmp_path):
    path, names = tmp_path / "data.txt", reader(ONE, data="disk")
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


# ---- damage ----

PARTS = ("codes", "targets", "contents.json")


def altered(draw: random.Random, cache: Path, others: list[Path]) -> None:
    """One byte is another one."""
    part = cache / draw.choice(PARTS)
    data = bytearray(part.read_bytes())
    data[draw.randrange(len(data))] ^= draw.randrange(1, 256)
    part.write_bytes(data)


def cut(draw: random.Random, cache: Path, others: list[Path]) -> None:
    part = cache / draw.choice(PARTS)
    data = part.read_bytes()
    part.write_bytes(data[: draw.randrange(len(data))])


def grown(draw: random.Random, cache: Path, others: list[Path]) -> None:
    part = cache / draw.choice(PARTS)
    part.write_bytes(part.read_bytes() + draw.randbytes(draw.randrange(1, 100)))


def rows_cut(draw: random.Random, cache: Path, others: list[Path]) -> None:
    """The same number of whole rows is missing in both parts."""
    count = draw.randrange(1, 5)
    for name, size in (("codes", ONE.length), ("targets", 8)):
        data = (cache / name).read_bytes()
        (cache / name).write_bytes(data[: -count * size])


def rows_exchanged(draw: random.Random, cache: Path, others: list[Path]) -> None:
    data = (cache / "codes").read_bytes()
    rows = [data[start : start + ONE.length] for start in range(0, len(data), ONE.length)]
    first, second = draw.sample(range(len(rows)), 2)
    rows[first], rows[second] = rows[second], rows[first]
    (cache / "codes").write_bytes(b"".join(rows))


def swapped(draw: random.Random, cache: Path, others: list[Path]) -> None:
    """Two parts have each other's names."""
    first, second = (cache / name for name in draw.sample(PARTS, 2))
    data = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(data)


def exchanged(draw: random.Random, cache: Path, others: list[Path]) -> None:
    """One, two or all parts are those of another file's cache."""
    other = draw.choice(others)
    for name in draw.sample(PARTS, draw.randrange(1, 4)):
        (cache / name).write_bytes((other / name).read_bytes())


def missing(draw: random.Random, cache: Path, others: list[Path]) -> None:
    for name in draw.sample(PARTS, draw.randrange(1, 4)):
        (cache / name).unlink()


def a_folder(draw: random.Random, cache: Path, others: list[Path]) -> None:
    part = cache / draw.choice(PARTS)
    part.unlink()
    part.mkdir()


DAMAGES = (altered, cut, grown, rows_cut, rows_exchanged, swapped, exchanged, missing, a_folder)


def contents_of(cache: Path) -> list[bytes | None]:
    paths = [cache / name for name in PARTS]
    return [path.read_bytes() if path.is_file() else None for path in paths]


@pytest.mark.parametrize("count", [18, pytest.param(450, marks=pytest.mark.long)])
def test_no_damaged_cache_is_accepted(count: int, tmp_path):
    """Altered, cut, swapped and exchanged at random; each ends in the same sentence."""
    pairs, names, caches = bad_data.clean(ONE), reader(ONE, data="disk"), []
    for number, each in enumerate((pairs, pairs[::-1], pairs[1:])):
        path = tmp_path / str(number) / "data.txt"
        path.parent.mkdir()
        path.write_bytes(text(each))
        names["read_set"](path, ONE.length)
        caches += path.parent.glob("*.cache")
    cache, *others = caches
    shutil.copytree(cache, tmp_path / "kept")
    kept, tried = contents_of(cache), 0
    for number in range(count):
        DAMAGES[number % len(DAMAGES)](random.Random(number), cache, others)
        if contents_of(cache) != kept:  # targets may be those of the other cache
            tried += 1
            with pytest.raises(
                OSError, match="damaged; delete it: the next run makes it again"
            ) as caught:
                names["read_set"](cache.parent / "data.txt", ONE.length)
            assert caught.value.filename == str(cache)
        shutil.rmtree(cache)
        shutil.copytree(tmp_path / "kept", cache)
    assert tried > 0.9 * count
    names["read_set"](cache.parent / "data.txt", ONE.length)


def test_a_damaged_cache_ends_a_run(tmp_path):
    data = write_data(tmp_path / "data", ONE)
    script = script_of(ONE, tmp_path / "script", data="disk")
    assert run_all(tmp_path, [command(ONE, script, data, tmp_path / "first")])[0][0] == 0
    (cache,) = data.glob("training.txt.*.cache")
    codes = (cache / "codes").read_bytes()
    (cache / "codes").write_bytes(bytes([codes[0] ^ 1]) + codes[1:])
    status, _, err = run(command(ONE, script, data, tmp_path / "second"))
    said = f"{cache}: damaged; delete it: the next run makes it again\n"
    assert (status, err) == (2, said)
    assert not (tmp_path / "second").exists()
    shutil.rmtree(cache)
    assert run_all(tmp_path, [command(ONE, script, data, tmp_path / "third")])[0][0] == 0
    assert weights(tmp_path / "first") == weights(tmp_path / "third")


@pytest.mark.parametrize("name", [ONE.id, pytest.param(KERAS[0], marks=pytest.mark.long)])
@pytest.mark.parametrize("damage", ["cut", "code"])
def test_damage_after_the_check(name: str, damage: str, tmp_path):
    """A short read and a code out of range while the run trains: a sentence, exit status 2."""
    case = BY_ID[name]
    data = write_data(tmp_path / "data", case)
    script = script_of(case, tmp_path / "script", data="disk")
    spoil = {
        "cut": "os.truncate(path, path.stat().st_size - 1)",
        "code": "path.write_bytes(bytes([9]) * path.stat().st_size)",
    }[damage]
    source, begun = script.read_text("utf-8"), '    results["best"] = train('
    assert begun in source
    spoiled = f'    path = sets["training"][0].path\n    {spoil}\n{begun}'
    script.write_text(source.replace(begun, spoiled), "utf-8")
    status, _, err = run(arguments(script, data, tmp_path / "output"))
    assert status == 2, err
    assert err.endswith("cache/codes: damaged during the run; delete its cache\n")
    assert "Traceback" not in err


# ---- making ----


def test_a_file_that_changes_while_it_is_read(tmp_path):
    """No cache under the hash of the bytes before."""
    path, names = tmp_path / "data.txt", reader(ONE, data="disk")
    path.write_bytes(text(bad_data.clean(ONE)))
    hashed = names["sha256"]

    def then_changed(path: Path) -> str:
        digest = hashed(path)
        path.write_bytes(text(bad_data.clean(ONE)[::-1]))
        return digest

    names["sha256"] = then_changed
    with pytest.raises(SystemExit, match="data.txt: changed while it was read"):
        names["read_set"](path, ONE.length)
    assert names_in(tmp_path) == ["data.txt"]


def test_another_run_makes_the_same_cache_at_once(tmp_path):
    """It was sooner: its cache is taken, and nothing of ours is left."""
    path, names = tmp_path / "data.txt", reader(ONE, data="disk")
    path.write_bytes(text(bad_data.clean(ONE)))
    ours = names["read_examples"]

    def slowly(*arguments) -> Iterator[tuple]:
        yield from ours(*arguments)
        names["read_examples"] = ours
        names["read_set"](path, ONE.length)

    names["read_examples"] = slowly
    codes, *_ = names["read_set"](path, ONE.length)
    assert len(codes) == 6
    assert len(list(tmp_path.iterdir())) == 2


KILLED = """
import os, sys
sys.path[:0] = {path!r}
from test_disk import ONE, Path, reader
names, steps = reader(ONE, data="disk"), 0
def killing(frame, event, argument):
    global steps
    code = frame.f_code
    if code.co_filename == "data" and code.co_name in ("make_cache", "contents"):
        steps += event == "line"
        if steps > {moment}:
            os.kill(os.getpid(), 9)
    return killing
sys.settrace(killing)
names["read_set"](Path({data!r}), ONE.length)
"""


@pytest.mark.parametrize(
    "moment", [4, 15, *(pytest.param(m, marks=pytest.mark.long) for m in range(5, 45, 2))]
)
def test_a_kill_while_the_cache_is_made(moment: int, tmp_path):
    """Nothing of it is trusted by the next run, nothing is in its way."""
    path, names = tmp_path / "data.txt", reader(ONE, data="disk")
    path.write_bytes(text(bad_data.clean(ONE)))
    script = KILLED.format(path=sys.path, moment=moment, data=str(path))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, env=ENVIRONMENT)
    assert done.returncode == -9, done.stderr
    assert not list(tmp_path.glob("*.cache"))
    codes, targets, _ = names["read_set"](path, ONE.length)
    arrays = reader(ONE)["read_set"](path, ONE.length)
    assert (codes[:] == arrays[0]).all() and (targets[:] == arrays[1]).all()


def test_a_disk_that_is_full(tmp_path):
    """A sentence with a way out, exit status 2, and no part of a cache."""
    data, script = (
        write_data(tmp_path / "data", ONE),
        script_of(ONE, tmp_path / "s", data="disk"),
    )
    limit = (resource.RLIMIT_FSIZE, (1000, 1000))
    done = subprocess.run(
        [sys.executable, *arguments(script, data, tmp_path / "output")],
        preexec_fn=lambda: resource.setrlimit(*limit),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    sentence = r".*/training\.txt\.\w+\.cache: File too large; --data disk needs a cache .*\n"
    assert re.fullmatch(sentence, done.stderr)
    assert len(list(data.iterdir())) == 3 and not (tmp_path / "output").exists()


def test_the_option(tmp_path):
    model = ONE.folder / "model.xml"
    result = CliRunner().invoke(main, [str(model), "--data", "disk", "-o", str(tmp_path / "a.py")])
    assert result.exit_code == 0, result.output
    script = compile_definition(model, options=Options(data="disk")).script
    assert (tmp_path / "a.py").read_text("utf-8") == script
    assert "--data disk" in script and "class DiskArray" in script
    assert "DiskArray" not in compile_definition(model).script


def test_a_bayes_classifier_has_no_use_for_it():
    model = ONE.folder.parent / "boc-mc2-rna30-pairs" / "model.xml"
    with pytest.raises(UnsupportedOptions, match="trains nothing: --data disk has no effect"):
        compile_definition(model, options=Options(data="disk"))
    result = CliRunner().invoke(main, [str(model), "--data", "disk"])
    assert result.exit_code == 2 and "has no effect" in result.output
