"""Real PDFs: what they say, how they are set, and that the standards hold."""

import io
import json
import re
from collections import defaultdict

import page
import pydyf
import pypdf
import pytest
from PIL import Image

from facilitator.documents import paper
from facilitator.documents.writing import archive, justify, pdf
from facilitator.documents.writing.fence import ORIGIN, Fence
from tests.documents import sample

MM = 72 / 25.4


def made(data, variant, tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir(exist_ok=True)
    for photo in data["photos"]:
        Image.new("RGB", (320, 240), "#7a9a6a").save(photos / photo["file"])
    target = tmp_path / f"{variant}.pdf"
    heard = []
    report = pdf.write(data, variant, target, photos, heard.append)
    return pypdf.PdfReader(io.BytesIO(target.read_bytes())), report, heard, target


@pytest.fixture(scope="module", params=["zh", "bi", "en"])
def proposal(request, tmp_path_factory):
    data = sample.paper(26)
    data["replies"] = sample.REPLIES
    data["photos"] = [{"file": "wall.jpg", "idea": "3", "text": data["ideas"][2]["text"]}]
    return request.param, data, *made(data, request.param, tmp_path_factory.mktemp(request.param))


def text_of(reader):
    return re.sub(r"\s+", "", "".join(each.extract_text() for each in reader.pages))


def test_it_holds_every_section_and_every_figure(proposal):
    variant, data, reader, _report, _heard, _target = proposal
    text = text_of(reader)
    headings = [part.title for part in reader.outline if not isinstance(part, list)]
    if variant == "en":
        assert headings == [
            "At a glance",
            "1 The matter",
            "2 What troubles people",
            "3 Where the opinions come from",
            "4 Themes and what people said",
            "5 Photos from residents",
            "6 What we propose",
            "7 Plan",
            "8 Where people differ",
            "9 Replies",
            "10 Signatures",
            "Appendix: every idea",
        ]
        expected = ["31peoplejoinedwiththeirphones", "theroomgave26ideas", "109dots", "〔2026〕第7号", "Acceptedinpart"]
    else:
        assert [re.match(r"[一-鿿]+、?[一-鿿　]+", each)[0] for each in headings] == [
            "提案摘要",
            "一、案由",
            "二、现状问题",
            "三、居民意见来源",
            "四、主题与居民意见",
            "五、现场照片",
            "六、建议",
            "七、实施计划",
            "八、分歧意见",
            "九、答复",
            "十、签名",
            "附件　全部意见",
        ]
        expected = [
            "关于共和九村紫竹苑微更新的建议",
            "31人用手机加入",
            "共收到意见26条",
            "归为5个主题",
            "投出圆点109枚",
            "不替代业主表决",
            "第一轮103枚",
            "第二轮109枚",
            "收到答复2件",
            "部分采纳",
            "K7QX3MHD",
            "2026年11月23日",
        ]
    assert [words for words in expected if words not in text] == []
    ideas = ["".join(idea["text"].split()) for idea in data["ideas"]]
    assert [idea for idea in ideas if idea.split("😰")[0].split("🌿")[0] not in text] == []


@pytest.mark.parametrize("profile", [page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A], ids=str)
def test_it_is_accessible_and_archival(proposal, profile):
    target = proposal[-1]
    report = page.validate_pdf(str(target), profile=profile)
    # The validator takes a line end that belongs to the data for one before "endstream": lengths are read below.
    faults = [each for each in report.failures if not each.rule_id.endswith("STREAM-LENGTH-001")]
    assert [(each.rule_id, each.message) for each in faults] == []


def test_every_stream_is_as_long_as_it_says(proposal):
    data = proposal[-1].read_bytes()
    streams = list(re.finditer(rb"/Length (\d+)[^<>]*(?:<<[^<>]*>>[^<>]*)*>>\s*stream\r?\n", data))
    assert len(streams) > 5
    for stream in streams:
        assert re.match(rb"\r?\n?endstream", data[stream.end() + int(stream[1]) :][:12]), stream[0]


def test_every_face_is_embedded(proposal):
    reader = proposal[2]
    fonts = {id(font): font for each in reader.pages for font in _fonts(each)}.values()
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)
    assert len(fonts) >= 5


def test_pages_are_a4_and_none_is_blank(proposal):
    reader, report = proposal[2], proposal[3]
    assert {(round(each.mediabox.width / MM), round(each.mediabox.height / MM)) for each in reader.pages} == {
        (210, 297)
    }
    assert len(reader.pages) == report["pages"]
    assert [number for number, each in enumerate(reader.pages, 1) if len(each.extract_text().strip()) < 20] == []


