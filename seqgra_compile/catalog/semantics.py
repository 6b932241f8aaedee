"""What a script takes a definition to mean: the definition itself, or what seqgra makes of it."""

from __future__ import annotations

from .sequences import BAYES, PYTORCH, TENSORFLOW

INTENDED = "intended"
SEQGRA = "seqgra-0.0.4"

SEMANTICS = {
    INTENDED: "what the definition says",
    SEQGRA: "what seqgra 0.0.4 does, where it drops what the definition says, too",
}
# Which libraries' scripts are written under which semantics.
SUPPORTED = {
    INTENDED: (PYTORCH, TENSORFLOW, BAYES),
    SEQGRA: (BAYES,),
}
