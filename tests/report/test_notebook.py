"""The worked notebook runs, and results show themselves in notebooks."""

import ast
import contextlib
import io
import json
from pathlib import Path

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebooks" / "office.ipynb"


def _run(cells):
    """Runs the code cells in one namespace; gives what was printed, and the values that cells end with."""
    namespace, out, values = {}, io.StringIO(), []
    with contextlib.chdir(NOTEBOOK.parent), contextlib.redirect_stdout(out):
        for number, cell in enumerate(cells):
            tree = ast.parse("".join(cell["source"]))
            last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, f"cell {number}", "exec"), namespace)
            if last is not None:
                values.append(eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), namespace))
    return out.getvalue(), values


def test_the_notebook_runs():
    """Every cell runs in order; results and pictures that cells end with show themselves as HTML."""
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    printed, values = _run(code)
    shown = [value._repr_html_() for value in values if hasattr(value, "_repr_html_")]
    assert (len(shown), [text.count("<svg ") for text in shown]) == (2, [1, 1])
    assert [
        words for words in ("recalled unseen:", "sooner:", "had seen it", " kB") if words not in printed
    ] == []
    assert [cell for cell in code if cell["outputs"]] == []  # numbers would grow stale
