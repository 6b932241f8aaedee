"""Keras 3 on TensorFlow."""

from __future__ import annotations

from .. import ir
from ..catalog.losses import LOSSES, Scores
from ..catalog.operations import lower_to_keras
from ..catalog.semantics import FULL, PREDICT, SEMANTICS
from ..catalog.sequences import MULTI_CLASS
from ..ir import Import
from ..messages.diagnostics import Diagnostics
from ..pycode import Code, call, laid_out, literal
from ..script import LayerStatements, LoadedWeights, Statement
from ..script.keras import KerasScript
from ..source import Source
from . import common, weightsfiles
from .imports import import_lines

# Keras 3.6 has no celu; in 3.7 one mask of dropout serves all gates of LSTM and GRU, always.
_KERAS = common.Oldest("keras", "keras", "Keras", (3, 8))
_TENSORFLOW = common.Oldest("tensorflow", "tf", "TensorFlow", (2, 17))
_PACKAGES = (_KERAS.requirement, "numpy", _TENSORFLOW.requirement)


def arrange(model: ir.Model, source: Source, diagnostics: Diagnostics) -> KerasScript:
    """The script of an embedded architecture."""
    architecture = model.architecture
    assert isinstance(architecture, ir.Network)  # Keras's files are written out
    loss = LOSSES[model.loss.name]
    logits = common.scores(model) is Scores.LOGITS
    reader = weightsfiles.reader(model)
    packages = reader.packages if reader else ()
    files = () if reader is None else _weights_files(architecture)
    softmax = logits and model.task.value == MULTI_CLASS
    two = model.input_encoding.value == "2D"
    standard, frameworks = _imports(model, reader.imports if reader else ())
    shape = "(B, 1, L, {})" if two else "(B, L, {})"
    weights = "saved_model.keras"
    weights += ", model-architecture.json" if model.records == FULL else ""
    return KerasScript(
        **common.shared_fields(model, source, "keras", weights, shape),
        dependencies=", ".join(map(literal, sorted((*_PACKAGES, *packages)))),
        future=(),
        imports=standard,
        packages=frameworks,
        checks=(*_KERAS.check, *_TENSORFLOW.check),
        install=f"pip install {' '.join(('keras', 'numpy', 'tensorflow', *packages))}",
        optimizer=common.optimizer_text(
            model,
            clipnorm=_clip(model.optimizer.clipnorm),
            clipvalue=_clip(model.optimizer.clipvalue),
        ),
        probabilities=f"keras.ops.{loss.activation}(scores).numpy()" if logits else "scores",
        by_batch=logits and not softmax,
        ranked="tf.nn.softmax(scores.astype(float)).numpy()" if softmax else "scores",
        layers=tuple(
            LayerStatements(
                operation.number,
                common.heading(operation),
                (Statement(_added(lower_to_keras(operation).call)),),
            )
            for operation in architecture.operations
        ),
        weights_files=files,
        model_name="MODEL_ID",
        input=_added(call("keras.Input", shape=architecture.input_shape, dtype="float32")),
        one_hot_targets=model.task.value == MULTI_CLASS and not loss.indices,
        true_class=(
            "tf.cast(tf.reshape(targets, [-1]), tf.int64)"
            if loss.indices
            else "tf.argmax(targets, axis=-1)"
        ),
        threshold="0.0" if logits else str(loss.threshold),
        torch_epsilon=model.optimizer.other_epsilon,
        activity=any(map(_activity, architecture.operations)),
    )


def _clip(value: ir.Value[float | None]) -> Code | None:
    name = value.path.rpartition("/")[2].upper()
    return None if value.value is None else Code(name)


def _added(layer: Code) -> str:
    """A statement of `build_model`."""
    return laid_out(call("model.add", layer), 4)


def _activity(operation: ir.Layer) -> bool:
    regularizer = operation.arguments.get("activity_regularizer")
    return regularizer is not None and regularizer.value is not None


def _weights_files(architecture: ir.Network) -> tuple[LoadedWeights, ...]:
    operations = filter(weightsfiles.has_weights, architecture.operations)
    own = (weightsfiles.load_statement(_load(operation), operation) for operation in operations)
    return (*weightsfiles.open_statement(architecture), *own)


def _load(operation: ir.Layer) -> Code:
    layer = call("model.get_layer", operation.identifier)
    return call("set_weights", layer, weightsfiles.read_call(operation))


def _imports(
    model: ir.Model, reading: tuple[Import, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The backend and the log level are chosen before TensorFlow is imported."""
    imitates, records = SEMANTICS[model.semantics].imitates, model.records == FULL
    if model.emit == PREDICT:
        own = [*common.PREDICT_IMPORTS, Import("os"), Import("warnings")]
    else:
        own = [*common.IMPORTS, Import("time"), Import("warnings"), *reading]
        own += [Import("math")] if records or not imitates else []
        own += [Import("io")] if records else []
        if imitates and model.training.shuffle.value:
            own += [Import("collections.abc", "Iterator")]
    own += [Import("keras"), Import("tensorflow", None, "tf")]
    standard, frameworks = import_lines(common.imports(model, own), common.STANDARD)
    environment = (
        "",
        'os.environ["KERAS_BACKEND"] = "tensorflow"',
        'os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors only',
        "stderr = os.dup(2)  # where TensorFlow prints a greeting",
        "os.dup2(os.open(os.devnull, os.O_WRONLY), 2)",
    )
    return (*standard, *environment), frameworks
