"""The papers of every workshop: the page for the notice board and the short minutes."""

import docx
import page
import pypdf
import pytest
from docx.oxml.ns import qn
from gevent import Timeout, sleep
from lxml import html

from facilitator.documents.models import DONE, FAILED, Export, Proposal
from facilitator.documents.proposal import gather
from facilitator.documents.writing import pdf, word
from facilitator.extensions import db
from tests.documents import sample
from tests.documents.test_pdf import HOSTILE

PATIENCE = 120
STANDARDS = (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A)


def sheet(name):
    return {"name": name, "parts": []}


def printed(data, name, tmp_path, variant="zh"):
    """The words of each page without spaces, once the file was found sound."""
    target = tmp_path / f"{name}-{variant}.pdf"
    report = pdf.write(data, variant, target, tmp_path, sheet=sheet(name))
    for standard in STANDARDS:
        assert page.validate_pdf(str(target), profile=standard).is_compliant
    pages = ["".join(each.extract_text().split()) for each in pypdf.PdfReader(target).pages]
    assert len(pages) == report["pages"]
    return pages


@pytest.fixture
def told(app, evening, draft):
    with app.test_request_context():
        return gather(db.session.get_one(Proposal, draft.number), "ABCD1234", "http://hall.example/c/ABCD1234")


# --- The page for the notice board


def test_the_notice_shows_what_the_database_counts(told, tmp_path):
    [text] = printed(told, "summary", tmp_path)
    for words in ("共创美好社区", "5人参加", "5条意见", "2个主题", "8枚圆点", "亮起来7枚", "坐一坐1枚", "ABCD1234"):
        assert words in text
    assert "坡道太暗" in text or "路灯朝下照" in text
    assert "13812345678" not in text


@pytest.mark.parametrize("variant", ["zh", "bi", "en"])
def test_the_notice_is_one_page_in_each_language(variant, tmp_path):
    [text] = printed(sample.paper(40), "summary", tmp_path, variant)
    names = ("Placestosit", "Agardenthatgrows") if variant == "en" else ("坐一坐", "会长大的花园")
    for words in (*names, "31", "109", "K7QX3MHD", "靠背座椅三组", "楼道口加一张"):
        assert words in text


def test_the_notice_names_the_five_strongest_and_how_many_more_there_are(tmp_path):
    data = sample.paper(40)
    [question] = data["questions"]
    weak = {**question["themes"][0], "dots": 2, "ideas": 1}
    question["themes"] = [{**weak, "id": 20 + n, "name": f"小主题{n}"} for n in range(3)] + question["themes"]
    [text] = printed(data, "summary", tmp_path)
    assert "另有3个主题" in text
    assert "小主题" not in text
    assert text.index("坐一坐") < text.index("会长大的花园") < text.index("听得见的告示")


def test_the_notice_without_themes_quotes_what_came_first(tmp_path):
    data = sample.paper(6)
    [question] = data["questions"]
    question.update(themes=[], top=["2", "3"], votes=[], shifts=[])
    data["totals"].update(dots=0, themes=0)
    data["plan"] = []
    [text] = printed(data, "summary", tmp_path)
    assert "广场的石凳" in text
    assert "建议先做座椅与照明两项" in text
    assert "枚圆点" not in text


@pytest.mark.parametrize(
    ("dots", "shown", "more"),
    [
        ([9, 8, 7, 6, 5, 5, 1], ["一", "二", "三", "四", "五 并列", "六 并列"], "另有1个主题"),
        ([9, 8, 7, 6, 5, 5, 5], ["一", "二", "三", "四"], "另有3个主题"),
        ([3] * 7, [], "7个主题并列，没有分出先后：“一”、“二”、“三”、“四”、“五”、“六”、“七”。"),
    ],
)
def test_the_notice_shows_those_that_are_tied_together_or_not_at_all(dots, shown, more):
    source = pdf.html(sample.tied(dots), "zh", sheet("summary"))
    tree = html.fromstring(source.encode())
    assert [" ".join(each.text_content().split()) for each in tree.xpath("//h3")] == shown
    assert more in "".join(tree.text_content().split())


