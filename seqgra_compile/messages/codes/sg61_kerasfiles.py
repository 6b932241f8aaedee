"""SG61 and SG70: saved Keras models."""

from __future__ import annotations

from .row import Explanation

KERAS_FILES = {
    "SG610": Explanation(
        "an .h5 file without h5py",
        """
        HDF5 is read by the package h5py, which the compiler needs for nothing else and therefore
        does not bring along.

            <external format="keras-h5-whole-model">basset.h5</external>

        Install it beside the compiler:

            pip install 'seqgra-compile[hdf5]'
        """,
    ),
    "SG611": Explanation(
        "a saved model that is damaged, or is none",
        """
        The file is there, but Keras never writes such a file: it is cut off, or altered, or no
        file of Keras at all.

            <external format="keras-h5-whole-model">basset.h5</external>

        If it was copied, compare its size and SHA-256 with those of the original. A file of another
        kind, such as weights alone, is SG619.
        """,
    ),
    "SG612": Explanation(
        "a layer that is no operation",
        """
        A saved model is written out as operations. The layer is of a class that the language does
        not have, or that is somebody's own: what it computes is code, and the file holds none.

            model.add(keras.layers.MultiHeadAttention(...))

        A function that is applied to a tensor between two layers, such as tf.nn.relu(x) or x * 2, is
        recorded as TFOpLambda, SlicingOpLambda or an operation of Keras 3, and is none of them.

        Make the model of the classes that --list operations shows. A model inside a model needs no
        change: its layers take its place.
        """,
    ),
    "SG613": Explanation(
        "a layer that carries Python code",
        """
        A Lambda layer stores Python bytecode in the file, and Keras 2 runs it whenever the file is
        loaded. The compiler runs nothing that it reads, and bytecode cannot be shown in a script.

            model.add(keras.layers.Lambda(lambda x: x / 2))

        Replace the layer by one of Keras's own that does the same.
        """,
    ),
    "SG614": Explanation(
        "a model that is no chain of layers",
        """
        A script has one input, one output, and between them one layer after another. A model with
        branches, skip connections, shared layers, several inputs or several outputs cannot be
        written as such a chain. The message names the layer at which it is left.

            outputs = keras.layers.Add()([inputs, x])

        For such a model, write a PyTorch module.
        """,
    ),
    "SG615": Explanation(
        "a setting of a saved model that no operation has",
        """
        A layer in the file has a setting that changes what it computes and that no parameter of the
        operation can hold: a constraint, a seed of its own, another float type, a call with
        arguments. It is not passed over, for the script would train another model.

            "kernel_constraint": {"class_name": "MaxNorm", "config": {"max_value": 2}}

        hard_sigmoid belongs here, too, if Keras 2 wrote the file: Keras 3 has another function of
        this name. Save the model without the setting, or write the architecture out as operations.
        """,
    ),
    "SG616": Explanation(
        "weights that do not fit the layers of their file",
        """
        The file describes its layers and holds their weights, and the two disagree: a weight is
        missing, has another shape or type, or lies in a second file.

            Dense has the weights kernel (8, 2), bias (2,), and the file holds kernel (8, 3)

        Such a file is damaged, or was written by more than one device: save the model anew, in
        float32.
        """,
    ),
    "SG617": Explanation(
        "a saved model that was compiled with something else",
        """
        A saved model holds the loss and the optimizer that it was compiled with, and seqgra goes on
        with them. These are not among those that a definition can name: a function of somebody's
        own, a learning rate that follows a schedule, averaged weights.

            model.compile(optimizer=Adam(learning_rate=schedules.CosineDecay(...)), ...)

        Save the model without them, keras.models.load_model(path, compile=False).save(path): then
        the sections loss and optimizer of the definition count.
        """,
    ),
    "SG618": Explanation(
        "a saved model that does not say how long its input is",
        """
        A script checks that every sequence has the model's length, and works out the shape of each
        layer from it. The file leaves the length open, was saved before the model was built, or
        fixes the number of examples in a batch.

            keras.Input(shape=(None, 4))

        Make the model with the length of its sequences, keras.Input(shape=(150, 4)), and save it
        again.
        """,
    ),
    "SG619": Explanation(
        "a file of Keras, but of another kind than its format",
        """
        The file is not damaged. It is one that Keras or TensorFlow writes for another purpose, or
        in another format than the definition names, or in one that is no longer read.

            <external format="keras-h5-whole-model">basset.weights.h5</external>

        What it may be, and what to do:

            weights alone, a checkpoint    save the whole model, model.save("basset.keras")
            model.export(), SavedModel     the same: an exported model has functions, and no layers
              without Keras's description
            model.get_config()             write the file with model.to_json()
            Keras 1                        load it in Keras 2.0 to 2.3 and save it again
            JSON, HDF5 or .keras file      name the format that the message names
            part of a SavedModel           name the folder

        The format keras-h5-whole-model reads both HDF5 files and .keras archives, as seqgra does.
        """,
    ),
    "SG703": Explanation(
        "a section that a saved model overrules",
        """
        A note, not an error. The file holds the loss and the optimizer that the model was compiled
        with. seqgra 0.0.4 trains with them and passes the definition's own sections over; the script
        does the same and shows the file's values.

            <external format="keras-h5-whole-model">basset.h5</external> ...
            <optimizer>...</optimizer>

        Delete the section. To make it count, save the model without its optimizer.
        """,
    ),
    "SG704": Explanation(
        "an optimizer's state that is not restored",
        """
        A note, not an error. An .h5 or .keras file can hold the optimizer's moments and its count of steps.
        seqgra 0.0.4 goes on with them; the script starts with the file's weights and a fresh
        optimizer of the same settings, so its first steps differ from seqgra's.

            model.fit(...); model.save("basset.h5")

        Nothing needs to be done. A model that was loaded with compile=False has no such state.
        """,
    ),
}
