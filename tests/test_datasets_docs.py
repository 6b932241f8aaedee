"""docs/your-data.md: each command, as it is written, on small files with motifs in them."""

from __future__ import annotations

import gzip
import json
import random
import re
from pathlib import Path

import pytest
from documented import blocks, commands, run_line
from sequence_files import fasta, letters

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "your-data.md").read_text("utf-8")
COMMANDS = commands(TEXT)
TRAININGS = [line for line in COMMANDS if line.startswith("python ")]
MOTIFS = {"ctcf": "CCGCGAGGTGGCAG", "rest": "TTCAGCACCATGGACAGC"}


def _with(source: random.Random, length: int, motif: str, place: int | None = None) -> str:
    sequence = letters(source, length)
    at = source.randrange(length - len(motif)) if place is None else place
    return sequence[:at] + motif + sequence[at + len(motif) :]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which all commands but the trainings have run."""
    folder = tmp_path_factory.mktemp("docs")
    _inputs(folder)
    for line in COMMANDS:
        if line not in TRAININGS:
            result = run_line(folder, line)
            assert (result.exit_code, result.stderr) == (0, b""), line
    return folder


def _inputs(folder: Path) -> None:
    source = random.Random(20)
    positives = [(f"p{n}", _with(source, 60, MOTIFS["ctcf"])) for n in range(1, 201)]
    fasta(folder / "positives.fa", positives)
    data = (folder / "positives.fa").read_bytes()
    (folder / "positives.fa").unlink()
    (folder / "positives.fa.gz").write_bytes(gzip.compress(data))
    fasta(folder / "negatives.fa", [(f"n{n}", letters(source, 60)) for n in range(1, 201)])
    _peaks(folder, source)
    rows = ["name\tseq\tclass"]
    for number in range(300):
        label = ("low", "high")[number % 2]
        sequence = _with(source, 50, MOTIFS["rest"]) if label == "high" else letters(source, 50)
        rows.append(f"m{number}\t{sequence}\t{label}")
    (folder / "measurements.tsv.gz").write_bytes(gzip.compress("\n".join(rows).encode()))


def _peaks(folder: Path, source: random.Random) -> None:
    """A genome with a motif at the summit of each peak, some of which are of both factors."""
    lines: dict[str, list[str]] = {name: [] for name in MOTIFS}
    chromosomes = []
    for name, count in (("chr1", 100), ("chr2", 100), ("chr7", 40), ("chr8", 40), ("chr9", 40)):
        parts = []
        for number in range(count):
            at = number * 1500
            factors = [["ctcf"], ["rest"], ["ctcf", "rest"]][number % 10 // 4]
            part = letters(source, 1500)
            for factor in factors:
                summit = 740 if factor == "ctcf" else 770
                motif = MOTIFS[factor]
                part = part[:summit] + motif + part[summit + len(motif) :]
                start, end = 640, 640 + source.randint(200, 320)
                fields = (name, at + start, at + end, f"{factor}{number}", 0, ".", 1, 1, 1)
                lines[factor].append("\t".join(map(str, (*fields, summit - start))))
            parts.append(part)
        chromosomes.append((name, "".join(parts)))
    fasta(folder / "genome.fa", chromosomes)
    for factor, rows in lines.items():
        data = gzip.compress("\n".join(rows).encode())
        (folder / f"{factor}.narrowPeak.gz").write_bytes(data)


def test_the_page_shows_what_is_printed(made: Path) -> None:
    line = next(each for each in COMMANDS if "positives.fa.gz" in each)
    printed = run_line(made, f"{line} --overwrite").stdout.decode()
    shown = next(block for block in blocks(TEXT, "text") if "letters" in block)
    assert printed.startswith(shown)


def test_each_folder_is_checked(made: Path) -> None:
    for line in COMMANDS:
        match = re.search(r"seqgra-data check (\S+) (\S+)/", line)
        if match:
            assert (made / match[1]).is_file() and (made / match[2] / "data.json").is_file()
    assert (made / "from-table.html").read_text("utf-8").count("<svg") == 3


@pytest.mark.long
@pytest.mark.parametrize("line", TRAININGS)
def test_trainings(line: str, made: Path) -> None:
    pytest.importorskip("torch")
    result = run_line(made, line)
    assert result.exit_code == 0, result.stderr.decode()
    output = line.split("-o ")[1].split()[0]
    metrics = json.loads((made / output / "metrics.json").read_text("utf-8"))
    assert metrics["test"]["mean AUROC"] > 0.85
