"""Setups of operations that must mean the same in both libraries."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from seqgra_compile.catalog.activations import ACTIVATIONS


@dataclass(frozen=True)
class Setup:
    """Operations between the input and a last Dense layer, each as `Name attribute="value"`.

    `random`: dropout is on, so only outputs without it can be compared. `length`: of a sequence.
    """

    name: str
    operations: tuple[str, ...]
    two_dimensional: bool = False
    random: bool = False
    clip: tuple[str, str] | None = None
    length: int = 13


def attributes(**values: object) -> str:
    return "".join(f' {name}="{value}"' for name, value in values.items())


def conv1d(**values: object) -> str:
    return "Conv1D" + attributes(filters=6, kernel_size=3, **values)


def cell(name: str, **values: object) -> str:
    return name + attributes(units=5, **values)


def lstm(**values: object) -> str:
    return cell("LSTM", **values)


def convolutions() -> Iterator[Setup]:
    for padding, kernel, stride in itertools.product(
        ("valid", "same", "causal"), (3, 4), (1, 2, 3)
    ):
        settings = {"filters": 6, "kernel_size": kernel, "strides": stride, "padding": padding}
        yield Setup(
            f"conv1d-{padding}-{kernel}-{stride}", ("Conv1D" + attributes(**settings), "Flatten")
        )
    for padding, kernel in itertools.product(("valid", "same", "causal"), (2, 3)):
        settings = {"filters": 4, "kernel_size": kernel, "dilation_rate": 3, "padding": padding}
        yield Setup(
            f"conv1d-dilated-{padding}-{kernel}", ("Conv1D" + attributes(**settings), "Flatten")
        )
    for groups, bias in ((2, True), (4, False)):
        settings = {"filters": 8, "kernel_size": 3, "groups": groups, "use_bias": bias}
        yield Setup(f"conv1d-groups-{groups}", ("Conv1D" + attributes(**settings), "Flatten"))
    # With as many filters as positions Keras 3 would add the bias along the wrong axis.
    yield Setup(
        "conv1d-channels-first",
        (
            conv1d(),
            "Conv1D"
            + attributes(
                filters=7, kernel_size=2, data_format="channels_first", activation="softmax"
            ),
            "Flatten",
        ),
    )
    for padding, kernel, stride in itertools.product(
        ("valid", "same"), ((2, 3), (3, 4)), ((1, 1), (1, 2), (2, 2))
    ):
        settings = {"filters": 5, "kernel_size": kernel, "strides": stride, "padding": padding}
        yield Setup(
            f"conv2d-{padding}-{kernel[0]}x{kernel[1]}-{stride[0]}x{stride[1]}",
            (
                "Reshape" + attributes(target_shape=(4, 13, 1)),
                "Conv2D" + attributes(**settings),
                "Flatten",
            ),
            two_dimensional=True,
        )
    image = {"filters": 4, "kernel_size": (1, 4), "padding": "same"}
    yield Setup("conv2d-image", ("Conv2D" + attributes(**image), "Flatten"), two_dimensional=True)
    for padding in ("valid", "same"):
        dilated = image | {
            "padding": padding,
            "dilation_rate": (1, 2),
            "groups": 2,
            "activation": "softmax",
        }
        yield Setup(
            f"conv2d-dilated-{padding}",
            ("Conv2D" + attributes(**dilated), "Flatten"),
            two_dimensional=True,
        )
    yield Setup(
        "conv2d-channels-first",
        (
            "Reshape" + attributes(target_shape=(2, 2, 13)),
            "Conv2D" + attributes(filters=3, kernel_size=2, data_format="channels_first"),
            "Flatten",
        ),
        two_dimensional=True,
    )


def recurrent() -> Iterator[Setup]:
    for sequences, backwards, bias in itertools.product((True, False), repeat=3):
        settings = {"return_sequences": sequences, "go_backwards": backwards, "use_bias": bias}
        flatten = ("Flatten",) if sequences else ()
        for kind, other in (("plain", {}), ("stepwise", {"recurrent_activation": "hard_sigmoid"})):
            words = [kind] + [
                word
                for word, on in zip(
                    ("sequences", "backwards", "bias"), (sequences, backwards, bias), strict=True
                )
                if on
            ]
            yield Setup("lstm-" + "-".join(words), (lstm(**settings, **other), *flatten))
    for mode, sequences in itertools.product(("concat", "sum", "mul", "ave"), (True, False)):
        settings = {"bidirectional": True, "merge_mode": mode, "return_sequences": sequences}
        flatten = ("Flatten",) if sequences else ()
        for kind, other in (("plain", {}), ("stepwise", {"activation": "softsign"})):
            yield Setup(
                f"lstm-{kind}-{mode}{'-sequences' * sequences}",
                (lstm(**settings, **other), *flatten),
            )
    yield Setup("lstm-no-forget-bias", (lstm(unit_forget_bias=False),))
    yield Setup(
        "lstm-after-conv",
        (conv1d(activation="relu"), lstm(return_sequences=True), lstm(bidirectional=True)),
    )
    yield Setup("lstm-dropout", (lstm(dropout=0.5, recurrent_dropout=0.5),), random=True)
    yield Setup("lstm-frozen", (lstm(trainable=False),))


def others() -> Iterator[Setup]:
    for name in ACTIVATIONS:
        yield Setup(
            f"activation-{name}",
            (conv1d(activation=name), "Flatten", f'Dense units="6" activation="{name}"'),
        )
    for pool, stride, padding in itertools.product((2, 3, 4), (None, 1, 2, 5), ("valid", "same")):
        settings = {"pool_size": pool, "padding": padding} | ({"strides": stride} if stride else {})
        yield Setup(
            f"maxpool-{pool}-{stride}-{padding}",
            (conv1d(), "MaxPool1D" + attributes(**settings), "Flatten"),
        )
    yield Setup("global-max", (conv1d(), "GlobalMaxPool1D"))
    yield Setup(
        "global-max-ties",
        (conv1d(activation="relu", bias_initializer="Constant(-0.3)"), "GlobalMaxPool1D"),
    )
    relu = conv1d(activation="relu", bias_initializer="Constant(-0.3)")
    yield Setup("global-max-ties-deep", (relu, "MaxPool1D", relu, "GlobalMaxPool1D"))
    yield Setup("global-max-ties-of-copies", (conv1d(), 'UpSampling1D size="3"', "GlobalMaxPool1D"))
    yield Setup("global-max-after-lstm", (lstm(return_sequences=True), "GlobalMaxPool1D"))
    yield Setup("dense-no-bias", ("Flatten", 'Dense units="4" use_bias="False" activation="relu"'))
    yield Setup("dense-on-positions", ('Dense units="4" activation="softmax"', "Flatten"))
    yield Setup(
        "dense-on-positions-after-conv", (conv1d(), 'Dense units="4"', "MaxPool1D", "Flatten")
    )
    yield Setup("reshape", ("Reshape" + attributes(target_shape=(-1, 2)), conv1d(), "Flatten"))
    yield Setup(
        "reshape-after-conv",
        (conv1d(), "Reshape" + attributes(target_shape=(6, -1)), conv1d(), "Flatten"),
    )
    yield Setup(
        "reshape-three",
        (conv1d(), "Reshape" + attributes(target_shape=(11, 3, 2)), 'Dense units="3"', "Flatten"),
    )
    yield Setup("dropout", (conv1d(), 'Dropout rate="0.5"', "Flatten"), random=True)
    yield Setup("dropout-off", (conv1d(), 'Dropout rate="0"', "Flatten"))
    yield Setup("frozen", (conv1d(trainable=False, kernel_regularizer="l2"), "Flatten"))
    yield Setup("clipnorm", (conv1d(), lstm()), clip=("clipnorm", "0.05"))
    yield Setup("clipvalue", (conv1d(), lstm()), clip=("clipvalue", "0.01"))


def penalties() -> Iterator[Setup]:
    everything = {
        f"{what}_regularizer": "L1L2(l1=0.02, l2=0.03)" for what in ("kernel", "bias", "activity")
    }
    for regularizer in ("l1", "l2", "l1(0.05)", "tf.keras.regularizers.L1L2(l1=0.1, l2=0.2)"):
        for what in ("kernel", "bias", "activity"):
            settings = {f"{what}_regularizer": regularizer, "bias_initializer": "ones"}
            yield Setup(
                f"penalty-{what}-{regularizer.rpartition('.')[2]}", (conv1d(**settings), "Flatten")
            )
    yield Setup("penalty-dense", ("Flatten", "Dense" + attributes(units=4, **everything)))
    yield Setup(
        "penalty-conv2d",
        ("Conv2D" + attributes(filters=4, kernel_size=(1, 3), **everything), "Flatten"),
        two_dimensional=True,
    )
    everything["recurrent_regularizer"] = "l2(0.05)"
    for kind, other in (("plain", {}), ("stepwise", {"activation": "elu"})):
        yield Setup(f"penalty-lstm-{kind}", (lstm(**everything, **other),))
        for mode, sequences in itertools.product(("concat", "sum", "mul"), (True, False)):
            settings = everything | {
                "bidirectional": True,
                "merge_mode": mode,
                "return_sequences": sequences,
            }
            flatten = ("Flatten",) if sequences else ()
            yield Setup(
                f"penalty-lstm-{kind}-{mode}{'-sequences' * sequences}",
                (lstm(**settings, **other), *flatten),
            )
    yield Setup(
        "penalty-frozen-activity", (conv1d(trainable=False, activity_regularizer="l2"), "Flatten")
    )


def separate_channels() -> Iterator[Setup]:
    for padding, kernel, stride in itertools.product(("valid", "same"), (3, 4), (1, 2)):
        settings = {"kernel_size": kernel, "strides": stride, "padding": padding}
        words = f"{padding}-{kernel}-{stride}"
        yield Setup(
            f"separable-{words}",
            ("SeparableConv1D" + attributes(filters=5, depth_multiplier=2, **settings), "Flatten"),
        )
        yield Setup(
            f"depthwise-{words}",
            ("DepthwiseConv1D" + attributes(depth_multiplier=3, **settings), "Flatten"),
        )
    for padding, kernel, stride in itertools.product(("valid", "same"), (2, 3, 4, 5), (1, 2, 3)):
        settings = {"filters": 5, "kernel_size": kernel, "strides": stride, "padding": padding}
        yield Setup(
            f"transpose-{padding}-{kernel}-{stride}",
            ("Conv1DTranspose" + attributes(**settings), "Flatten"),
        )
    for name, padding in itertools.product(
        ("SeparableConv1D", "DepthwiseConv1D", "Conv1DTranspose"), ("valid", "same")
    ):
        settings = {"kernel_size": 3, "dilation_rate": 2, "padding": padding, "use_bias": False}
        filters = {} if name == "DepthwiseConv1D" else {"filters": 4}
        yield Setup(
            f"{name.lower()}-dilated-{padding}",
            (name + attributes(**filters, **settings, activation="tanh"), "Flatten"),
        )


def gated() -> Iterator[Setup]:
    for name, other in (("GRU", {}), ("GRU", {"reset_after": False}), ("SimpleRNN", {})):
        kind = name.lower() + ("-reset-before" if other else "")
        for sequences, backwards in itertools.product((True, False), repeat=2):
            settings = {"units": 5, "return_sequences": sequences, "go_backwards": backwards}
            flatten = ("Flatten",) if sequences else ()
            words = "-sequences" * sequences + "-backwards" * backwards
            yield Setup(f"{kind}{words}", (name + attributes(**settings, **other), *flatten))
        for mode, sequences in itertools.product(("concat", "mul"), (True, False)):
            settings = {"bidirectional": True, "merge_mode": mode, "return_sequences": sequences}
            flatten = ("Flatten",) if sequences else ()
            yield Setup(
                f"{kind}-{mode}{'-sequences' * sequences}",
                (name + attributes(units=4, **settings, **other), *flatten),
            )
        yield Setup(
            f"{kind}-switches",
            (name + attributes(units=4, use_bias=False, activation="elu", **other),),
        )
        yield Setup(
            f"{kind}-dropout",
            (name + attributes(units=4, dropout=0.3, recurrent_dropout=0.3, **other),),
            random=True,
        )
        what = ("kernel", "recurrent", "bias") + ("activity",) * (name == "GRU")
        penalised = {f"{weight}_regularizer": "l2" for weight in what}
        yield Setup(f"{kind}-penalty", (name + attributes(units=4, **penalised, **other),))


def gru_of_pytorch() -> Iterator[Setup]:
    """nn.GRU has its gates in another order: where that can be seen, the script has its own."""
    for name, settings in (
        ("no-bias", {"use_bias": False}),
        ("constant-bias", {"bias_initializer": "Ones()"}),
        ("drawn-bias", {"bias_initializer": "RandomNormal()"}),
        ("identity", {"kernel_initializer": "Identity()"}),
        ("frozen", {"trainable": False}),
    ):
        yield Setup(f"gru-{name}", ("GRU" + attributes(units=4, **settings),))


def simple_layers() -> Iterator[Setup]:
    after_conv = {
        "Activation": {"activation": "softmax"},
        "ReLU": {"max_value": 0.5, "negative_slope": 0.1, "threshold": 0.2},
        "LeakyReLU": {"negative_slope": 0.2},
        "PReLU": {"shared_axes": "(1,)", "alpha_regularizer": "l2"},
        "ELU": {"alpha": 0.7},
        "Softmax": {},
        "BatchNormalization": {"momentum": 0.7, "gamma_regularizer": "l1"},
        "LayerNormalization": {},
        "AveragePooling1D": {"pool_size": 3, "strides": 2},
        "Permute": {"dims": "(2, 1)"},
        "ZeroPadding1D": {"padding": "(2, 1)"},
        "Cropping1D": {"cropping": "(1, 3)"},
        "UpSampling1D": {"size": 3},
        "GlobalAveragePooling1D": {},
    }
    for name, settings in after_conv.items():
        for kind, before in (("conv", conv1d()), ("lstm", lstm(return_sequences=True))):
            end = () if name.startswith("Global") else ("Flatten",)
            yield Setup(
                f"{name.lower()}-after-{kind}", (before, name + attributes(**settings), *end)
            )
    for name, settings in (
        ("BatchNormalization", {"axis": 1}),
        ("BatchNormalization", {"center": False, "scale": False}),
        ("BatchNormalization", {"trainable": False}),
        ("LayerNormalization", {"center": False}),
        ("LayerNormalization", {"scale": False}),
        ("PReLU", {}),
        ("ReLU", {}),
        ("AveragePooling1D", {"pool_size": 4, "padding": "same"}),
        ("Softmax", {"axis": 1}),
        ("ZeroPadding1D", {"padding": 2}),
    ):
        words = "-".join(f"{key}-{value}" for key, value in settings.items())
        yield Setup(f"{name.lower()}-{words}", (conv1d(), name + attributes(**settings), "Flatten"))
    yield Setup("batchnorm-dense", ("Flatten", "Dense" + attributes(units=4), "BatchNormalization"))
    yield Setup("relu-dense", ("Flatten", 'Dense units="6"', "ReLU"))
    yield Setup("repeat", ("GlobalMaxPool1D", 'RepeatVector n="5"', lstm()))
    for name, settings in (
        ("SpatialDropout1D", {"rate": 0.4}),
        ("GaussianNoise", {"stddev": 0.4}),
        ("GaussianDropout", {"rate": 0.4}),
        ("AlphaDropout", {"rate": 0.4}),
    ):
        yield Setup(name.lower(), (conv1d(), name + attributes(**settings), "Flatten"), random=True)
    image = "Conv2D" + attributes(filters=4, kernel_size=(1, 2), padding="same")
    for name, padding in itertools.product(("MaxPool2D", "AveragePooling2D"), ("valid", "same")):
        settings = {"pool_size": (1, 3), "strides": (1, 2), "padding": padding}
        yield Setup(
            f"{name.lower()}-{padding}",
            (image, name + attributes(**settings), "Flatten"),
            two_dimensional=True,
        )
    for name in ("GlobalMaxPool2D", "GlobalAveragePooling2D"):
        yield Setup(name.lower(), (image, name), two_dimensional=True)
    yield Setup("batchnorm-2d", (image, "BatchNormalization", "Flatten"), two_dimensional=True)


def further() -> Iterator[Setup]:
    for name, mode in itertools.product(("GRU", "SimpleRNN"), ("concat", "ave")):
        settings = {"bidirectional": True, "merge_mode": mode, "activation": "softsign"}
        rows = (cell(name, return_sequences=True, **settings), cell(name, **settings))
        yield Setup(f"{name.lower()}-stepwise-{mode}", rows)
    masks = {"dropout": 0.5, "recurrent_dropout": 0.5, "implementation": 1}
    yield Setup("lstm-dropout-for-each-gate", (lstm(**masks),), random=True)
    penalised = {
        f"{what}_regularizer": "L1L2(l1=0.02, l2=0.03)"
        for what in ("depthwise", "pointwise", "bias", "activity")
    }
    separable = "SeparableConv1D" + attributes(filters=5, kernel_size=3, **penalised)
    yield Setup("penalty-separable", (separable, "Flatten"))
    for pool, stride, padding in itertools.product((2, 3, 4), (None, 1, 3), ("valid", "same")):
        settings = {"pool_size": pool, "padding": padding} | ({"strides": stride} if stride else {})
        rows = (conv1d(), "AveragePooling1D" + attributes(**settings), "Flatten")
        yield Setup(f"average-{pool}-{stride}-{padding}", rows)
    image = ('Reshape target_shape="(4, 13, 1)"', 'Conv2D filters="3" kernel_size="1"')
    for name, pool, padding in itertools.product(
        ("MaxPool2D", "AveragePooling2D"), ((2, 3), (3, 2)), ("valid", "same")
    ):
        rows = (*image, name + attributes(pool_size=pool, padding=padding), "Flatten")
        words = f"{name.lower()}-{pool[0]}x{pool[1]}-{padding}"
        yield Setup(words, rows, two_dimensional=True)
    for name in ("BatchNormalization", "LayerNormalization"):
        settings = {"epsilon": 0.01, "beta_regularizer": "l2", "gamma_regularizer": "l1"}
        rows = (conv1d(), name + attributes(**settings), "Flatten")
        yield Setup(f"penalty-{name.lower()}", rows)
        yield Setup(f"{name.lower()}-image", (*image, name, "Flatten"), two_dimensional=True)
    settings = ({"threshold": 0.2}, {"max_value": 0.5}, {"negative_slope": 0.1, "max_value": 0.4})
    for number, values in enumerate(settings):
        yield Setup(f"relu-layer-{number}", (conv1d(), "ReLU" + attributes(**values), "Flatten"))
    alpha = {"alpha_initializer": "Constant(0.2)", "trainable": False}
    yield Setup("prelu-frozen", (conv1d(), "PReLU" + attributes(**alpha), "Flatten"))
    yield Setup("softmax-layer-last", (conv1d(), 'Softmax axis="2"', "Flatten"))
    for name in ("SpatialDropout1D", "GaussianDropout", "AlphaDropout"):
        yield Setup(f"{name.lower()}-off", (conv1d(), f'{name} rate="0"', "Flatten"))
    yield Setup("gaussiannoise-off", (conv1d(), 'GaussianNoise stddev="0"', "Flatten"))
    three = ('Reshape target_shape="(11, 3, 2)"', 'Permute dims="(3, 1, 2)"')
    last = ('Conv2D filters="2" kernel_size="(1, 2)"', "Flatten")
    yield Setup("permute-three", (conv1d(), *three, *last))


def architectures() -> Iterator[Setup]:
    """Published ones in small: a tenth of the filters and units, shorter sequences, no dropout."""
    examples = Path(__file__).resolve().parents[2] / "examples"
    for name, length in (("basset", 320), ("deepsea", 230), ("danq", 168)):
        operations = []
        for operation in ET.parse(examples / f"{name}.xml").iter("operation"):
            given = dict(operation.attrib)
            given.pop("input_shape", None)
            for size in {"filters", "units"} & given.keys():
                given[size] = str(max(1, int(given[size]) // 10))
            if "rate" in given:
                given["rate"] = "0"
            operations.append(operation.text + attributes(**given))
        yield Setup(name, tuple(operations[:-1]), length=length)


SETUPS = (
    *convolutions(),
    *separate_channels(),
    *recurrent(),
    *gated(),
    *gru_of_pytorch(),
    *others(),
    *simple_layers(),
    *penalties(),
    *architectures(),
    *further(),
)
