"""Symmetric positive definite systems, small enough to be solved by hand: one row and column for each judge."""

from __future__ import annotations

from math import log, sqrt
from operator import mul

Matrix = list[list[float]]


def factored(matrix: Matrix) -> Matrix:
    """Cholesky's L with L·Lᵀ = matrix; row k of the triangle has k + 1 numbers."""
    lower: Matrix = []
    for k, row in enumerate(matrix):
        new: list[float] = []
        for j in range(k):
            new.append((row[j] - sum(map(mul, new, lower[j]))) / lower[j][j])
        new.append(sqrt(row[k] - sum(map(mul, new, new))))
        lower.append(new)
    return lower


def solved(lower: Matrix, right: list[float]) -> list[float]:
    """The x with L·Lᵀ·x = right."""
    half: list[float] = []
    for row, value in zip(lower, right, strict=True):
        half.append((value - sum(map(mul, row, half))) / row[-1])
    x = [0.0] * len(half)
    for k in reversed(range(len(half))):
        x[k] = half[k] / lower[k][k]
        for j in range(k):
            half[j] -= lower[k][j] * x[k]
    return x


def log_determinant(lower: Matrix) -> float:
    """The logarithm of the determinant of L·Lᵀ."""
    return 2 * sum(log(row[-1]) for row in lower)
