"""SG2: names and values."""

from __future__ import annotations

from .row import Explanation

VALUES = {
    "SG201": Explanation(
        "an id that cannot name a file",
        """
        The model's id names the script and its output folder, here and in seqgra. It is made of
        the letters A to Z, digits, '_' and '-', so that it means the same file on every system.

            <general id="my model (2)">

        Replace the other characters:

            <general id="my-model-2">
        """,
    ),
    "SG202": Explanation(
        "an unknown operation",
        """
        The text of <operation> names a layer. Upper and lower case do not matter, and Keras's long
        names such as MaxPooling1D are known too, but this name is not in the table.

            <operation filters="32" kernel_size="11">Convolve1D</operation>

        Take the name that the help line offers. For an architecture that the table cannot express,
        write a PyTorch module and name it in <external>.
        """,
    ),
    "SG203": Explanation(
        "an operation has no such parameter",
        """
        The attribute is none of the operation's parameters. It is not passed over: a misspelt
        parameter would leave its default in force without a word.

            <operation unts="3">Dense</operation>

        Correct the name. Parameters are those of the Keras layer; input_shape, trainable and
        weights_file may stand on every operation.
        """,
    ),
    "SG204": Explanation(
        "a value of the wrong type or out of range",
        """
        The value cannot be what its parameter wants. Text is never evaluated: numbers, true or
        false, tuples and a closed list of calls such as RandomNormal(stddev=0.1) are all that is
        read, and a number has to be in range: neither too large for a script nor too near to 0.

            <operation filters="-16" kernel_size="eleven">Conv1D</operation>

        The message tells what is wanted:

            <operation filters="16" kernel_size="11">Conv1D</operation>
        """,
    ),
    "SG205": Explanation(
        "an operation lacks a parameter",
        """
        The parameter has no default, because no value would be right for most models: the number
        of units, of filters, the width of a window.

            <operation activation="relu">Dense</operation>

        Add it:

            <operation units="64" activation="relu">Dense</operation>
        """,
    ),
    "SG206": Explanation(
        "not one of the words that stand here",
        """
        The task, the sequence space, the library, the input encoding and the format of an external
        architecture each come from a short closed list, written exactly so.

            <sequencespace>dna</sequencespace>

        Take a word from the list:

            <sequencespace>DNA</sequencespace>
        """,
    ),
    "SG207": Explanation(
        "an unknown hyperparameter",
        """
        The loss, the optimizer or the training process has no hyperparameter of this name in the
        chosen library. If it were passed over, training would run with a default that the
        definition seems to overrule.

            <hyperparameter name="learning_rte">0.01</hyperparameter>

        Correct the name, or delete the line. Libraries differ: Adam has betas in PyTorch, beta_1
        and beta_2 in TensorFlow.
        """,
    ),
    "SG208": Explanation(
        "a missing hyperparameter",
        """
        A section lacks a hyperparameter that has no default: the name of the loss or optimizer, or
        one of the settings of training.

            <optimizer>
              <hyperparameter name="learning_rate">0.001</hyperparameter>
            </optimizer>

        Add it:

            <hyperparameter name="optimizer">Adam</hyperparameter>
        """,
    ),
    "SG209": Explanation(
        "a hyperparameter written twice",
        """
        The section sets the same hyperparameter two times. Whichever of the two were taken, a
        reader who saw the other would be wrong about the run.

            <hyperparameter name="epochs">10</hyperparameter>
            <hyperparameter name="epochs">100</hyperparameter>

        Delete one.
        """,
    ),
    "SG210": Explanation(
        "an unknown loss",
        """
        The library has no loss of this name in the table, or the name belongs to the other
        library. What most definitions need is, in PyTorch, CrossEntropyLoss or BCEWithLogitsLoss
        and, in TensorFlow, categorical_crossentropy or binary_crossentropy.

            <library>PyTorch</library> ...
            <hyperparameter name="loss">categorical_crossentropy</hyperparameter>

        Take a loss of the library that the definition names.
        """,
    ),
    "SG211": Explanation(
        "an unknown optimizer",
        """
        The library has no optimizer of this name in the table. Upper and lower case do not matter.

            <hyperparameter name="optimizer">Adamm</hyperparameter>

        Correct the name; if the library itself lacks the optimizer, take another one, or the other
        library.
        """,
    ),
    "SG212": Explanation(
        "a label written twice",
        """
        Each label stands for one column of the targets and one output of the model. A label that
        stands twice would have two columns, of which the data could fill only one.

            <label>ctcf</label>
            <label>egr1</label>
            <label>ctcf</label>

        Delete or rename one, and look at the units of the last operation: one for each label.
        """,
    ),
    "SG213": Explanation(
        "a label pattern without labels, or with too many",
        """
        A pattern counts from min to max, both included; min is 1 where it is not written. It has
        to name at least one label and at most 100,000.

            <pattern prefix="c" min="10" max="1"/>

        Exchange the two:

            <pattern prefix="c" min="1" max="10"/>
        """,
    ),
    "SG214": Explanation(
        "a label that the data files cannot hold",
        """
        The data files are tab-separated, one example in each line, and the labels of a multi-label
        example are joined by |. A label that is empty, or holds one of these separators, could not
        be told from something else.

            <task>multi-label classification</task> ...
            <label>ctcf|egr1</label>

        Rename the label, in the data files too: ctcf-egr1.
        """,
    ),
    "SG215": Explanation(
        "two labels that look the same",
        """
        An accent can be a part of its letter or a character of its own behind it (in Unicode's
        terms: NFC and NFD). Both are drawn alike, and they are different labels. Messages show the
        second form as an escape.

            <label>h\u00e9lix</label>
            <label>he\u0301lix</label>

        Write one form everywhere, in the data files too, or rename one of the labels.
        """,
    ),
}
