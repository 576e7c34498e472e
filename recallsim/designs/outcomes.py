"""What a sweep answers: tidy rows of its cells, a table, and a sentence."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recallsim.designs.sweeping import CellResult
from recallsim.reporting.numbers import finite
from recallsim.tidy import data_frame

if TYPE_CHECKING:
    from recallsim.estimate.estimates import Estimate


class Rows:
    """Something that is made of tidy rows."""

    def rows(self) -> list[dict[str, Any]]:
        """Gives the rows: one dictionary each, all with the same keys."""
        raise NotImplementedError

    def to_pandas(self) -> Any:
        """Gives the rows as a pandas data frame.

        Raises:
            RequestError: pandas is not installed.
        """
        return data_frame(self.rows())

    def head(self) -> dict[str, object]:
        """Gives what stands before the rows in the JSON document."""
        raise NotImplementedError

    def to_json(self) -> str:
        """Gives the JSON document of the command: same scenario and seed, same bytes."""
        lines = [
            f"  {json.dumps(key)}: {json.dumps(value, sort_keys=True)}" for key, value in self.head().items()
        ]
        rows = [json.dumps(row, sort_keys=True, allow_nan=False) for row in self.rows()]
        body = ",\n".join(f"    {row}" for row in rows)
        lines.append(f'  "rows": [\n{body}\n  ]' if rows else '  "rows": []')
        return "{\n" + ",\n".join(lines) + "\n}"


@dataclass(frozen=True, slots=True)
class SweepResult(Rows):
    """The outcome of a sweep.

    It prints as the table that `recallsim sweep` shows, and turns into tidy rows (`rows`, `to_pandas`) or into
    the JSON document of the command (`to_json`). The stores of the cells hold every metric.

    Attributes:
        scenario: the scenario's name.
        title: its title; its name where it has none.
        paths: what was varied.
        cells: the results, cell by cell and repeat by repeat.
        planned: how many of these there would have been, had nothing stopped the sweep.
        metrics: the metrics of the table.
        confidence: of the intervals.
        fingerprint: SHA-256 of the scenario itself, before anything is varied.
        version: the version of recallsim.
        interrupted: whether a signal stopped it.
        store: the folder of the cells' stores; None where nothing was kept.
        elapsed: seconds by the wall clock.
    """

    scenario: str
    title: str
    paths: tuple[str, ...]
    cells: tuple[CellResult, ...]
    planned: int
    metrics: tuple[str, ...]
    confidence: float
    fingerprint: str
    version: str
    interrupted: bool
    store: Path | None
    elapsed: float

    def rows(self) -> list[dict[str, Any]]:
        """Gives one row for each cell, repeat, group and metric; a failed cell has one with its error."""
        found = []
        for cell in self.cells:
            frame: dict[str, Any] = {"cell": cell.number, "repeat": cell.repeat, "seed": cell.seed}
            frame |= dict(cell.settings)
            if not cell.estimates:
                found.append(frame | _estimate(None) | {"error": cell.error})
            found += [frame | _estimate(each) | {"error": cell.error} for each in cell.estimates]
        return found

    def head(self) -> dict[str, object]:
        """Gives what the document says of the sweep as a whole."""
        return {
            "scenario": self.scenario,
            "varied": list(self.paths),
            "cells": len({cell.number for cell in self.cells}),
            "failed": sum(bool(cell.error) for cell in self.cells),
            "confidence": self.confidence,
            "interrupted": self.interrupted,
            "version": self.version,
        }

    def caveat(self) -> str:
        """Says in one line what changes the meaning of the answer: stopped, less exact than asked for; else nothing."""
        from recallsim.reporting.caveats import of_sweep

        return of_sweep(self)

    def sentence(self) -> str:
        """Says between what and what the result went, and what failed."""
        from recallsim.reporting.designs import sweep_sentence

        return sweep_sentence(self)

    def __repr__(self) -> str:
        return f"<SweepResult of {self.scenario!r}: {len(self.cells):,} cells; print() shows the table>"

    def __str__(self) -> str:
        from recallsim.reporting.designs import as_text, sweep_lines

        return as_text(lambda signs, width: sweep_lines(self, signs, width))

    def _repr_html_(self) -> str:
        from recallsim.reporting.html import pictures_as_html
        from recallsim.reporting.page.cells import sweep

        return pictures_as_html(self.title, [sweep(self.rows(), self.paths)], [self.sentence()])


def _estimate(each: "Estimate | None") -> dict[str, Any]:
    if each is None:
        return dict.fromkeys(("group", "metric", "mean", "low", "high")) | {"replications": 0}
    return {
        "group": each.group,
        "metric": each.metric,
        "mean": finite(each.mean),
        "low": finite(each.low),
        "high": finite(each.high),
        "replications": int(each.replications),
    }
