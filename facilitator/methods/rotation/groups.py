"""Numbers to calculate with: the field of q elements, and the remainders modulo n.

Source: Lidl & Niederreiter, Introduction to Finite Fields (1994), chapters 1 and 2.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import product

Add = Callable[[int, int], int]


def prime_power(order: int) -> tuple[int, int] | None:
    """(p, k) with p ** k == order and p prime; None if there is none."""
    prime = next((number for number in range(2, order + 1) if order % number == 0), 0)
    exponent = 0
    while prime and order % prime == 0:
        order, exponent = order // prime, exponent + 1
    return (prime, exponent) if prime and order == 1 else None


def remainders(order: int) -> Add:
    """Addition in Z_n."""
    return lambda one, other: (one + other) % order


@lru_cache(maxsize=64)
def field(prime: int, exponent: int) -> tuple[Add, Add]:
    """Addition and multiplication in GF(p ** k); an element is a number whose digits to base p are its coefficients."""
    powers = _powers(prime, exponent)
    logarithm = {element: index for index, element in enumerate(powers)}

    def add(one: int, other: int) -> int:
        return _number([(a + b) % prime for a, b in zip(digits(one), digits(other), strict=True)], prime)

    def digits(element: int) -> list[int]:
        return [element // prime**place % prime for place in range(exponent)]

    def multiply(one: int, other: int) -> int:
        return powers[(logarithm[one] + logarithm[other]) % len(powers)] if one and other else 0

    return add, multiply


def _powers(prime: int, exponent: int) -> list[int]:
    """1, x, x², …: all elements but 0, of the first polynomial whose root x is primitive."""
    for low in product(range(prime), repeat=exponent):
        powers = _powers_of_x(low, prime)
        if len(powers) == prime**exponent - 1:
            return powers
    raise AssertionError("every finite field has a primitive polynomial")


def _powers_of_x(low: tuple[int, ...], prime: int) -> list[int]:
    """Powers of x modulo x ** k - low(x), until one comes again."""
    element, powers = [1] + [0] * (len(low) - 1), dict[int, None]()
    while (number := _number(element, prime)) not in powers and number:
        powers[number] = None
        carry = element[-1]
        element = [(shifted + carry * digit) % prime for shifted, digit in zip([0, *element[:-1]], low, strict=True)]
    return list(powers)


def _number(digits: list[int], prime: int) -> int:
    return sum(digit * prime**place for place, digit in enumerate(digits))
