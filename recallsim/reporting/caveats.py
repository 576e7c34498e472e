"""What changes the meaning of an answer, in one line: it was stopped, or is less exact than was asked for."""

from typing import TYPE_CHECKING

from recallsim.reporting.numbers import plural
from recallsim.reporting.plain import plain

if TYPE_CHECKING:
    from recallsim.comparison import Comparison
    from recallsim.designs.best_result import BestResult
    from recallsim.designs.outcomes import SweepResult
    from recallsim.designs.sensitivity_result import SensitivityResult
    from recallsim.inference import Inference
    from recallsim.result import Result


def of_run(result: "Result") -> str:
    """Of a run; empty where there is nothing to say, as below."""
    done = plural(result.replications, "replication")
    if result.interrupted:
        return f"Interrupted: these figures rest on the {done} that {_were(result.replications)} done."
    if result.precision_reached is False:
        return f"Precision not reached after {done}: {plain(result.goal)}."
    return ""


def _were(many: int) -> str:
    return "was" if many == 1 else "were"


def of_comparison(comparison: "Comparison") -> str:
    """Of a comparison."""
    done = plural(comparison.replications, "replication")
    if comparison.interrupted:
        return f"Interrupted: these figures rest on the {done} of each that {_were(comparison.replications)} done."
    if comparison.precision_reached is False:
        return f"Precision of the differences not reached after {done}: {plain(comparison.goal)}."
    return ""


def of_inference(inference: "Inference") -> str:
    """Of an inference."""
    if inference.interrupted:
        done = plural(inference.replications, "replication")
        return f"Interrupted: these figures rest on the {done} that {_were(inference.replications)} done."
    wanted = inference.wanted
    if wanted is not None and inference.agreeing < wanted:
        return f"Only {inference.agreeing:,} replications agree with the reports; {wanted:,} were wanted."
    return ""


def of_sweep(result: "SweepResult") -> str:
    """Of a sweep."""
    parts = []
    if failed := sum(bool(cell.error) for cell in result.cells):
        parts.append(f"{plural(failed, 'cell')} failed; the others stand.")
    if result.interrupted:
        parts.append(f"It was stopped with {len(result.cells):,} of {result.planned:,} cells begun.")
    elif missed := sum(not (cell.reached or cell.error) for cell in result.cells):
        parts.append(f"Precision not reached in {missed:,} of {plural(len(result.cells), 'cell')}.")
    return " ".join(parts)


def of_sensitivity(result: "SensitivityResult") -> str:
    """Of an analysis of sensitivity."""
    if result.interrupted:
        return "It was stopped before all runs were there; the same command goes on."
    return ""


def of_best(result: "BestResult") -> str:
    """Of a search for the best variant."""
    if result.interrupted:
        return "It was stopped before the choice; the same command goes on."
    if result.budget is None and result.best is not None and not result.settled:
        return "The replications ran out before the choice was settled, so there is no guarantee: raise best.max."
    return ""
