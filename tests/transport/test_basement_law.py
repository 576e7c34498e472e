"""The law of the basement, held over its sources: what it may import, and what a compilable function may contain."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BASEMENT = (
    "transport/compilable.py",
    "transport/recall/codes.py",
    "transport/recall/decide.py",
    "transport/recall/eligibility.py",
    "transport/recall/facts.py",
    "transport/recall/servers.py",
    "transport/streams/laws.py",
    "transport/streams/normal.py",
    "transport/streams/philox.py",
    "transport/streams/purposes.py",
    "transport/timing.py",
)
BASEMENT_MODULES = {path.removesuffix(".py").replace("/", ".") for path in BASEMENT}
STANDARD = {"enum", "typing", "collections.abc"}
MATH = {"sqrt", "floor", "log", "log1p", "exp", "expm1", "pow", "erf", "erfc", "isfinite", "inf"}
FORBIDDEN = (
    ast.Raise, ast.Assert, ast.Try, ast.With, ast.Lambda, ast.Global, ast.Nonlocal, ast.FunctionDef,
    ast.AsyncFunctionDef, ast.ClassDef, ast.Yield, ast.YieldFrom, ast.Await, ast.JoinedStr, ast.Dict, ast.Set,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Import, ast.ImportFrom, ast.Match,
)  # fmt: skip


def enum_classes() -> set[str]:
    """The names of all enumerations of the basement."""
    return {
        node.name
        for path in BASEMENT
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and "Enum" in base.id for base in node.bases)
    }


def import_violations(tree: ast.Module) -> list[str]:
    """Imports of anything outside the basement and the few modules it may use."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [f"import of {alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or "."
            if module == "math":
                found += [f"import of math.{alias.name}" for alias in node.names if alias.name not in MATH]
            elif module not in STANDARD | BASEMENT_MODULES:
                found.append(f"import of {module}")
    return found


def is_compilable(function: ast.FunctionDef) -> bool:
    return any(isinstance(mark, ast.Name) and mark.id == "compilable" for mark in function.decorator_list)


def is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def body_violations(function: ast.FunctionDef, enums: set[str]) -> list[str]:
    """What a compiler could not take over, or would compute differently."""
    found = []
    statements = function.body[1:] if is_docstring(function.body[0]) else function.body
    for node in (node for statement in statements for node in ast.walk(statement)):
        if isinstance(node, FORBIDDEN):
            found.append(type(node).__name__)
        elif isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, str | bytes)):
            found.append(f"constant {node.value!r}")
        elif isinstance(node, ast.Name) and node.id in enums:
            found.append(f"enumeration {node.id}")
        elif (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Pow)
            and isinstance(node.right, ast.Constant)
        ):
            found.append("power with a constant exponent")
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("pow", "power")
        ):
            found += [
                "power with a constant exponent" for value in node.args[1:] if isinstance(value, ast.Constant)
            ]
    return found


def violations(source: str, enums: set[str]) -> list[str]:
    tree = ast.parse(source)
    found = import_violations(tree)
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        if not is_compilable(function):
            found.append(f"{function.name} is not compilable")
        found += [f"{function.name}: {what}" for what in body_violations(function, enums)]
    return found


@pytest.mark.parametrize("path", [path for path in BASEMENT if path != "transport/compilable.py"])
def test_a_basement_module_keeps_the_law(path):
    """Each file of the basement imports only what it may and holds only functions that compile as they stand."""
    assert violations((ROOT / path).read_text(encoding="utf-8"), enum_classes()) == []


def test_the_mark_imports_nothing_of_the_house():
    """The file of the mark itself keeps the law of imports."""
    tree = ast.parse((ROOT / "transport/compilable.py").read_text(encoding="utf-8"))
    assert import_violations(tree) == []


def test_the_list_of_basement_files_is_whole():
    """Every file of transport/recall is basement, and of transport/streams all but the makers and the keeper."""
    above = {"law_rows.py", "gamma_table.py", "residuals.py", "draws.py", "times.py", "__init__.py"}
    files = {
        f"transport/{room}/{file.name}"
        for room in ("recall", "streams")
        for file in (ROOT / "transport" / room).glob("*.py")
        if file.name not in above
    }
    assert sorted(files) == sorted(path for path in BASEMENT if path.count("/") == 2)


GOOD = "from transport.compilable import compilable\n@compilable\ndef f(x: float) -> float:\n    '''Doc.'''\n    "


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (GOOD + "return x + 1", []),
        (GOOD + "return x ** 0.5", ["f: power with a constant exponent"]),
        (GOOD + "return power(x, 2.0)", ["f: power with a constant exponent"]),
        (GOOD + "return x ** x", []),
        (GOOD + "raise x", ["f: Raise"]),
        (GOOD + "return None", ["f: constant None"]),
        (GOOD + "return 'late'", ["f: constant 'late'"]),
        (GOOD + "return Status.FAILED", ["f: enumeration Status"]),
        (GOOD + "return [y for y in x]", ["f: ListComp"]),
        ("def f(x):\n    return x", ["f is not compilable"]),
        ("import math", ["import of math"]),
        ("from math import lgamma", ["import of math.lgamma"]),
        ("from transport.units import parse_size", ["import of transport.units"]),
        ("import numpy", ["import of numpy"]),
    ],
)
def test_the_law_has_teeth(source, expected):
    """A source that breaks the law is found out, by what it breaks."""
    assert violations(source, {"Status"}) == expected
