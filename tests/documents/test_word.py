"""The proposal as Word: opened again, it says what the PDF says, and any text gives a file that opens."""

import re
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from lxml import etree
from PIL import Image

from facilitator.documents import paper
from facilitator.documents.models import Proposal
from facilitator.documents.proposal import gather
from facilitator.documents.writing import word
from facilitator.extensions import db
from tests.documents import sample
from tests.documents.test_pdf import HOSTILE

HEADINGS = {
    "zh": ["一、案由", "二、现状问题", "三、居民意见来源", "四、主题与居民意见", "五、现场照片"],
    "bi": ["一、案由The matter", "二、现状问题What troubles people"],
    "en": ["1 The matter", "2 What troubles people", "3 Where the opinions come from"],
}


def made(data, variant, tmp_path):
    """The document, opened again; its file; what was told on the way."""
    for photo in paper.photos(data):
        Image.new("RGB", (320, 240), "#7a9a6a").save(tmp_path / photo)
    target, heard = tmp_path / f"{variant}.docx", []
    report = word.write(data, variant, target, tmp_path, heard.append)
    assert report["bytes"] == target.stat().st_size
    return docx.Document(target), target, heard


@pytest.fixture(scope="module", params=["zh", "bi", "en"])
def proposal(request, tmp_path_factory):
    data = sample.paper(26)
    data["photos"] = [{"file": "wall.jpg", "idea": "3", "text": data["ideas"][2]["text"]}]
    return request.param, data, *made(data, request.param, tmp_path_factory.mktemp(request.param))


def text_of(document):
    """Every word, in tables too, without spaces."""
    words = (each.text or "" for each in document.element.body.iter(qn("w:t")))
    return "".join("".join(words).split())


def headings(document, level):
    return [each.text for each in document.paragraphs if each.style.name == f"Heading {level}"]


