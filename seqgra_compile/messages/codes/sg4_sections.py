"""SG4: between sections. SG5: what a library cannot say. SG7: where seqgra does otherwise."""

from __future__ import annotations

from .row import Explanation

SECTIONS = {
    "SG401": Explanation(
        "the loss is for another task",
        """
        In multi-class classification each example has exactly one label, and the loss compares a
        distribution over all of them. In multi-label classification each label is a yes or no of
        its own. A loss for the one cannot read the targets of the other.

            <task>multi-label classification</task> ...
            <hyperparameter name="loss">CrossEntropyLoss</hyperparameter>

        Take the loss that the help line names, or correct the task.
        """,
    ),
    "SG402": Explanation(
        "softmax or sigmoid applied twice",
        """
        The loss applies the softmax or sigmoid itself, and the last operation has applied one
        already. Training would run, but on flattened probabilities: gradients shrink and the
        model learns slowly and badly, without any error.

            <operation units="3" activation="softmax">Dense</operation>
            ... <hyperparameter name="loss">CrossEntropyLoss</hyperparameter>

        Delete the activation: the script reports probabilities all the same. In TensorFlow you can
        keep it and write from_logits as False.
        """,
    ),
    "SG403": Explanation(
        "the loss expects probabilities",
        """
        Without from_logits this loss takes the logarithm of what the model gives. Values outside 0
        and 1, or that do not sum to 1 over the classes, are cut off or scaled first, and gradients
        vanish where they are. It is a warning, because training does run.

            <operation units="3">Dense</operation>
            ... <hyperparameter name="loss">categorical_crossentropy</hyperparameter>

        Give the last operation the activation softmax (multi-class) or sigmoid (multi-label), or
        write the hyperparameter from_logits as True.
        """,
    ),
    "SG404": Explanation(
        "a loss for numbers",
        """
        The loss measures how far numbers are from one another. In classification its targets are a
        1 for each true label and a 0 for the others, and it treats a confident wrong answer much
        more mildly than a cross-entropy does. It is a warning, because training does run.

            <task>multi-class classification</task> ...
            <hyperparameter name="loss">MSELoss</hyperparameter>

        Take the loss that the help line names, unless this one is meant.
        """,
    ),
    "SG405": Explanation(
        "implementation contradicts the other elements",
        """
        The optional element implementation names seqgra's learner class. Library, sequencespace
        and task say the same already, and it has to agree with them.

            <sequencespace>protein</sequencespace> ...
            <implementation>TorchDNAMultiClassClassificationLearner</implementation>

        Delete the element, or write what the help line gives; if the class is right, one of the
        other three is wrong.
        """,
    ),
    "SG407": Explanation(
        "clipnorm and clipvalue together",
        """
        clipnorm scales a gradient down to a length, clipvalue cuts off its elements. With both,
        the order of the two would decide the result, and Keras 3 refuses the combination.

            <hyperparameter name="clipnorm">0.5</hyperparameter>
            <hyperparameter name="clipvalue">0.1</hyperparameter>

        Keep one.
        """,
    ),
    "SG408": Explanation(
        "the file's format belongs to another library",
        """
        A PyTorch module can only be trained by PyTorch, a saved Keras model by TensorFlow, and a
        data definition is read by the BayesOptimalClassifier.

            <library>TensorFlow</library> ...
            <external format="pytorch-module" classname="Basset">basset.py</external>

        Correct the library or the format. A sequential architecture can be compiled for both.
        """,
    ),
    "SG409": Explanation(
        "Nesterov momentum without momentum",
        """
        PyTorch's SGD looks ahead along the momentum. Without a momentum there is nothing to look
        along, and a dampening would change what Nesterov's rule means; PyTorch refuses both.

            <hyperparameter name="nesterov">True</hyperparameter>

        Add a momentum and leave dampening at 0:

            <hyperparameter name="momentum">0.9</hyperparameter>
        """,
    ),
    "SG410": Explanation(
        "an optimizer made for all examples at once",
        """
        LBFGS and Rprop compare the gradients of one step with those of the next. With batches the
        two come from different examples, and the comparison says little. It is a warning, because
        training does run.

            <hyperparameter name="optimizer">Rprop</hyperparameter>
            ... <hyperparameter name="batch_size">64</hyperparameter>

        Write a batch_size of the whole training set, or take Adam or SGD.
        """,
    ),
    "SG501": Explanation(
        "a value that no script can honour",
        """
        The parameter exists, but this value of it cannot be expressed in a sequential model or in
        the libraries as they are today. Rather than pass it over, the compiler stops.

            <operation units="32" return_state="True">LSTM</operation>

        A sequential model hands on one tensor, and the state would be a second. Delete the
        parameter; the reason stands in the message.
        """,
    ),
    "SG701": Explanation(
        "seqgra ignores gradient clipping for PyTorch",
        """
        A note, not an error. seqgra 0.0.4 reads clipnorm and clipvalue for PyTorch and then does
        nothing with them. Under the semantics intended, the default, the script does what the
        definition says, so its weights differ from those that seqgra trains.

            <library>PyTorch</library> ...
            <hyperparameter name="clipnorm">0.5</hyperparameter>

        To get seqgra's result, compile with --semantics seqgra-0.0.4, or delete the line.
        """,
    ),
    "SG702": Explanation(
        "seqgra ignores the rho of Keras's RMSprop",
        """
        A note, not an error. seqgra 0.0.4 reads rho for RMSprop in TensorFlow and then trains with
        Keras's default, 0.9. Under the semantics intended, the default, the script does what the
        definition says, so its weights differ from those that seqgra trains.

            <hyperparameter name="optimizer">RMSprop</hyperparameter>
            <hyperparameter name="rho">0.99</hyperparameter>

        To get seqgra's result, compile with --semantics seqgra-0.0.4, or delete the line.
        """,
    ),
    "SG705": Explanation(
        "seqgra could not have trained this",
        """
        The semantics seqgra-0.0.4 and seqgra-0.0.4-streaming give what seqgra 0.0.4 gives. It has
        no embedded architectures for PyTorch, no RNA, and fewer operations and optimizers; its
        LBFGS and SparseAdam end with an error. A definition that uses one of these has no result
        that a script could reproduce.

            seqgra-compile --semantics seqgra-0.0.4 model.xml
            <operation>BatchNormalization</operation>

        Compile it with the semantics intended, the default.
        """,
    ),
    "SG706": Explanation(
        "Keras 3 draws or computes otherwise than seqgra's Keras 2",
        """
        A warning. The script takes seqgra's order of batches, and with it Keras 3 reaches seqgra's
        weights bit for bit as long as no operation draws random numbers of its own that Keras 3
        draws otherwise, and the optimizer's steps are computed alike. The masks of Dropout and of an
        LSTM's dropout are others. RMSprop and Adadelta take the same steps, but in another order of
        multiplications, so that the last bits differ. Nadam's steps are others from the second on: Keras 2 takes the decay of the momentum
        once for each array of weights, where it should once a step.

            <hyperparameter name="optimizer">Nadam</hyperparameter>

        Nothing needs to be done; the weights are as good, but not the same.
        """,
    ),
    "SG707": Explanation(
        "seqgra takes a label for a missing value",
        """
        A note, not an error. With its data in memory seqgra 0.0.4 reads them with pandas, which
        takes words such as NA, null or nan for a missing value; the label becomes an empty text. In
        a multi-class model seqgra then ends with an error, in a multi-label model the example has
        no label. The script reads each label as it is written.

            <label>NA</label>

        To have both agree, give the label another name.
        """,
    ),
}
