"""What `seqgra-data fasta` and `table` make: splits, labels, lengths, copies, bytes, records."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from run_command import run, run_data
from sequence_files import examples, fasta, ids, letters, random_fasta, reverse_complement

from seqgra_compile.catalog.data import SETS
from seqgra_compile.datasets.alphabet import ALPHABETS
from seqgra_compile.datasets.split import Fractions

SPLIT = ("--split", 0.8, 0.1, 0.1)


def _all(folder: Path) -> dict[str, list[tuple[str, str]]]:
    return {name: examples(folder, name) for name in SETS if (folder / f"{name}.txt").exists()}


def test_each_label_has_its_share(tmp_path: Path) -> None:
    random_fasta(tmp_path / "a.fa", 1000, 40, 1)
    random_fasta(tmp_path / "b.fa", 100, 40, 2)
    random_fasta(tmp_path / "b2.fa", 23, 40, 3)
    result = run_data("fasta", "a=a.fa", "b=b.fa", "b=b2.fa", "-o", "data", *SPLIT, folder=tmp_path)
    assert result.exit_code == 0, result.stderr.decode()
    sets = _all(tmp_path / "data")
    for label, total in (("a", 1000), ("b", 123)):
        counts = {name: sum(y == label for _, y in rows) for name, rows in sets.items()}
        assert sum(counts.values()) == total
        for name, share in zip(SETS, (0.8, 0.1, 0.1), strict=True):
            assert abs(counts[name] - share * total) <= 1, (label, name)
    # In random order: no long stretch of a label.
    column = "".join(y for _, y in sets["training"])
    assert "a" * 200 not in column and column.count("ab") > 50


def test_percents_and_decimal_commas(tmp_path: Path) -> None:
    random_fasta(tmp_path / "a.fa", 30, 20, 1)
    command = ("fasta", "a=a.fa", "--negatives", "shuffle", "-o", "data", "--split")
    result = run_data(*command, "0,8", "0,1", "0,1", folder=tmp_path)
    assert result.exit_code == 2 and b"'0,8': write 0.8" in result.stderr
    assert run_data(*command, 80, 10, 10, folder=tmp_path).exit_code == 0
    assert [len(rows) for rows in _all(tmp_path / "data").values()] == [48, 6, 6]


def test_copies_are_never_apart(tmp_path: Path) -> None:
    """Neither exact ones nor reverse complements, within a class or across."""
    source = random.Random(5)
    rows = [letters(source, 30) for _ in range(200)]
    for sequence in rows[:100]:
        rows += source.choices([sequence, reverse_complement(sequence)], k=source.randint(1, 4))
    source.shuffle(rows)
    half = len(rows) // 2
    fasta(tmp_path / "a.fa", ((f"a{n}", x) for n, x in enumerate(rows[:half])))
    fasta(tmp_path / "b.fa", ((f"b{n}", x) for n, x in enumerate(rows[half:])))
    for seed in (1, 2):
        command = ("fasta", "a=a.fa", "b=b.fa", "-o", f"data{seed}", "--seed", seed)
        assert run_data(*command, "--split", 0.5, 0.25, 0.25, folder=tmp_path).exit_code == 0
        sets = _all(tmp_path / f"data{seed}")
        canonical = {
            name: {min(x, reverse_complement(x)) for x, _ in rows_of_set}
            for name, rows_of_set in sets.items()
        }
        assert not canonical["training"] & canonical["validation"]
        assert not canonical["training"] & canonical["test"]
        assert not canonical["validation"] & canonical["test"]
        assert Counter(x for rows_of_set in sets.values() for x, _ in rows_of_set) == Counter(rows)
        assert 0.45 < len(sets["training"]) / len(rows) < 0.55


def test_a_rare_label_decides_where_two_labels_disagree() -> None:
    """Of 9 As 3 are in training, 5 in validation; of 2 Bs one is in training.

    A lacks 1.5 of 9 in training, B lacks 1 of 2 in validation.
    """
    fractions = Fractions((0.5, 0.5, 0))
    groups = (["B"], 3 * ["A"], 5 * ["A"], ["A", "B"])
    found = [fractions.choose(group) for group in groups]
    assert found == ["training", "training", "validation", "validation"]


def test_two_strands_whose_ends_are_alike_are_copies() -> None:
    """The first 16 letters of both are the same: those in the middle decide."""
    end = "ACGTTGCAACGGTTAC"
    one = end + "AAC" + reverse_complement(end)
    other = reverse_complement(one)
    assert one[:16] == other[:16] and one != other
    canonical = ALPHABETS["DNA"].canonical
    assert canonical(one.encode()) == canonical(other.encode())


def test_fractions_with_several_labels() -> None:
    """Rare labels have their share as well, as far as their examples allow."""
    source = random.Random(1)
    fractions = Fractions((0.7, 0.15, 0.15))
    counts = {name: Counter() for name in SETS}
    names, weights = ["common", "often", "rare"], (0.6, 0.3, 0.03)
    for _ in range(3000):
        labels = [n for n, w in zip(names, weights, strict=True) if source.random() < w] or [""]
        counts[fractions.choose(labels)].update(labels)
    for label in names:
        total = sum(each[label] for each in counts.values())
        for name, share in zip(SETS, (0.7, 0.15, 0.15), strict=True):
            assert abs(counts[name][label] - share * total) <= 3, (label, name)


def test_several_labels_of_a_sequence_are_one_example(tmp_path: Path) -> None:
    source = random.Random(2)
    both, one, other = ([letters(source, 25) for _ in range(30)] for _ in range(3))
    fasta(tmp_path / "a.fa", ((f"a{n}", x) for n, x in enumerate(both + one)))
    fasta(tmp_path / "b.fa", ((f"b{n}", x.lower()) for n, x in enumerate(both + other)))
    result = run_data(
        "fasta", "B=b.fa", "A=a.fa", "-o", "data", "--multi-label", *SPLIT, folder=tmp_path
    )
    assert result.exit_code == 0, result.stderr.decode()
    found = dict(pair for rows in _all(tmp_path / "data").values() for pair in rows)
    expected = dict.fromkeys(both, "B|A") | dict.fromkeys(one, "A") | dict.fromkeys(other, "B")
    assert found == expected
    rows = ids(tmp_path / "data")
    assert len(rows) == 120
    lines = {(row["set"], row["line"]) for row in rows}
    assert len(lines) == 90
    assert b"merged: 30 examples" in result.stdout


@pytest.mark.parametrize("crop", ["center", "start", "end"])
def test_lengths(tmp_path: Path, crop: str) -> None:
    source = random.Random(3)
    rows = [letters(source, length) for length in range(20, 41)]
    fasta(tmp_path / "a.fa", ((f"a{n}", x) for n, x in enumerate(rows)))
    random_fasta(tmp_path / "b.fa", 20, 30, 4)
    result = run_data(
        "fasta", "a=a.fa", "b=b.fa", "-o", "data", "--length", 30, "--crop", crop, "--pad", "N",
        *SPLIT, folder=tmp_path,
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr.decode()
    found = {x for each in _all(tmp_path / "data").values() for x, y in each if y == "a"}
    expected = set()
    for row in rows:
        extra = len(row) - 30
        if extra >= 0:
            start = {"center": extra // 2, "start": 0, "end": extra}[crop]
            expected.add(row[start : start + 30])
        else:
            left = {"center": -extra // 2, "start": 0, "end": -extra}[crop]
            expected.add("N" * left + row + "N" * (-extra - left))
    assert found == expected
    assert f"changed: 10 cropped to 30 ({crop} kept)" in result.stdout.decode()


def test_shorter_sequences_are_dropped_on_request(tmp_path: Path) -> None:
    source = random.Random(3)
    rows = [letters(source, length, "ARNDCEQGHILKMFPSTWYV") for length in range(60, 160)]
    fasta(tmp_path / "a.fa", ((f"a{n}", x) for n, x in enumerate(rows[::2])))
    fasta(tmp_path / "b.fa", ((f"b{n}", x) for n, x in enumerate(rows[1::2])))
    command = ("fasta", "a=a.fa", "b=b.fa", "-o", "data", "--alphabet", "protein", *SPLIT)
    result = run_data(*command, "--length", 80, "--pad", "drop", folder=tmp_path)
    assert result.exit_code == 0, result.stderr.decode()
    found = Counter(x for each in _all(tmp_path / "data").values() for x, _ in each)
    assert found == Counter(x[(len(x) - 80) // 2 :][:80] for x in rows if len(x) >= 80)
    said = result.stdout.decode()
    assert "dropped: 20 sequences shorter than 80 (--pad drop)" in said
    nothing = run_data(*command, "--length", 200, "--pad", "drop", "--overwrite", folder=tmp_path)
    assert nothing.exit_code == 1
    assert nothing.stderr.startswith(
        b"no example is left\n  dropped: 100 sequences shorter than 200"
    )
    # Of 80 + 81 + ... + 159 letters, 0 + 1 + ... + 79 are cut off.
    assert "cropping to 80 cut 33% of all letters off: 79 of 80 sequences were longer" in said


def test_ambiguous_letters(tmp_path: Path) -> None:
    fasta(tmp_path / "a.fa", [("a1", "ACGRYACGTA"), ("a2", "ACGTACGTAC"), ("a3", "AAGTACGTAC")])
    random_fasta(tmp_path / "b.fa", 20, 10, 4)
    command = ("fasta", "a=a.fa", "b=b.fa", *SPLIT)
    result = run_data(*command, "-o", "n", "--ambiguous", "N", folder=tmp_path)
    assert result.exit_code == 0
    assert any(x == "ACGNNACGTA" for each in _all(tmp_path / "n").values() for x, _ in each)
    result = run_data(*command, "-o", "drop", "--ambiguous", "drop", folder=tmp_path)
    assert b"dropped: 1 with an ambiguous letter" in result.stdout
    assert sum(map(len, _all(tmp_path / "drop").values())) == 22


@pytest.mark.parametrize("alphabet", ["RNA", "protein"])
def test_other_alphabets(tmp_path: Path, alphabet: str) -> None:
    source = random.Random(1)
    known = {"RNA": "ACGU", "protein": "ARNDCEQGHILKMFPSTWYV"}[alphabet]
    rows = [letters(source, 20, known) for _ in range(40)]
    written = [row.replace("U", "T") for row in rows] if alphabet == "RNA" else rows
    fasta(tmp_path / "a.fa", ((f"a{n}", x.lower()) for n, x in enumerate(written[:20])))
    fasta(tmp_path / "b.fa", ((f"b{n}", x) for n, x in enumerate(rows[20:])))
    result = run_data(
        "fasta", "a=a.fa", "b=b.fa", "-o", "data", "--alphabet", alphabet, *SPLIT, folder=tmp_path
    )
    assert result.exit_code == 0, result.stderr.decode()
    assert {x for each in _all(tmp_path / "data").values() for x, _ in each} == set(rows)
    if alphabet == "RNA":
        assert b"changed: 20 sequences with T, written as U" in result.stdout


@pytest.mark.parametrize("alphabet", ["DNA", "RNA", "protein"])
@pytest.mark.parametrize("more", [(), ("--multi-label",), ("--length", 4)], ids=str)
def test_the_written_definition_fits_the_data(
    tmp_path: Path, alphabet: str, more: tuple[object, ...]
) -> None:
    source = random.Random(1)
    known = {"DNA": "ACGT", "RNA": "ACGU", "protein": "ARNDCEQGHILKMFPSTWYV"}[alphabet]
    for name in ("a", "b"):
        rows = ((f"{name}{n}", letters(source, 20, known)) for n in range(40))
        fasta(tmp_path / f"{name}.fa", rows)
    result = run_data(
        "fasta", "c&1=a.fa", "c 2=b.fa", "-o", "data", "--alphabet", alphabet, *more, *SPLIT,
        "--write-definition", "my model.xml", folder=tmp_path,
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr.decode()
    result = run("my model.xml", folder=tmp_path)
    assert (result.exit_code, result.stderr) == (0, b"")
    result = run_data("check", "my model.xml", "data", folder=tmp_path)
    assert result.exit_code == 0, result.stderr.decode()


def test_labels_from_headers_and_sets_by_chromosome(tmp_path: Path) -> None:
    source = random.Random(1)
    rows = [
        (f"p{n}::chr{source.randint(1, 9)}:{n}-{n + 20}(+) class=c{n % 3}", letters(source, 20))
        for n in range(120)
    ]
    fasta(tmp_path / "all.fa", rows)
    result = run_data(
        "fasta", "all.fa", "--label-from", "header", "--pattern", r"class=(\S+)", "-o", "data",
        "--by-chromosome", "--validation", "chr7", "--test", "chr8", "chr9", folder=tmp_path,
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr.decode()
    expected = {name: Counter() for name in SETS}
    for header, sequence in rows:
        chromosome = header.partition("::")[2].partition(":")[0]
        name = {"chr7": "validation", "chr8": "test", "chr9": "test"}.get(chromosome, "training")
        expected[name][sequence, header[-2:]] += 1
    assert {name: Counter(each) for name, each in _all(tmp_path / "data").items()} == expected


def test_given_sets_stay_as_they_are(tmp_path: Path) -> None:
    """Folders of files named as classes; a copy of one of their examples leaves the others."""
    for name, seed in (("val", 10), ("more", 20)):
        (tmp_path / name).mkdir()
        for number, label in enumerate(("c1", "c2")):
            random_fasta(tmp_path / name / f"{label}.fa", 20, 30, seed + number)
    copy = (tmp_path / "val" / "c1.fa").read_text("utf-8").splitlines()[1]
    random_fasta(tmp_path / "c1.fa", 50, 30, 1)
    with (tmp_path / "c1.fa").open("a", encoding="utf-8") as file:
        file.write(f">copy\n{reverse_complement(copy)}\n")
    random_fasta(tmp_path / "c2.fa", 50, 30, 2)
    command = ("fasta", "c1=c1.fa", "c2=c2.fa", "--validation", "val", "--test", "more")
    assert run_data(*command, "-o", "data", folder=tmp_path).exit_code == 0
    sets = _all(tmp_path / "data")
    assert [len(sets[name]) for name in SETS] == [101, 40, 40]
    result = run_data(*command[:5], "-o", "other", "--split", 0.8, 0, 0.2, folder=tmp_path)
    assert result.exit_code == 0, result.stderr.decode()
    assert b"dropped: 1 copy of an example in a given set" in result.stdout
    sizes = [len(each) for each in _all(tmp_path / "other").values()]
    assert sizes[1] == 40 and sizes[0] + sizes[2] == 100 and abs(sizes[0] - 80) <= 2


def test_sets_by_ids(tmp_path: Path) -> None:
    random_fasta(tmp_path / "a.fa", 30, 20, 1)
    random_fasta(tmp_path / "b.fa", 30, 20, 2)
    names = [*SETS, "none"]
    table = {f"{file}{n}": names[n % 4] for file in "ab" for n in range(1, 31)}
    text = "id\tset\n" + "".join(f"{id}\t{name}\n" for id, name in table.items())
    (tmp_path / "sets.tsv").write_text(text, "utf-8")
    command = ("fasta", "a=a.fa", "b=b.fa", "-o", "data", "--split-ids", "sets.tsv")
    assert run_data(*command, folder=tmp_path).exit_code == 0
    found = {row["id"]: row["set"] for row in ids(tmp_path / "data")}
    assert found == {id: name for id, name in table.items() if name != "none"}
    (tmp_path / "sets.tsv").write_text(text.replace("a7\t", "a77\t"), "utf-8")
    result = run_data(*command, "--overwrite", folder=tmp_path)
    assert result.exit_code == 1
    assert b"a.fa: record 7: the id 'a7' is not in the file" in result.stderr


def test_tables(tmp_path: Path) -> None:
    """A column of sets, labels as columns of 0 and 1, ids."""
    source = random.Random(4)
    rows = [
        (f"r{n}", letters(source, 12), source.randint(0, 1), source.randint(0, 1),
         source.choice(["train", "val", "test"])) for n in range(60)
    ]  # fmt: skip
    text = "name,seq,A,B,fold\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
    (tmp_path / "t.csv").write_text(text, "utf-8")
    result = run_data(
        "table", "t.csv", "--sequence", "seq", "--label", "A", "--label", "B", "--id", "name",
        "--split-column", "fold", "--multi-label", "-o", "data", folder=tmp_path,
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr.decode()
    sets = _all(tmp_path / "data")
    by_id = {
        row["id"]: (row["set"], sets[row["set"]][int(row["line"]) - 2])
        for row in ids(tmp_path / "data")
    }
    full = {"train": "training", "val": "validation", "test": "test"}
    for id, sequence, a, b, fold in rows:
        labels = "|".join(name for name, value in (("A", a), ("B", b)) if value)
        assert by_id[id] == (full[fold], (sequence, labels))


def test_shuffled_negatives(tmp_path: Path) -> None:
    source = random.Random(1)
    rows = [(f"a{n}", letters(source, 60)) for n in range(1, 49)]
    fasta(tmp_path / "a.fa", [*rows, ("a49", rows[0][1]), ("a50", rows[0][1])])
    command = ("fasta", "c1=a.fa", "--negatives", "shuffle", *SPLIT)
    assert run_data(*command, "-o", "data", folder=tmp_path).exit_code == 0
    by_id = {
        row["id"]: examples(tmp_path / "data", row["set"])[int(row["line"]) - 2]
        for row in ids(tmp_path / "data")
    }
    assert len(by_id) == 100
    for n in range(1, 51):
        (one, label), (other, background) = by_id[f"a{n}"], by_id[f"shuffled:a{n}"]
        assert (label, background) == ("c1", "background")
        assert one != other
        pairs = (Counter(zip(x, x[1:], strict=False)) for x in (one, other))
        assert next(pairs) == next(pairs)
    # Copies have negatives of their own.
    assert len({by_id[f"shuffled:a{n}"] for n in (1, 49, 50)}) == 3


def test_bytes_are_a_function_of_inputs_and_options(tmp_path: Path) -> None:
    """Not of the folder, the hash seed, the time, the locale or the output's name."""
    hashes = []
    for number, environment in enumerate(
        (
            {"PYTHONHASHSEED": "1", "TZ": "UTC"},
            {"PYTHONHASHSEED": "2", "LC_ALL": "C", "TZ": "Asia/Tokyo"},
        )
    ):
        folder = tmp_path / f"place{number}"
        folder.mkdir()
        random_fasta(folder / "a.fa", 100, 40, 1)
        random_fasta(folder / "b.fa", 100, 40, 2)
        name = str(folder / "a.fa") if number else "a.fa"
        code = "from seqgra_compile.commands.data import main; main()"
        command = [
            sys.executable, "-c", code, "fasta", f"c1={name}", "c2=b.fa", "--negatives", "shuffle",
            "-o", f"data{number}", "--split", "0.8", "0.1", "0.1",
        ]  # fmt: skip
        subprocess.run(
            command, check=True, cwd=folder, env=os.environ | environment, capture_output=True
        )
        files = sorted((folder / f"data{number}").iterdir())
        hashes.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files})
    assert hashes[0] == hashes[1]
    assert set(hashes[0]) == {"training.txt", "validation.txt", "test.txt", "ids.tsv", "data.json"}


