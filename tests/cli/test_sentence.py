"""The answer in plain words."""

from recallsim.reporting.sentence import sentence


def test_many_recipients(given, result):
    """Lost unseen with its interval, saw it, neither, told: in numbers of people and shares."""
    made = result(
        [
            given("unseen_success_rate", 0.406, low=0.3914, high=0.4204),
            given("seen_rate", 0.52, 0.01),
            given("seen_success_rate", 0.025, 0.01),
            given("told_success_rate", 0.395, 0.01),
            given("told_failure_rate", 0.201, 0.01),
            given("told_bounce_rate", 0.0, 0.0),
        ]
    )
    assert sentence(made) == (
        "Of 2,000 recipients, on average 812 (40.6 %, 95 % interval 39.1 to 42.0 %) lost the message without having "
        "seen it. 1,040 (52.0 %) saw it, 50 of them although the recall succeeded. 148 (7.4 %) neither saw it nor "
        "had it recalled by the end. The sender is told success for 790, failure for 402 and nothing at all for 808."
    )


def test_what_never_arrived_is_said(given, result):
    """Of those who neither saw it nor had it recalled, the ones it never reached are named."""
    made = result(
        [
            given("unseen_success_rate", 0.4, 0.01),
            given("seen_rate", 0.5, 0.01),
            given("reason:not_delivered", 0.04, 0.01),
        ]
    )
    assert sentence(made).endswith(
        "200 (10.0 %) neither saw it nor had it recalled by the end, 80 of them because it never arrived."
    )


def test_one_recipient(given, result):
    """With one recipient the shares are of replications."""
    made = result(
        [given("unseen_success_rate", 0.869, 0.01), given("seen_rate", 0.131, 0.01)], groups=(("all", 1),)
    )
    assert sentence(made) == (
        "The one recipient lost the message without having seen it in 86.9 % of the replications (95 % interval 85.9 "
        "to 87.9 %). In 13.1 % the recipient saw it."
    )


def test_a_refused_recall(given, result):
    """A refusal is named with its reason."""
    made = result(
        [
            given("unseen_success_rate", 0.0, low=0.0, high=0.02),
            given("seen_rate", 0.9, 0.01),
            given("refused_rate", 1.0, low=0.98, high=1.0),
            given("reason:not_opened", 1.0, low=0.98, high=1.0),
            given("told_success_rate", 0.0, low=0.0, high=0.02),
        ],
        groups=(("all", 10),),
    )
    assert sentence(made) == (
        "Of 10 recipients, on average 0 (0.0 %, 95 % interval 0.0 to 2.0 %) lost the message without having seen it. "
        "9 (90.0 %) saw it. 1 (10.0 %) neither saw it nor had it recalled by the end. The recall was refused: the message was "
        "not opened in a window of its own. The sender is told nothing."
    )


def test_nobody_saw_it(given, result):
    """That nobody saw it is said in words."""
    made = result([given("unseen_success_rate", 1.0, low=0.97, high=1.0), given("seen_rate", 0.0, 0.0)])
    assert sentence(made) == (
        "Of 2,000 recipients, on average 2,000 (100.0 %, 95 % interval 97.0 to 100.0 %) lost the message without having "
        "seen it. Nobody saw it."
    )
