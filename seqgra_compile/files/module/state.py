"""State of a module that is not in `state_dict`: a resumed run loses it.

Notes SG622 for what can be seen: attributes that `forward` changes, what it calls on the same
object, and the module's own generators of random numbers.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...catalog.expressions import dotted
from ...ir import PerBatch
from .classes import Classes, Function, members, self_of
from .report import Report
from .running import Names, targets, top_level

# What a script calls on the model, except hooks.
_CALLED = ("forward", "__call__", "train", "eval")
_OWN_STATE = ("get_extra_state", "state_dict", "_save_to_state_dict")
_GENERATORS = {
    "torch.Generator",
    "random.Random",
    "numpy.random.default_rng",
    "numpy.random.Generator",
    "numpy.random.RandomState",
}
_CHANGES = {
    "append", "appendleft", "extend", "insert", "pop", "popleft", "popitem", "remove", "discard",
    "clear", "add", "update", "setdefault", "sort", "reverse",
}  # fmt: skip
# How paths begin: with the object, with its class. Neither is a name.
_SELF, _TYPE = "<self>", "<type>"
_BUFFER = (
    "make it a tensor, self.register_buffer('{0}', ...), that is changed in place, "
    "or give it to get_extra_state and set_extra_state"
)
_GENERATOR = (
    "save its state with get_extra_state and set_extra_state, or draw from torch's own generator"
)


Runnable = Function | ast.Lambda


@dataclass(frozen=True)
class StateChange:
    """A place at which a class's object changes; `owner` is '' for a name of the module."""

    owner: str
    name: str
    line: int

    @property
    def title(self) -> str:
        return f"'{self.owner}.{self.name}'" if self.owner else f"'{self.name}'"


def batch_statistics(tree: ast.Module, names: Names) -> tuple[PerBatch, ...]:
    """Where batch normalization is named, each name once, at its first line."""
    found: dict[str, PerBatch] = {}
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Name, ast.Attribute)):
            continue
        name = (names.origin(node) or "").rpartition(".")[2]
        if "batchnorm" in name.replace("_", "").lower():
            problem = f"{name} takes statistics over a whole batch, and --shards computes parts"
            found.setdefault(name, PerBatch(node.lineno, problem))
    return tuple(found.values())


def note_own_state(
    tree: ast.Module, names: Names, classes: Classes, report: Report
) -> tuple[PerBatch, ...]:
    """Note each attribute once, at the first line that changes it; what `--shards` makes of each."""
    reached = _reached(tree, classes)
    modules = [node for node in reached if isinstance(node, ast.ClassDef)]
    found: dict[tuple[str, str], StateChange] = {}
    for node in modules:
        if classes.is_module(node) and not _keeps_state(node, classes):
            for change in _changes(node, tree, classes):
                found.setdefault((change.owner, change.name), change)
    changes = sorted(found.values(), key=lambda each: (each.line, each.name))
    generators = tuple(_generators(tree, modules, reached, names, classes))
    for change in changes:
        report.note(
            "SG622",
            f"the forward pass changes {change.title}, which is not in state_dict: "
            "a resumed run resets it",
            _BUFFER.format(change.name),
            change.line,
        )
    for title, line in generators:
        report.note(
            "SG622",
            f"{title} draws random numbers, and its state is not in state_dict: "
            "a resumed run resets it",
            _GENERATOR,
            line,
        )
    own = "and with --shards each process would have its own"
    return (
        *(PerBatch(each.line, f"the forward pass changes {each.title}, {own}") for each in changes),
        *(PerBatch(line, f"{title} draws random numbers, {own}") for title, line in generators),
    )


# ---- what belongs to the model ----


def _reached(tree: ast.Module, classes: Classes) -> list[ast.stmt]:
    """The classes and functions that the wanted class refers to, directly or not, itself first."""
    by_name = {
        node.name: node
        for node in top_level(tree)
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
    }
    reached: dict[ast.stmt, None] = {classes.wanted: None}
    todo: list[ast.stmt] = [classes.wanted]
    while todo:
        for node in ast.walk(todo.pop()):
            named = by_name.get(node.id) if isinstance(node, ast.Name) else None
            if named is not None and named not in reached:
                reached[named] = None
                todo.append(named)
    return list(reached)


def _keeps_state(node: ast.ClassDef, classes: Classes) -> bool:
    """Whether it puts more into `state_dict` in its own way."""
    return any(not members(each).keys().isdisjoint(_OWN_STATE) for each in _local(node, classes))


