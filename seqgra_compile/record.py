"""Records: what `dataclass(frozen=True)` gives, without its price.

For each class `dataclass` writes, compiles and runs the text of six functions, and this package has
a hundred of them: that was most of what importing it cost. A record's functions are written once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_REQUIRED = object()


class Fresh:
    """A field's default that is made anew for each record."""

    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make


class KeywordOnly:
    """A default of a field that is given by name only, in a class of fields given by place."""

    def __init__(self, default: object) -> None:
        self.default = default


def record(cls: type | None = None, *, kw_only: bool = False) -> Any:
    """Make an immutable class of its annotated fields and those of the records that it extends."""
    if cls is None:
        return lambda decorated: record(decorated, kw_only=kw_only)
    fields: dict[str, object] = {}
    by_place: list[str] = []
    for base in reversed(cls.__mro__[1:]):
        fields |= base.__dict__.get("_fields", {})
        by_place += (name for name in base.__dict__.get("__match_args__", ()) if name in fields)
    by_place = list(dict.fromkeys(by_place))
    for name in cls.__dict__.get("__annotations__", {}):
        default = cls.__dict__.get(name, _REQUIRED)
        named = kw_only or isinstance(default, KeywordOnly)
        if isinstance(default, KeywordOnly):
            default = default.default
            setattr(cls, name, default)
        elif isinstance(default, Fresh):
            delattr(cls, name)
        fields[name] = default
        if not named and name not in by_place:
            by_place.append(name)
    cls._fields, cls.__match_args__ = fields, tuple(by_place)
    for function in (__init__, __repr__, __hash__, __setattr__, __delattr__):
        setattr(cls, function.__name__, function)
    if "__eq__" not in cls.__dict__:
        cls.__eq__ = __eq__
    return cls


def replace(original: Any, **changes: object) -> Any:
    """A record like another one but for some fields."""
    same = {name: original.__dict__[name] for name in original._fields}
    return type(original)(**same | changes)


def __init__(self, *given: object, **named: object) -> None:  # noqa: N807
    values, by_place = self.__dict__, self.__match_args__
    if len(given) > len(by_place):
        raise TypeError(f"{type(self).__name__} takes {len(by_place)} values, not {len(given)}")
    values.update(zip(by_place, given, strict=False))
    for name, default in self._fields.items():
        if name in named:
            if name in values:
                raise TypeError(f"{type(self).__name__} was given '{name}' twice")
            values[name] = named.pop(name)
        elif name not in values:
            if default is _REQUIRED:
                raise TypeError(f"{type(self).__name__} lacks '{name}'")
            values[name] = default.make() if isinstance(default, Fresh) else default
    if named:
        raise TypeError(f"{type(self).__name__} has no field {', '.join(named)}")


def __repr__(self) -> str:  # noqa: N807
    values = self.__dict__
    inner = ", ".join(f"{name}={values[name]!r}" for name in self._fields)
    return f"{type(self).__name__}({inner})"


def __eq__(self, other: object) -> bool:  # noqa: N807
    if type(self) is not type(other):
        return NotImplemented
    return self is other or all(
        self.__dict__[name] == other.__dict__[name] for name in self._fields
    )


def __hash__(self) -> int:  # noqa: N807
    return hash(tuple(self.__dict__[name] for name in self._fields))


def __setattr__(self, name: str, value: object) -> None:  # noqa: N807
    raise AttributeError(f"{type(self).__name__} is immutable: '{name}' cannot be set")


def __delattr__(self, name: str) -> None:  # noqa: N807
    raise AttributeError(f"{type(self).__name__} is immutable: '{name}' cannot be deleted")
