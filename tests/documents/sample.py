"""A proposal as plain data, for the tests that need no database: the evening of 紫竹苑 in small."""

from __future__ import annotations

import itertools
from typing import Any

from facilitator.documents.paper import Idea, Paper, Passage, Question, Replied, Theme
from facilitator.documents.writing.words import han

NAMES = (
    ("坐一坐", "Places to sit"),
    ("安心停车充电", "Safe parking and charging"),
    ("会长大的花园", "A garden that grows"),
    ("亮起来", "Light"),
    ("听得见的告示", "Notices everyone can read"),
)
SAID = (
    (1, "楼道口加一张能坐下换鞋的长凳，最好有扶手，膝盖不好的人站起来要借力。"),
    (1, "广场的石凳冬天冰、夏天烫，换成木条面、有靠背的。"),
    (1, "6号楼到菜场要走八分钟，中间没有一处能歇脚。"),
    (1, "Benches should face each other, so that people talk."),
    (1, "接孩子的老人都站着等，校门口那段墙边能不能放一排折叠座。"),
    (2, "充电棚移到垃圾房旁边的空地，装喷淋和自动断电。"),
    (2, "消防通道画黄线，装一根能放倒的桩，救护车来过一次掉不了头。"),
    (2, "电动车推进电梯太危险，一楼每个单元给两个充电位就够了。"),
    (2, "下雨天充电口没有棚，插头都泡在水里 😰"),
    (2, "Mark two bays for visitors and one for deliveries, please."),
    (3, "给孩子种菜认植物的小园子，一家认领一平方米。"),
    (3, "落叶不要运走，做成堆肥箱自己用。"),
    (3, "紫竹不要再砍了，小区的名字就是它。"),
    (3, "宠物拾便箱和洗手池放在一起，拐角两个就够。"),
    (3, "A rain garden where the puddle always is, behind building 12."),
    (3, "请种一点晚上会香的，桂花、栀子都可以。🌿"),
    (4, "坡道那一段晚上看不清台阶，我妈去年在那里摔了一跤。"),
    (4, "路灯不要太亮，照进二楼卧室睡不着，装低一点、朝下照。"),
    (4, "9号楼后面的监控和灯一起坏了两个月了。"),
    (4, "Motion sensors in the stairwell would save power."),
    (5, "通知字太小，贴得又高，老花眼看不见；能不能念给我们听？"),
    (5, "信箱总被小广告塞满，重要的通知反而漏掉。"),
    (5, "Could we have the notices in English as well? Two families on our floor read no Chinese."),
    (5, "告示栏边上装一块小黑板，谁家要帮忙、谁家有多的菜都写上去。"),
    (0, "别都改成一个样子，留一点旧的砖墙。"),
    (0, "先问问租房子的年轻人，他们晚上十点才回来。"),
)
DOTS = (31, 24, 27, 18, 9)
BEFORE = (22, 30, 21, 19, 11)
SOURCES = ("phone", "phone", "phone", "helper", "phone", "paper", "phone", "hands")
PLAN = (
    ("6号楼至菜场沿线增设有扶手的靠背座椅三组", "居民委员会、社区规划师", "2027年3月底前"),
    ("充电棚迁至垃圾房旁空地，加装喷淋与自动断电", "物业服务企业", "2027年6月底前"),
    ("认领菜园二十格，落叶堆肥箱两只", "紫竹苑花友会", "2027年4月起"),
)
WORDING = {
    "title": ("关于共和九村紫竹苑微更新的建议", "Renewing the Bamboo Court: a proposal"),
    "proposers": ("共和九村居民委员会，紫竹苑居民代表", "Gonghe No. 9 residents’ committee"),
    "lead": ("王*", "Wang"),
    "seconders": ("李*、陈**、赵*", ""),
    "contact": ("居民委员会办公室", "Office of the residents’ committee"),
    "matter": (
        "紫竹苑建成于1994年，六幢楼、三百余户，六十岁以上居民接近四成。院内空地长期用作停车和堆物，能坐、能聊、能种的地方很少。",
        "The court was built in 1994: six buildings, some 300 households. Its open ground is for parking.",
    ),
    "situation": (
        "一是缺少歇脚的地方，老人买菜途中无处可坐。二是电动车充电无棚无喷淋，雨天尤其危险。三是夜间坡道昏暗，去年有人摔倒。",
        "There is nowhere to rest on the way to the market. Charging has neither roof nor sprinkler. The ramp is dark.",
    ),
    "sources": ("", ""),
    "themes": ("", ""),
    "advice": (
        "建议先做座椅与照明两项，花费小、见效快；充电棚迁移须会同消防部门现场确认后实施；菜园由居民自行认领、自行养护，每季度公布一次情况。",
        "Seats and light come first: they cost little and show at once.",
    ),
    "plan": ("", ""),
    "dissent": (
        "三位居民认为停车位已经不足，不同意再减少。另有居民担心菜园无人打理，要求先试一年。",
        "Three residents think that parking is scarce already and don’t want to lose any.",
    ),
    "signatures": (
        "居民代表\n居民委员会\n社区规划师\n物业服务企业",
        "Residents’ representative\nResidents’ committee\nCommunity planner\nProperty management",
    ),
}
REPLIES: list[Replied] = [
    {
        "id": number,
        "who": who,
        "decision": decision,
        "theme": theme,
        "theme_en": theme_en,
        "colour": colour,
        "text": text,
        "text_en": text_en,
        "said_on": "2026-12-01",
    }
    for number, (who, decision, theme, theme_en, colour, text, text_en) in enumerate(
        (
            (
                "高境镇城建中心",
                "partly",
                "坐一坐",
                "Places to sit",
                1,
                "先装三组有扶手的靠背座椅。\n石凳与大修一并考虑。",
                "Three benches first.\nThe stone seats wait for the general repair.",
            ),
            ("共和九村居民委员会", "studied", "", "", 0, "十二月的联席会逐条讨论。", ""),
        ),
        1,
    )
]


