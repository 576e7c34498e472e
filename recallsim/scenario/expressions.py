"""A constraint between the values of a cell, such as `sender.hold < sender.notices and workers >= 2`.

The text is parsed by Python's own parser and walked over; nothing of it is ever executed. What it may hold is
listed here: numbers, quantities with units, texts, the paths that are varied (whole, or by their last keys
where these are unmistakable), arithmetic, comparisons, `and`, `or`, `not`, `min`, `max`, `abs`.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from recallsim.scenario.base import Refusal, either, shown, suggestion
from recallsim.scenario.quantities import Measured, quantity

MOST_CHARACTERS: Final = 500
_MOST_DEPTH: Final = 40

_ARITHMETIC: Final[Mapping[type[ast.operator], Callable[[Any, Any], Any]]] = MappingProxyType(
    {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
        ast.Mod: operator.mod,
    }
)
_COMPARING: Final[Mapping[type[ast.cmpop], Callable[[Any, Any], bool]]] = MappingProxyType(
    {
        ast.Lt: operator.lt,
        ast.LtE: operator.le,
        ast.Gt: operator.gt,
        ast.GtE: operator.ge,
        ast.Eq: operator.eq,
        ast.NotEq: operator.ne,
    }
)
_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType({"min": min, "max": max, "abs": abs})
_NUMBER: Final = r"[0-9]+(?:\.[0-9]+)?"
_QUANTITY: Final = (
    rf"{_NUMBER}\s*(?:us|ms|s|min|h|d|w|B|kB|MB|GB|KiB|MiB|GiB)(?![\w.])"
    rf"(?:\s+{_NUMBER}\s*(?:us|ms|s|min|h)(?![\w.]))*"
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A constraint that was read and found sound.

    Attributes:
        text: As it was written.
        paths: The paths that it speaks of.
    """

    text: str
    paths: tuple[str, ...]
    _tree: ast.expr
    _names: Mapping[str, str]

    def holds(self, settings: Mapping[str, object]) -> bool:
        """Whether it is true of a cell.

        Args:
            settings: The value of each path, as a scenario writes it.

        Raises:
            Refusal: The values cannot be compared so: a text and a number, a division by zero.
        """
        values = {name: _comparable(settings[path]) for name, path in self._names.items()}
        try:
            return bool(_value(self._tree, values))
        except ZeroDivisionError:
            raise Refusal(f"{shown(self.text)} divides by zero") from None
        except TypeError:
            raise Refusal(f"{shown(self.text)} compares or adds what are not both numbers") from None


def expression(text: str, paths: Sequence[str]) -> Expression:
    """Read a constraint over some paths.

    Raises:
        Refusal: It is not one; the message says what was found.
    """
    if len(text) > MOST_CHARACTERS:
        raise Refusal(f"the constraint has {len(text)} characters; at most {MOST_CHARACTERS} are taken")
    names: dict[str, str] = {}
    source = _with_placeholders(text, _callable_by(paths), names)
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Refusal(
            f"{shown(text)} cannot be read", "write one like sender.hold < sender.notices"
        ) from None
    _check(tree, names, paths, 0)
    return Expression(text, tuple(dict.fromkeys(names.values())), tree, MappingProxyType(names))


def _callable_by(paths: Sequence[str]) -> dict[str, str]:
    """Every way to name a path: all of it, or as many of its last keys as no other path ends with."""
    ways: dict[str, list[str]] = {}
    for path in dict.fromkeys(paths):
        keys = path.split(".")
        for first in range(len(keys)):
            ways.setdefault(".".join(keys[first:]), []).append(path)
    return {way: found[0] for way, found in ways.items() if len(found) == 1 or way in found}


