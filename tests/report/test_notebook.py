"""The worked notebook runs, and results show themselves in notebooks."""

import ast
import contextlib
import io
import json
from pathlib import Path

import recallsim

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
    assert [text.count("<svg ") for text in shown] == [1, 4, 2, 1]  # a run, a comparison, a sweep, a picture
    assert [words for words in ("recalled unseen:", "had seen it", " kB") if words not in printed] == []
    assert [cell for cell in code if cell["outputs"]] == []  # numbers would grow stale


def test_every_result_shows_itself(scenario_text):
    """Comparisons, sweeps, analyses, searches and inferences have HTML of their own, in which names are text."""
    text = scenario_text.replace("A small one", "<script>alert(1)</script>")
    over = {"sender.notices": {"from": "1min", "to": "1h"}}
    seen = ["observe={at: 30min, reports: {success: {between: [0, 20]}}}"]
    few = {"replications": 4, "workers": 1}
    found = [
        recallsim.run(text, **few),
        recallsim.compare(text, **few),
        recallsim.sweep(text, grid={"sender.notices": ["1min", "1h"]}, **few),
        recallsim.sensitivity(text, over=over, trajectories=2, **few),
        recallsim.infer(text, overrides=seen, replications=8, workers=1),
        recallsim.best(text, objective="most unseen successes", budget=40, workers=1),
    ]
    shown = [each._repr_html_() for each in found]
    assert [("<svg " in html or "<pre>" in html) for html in shown] == [True] * len(shown)
    assert [html for html in shown if "<script>" in html] == []
    assert all("&lt;script&gt;alert(1)" in html for html in shown)