def paper(count: int = 60, texts: list[str] | None = None, **meta: Any) -> Paper:
    """A paper with that many ideas, or with exactly these texts."""
    ideas = _ideas(count) if texts is None else [_idea(n, 1, text) for n, text in enumerate(texts, 1)]
    themes = _themes(ideas)
    question = Question(
        id=1,
        title="紫竹苑，你最想先改哪里？",
        instruction="一条一个想法，越具体越好。",
        ideas=len(ideas),
        people=29,
        loose=sum(idea["theme"] is None for idea in ideas),
        unmarked=0,
        votes_on="themes",
        themes=themes,
        top=[],
        votes=[{"number": 1, "dots": sum(BEFORE), "voters": 28}, {"number": 2, "dots": sum(DOTS), "voters": 30}],
        shifts=[
            {
                "name": theme["name"],
                "name_en": theme["name_en"],
                "colour": theme["colour"],
                "before": BEFORE[theme["id"] - 1],
                "after": theme["dots"],
            }
            for theme in themes
        ],
    )
    return Paper(
        meta={
            "number": "〔2026〕第7号",
            "workshop": "共和九村紫竹苑微更新 · 共创美好社区",
            "workshop_id": 1,
            "purpose": "一起决定先改哪里",
            "neighbourhood": "共和九村",
            "neighbourhood_en": "Gonghe No. 9 Village",
            "project": "紫竹苑微更新",
            "project_en": "Bamboo Court renewal",
            "place": "共和九村居民活动室",
            "held_on": "2026-11-21",
            "made_at": "2026-11-23T20:15:00+08:00",
            "check_code": "K7QX3MHD",
            "check_url": "http://192.168.1.20:8000/c/K7QX3MHD",
            **meta,
        },
        totals={
            "people": 31,
            "writers": 27,
            "without_phone": sum(idea["source"] != "phone" for idea in ideas),
            "held_back": 1,
            "ideas": len(ideas),
            "themes": len(themes),
            "dots": sum(DOTS),
            "voters": 30,
            "loose": question["loose"],
            "photos": 0,
        },
        shares=[
            {"source": key, "ideas": sum(idea["source"] == key for idea in ideas), "dots": 0}
            for key in ("phone", "helper", "paper", "hands")
        ],
        stops=[
            {
                "title": "说说身边的烦心事",
                "instruction": "一条一个想法，写在手机上或纸卡上。",
                "people": 29,
                "ideas": len(ideas),
                "dots": 0,
            },
            {
                "title": "圆点投票",
                "instruction": "每人五枚圆点，同一主题最多两枚。",
                "people": 30,
                "ideas": 0,
                "dots": sum(DOTS),
            },
        ],
        questions=[question],
        ideas=ideas,
        photos=[],
        chapters=[],
        wording={key: Passage(zh=zh, en=en) for key, (zh, en) in WORDING.items()},
        plan=[{"what": what, "who": who, "when": when} for what, who, when in PLAN],
    )


def tied(dots: list[int], **meta: Any) -> Paper:
    """A paper whose themes 一, 二, … got these dots, each from as many people."""
    data = paper(26, **meta)
    [question] = data["questions"]
    first = question["themes"][0]
    question["themes"] = [
        {
            **first,
            "id": number,
            "name": han(number),
            "name_en": "",
            "dots": value,
            "voters": value,
            "rank": 1 + sum(other > value for other in dots),
            "tied": dots.count(value) > 1,
        }
        for number, value in enumerate(dots, 1)
    ]
    question.update(shifts=[], votes=[{"number": 1, "dots": sum(dots), "voters": 9}])
    data["totals"].update(themes=len(dots), dots=sum(dots))
    return data


def _ideas(count: int) -> list[Idea]:
    said = itertools.cycle(SAID)
    return [_idea(number, *next(said)) for number in range(1, count + 1)]


def _idea(number: int, theme: int, text: str) -> Idea:
    return {
        "number": str(number),
        "text": text,
        "text_en": "",
        "person": number % 29 + 1,
        "name": "王*" if number % 9 == 0 else "",
        "source": SOURCES[number % len(SOURCES)],
        "theme": theme or None,
        "dots": None,
        "photo": "",
        "where": "",
        "where_en": "",
    }


def _themes(ideas: list[Idea]) -> list[Theme]:
    order = sorted(range(1, 6), key=lambda each: -DOTS[each - 1])
    return [_theme(each, rank, [idea for idea in ideas if idea["theme"] == each]) for rank, each in enumerate(order, 1)]


def _theme(number: int, rank: int, ideas: list[Idea]) -> Theme:
    name, name_en = NAMES[number - 1]
    return {
        "id": number,
        "name": name,
        "name_en": name_en,
        "colour": number,
        "ideas": len(ideas),
        "people": len({idea["person"] for idea in ideas}),
        "dots": DOTS[number - 1],
        "voters": DOTS[number - 1] * 2 // 3,
        "rank": rank,
        "tied": False,
        "quotes": [idea["number"] for idea in ideas[:4]],
    }
