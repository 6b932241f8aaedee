"""The classes of a module, as far as they are known without running it. Reports nothing."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...catalog.expressions import dotted
from .imports import STANDARD
from .running import Names, top_level

Function = ast.FunctionDef | ast.AsyncFunctionDef
# Classes of the module, and the origins of others.
Order = list[ast.ClassDef | str]
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Classes that a script can create without arguments, and classes without a forward.
_BARE = {
    "Module", "LightningModule", "ScriptModule",
    "ModuleList", "ModuleDict", "ParameterList", "ParameterDict",
}  # fmt: skip
_BARE_ROOTS = {"torch", "lightning", "pytorch_lightning"}
# Classes of PyTorch that are not modules.
_OTHERS_OF_TORCH = ("torch.utils.data.", "torch.autograd.", "torch.optim.", "torch.distributions.")


@dataclass(frozen=True)
class Member:
    """What a class binds a name to: a function, or something else, where `function` is None."""

    owner: ast.ClassDef
    function: Function | None


class Unseen:
    """Whatever a class inherits from elsewhere."""


UNSEEN = Unseen()


@dataclass(frozen=True)
class Classes:
    """The classes that a module defines, and `wanted`, the one that the script creates."""

    by_name: dict[str, ast.ClassDef]
    aliases: dict[str, ast.expr]
    names: Names
    wanted: ast.ClassDef

    def bases(self, node: ast.ClassDef) -> list[ast.ClassDef | str]:
        """Classes of this module as they are, others by their origin, '' if it is unclear."""
        return [self._base(base) for base in node.bases]

    def _base(self, base: ast.expr) -> ast.ClassDef | str:
        for _ in range(len(self.aliases) + 1):
            while isinstance(base, ast.Subscript):  # Generic[T]
                base = base.value
            name = dotted(base)
            if name in self.by_name:
                return self.by_name[name]
            if name not in self.aliases:
                break
            base = self.aliases[name]
        origin = self.names.origin(base) or ""
        return origin if "." in origin or hasattr(builtins, origin) else ""

    def order(self, node: ast.ClassDef) -> Order:
        """The order in which attributes are searched: Python's method resolution order."""
        return self._order(node, ())

    def _order(self, node: ast.ClassDef, above: tuple[ast.ClassDef, ...]) -> Order:
        if node in above:
            return []  # it would fail when run
        bases = self.bases(node)
        orders: list[Order] = [
            self._order(base, (*above, node)) if isinstance(base, ast.ClassDef) else [base]
            for base in bases
        ]
        return [node, *_merged([*orders, bases])]

    def find(self, node: ast.ClassDef, name: str) -> Member | Unseen | None:
        """What an attribute of a class is, UNSEEN if a class from elsewhere may define it."""
        for each in self.order(node):
            if isinstance(each, str):
                if not is_bare(each):
                    return UNSEEN
            elif name in members(each):
                return Member(each, members(each)[name])
        return None

    def is_module(self, node: ast.ClassDef) -> bool:
        """Whether it may be a PyTorch module."""
        return any(isinstance(each, str) and not is_plain(each) for each in self.order(node))


def _merged(orders: Sequence[Order]) -> Order:
    """C3, as Python merges the orders of a class's bases; what cannot be merged follows in turn."""
    orders = [list(order) for order in orders if order]
    merged: Order = []
    while orders:
        heads = [order[0] for order in orders]
        tails = [each for order in orders for each in order[1:]]
        chosen = next((head for head in heads if head not in tails), heads[0])
        merged.append(chosen)
        orders = [[each for each in order if each != chosen] for order in orders]
        orders = [order for order in orders if order]
    return merged


def is_plain(origin: str) -> bool:
    """Whether a class from elsewhere is certainly not a PyTorch module."""
    return (
        origin.partition(".")[0] in STANDARD
        or hasattr(builtins, origin)
        or origin.startswith(_OTHERS_OF_TORCH)
        or origin.startswith("typing_extensions.")
    )


def is_bare(origin: str) -> bool:
    """Whether a class from elsewhere certainly needs no arguments and has no forward."""
    first, last = origin.partition(".")[0], origin.rpartition(".")[2]
    return is_plain(origin) or (first in _BARE_ROOTS and last in _BARE)


def members(node: ast.ClassDef) -> dict[str, Function | None]:
    """What a class's body binds: each name's last function, None for anything else."""
    found: dict[str, Function | None] = {}
    for statement in top_level(node):
        if isinstance(statement, _FUNCTIONS):
            found[statement.name] = statement
        elif isinstance(statement, ast.ClassDef):
            found[statement.name] = None
        elif isinstance(statement, (ast.Assign, ast.AugAssign, ast.For, ast.With)) or (
            isinstance(statement, ast.AnnAssign) and statement.value
        ):
            found.update(dict.fromkeys(_stored(statement)))
    return found


def _stored(statement: ast.stmt) -> Iterator[str]:
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    for target in filter(None, targets):
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                yield node.id


def classes_of(tree: ast.Module, names: Names, wanted: str) -> Classes | None:
    """All classes, if `wanted` is one of them for certain.

    None if something else has that name at the end, or if branches define it in several ways.
    """
    ways = [
        node for node in top_level(tree) if isinstance(node, ast.ClassDef) and node.name == wanted
    ]
    if len(ways) > 1 and not all(node in tree.body for node in ways):
        return None
    by_name: dict[str, ast.ClassDef] = {}
    aliases: dict[str, ast.expr] = {}
    for statement in top_level(tree):
        if isinstance(statement, ast.ClassDef):
            by_name[statement.name] = statement
            aliases.pop(statement.name, None)
        elif isinstance(statement, _FUNCTIONS):
            by_name.pop(statement.name, None)
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value:
            for name in _stored(statement):
                by_name.pop(name, None)
                aliases[name] = statement.value
    return Classes(by_name, aliases, names, by_name[wanted]) if wanted in by_name else None


def self_of(function: Function) -> str | None:
    """The name of a method's own object, usually self."""
    arguments = [*function.args.posonlyargs, *function.args.args]
    return arguments[0].arg if arguments else None


def decorated(function: Function, names: Names) -> set[str]:
    """The origins of a function's decorators; '' if one is unclear."""
    calls = (each.func if isinstance(each, ast.Call) else each for each in function.decorator_list)
    return {names.origin(each) or "" for each in calls}
