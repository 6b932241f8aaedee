"""Combinations of parameters on which Keras 3.15 fails, so no Keras script can honour them."""

from __future__ import annotations

from ...ir import Arguments
from .row import ShapeError


def check_recurrent(name: str, arguments: Arguments) -> None:
    """Raise for a recurrent layer that could not be built or trained."""
    if arguments["bidirectional"].value and arguments["go_backwards"].value:
        raise ShapeError(
            "SG307",
            f"a bidirectional {name} reads both ways: Keras refuses go_backwards beside it",
            "go_backwards",
            "delete it",
        )
    implementation = arguments.get("implementation")
    disturbed = arguments["dropout"].value and not arguments["recurrent_dropout"].value
    if implementation and implementation.value == 1 and disturbed:
        raise ShapeError(
            "SG501",
            f"Keras 3 fails on dropout in {name} with implementation=1 and no recurrent_dropout",
            "implementation",
            'write implementation="2", where one mask serves all gates',
        )
    forgets = [
        key
        for key in ("kernel_initializer", "recurrent_initializer", "bias_initializer")
        if arguments[key].value.name == "Identity" and arguments[key].value["gain"] != 1
    ]
    if arguments["bidirectional"].value and forgets:
        raise ShapeError(
            "SG501",
            f"Keras 3 forgets the gain of Identity where it copies {name} for both directions",
            forgets[0],
            "write Identity() without a gain, or another initializer",
        )