def test_every_paper_tells_of_a_tie_in_the_same_order():
    data = sample.tied([9, 8, 3, 3, 1])
    minutes, summary, proposal = (
        html.fromstring(pdf.html(data, "zh", of).encode()) for of in (sheet("minutes"), sheet("summary"), None)
    )
    ranks = [[cell.text_content().strip() for cell in row[:2]] for row in minutes.xpath("//tbody/tr")]
    assert ranks == [["1", "一"], ["2", "二"], ["3 =", "三"], ["3 =", "四"], ["5", "五"]]
    on_board = [each.text_content() for each in summary.xpath("//h3/span[1]")]
    assert on_board == [name for _rank, name in ranks]
    assert "按所得圆点，居民最关心的是“一”、“二”，以及并列的“三”、“四”。" in proposal.text_content()
    assert [each.text_content().split("，")[0].strip() for each in proposal.xpath("//*[@class='advice']/p")] == [
        "（一）一",
        "（二）二",
        "（三）三（并列）",
        "（四）四（并列）",
    ]


def test_without_dots_it_is_said_of_what_was_spoken():
    data = sample.tied([0, 0])
    one, two = data["questions"][0]["themes"]
    one["ideas"], two["ideas"] = 1, 4
    assert "居民反映最集中的是“二”、“一”。" in pdf.html(data, "zh")
    assert "People spoke most about “二” and “一”." in pdf.html(data, "en")


# --- The short minutes


@pytest.mark.parametrize("variant", ["zh", "bi", "en"])
def test_minutes_are_short_and_say_what_is_to_be_done(variant, tmp_path):
    pages = printed(sample.paper(40), "minutes", tmp_path, variant)
    text = "".join(pages)
    assert len(pages) <= 2
    opening = "31peoplejoined" if variant == "en" else "31人用手机加入"
    who = "Who:物业服务企业" if variant == "en" else "责任：物业服务企业"
    for words in ("K7QX3MHD", "2027年6月底前", who, *([] if variant == "bi" else [opening])):
        assert words in text


def test_minutes_are_set_closer_where_that_spares_a_page(tmp_path):
    pages = {count: printed(with_plan(count), "minutes", tmp_path) for count in range(1, 12, 2)}
    assert [len(each) for each in pages.values()] == [1, 1, 1, 2, 2, 2]
    for text in (each[-1] for each in pages.values()):
        assert (
            text.index("三位居民认为") < text.index("票数为意向性表达") < text.index("主持人") < text.index("K7QX3MHD")
        )


def with_plan(count):
    data = sample.paper(40)
    data["plan"] = [{"what": f"第{n}件事", "who": "居民委员会、物业", "when": "三月"} for n in range(count)]
    return data


def test_minutes_show_what_the_database_counts(told, tmp_path):
    text = "".join(printed(told, "minutes", tmp_path))
    for words in ("5人用手机加入", "共收到意见5条", "投出圆点8枚", "亮起来", "ABCD1234", "（待填）"):
        assert words in text


def test_minutes_in_word_say_the_same(told, tmp_path):
    word.write(told, "zh", tmp_path / "out.docx", tmp_path, sheet=sheet("minutes"))
    document = docx.Document(tmp_path / "out.docx")
    assert [each.text for each in document.paragraphs if each.style.name == "Heading 1"] == [
        "一、议程",
        "二、居民意见",
        "三、议定事项",
    ]
    [table] = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["名次", "主题", "意见", "圆点", "投票人数"],
        ["1", "亮起来", "2", "7", "5"],
        ["2", "坐一坐", "2", "1", "1"],
    ]
    kept = [each.text for each in document.paragraphs if each._p.pPr.find(qn("w:keepNext")) is not None]
    closing = ["（待填）", "票数为意向性表达，不替代业主表决。", "主持人：", "记录人："]
    assert kept[: len(closing)] == closing
    text = "".join(each.text or "" for each in document.element.body.iter(qn("w:t")))
    assert "共收到意见5条" in text
    assert "ABCD1234" in text


