"""What kind of file it is, by its first bytes, and how to turn it into one that a command reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HEAD = 512  # bytes that are looked at


@dataclass(frozen=True)
class FileKind:
    """`starts` are the first bytes; `remedy` says how to turn the file into the right kind."""

    name: str
    starts: tuple[bytes, ...]
    remedy: str


FASTA = "seqgra-data fasta c1=positives.fa c2=negatives.fa -o data/ --split 0.8 0.1 0.1"
TABLE = "seqgra-data table FILE --sequence COLUMN --label COLUMN -o data/ --split 0.8 0.1 0.1"
BED = "seqgra-data bed c1=peaks.bed c2=other.bed --genome hg38.fa --length 1000 -o data/"

_KINDS = (
    FileKind("compressed by gzip", (b"\x1f\x8b",), "gunzip FILE.gz, then name FILE"),
    FileKind("compressed by xz", (b"\xfd7zXZ",), "unxz FILE.xz, then name FILE"),
    FileKind("compressed by bzip2", (b"BZh",), "bunzip2 FILE.bz2, then name FILE"),
    FileKind("compressed by zstd", (b"(\xb5/\xfd",), "unzstd FILE.zst, then name FILE"),
    FileKind(
        "a zip archive or an Excel workbook", (b"PK\x03\x04",),
        "save the sheet as CSV UTF-8; unzip an archive",
    ),
    FileKind("an old Excel workbook", (b"\xd0\xcf\x11\xe0",), "save the sheet as CSV UTF-8"),
    FileKind("UTF-16 text", (b"\xff\xfe", b"\xfe\xff"), "iconv -f utf-16 -t utf-8 FILE > NEW"),
    FileKind("text with a byte order mark", (b"\xef\xbb\xbf",), "sed '1s/^\\xEF\\xBB\\xBF//' FILE > NEW"),
    FileKind("a FASTQ file", (b"@",), f"as FASTA: {FASTA}"),
    FileKind("a FASTA file", (b">", b";"), FASTA),
    FileKind("a GenBank file", (b"LOCUS",), "export it as FASTA"),
    FileKind("an EMBL or UniProt file", (b"ID   ",), "export it as FASTA"),
    FileKind("a GFF file", (b"##gff",), "convert it to BED, e.g. with bedtools or gff2bed"),
    FileKind("a VCF file", (b"##fileformat=VCF",), "variants are not regions; make a BED file of regions"),
    FileKind("a BAM file", (b"BAM\x01",), "call peaks first, or make FASTA with samtools fasta"),
    FileKind("a genome in 2bit form", (b"\x43\x27\x41\x1a", b"\x1a\x41\x27\x43"), "twoBitToFa FILE NEW.fa"),
    FileKind("an HDF5 file", (b"\x89HDF",), "export the sequences as FASTA or a table"),
    FileKind("a NumPy file", (b"\x93NUMPY",), "write sequences as letters, as FASTA or a table"),
    FileKind("XML", (b"<?xml", b"<"), "name the data, not the definition"),
    FileKind("JSON", (b"{", b"["), "export the sequences as FASTA or a table"),
    FileKind("a file of NULs", (b"\0\0\0\0",), "the file is damaged: make or download it again"),
)  # fmt: skip


def recognize(head: bytes) -> FileKind | None:
    """The kind of file that begins with these bytes, if known."""
    for kind in _KINDS:
        if head.startswith(kind.starts):
            return kind
    fields = head.split(b"\n", 1)[0].rstrip(b"\r").split(b"\t")
    if len(fields) >= 3 and fields[1].isdigit() and fields[2].isdigit():
        return FileKind("a BED file", (), BED)
    return None


def kind_of(path: Path) -> FileKind | None:
    """The kind of a file, by its first bytes, if known."""
    with path.open("rb") as file:
        return recognize(file.read(HEAD))