def _with_placeholders(text: str, ways: Mapping[str, str], names: dict[str, str]) -> str:
    """The text with plain names for paths and plain numbers for quantities; paths may hold `-`, `*`, digits."""
    known = "|".join(re.escape(way) for way in sorted(ways, key=len, reverse=True)) or r"(?!)"
    pattern = re.compile(
        rf"(?P<text>'[^']*'|\"[^\"]*\")|(?<![\w.])(?:(?P<path>{known})(?![\w.])|(?P<quantity>{_QUANTITY}))"
    )

    def plain(match: re.Match[str]) -> str:
        if match["text"] is not None:
            return match[0]
        if match["path"] is not None:
            name = f"_{list(dict.fromkeys(ways.values())).index(ways[match['path']])}"
            names[name] = ways[match["path"]]
            return name
        return repr(quantity(match["quantity"]).value)

    return pattern.sub(plain, text.strip())


def _check(node: ast.AST, names: Mapping[str, str], paths: Sequence[str], depth: int) -> None:
    """Refuse everything that is not listed."""
    if depth > _MOST_DEPTH:
        raise Refusal("the constraint is nested too deeply")
    inner: Sequence[ast.AST]
    match node:
        case ast.BoolOp(values=values):
            inner = values
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            inner = [operand]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            inner = [left, right]
        case ast.Compare(left=left, ops=ops, comparators=others) if all(type(op) in _COMPARING for op in ops):
            inner = [left, *others]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS and args:
            inner = args
        case ast.Constant(value=bool() | int() | float() | str()):
            inner = []
        case ast.Name(id=name) if name in names:
            inner = []
        case ast.Name() | ast.Attribute():
            said = _as_written(node, names)
            hint = suggestion(said, list(dict.fromkeys(paths))) if paths else ""
            raise Refusal(f"{shown(said)} is not varied here", hint)
        case _:
            allowed = either([*(f"{name}()" for name in _FUNCTIONS), "and", "or", "not"])
            raise Refusal(
                f"{shown(_as_written(node, names))} cannot stand in a constraint",
                f"paths, quantities, + - * / %, comparisons, {allowed}",
            )
    for each in inner:
        _check(each, names, paths, depth + 1)


def _as_written(node: ast.AST, names: Mapping[str, str]) -> str:
    """A part of the constraint, with the paths again in their places."""
    return re.sub(r"\b_[0-9]+\b", lambda found: names.get(found[0], found[0]), ast.unparse(node))


def _value(node: ast.expr, values: Mapping[str, object]) -> Any:
    match node:
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_value(part, values) for part in parts)
        case ast.BoolOp(values=parts):
            return any(_value(part, values) for part in parts)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _value(operand, values)
        case ast.UnaryOp(operand=operand):
            return -_value(operand, values)
        case ast.BinOp(left=left, op=op, right=right):
            one, other = _value(left, values), _value(right, values)
            if isinstance(one, str) or isinstance(other, str):  # a text times a number would be a long text
                raise TypeError
            return _ARITHMETIC[type(op)](one, other)
        case ast.Compare(left=left, ops=ops, comparators=others):
            chain = [_value(left, values), *(_value(other, values) for other in others)]
            return all(_COMPARING[type(op)](chain[i], chain[i + 1]) for i, op in enumerate(ops))
        case ast.Call(func=ast.Name(id=name), args=args):
            found = [_value(arg, values) for arg in args]
            return _FUNCTIONS[name](*found) if name == "abs" or len(found) > 1 else found[0]
        case ast.Name(id=name):
            return values[name]
        case ast.Constant(value=value):
            return value
    raise AssertionError(f"{type(node).__name__} was let through")


def _comparable(value: object) -> object:
    """The value as a constraint sees it: seconds, bytes, a rate, a number, a truth value or a text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, dict | list | tuple) or value is None:
        raise Refusal(f"a constraint cannot compare {shown(value)}", "name a key inside of it")
    try:
        found = quantity(value)
    except Refusal:
        return str(value)
    return int(found.value) if found.measured is Measured.NUMBER and found.whole else found.value