# --- Both


@pytest.mark.parametrize("name", ["summary", "minutes"])
def test_hostile_text_is_only_text(name, tmp_path):
    data = sample.paper(texts=HOSTILE, workshop='<b>Bold & "quoted"</b> {0} %s ' + "长" * 300, place="W" * 400)
    data["plan"] = [{"what": HOSTILE[6], "who": HOSTILE[0], "when": HOSTILE[6]}]
    data["wording"]["dissent"] = {"zh": HOSTILE[0], "en": ""}
    data["questions"][0]["themes"][0].update(name="<i>{x}</i>" + "W" * 200, quotes=["6", "7"])
    pages = printed(data, name, tmp_path)
    assert '<b>Bold&"quoted"</b>{0}%s' in "".join(pages)
    assert name == "minutes" or len(pages) == 1


@pytest.mark.parametrize("name", ["summary", "minutes"])
@pytest.mark.parametrize("variant", ["zh", "bi", "en"])
def test_a_workshop_without_anything_has_them_too(name, variant, tmp_path):
    data = sample.paper(texts=[], held_on="", place="", neighbourhood="", neighbourhood_en="")
    data.update(questions=[], stops=[], plan=[], shares=[])
    data["wording"] = {key: {"zh": "", "en": ""} for key in data["wording"]}
    [text] = printed(data, name, tmp_path, variant)
    assert "共创美好社区" in text


@pytest.mark.parametrize(("document", "kind"), [("summary", "pdf"), ("minutes", "pdf"), ("minutes", "docx")])
def test_they_are_made_by_the_line_of_exports(draft, database, document, kind):
    draft.get(f"/proposals/{draft.number}")
    assert "Short minutes" in draft.text
    fields = {"format": kind, "variant": "zh", "document": document}
    draft.post(f"/proposals/{draft.number}/exports", htmx=True, **fields)
    [made] = database.all(Export)
    with Timeout(PATIENCE):
        while database.get(Export, made.id).status not in (DONE, FAILED):
            sleep(0.05)
    assert (database.get(Export, made.id).status, made.document) == (DONE, document)
    draft.get(f"/exports/{made.id}/file")
    assert f"{document}-zh-{made.check_code}.{kind}" in draft.answer.headers["Content-Disposition"]


def test_the_notice_is_no_word_document(draft, database):
    fields = {"format": "docx", "variant": "zh", "document": "summary"}
    draft.post(f"/proposals/{draft.number}/exports", htmx=True, **fields)
    assert (draft.status, database.count(Export)) == (404, 0)


def test_the_notice_knows_that_the_proposal_is_out_and_what_was_answered(tmp_path):
    data = sample.paper()
    data["plan"], data["wording"]["advice"] = [], {"zh": "", "en": ""}
    data["meta"]["is_made"] = True
    [text] = printed(data, "summary", tmp_path, "bi")
    assert "提案已经写成" in text
    assert "正在整理" not in text
    said = {"id": 1, "colour": 1, "said_on": "2026-12-01", "text": "好", "text_en": "", "theme_en": ""}
    data["replies"] = [{**said, "who": "城建中心" * 9, "decision": "accepted", "theme": "坐一坐" * 9}] * 3
    [text] = printed(data, "summary", tmp_path, "bi")
    assert "已答复" in text
    assert "采纳" in text
    data["wording"]["advice"] = {"zh": "先做座椅。" * 40, "en": "Seats first. " * 40}
    [text] = printed(data, "summary", tmp_path, "bi")
    assert "采纳" in text
    assert "先做座椅" in text
