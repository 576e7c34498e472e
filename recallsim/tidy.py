"""Tidy rows: what every result turns into, for data frames and files."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from recallsim.reporting.numbers import finite

if TYPE_CHECKING:
    from recallsim.estimate.estimates import Estimate


def tidy_estimate(each: "Estimate") -> dict[str, object]:
    """One estimate as it stands in JSON documents and in the store."""
    return {
        "variant": each.variant,
        "group": each.group,
        "metric": each.metric,
        "mean": finite(each.mean),
        "low": finite(each.low),
        "high": finite(each.high),
        "replications": int(each.replications),
    }


def data_frame(rows: Sequence[dict[str, object]]) -> Any:
    """Rows as a pandas data frame.

    Raises:
        RequestError: pandas is not installed.
    """
    try:
        import pandas  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        from recallsim.arguments import RequestError

        raise RequestError("pandas is not installed; use rows(), or install pandas") from None
    return pandas.DataFrame(rows)