def cells(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def parts(target):
    with zipfile.ZipFile(target) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def test_its_sections_are_headings(proposal):
    variant, _data, document, *_rest = proposal
    assert headings(document, 1)[: len(HEADINGS[variant])] == HEADINGS[variant]
    assert len(headings(document, 1)) == 10
    assert len(headings(document, 2)) == 5  # the themes
    title = next(each.text for each in document.paragraphs if each.style.name == "Title")
    assert title.startswith("Renewing" if variant == "en" else "关于共和九村")


def test_it_holds_every_idea_and_every_figure(proposal):
    variant, data, document, *_rest = proposal
    text = text_of(document)
    expected = (
        ["31peoplejoinedwiththeirphones", "theroomgave26ideas", "109dots", "〔2026〕第7号"]
        if variant == "en"
        else ["31人用手机加入", "共收到意见26条", "归为5个主题", "投出圆点109枚", "不替代业主表决", "第一轮103枚"]
    )
    assert [words for words in [*expected, "K7QX3MHD"] if words not in text] == []
    ideas = ["".join(idea["text"].split()) for idea in data["ideas"]]
    assert [idea for idea in ideas if idea not in text] == []


def test_tables_are_tables(proposal):
    variant, data, document, *_rest = proposal
    glance, who, agenda, plan = document.tables
    assert [cell.split()[0] for cell in cells(glance)[0]] == ["31", "26", "5", "109"]
    assert cells(who)[0][1] == "〔2026〕第7号"
    assert [row[0] for row in cells(agenda)[1:]] == [stop["title"] for stop in data["stops"]]
    assert [row[2:] for row in cells(agenda)[1:]] == [["29", "26", "—"], ["30", "—", "109"]]
    assert [row[1:] for row in cells(plan)[1:]] == [list(row) for row in sample.PLAN]
    if variant == "zh":
        assert cells(plan)[0] == ["序号", "事项", "责任单位（人）", "时限"]
    for table in document.tables:
        widths = [int(each.get(qn("w:w"))) for each in table._tbl.iter(qn("w:gridCol"))]
        assert sum(widths) <= Mm(156).twips
    assert all(table._tbl.findall(f".//{qn('w:tblHeader')}") for table in (agenda, plan))


def test_what_belongs_together_stays_on_one_page(proposal):
    _variant, _data, document, *_rest = proposal
    lines = document.element.body.xpath(".//w:p[not(ancestor::w:tbl)]")
    kept = [style_of(document, line) for line in lines if keeps(document, line)]
    alone = [style_of(document, line) for line in lines if not keeps(document, line)]
    together = {"Heading 1", "Heading 2", "Counts", "Quote", "Table Title", "No Spacing"}
    assert together <= set(kept)
    assert not together & set(alone)
    for table in document.tables[2:]:
        rows = [[keeps(document, line) for line in row._tr.iter(qn("w:p"))] for row in table.rows]
        assert [all(row) for row in rows] == [True] * (len(rows) - 1) + [False]


def style_of(document, line):
    return next(each.name for each in document.styles if each.style_id == line.pPr.pStyle.val)


def keeps(document, line):
    style = next(each for each in document.styles if each.style_id == line.pPr.pStyle.val)
    return line.pPr.find(qn("w:keepNext")) is not None or bool(style.paragraph_format.keep_with_next)


def test_charts_photo_and_code_are_pictures_with_words(proposal):
    variant, _data, document, *_rest = proposal
    about = [each.get("descr") for each in document.element.body.iter(qn("wp:docPr"))]
    assert len(about) == len(document.inline_shapes) == 5
    assert all(about)
    assert about[3] == ("Photo with idea 3" if variant == "en" else "意见3所附照片")
    assert all(0 < shape.width <= Mm(156) for shape in document.inline_shapes)
    assert [round(shape.width / shape.height, 1) for shape in document.inline_shapes] == [10.6, 3.5, 3.2, 1.3, 1.0]


def test_the_page_is_that_of_official_documents(proposal):
    _variant, _data, document, *_rest = proposal
    section = document.sections[0]
    wide = section.page_width - section.left_margin - section.right_margin
    high = section.page_height - section.top_margin - section.bottom_margin
    assert (round(Length(wide).mm), round(Length(high).mm)) == (156, 225)
    normal = document.styles["Normal"]
    assert (normal.font.size, normal.paragraph_format.line_spacing) == (Pt(16), Pt(29))
    faces = {
        name: document.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("Normal", "Heading 1", "Heading 2", "Heading 3")
    }
    assert faces == {"Normal": "仿宋", "Heading 1": "黑体", "Heading 2": "楷体", "Heading 3": "仿宋"}


def test_pages_are_numbered_right_and_left(proposal):
    _variant, _data, document, *_rest = proposal
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    for foot, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        line = foot.paragraphs[0]._p
        assert "".join(each.text for each in line.iter(qn("w:t"))) == "— 1 —"
        assert [each.get(qn("w:instr")) for each in line.iter(qn("w:fldSimple"))] == ["PAGE"]
        assert line.pPr.find(qn("w:jc")).get(qn("w:val")) == side


def test_its_properties_say_what_it_is(proposal):
    variant, data, document, target, _heard = proposal
    about = document.core_properties
    assert about.title == data["wording"]["title"]["en" if variant == "en" else "zh"]
    assert about.language == {"zh": "zh-CN", "bi": "zh-CN", "en": "en-GB"}[variant]
    assert (about.subject, about.author) == (data["meta"]["workshop"], "共和九村")
    fonts = parts(target)["word/fontTable.xml"].decode()
    assert '<w:font w:name="仿宋"><w:altName w:val="FangSong"/>' in fonts


def test_its_progress_only_rises(proposal):
    heard = proposal[-1]
    assert heard == sorted(heard)
    assert len(heard) > 5


def test_hostile_text_is_only_text(tmp_path):
    hostile = [*HOSTILE, "".join(map(chr, range(32))) + "\ufffe\ud800", "𠮷𡋣 王珺 赵䶮 \U0003106c", "一" * 10_000]
    data = sample.paper(texts=hostile, workshop='<b>Bold & "quoted"</b>', place="\x00\x0b")
    data["wording"]["title"] = {"zh": "关于\x07“<>&”的建议", "en": ""}
    data["wording"]["advice"] = {"zh": hostile[0] + "\n" + hostile[2], "en": ""}
    data["plan"] = [{"what": hostile[6], "who": hostile[0], "when": hostile[3]}]
    document, target, _heard = made(data, "zh", tmp_path)
    for name, content in parts(target).items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(content, etree.XMLParser(huge_tree=True))
    text = text_of(document)
    for words in ("<script>alert(1)</script>", "{{7*7}}{%raw%}{0}%(x)s%s", HOSTILE[6], "一" * 10_000, "𠮷𡋣王珺赵䶮"):
        assert words in text
    assert cells(document.tables[-1])[1][1] == HOSTILE[6]
    assert document.core_properties.title == "关于“<>&”的建议"


def test_a_proposal_of_nothing_is_still_a_document(tmp_path):
    data = sample.paper(texts=[])
    data.update(questions=[], stops=[], plan=[], shares=[])
    data["wording"] = {key: {"zh": "", "en": ""} for key in data["wording"]}
    data["wording"]["title"]["zh"] = "关于空白的建议"
    document, *_rest = made(data, "bi", tmp_path)
    assert "关于空白的建议" in text_of(document)


def test_a_photo_that_is_gone_leaves_its_caption(tmp_path):
    data = sample.paper(3)
    data["photos"] = [{"file": "gone.jpg", "idea": "3", "text": "拐角"}]
    word.write(data, "zh", tmp_path / "out.docx", tmp_path)
    assert "#3拐角" in text_of(docx.Document(tmp_path / "out.docx"))


def test_thousands_of_ideas_all_stand_in_it(tmp_path):
    document, *_rest = made(sample.paper(2000), "zh", tmp_path)
    listed = [each.text for each in document.paragraphs if each.style.name == "List"]
    numbers = [int(found[0]) for each in listed if (found := re.match(r"\d+", each))]
    assert numbers == list(range(1, 2001))


def test_its_figures_are_those_of_the_database(app, evening, draft, tmp_path):
    with app.test_request_context():
        data = gather(db.session.get_one(Proposal, draft.number), "ABCD1234", "http://hall.example/c/ABCD1234")
    document, *_rest = made(data, "zh", tmp_path)
    text = text_of(document)
    for words in ("会上共收到意见5条", "投出圆点8枚", "归为2个主题", "ABCD1234", "王**"):
        assert words in text
    assert "王小明" not in text
    assert "13812345678" not in text