def test_the_record(tmp_path: Path) -> None:
    random_fasta(tmp_path / "a.fa", 30, 20, 1)
    random_fasta(tmp_path / "b.fa", 20, 20, 2)
    assert (
        run_data("fasta", "c1=a.fa", "c2=b.fa", "-o", "data", *SPLIT, folder=tmp_path).exit_code
        == 0
    )
    text = (tmp_path / "data" / "data.json").read_text("utf-8")
    assert str(tmp_path) not in text
    record = json.loads(text)
    for name, each in record["outputs"].items():
        data = (tmp_path / "data" / name).read_bytes()
        assert each["sha256"] == hashlib.sha256(data).hexdigest()
        if name.endswith(".txt"):
            assert each["examples"] == data.count(b"\n") - 1 == sum(each["labels"].values())
    for each, count in zip(record["inputs"], (30, 20), strict=True):
        data = (tmp_path / each["file"]).read_bytes()
        assert each["sha256"] == hashlib.sha256(data).hexdigest()
        assert each["examples"] == count
    assert record["labels"] == ["c1", "c2"]
    assert (record["length"], record["sequencespace"]) == (20, "DNA")


def test_spooling_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples that were on disk in between are the same."""
    from seqgra_compile.datasets import spool

    random_fasta(tmp_path / "a.fa", 300, 40, 1)
    random_fasta(tmp_path / "b.fa", 300, 40, 2)
    command = ("fasta", "c1=a.fa", "c2=b.fa", *SPLIT)
    assert run_data(*command, "-o", "held", folder=tmp_path).exit_code == 0
    monkeypatch.setattr(spool, "HELD", 5000)
    assert run_data(*command, "-o", "spooled", folder=tmp_path).exit_code == 0
    for path in (tmp_path / "held").iterdir():
        assert path.read_bytes() == (tmp_path / "spooled" / path.name).read_bytes()


def test_an_interrupt_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from seqgra_compile.datasets import make

    random_fasta(tmp_path / "a.fa", 30, 20, 1)
    random_fasta(tmp_path / "b.fa", 30, 20, 2)
    command = ("fasta", "c1=a.fa", "c2=b.fa", "-o", "data", *SPLIT)
    written = make.write_sets

    def interrupted(*given):
        written(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(make, "write_sets", interrupted)
    result = run_data(*command, folder=tmp_path)
    assert result.exit_code == 130
    assert result.stderr == b"interrupted; nothing was written\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.fa", "b.fa"]
    monkeypatch.undo()
    assert run_data(*command, folder=tmp_path).exit_code == 0


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_the_old_folder_stays_where_the_new_one_cannot_take_its_place(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random_fasta(tmp_path / "a.fa", 30, 20, 1)
    random_fasta(tmp_path / "b.fa", 30, 20, 2)
    command = ("fasta", "c1=a.fa", "c2=b.fa", "-o", "data", *SPLIT)
    assert run_data(*command, folder=tmp_path).exit_code == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir()}
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise error
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    assert run_data(*command, "--overwrite", folder=tmp_path).exit_code in (2, 130)
    assert {path.name: path.read_bytes() for path in (tmp_path / "data").iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.fa", "b.fa", "data"]


def test_a_folder_is_replaced_only_on_request(tmp_path: Path) -> None:
    random_fasta(tmp_path / "a.fa", 30, 20, 1)
    random_fasta(tmp_path / "b.fa", 30, 20, 2)
    command = ("fasta", "c1=a.fa", "c2=b.fa", "-o", "data", *SPLIT)
    assert run_data(*command, folder=tmp_path).exit_code == 0
    before = (tmp_path / "data" / "training.txt").read_bytes()
    result = run_data(*command, "--seed", 2, folder=tmp_path)
    assert result.exit_code == 2 and b"--overwrite" in result.stderr
    assert (tmp_path / "data" / "training.txt").read_bytes() == before
    assert run_data(*command, "--seed", 2, "--overwrite", folder=tmp_path).exit_code == 0
    assert (tmp_path / "data" / "training.txt").read_bytes() != before
    (tmp_path / "data" / "notes.txt").write_text("mine", "utf-8")
    result = run_data(*command, "--overwrite", folder=tmp_path)
    assert result.exit_code == 2 and b"holds notes.txt" in result.stderr
    assert (tmp_path / "data" / "notes.txt").exists()


def test_an_edited_definition_is_never_replaced(tmp_path: Path) -> None:
    random_fasta(tmp_path / "a.fa", 30, 20, 1)
    random_fasta(tmp_path / "b.fa", 30, 20, 2)
    command = ("fasta", "c1=a.fa", "c2=b.fa", *SPLIT, "--write-definition", "my model.xml")
    result = run_data(*command, "-o", "my data", folder=tmp_path)
    assert result.exit_code == 0
    assert b"\n  seqgra-data check 'my model.xml' 'my data'\n" in result.stdout
    edited = (tmp_path / "my model.xml").read_bytes() + b"<!-- mine -->\n"
    (tmp_path / "my model.xml").write_bytes(edited)
    for more in (("-o", "my data", "--overwrite"), ("-o", "other")):
        result = run_data(*command, *more, folder=tmp_path)
        assert result.exit_code == 0, result.stderr.decode()
        assert b"my model.xml: exists and was left as it is" in result.stdout
        assert b"In the definition:" in result.stdout
        assert (tmp_path / "my model.xml").read_bytes() == edited


def test_several_lengths_are_shown_as_a_distribution(tmp_path: Path) -> None:
    (tmp_path / "a.fa").write_text(">1\nACGTA\n>2\nACGTAC\n>3\nACGTAC\n", "utf-8")
    (tmp_path / "b.fa").write_text(">4\nACGTA\n", "utf-8")
    words = ("fasta", "a=a.fa", "b=b.fa", "-o", "data", "--split", "0.8", "0.1", "0.1")
    result = run_data(*words, folder=tmp_path)
    bars = "  5  2  " + "#" * 40 + "\n  6  2  " + "#" * 40
    assert result.stderr.decode() == (
        f"the sequences have 2 lengths; scripts need one\n{bars}\n"
        "  help: choose one: --length 5 crops longer sequences (--crop says where); "
        "with a larger one, --pad drop drops shorter ones, and --pad N pads them\n"
    )
