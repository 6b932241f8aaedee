"""Values in a Keras file as the text of a definition, and values that have no effect."""

from __future__ import annotations

from typing import Any

from .contents import Config, RefusedFileError

ANYTHING = object()
_FLOAT32 = ("float32", None)

# Settings without a parameter, and the values with which they have no effect.
_HARMLESS: dict[str, Any] = {
    "name": ANYTHING,
    "data_format": ("channels_last",),
    "batch_input_shape": ANYTHING,
    "batch_shape": ANYTHING,
    "input_dim": ANYTHING,
    "input_length": ANYTHING,
    "ragged": (False,),
    "sparse": (False,),
    "optional": (False,),
    "keepdims": (False,),
    "noise_shape": (None,),
    "seed": (None,),
    "groups": (1,),
    "activity_regularizer": (None,),
    "output_padding": (None,),
    "synchronized": (False,),
    "renorm": (False,),
    "renorm_clipping": (None,),
    "renorm_momentum": ANYTHING,
    "virtual_batch_size": (None,),
    "adjustment": (None,),
    "fused": ANYTHING,
    "rms_scaling": (False,),
    # How a step is computed, and how masked positions are treated, of which there are none.
    "use_cudnn": ANYTHING,
    "implementation": ANYTHING,
    "zero_output_for_mask": ANYTHING,
    "supports_masking": ANYTHING,
    "quantization_config": (None,),
    "lora_rank": (None,),
    "lora_alpha": (None,),
}
# Written by Keras 2 for classes without such a weight.
_UNUSED = ("kernel_initializer", "kernel_regularizer", "bias_initializer", "bias_regularizer")
_WITHOUT_KERNEL = ("SeparableConv1D", "DepthwiseConv1D")


def is_harmless(class_name: str, key: str, value: object) -> bool:
    """Whether a setting without a parameter has no effect."""
    if key == "dtype":
        return is_float32(value)
    if key.endswith("_constraint"):
        return value is None
    if class_name in _WITHOUT_KERNEL and key in _UNUSED:
        return True
    allowed = _HARMLESS.get(key, ())
    # 0 and False are equal in Python, but not here.
    return allowed is ANYTHING or any(value is word or value == word != 0 for word in allowed)


def is_float32(value: object) -> bool:
    """`"float32"`, or a policy of this name."""
    if isinstance(value, dict):
        config = value.get("config")
        value = config.get("name", "") if isinstance(config, dict) else ""
    return value in _FLOAT32


def definition_text(value: object) -> str:
    """A setting as a definition would write it."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        inner = ", ".join(map(_inside, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, dict):
        return _expression(value)
    return repr(value)


def _inside(value: object) -> str:
    return repr(value) if isinstance(value, str) else definition_text(value)


def _expression(value: Config) -> str:
    """`{"class_name": "Constant", "config": {"value": 0.1}}` as `Constant(value=0.1)`."""
    class_name, config = value.get("class_name"), value.get("config")
    module, registered = value.get("module"), value.get("registered_name")
    own = module is None or str(module).partition(".")[0] in ("keras", "tf_keras")
    if not own or registered not in (None, class_name):
        raise RefusedFileError(
            "SG612", f"{str(registered or class_name)!r:.60} is not one of Keras's own"
        )
    if not isinstance(class_name, str) or not class_name.isidentifier():
        raise RefusedFileError("SG612", f"{str(class_name)!r:.60} is not one of Keras's own")
    if not isinstance(config, dict):
        return class_name
    given = {
        key: item
        for key, item in config.items()
        if not (item is None and (key == "seed" or key.endswith("_axes")))
        and not (key == "dtype" and is_float32(item))
    }
    return f"{class_name}({', '.join(f'{key}={_inside(item)}' for key, item in given.items())})"
