"""SG9: our own faults."""

from __future__ import annotations

from .row import Explanation

INTERNAL = {
    "SG901": Explanation(
        "a bug in the compiler",
        """
        The compiler failed in a way that it did not foresee. Whatever the definition holds, this
        is a fault of seqgra-compile and not of yours. No script is written.

            model.xml: error[SG901]: seqgra-compile 0.1.0 failed: KeyError: 'units'

        Please report that line together with the definition. With SEQGRA_COMPILE_TRACEBACK=1 in
        the environment the whole traceback is shown; add it to the report.
        """,
    ),
}
