"""Seats by difference matrices: calculated, not searched.

Number the guests (ring i, place j). In round r that guest sits at table j + D[i][r]. Guests of one ring never meet;
those of two rings meet in two rounds r and s only if the rows differ there by the same: D[i][r] - D[k][r] ==
D[i][s] - D[k][s]. A row whose entries are all different visits a new table in every round; a row of zeros stays.

Source: Colbourn & Dinitz, Handbook of Combinatorial Designs (2007), VI.17 (difference matrices).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import combinations
from math import comb

from facilitator.methods.rotation.groups import Add, field, prime_power, remainders

Row = tuple[int, ...]
TRIES = 60
"""Greedy runs for one matrix; each takes some milliseconds."""
BLOCKS = 300
"""Tries for rows beyond T."""
SAMPLE = 1500
"""Rows among which a greedy run chooses."""


@lru_cache(maxsize=256)
def rings(tables: int, rows: int, rounds: int, *, hosted: bool = False) -> tuple[tuple[Row, ...], Add] | None:
    """`rows` rows of a matrix with `rounds` columns, and the addition that goes with it; fewer where no more are known.

    Any two rows agree as rarely as they can. With `hosted` the last row stays. None if the rounds outnumber the tables.
    """
    return _of_a_field(tables, rows, rounds, hosted=hosted) or _of_remainders(tables, rows, rounds, hosted=hosted)


def seated(tables: int, rows: Sequence[Row], add: Add, people: int, r: int) -> list[int]:
    """The table of each of `people` in round r, ring by ring; the last ring may be short."""
    return [add(n % tables, rows[n // tables][r]) for n in range(people)]


def _of_a_field(tables: int, rows: int, rounds: int, *, hosted: bool) -> tuple[tuple[Row, ...], Add] | None:
    """The multiplication table of GF(T); more than T rows are several such tables that agree as rarely as they can."""
    power = prime_power(tables)
    if power is None or rounds > tables:
        return None
    add, multiply = field(*power)
    order = [0, *range(1, tables)] if hosted else [*range(1, tables), 0]
    matrix: list[Row] = [tuple(multiply(i, x) for x in range(rounds)) for i in order[:rows]]
    minus = _differences_of(range(tables), add) if len(matrix) < rows else []
    while len(matrix) < rows:
        blocks = _blocks(order[: rows - len(matrix)], rounds, tables, (add, multiply))
        matrix += min(blocks, key=partial(_unwanted, matrix, minus=minus))
    return tuple(matrix[1:] + matrix[:1] if hosted else matrix), add


def _blocks(factors: list[int], rounds: int, tables: int, arithmetic: tuple[Add, Add]) -> Iterator[list[Row]]:
    """Rows i * x + c: whatever x (all different) and c are, any two rounds are as different as they can be."""
    randomly = random.Random(rounds)  # noqa: S311 - the same plan for the same question, nothing secret
    add, multiply = arithmetic
    for _ in range(BLOCKS):
        columns = randomly.sample(range(tables), rounds)
        shift = [randomly.randrange(tables) for _ in range(rounds)]
        yield [tuple(add(multiply(i, x), c) for x, c in zip(columns, shift, strict=True)) for i in factors]


def _differences_of(elements: range, add: Add) -> list[list[int]]:
    """minus[a][b] = a - b."""
    negative = [next(other for other in elements if add(one, other) == 0) for one in elements]
    return [[add(one, negative[other]) for other in elements] for one in elements]


def _unwanted(matrix: Sequence[Row], block: Sequence[Row], minus: list[list[int]]) -> tuple[int, int]:
    """How often guests of different blocks meet a third time, Σ C(meetings, 3); tables seen again."""
    rows = ((one, other) for one in matrix for other in block)
    apart = ([minus[a][b] for a, b in zip(one, other, strict=True)] for one, other in rows)
    thrice = sum(comb(by_round.count(each), 3) for by_round in apart for each in set(by_round))
    return thrice, sum(len(row) - len(set(row)) for row in block)


def _of_remainders(tables: int, rows: int, rounds: int, *, hosted: bool) -> tuple[tuple[Row, ...], Add] | None:
    """Rows over Z_T that visit a new table in every round; where they aren't enough, the last one stays."""
    if rounds > tables:
        return None
    randomly = random.Random(tables * 100 + rounds)  # noqa: S311 - the same plan for the same question, nothing secret
    wanted, moving = rows - hosted, list[Row]()
    for _ in range(TRIES):
        moving = max(moving, _greedy(tables, wanted, rounds, randomly), key=len)
        if len(moving) == wanted:
            break
    return tuple([*moving, (0,) * rounds][:rows]), remainders(tables)


def _greedy(tables: int, rows: int, rounds: int, randomly: random.Random) -> list[Row]:
    """Rows no two of which have the same difference between the same two rounds."""
    sample = {(0, *randomly.sample(range(1, tables), rounds - 1)) for _ in range(SAMPLE)}
    left = [(row, _differences(row, tables)) for row in sorted(sample)]
    chosen: list[Row] = []
    while left and len(chosen) < rows:
        row, taken = _roomiest(left, randomly)
        chosen.append(row)
        left = [(other, differences) for other, differences in left if not differences & taken]
    return chosen


def _roomiest(left: list[tuple[Row, int]], randomly: random.Random) -> tuple[Row, int]:
    """Of a few rows the one that leaves most others possible."""
    few = randomly.sample(left, min(len(left), 6))
    return max(few, key=lambda one: sum(not one[1] & differences for _, differences in left[:200]))


def _differences(row: Row, tables: int) -> int:
    """A bit for each (two rounds, difference of the row between them)."""
    pairs = combinations(row, 2)
    return sum(1 << (index * tables + (b - a) % tables) for index, (a, b) in enumerate(pairs))
