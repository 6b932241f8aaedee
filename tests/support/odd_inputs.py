"""Damaged and unusual inputs of `seqgra-data fasta`, `bed` and `table`, and what happens.

docs/your-data.md lists them all; tests/test_datasets_odd.py gives each to its command.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

_SOURCE = random.Random(11)
SEQUENCES = ["".join(_SOURCE.choices("ACGT", k=30)) for _ in range(20)]
ONE, TWO = SEQUENCES[:10], SEQUENCES[10:]


def fasta(sequences: list[str], end: str = "\n") -> bytes:
    return "".join(f">s{n}{end}{x}{end}" for n, x in enumerate(sequences, 1)).encode()


def with_one(sequence: str) -> bytes:
    """Ten sequences and one more."""
    return fasta([*ONE, sequence])


def rows(mark: str = "\t", header: str = "seq,class", end: str = "\n", quote: str = "") -> bytes:
    lines = [header.replace(",", mark)]
    for n, (one, two) in enumerate(zip(ONE, TWO, strict=True)):
        label = ("c1", "c2")[n % 2]
        lines += [mark.join(quote + cell + quote for cell in (x, label)) for x in (one, two)]
    return (end.join(lines) + end).encode()


GENOME = b">chr1\n" + "".join(SEQUENCES).encode() + b"\n>chr2\n" + SEQUENCES[0].encode() + b"\n"
PEAKS = "".join(f"chr1\t{at}\t{at + 20}\n" for at in range(20, 420, 40))
OTHERS = "".join(f"chr1\t{at}\t{at + 20}\n" for at in range(45, 445, 40))

SPLIT = "-o data --split 0.6 0.2 0.2"
FASTA = f"fasta c1=a.fa c2=b.fa {SPLIT}"
TABLE = f"table t.tsv --sequence seq --label class {SPLIT}"
BED = f"bed c1=a.bed c2=b.bed --genome g.fa {SPLIT}"
GOOD = {"a.fa": fasta(ONE), "b.fa": fasta(TWO), "t.tsv": rows(), "g.fa": GENOME}
GOOD |= {"a.bed": PEAKS.encode(), "b.bed": OTHERS.encode()}


@dataclass(frozen=True)
class Odd:
    """`files` replace good ones. `status` 0: the input is accepted; `says` is in what is printed.

    `same`: the sets are those of the good files, byte for byte.
    """

    name: str
    what: str
    command: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    status: int = 0
    says: str = ""
    same: bool = False


def _a(name: str, what: str, data: bytes, status: int = 1, says: str = "", **more) -> Odd:
    """Another a.fa."""
    return Odd(name, what, FASTA, {"a.fa": data}, status, says, **more)


def _t(name: str, what: str, data: bytes, status: int = 1, says: str = "", **more) -> Odd:
    """Another t.tsv."""
    return Odd(name, what, TABLE, {"t.tsv": data}, status, says, **more)


def _b(name: str, what: str, data: bytes | str, status: int = 1, says: str = "", **more) -> Odd:
    """Another a.bed."""
    data = data.encode() if isinstance(data, str) else data
    return Odd(name, what, BED, {"a.bed": data}, status, says, **more)


JOINED = rows() + "".join(f"{x[::-1]}\tc1/c2\n" for x in ONE).encode()
LATIN = "gr\xfcn".encode("latin-1")
FASTA_TAKEN = (
    _a("fasta-crlf", "lines end with carriage return and line feed", fasta(ONE, "\r\n"), 0, same=True),
    _a("fasta-wrapped", "sequences in lines of 7", b"".join(
        b">s%d\n" % n + b"".join(x[at : at + 7].encode() + b"\n" for at in range(0, 30, 7))
        for n, x in enumerate(ONE, 1)), 0, same=True),
    _a("fasta-blank-lines", "blank lines between records", fasta(ONE).replace(b">", b"\n>"), 0, same=True),
    _a("fasta-comments", "lines that start with #", b"# made by hand\n" + fasta(ONE), 0, same=True),
    _a("fasta-no-last-newline", "the last line has no end", fasta(ONE)[:-1], 0, same=True),
    _a("fasta-lower-case", "soft-masked letters", fasta(ONE).lower(), 0, same=True),
    _a("fasta-gzip", "gzip under the name of a plain file", gzip.compress(fasta(ONE), mtime=0), 0, same=True),
    _a("fasta-xz", "xz", lzma.compress(fasta(ONE)), 0, same=True),
    _a("fasta-bzip2", "bzip2", bz2.compress(fasta(ONE)), 0, same=True),
    _a("fasta-gzip-in-parts", "two gzip files, joined",
       gzip.compress(fasta(ONE)[:100], mtime=0) + gzip.compress(fasta(ONE)[100:], mtime=0), 0, same=True),
    _a("fasta-fastq", "FASTQ: the qualities are ignored", b"".join(
        f"@s{n}\n{x}\n+\n{'I' * 30}\n".encode() for n, x in enumerate(ONE, 1)), 0, same=True),
    _a("fasta-no-names", "headers without a name: records are numbered", b"".join(
        f">\n{x}\n".encode() for x in ONE), 0),
    _a("fasta-same-names", "all records have one name", b"".join(
        f">s\n{x}\n".encode() for x in ONE), 0),
    _a("fasta-n", "a sequence of N", with_one("N" * 30), 0),
    _a("fasta-copies", "the same sequence twice: both are in one set", fasta([*ONE, ONE[0]]), 0),
    _a("fasta-two-labels", "a sequence of both classes", fasta([*ONE, TWO[0]]), 0,
       "1 sequence with different labels: a.fa record 11 (c1), b.fa record 1 (c2)"),
)  # fmt: skip
FASTA_REFUSED = (
    _a("fasta-empty", "no bytes", b"", 1, "holds no sequence"),
    _a("fasta-no-header", "sequences without >", b"ACGT\nACGT\n", 1, "is not FASTA"),
    _a("fasta-empty-record", "a header without a sequence", fasta(ONE) + b">s11\n", 1, "record 11: an empty sequence"),
    _a("fasta-protein", "a protein as DNA", with_one("MKV" + ONE[0][3:]), 1, "letter 1 is 'M'"),
    _a("fasta-protein-letters", "letters of proteins only", with_one("EQF" * 10), 1, "--alphabet protein"),
    _a("fasta-rna", "RNA as DNA", with_one("ACGU" + ONE[0][4:]), 1, "--alphabet RNA"),
    _a("fasta-ambiguous", "IUPAC's R", with_one("R" + ONE[0][1:]), 1, "--ambiguous N or --ambiguous drop"),
    _a("fasta-gaps", "gaps of an alignment", with_one("-" + ONE[0][1:]), 1, "gaps of an alignment"),
    _a("fasta-star", "a stop", with_one(ONE[0][:-1] + "*"), 1, "letter 30 is '*'"),
    _a("fasta-space", "a space in a sequence", with_one("ACGT ACGT" + ONE[0][9:]), 1, "letter 5 is ' '"),
    _a("fasta-lengths", "several lengths", fasta([*ONE, "ACGT", "ACGTA"]), 1, "the sequences have 3 lengths"),
    _a("fasta-not-ascii", "an accent in a header", b">\xc3\xa9t\xc3\xa9\nACGT\n" + fasta(ONE), 1, "not ASCII"),
    _a("fasta-mark", "UTF-8 with a byte order mark", b"\xef\xbb\xbf" + fasta(ONE), 1, "byte order mark"),
    _a("fasta-utf-16", "UTF-16", fasta(ONE).decode().encode("utf-16"), 1, "UTF-16"),
    _a("fasta-gzip-cut", "gzip, cut off", gzip.compress(fasta(ONE), mtime=0)[:-12], 1, "cannot be decompressed"),
    _a("fasta-gzip-damaged", "gzip with a wrong byte",
       gzip.compress(fasta(ONE), mtime=0)[:40] + b"\0\0" + gzip.compress(fasta(ONE), mtime=0)[42:], 1,
       "cannot be decompressed"),
    _a("fasta-zip", "a zip archive", b"PK\x03\x04" + bytes(50), 1, "a zip archive"),
    _a("fasta-genbank", "GenBank", b"LOCUS       X 30 bp\nORIGIN\n", 1, "a GenBank file"),
    _a("fasta-bed", "BED", PEAKS.encode(), 1, "this is a BED file"),
    _a("fasta-binary", "bytes that are not text", bytes(range(128, 256)) * 4, 1, "FASTA"),
    Odd("fasta-missing", "a file that is not there", f"fasta c1=a.fa c2=bb.fa {SPLIT}", {}, 2, "did you mean b.fa?"),
    Odd("fasta-compressed-name", "a.fa is named, a.fa.gz is there", FASTA.replace("a.fa", "z.fa"),
        {"z.fa.gz": gzip.compress(fasta(ONE), mtime=0)}, 2, "z.fa.gz is there"),
    Odd("fasta-no-class", "a file without CLASS=", f"fasta a.fa c2=b.fa {SPLIT}", {}, 2, "c1=a.fa"),
    Odd("fasta-one-class", "one class only", f"fasta c1=a.fa {SPLIT}", {}, 1, "--negatives shuffle"),
    Odd("fasta-no-split", "nothing says how to split", "fasta c1=a.fa c2=b.fa -o data", {}, 2, "--split 0.8 0.1 0.1"),
    Odd("fasta-wrong-split", "fractions whose sum is not 1", FASTA.replace("0.6", "0.9"), {}, 2, "whose sum is 1"),
    Odd("fasta-twice", "a file twice", f"fasta c1=a.fa c1=a.fa c2=b.fa {SPLIT}", {}, 2, "is given 2 times"),
    Odd("fasta-header-pattern", "a pattern that some headers lack",
        f"fasta a.fa --label-from header --pattern class=(\\S+) {SPLIT}", {}, 1, "--pattern finds no label"),
    Odd("fasta-short", "shorter than --length", f"{FASTA} --length 40", {}, 1, "are shorter than --length 40"),
    Odd("protein-pad-n", "protein, and --pad N", f"{FASTA} --alphabet protein --length 40 --pad N", {}, 2, "--pad drop"),
    Odd("fasta-quotes", "a name with a blank, without quotes", FASTA.replace("a.fa", "a b.fa"), {"a b.fa": fasta(ONE)},
        2, "'c1=a b.fa'"),
)  # fmt: skip
TABLE_TAKEN = (
    _t("table-csv", "commas", rows(","), 0, same=True),
    _t("table-semicolons", "semicolons, as Excel writes in much of Europe", rows(";"), 0, same=True),
    _t("table-excel", "a byte order mark, carriage returns, quotes",
       b"\xef\xbb\xbf" + rows(",", end="\r\n", quote='"'), 0, same=True),
    _t("table-sep-line", "Excel's line sep=;", b"sep=;\r\n" + rows(";", end="\r\n"), 0),
    _t("table-utf-16", "Excel's Unicode text", rows(end="\r\n").decode().encode("utf-16"), 0, same=True),
    _t("table-gzip", "gzip under the name of a plain file", gzip.compress(rows(), mtime=0), 0, same=True),
    _t("table-blank-lines", "blank lines", rows().replace(b"\n", b"\n\n"), 0),
    _t("table-spaces", "spaces around cells", rows("\t").replace(b"\tc", b" \t c"), 0, same=True),
    _t("table-more-columns", "columns that are not named", b"\n".join(
        line + b"\tmore" for line in rows().splitlines()) + b"\n", 0, same=True),
    _t("table-joined", "c1/c2 beside c1 and c2: a class of its own?", JOINED, 0, "looks joined by '/'"),
    Odd("table-several-labels", "c1/c2 with its separator", f"{TABLE} --multi-label --separator /", {"t.tsv": JOINED}, 0,
        "multi-label classification"),
)  # fmt: skip
TABLE_REFUSED = (
    _t("table-empty", "no bytes", b"", 1, "holds no header"),
    _t("table-header-only", "no row", b"seq\tclass\n", 1, "holds no row"),
    _t("table-no-column", "a column's name in another spelling", rows(header="Seq,class"), 1, "did you mean 'Seq'?"),
    _t("table-column-twice", "a column's name twice", rows(header="seq,class,seq"), 1, "has 2 columns 'seq'"),
    _t("table-cut", "a row with too few cells", rows() + b"ACGT\n", 1, "t.tsv:22: has 1 cell;"),
    _t("table-no-label", "an empty label", rows() + SEQUENCES[0].encode() + b"\t\n", 1,
       "t.tsv:22: no label"),
    Odd("table-no-label-yet-letters", "an empty label, and a wrong letter in that row", TABLE,
        {"t.tsv": rows() + SEQUENCES[0].replace("A", "!", 1).encode() + b"\t\n"}, 1, "is '!'"),
    _t("table-joined-twice", "c1,c2 and c2, c1 as labels of one class",
       rows() + f"{ONE[0]}\tc1,c2\n{ONE[1]}\tc2, c1\n".encode(), 1, "--multi-label --separator ,"),
    Odd("table-other-separator", "c1/c2 with --multi-label alone", f"{TABLE} --multi-label", {"t.tsv": JOINED}, 1,
        "--multi-label --separator /"),
    _t("table-empty-sequence", "an empty sequence", rows() + b"\tc1\n", 1, "line 22: an empty sequence"),
    _t("table-open-quote", "a quote that is not closed", rows() + b'"ACGT\tc1\n', 1, "is a quote not closed?"),
    _t("table-latin-1", "Latin 1", rows() + LATIN + b"\tc1\n", 1, "is not text in UTF-8"),
    _t("table-excel-workbook", "an Excel workbook", b"PK\x03\x04" + bytes(range(100)), 1, "save the sheet as CSV"),
    _t("table-fasta", "FASTA", fasta(ONE), 1, "is a FASTA file"),
    _t("table-numbers", "measured values as labels", b"seq\tclass\n" + b"".join(
        b"%s\t0.%04d\n" % (SEQUENCES[0].encode(), n) for n in range(1500)), 1, "cut measured values into classes"),
    _t("table-separator", "A|B as a label of one class", rows() + SEQUENCES[0].encode() + b"\tc1|c2\n", 1, "--multi-label"),
)  # fmt: skip
BED_TAKEN = (
    _b("bed-crlf", "lines end with carriage return and line feed", PEAKS.replace("\n", "\r\n"), 0, same=True),
    _b("bed-track", "track, browser and comment lines", "browser position chr1\ntrack name=x\n# x\n" + PEAKS, 0, same=True),
    _b("bed-spaces", "spaces instead of tabs", PEAKS.replace("\t", " "), 0, same=True),
    _b("bed-more-columns", "narrowPeak", PEAKS.replace("\n", "\tp\t0\t.\t1\t1\t1\t5\n"), 0),
    _b("bed-gzip", "gzip under the name of a plain file", gzip.compress(PEAKS.encode(), mtime=0), 0, same=True),
    Odd("bed-genome-lower", "a genome in lower case", BED, {"g.fa": GENOME.lower()}, 0, same=True),
    Odd("bed-over-an-end", "a window over an end: dropped and counted", f"{BED} --length 70", {}, 0,
        "over an end of a chromosome"),
)  # fmt: skip
BED_REFUSED = (
    _b("bed-empty", "no bytes", "", 1, "holds no region"),
    _b("bed-names", "1 instead of chr1", PEAKS.replace("chr1", "1"), 1, "--rename add-chr"),
    _b("bed-unknown", "a chromosome that the genome lacks", PEAKS + "chrUn_X\t1\t21\n", 1, "--unknown-chromosomes drop"),
    _b("bed-header", "a header without #", "chrom\tstart\tend\n" + PEAKS, 1, "a header line starts with #"),
    _b("bed-reversed", "the end before the start", PEAKS + "chr1\t90\t70\n", 1, "0-based and half-open"),
    _b("bed-empty-region", "start and end are equal", PEAKS + "chr1\t90\t90\n", 1, "0-based and half-open"),
    _b("bed-negative", "a negative start", PEAKS + "chr1\t-5\t15\n", 1, "0-based and half-open"),
    _b("bed-beyond", "a region beyond the chromosome", PEAKS + "chr1\t590\t610\n", 1, "from another assembly"),
    _b("bed-lengths", "regions of several lengths", PEAKS + "chr1\t5\t15\n", 1, "the sequences have 2 lengths"),
    _b("bed-strand", "a strand that is not +, - or .", PEAKS + "chr1\t5\t25\tx\t0\t?\n", 1, "column 6 of BED"),
    _b("bed-vcf", "VCF", "##fileformat=VCFv4.2\n#CHROM\tPOS\n", 1, "holds no region"),
    _b("bed-fasta", "FASTA", fasta(ONE), 1, "this is a FASTA file"),
    Odd("bed-no-strand", "BED without strands, and --stranded", f"{BED} --stranded", {}, 1, "leave out --stranded"),
    Odd("bed-no-summit", "BED without summits", f"{BED} --center summit", {}, 1, "--center middle"),
    Odd("bed-genome-missing", "a genome that is not there", BED.replace("g.fa", "h.fa"), {}, 2, "h.fa: no such file"),
    Odd("bed-genome-bed", "BED instead of the genome", BED.replace("g.fa", "a.bed"), {}, 2, "this is a BED file"),
    Odd("bed-genome-gzip", "a genome in plain gzip", BED, {"g.fa": gzip.compress(GENOME, mtime=0)}, 2, "bgzip"),
    Odd("bed-genome-uneven", "a genome with lines of several lengths", BED,
        {"g.fa": b">chr1\nACGT\nAC\nACGTA\n"}, 1, "cannot be indexed"),
    Odd("bed-test-unknown", "a test chromosome that the genome lacks",
        BED.replace("--split 0.6 0.2 0.2", "--validation chr2 --test 8"), {}, 2, "the genome has no chromosome '8'"),
)  # fmt: skip
GROUPS = {
    "FASTA, accepted": FASTA_TAKEN,
    "FASTA, refused": FASTA_REFUSED,
    "Tables, accepted": TABLE_TAKEN,
    "Tables, refused": TABLE_REFUSED,
    "BED, accepted": BED_TAKEN,
    "BED, refused": BED_REFUSED,
}
ALL = [odd for group in GROUPS.values() for odd in group]
