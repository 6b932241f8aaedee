"""What a file is if it is not of its stated format: its kind is named, with a remedy.

Users name a wrong format, or files that Keras and TensorFlow write besides whole models: weights
only, exported functions, settings.
"""

from __future__ import annotations

from .contents import Config, RefusedFileError, other_kind

H5, JSON, FOLDER = (
    "keras-h5-whole-model",
    "keras-json-architecture-only",
    "keras-tf-whole-model",
)
HDF5, ZIP = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04"
INDEX_END = bytes.fromhex("57fb808b247547db")  # of variables.index
_PARTS = ("saved_model.pb", "keras_metadata.pb", "variables.index", ".data-00000-of-00001")
_SAVE = 'save the whole model, model.save("model.keras"), and write format="{}"'
_TO_JSON = "write the file with model.to_json(), which includes the kind of model"


def of_bytes(data: bytes, name: str, wanted: str) -> RefusedFileError | None:
    """Why a file's bytes are not of the `wanted` format, or None if they may be or are unknown."""
    if data.startswith(HDF5) and wanted != H5:
        return other_kind("it is an HDF5 file", f'write format="{H5}"')
    if data.startswith(ZIP) and wanted != H5:
        return other_kind("it is a zip archive, such as a .keras file", f'write format="{H5}"')
    if name.endswith(_PARTS) or data.endswith(INDEX_END):
        return other_kind(
            "it is one file of a SavedModel", f'name its folder, and write format="{FOLDER}"'
        )
    if data.startswith(b"\x80") and data[1:2] in b"\2\3\4\5":
        return other_kind("it is a pickle, which runs code when it is read", _SAVE.format(H5))
    start = data[:4096].lstrip()
    if start.startswith((b"{", b"[", b'"')):
        return None if wanted == JSON else other_kind("it is JSON", f'write format="{JSON}"')
    if b"class_name:" in start:
        return other_kind("it is YAML, as model.to_yaml() wrote it", _TO_JSON)
    return None


def of_folder(wanted: str) -> RefusedFileError:
    """A folder where the format needs a file."""
    return other_kind(
        "it is a folder", f'if it is a SavedModel, write format="{FOLDER}"; "{wanted}" is a file'
    )


def described(found: object) -> Config:
    """The content of a JSON text, if it is a model as `to_json()` writes it. Raises `RefusedFileError`."""
    if isinstance(found, list) or (
        isinstance(found, dict) and "layers" in found and "class_name" not in found
    ):
        raise other_kind("it is what model.get_config() gives", _TO_JSON)
    if not isinstance(found, dict):
        raise other_kind("it describes no model", _TO_JSON)
    if "modelTopology" in found or "weightsManifest" in found:
        raise tensorflow_js()
    if "date_saved" in found and "config" not in found:
        raise other_kind(
            "it is metadata.json of a .keras archive", f'name the archive, and write format="{H5}"'
        )
    if "class_name" not in found:
        raise other_kind("it describes no model: it has no class_name", _TO_JSON)
    return found


def tensorflow_js() -> RefusedFileError:
    return other_kind("it is a model of TensorFlow.js", _SAVE.format(H5))


def keras_1(version: str) -> RefusedFileError:
    return other_kind(
        f"it was written by Keras {version}, whose layers have other names and settings",
        "load it in Keras 2.0 to 2.3, which converts it, and save it again; or write the "
        "architecture out as operations",
    )


def weights_alone() -> RefusedFileError:
    return other_kind("it holds weights and does not say what the layers are", _SAVE.format(H5))


def exported() -> RefusedFileError:
    return other_kind(
        "it holds functions and variables but no layers: model.export() or tf.saved_model.save() "
        "wrote it for running, not for training",
        _SAVE.format(H5),
    )


def checkpoint() -> RefusedFileError:
    return other_kind(
        "it holds variables and does not say what the layers are: it is a checkpoint",
        _SAVE.format(H5),
    )


def unpacked() -> RefusedFileError:
    return other_kind(
        "it is a .keras archive that was unpacked", f'name the archive, and write format="{H5}"'
    )