def test_the_body_begins_on_a_right_hand_page_numbered_one(proposal):
    reader = proposal[2]
    assert re.search(r"— 1 —\s*$|— 1 —", reader.pages[2].extract_text())
    assert "— 1 —" not in reader.pages[1].extract_text()


def test_the_data_travels_with_it(proposal):
    data, reader = proposal[1], proposal[2]
    attached = {name: content[0] for name, content in reader.attachments.items()}
    assert sorted(attached) == ["K7QX3MHD-ideas.csv", "K7QX3MHD.json"]
    assert json.loads(attached["K7QX3MHD.json"]) == data
    assert attached["K7QX3MHD-ideas.csv"].decode("utf-8-sig").count("\r\n") == 27


def test_its_progress_only_rises_and_covers_the_way(proposal):
    heard = proposal[4]
    assert heard == sorted(set(heard))
    assert heard[0] <= 5
    assert heard[-1] >= 90


def test_its_language_and_title_are_named(proposal):
    variant, _data, reader, *_rest = proposal
    assert reader.trailer["/Root"]["/Lang"] == {"zh": "zh-Hans", "bi": "zh-Hans", "en": "en"}[variant]
    assert reader.metadata.title == (
        "Renewing the Bamboo Court: a proposal" if variant == "en" else "关于共和九村紫竹苑微更新的建议"
    )


def test_full_lines_of_chinese_reach_both_margins(tmp_path):
    """The line's last glyph ends within half a point of the measure, and its glyphs are spread evenly."""
    from weasyprint import HTML

    justify.install()
    text = "居民反映最集中的是座椅，" * 6
    source = f'<p lang="zh" style="width:300px;font:20px sans-serif;text-align:justify;margin:0">{text}</p>'
    document = HTML(string=source).render()
    lines = [box for box in document.pages[0]._page_box.descendants() if type(box).__name__ == "LineBox"]
    assert len(lines) > 2
    widths = [sum(child.width for child in line.children) for line in lines[:-1]]
    assert [width for width in widths if abs(width - 300) > 21] == []
    assert max(widths) > 299


@pytest.mark.parametrize("words", [3, 7, 14, 24])
def test_the_title_on_the_cover_is_never_cut_through(words, tmp_path):
    data = sample.paper(3)
    data["wording"]["title"] = {"zh": "", "en": " ".join(["Renewing"] * words)}
    first = laid_out(data, "en", tmp_path)[0]
    [title] = [box for box in first._page_box.descendants() if box.element_tag == "h1" and hasattr(box, "height")]
    lines = [box for box in title.descendants() if type(box).__name__ == "LineBox"]
    shown = min(sum(line.height for line in lines), title.height) / lines[0].height
    assert shown == pytest.approx(round(shown))
    assert words == 24 or round(shown) == len(lines)


def laid_out(data, variant, folder):
    from weasyprint import HTML

    fence = Fence(pdf.place().static, folder)
    return HTML(string=pdf.html(data, variant), base_url=f"{ORIGIN}/", url_fetcher=fence).render().pages


def test_no_line_of_a_paragraph_stands_alone_on_a_page(tmp_path):
    data = sample.paper(26)
    data["wording"]["advice"] = {
        "zh": "\n".join("先做座椅与照明两项，花费小、见效快。" * n for n in range(2, 9)),
        "en": "",
    }
    pieces = defaultdict(list)
    for sheet in laid_out(data, "zh", tmp_path):
        for box in sheet._page_box.descendants():
            if box.element_tag == "p" and type(box).__name__ == "BlockBox":
                lines = sum(type(child).__name__ == "LineBox" for child in box.children)
                pieces[box.element] += [lines] if lines else []
    parted = [lines for lines in pieces.values() if len(lines) > 1]
    assert parted
    assert [lines for lines in parted if min(lines) < 2] == []


HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    '=HYPERLINK("http://example.org","click")',
    "{{ 7*7 }}{% raw %} {0} %(x)s %s",
    "אבג \u202eevil\u202c right to left العربية",
    # Of marks that our own faces have: what else a machine can draw differs.
    "Z\u0301\u0302\u0303a\u0306\u0307l\u0323g\u0327o\u0331" * 5,
    "不间断" * 1000,
    "W" * 3_000,
    "]]>&amp;<!-- --><style>*{display:none}</style>",
    "url(https://paper.invalid/static/../x) @import 'x';",
    "🏳️‍🌈👨‍👩‍👧‍👦🇨🇳 emoji",
    "",
]