# ---- what changes ----


def _changes(node: ast.ClassDef, tree: ast.Module, classes: Classes) -> Iterator[StateChange]:
    kept, parts = set(_kept(node, classes)), set(_parts(node, classes))
    shared = {name for statement in top_level(tree) for name in _bound(statement)}
    of_class = {_TYPE, *(each.name for each in _local(node, classes))}
    for function, self in _run_by(node, classes):
        own = _locals(function)
        for target, line in _changed(function):
            first, *rest = _path(target, self) or [""]
            if first == _SELF and rest[:1] == ["__class__"]:
                first, rest = _TYPE, rest[1:]
            is_kept = rest and (rest[0] in kept or (rest[0] in parts and len(rest) > 1))
            if rest and (first in of_class or (first == _SELF and not is_kept)):
                yield StateChange(node.name, rest[0], line)
            elif first in shared and first not in own:
                yield StateChange("", first, line)


def _local(node: ast.ClassDef, classes: Classes) -> list[ast.ClassDef]:
    """The class and its bases, as far as this module defines them."""
    return [each for each in classes.order(node) if isinstance(each, ast.ClassDef)]


def _kept(node: ast.ClassDef, classes: Classes) -> Iterator[str]:
    """Attributes in `state_dict`: buffers and parameters."""
    for each in _methods(node, classes):
        for call in ast.walk(each):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                kind = call.func.attr
                given = call.args[0] if call.args else None
                for keyword in call.keywords:
                    given = keyword.value if keyword.arg == "name" else given
                if (
                    kind in ("register_buffer", "register_parameter")
                    and isinstance(given, ast.Constant)
                    and not _is_left_out(call, kind)
                ):
                    yield str(given.value)
    for name, value in _assigned(_methods(node, classes)):
        if _is_made_by(value, ("Parameter", "Buffer")):
            yield name


def _is_left_out(call: ast.Call, kind: str) -> bool:
    """A buffer that is not persistent is not in `state_dict`."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "persistent"]
    given += call.args[2:3] if kind == "register_buffer" else []
    return any(isinstance(value, ast.Constant) and not value.value for value in given)


def _is_made_by(value: ast.expr, kinds: tuple[str, ...]) -> bool:
    made = dotted(value.func) if isinstance(value, ast.Call) else None
    return made is not None and made.rpartition(".")[2] in kinds


def _parts(node: ast.ClassDef, classes: Classes) -> Iterator[str]:
    """Attributes that may be modules, which keep state of their own: what a call has made."""
    for name, value in _assigned(_methods(node, classes)):
        made = dotted(value.func) if isinstance(value, ast.Call) else None
        local = classes.by_name.get(made or "")
        origin = classes.names.origin(value.func) if isinstance(value, ast.Call) else None
        if (local and classes.is_module(local)) or (origin or "").startswith("torch.nn."):
            yield name


def _assigned(methods: Iterable[Function]) -> Iterator[tuple[str, ast.expr]]:
    """Attributes of the object that methods assign, and their values."""
    for method in methods:
        self = self_of(method)
        for statement in ast.walk(method):
            if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value:
                for target in targets(statement):
                    path = _path(target, self)
                    if path and path[0] == _SELF and len(path) == 2:
                        yield path[1], statement.value


def _methods(node: ast.ClassDef, classes: Classes) -> Iterator[Function]:
    for each in classes.order(node):
        if isinstance(each, ast.ClassDef):
            yield from filter(None, members(each).values())


def _run_by(node: ast.ClassDef, classes: Classes) -> Iterator[tuple[Runnable, str | None]]:
    """What runs when the model does, with its name for the model: methods reachable from `forward`,
    and hooks.
    """
    todo = [found for name in _CALLED for found in _named(node, name, classes)]
    for method, hook in _hooks(node, classes):
        if isinstance(hook, str):
            todo += _named(node, hook, classes)
        else:
            yield hook, self_of(method)
    done: list[Function] = []
    while todo:
        function = todo.pop()
        if function in done:
            continue
        done.append(function)
        self = self_of(function)
        yield function, self
        for each in ast.walk(function):
            path = _path(each, self) if isinstance(each, ast.Attribute) else None
            if path and path[0] == _SELF and len(path) == 2:
                todo += _named(node, path[1], classes)


def _named(node: ast.ClassDef, name: str, classes: Classes) -> list[Function]:
    """All functions of this name in a class and its bases: each may call the next by super()."""
    found = [members(each).get(name) for each in _local(node, classes)]
    functions = [each for each in found if each is not None]
    for number, function in enumerate(functions):
        if not any(isinstance(n, ast.Name) and n.id == "super" for n in ast.walk(function)):
            return functions[: number + 1]
    return functions


def _hooks(node: ast.ClassDef, classes: Classes) -> Iterator[tuple[Function, Runnable | str]]:
    """What methods give to `register_forward_hook` and its like: functions, names of methods."""
    for method in _methods(node, classes):
        inner = {each.name: each for each in ast.walk(method) if isinstance(each, ast.FunctionDef)}
        for call in ast.walk(method):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "attr", "")
            for given in call.args if name.startswith("register_") and "hook" in name else ():
                path = _path(given, self_of(method)) or [""]
                if isinstance(given, ast.Lambda):
                    yield method, given
                elif path[0] in inner:
                    yield method, inner[path[0]]
                elif path[0] == _SELF and len(path) == 2:
                    yield method, path[1]


def _changed(function: Runnable) -> Iterator[tuple[ast.expr, int]]:
    """What a function assigns to, deletes, or changes by a method's call, with the line."""
    for node in ast.walk(function):
        if isinstance(node, (ast.Attribute, ast.Subscript, ast.Name)):
            if isinstance(node.ctx, (ast.Store, ast.Del)):
                yield node, node.lineno
        elif isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Attribute):
                if _is_change(called.attr) and not isinstance(called.value, ast.Name):
                    yield called, node.lineno
                elif _is_change(called.attr):
                    yield called.value, node.lineno
            elif dotted(called) == "next" and node.args:
                yield node.args[0], node.lineno
            elif dotted(called) == "setattr" and len(node.args) == 3:
                name = node.args[1]
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    yield ast.Attribute(node.args[0], name.value, ast.Store()), node.lineno


