"""SG8: data folders."""

from __future__ import annotations

from .row import Explanation

DATA = {
    "SG801": Explanation(
        "a data file that is not there",
        """
        A script reads training.txt and validation.txt, and test.txt where it is there; a Bayes
        classifier needs test.txt alone. The files have exactly these names and are plain text.

            data/training.txt.gz     compressed: a script does not find it

        Rename or decompress the file that is meant, or make the folder with seqgra-data.
        """,
    ),
    "SG802": Explanation(
        "a file that is not a data file",
        """
        A data file begins with the line x, tab, y; each line behind it is an example: a sequence, a
        tab, its label. The message shows how the file begins, and the help line says what it seems
        to be.

            x,y                      a comma for the tab
            >sequence1               FASTA

        seqgra-data makes such files of FASTA, of BED and a genome, and of tables.
        """,
    ),
    "SG803": Explanation(
        "a line without its two columns",
        """
        Each example is one line with one tab: the sequence, the tab, the label. A blank line counts
        unless it is at the end of the file.

            ACGTACGT c1              a space for the tab
            1	ACGTACGT	c1         a third column

        Correct or remove the line.
        """,
    ),
    "SG804": Explanation(
        "a sequence of another length",
        """
        All sequences have the length that the first operation's input_shape gives, or, where no
        such operation is in the definition, that of the first sequence.

            <operation input_shape="(150, 4)" ...>Conv1D</operation>

        Change input_shape where all sequences have another length. Bring sequences of several
        lengths to one:

            seqgra-data fasta c1=a.fa c2=b.fa --length 150 --pad N -o data/ --split 0.8 0.1 0.1
        """,
    ),
    "SG805": Explanation(
        "a letter that the sequences of the definition do not have",
        """
        DNA is A, C, G, T, and N for any; RNA has U for T; proteins have twenty letters, in upper
        case. Everything else is refused: a letter that the model does not see would be a silent
        change of the data.

            ACGRACGT                 R is IUPAC's code for A or G

        Make the folder anew with --ambiguous N or --ambiguous drop, or correct the line.
        """,
    ),
    "SG806": Explanation(
        "a label that the definition does not have",
        """
        The column y holds one of the definition's labels, letter for letter; with several labels
        per example, some of them, joined by |, or nothing.

            ACGTACGT	C1             the definition says c1

        Correct the file, or add the label to the definition.
        """,
    ),
    "SG811": Explanation(
        "a label that a set lacks",
        """
        No example of the set has the label. From a training set without it, the model cannot learn
        it; a validation or test set without it measures nothing of it, and AUROC is missing.

            validation.txt           40 examples, all of c1

        Split again with seqgra-data, which gives each set its share of each label, or take the
        label out of the definition.
        """,
    ),
    "SG812": Explanation(
        "labels of very different frequency",
        """
        One label has at least ten times as many examples as another one, or, with several labels
        per example, fewer than one in a hundred examples have a label. A model that always says
        the frequent one is then often right.

            training.txt             9,900 of background, 100 of c1: 99% are right at once

        Read AUPRC rather than accuracy, or take fewer examples of the frequent label.
        """,
    ),
    "SG813": Explanation(
        "a set that is sorted by label",
        """
        The examples of one label are together. Where training does not shuffle, each batch then
        holds one label only, and the model forgets one while it learns the next.

            <hyperparameter name="shuffle">False</hyperparameter>

        Set shuffle to True in the definition, or shuffle the lines. seqgra-data writes examples in
        random order.
        """,
    ),
    "SG814": Explanation(
        "sequences that are in two sets",
        """
        A sequence, or in DNA and RNA its reverse complement, is in the training set and in another
        one, or in the validation and the test set. What is measured on it is memory.

            training.txt:2           AACCGT	c1
            test.txt:7               ACGGTT	c1     its reverse complement

        seqgra-data --split keeps copies in one set. It does not see sequences that are merely
        similar: for those, split by chromosome, or by families that a program for homology finds.
        """,
    ),
    "SG815": Explanation(
        "one sequence with different labels",
        """
        The same sequence, or in DNA and RNA its reverse complement, is there with different labels.
        No model can be right about both.

            AACCGT	c1
            AACCGT	c2

        Remove one, or let an example have several labels:

            <task>multi-label classification</task>
        """,
    ),
    "SG816": Explanation(
        "many unknown letters",
        """
        More than a tenth of all letters are N, or some sequences are mostly N. Such sequences
        say little, and where N is more frequent in one class the model may learn just that.

            NNNNNNNNNNNNACGT	c1       padded, or from a gap of the assembly

        Leave such regions out, or choose a smaller length.
        """,
    ),
    "SG817": Explanation(
        "classes that GC alone tells apart",
        """
        The share of G and C in a sequence, and nothing else of it, tells a label from the rest with
        the AUROC that the message gives; 0.5 is not at all. A model may learn just that, and motifs
        that it seems to find may be an effect of it.

        Take negatives with the same GC, or with the same dinucleotides:

            seqgra-data bed c1=peaks.bed --genome hg38.fa --negatives gc ...
            seqgra-data fasta c1=peaks.fa --negatives shuffle ...
        """,
    ),
    "SG818": Explanation(
        "sets of different lengths",
        """
        A Bayes classifier takes sequences of any length, one per file. Where the sets differ, what
        is measured on them cannot be compared: longer sequences hold more chance matches.

            validation.txt           sequences of 150 letters
            test.txt                 sequences of 1,000 letters

        Bring all sets to one length: seqgra-data ... --length L.
        """,
    ),
    "SG819": Explanation(
        "a file that seqgra-data did not write",
        """
        The folder holds data.json, in which seqgra-data wrote the SHA-256 of each file; a file is
        different now. So data.json no longer says where the data come from.

            "training.txt": {"sha256": "61b2...", "examples": 320, ...}

        Make the folder anew, or delete data.json.
        """,
    ),
}
