"""`seqgra-data bed`: windows, labels by overlap, strands, summits, negatives."""

from __future__ import annotations

import gzip
import json
import random
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from run_command import run_data
from sequence_files import examples, genome, ids, peaks, reverse_complement

from seqgra_compile.datasets.negatives import STEPS, gc_step

LENGTHS = {"chr1": 40_000, "chr7": 20_300, "chr8": 20_000, "chr9": 15_050}
SPLIT = ("--validation", "chr7", "--test", "chr8", "chr9")
SET_OF = {"chr1": "training", "chr7": "validation", "chr8": "test", "chr9": "test"}


def _bins_by_numpy(rows: dict[str, list], size: int) -> dict[tuple[str, int], set[str]]:
    """Labels of bins, from one array of covered letters per class and chromosome."""
    found: dict[tuple[str, int], set[str]] = {}
    for label, regions in rows.items():
        for name, length in LENGTHS.items():
            covered = np.zeros(length, bool)
            for chromosome, start, end in regions:
                if chromosome == name:
                    covered[start:end] = True
            counts = covered[: length // size * size].reshape(-1, size).sum(axis=1)
            for number in np.flatnonzero(2 * counts >= size):
                found.setdefault((name, int(number) * size), set()).add(label)
    return found


def _bins_by_bedtools(folder: Path, files: dict[str, str], size: int):
    """The same by bedtools: windows of the genome, and the fraction of each that is covered."""
    sizes = folder / "sizes.txt"
    sizes.write_text("".join(f"{name}\t{length}\n" for name, length in LENGTHS.items()), "utf-8")

    def tool(*words: object) -> list[list[str]]:
        command = ["bedtools", *map(str, words)]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return [line.split("\t") for line in text.splitlines()]

    bins = folder / "bins.bed"
    rows = tool("makewindows", "-g", sizes, "-w", size)
    whole = [row for row in rows if int(row[2]) - int(row[1]) == size]
    bins.write_text("".join("\t".join(row) + "\n" for row in whole), "utf-8")
    found: dict[tuple[str, int], set[str]] = {}
    for label, name in files.items():
        for row in tool("coverage", "-a", bins, "-b", folder / name):
            if float(row[-1]) >= 0.5:
                found.setdefault((row[0], int(row[1])), set()).add(label)
    return found


@pytest.mark.parametrize("judge", ["numpy", "bedtools"])
def test_labels_of_bins_as_deepsea_has_them(tmp_path: Path, judge: str) -> None:
    """Bins of 200, half of which a class covers; windows of 1,000; chromosomes 8 and 9 for testing."""
    if judge == "bedtools" and not shutil.which("bedtools"):
        pytest.skip("bedtools is not installed")
    chromosomes = genome(tmp_path / "genome.fa", LENGTHS)
    files = {"A": "a.bed", "B": "b.bed", "C": "c.bed"}
    rows = {
        label: peaks(tmp_path / name, LENGTHS, 60, seed)
        for seed, (label, name) in enumerate(files.items())
    }
    result = run_data(
        "bed", *(f"{label}={name}" for label, name in files.items()), "--genome", "genome.fa",
        "-o", "data", "--multi-label", "--bins", 200, "--overlap", 0.5, "--length", 1000, *SPLIT,
        folder=tmp_path,
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr.decode()
    if judge == "numpy":
        labels = _bins_by_numpy(rows, 200)
    else:
        labels = _bins_by_bedtools(tmp_path, files, 200)
    expected = {name: Counter() for name in ("training", "validation", "test")}
    dropped = 0
    for (chromosome, start), classes in labels.items():
        first = start - 400
        if first < 0 or first + 1000 > LENGTHS[chromosome]:
            dropped += 1
            continue
        sequence = chromosomes[chromosome][first : first + 1000].upper()
        expected[SET_OF[chromosome]][sequence, "|".join(sorted(classes))] += 1
    assert dropped
    assert sum(len(classes) > 1 for classes in labels.values()) > 5
    for name, rows_of_set in expected.items():
        assert Counter(examples(tmp_path / "data", name)) == rows_of_set
    record = json.loads((tmp_path / "data" / "data.json").read_text("utf-8"))
    assert record["dropped"] == {"windows over an end of a chromosome": dropped}


def test_windows_strands_and_ids(tmp_path: Path) -> None:
    chromosomes = genome(tmp_path / "genome.fa", LENGTHS)
    rows = peaks(tmp_path / "a.bed", LENGTHS, 60, 3)
    peaks(tmp_path / "b.bed", LENGTHS, 60, 4)
    with gzip.open(tmp_path / "a.bed.gz", "wb") as file:
        file.write((tmp_path / "a.bed").read_bytes())
    result = run_data(
        "bed", "c1=a.bed.gz", "c2=b.bed", "--genome", "genome.fa", "-o", "data", "--length", 101,
        "--stranded", *SPLIT, folder=tmp_path,
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr.decode()
    found = {row["id"]: row for row in ids(tmp_path / "data") if row["source"] == "a.bed.gz"}
    lines = {name: examples(tmp_path / "data", name) for name in SET_OF.values()}
    checked = 0
    for number, (name, start, end) in enumerate(rows):
        first = start + (end - start) // 2 - 50
        if first < 0 or first + 101 > LENGTHS[name]:
            continue
        row = found[f"peak{number}"]
        assert row["place"] == f"{name}:{first}-{first + 101}"
        assert row["strand"] == "+-"[number % 2]
        assert row["set"] == SET_OF[name]
        sequence = chromosomes[name][first : first + 101].upper()
        if row["strand"] == "-":
            sequence = reverse_complement(sequence)
        assert lines[row["set"]][int(row["line"]) - 2] == (sequence, "c1")
        checked += 1
    assert checked > 50


def test_summits(tmp_path: Path) -> None:
    chromosomes = genome(tmp_path / "genome.fa", LENGTHS)
    text = "".join(
        f"{name}\t{start}\t{start + 300}\t.\t0\t.\t1\t1\t1\t{summit}\n"
        for name, start, summit in (
            ("chr1", 1000, 17), ("chr7", 2000, 0), ("chr8", 3000, 299), ("chr1", 5000, 100),
        )
    )  # fmt: skip
    (tmp_path / "a.narrowPeak").write_text(text, "utf-8")
    (tmp_path / "b.narrowPeak").write_text(text.replace("00\t", "50\t"), "utf-8")
    result = run_data(
        "bed", "c1=a.narrowPeak", "c2=b.narrowPeak", "--genome", "genome.fa", "-o", "data",
        "--length", 20, "--center", "summit", *SPLIT, folder=tmp_path,
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr.decode()
    at = 3000 + 299 - 10
    assert (chromosomes["chr8"][at : at + 20].upper(), "c1") in examples(tmp_path / "data", "test")
    # Letter 300 of 300 is behind the last.
    (tmp_path / "b.narrowPeak").write_text(text.replace("\t299\n", "\t300\n"), "utf-8")
    result = run_data(
        "bed", "c1=a.narrowPeak", "c2=b.narrowPeak", "--genome", "genome.fa", "-o", "other",
        "--length", 20, "--center", "summit", *SPLIT, folder=tmp_path,
    )  # fmt: skip
    assert result.exit_code == 1 and b"b.narrowPeak:3: no summit" in result.stderr


def test_windows_of_several_classes(tmp_path: Path) -> None:
    """A window has its own class and each that covers enough of it."""
    genome(tmp_path / "genome.fa", LENGTHS)
    (tmp_path / "a.bed").write_text("chr1\t1000\t1100\nchr7\t500\t600\nchr8\t1\t101\n", "utf-8")
    # On chr1, B covers 40 and 20 letters of the first window; A covers 40 and 60 of the others.
    (tmp_path / "b.bed").write_text("chr1\t1060\t1160\nchr7\t540\t640\n", "utf-8")
    (tmp_path / "b2.bed").write_text("chr1\t1000\t1020\n", "utf-8")
    command = (
        "bed", "A=a.bed", "B=b.bed", "B=b2.bed", "--genome", "genome.fa", "-o", "data",
        "--multi-label", "--overlap", 0.6, "--length", 100, *SPLIT,
    )  # fmt: skip
    result = run_data(*command, folder=tmp_path)
    assert result.exit_code == 0, result.stderr.decode()
    lines = {name: examples(tmp_path / "data", name) for name in SET_OF.values()}
    labels = {
        row["place"]: lines[row["set"]][int(row["line"]) - 2][1] for row in ids(tmp_path / "data")
    }
    assert labels == {
        "chr1:1000-1100": "A|B",
        "chr1:1060-1160": "B",
        "chr1:960-1060": "A|B",
        "chr7:500-600": "A|B",
        "chr7:540-640": "A|B",
        "chr8:1-101": "A",
    }


def test_windows_over_an_end_are_padded(tmp_path: Path) -> None:
    chromosomes = genome(tmp_path / "genome.fa", LENGTHS)
    (tmp_path / "a.bed").write_text("chr1\t0\t10\nchr7\t100\t110\nchr8\t100\t110\n", "utf-8")
    (tmp_path / "b.bed").write_text("chr1\t39990\t40000\nchr7\t300\t310\n", "utf-8")
    command = ("bed", "c1=a.bed", "c2=b.bed", "--genome", "genome.fa", "--length", 30, *SPLIT)
    result = run_data(*command, "-o", "dropped", folder=tmp_path)
    assert result.exit_code == 1  # nothing is left for training
    assert b"none of the 3 examples is in the training set" in result.stderr
    assert not (tmp_path / "dropped").exists()
    assert run_data(*command, "-o", "data", "--pad", "N", folder=tmp_path).exit_code == 0
    found = dict(examples(tmp_path / "data", "training"))
    assert found == {
        "N" * 10 + chromosomes["chr1"][:20].upper(): "c1",
        chromosomes["chr1"][-20:].upper() + "N" * 10: "c2",
    }


def test_unknown_letters_have_no_gc() -> None:
    assert [gc_step(x) for x in (b"GCNN", b"GANN", b"NNNN")] == [STEPS, STEPS // 2, 0]


def test_negatives_match_in_gc_and_avoid_all_regions(tmp_path: Path) -> None:
    chromosomes = genome(tmp_path / "genome.fa", LENGTHS)
    rows = peaks(tmp_path / "a.bed", LENGTHS, 40, 5, size=(200, 201))
    command = (
        "bed", "c1=a.bed", "--genome", "genome.fa", "--length", 100, "--negatives", "gc", *SPLIT
    )  # fmt: skip
    assert run_data(*command, "-o", "data", folder=tmp_path).exit_code == 0
    assert run_data(*command, "-o", "again", folder=tmp_path).exit_code == 0
    assert run_data(*command, "-o", "other", "--seed", 2, folder=tmp_path).exit_code == 0
    same = (tmp_path / "again" / "training.txt").read_bytes()
    assert (tmp_path / "data" / "training.txt").read_bytes() == same
    assert (tmp_path / "other" / "training.txt").read_bytes() != same
    steps: dict[str, Counter] = {"peak": Counter(), "gc": Counter()}
    for row in ids(tmp_path / "data"):
        name, _, span = row["place"].partition(":")
        start, end = map(int, span.split("-"))
        sequence = chromosomes[name][start:end].upper()
        assert row["set"] == SET_OF[name]
        kind = "gc" if row["id"].startswith("gc:") else "peak"
        steps[kind][name, (sequence.count("G") + sequence.count("C")) // 2] += 1
        if kind == "gc":
            assert not any(c == name and s < end and start < e for c, s, e in rows)
    assert steps["gc"] == steps["peak"]


def test_names_of_chromosomes_are_never_guessed(tmp_path: Path) -> None:
    genome(tmp_path / "genome.fa", LENGTHS)
    (tmp_path / "a.bed").write_text("1\t100\t200\n7\t100\t200\nchr8\t100\t200\n", "utf-8")
    (tmp_path / "b.bed").write_text("chr1\t400\t500\nchr7\t400\t500\nchrEBV\t1\t101\n", "utf-8")
    command = ("bed", "c1=a.bed", "c2=b.bed", "--genome", "genome.fa", "-o", "data", *SPLIT)
    result = run_data(*command, folder=tmp_path)
    assert result.exit_code == 1
    said = result.stderr.decode()
    assert "a.bed: 2 regions are on chromosomes that genome.fa lacks: 1, 7" in said
    assert "--rename add-chr" in said
    assert "b.bed: 1 region is on chromosomes that genome.fa lacks: chrEBV" in said
    assert "--unknown-chromosomes drop" in said
    more = ("--rename", "add-chr", "--unknown-chromosomes", "drop")
    result = run_data(*command, *more, folder=tmp_path)
    assert result.exit_code == 0, result.stderr.decode()
    assert b"dropped: 1 region on a chromosome that the genome lacks" in result.stdout
    assert len(ids(tmp_path / "data")) == 5


def test_bgzip_and_an_index_elsewhere(tmp_path: Path) -> None:
    bgzf = pytest.importorskip("Bio.bgzf")
    genome(tmp_path / "genome.fa", LENGTHS)
    with bgzf.open(str(tmp_path / "genome.fa.gz"), "wb") as file:
        file.write((tmp_path / "genome.fa").read_bytes())
    with gzip.open(tmp_path / "plain.fa.gz", "wb") as file:
        file.write((tmp_path / "genome.fa").read_bytes())
    peaks(tmp_path / "a.bed", LENGTHS, 30, 1)
    peaks(tmp_path / "b.bed", LENGTHS, 30, 2)
    command = ("bed", "c1=a.bed", "c2=b.bed", "--length", 60, *SPLIT)
    for name in ("genome.fa", "genome.fa.gz"):
        more = ("--genome", name, "--index", "index", "-o", name + ".data")
        assert run_data(*command, *more, folder=tmp_path).exit_code == 0
    one, other = (tmp_path / f"{name}.data/training.txt" for name in ("genome.fa", "genome.fa.gz"))
    assert one.read_bytes() == other.read_bytes()
    assert (tmp_path / "index" / "genome.fa.fai").exists()
    assert not (tmp_path / "genome.fa.fai").exists()
    result = run_data(*command, "--genome", "plain.fa.gz", "-o", "x", folder=tmp_path)
    assert result.exit_code == 2
    assert b"bgzip" in result.stderr


def test_merging_and_overlaps_as_on_arrays() -> None:
    """Random intervals against one flag per letter."""
    from seqgra_compile.datasets.windows import merged, overlap

    source = random.Random(7)
    for _ in range(50):
        starts = [source.randrange(200) for _ in range(source.randrange(12))]
        ends = [start + source.randint(1, 30) for start in starts]
        flags = np.zeros(260, bool)
        for start, end in zip(starts, ends, strict=True):
            flags[start:end] = True
        union = merged(np.array(starts, np.int64), np.array(ends, np.int64))
        again = np.zeros(260, bool)
        for start, end in zip(*union, strict=True):
            assert not again[start:end].any()
            again[start:end] = True
        assert (again == flags).all()
        begin = np.array([source.randrange(-20, 230) for _ in range(20)])
        end = begin + 25
        expected = [int(flags[max(b, 0) : e].sum()) for b, e in zip(begin, end, strict=True)]
        assert overlap(begin, end, *union).tolist() == expected
