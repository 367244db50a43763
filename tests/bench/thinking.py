"""Themes are suggested while the room votes, and ideas are read while they are posted: does anybody wait for it?"""

from __future__ import annotations

import itertools
import time

from tests.bench import residents
from tests.bench.figures import Findings, percentile, spread
from tests.bench.hall import Hall
from tests.bench.phones import Answer, Flow, Pause, Phone, Request
from tests.bench.residents import Sent

WALL = 500
"""Ideas for which themes are suggested."""
SLICES, SECONDS = 8, 2
"""Of voting, each so long, by turns without and with suggestions beside it."""
POSTING = 8
"""Seconds in which they are posted."""
DOTS = 5
TIMES_SLOWER = 1.5
FIRST_MS = 1000
"""The first suggestion, with what was posted already read."""
SETTLED = 3
"""Seconds after which the last idea has been read."""
PLACES = """
电梯口 楼道里 后门 花园 车棚 小广场 公交站旁 菜场门口 活动室 河边 幼儿园门口 三号楼下 北门 垃圾房旁 健身角
"""
MATTERS = """
的灯太暗了 放一张长椅吧 停车太乱 种些花 垃圾没人收 狗粪没人清理 地砖翘起来了 要一个雨棚 夜里太吵 给孩子一块地方玩
装一个扶手 电瓶车乱充电 想办跳蚤市集 墙面该刷了 要有人巡逻 多放两个晾衣架
"""


def texts() -> list[str]:
    """Ideas as a neighbourhood has them, no two the same."""
    every = [f"{place}{matter}" for matter in MATTERS.split() for place in PLACES.split()]
    return every + [f"我觉得{text}" for text in every]


def thinking(made: Hall, found: Findings) -> None:
    made.move("collect")
    posted = _post(made)
    name = "ideas posted while they are read ahead: answer, p95"
    found.add("ahead-posts", name, _ms(posted), "ms", note=spread(posted))
    made.crowd.rest(SETTLED)
    first: list[float] = []
    made.facilitator.do(_asking(made, first, 0))
    made.crowd.run(lambda: first, 60)
    found.add("ahead-first", f"first suggestion for {WALL} ideas", _ms(first), "ms", at_most=FIRST_MS)
    made.move("vote")
    _votes(made, found)


def _votes(made: Hall, found: Findings) -> None:
    """By turns a slice of the dots without and with: what else this machine does troubles both alike."""
    plan, asked = made.choices(DOTS), []
    quiet, beside = [], []
    for number in range(SLICES):
        part = plan[number::SLICES]
        if number % 2:
            made.facilitator.do(_asking(made, asked, time.time() + SECONDS))
        (beside if number % 2 else quiet).extend(_vote(made, part))
        made.crowd.run(lambda: not made.facilitator.is_busy, 60)
    who = f"{len(made.phones):,} phones vote: answer, p95"
    found.add("ahead-without", f"{who}, nothing else", _ms(quiet), "ms", note=spread(quiet))
    found.add("ahead-beside", f"{who}, while themes are suggested", _ms(beside), "ms", note=spread(beside))
    note = f"{len(asked)} of them"
    found.add("ahead-asked", f"suggestions for {WALL} ideas beside it, p95", _ms(asked), "ms", note=note)
    times = percentile(beside, 0.95) / percentile(quiet, 0.95)
    found.add("ahead-times", "while themes are suggested the p95 grows", times, "times", digits=2, at_most=TIMES_SLOWER)


def _post(made: Hall) -> list[float]:
    sent, phones = Sent(), itertools.cycle(made.phones)
    flows = [
        (phone, residents.idea(phone, made.board, residents.new_id(), sent, text))
        for phone, text in zip(phones, texts()[:WALL], strict=False)
    ]
    made.spread(WALL / POSTING, flows)
    made.crowd.run(lambda: sent.answered >= len(flows), 180)
    return sent.seconds


def _vote(made: Hall, plan: list[tuple[Phone, str, str]]) -> list[float]:
    sent = Sent()
    made.vote(plan, len(plan) / SECONDS, sent)
    made.crowd.run(lambda: sent.answered >= len(plan), 180)
    return sent.seconds


def _asking(made: Hall, asked: list[float], until: float) -> Flow:
    """The facilitator asks for themes, finer and coarser, as fast as they come."""
    for grain in itertools.cycle(("usual", "finer", "coarser")):
        answer: Answer = yield Request("GET", f"/synthesis/{made.board}/suggestion?grain={grain}", partial=True)
        if answer.status != 200 or "name-" not in answer.body:
            raise RuntimeError(f"no themes: {answer.status} {answer.body[:500]}")
        asked.append(answer.seconds)
        if time.time() > until:
            return
        yield Pause(0.05)


def _ms(seconds: list[float]) -> float:
    return 1000 * percentile(seconds, 0.95)
