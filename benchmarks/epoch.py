"""How long an epoch takes, and how much memory a run: compiled scripts and those beside them.

    python benchmarks/epoch.py [--library TensorFlow] [--threads N] [--rounds N] [CASE ...]
    python benchmarks/epoch.py --curve

Each contender is a process of its own; all take turns, an epoch each: A B C, A B C. Every figure is
the median over the rounds, with its smallest and largest value in brackets where it is a ratio; a
ratio is taken within a round, so that a slow minute of the machine hits both of its sides. The
first round warms up and does not count. Where seqgra is not installed it is left out;
benchmarks/fidelity/environment.sh makes environments that have it.

The output is Markdown. Compiled scripts, data and logs are left in build/epoch.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from epochs import tables
from epochs.cases import CASES, PYTORCH, ROOT, SCRIPT, SMALLEST, UPSTREAM, Case
from epochs.conductor import Contender, ContenderError, Settings, Turn, measure, prepare
from epochs.machine import describe
from epochs.seqgra_contenders import INSTALLED

_BUILD = ROOT / "build" / "epoch"
_CURVE = (1_000, 10_000, 100_000, 1_000_000)
_EXAMPLES_A_TURN = 20_000  # on the curve: small sets get several epochs


def main() -> int:
    arguments = _parse_arguments()
    names = ("rounds", "threads", "device", "clock", "keep_memory")
    settings = Settings(*(getattr(arguments, name) for name in names))
    print(describe(arguments.library, settings), flush=True)
    try:
        if arguments.curve:
            _curve(arguments, settings)
        else:
            _cases(arguments, settings)
    except ContenderError as error:
        print(f"epoch: {error}", file=sys.stderr)
        return 1
    return 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="epoch")
    add = parser.add_argument
    add("--library", choices=CASES, default=PYTORCH)
    add("--threads", type=int, default=1)
    add("--rounds", type=int, default=5)
    add("--device", choices=("cpu", "cuda"), default="cpu")
    add("--clock", choices=("wall", "cpu"), default="wall", help="cpu: on a busy machine")
    add("--keep-memory", action="store_true", help="glibc keeps what is freed, in all contenders")
    add("--twice", action="store_true", help="floor and script only, two processes of each")
    add("--without", nargs="+", default=[], metavar="CONTENDER", help="leave these out")
    add("--examples", type=int, metavar="N", help="in training, instead of each case's number")
    add("--curve", action="store_true", help="cost per example over the size of the set instead")
    add("--sizes", type=int, nargs="+", default=_CURVE, help="of the curve")
    add("words", nargs="*", metavar="CASE")
    return parser.parse_args()


def _cases(arguments: argparse.Namespace, settings: Settings) -> None:
    left_out = [*arguments.without, *(() if INSTALLED else UPSTREAM)]
    for case in CASES[arguments.library]:
        if arguments.words and case.name not in arguments.words:
            continue
        if arguments.examples:
            case = replace(case, sizes=(arguments.examples, case.sizes[1]))
        names = case.contenders(settings.device, arguments.twice)
        names = [name for name in names if name not in left_out]
        folder = _BUILD / f"{case.library}-{case.name}".lower()
        prepare(case, folder)
        turns = measure(case, names, folder, settings)
        print(f"\n{tables.of_case(case, turns)}", flush=True)


def _curve(arguments: argparse.Namespace, settings: Settings) -> None:
    """The script alone, on sets of different sizes, which take turns as well."""
    cases = [_sized(size, arguments.library) for size in arguments.sizes]
    contenders = []
    turns: list[list[Turn]] = [[] for _ in cases]
    try:
        for case in cases:
            folder = _BUILD / f"{case.library}-{case.sizes[0]}".lower()
            prepare(case, folder)
            contenders.append(Contender(SCRIPT, case, folder, settings))
        for number in range(settings.rounds + 1):
            for case, contender, taken in zip(cases, contenders, turns, strict=True):
                epochs = max(1, _EXAMPLES_A_TURN // case.sizes[0])
                new = [contender.epoch() for _ in range(epochs)]
                if number:
                    taken += new
    finally:
        for contender in contenders:
            contender.end()
    print(f"\n{tables.of_curve(cases, turns)}", flush=True)


def _sized(size: int, library: str) -> Case:
    case = next(case for case in CASES[library] if case.name == SMALLEST.name)
    return replace(case, sizes=(size, 500))


if __name__ == "__main__":
    sys.exit(main())
