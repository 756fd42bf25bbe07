"""Choices among arcs or exchanges as integer programs, solved by HiGHS one measure after the other.

Huangfu and Hall, Parallelizing the dual revised simplex method (2018). One thread and one seed: the same input gives
the same plan, unless the time ran out.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csc_array, hstack, vstack

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
PEOPLE = "people"


@dataclass(frozen=True)
class Choices:
    """What can be chosen (columns, yes or no), within which limits, and how good it is.

    `serves[p, c]` is 1 where choosing c gives person p something. `kinds` are rows of which at most 1 is chosen, one
    for each of `kind_keys`. `measures` are whole numbers.
    """

    limits: csc_array
    lower: Floats
    upper: Floats
    kinds: csc_array
    kind_keys: list[tuple[int, str]]
    serves: csc_array
    measures: Mapping[str, Ints]

    @property
    def count(self) -> int:
        return int(self.limits.shape[1])


@dataclass(frozen=True)
class Solution:
    """`chosen` columns; for each measure its value and a bound. The bound of a later one holds given those before."""

    chosen: Bools
    values: dict[str, int]
    bounds: dict[str, int]


@dataclass(frozen=True)
class Prices:
    """Duals of the relaxation, all at least 0: of the limits, of the people, of the kinds."""

    limits: Floats
    people: Floats
    kinds: Floats


def rows_of(keys: Ints, columns: Ints, shape: tuple[int, int]) -> csc_array:
    """A matrix with 1 at each (row, column); twice there is 2."""
    return coo_array((np.ones(len(keys)), (keys, columns)), shape=shape).tocsc()


def lexicographic(
    choices: Choices, order: Sequence[str], deadline: float, *, start: Bools, known: Mapping[str, int]
) -> Solution:
    """The best by the first measure, among those the best by the second, and so on, until the deadline (monotonic).

    `start` is a choice that fits; it stays where the time runs out. `known` bounds spare a search that they decide.
    """
    values: dict[str, int] = {}
    bounds: dict[str, int] = {}
    chosen = start
    for measure in order:
        if value_of(choices, measure, chosen) == known.get(measure):
            bounds[measure] = known[measure]
        else:
            chosen, bounds[measure] = search(choices, measure, values, deadline - time.monotonic(), chosen)
        values[measure] = value_of(choices, measure, chosen)
    return Solution(chosen, values, bounds)


def value_of(choices: Choices, measure: str, chosen: Bools) -> int:
    if measure == PEOPLE:
        return int(np.count_nonzero(choices.serves @ chosen.astype(float)))
    return int(choices.measures[measure][chosen].sum())


def search(
    choices: Choices, measure: str, at_least: Mapping[str, int], seconds: float, start: Bools
) -> tuple[Bools, int]:
    """The best choice by one measure that keeps to the values of others, or what was found in time, and a bound.

    A person is served (a column of their own, at most 1) only where something chosen serves them.
    """
    goal = objective_of(choices, {measure: 1})
    if seconds <= 0:
        return start, int(np.maximum(goal, 0).sum())
    kept = [objective_of(choices, {name: 1}) for name in at_least]
    matrix, lower, upper = constraints(choices)
    matrix = vstack([matrix, *(csc_array(row[None, :]) for row in kept)]).tocsc()
    lower = np.concatenate([lower, np.array([*at_least.values()], dtype=float)])
    upper = np.concatenate([upper, np.full(len(kept), np.inf)])
    solver = highs(matrix, lower, upper, goal, integers=choices.count)
    begin = highspy.HighsSolution()
    begin.col_value = np.concatenate([start, choices.serves @ start.astype(float) > 0]).astype(float).tolist()
    solver.setSolution(begin)
    run(solver, seconds)
    if not is_its_own_value(solver, goal):
        left = max(0.0, seconds - solver.getRunTime())
        solver = highs(matrix, lower, upper, goal, integers=choices.count)
        run(solver, left)
    info = solver.getInfo()
    bound = info.mip_dual_bound
    limit = int(np.floor(bound + 1e-4)) if np.isfinite(bound) else int(np.maximum(goal, 0).sum())
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return start, limit
    return np.asarray(solver.getSolution().col_value)[: choices.count] > 0.5, limit


def run(solver: "QuietHighs", seconds: float) -> None:
    solver.setOptionValue("time_limit", seconds)
    solver.run()


def is_its_own_value(solver: "QuietHighs", goal: Floats) -> bool:
    """Whether the value that HiGHS states is that of its solution.

    HiGHS 1.16 finds better ones in rounds that presolve shrinks to nearly nothing, states their value and returns the
    start; without a start it returns what it found.
    """
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return True
    return abs(float(goal @ np.array(solver.getSolution().col_value)) - info.objective_function_value) < 0.5


def relaxation(choices: Choices, weights: Mapping[str, int]) -> Prices:
    """Duals of the linear relaxation for a weighted sum of the measures."""
    matrix, lower, upper = constraints(choices)
    solver = highs(matrix, lower, upper, objective_of(choices, weights), integers=0)
    solver.run()
    duals = np.abs(np.array(solver.getSolution().row_dual))
    rows, people = choices.limits.shape[0], choices.serves.shape[0]
    return Prices(limits=duals[:rows], people=duals[rows : rows + people], kinds=duals[rows + people :])


def objective_of(choices: Choices, weights: Mapping[str, int]) -> Floats:
    """What each choice counts, then what each person counts who is served."""
    people = np.full(choices.serves.shape[0], float(weights.get(PEOPLE, 0)))
    total = np.zeros(choices.count)
    for name, weight in weights.items():
        if name != PEOPLE:
            total += weight * choices.measures[name]
    return np.concatenate([total, people])


def constraints(choices: Choices) -> tuple[csc_array, Floats, Floats]:
    """Limits, then "served only by something chosen" for each person, then one of a kind."""
    people = choices.serves.shape[0]
    served = csc_array(coo_array((np.ones(people), (np.arange(people), np.arange(people))), shape=(people, people)))
    blocks = [
        hstack([choices.limits, csc_array((choices.limits.shape[0], people))]),
        hstack([-choices.serves, served]),
        hstack([choices.kinds, csc_array((choices.kinds.shape[0], people))]),
    ]
    free, one = np.full(people + choices.kinds.shape[0], -np.inf), np.ones(choices.kinds.shape[0])
    lower = np.concatenate([choices.lower, free])
    upper = np.concatenate([choices.upper, np.zeros(people), one])
    return vstack(blocks).tocsc(), lower, upper


class QuietHighs(highspy.Highs):
    """Writes nothing to stdout. highspy prints a line when it enables callbacks, before any option can be set."""

    def enableCallbacks(self) -> None:  # noqa: N802 - the name is highspy's
        self.silent()
        super().enableCallbacks()


def highs(matrix: csc_array, lower: Floats, upper: Floats, objective: Floats, *, integers: int) -> QuietHighs:
    """A maximisation over columns between 0 and 1, the first of which are whole."""
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = matrix.shape
    program.sense_ = highspy.ObjSense.kMaximize
    program.col_cost_ = objective
    program.col_lower_, program.col_upper_ = np.zeros(len(objective)), np.ones(len(objective))
    program.row_lower_, program.row_upper_ = lower, upper
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = matrix.indptr
    program.a_matrix_.index_ = matrix.indices
    program.a_matrix_.value_ = matrix.data
    if integers:
        whole, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        program.integrality_ = [whole] * integers + [real] * (len(objective) - integers)
    solver = QuietHighs()
    options = {"output_flag": False, "threads": 1, "random_seed": 0, "mip_rel_gap": 0.0, "mip_abs_gap": 0.9}
    for name, value in options.items():
        solver.setOptionValue(name, value)
    solver.passModel(program)
    return solver
