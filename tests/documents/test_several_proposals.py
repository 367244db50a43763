"""Several proposals of one workshop: on the whole of it, on some themes, on each theme, and all figures are its own."""

import json
import re

import pytest

from facilitator.documents import sheets, topics
from facilitator.documents.models import DONE, Export, Proposal
from facilitator.documents.proposal import gather
from facilitator.documents.writing import pdf
from facilitator.extensions import db
from facilitator.voting.dots import HandCount
from facilitator.workshop.models import Activity


def gathered(app, number):
    with app.app_context():
        return gather(db.session.get_one(Proposal, number), "ABCD3467", "http://hall:8000/c/ABCD3467")


def on_themes(draft, evening, *themes, **fields):
    draft.get(f"/workshops/{evening.workshop.id}/proposals")
    draft.post(f"/workshops/{evening.workshop.id}/proposals/themes", theme=[str(each.id) for each in themes], **fields)
    found = re.fullmatch(r"/proposals/(\d+)", draft.path)
    return int(found[1]) if found else draft.path


@pytest.fixture
def second(app, make, evening):
    """Another board of the same evening with a theme of the same name, voted on idea by idea."""
    board = make.board(evening.workshop, title="再问一次", vote_on="ideas", rounds=1)
    lamps = [make.idea(board, text, evening.people[4]) for text in ("楼道灯", "门口灯")]
    other = make.idea(board, "花坛", evening.people[0])
    light, green = make.theme(board, "亮起来 ", *lamps), make.theme(board, "花园", other)
    for person, idea in ((0, lamps[0]), (0, lamps[1]), (4, lamps[0]), (3, other)):
        make.dot(board, evening.people[person], idea)
    with app.app_context():
        for idea, voters in zip(lamps, (2, 3), strict=True):  # perhaps the same people
            about = {"activity_id": board.id, "round": 1, "source": "paper", "counted_by_id": evening.owner.id}
            db.session.add(HandCount(target=idea.id, dots=voters, voters=voters, **about))
        db.session.get_one(Activity, board.id).state = {"revealed-1": 8}
        db.session.commit()
    return light, green


def test_a_proposal_on_one_theme_counts_that_theme_alone(app, draft, evening, second):
    data = gathered(app, on_themes(draft, evening, evening.light))
    # Of both boards: the themes have one name.
    assert [
        (theme["name"], theme["rank"], theme["dots"], theme["voters"])
        for q in data["questions"]
        for theme in q["themes"]
    ] == [
        ("亮起来", 1, 7, 5),
        ("亮起来 ", 1, 8, 5),
    ]
    assert [(idea["number"], idea["text"]) for idea in data["ideas"]] == [
        ("1-3", "坡道太暗"),
        ("1-4", "路灯朝下照"),
        ("2-1", "楼道灯"),
        ("2-2", "门口灯"),
    ]
    assert data["totals"] == {
        "people": 5,  # who came
        "writers": 2,
        "without_phone": 1,
        "held_back": 0,
        "ideas": 4,
        "themes": 1,
        "dots": 15,
        "voters": 8,  # five phones over both votes, at least three on paper
        "loose": 0,
        "photos": 0,
        "merged": 0,
    }
    assert [question["votes"][-1]["voters"] for question in data["questions"]] == [5, 5]  # as with the theme
    assert [stop["ideas"] for stop in data["stops"]] == [5, 3]  # the agenda stays the meeting's
    assert data["wording"]["title"]["zh"] == "关于共和九村紫竹苑微更新“亮起来”的建议"
    assert data["meta"]["number"].endswith("第2号")


def test_all_themes_together_count_as_the_whole_does(app, draft, evening):
    whole, part = gathered(app, draft.number), gathered(app, on_themes(draft, evening, evening.seats, evening.light))
    assert part["questions"][0]["votes"] == whole["questions"][0]["votes"]
    assert part["questions"][0]["themes"] == whole["questions"][0]["themes"]
    assert {k: v for k, v in whole["totals"].items() if part["totals"][k] != v} == {
        "ideas": 5,
        "writers": 3,
        "held_back": 1,
        "loose": 1,
    }


def test_every_figure_of_a_part_leads_to_evidence_that_adds_up(draft, evening, second):
    number = on_themes(draft, evening, evening.light)
    figures = set()
    for variant in ("zh", "bi", "en"):
        draft.get(f"/proposals/{number}?variant={variant}")
        figures |= set(re.findall(rf'class="figure" href="(/proposals/{number}/evidence/[\w-]+)">(\d+)<', draft.html))
    assert len(figures) > 10
    assert "长凳" not in draft.html
    for address, value in figures:
        draft.get(address)
        assert re.search(r'class="evidence-figure">(\d+)<', draft.html)[1] == value, address
        assert address.endswith("people") or "坐一坐" not in draft.text
    for key in (f"theme-{evening.seats.id}-ideas", f"loose-{evening.board.id}9"):
        assert draft.get(f"/proposals/{number}/evidence/{key}").status == 404


