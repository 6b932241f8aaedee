"""SG708 to SG714: what seqgra 0.0.4 does with data, losses and results."""

from __future__ import annotations

from .row import Explanation

HABITS = {
    "SG708": Explanation(
        "seqgra takes an unknown letter for N",
        """
        A note. seqgra 0.0.4 warns of a DNA letter beside A, C, G, T and N and trains with 0.25 in
        each channel. Under seqgra's semantics the script does so, too, without a warning.

            x<tab>y
            ACGTRYACGT<tab>c1

        Under the semantics intended the script ends there, with file, line and position.
        """,
    ),
    "SG709": Explanation(
        "seqgra keeps a first loss that is not a number",
        """
        A note. If the validation loss of the first epoch is not a number, seqgra 0.0.4 keeps that
        epoch's weights for PyTorch, whatever comes; each later one begins the wait for an
        improvement anew. Under seqgra's semantics the script does the same.

            <hyperparameter name="learning_rate">1e30</hyperparameter>

        Under the semantics intended such a loss ends the run, and the best weights so far stay.
        """,
    ),
    "SG710": Explanation(
        "seqgra streams in chunks and loses examples",
        """
        A note. Reading from files, seqgra 0.0.4 takes 10,000 examples at a time for PyTorch, shuffles
        them among themselves, and drops the next one; the validation set is treated alike. Under
        the semantics seqgra-0.0.4-streaming the script sees the same examples in the same order.

            seqgra-compile --semantics seqgra-0.0.4-streaming model.xml

        Under the other semantics all examples are seen, in one order for all of them.
        """,
    ),
    "SG711": Explanation(
        "seqgra shuffles a buffer of 10,000 examples",
        """
        A note. For TensorFlow seqgra 0.0.4 shuffles with a buffer of 10,000 examples: in a larger
        set an example cannot move freely. Under seqgra's semantics the script takes the same
        orders, those that TensorFlow draws from the seed.

            <hyperparameter name="shuffle">True</hyperparameter>

        Under the semantics intended each epoch has a permutation of all examples.
        """,
    ),
    "SG712": Explanation(
        "seqgra counts one step too many",
        """
        A note. Reading from files, Keras 2 learns the number of batches in the first epoch by one
        step that fails, but is counted. Optimizers whose steps depend on the count, such as Adam,
        go on otherwise. Under the semantics seqgra-0.0.4-streaming the script counts it, too.

            seqgra-compile --semantics seqgra-0.0.4-streaming model.xml

        Under the other semantics the count is right.
        """,
    ),
    "SG713": Explanation(
        "seqgra's accuracy of several labels",
        """
        A note. For TensorFlow and several labels seqgra 0.0.4 asks whether the label with the highest
        score is the first true one; for PyTorch, whether all labels of an example are right. The
        script does the latter for both, under all semantics. Weights do not depend on it.

            <task>multi-label classification</task>

        Nothing needs to be done; do not compare the two figures.
        """,
    ),
    "SG714": Explanation(
        "seqgra predicts log-probabilities with NLLLoss",
        """
        A note. With NLLLoss seqgra 0.0.4 writes what the model gives, log-probabilities. The script
        writes probabilities into test-y-hat.txt, under all semantics. Weights do not depend on it.

            <hyperparameter name="loss">NLLLoss</hyperparameter>

        Nothing needs to be done; take the exponential of seqgra's figures to compare them.
        """,
    ),
}
