"""`facilitator seats`: the seating plan of a World Café without a workshop, for paper or for another program."""

from __future__ import annotations

import json
import time
from typing import Any

import click

from facilitator.methods.rotation import Impossible, Plan, numbered, plan


class Guests(click.ParamType[tuple[int, ...]]):
    """Numbers of guests, as in 3,17."""

    name = "guest,guest…"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        try:
            guests = tuple(int(number) for number in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} isn't a list of guests such as 3,17", param, ctx)
        if len(set(guests)) < 2:
            self.fail(f"{value!r} names fewer than two guests", param, ctx)
        return guests


@click.command("seats")
@click.option("--guests", type=click.IntRange(1), required=True, help="People in all, hosts among them.")
@click.option("--tables", type=click.IntRange(1), required=True, help="Tables in every round.")
@click.option("--rounds", type=click.IntRange(1), required=True, help="Rounds of conversation.")
@click.option("--hosts", type=click.IntRange(0), default=0, help="Guests 1, 2, … who stay at table 1, 2, …")
@click.option("--apart", type=Guests(), multiple=True, help="Guests who never share a table; may be given again.")
@click.option("--together", type=Guests(), multiple=True, help="Guests who always do; may be given again.")
@click.option("--seed", type=int, default=0, help="Another number, another plan.")
@click.option("--json", "as_json", is_flag=True, help="Print one line for another program.")
def seats_command(seed: int, as_json: bool, **party: Any) -> None:
    """Seat a World Café so that people meet: guests are numbered from 1, hosts first."""
    began = time.perf_counter()
    try:
        made = plan(numbered(**party), seed)
    except Impossible as error:
        raise click.UsageError(str(error)) from error
    seconds = time.perf_counter() - began
    click.echo(_json(made, seconds) if as_json else _readable(made, seconds))


def _json(made: Plan, seconds: float) -> str:
    figures = {"repeats": made.repeats, "bound": made.bound, "seconds": round(seconds, 4)}
    return json.dumps({"rounds": made.rounds, "hosts": made.hosts, **figures})


def _readable(made: Plan, seconds: float) -> str:
    rounds = ["\n".join(_round(made, number)) for number in range(1, len(made.rounds) + 1)]
    return "\n\n".join([*rounds, f"{_certificate(made)}\nFound in {seconds:.2f} s."])


def _round(made: Plan, number: int) -> list[str]:
    widest = len(str(max(made.party.guests))) + 1
    lines = [f"Round {number}"]
    for table, guests in enumerate(made.rounds[number - 1]):
        names = (f"{guest}{'*' if guest == made.party.hosts.get(table) else ''}" for guest in guests)
        lines.append(f"  Table {table + 1:>3}  " + "".join(f"{name:<{widest + 1}}" for name in names).rstrip())
    return lines


def _certificate(made: Plan) -> str:
    proof = made.certificate
    lines = [f"{_number(proof.repeats, 'repeat meeting')}, {_judged(made)}."]
    lines += [f"{proof.forced} of them between guests who are kept together."] if proof.forced else []
    lines += [f"{_number(made.revisits, 'time')} somebody comes to a table again."] if made.revisits else []
    lines += ["* hosts, who stay."] if made.hosts else []
    return "\n".join(lines)


def _judged(made: Plan) -> str:
    proof = made.certificate
    if proof.repeats == proof.floor:
        return "proved best"
    if proof.is_proved_best:
        return "proved best unless more pairs met a third time"
    return (
        f"at least {proof.bound} {'is' if proof.bound == 1 else 'are'} unavoidable"
        if proof.bound
        else "perhaps not best"
    )


def _number(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
