"""Agents do nothing observable while they are cancelled: no trace is written in `finally` or on cancellation."""

import ast
from pathlib import Path

import pytest

AGENTS = Path(__file__).parents[2] / "agents"
TRACES = ("note", "_note")
CATCHES_CANCELLATION = {"CancelledError", "BaseException"}


def names_in(node):
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} | {
        n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)
    }


def endings(tree):
    """The statements that run while an agent ends."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Try):
            yield from node.finalbody
            for handler in node.handlers:
                if handler.type is None or names_in(handler.type) & CATCHES_CANCELLATION:
                    yield from handler.body


def noisy(source):
    """The lines on which an ending writes to the trace."""
    return [
        call.lineno
        for statement in endings(ast.parse(source))
        for call in ast.walk(statement)
        if isinstance(call, ast.Call) and any(name.startswith(TRACES) for name in names_in(call.func))
    ]


@pytest.mark.parametrize("path", sorted(AGENTS.glob("*.py")), ids=lambda path: path.stem)
def test_no_agent_writes_to_the_trace_while_it_ends(path):
    """agents/: neither in `finally` nor where a cancellation is caught."""
    assert noisy(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("ending", "lines"),
    [
        ("finally:\n    self.world.observer.note('x', 'y')", [4]),
        ("except asyncio.CancelledError:\n    self._note('x')", [4]),
        ("except (KeyError, CancelledError):\n    note('x')", [4]),
        ("except BaseException:\n    self._note_processing()", [4]),
        ("except:\n    note('x')", [4]),
        ("except KeyError:\n    self._note('x')", []),
        ("finally:\n    self.close()", []),
    ],
)
def test_the_lint_has_teeth(ending, lines):
    """A source that breaks the rule is found out."""
    assert noisy(f"try:\n    work()\n{ending}\n") == lines
