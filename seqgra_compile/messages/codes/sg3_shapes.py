"""SG3: shapes. They are (length, channels) or (height, width, channels), without the batch."""

from __future__ import annotations

from .row import Explanation

SHAPES = {
    "SG301": Explanation(
        "the input's shape is not given",
        """
        The first operation has to say what one example looks like. The length of the sequences
        stands nowhere else, and all further shapes and weights follow from it.

            <operation filters="16" kernel_size="11">Conv1D</operation>

        Add input_shape, (length, channels); DNA and RNA have 4 channels, protein has 20:

            <operation input_shape="(150, 4)" filters="16" kernel_size="11">Conv1D</operation>
        """,
    ),
    "SG302": Explanation(
        "input_shape does not fit the sequences",
        """
        One-hot sequences have one channel for each letter: 4 for DNA and RNA, 20 for protein. In
        1D encoding an example is (length, channels), in 2D encoding (1, length, channels).

            <sequencespace>protein</sequencespace> ...
            <operation input_shape="(100, 4)" ...>Conv1D</operation>

        Correct the shape, here to (100, 20), or the sequencespace or inputencoding.
        """,
    ),
    "SG303": Explanation(
        "a window longer than its input",
        """
        A kernel or pool without padding has to fit into its input at least once. Each convolution
        and each pool shortens the sequence, so a window that fits into the data may be too long
        for what is left after some layers.

            <operation input_shape="(8, 4)" filters="16" kernel_size="11">Conv1D</operation>

        Make the window shorter, pool less before it, or write padding="same". With a dilation the
        window reaches (kernel_size - 1) x dilation_rate + 1 positions.
        """,
    ),
    "SG304": Explanation(
        "an operation cannot take the shape before it",
        """
        The operation wants another number of axes than the one before it gives, or its own
        input_shape contradicts what is known.

            <operation>Flatten</operation>
            <operation filters="16" kernel_size="5">Conv1D</operation>

        A convolution wants (length, channels) and Flatten leaves one axis. Reorder the operations,
        or put a Reshape between them. Only the first operation needs an input_shape.
        """,
    ),
    "SG305": Explanation(
        "the last operation does not give one value per label",
        """
        The loss compares one output with each label. The model's last operation has to give
        exactly so many values, in one axis.

            three labels, and
            <operation units="2">Dense</operation>

        Write the number of labels as the units of the last Dense. If the result still has a
        length, as in (140, 3), a Flatten or GlobalMaxPool1D is missing before it (see SG306).
        """,
    ),
    "SG306": Explanation(
        "Dense on more than one axis",
        """
        Dense multiplies the last axis only. After a convolution it is applied to each position
        alone, and its result still has a length. That is seldom meant.

            <operation filters="16" kernel_size="11">Conv1D</operation>
            <operation units="3">Dense</operation>

        Put a Flatten (every position keeps its own weights) or a GlobalMaxPool1D (the strongest
        match anywhere) between the two.
        """,
    ),
    "SG307": Explanation(
        "parameters of an operation that exclude one another",
        """
        Each value is fine by itself, but not with the others or with this input: a target_shape
        that holds another number of values, groups that do not divide the channels, strides
        together with a dilation.

            <operation target_shape="(10, 7)">Reshape</operation>   after 150 values

        The message gives the numbers. In a target_shape, one axis may be -1: whatever is left.
        """,
    ),
}
