def divide_by_examples(regularizer: type) -> None:
    """Divide the penalty on an activity by the batch size, as Keras 3.14 does.

    Penalties on weights stay as they are.
    """
    whole = getattr(regularizer.__call__, "whole", regularizer.__call__)

    def mean(self: keras.Regularizer, x: tf.Tensor | keras.Variable) -> tf.Tensor:
        if isinstance(x, keras.Variable):  # a weight
            return whole(self, x)
        return whole(self, x) / tf.cast(tf.shape(x)[0], x.dtype)

    mean.whole = whole  # for another script in the same process
    regularizer.__call__ = mean


if [int(part) for part in keras.__version__.split(".")[:2]] < [3, 14]:
    divide_by_examples(keras.regularizers.L1)
    divide_by_examples(keras.regularizers.L2)
    divide_by_examples(keras.regularizers.L1L2)
