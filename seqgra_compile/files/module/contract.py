"""What a script requires of a module's class: it is created without arguments and called with a
tensor.

Reports SG605, SG620, SG621.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from ...catalog.expressions import dotted
from ...ir import Given
from ...messages.diagnostics import quoted, suggest
from ...pycode import is_name
from .classes import (
    Classes,
    Function,
    Member,
    Unseen,
    classes_of,
    decorated,
    members,
)
from .report import Report
from .running import Names, top_level

_ABSTRACT = {"abc.abstractmethod"}
_DATACLASS = "dataclasses.dataclass"
_WRAPPED = "derive a class without arguments from it that calls super().__init__(...)"


def check_class(
    tree: ast.Module, names: Names, wanted: Given[str], report: Report
) -> Classes | None:
    """The classes, if the wanted one is among them and fulfils the contract."""
    defined = [node.name for node in top_level(tree) if isinstance(node, ast.ClassDef)]
    if wanted.value not in defined or not is_name(wanted.value):
        report.diagnostics.error(
            "SG605",
            wanted.span,
            f"'{report.name}' defines no class {quoted(wanted.value)} at its top level",
            suggest(wanted.value, dict.fromkeys(defined)) if defined else "it defines no class",
        )
        return None
    classes = classes_of(tree, names, wanted.value)
    if classes is None or not all(_keeps(each, tree, names) for each in _made_by(classes)):
        return classes  # another thing of this name, or what a decorator makes of the class
    for check in _CHECKS:
        if check(tree, classes, report):
            break
    return classes


def _made_by(classes: Classes) -> list[ast.expr]:
    """What else takes part in creating the class: its decorators, a metaclass."""
    wanted = classes.wanted
    return [*wanted.decorator_list, *(keyword.value for keyword in wanted.keywords)]


def _keeps(maker: ast.expr, tree: ast.Module, names: Names) -> bool:
    """Whether a decorator or metaclass certainly leaves a class unchanged."""
    called = maker.func if isinstance(maker, ast.Call) else maker
    if (names.origin(called) or "") in {_DATACLASS, "typing.final", "abc.ABCMeta", "builtins.type"}:
        return True
    name = dotted(called)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            inner = [each for each in ast.walk(node) if isinstance(each, ast.FunctionDef)]
            return any(map(_returns_its_argument, inner))
        if isinstance(node, ast.ClassDef) and node.name == name:
            return "__call__" not in members(node)
    return False


def _returns_its_argument(function: ast.FunctionDef) -> bool:
    first = function.args.args[0].arg if function.args.args else None
    returned = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    return bool(returned) and all(
        isinstance(value, ast.Name) and value.id == first for value in returned
    )


def _check_bases(tree: ast.Module, classes: Classes, report: Report) -> bool:
    wanted = classes.wanted
    if classes.is_module(wanted):
        return False
    listed = ", ".join(filter(None, map(dotted, wanted.bases)))
    report.error(
        "SG621",
        f"'{wanted.name}' is not a PyTorch module: "
        + (f"it derives from {listed} only" if listed else "it derives from nothing"),
        f"write class {wanted.name}(nn.Module), or name another class",
        wanted.lineno,
    )
    return True


def _check_forward(tree: ast.Module, classes: Classes, report: Report) -> bool:
    wanted = classes.wanted
    found = classes.find(wanted, "forward")
    own_call = classes.find(wanted, "__call__")
    if isinstance(found, Unseen) or isinstance(own_call, Member) or _sets_forward(tree):
        return False
    line = wanted.lineno
    if found is None:
        missing = f"'{wanted.name}' has no forward"
    elif found.function and _is_stub(found.function, classes.names):
        missing = f"the forward of '{found.owner.name}' does nothing"
        line = found.function.lineno
    else:
        return found.function is not None and _check_call(
            found.owner, found.function, classes, report
        )
    way_out = "define forward(self, x): sequences (B, C, L) in, scores (B, labels) out"
    report.error("SG621", missing, way_out, line)
    return False


def _sets_forward(tree: ast.Module) -> bool:
    """Whether something assigns an attribute `forward`, or names it in a string."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr == "forward" and _is_stored(node))
        or (isinstance(node, ast.Constant) and node.value == "forward")
        for node in ast.walk(tree)
    )


def _is_stored(node: ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Store)


def _is_stub(function: Function, names: Names) -> bool:
    """Whether a function only says that subclasses must define it."""
    if decorated(function, names) & _ABSTRACT:
        return True
    body = [node for node in function.body if not _is_text(node)]
    return len(body) == 1 and _is_empty(body[0]) or not body


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and node.value.value is not ...
        and isinstance(node.value.value, str)
    )