def test_hostile_text_is_only_text(tmp_path):
    data = sample.paper(texts=HOSTILE, workshop='<b>Bold & "quoted"</b>')
    data["wording"]["advice"] = {"zh": HOSTILE[0] + "\n" + HOSTILE[2], "en": ""}
    data["plan"] = [{"what": HOSTILE[6], "who": HOSTILE[0], "when": HOSTILE[3]}]
    reader, report, _heard, target = made(data, "zh", tmp_path)
    text = text_of(reader)
    assert "<script>alert(1)</script>" in text
    assert "{{7*7}}{%raw%}{0}%(x)s%s" in text
    assert report["pages"] < 60
    csv = next(content[0] for name, content in reader.attachments.items() if name.endswith("csv")).decode("utf-8-sig")
    assert "\r\n2,\"'=HYPERLINK(" in csv
    assert page.validate_pdf(str(target), profile=page.ValidationProfile.PDF_UA_1).is_compliant


def test_characters_that_no_face_holds_are_reported(tmp_path):
    _reader, report, _heard, _target = made(
        sample.paper(texts=["名字里有 \U0003106c 和 \U000f0123", "一二三"]), "zh", tmp_path
    )
    assert report["missing"] == ["\U0003106c", "\U000f0123"]


def test_rare_characters_of_names_and_emoji_are_drawn(tmp_path):
    _reader, report, _heard, _target = made(sample.paper(texts=["王珺、李翀、赵䶮、喆、犇 😀🌿🪑"]), "zh", tmp_path)
    assert report["missing"] == []


def test_a_proposal_of_nothing_is_still_a_paper(tmp_path):
    data = sample.paper(texts=[])
    data.update(questions=[], stops=[], plan=[], shares=[])
    data["wording"] = {key: {"zh": "", "en": ""} for key in data["wording"]}
    data["wording"]["title"]["zh"] = "关于空白的建议"
    reader, _report, _heard, _target = made(data, "bi", tmp_path)
    assert "关于空白的建议" in text_of(reader)


def test_a_missing_library_is_named_in_one_line():
    assert pdf._missing_library("cannot load library 'libpangoft2-1.0-0'") == (
        "PDF export needs the system package libpangoft2-1.0-0: sudo apt-get install libpangoft2-1.0-0"
    )


def _fonts(each):
    found = each["/Resources"].get("/Font", {}).get_object().values()
    for font in (one.get_object() for one in found):
        for descendant in font.get("/DescendantFonts", [font]):
            yield descendant.get_object()["/FontDescriptor"].get_object()


@pytest.mark.parametrize("variant", ["zh", "bi", "en"])
def test_the_summary_stays_on_one_page_with_as_many_themes_as_it_lists(variant, tmp_path):
    data = sample.paper(20)
    data["photos"] = [{"file": "wall.jpg", "idea": "3", "text": "拐角"}]
    [question] = data["questions"]
    more = [{**question["themes"][0], "id": 10 + extra, "name": f"第{extra}个主题"} for extra in range(3)]
    question["themes"] += more
    assert len(question["themes"]) == paper.FEW_THEMES
    reader, _report, _heard, _target = made(data, variant, tmp_path)
    assert "— 1 —" in reader.pages[2].extract_text()


def test_no_stream_ends_where_a_line_could_end():
    """The last byte of compressed data is that of its sum: one tagged page in 256 would end in a carriage return."""
    file = pydyf.PDF()
    file.add_object(pydyf.Stream([], {"Type": "/Metadata"}))
    file.catalog["Metadata"] = file.objects[-1].reference
    for number in range(600):
        tag = pydyf.Dictionary({"MCID": number})
        file.add_object(pydyf.Stream(["/Figure", tag, "BDC", b"q " * number, "EMC"], compress=True))
    streams = [each for each in file.objects if isinstance(each, pydyf.Stream) and each.compress]
    assert any(each.data.endswith(b"\r\nendstream") for each in streams)
    archive.tidy_streams(None, file)
    assert not any(each.data.endswith(b"\r\nendstream") for each in streams)


def test_a_spare_object_makes_another_table_of_objects():
    def written(spare):
        file, out = pydyf.PDF(), io.BytesIO()
        file.add_object(pydyf.Stream([], {"Type": "/Metadata"}))
        file.catalog["Metadata"] = file.objects[-1].reference
        archive.tidy_streams(None, file, spare)
        file.write(out, version=b"1.7", compress=True)
        return out.getvalue()

    assert written(0) != written(1)
    assert [archive.is_tidy(each) for each in (b"x\nendstream", b"x\r\nendstream")] == [True, False]