def test_themes_of_one_name_are_one_wherever_themes_are_named(app, draft, evening, second):
    whole = gathered(app, draft.number)
    assert whole["totals"]["themes"] == 3  # 亮起来 in both, 坐一坐, 花园
    told = [(each["name"], each["ideas"], each["people"], each["dots"]) for each in topics.leading(whole)]
    assert told == [("亮起来", 4, 2, 15), ("坐一坐", 2, 2, 1), ("花园", 1, 1, 1)]
    whole["questions"][1]["votes"] = []  # then dots would not be fair to it
    assert not topics.by_dots(whole)

    number = on_themes(draft, evening, evening.light)
    assert draft.get(f"/proposals/{number}?variant=zh").text.count("按所得圆点，居民最关心的是“亮起来”。") == 1
    draft.get(f"/proposals/{draft.number}/evidence/themes")
    assert "亮起来 先改哪里, 再问一次 4" in draft.text
    draft.get(f"/proposals/{draft.number}/evidence/topic-{evening.light.id}-dots")
    assert 'class="evidence-figure">15<' in draft.html
    assert "#2-1 楼道灯 Participant 01 1" in draft.text
    draft.get(f"/workshops/{evening.workshop.id}/proposals/comparison?one={draft.number}&other={number}")
    assert draft.html.count('<th scope="row">亮起来') == 1
    with app.app_context():
        minutes = pdf.html(gathered(app, draft.number), "zh", sheets.Sheet(name="minutes", parts=[]))
        board = pdf.html(gathered(app, draft.number), "zh", sheets.Sheet(name="summary", parts=[]))
    assert minutes.count("<h3 ") == 2
    assert "归为3个主题" in re.sub("<[^>]+>", "", minutes)
    assert board.count('<div class="board-theme">') == 3


def test_a_merged_theme_leads_to_its_heir(app, draft, evening):
    number = on_themes(draft, evening, evening.light)
    draft.post(f"/synthesis/{evening.board.id}/themes/{evening.light.id}/merge", theme=str(evening.seats.id))
    data = gathered(app, number)
    assert (data["meta"]["themes"], data["totals"]["ideas"]) == ([{"name": "坐一坐", "name_en": ""}], 4)
    draft.post(f"/synthesis/{evening.board.id}/themes/{evening.seats.id}/dissolution")
    assert gathered(app, number)["totals"]["ideas"] == 0
    assert "Its themes are gone." in draft.get(f"/workshops/{evening.workshop.id}/proposals").text


def test_one_for_each_theme_in_one_go_and_never_twice(draft, evening, make, database):
    make.theme(evening.board, "空的")
    for _ in range(2):
        assert on_themes(draft, evening, each="1") == f"/workshops/{evening.workshop.id}/proposals"
    assert [each.number for each in database.all(Proposal)] == [1, 2, 3]
    assert draft.text.count("The whole workshop") == 1
    for words in ("关于共和九村紫竹苑微更新“亮起来”的建议", "A proposal for Bamboo Court: “亮起来”"):
        assert (words in draft.text) == words.startswith("A")
    # With several the button leads to the list; on no theme at all there is no proposal.
    draft.post(f"/workshops/{evening.workshop.id}/proposals")
    assert draft.path == f"/workshops/{evening.workshop.id}/proposals"
    assert draft.post(f"/workshops/{evening.workshop.id}/proposals/themes", theme="999").status == 422
    assert "Choose the themes that the proposal is to speak of." in draft.text


def test_a_draft_is_discarded_and_brought_back_a_printed_one_stays(app, draft, evening, database):
    number = on_themes(draft, evening, evening.light)
    listing = f"/workshops/{evening.workshop.id}/proposals"
    draft.get(listing)
    draft.post(f"/proposals/{number}/discard")
    assert draft.get(f"/proposals/{number}").status == 404
    draft.get(listing).send(f"/proposals/{number}/return")
    assert draft.get(f"/proposals/{number}").status == 200
    draft.post(f"/proposals/{number}/discard")
    draft.get(f"/workshops/{evening.workshop.id}/console").press("Undo")
    assert database.all(Proposal, Proposal.id == number)[0].deleted_at is None
    with app.app_context():
        db.session.add(
            Export(proposal_id=number, status=DONE, format="pdf", variant="zh", created_by_id=evening.owner.id)
        )
        db.session.commit()
    assert draft.post(f"/proposals/{number}/discard").status == 409
    assert f"/proposals/{number}/discard" not in draft.get(listing).html


