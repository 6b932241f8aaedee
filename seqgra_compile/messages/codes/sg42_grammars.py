"""SG42: data definitions. SG52 and SG72: what seqgra 0.0.4 makes of them."""

from __future__ import annotations

from .row import Explanation

GRAMMARS = {
    "SG420": Explanation(
        "an id stands twice in a data definition",
        """
        Rules name sequence elements by their ids, and labels name conditions by theirs. With two
        of the same id nobody can tell which one is meant.

            <sequenceelement id="se1">...</sequenceelement>
            <sequenceelement id="se1">...</sequenceelement>

        Rename one of the two, and what refers to it.
        """,
    ),
    "SG421": Explanation(
        "a letter outside the alphabet",
        """
        The letters of matrices and k-mers are those of the data definition's sequence space: A, C,
        G, T for DNA, A, C, G, U for RNA, and the 20 amino acids for proteins. Small letters are
        fine in DNA and RNA. N is not: a matrix says with four equal probabilities that any letter
        will do.

            <sequencespace>DNA</sequencespace> ...
            <letter probability="0.4">U</letter>

        Correct the letter, or the sequence space.
        """,
    ),
    "SG422": Explanation(
        "a letter stands twice in a position",
        """
        A position of a matrix gives each letter one probability. seqgra would take the last one
        and lose the others, so that the position's probabilities no longer sum to 1.

            <position>
              <letter probability="0.5">A</letter>
              <letter probability="0.5">A</letter>
            </position>

        Delete or rename one of them.
        """,
    ),
    "SG423": Explanation(
        "probabilities that sum to 0",
        """
        The probabilities of a position, or of an element's k-mers, are divided by their sum. If
        all of them are 0, there is nothing to divide.

            <kmer probability="0">ACGT</kmer>

        Give at least one of them a probability above 0.
        """,
    ),
    "SG424": Explanation(
        "a reference to a sequence element that is not there",
        """
        A rule names sequence elements of its data definition, and its spacing constraints name
        elements of the rule itself.

            <sequenceelementref sid="se1"/> ...
            <spacingconstraint sid1="se1" sid2="se2" .../>

        Correct the id, or list the element in the rule.
        """,
    ),
    "SG425": Explanation(
        "a spacing constraint that nothing can satisfy",
        """
        The distance of two elements lies between mindistance and maxdistance. If the first is the
        larger one, no distance does.

            <spacingconstraint ... mindistance="100" maxdistance="10"/>

        Exchange the two.
        """,
    ),
    "SG426": Explanation(
        "a label without a condition",
        """
        BayesOptimalClassifier scores a label by the rules of a condition of the data definition:
        the one whose id is the label. (The text of the condition's own element label is only a
        description.) seqgra 0.0.4 fails on such a label when it predicts.

            <labels><label>c3</label></labels> ...
            <external format="data-definition">two-conditions.xml</external>

        Correct the label, or add the condition to the data definition.
        """,
    ),
    "SG427": Explanation(
        "model and data definition are for different sequences",
        """
        The sequence space of the model definition decides how the data are read, that of the data
        definition which letters its sequence elements have. They must be the same.

            <sequencespace>DNA</sequencespace> ...
            <external format="data-definition">kinases.xml</external>

        Correct one of the two, or name another data definition.
        """,
    ),
    "SG428": Explanation(
        "a setting without effect on the classifier",
        """
        BayesOptimalClassifier is not trained, so loss, optimizer and trainingprocess have no
        effect, and sequences are always read in one dimension. It scores where the elements of
        each condition fit best, so the probability of a rule, the mode of a condition and the
        position of elements with spacing constraints have no effect either, in seqgra and here. A
        condition whose id is no label of the model is not looked at. It is a warning: the script
        does what it would do without the setting.

            <library>BayesOptimalClassifier</library> ...
            <trainingprocess>...</trainingprocess>

        In a model definition delete the element. A data definition may well need the setting to
        generate data.
        """,
    ),
    "SG429": Explanation(
        "operations for a classifier that has none",
        """
        BayesOptimalClassifier knows the rules by which data were generated, and reads them from a
        data definition. It has no layers.

            <library>BayesOptimalClassifier</library> ...
            <architecture><sequential>...</sequential></architecture>

        Name the data definition, or another library:

            <external format="data-definition">data.xml</external>
        """,
    ),
    "SG520": Explanation(
        "seqgra 0.0.4 fails on this data definition",
        """
        Under the semantics seqgra-0.0.4 a script does what seqgra 0.0.4 does, and here it raises
        an error: it has no such classifier for RNA, it cannot score k-mers, and the first position
        of each matrix must list every letter of the alphabet.

            seqgra-compile --semantics seqgra-0.0.4 kmers.xml

        Compile with the semantics intended, the default.
        """,
    ),
    "SG720": Explanation(
        "seqgra 0.0.4 cannot score k-mers",
        """
        seqgra generates data from k-mers, but its classifier fails on them. The script scores each
        k-mer as a matrix that allows its letters only, adds log2 of the k-mer's share, and takes
        the best one at each place.

            <kmerbased><kmer probability="0.5">ACGTACGT</kmer>...</kmerbased>

        Nothing needs to be done.
        """,
    ),
    "SG721": Explanation(
        "seqgra 0.0.4 leaves matrices of proteins empty",
        """
        seqgra's classifier fills the matrices of DNA only. Those of 20 letters stay empty, so that
        all sequences get the same score, and RNA ends in an error. The script makes the matrices
        of RNA and proteins as it makes those of DNA, with 4 or 20 letters.

            <sequencespace>protein</sequencespace>

        Nothing needs to be done. The semantics seqgra-0.0.4 leave protein matrices empty, too.
        """,
    ),
    "SG722": Explanation(
        "seqgra 0.0.4 leaves out maxdistance",
        """
        When seqgra generates data, the distance of two elements can be as large as maxdistance.
        Its classifier looks at smaller ones only, and at none at all where mindistance equals
        maxdistance: such a rule never scores. The script includes maxdistance. Like seqgra it
        measures from the start of one element to the start of the other.

            <spacingconstraint ... mindistance="50" maxdistance="50"/>

        Nothing needs to be done. The semantics seqgra-0.0.4 leave maxdistance out, too.
        """,
    ),
    "SG723": Explanation(
        "seqgra 0.0.4 forgets rules",
        """
        At a rule with spacing constraints seqgra's classifier sets the label's score to 0 and
        starts anew with the best pair. The condition's earlier rules no longer count, nor do
        elements of the same rule that are in no constraint. The script adds all of them up.

            <rule>...</rule>
            <rule>... <spacingconstraints>...</spacingconstraints></rule>

        Nothing needs to be done. The semantics seqgra-0.0.4 forget them, too.
        """,
    ),
    "SG724": Explanation(
        "seqgra 0.0.4 reports an accuracy of 0",
        """
        seqgra compares the predicted labels of BayesOptimalClassifier with rows of booleans, which
        are never equal, so that the accuracy is 0 for all data. The script computes it: the most
        probable label is right, or, in multi-label classification, all scores above 0.5 and no
        other belong to the example's labels.

            <library>BayesOptimalClassifier</library>

        Nothing needs to be done. The semantics seqgra-0.0.4 report 0, too.
        """,
    ),
    "SG725": Explanation(
        "seqgra 0.0.4 predicts NaN",
        """
        In multi-class classification the scores of an example are divided by their sum. If no
        label scores, for example because its pairs do not fit into a short sequence, seqgra
        divides by 0 and predicts NaN. The script gives all labels the same share.

            <spacingconstraint ... mindistance="500" maxdistance="1000"/>

        Nothing needs to be done. The semantics seqgra-0.0.4 predict NaN, too.
        """,
    ),
}
