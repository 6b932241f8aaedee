"""A genome in FASTA, read with pyfaidx: its chromosomes, and the letters of a region."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from .counts import plural
from .faults import DataError, Fault, UsageProblem
from .inputs import existing_file
from .recognize import HEAD, recognize

_PART = 2**24  # letters that are fetched at a time


class Genome:
    """`lengths` has the length of each chromosome, in the order of the file."""

    def __init__(self, path: Path, index: Path) -> None:
        import pyfaidx

        self.path = path
        try:
            self._fasta = pyfaidx.Faidx(
                str(path), indexname=str(index), strict_bounds=True, as_raw=True
            )
        except PermissionError as error:
            message = f"{error.filename or index}: {error.strerror}"
            raise UsageProblem(message, "name a folder for the index: --index DIR") from None
        except ImportError:
            message = f"{path}: genomes compressed with bgzip need Biopython"
            raise UsageProblem(message, "pip install biopython, or gunzip the genome") from None
        except (pyfaidx.FastaIndexingError, pyfaidx.FastaNotFoundError, ValueError) as error:
            help = "each chromosome needs lines of one length; samtools faidx says the same"
            raise DataError(Fault(f"cannot be indexed: {error}", str(path), help)) from None
        self.lengths = {name: row.rlen for name, row in self._fasta.index.items()}

    def fetch(self, chromosome: str, start: int, end: int) -> bytes:
        """The letters of a region within the chromosome: 0-based, half-open."""
        import pyfaidx

        try:
            found: str = self._fasta.fetch(chromosome, start + 1, end)
        except pyfaidx.FetchError as error:
            help = "delete the index (.fai): it may belong to another file"
            raise DataError(Fault(str(error), str(self.path), help)) from None
        if len(found) != end - start:
            help = "delete the index (.fai): it may belong to another file"
            message = (
                f"{chromosome}:{start}-{end}: the file has {plural(len(found), 'letter')} there"
            )
            raise DataError(Fault(message, str(self.path), help))
        return found.encode()

    def whole(self, chromosome: str) -> bytearray:
        """All letters of a chromosome."""
        length = self.lengths[chromosome]
        letters = bytearray()
        for start in range(0, length, _PART):
            letters += self.fetch(chromosome, start, min(start + _PART, length))
        return letters

    def close(self) -> None:
        self._fasta.close()


@contextlib.contextmanager
def opened_genome(path: Path, index_folder: Path | None) -> Iterator[Genome]:
    """The genome, with its index beside it or in a folder that the user names."""
    existing_file(path)
    with path.open("rb") as file:
        head = file.read(HEAD)
    kind = recognize(head)
    if kind is None or kind.name not in ("a FASTA file", "compressed by gzip"):
        what = f"this is {kind.name}" if kind else "this is not FASTA"
        help = kind.remedy if kind else "--genome names a FASTA file, such as hg38.fa"
        raise UsageProblem(f"{path}: {what}", help)
    if kind.name != "a FASTA file" and head[12:14] != b"BC":
        message = f"{path}: compressed in a form from which no single region can be read"
        raise UsageProblem(message, "gunzip it, or compress it with bgzip (from samtools)")
    if kind.name != "a FASTA file" and path.suffix not in (".gz", ".bgz"):
        message = f"{path}: compressed with bgzip, but its name does not say so"
        raise UsageProblem(message, f"rename it to {path.name}.gz")
    if index_folder:
        index_folder.mkdir(parents=True, exist_ok=True)
    index = (index_folder or path.parent) / f"{path.name}.fai"
    genome = Genome(path, index)
    try:
        yield genome
    finally:
        genome.close()
