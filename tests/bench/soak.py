"""A long evening: does the server's memory stay flat while people write, vote, leave, sleep and come back?

Every sample goes to a file at once, and the summary is printed also when somebody stops the run.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from tests.bench import residents
from tests.bench.hall import Hall, Spent, hall, scene_spread
from tests.bench.phones import Phone
from tests.bench.residents import Sent

ACT_EVERY = 25.0  # seconds between two things that one person does, on average
LOSE_EVERY = 300.0  # seconds until a phone's connection breaks, on average
SLEEP_EVERY = 600.0  # seconds until a phone goes to sleep, on average
SLEEP = (30.0, 150.0)  # seconds
MOVE_EVERY = 180.0  # seconds between two moves of the room
SAMPLE_EVERY = 10.0  # seconds
WRITERS = 100  # phones that post ideas: the wall stays as long as a wall is
BUDGET = 5
WARM_UP = 0.2  # share of the run that says nothing about growth: caches fill
FLAT = 3.0  # percent an hour


@dataclass(frozen=True)
class Sample:
    seconds: float
    memory_kb: float
    server_percent: float
    client_percent: float
    connected: int
    open_files: int
    acknowledged: int
    returned: int
    patches: int


@dataclass(frozen=True)
class Summary:
    """What the samples say."""

    phones: int
    minutes: float
    first_mb: float
    last_mb: float
    mb_an_hour: float
    percent_an_hour: float
    server_percent: float
    acknowledged: int
    returned: int
    patches: int
    lost: int
    doubled: int
    is_flat: bool

    def lines(self) -> list[str]:
        verdict = "flat" if self.is_flat else "NOT FLAT"
        return [
            f"{self.phones} phones, {self.minutes:.1f} minutes; server {self.server_percent:.0f} % of one core",
            f"{self.acknowledged} writes acknowledged, {self.returned} returns, {self.patches} patches",
            f"memory after the warm-up {self.first_mb:.1f} MB, at the end {self.last_mb:.1f} MB",
            f"slope {self.mb_an_hour:+.2f} MB an hour, {self.percent_an_hour:+.1f} %: {verdict} (below {FLAT:.0f} is)",
            f"lost {self.lost}, doubled {self.doubled}",
        ]


class Resident:
    """One person and phone: acts, loses the connection, sleeps, wakes."""

    def __init__(self, evening: Evening, phone: Phone) -> None:
        self._evening = evening
        self._phone = phone
        self._crowd = phone.crowd
        self._random = evening.hall.random
        self._sleeps = False
        self._mine: list[str] = []
        self._dots: list[str] = []
        phone.returns = True
        phone.on_return = self._returned
        for every, action in ((ACT_EVERY, self._act), (LOSE_EVERY, self._lose), (SLEEP_EVERY, self._sleep)):
            self._after(every, action)

    def ask_scene(self) -> None:
        if not self._sleeps:
            self._phone.do(residents.scene(self._phone, self._evening.hall.moved))

    def forget_dots(self) -> None:
        self._dots = []

    def _after(self, every: float, action: Callable[[], None]) -> None:
        """Again and again, as chance has it."""

        def go() -> None:
            action()
            self._after(every, action)

        self._crowd.later(self._random.expovariate(1 / every), go)

    def _act(self) -> None:
        if self._sleeps or self._phone.is_busy:
            return
        if self._evening.step == "vote":
            self._vote()
        elif self._phone.number <= WRITERS:
            self._write()

    def _write(self) -> None:
        evening, number = self._evening, residents.new_id()
        if self._mine:
            gone = self._mine.pop()
            self._phone.do(residents.unsaid(self._phone, evening.hall.board, gone, evening.unsaid))
        else:
            self._mine.append(number)
            self._phone.do(residents.idea(self._phone, evening.hall.board, number, evening.ideas))

    def _vote(self) -> None:
        evening, number = self._evening, residents.new_id()
        if len(self._dots) < BUDGET and evening.wall:
            target = self._random.choice(evening.wall)
            self._dots.append(number)
            self._phone.do(residents.dot(self._phone, evening.hall.board, number, target, evening.dots))
        elif self._dots:
            gone = self._dots.pop(0)
            self._phone.do(residents.dot_back(self._phone, evening.hall.board, gone, evening.dots_back))

    def _lose(self) -> None:
        """The connection breaks, and the phone's script brings it back."""
        if self._phone.is_in:
            self._phone.hang_up()
            self._phone.disconnected()

    def _sleep(self) -> None:
        if self._sleeps or self._phone.is_busy:
            return
        self._sleeps = True
        self._phone.returns = False
        self._phone.close()
        self._crowd.later(self._random.uniform(*SLEEP), self._wake)

    def _wake(self) -> None:
        self._sleeps = False
        self._phone.returns = True
        self._phone.connect()
        self._phone.do(residents.catch_up(self._phone))

    def _returned(self, _phone: Phone) -> None:
        self._evening.returned += 1
        self.ask_scene()