def test_an_idea_tells_of_each_proposal_in_which_it_stands(draft, evening):
    number = on_themes(draft, evening, evening.light)
    assert [drafts_with(draft, idea) for idea in (evening.bench, evening.lamp)] == [1, 2]
    draft.post(f"/proposals/{number}/discard")
    assert drafts_with(draft, evening.lamp) == 1


def drafts_with(desk, idea):
    """How many staff read of on the idea's page."""
    told = desk.get(f"/statements/{idea.id}").text.split("In draft, as no.")[1]
    return told.split("Residents read")[0].count("A proposal for")


def test_the_list_asks_the_same_for_one_as_for_three(draft, evening, queries):
    address = f"/workshops/{evening.workshop.id}/proposals"
    one = queries(lambda: draft.get(address))
    on_themes(draft, evening, each="1")
    assert queries(lambda: draft.get(address)) == one


def test_the_check_page_shows_the_figures_of_the_part(app, draft, evening, visit):
    number = on_themes(draft, evening, evening.light)
    with app.app_context():
        paper = json.loads(json.dumps(gather(db.session.get_one(Proposal, number), "ABCD3467", "")))
        about = {"proposal_id": number, "format": "pdf", "variant": "zh", "created_by_id": evening.owner.id}
        db.session.add(Export(status=DONE, check_code="ABCD3467", snapshot=paper, **about))
        db.session.commit()
    page = visit().get("/c/ABCD3467")
    assert "This paper speaks of “亮起来” alone." in page.text
    assert "坐一坐" not in page.text


def write(draft, number, words):
    draft.get(f"/proposals/{number}")
    for (section, language), text in words.items():
        draft.post(f"/proposals/{number}/wording/{section}/{language}", htmx=True, text=text, version="1")
        assert draft.status == 200


def test_two_are_compared_and_merged_and_nothing_of_them_is_lost(app, draft, evening, database):
    seats, light = on_themes(draft, evening, evening.seats), on_themes(draft, evening, evening.light)
    write(draft, seats, {("advice", "zh"): "先做座椅。", ("advice", "en"): "Seats first.", ("lead", "zh"): "王*"})
    write(draft, light, {("advice", "zh"): "先做路灯。", ("lead", "zh"): "李*", ("dissent", "zh"): "灯别太亮。"})
    for number, rows in ((seats, ["长凳", "验收"]), (light, ["路灯", "验收"])):
        draft.post(f"/proposals/{number}/plan", htmx=True, version="1", what=rows, who=["", ""], when=["", ""])
    chosen = {"proposal": [str(seats), str(light)]}
    address = f"/workshops/{evening.workshop.id}/proposals/chosen"
    draft.get(f"/workshops/{evening.workshop.id}/proposals")
    assert draft.post(address, do="compare", proposal=str(seats)).status == 422
    assert "Choose two proposals to compare." in draft.text
    assert draft.html.count(" checked") == 1
    assert re.search(rf'value="{seats}"\s+checked', draft.html)
    assert draft.html.index('id="chosen"') < draft.html.index('class="drafts"')
    assert draft.get(address).path.endswith("/proposals")
    draft.post(address, do="compare", **chosen)
    for words in ("In both 1 验收", "Only in 〔2026〕第2号 1 长凳", "Ideas in both: 0;", "先做座椅。 先做路灯。"):
        assert "".join(words.split()) in "".join(draft.text.split()), words
    # What both quote: a part and the whole.
    draft.get(f"/workshops/{evening.workshop.id}/proposals/comparison?one={draft.number}&other={light}")
    assert "Ideas in both: 2; only in 〔2026〕第1号: 3; only in 〔2026〕第3号: 0." in " ".join(draft.text.split())

    draft.post(address, do="merge", **chosen)
    made = int(draft.path.rsplit("/", 1)[1])
    data = gathered(app, made)
    assert [theme["name"] for theme in data["meta"]["themes"]] == ["坐一坐", "亮起来"]
    assert data["wording"]["advice"] == {
        "zh": "【出自〔2026〕第2号】\n先做座椅。\n【出自〔2026〕第3号】\n先做路灯。",
        "en": "Seats first.",
    }
    assert data["wording"]["lead"]["zh"] == "王*（〔2026〕第2号）；李*（〔2026〕第3号）"
    assert data["wording"]["dissent"]["zh"] == "灯别太亮。"
    assert data["wording"]["signatures"]["zh"].count("居民代表") == 1
    assert [row["what"] for row in data["plan"]] == ["长凳", "验收", "路灯"]
    assert gathered(app, seats)["wording"]["advice"]["zh"] == "先做座椅。"
    assert drafts_with(draft, evening.bench) == 2  # the whole, the new one
    listing = f"/workshops/{evening.workshop.id}/proposals"
    assert draft.get(listing).text.count("merged into") == 2
    draft.post(f"/proposals/{made}/discard")
    assert "merged into" not in draft.get(listing).text
