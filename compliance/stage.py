"""How far a finding is for somebody who counts: four stages that never overlap. Pure."""

from enum import StrEnum

from compliance.finding import IN_PROGRESS, UNDECIDED, UNRESOLVED, State


class Stage(StrEnum):
    """Every finding that is not over is in exactly one, in the order in which people read them."""

    OPEN = "open"
    WAITING = "waiting for a decision"
    FIXING = "being fixed"
    EXCEPTED = "excepted"


#: What lists and counts are about: of a million findings, nearly all are compliant or resolved.
SHOWN = UNRESOLVED | {State.EXCEPTED}

_STAGES = {
    Stage.OPEN: UNDECIDED,
    Stage.WAITING: frozenset({State.APPROVAL_PENDING}),
    Stage.FIXING: IN_PROGRESS,
    Stage.EXCEPTED: frozenset({State.EXCEPTED}),
}
_STAGE_OF = {state: stage for stage, states in _STAGES.items() for state in states}


def stage_of(state: State) -> Stage | None:
    """Return the stage of a finding in *state*, None where it is over."""
    return _STAGE_OF.get(state)


def states_of(stage: Stage) -> frozenset[State]:
    return _STAGES[stage]
