"""Definitions drawn at random from the catalog: whatever its own shape rules allow."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from seqgra_compile.catalog import losses, optimizers
from seqgra_compile.catalog.activations import ACTIVATIONS, ActivationKind
from seqgra_compile.catalog.expressions import ExpressionKind
from seqgra_compile.catalog.initializers import INITIALIZERS
from seqgra_compile.catalog.libraries import PYTORCH, TENSORFLOW
from seqgra_compile.catalog.losses import LossRow, Scores
from seqgra_compile.catalog.operations import OPERATIONS
from seqgra_compile.catalog.operations.row import COMMON, OperationRow, ShapeError
from seqgra_compile.catalog.optimizers.row import CLIPPING
from seqgra_compile.catalog.parameters import (
    Boolean,
    Choice,
    Integer,
    PairKind,
    Parameter,
    Real,
    Reals,
    ShapeKind,
    Size,
)
from seqgra_compile.catalog.sequences import MULTI_CLASS, SEQUENCE_SPACES, TASKS
from seqgra_compile.ir import Arguments, Value, Weight

LIBRARIES = (PYTORCH, TENSORFLOW)
MOST_VALUES = 1500  # of an example between two operations
RANDOM_OPERATIONS = (
    "Dropout",
    "SpatialDropout1D",
    "GaussianNoise",
    "GaussianDropout",
    "AlphaDropout",
)
NORMALISING = ("softmax", "sigmoid", "log_softmax")
ENDS = {1: (), 2: ("Flatten", "GlobalMaxPool1D", "LSTM"), 3: ("Flatten", "GlobalMaxPool2D")}
# A variance below 0 makes all outputs NaN, alike in both libraries.
LEFT_OUT = ("moving_variance_initializer",)
# Whose values grow without bound, so that the libraries' roundings do, too.
EXPLOSIVE = ("exponential",)


@dataclass(frozen=True)
class Drawn:
    """A definition, once for each library; `random`: it draws numbers while it trains.

    `last` is the last activation, `optimizers` are names by library.
    """

    texts: dict[str, bytes]
    space: str
    length: int
    labels: int
    multi_class: bool
    shuffle: bool
    random: bool
    last: str
    optimizers: dict[str, str]


def draw(seed: int) -> Drawn:
    return _Draw(random.Random(seed)).definition(seed)


class _Draw:
    def __init__(self, generator: random.Random) -> None:
        self.chance = generator.random
        self.pick = generator.choice
        self.whole = generator.randint
        self.order = lambda items: generator.sample(list(items), len(items))

    def definition(self, seed: int) -> Drawn:
        space, task = self.pick(list(SEQUENCE_SPACES)), self.pick(TASKS)
        length, labels = self.whole(9, 20), self.whole(2, 4)
        two = self.chance() < 0.25
        shape = (length, len(SEQUENCE_SPACES[space].alphabet))
        given = (1, *shape) if two else shape
        operations = self.operations(given)
        last = self.pick(["linear", "softmax", "sigmoid", "log_softmax", "tanh", "softplus"])
        operations.append(("Dense", {"units": str(labels), "activation": last}))
        operations[0][1]["input_shape"] = str(given)
        general = self.general(seed, space, task, "2D" if two else "1D", labels)
        training, shuffle = self.training()
        texts, names = {}, {}
        for library in LIBRARIES:
            loss, optimizer = self.loss(library, task, last), self.optimizer(library)
            names[library] = optimizer["optimizer"]
            sections = (
                general.format(library=library),
                _architecture(operations),
                _settings("loss", loss),
                _settings("optimizer", optimizer),
                training,
            )
            texts[library] = f"<seqgramodel>{''.join(sections)}</seqgramodel>".encode()
        return Drawn(
            texts,
            space,
            length,
            labels,
            task == MULTI_CLASS,
            shuffle,
            any(_is_random(name, values) for name, values in operations),
            last,
            names,
        )

    def general(self, seed: int, space: str, task: str, encoding: str, labels: int) -> str:
        if self.chance() < 0.5:
            first = self.whole(0, 3)
            named = f'<pattern prefix="c &lt;" min="{first}" max="{first + labels - 1}"/>'
        else:
            named = "".join(f"<label>label {number}</label>" for number in range(labels))
        return (
            f'<general id="random-{seed}"><name/><description/><task>{task}</task>'
            f"<sequencespace>{space}</sequencespace><library>{{library}}</library>"
            f"<inputencoding>{encoding}</inputencoding><labels>{named}</labels>"
            f"<seed>{self.whole(0, 1000)}</seed></general>"
        )

    def training(self) -> tuple[str, bool]:
        shuffle = self.chance() < 0.5
        values = {
            "batch_size": str(self.pick([2, 3, 6])),
            "epochs": "1",
            "early_stopping": str(self.chance() < 0.5),
            "shuffle": str(shuffle),
        }
        return _settings("trainingprocess", values), shuffle

    def operations(self, shape: tuple[int, ...]) -> list[tuple[str, dict[str, str]]]:
        """Some that fit one another, and one that leaves a single axis."""
        found = []
        for _ in range(self.whole(1, 5)):
            for row in self.order(OPERATIONS.values()):
                fitting = self.fitting(row, shape)
                if fitting:
                    values, shape = fitting
                    found.append((row.name, values))
                    break
        ends = self.order(ENDS.get(len(shape), ("Flatten",)))
        while len(shape) > 1:
            values, result = self.fitting(OPERATIONS[ends[0]], shape) or ({}, shape)
            if len(result) == 1:
                found.append((ends[0], values))
                shape = result
        return found

    def fitting(
        self, row: OperationRow, shape: tuple[int, ...]
    ) -> tuple[dict[str, str], tuple[int, ...]] | None:
        """Arguments with which an operation takes its input, and the shape that it gives."""
        for _ in range(5):
            values = {
                parameter.name: self.value(parameter, shape)
                for parameter in row.parameters
                if (parameter.required or self.chance() < 0.3) and parameter.name not in LEFT_OUT
            }
            if self.chance() < 0.1:
                values["trainable"] = "False"
            arguments = {
                parameter.name: Value(
                    (
                        parameter.kind.parse(values[parameter.name])
                        if parameter.name in values
                        else parameter.default
                    ),
                    parameter.name,
                    None,
                )
                for parameter in (*row.parameters, *COMMON)
            }
            try:
                result = row.infer(arguments, shape)
            except ShapeError:
                continue
            if not _can_start(row.weights(arguments, shape), arguments):
                continue
            size = 1
            for axis in result:
                size *= axis
            if size <= MOST_VALUES:
                return values, result
        return None

    def value(self, parameter: Parameter, shape: tuple[int, ...] = ()) -> str:
        """A value that the parameter's kind accepts and that is not refused, as it is written."""
        for _ in range(100):
            text = self.text(parameter, shape)
            if parameter.kind.parse(text) not in [value for value, _ in parameter.refused]:
                return text
        raise ValueError(parameter.name)

    def text(self, parameter: Parameter, shape: tuple[int, ...]) -> str:
        kind = parameter.kind
        if isinstance(kind, Integer):
            return str(self.whole(kind.minimum, min(kind.maximum, kind.minimum + 5)))
        if isinstance(kind, Real):
            return str(self.real(kind))
        if isinstance(kind, Reals):
            return str(tuple(self.real(item) for item in kind.items))
        if isinstance(kind, Boolean):
            return self.pick(["True", "False", "yes", "0"])
        if isinstance(kind, Choice):
            return self.pick(kind.words)
        if isinstance(kind, Size):
            return str(tuple(self.whole(1, 4) for _ in range(kind.rank)))
        if isinstance(kind, PairKind):
            return str((self.whole(0, 3), self.whole(0, 3)))
        if isinstance(kind, ShapeKind):
            return str(self.shape(parameter.name, shape))
        if isinstance(kind, ActivationKind):
            return self.pick([name for name in ACTIVATIONS if name not in EXPLOSIVE])
        if isinstance(kind, ExpressionKind):
            return self.expression(kind)
        raise TypeError(f"no values for {kind}")

    def real(self, kind: Real) -> float:
        low = max(bound for bound in (kind.minimum, kind.above, 0.0) if bound is not None)
        high = min(bound for bound in (kind.maximum, kind.below, low + 1) if bound is not None)
        return round(low + (high - low) * (0.01 + 0.97 * self.chance()), 4)

    def shape(self, name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
        axes = self.order(range(1, len(shape) + 1))
        if name == "dims":
            return tuple(axes)
        if name == "shared_axes":
            return tuple(axes[: self.whole(1, len(axes))])
        divisors = [size for size in range(1, 6) if shape[-1] % size == 0]
        return self.pick([(-1, self.pick(divisors)), (-1,), (*shape[::-1],), (1, 1, -1)])

    def expression(self, kind: ExpressionKind) -> str:
        """A row by its name, or a call of it."""
        row = self.pick(list(kind.rows.values()))
        given = [each for each in row.parameters if each.required or self.chance() < 0.3]
        values = {each.name: self.value(each) for each in given}
        for each in given:
            if isinstance(each.kind, Choice):
                values[each.name] = repr(values[each.name])
            elif isinstance(each.kind, Real):  # small, so that nothing explodes
                values[each.name] = str(max(0.001, round(float(values[each.name]) / 10, 4)))
        if "minval" in values or "maxval" in values:
            values |= {"minval": "-0.03", "maxval": "0.04"}
        call = ", ".join(f"{name}={value}" for name, value in values.items())
        prefix = self.pick(["", f"tf.keras.{kind.module}."])
        return f"{prefix}{row.name}({call})"

    def loss(self, library: str, task: str, last: str) -> dict[str, str]:
        """A loss that takes what the last activation gives."""
        found = []
        for row in losses.LOSSES.values():
            if row.library == library and task in row.tasks and not row.refused:
                values = {each.name: self.value(each) for each in row.parameters}
                values.pop("axis", None)
                if _takes(row, values, last):
                    found.append({"loss": row.name} | values)
        return self.pick(found)

    def optimizer(self, library: str) -> dict[str, str]:
        name = self.pick(
            [n for n in optimizers.optimizer_names(library) if n != "SparseAdam"] + ["SGD"] * 6
        )
        row = optimizers.OPTIMIZERS[library, name]
        values = {each.name: self.value(each) for each in row.parameters if self.chance() < 0.4}
        values["learning_rate"] = str(round(0.001 + 0.05 * self.chance(), 4))
        values.pop("max_eval", None)
        if "nesterov" in values:
            values |= {"momentum": "0.5"}
            values.pop("dampening", None)
        if self.chance() < 0.3:
            clip = self.pick(CLIPPING)
            values[clip.name] = self.value(clip)
        return {"optimizer": name} | values


def _can_start(weights: Iterable[Weight], arguments: Arguments) -> bool:
    """Whether the initializers can fill the weights."""
    found = ((each, arguments.get(f"{each.role}_initializer")) for each in weights)
    return all(
        len(each.shape) in INITIALIZERS[value.value.name].ranks for each, value in found if value
    )


def _takes(row: LossRow, values: dict[str, str], last: str) -> bool:
    arguments = {
        each.name: Value(each.kind.parse(values.get(each.name, str(each.default))), "", None)
        for each in row.parameters
    }
    scores = row.scores(arguments)
    if scores is Scores.LOGITS:
        return last not in NORMALISING
    return scores is Scores.VALUES or last == row.activation


def _is_random(name: str, values: dict[str, str]) -> bool:
    dropped = {values.get("dropout", "0"), values.get("recurrent_dropout", "0")}
    return name in RANDOM_OPERATIONS or dropped != {"0"}


def _architecture(operations: Iterable[tuple[str, dict[str, str]]]) -> str:
    lines = (
        "<operation"
        + "".join(f" {key}={quoteattr(value)}" for key, value in values.items())
        + f">{name}</operation>"
        for name, values in operations
    )
    return f"<architecture><sequential>{''.join(lines)}</sequential></architecture>"


def _settings(section: str, values: dict[str, str]) -> str:
    lines = (
        f'<hyperparameter name="{name}">{escape(value)}</hyperparameter>'
        for name, value in values.items()
    )
    return f"<{section}>{''.join(lines)}</{section}>"