class Evening:
    def __init__(self, made: Hall, phones: int, samples: Path) -> None:
        self.hall = made
        self.step = ""
        self.wall: list[str] = []
        self.returned = 0
        self.ideas, self.unsaid, self.dots, self.dots_back = Sent(), Sent(), Sent(), Sent()
        made.show()
        made.join(phones)
        self._samples: list[Sample] = []
        self._began = time.time()
        self._spent = Spent(made.product)
        self._file = samples.open("w", newline="", buffering=1)
        self._writer = csv.writer(self._file)
        self._writer.writerow([field.name for field in fields(Sample)])
        self._people = [Resident(self, phone) for phone in made.phones]
        for screen in (made.facilitator, made.projector):
            screen.returns = True

    def run(self, minutes: float) -> None:
        """Live through so many minutes; SIGINT and SIGTERM end them early."""
        self._move()
        self._sample()
        self.hall.crowd.rest(60 * minutes)

    def close(self) -> Summary | None:
        """What was found; None when it was over too soon to say anything."""
        self._file.close()
        late = self._samples[int(WARM_UP * len(self._samples)) :]
        if len(late) < 3:
            return None
        slope = 3600 * _slope([(each.seconds, each.memory_kb / 1000) for each in late])
        percent, last = 100 * slope * 1000 / late[0].memory_kb, late[-1]
        lost, doubled = self._compare()
        return Summary(
            phones=len(self._people),
            minutes=last.seconds / 60,
            first_mb=late[0].memory_kb / 1000,
            last_mb=last.memory_kb / 1000,
            mb_an_hour=slope,
            percent_an_hour=percent,
            server_percent=sum(each.server_percent for each in late) / len(late),
            acknowledged=last.acknowledged,
            returned=last.returned,
            patches=last.patches,
            lost=lost,
            doubled=doubled,
            is_flat=percent < FLAT,
        )

    def _move(self) -> None:
        """Back and forth between writing and voting."""
        self.step = "vote" if self.step == "collect" else "collect"
        self.hall.facilitator.move(f"{self.hall.board}-{self.step}")
        self.wall = self.hall.ideas()
        for person in self._people:
            self.hall.crowd.later(self.hall.random.uniform(0, scene_spread(len(self._people))), person.ask_scene)
        self.hall.crowd.later(MOVE_EVERY, self._move)

    def _sample(self) -> None:
        product, crowd = self.hall.product, self.hall.crowd
        spent, self._spent = self._spent.stop(), Spent(product)
        sample = Sample(
            seconds=round(time.time() - self._began, 1),
            memory_kb=product.memory(),
            server_percent=round(spent.server_share, 1),
            client_percent=round(spent.client_share, 1),
            connected=sum(phone.is_in for phone in self.hall.phones),
            open_files=product.files(),
            acknowledged=sum(len(sent.taken) for sent in self._sent),
            returned=self.returned,
            patches=crowd.patches,
        )
        self._samples.append(sample)
        self._writer.writerow(asdict(sample).values())
        crowd.later(SAMPLE_EVERY, self._sample)

    @property
    def _sent(self) -> list[Sent]:
        return [self.ideas, self.unsaid, self.dots, self.dots_back]

    def _compare(self) -> tuple[int, int]:
        """(acknowledged but not in the database, in the database more than once or never sent)."""
        product = self.hall.product
        kept = [row[0] for table in ("statement", "dot") for row in product.rows(f"SELECT id FROM {table}")]
        sent = self.ideas.at.keys() | self.dots.at.keys()
        lost = (self.ideas.taken | self.dots.taken) - set(kept)
        return len(lost), len(kept) - len(set(kept) & sent)


def _slope(points: list[tuple[float, float]]) -> float:
    """Of the straight line through the points, by least squares."""
    middle_x = sum(x for x, _y in points) / len(points)
    middle_y = sum(y for _x, y in points) / len(points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / sum((x - middle_x) ** 2 for x, _y in points)


def soak(minutes: float, phones: int, samples: Path, wrong: list[str]) -> Summary | None:
    """Run it; gives what was found, also when it was interrupted. `wrong` gets what broke."""
    samples.parent.mkdir(parents=True, exist_ok=True)
    with hall(wrong) as made:
        evening = Evening(made, phones, samples)
        try:
            evening.run(minutes)
        except KeyboardInterrupt:
            print("Interrupted.", flush=True)
        return evening.close()