def _is_empty(node: ast.stmt) -> bool:
    if isinstance(node, ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return raised is not None and dotted(raised) == "NotImplementedError"
    is_dots = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_dots or isinstance(node, ast.Pass)


def _check_call(owner: ast.ClassDef, function: Function, classes: Classes, report: Report) -> bool:
    """`model(x)`: one tensor, by position."""
    decorators = decorated(function, classes.names)
    if any(not each.startswith("torch.") for each in decorators):
        return False
    arguments = function.args
    asked = _asked_for(arguments, 2)
    takes_one = arguments.vararg or len(arguments.posonlyargs) + len(arguments.args) >= 2
    if asked or not takes_one:
        report.error(
            "SG620",
            f"forward of '{owner.name}' "
            + (f"also needs {_listed(asked)}" if asked else "takes no sequences"),
            "the script calls it with one tensor: sequences (B, C, L)",
            function.lineno,
        )
    return False


def _asked_for(arguments: ast.arguments, given: int) -> list[str]:
    """The arguments without a default, except those that are given by position."""
    positional = [*arguments.posonlyargs, *arguments.args]
    needed = [each.arg for each in positional[: len(positional) - len(arguments.defaults)]]
    defaults = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return needed[given:] + [each.arg for each, default in defaults if default is None]


def _listed(names: Iterable[str]) -> str:
    *names, last = [f"'{name}'" for name in names] or [""]
    return f"{', '.join(names)} and {last}" if names else last


def _check_arguments(tree: ast.Module, classes: Classes, report: Report) -> bool:
    """`Net()`."""
    wanted = classes.wanted
    found = classes.find(wanted, "__init__")
    fields = _fields_without_default(wanted, classes.names)
    if fields and not (isinstance(found, Member) and found.owner is wanted):
        _ask(wanted.name, fields, wanted.lineno, report)
    elif isinstance(found, Member) and found.function and not found.function.decorator_list:
        missing = _asked_for(found.function.args, 1)
        if missing:
            _ask(wanted.name, missing, found.function.lineno, report)
        elif found.function.args.args or found.function.args.posonlyargs:
            _check_super(found.owner, found.function, classes, report)
    return False


def _ask(name: str, missing: list[str], line: int, report: Report) -> None:
    default = "a default" if len(missing) == 1 else "defaults"
    report.error(
        "SG620",
        f"'{name}' needs {_listed(missing)}, but the script calls {name}()",
        f"give {'it' if len(missing) == 1 else 'them'} {default}, or {_WRAPPED}",
        line,
    )


def _fields_without_default(node: ast.ClassDef, names: Names) -> list[str]:
    """What the `__init__` of a data class asks for."""
    makers = [each.func if isinstance(each, ast.Call) else each for each in node.decorator_list]
    if _DATACLASS not in map(names.origin, makers):
        return []
    return [
        each.target.id
        for each in node.body
        if isinstance(each, ast.AnnAssign)
        and isinstance(each.target, ast.Name)
        and "ClassVar" not in ast.unparse(each.annotation)
        and _is_asked_for(each.value)
    ]


def _is_asked_for(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call) and (dotted(value.func) or "").endswith("field"):
        given = {keyword.arg for keyword in value.keywords}
        return not given & {"default", "default_factory", "init", None}
    return value is None


def _check_super(owner: ast.ClassDef, function: Function, classes: Classes, report: Report) -> None:
    """Without nn.Module's own `__init__`, a module cannot hold layers."""
    named = {getattr(node, "attr", getattr(node, "id", None)) for node in ast.walk(owner)}
    if classes.is_module(owner) and not named & {"__init__", "super"}:
        report.error(
            "SG621",
            f"the __init__ of '{owner.name}' never calls super().__init__()",
            "make that its first line: without it the module cannot hold layers",
            function.lineno,
        )


def _check_abstract(tree: ast.Module, classes: Classes, report: Report) -> bool:
    """A class with abstract methods cannot be instantiated."""
    order = classes.order(classes.wanted)
    local = [node for node in order if isinstance(node, ast.ClassDef)]
    metaclasses = [keyword.value for node in local for keyword in node.keywords]
    is_abstract = {"abc.ABC", "typing.Protocol"} & {each for each in order if isinstance(each, str)}
    if not is_abstract and "abc.ABCMeta" not in map(classes.names.origin, metaclasses):
        return False
    named = dict.fromkeys(name for node in local for name in members(node))
    left = [name for name in named if _is_left(name, classes)]
    if left:
        report.error(
            "SG621",
            f"'{classes.wanted.name}' leaves {_listed(left)} abstract",
            "define what is abstract, or name a class that derives from it",
            classes.wanted.lineno,
        )
    return bool(left)


def _is_left(name: str, classes: Classes) -> bool:
    found = classes.find(classes.wanted, name)
    return (
        isinstance(found, Member)
        and found.function is not None
        and bool(decorated(found.function, classes.names) & _ABSTRACT)
    )


# In this order; True ends them.
_CHECKS: tuple[Callable[[ast.Module, Classes, Report], bool], ...] = (
    _check_bases,
    _check_abstract,
    _check_forward,
    _check_arguments,
)
