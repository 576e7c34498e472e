"""How the refusals read that need a hint: quantiles, presets in the wrong place, variants beside overrides."""

import pytest

QUANTILES = "{0: 0s, 0.5: 3min, 0.9: 1h, 1: 8h}"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            ["sender.notices={empirical: {quantiles: {0.5: 3min, 0.9: 1h}}}"],
            "sender.notices.empirical.quantiles: quantiles must reach from probability 0 to 1; found 0.5 to 0.9\n"
            f"  help: write {QUANTILES}",
        ),
        (
            ["sender.notices={empirical: {quantiles: {half: 3min}}}"],
            f"sender.notices.empirical.quantiles: 'half' is not a probability\n  help: write {QUANTILES}",
        ),
        (
            ["sender.notices={uniform: {low: 3s, high: 2s}}"],
            "sender.notices.uniform: low must not be above high; found 3 s and 2 s",
        ),
        (
            ["sender.notices={triangular: {low: 1s, mode: 3s, high: 2s}}"],
            "sender.notices.triangular: mode must not be above high; found 3 s and 2 s",
        ),
        (
            ["transport.client={kind: web}"],
            "transport.client: unknown key 'client'\n  help: did you mean 'link'?",
        ),
        (
            ["sender.recall.intercept=true", "transport.categorizer={per: recipient}"],
            "transport.categorizer.per: with intercept: true (S1) the categorizer takes a job per message or per batch\n"
            "  help: write per: batch",
        ),
    ],
)
def test_a_refusal_shows_what_to_write(small, complaint, settings, expected):
    """The message ends in a form that is accepted, and names no place that nobody wrote."""
    observed = complaint(small, *settings)
    assert observed == f"--set {settings[-1]}: error: {expected}"


def test_a_preset_in_the_wrong_place_is_called_so(small, complaint):
    """What describes recipients cannot be extended by the servers: one line, nothing about the keys in it."""
    observed = complaint(small.replace("transport:\n", "transport:\n  extends: desk.yaml\n"))
    what = "transport.extends: 'desk.yaml' describes recipients, it cannot be extended here"
    assert observed.splitlines()[0].endswith(what)
    assert observed.count("error:") == 1


def test_a_passage_has_at_most_64_stages(small, complaint):
    """More stages than can be told apart are refused."""
    stages = ", ".join(f"{{name: s{number}}}" for number in range(65))
    observed = complaint(small, f"transport={{delivery: , stages: [{stages}]}}")
    assert "transport.stages: 65 stages are listed; a passage has at most 64" in observed


def test_the_keys_of_the_top_include_extends(small, complaint):
    """The list of known keys has `extends` where it may stand."""
    assert complaint(small, "foo=3").endswith("what_if, observe, sweep, sensitivity, best, extends")


def test_a_variant_that_an_override_does_not_fit_is_named_so(small, complaint):
    """A variant that is sound by itself is not called wrong: the override is."""
    mixture = "notices: {mixture: [{weight: 0.5, constant: 5min}, {weight: 0.5, constant: 6min}]}"
    text = small.replace("notices: 5min", mixture) + "what_if: {quick: {sender.notices: 1min}}\n"
    observed = complaint(text, "sender.notices.mixture.1.constant=7min").splitlines()[0]
    assert (
        "error: what_if.quick: no longer fits the --set: sender.notices.mixture: expected a list" in observed
    )
