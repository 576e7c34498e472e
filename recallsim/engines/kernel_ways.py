"""The kernel's ways of mail through the stages (transport/relay/ways.py, compiled)."""

from recallsim.engines.kernel_layout import (
    STAGE_COUNT,
    STAGES,
    T_MEMBER_COUNT,
    T_MEMBERS,
    T_SERVES,
    T_WIDTH,
    Ints,
)


def takes_mail_of(p: Ints, stage: int, number: int) -> bool:
    """Whether a stage, whose plan stands at `stage`, takes the mail of a recipient."""
    spans = p[stage + T_MEMBER_COUNT]
    if spans == 0:
        return True
    at = p[stage + T_MEMBERS]
    for span in range(at, at + 2 * spans, 2):
        if p[span] <= number <= p[span + 1]:
            return True
    return False


def next_stage(p: Ints, kind: int, number: int, k: int) -> int:
    """The first stage from `k` on at which mail stops, or the number of stages: the link; `number` 0: mail to many."""
    while k < p[STAGE_COUNT]:
        stage = p[STAGES] + k * T_WIDTH
        if p[stage + T_SERVES + kind] and (number == 0 or takes_mail_of(p, stage, number)):
            break
        k += 1
    return k