def _is_change(method: str) -> bool:
    """PyTorch's own methods that change a tensor end with an underscore."""
    in_place = method.endswith("_") and not method.startswith("_") and method != "requires_grad_"
    return method in _CHANGES or in_place


def _path(target: ast.expr, self: str | None) -> list[str] | None:
    """The names in `self.a[0].b`, the object itself as _SELF; None for what starts with none."""
    parts: list[str] = []
    while True:
        if isinstance(target, ast.Attribute):
            parts.append(target.attr)
            target = target.value
        elif isinstance(target, (ast.Subscript, ast.Starred)):
            target = target.value
        elif isinstance(target, ast.Name):
            parts.append(_SELF if target.id == self else target.id)
            return parts[::-1]
        elif isinstance(target, ast.Call) and dotted(target.func) == "type" and target.args:
            # type(self).count: of the class
            return [_TYPE, *parts[::-1]]
        else:
            return None


def _locals(function: Runnable) -> set[str]:
    """Names that are local to the function."""
    outer = {
        name
        for node in ast.walk(function)
        if isinstance(node, (ast.Global, ast.Nonlocal))
        for name in node.names
    }
    own = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    own |= {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    return own - outer


def _bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        for target in targets(statement):
            yield from (node.id for node in ast.walk(target) if isinstance(node, ast.Name))


# ---- generators ----


def _generators(
    tree: ast.Module,
    modules: list[ast.ClassDef],
    reached: list[ast.stmt],
    names: Names,
    classes: Classes,
) -> Iterator[tuple[str, int]]:
    """Generators that live as long as the model: attributes of it, and names of the module."""
    for node in modules:
        if _keeps_state(node, classes):
            continue
        own = [member for member in members(node).values() if member is not None]
        for name, value in [*_assigned(own), *_values(node)]:
            line = _made_in(value, names)
            if line:
                yield f"'{node.name}.{name}'", line
    used = {each.id for node in reached for each in ast.walk(node) if isinstance(each, ast.Name)}
    for name, value in _values(tree):
        line = _made_in(value, names) if name in used else 0
        if line:
            yield f"'{name}'", line


def _values(node: ast.Module | ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    """Names that a module or class assigns, and their values."""
    for statement in top_level(node):
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value:
            yield from ((name, statement.value) for name in _bound(statement))


def _made_in(value: ast.expr, names: Names) -> int:
    """The line at which a value makes a generator, or 0."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call) and names.origin(node.func) in _GENERATORS:
            return node.lineno
    return 0
