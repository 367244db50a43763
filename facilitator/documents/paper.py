"""A proposal as plain data: what the page, the PDF and the data files are all made of.

Everything here is JSON. Nothing reads the database, so the process that sets the PDF needs none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, NotRequired, TypedDict

VARIANTS = ("zh", "bi", "en")
SOURCES = ("phone", "helper", "paper", "hands")
FEW_THEMES = 8
"""Up to so many themes are listed in the table of contents."""


class Name(TypedDict):
    name: str
    name_en: str


class Meta(TypedDict):
    number: str
    workshop: str
    workshop_id: int
    purpose: str
    neighbourhood: str
    neighbourhood_en: str
    project: str
    project_en: str
    place: str
    held_on: str
    """ISO date of the workshop, or empty."""
    made_at: str
    """ISO moment at which the figures were taken."""
    check_code: str
    check_url: str
    is_part: NotRequired[bool]
    """Does it speak of some themes alone? Papers that were made before there were such don't say."""
    themes: NotRequired[list[Name]]
    """Of which."""
    is_made: NotRequired[bool]
    """Was the proposal out as a file already when the figures were taken?"""


class Totals(TypedDict):
    people: int
    """Who joined with a phone."""
    writers: int
    """Of them those whose ideas are counted."""
    without_phone: int
    """Ideas from people without a phone: through a helper, on paper, by hands."""
    held_back: int
    """Ideas that the facilitator didn't let onto the wall; they are not in the paper."""
    ideas: int
    themes: int
    """Those of one name in several activities are one."""
    dots: int
    voters: int
    loose: int
    """Ideas in no theme."""
    photos: int
    merged: NotRequired[int]
    """Ideas that another one stands for in the lists, since both say the same; they are counted like all."""


class Share(TypedDict):
    """What came one way: phone, helper, paper or hands."""

    source: str
    ideas: int
    dots: int


class Stop(TypedDict):
    """One activity of the agenda and what it brought."""

    title: str
    instruction: str
    people: int
    ideas: int
    dots: int


class Idea(TypedDict):
    number: str
    """As on the wall; where several activities each count from 1, with the activity before it: 2-17."""
    text: str
    text_en: str
    person: int
    """The author's number in the workshop; 0 for someone without a phone."""
    name: str
    """Masked (王**), or empty; a full name never enters the paper."""
    source: str
    theme: int | None
    dots: int | None
    """None where dots were given to themes."""
    photo: str
    where: str
    """Where in the room it was said, if the kind of activity knows: 第3桌 · 第2轮."""
    where_en: str
    merged_into: NotRequired[str]
    """Number of the idea that stands for this one in the lists; empty where it stands for itself."""
    also: NotRequired[list[Also]]
    """Those it stands for."""


class Also(TypedDict):
    """An idea that says the same as the one that is printed, and its author."""

    number: str
    person: int
    name: str


class Theme(TypedDict):
    id: int
    name: str
    name_en: str
    colour: int
    ideas: int
    people: int
    dots: int
    voters: int | None
    rank: int
    tied: bool
    quotes: list[str]
    """Numbers of the ideas that are printed with the theme."""


class Vote(TypedDict):
    """One round of dots."""

    number: int
    dots: int
    voters: int


class Shift(TypedDict):
    """One line of two rounds: dots before and after the discussion."""

    name: str
    name_en: str
    colour: int
    before: int
    after: int


class Question(TypedDict):
    """One activity in which people wrote: its themes, its rounds."""

    id: int
    title: str
    instruction: str
    ideas: int
    people: int
    loose: int
    unmarked: int | None
    """Ideas or themes without a dot; None where nothing was voted."""
    votes_on: str
    """themes, ideas, or empty."""
    themes: list[Theme]
    top: list[str]
    """Where there are no themes: the numbers of the ideas that come first."""
    votes: list[Vote]
    shifts: list[Shift]


class Photo(TypedDict):
    file: str
    idea: str
    text: str


class PlanRow(TypedDict):
    what: str
    who: str
    when: str


class Replied(TypedDict):
    """What an office answered, word for word."""

    id: int
    who: str
    decision: str
    """accepted, partly, declined or studied."""
    theme: str
    """Its name; empty where the whole proposal was answered."""
    theme_en: str
    colour: int
    text: str
    text_en: str
    said_on: str


class Passage(TypedDict):
    """Wording as people typed it, in either language."""

    zh: str
    en: str


class Figure(TypedDict):
    key: str
    value: int
    zh: str
    en: str


class Chapter(TypedDict):
    """What one activity tells of itself, shown by its kind's own template (see `workshop/paperwork.py`)."""

    id: int
    """Of the activity."""
    kind: str
    title: str
    title_en: str
    figures: list[Figure]
    photos: list[str]
    content: dict[str, Any]


class Paper(TypedDict):
    meta: Meta
    totals: Totals
    shares: list[Share]
    stops: list[Stop]
    questions: list[Question]
    ideas: list[Idea]
    photos: list[Photo]
    chapters: list[Chapter]
    wording: dict[str, Passage]
    plan: list[PlanRow]
    replies: NotRequired[list[Replied]]
    """A paper that was made before there were any has none."""


class Section(NamedTuple):
    key: str
    number: int
    zh: str
    en: str
    chapter: Chapter | None = None

    @property
    def template(self) -> str:
        if self.chapter:
            return f"activities/{self.chapter['kind']}/print/chapter.html"
        return f"documents/proposal/_{self.key}.html"


SECTIONS = {
    "matter": ("案由", "The matter"),
    "situation": ("现状问题", "What troubles people"),
    "sources": ("居民意见来源", "Where the opinions come from"),
    "themes": ("主题与居民意见", "Themes and what people said"),
    "photos": ("现场照片", "Photos from residents"),
    "advice": ("建议", "What we propose"),
    "plan": ("实施计划", "Plan"),
    "dissent": ("分歧意见", "Where people differ"),
    "replies": ("答复", "Replies"),
    "signatures": ("签名", "Signatures"),
}


def sections(paper: Paper) -> list[Section]:
    """The numbered sections of this paper, without those that have nothing to show."""
    return [section._replace(number=number) for number, section in enumerate(_sections(paper), 1)]


def chapters(paper: Paper) -> list[Chapter]:
    """The kinds' own chapters. A paper that was made before there were any has none."""
    return paper.get("chapters", [])


def _sections(paper: Paper) -> Iterator[Section]:
    for key, titles in SECTIONS.items():
        if key not in ("photos", "replies") or paper.get(key):
            yield Section(key, 0, *titles)
        if key == "themes":
            for each in chapters(paper):
                yield Section(f"chapter-{each['id']}", 0, each["title"], each["title_en"], each)


def themes(paper: Paper) -> Iterator[Theme]:
    for question in paper["questions"]:
        yield from question["themes"]


def photos(paper: Paper) -> list[str]:
    """The names of the files that it shows."""
    return [photo["file"] for photo in paper["photos"]] + [name for each in chapters(paper) for name in each["photos"]]


def by_number(paper: Paper) -> dict[str, Idea]:
    return {idea["number"]: idea for idea in paper["ideas"]}
