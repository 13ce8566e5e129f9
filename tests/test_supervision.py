"""Comments where people read: in the evidence file, the next report, notebooks and checklists; consent is kept."""

import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from docx import Document as WordDocument
from pane_page import chromium, missing

import qualcode as qc
from qualcode.analysis.checklist import Standing, checklist, compare_checklists
from qualcode.coding.consent import is_refused
from qualcode.coding.reviews import handle
from qualcode.project.reviewing import RUN, Outward
from qualcode.reports.chapter import Chapter, Heading, Options, Prose, TablePart, chapter
from qualcode.reports.evidence import evidence, write_evidence
from qualcode.reports.verify import verify
from qualcode.reports.word import word_report

Make = Callable[..., qc.Project]
HOSTILE = "<script>alert(1)</script> =1+1 | [x](http://jahat) \u202eterbalik \ue0000\ue001"
FLAT = HOSTILE.replace("\u202e", "\ufffd")
"""The same as people get to see it: nothing in it turns a line around."""
SAID = "Semua komentar dibalas."
LONG = "Kami cuma berdua dan tidak pernah diberi anggaran untuk promosi akun itu."
HIDDEN = "[tanpa persetujuan untuk dikutip]"


@pytest.fixture
def coded(make_project: Make) -> qc.Project:
    """A small project: two informants, each coded once, and what the second says is long enough to be recognised."""
    texts = {
        "w-i1": f"P: Apakah komentar dibalas?\n\nI1: {SAID}\n\nI1: Data kami terbuka.\n",
        "w-i2": f"P: Berapa orang?\n\nI2: {LONG}\n",
    }
    project = make_project(texts)
    project.code("kasus/w-i1", SAID, "LAY-BAL-C", coder="ana", valence="mendukung")
    project.code("kasus/w-i2", LONG, "SDM", coder="ana")
    return project


@pytest.fixture
def reviewed(coded: qc.Project) -> qc.Project:
    """Three comments: one settled with an answer, one answered, one open on the case as a whole."""
    reviews = coded.reviews()
    reviews.add("kasus/w-i1", SAID, "Satu kali, atau biasa?", author="pembimbing-1")
    reviews.add("kasus/w-i2", LONG, "Cari dokumen anggarannya.", author="pembimbing-1")
    reviews.add("kasus", "", "Bab ini belum menjawab pertanyaan.", author="pembimbing-2")
    one, two, _ = reviews.comments
    reviews.answer(one.id, "Biasa; lihat observasi.", author="ana")
    reviews.settle(one.id, author="pembimbing-1", memo="Cukup.")
    reviews.answer(two.id, "Sudah diminta.", author="ana")
    return coded


def silenced(project: qc.Project, informant: str = "I2") -> qc.Project:
    """The same project after an informant has withdrawn her consent."""
    path = project.root / "corpus/kasus/case.yaml"
    lines = path.read_text("utf-8").splitlines()
    lines = [line.replace("dicatat", "ditarik") if f"id: {informant}" in line else line for line in lines]
    path.write_text("\n".join(lines), "utf-8")
    assert is_refused("ditarik")
    return qc.open_project(project.root)


def built(project: qc.Project, *, appendix: bool = False) -> Chapter:
    return chapter(project, "kasus", Options(appendix=appendix))


def appended(found: Chapter) -> str:
    """What the appendix of supervision says, in one text; empty without one."""
    at = [n for n, each in enumerate(found.blocks) if isinstance(each, Heading) and each.text == "Catatan Bimbingan"]
    parts: list[str] = []
    for block in found.blocks[at[0] :] if at else ():
        if isinstance(block, (Prose, Heading)):
            parts.append(block.text)
        elif isinstance(block, TablePart):
            parts += [block.caption, *(cell.text for row in (*block.head, *block.body) for cell in row)]
    return "\n".join(parts)


def page_of(project: qc.Project, **options: Any) -> BeautifulSoup:
    return BeautifulSoup(evidence(project, project.case("kasus"), **options), "lxml")


def listed(soup: BeautifulSoup) -> list[str]:
    return [" ".join(each.get_text(" ").split()) for each in soup.select("ol.notes > li")]


# The next report


def test_the_next_report_begins_the_next_meeting(reviewed: qc.Project) -> None:
    """What is not settled stands in every report with place, words, answers and status; the rest only is counted."""
    text = appended(built(reviewed))
    for words in (LONG, "Cari dokumen anggarannya.", "Sudah diminta.", "dijawab", "pembimbing-2", "terbuka"):
        assert words in text
    assert SAID not in text
    assert "2 belum selesai, 1 sudah selesai" in text


def test_the_whole_appendix_has_rounds_and_decisions(reviewed: qc.Project) -> None:
    """With the appendix settled comments follow the open ones, then each round with what was decided in it."""
    found = built(reviewed, appendix=True)
    text = appended(found)
    assert (
        text.index("Komentar yang belum selesai") < text.index("Komentar yang sudah selesai") < text.index("Putaran 1")
    )
    assert text.index("Cari dokumen anggarannya.") < text.index("Satu kali, atau biasa?")
    assert "Cukup." in text.split("Putaran 1")[1]
    numbers = [each.number for each in found.blocks if isinstance(each, Heading) and each.number.startswith("Lampiran")]
    assert numbers == [f"Lampiran {n}" for n in range(1, len(numbers) + 1)]
    assert len(numbers) > 1


def test_a_report_without_open_comments_is_as_before(coded: qc.Project) -> None:
    """Nobody's comments leave no trace, and neither do settled ones in a report without its appendix."""
    before = built(coded)
    assert appended(before) == appended(built(coded, appendix=True)) == ""
    reviews = coded.reviews()
    reviews.add("kasus", "", "Baik.", author="pembimbing-1")
    reviews.settle(reviews.comments[0].id, author="pembimbing-1")
    assert built(coded).blocks == before.blocks
    assert "Baik." in appended(built(coded, appendix=True))


def test_comments_are_no_claims_of_the_report(reviewed: qc.Project, tmp_path: Path) -> None:
    """A report with comments in it is found sound, also after the comments were settled or others came in."""
    reviewed.reviews().add("kasus/w-i1", SAID, f"Apakah “{LONG}” sama dengan ini?", author="pembimbing-2")
    for appendix in (False, True):
        path = tmp_path / f"bab4-{appendix}.docx"
        path.write_bytes(word_report(built(reviewed, appendix=appendix)))
        assert verify(reviewed, path).findings == ()
    reviews = reviewed.reviews()
    for each in reviews.open.comments:
        reviews.settle(each.id, author="pembimbing-1")
    assert [verify(reviewed, path).findings for path in tmp_path.glob("*.docx")] == [(), ()]


def test_hostile_comments_arrive_as_text_in_word(coded: qc.Project) -> None:
    """Markup, formulas and marks of direction are letters in the Word file, and stand-ins of ours are not believed."""
    coded.reviews().add("kasus/w-i1", SAID, HOSTILE, author="pembimbing-1")
    file = word_report(built(coded, appendix=True))
    cells = [cell.text for table in WordDocument(io.BytesIO(file)).tables for row in table.rows for cell in row.cells]
    shown = FLAT.replace("\ue000", "\ufffd").replace("\ue001", "\ufffd")
    assert shown in cells
    assert "\u202e" not in "".join(cells)


# The evidence file


def test_comments_stand_at_their_words_and_in_a_list(reviewed: qc.Project) -> None:
    """Each comment is shown below the passage it was made on and in a list, open ones first, linked to one another."""
    soup = page_of(reviewed)
    statuses = [each.get_text() for each in soup.select("ol.notes .status")]
    assert statuses == ["dijawab", "terbuka", "selesai"]
    first = soup.select("ol.notes > li")[0]
    link = first.select_one("p.at a")
    assert link is not None
    card = soup.find(id=str(link["href"])[1:])
    assert card is not None
    passage = card.find_parent(class_="passage")
    assert passage is not None
    assert [each.get_text() for each in passage.select("mark.noted")] == [LONG]
    assert passage.select_one(f"a.n[href='{link['href']}']") is not None
    for words in ("Cari dokumen anggarannya.", "pembimbing-1", "Sudah diminta."):
        assert words in card.get_text()
        assert words in first.get_text()
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert {tag["href"][1:] for tag in soup.find_all("a", href=True)} <= set(ids)


def test_a_comment_does_not_move_the_words_it_stands_on(coded: qc.Project) -> None:
    """Comments that begin and end inside codings cut no letter of a passage, and mark exactly their words."""
    before = page_of(coded)
    for words in ("komentar dibalas. I1: Data"[:16], "Semua komentar", "dibalas."):
        coded.reviews().add("kasus/w-i1", words, "Ya?", author="pembimbing-1", line=3)
    soup = page_of(coded)

    def words_of(page: BeautifulSoup) -> list[str]:
        return ["".join(n.get_text() for n in each.children if n.name != "ul") for each in page.select(".passage")]

    assert words_of(soup) == words_of(before)
    assert "".join(each.get_text() for each in soup.select("mark.noted")) == SAID
    assert len(soup.select("a.q")) == len(before.select("a.q"))


def test_uncoded_words_are_not_shown_for_being_commented_on(make_project: Make) -> None:
    """The usual variant shows coded passages only: of a comment elsewhere the place, in the full variant the words."""
    project = make_project({"w-i1": f"I1: {SAID}\n\n{'P: Lalu?' * 60}\n\nI1: Rahasia dapur kami.\n"})
    project.code("kasus/w-i1", SAID, "LAY-BAL-C", coder="ana")
    project.reviews().add("kasus/w-i1", "Rahasia dapur kami.", "Kodekan juga.", author="pembimbing-1")
    coded, full = page_of(project), page_of(project, full=True)
    assert "Rahasia dapur" not in coded.get_text()
    assert "Kodekan juga." in listed(coded)[0]
    assert "Rahasia dapur kami." in listed(full)[0]
    assert coded.select("ul.notes") == []
    assert len(full.select("ul.notes > li")) == 1


def test_comments_of_a_report_lead_to_what_they_ask_about(coded: qc.Project) -> None:
    """A comment on a number of the report is listed with its words, and leads to the code the number is about."""
    given = {
        "id": "urn:uuid:00000007",
        "type": "Annotation",
        "motivation": "commenting",
        "created": "2025-03-11T09:00:00+07:00",
        "creator": {"name": "Bu Ratna"},
        "body": {"value": "Mengapa satu?"},
        "target": {
            "source": "urn:qualcode:kasus",
            "selector": {"type": "TextQuoteSelector", "exact": "1 kutipan"},
            "claim": "qc_n_abcdefabcdef",
            "asked": "kasus|uji|results|LAY-BAL-C||passages",
        },
    }
    file = coded.root / "komentar.json"
    file.write_text(json.dumps([given]), "utf-8")
    coded.reviews().take_in(file)
    soup = page_of(coded)
    (link,) = soup.select("ol.notes p.at a")
    assert (link["href"], link.get_text()) == ("#c-LAY-BAL-C", "laporan: uji · LAY-BAL-C · kutipan")
    assert "1 kutipan" in listed(soup)[0]


def test_hostile_comments_arrive_as_text_in_the_evidence_file(coded: qc.Project) -> None:
    """Whatever a comment or its author says is text: no element, no attribute, no turned line comes of it."""
    reviews = coded.reviews()
    reviews.add("kasus/w-i1", SAID, HOSTILE + "\" onclick='x", author="pembimbing-1")
    reviews.answer(reviews.comments[0].id, HOSTILE, author="ana")
    given = {
        "id": 'urn:uuid:1%22"'.replace('"', ""),
        "motivation": "commenting",
        "created": "2025-03-11T09:00:00+07:00",
        "creator": {"name": "<b>Bu</b> \u202eRatna"},
        "body": {"value": "Ya."},
        "target": {"source": "urn:qualcode:kasus"},
    }
    file = coded.root / "komentar.json"
    file.write_text(json.dumps([given]), "utf-8")
    reviews.take_in(file)
    soup = page_of(coded)
    assert len(soup.find_all("script")) == 1
    assert {each.get_text() for each in soup.find_all("b")} == {"P: ", "I1: ", "I2: "}
    assert not [tag for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    text = soup.get_text()
    assert text.count(FLAT) == 4  # at the passage and in the list, as a comment and as an answer
    assert "<b>Bu</b> Ratna" in text
    assert "\u202e" not in str(soup)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


def commented(page: Any, words: str) -> None:
    page.locator(".chips").first.scroll_into_view_if_needed()
    page.locator(".comment-on").first.click()
    page.locator("#komentar-isi").fill(words)
    page.locator("#komentar-nama").fill("Dr. Ratna, M.Si.")
    page.get_by_role("button", name="Simpan").click()


def downloaded(page: Any, target: Path) -> Path:
    with page.expect_download() as download:
        page.locator("#bilah .unduh").click()
    download.value.save_as(target)
    return target


def test_the_loop_from_browser_to_browser(browser: Any, coded: qc.Project, tmp_path: Path) -> None:
    """A comment that came in stands in the next file and is no longer the reader's own; a further one finds its words.

    The marks of the first comment must not move the words of the second.
    """
    bukti = tmp_path / "bukti.html"
    context = browser.new_context(offline=True, accept_downloads=True)
    page = context.new_page()
    page.goto(write_evidence(coded, "kasus", bukti).as_uri())
    commented(page, "Satu kali, atau biasa?")
    reviews = coded.reviews()
    assert reviews.take_in(downloaded(page, tmp_path / "satu.json")).added == 1
    write_evidence(coded, "kasus", bukti)
    page.reload()
    assert page.locator("ol.notes > li").count() == 1
    assert page.locator("#komentar-daftar li").count() == 0
    commented(page, "Siapa lagi yang berkata begitu?")
    assert reviews.take_in(downloaded(page, tmp_path / "dua.json")).added == 1
    assert [each.quote for each in reviews.comments] == [SAID, SAID]
    assert all(each.segment is not None and each.segment.text == SAID for each in reviews.comments)
    context.close()


@pytest.mark.parametrize("width", [1200, 390], ids=["desk", "phone"])
def test_without_javascript_a_comment_leads_to_its_words(
    browser: Any, reviewed: qc.Project, tmp_path: Path, width: int
) -> None:
    """With JavaScript off the list's link brings the comment and the words above it into view, on a phone, too."""
    context = browser.new_context(java_script_enabled=False, offline=True, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(write_evidence(reviewed, "kasus", tmp_path / "bukti.html").as_uri() + "#bimbingan")
    page.locator("ol.notes p.at a").first.click()
    for box in (page.locator("li:target").bounding_box(), page.locator("mark.noted", has_text=LONG).bounding_box()):
        assert 0 <= box["y"] < 800
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_comments_can_be_read_by_everybody(browser: Any, reviewed: qc.Project, tmp_path: Path, scheme: str) -> None:
    """axe-core finds nothing in a file with open, answered and settled comments, by day and by night."""
    try:
        import axe_playwright_python
    except ImportError:
        missing("axe-playwright-python")
    context = browser.new_context(offline=True, color_scheme=scheme)
    page = context.new_page()
    page.goto(write_evidence(reviewed, "kasus", tmp_path / "bukti.html").as_uri())
    page.evaluate((Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8"))
    violations = page.evaluate("axe.run()")["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in violations] == []
    context.close()


# Notebooks


def test_a_notebook_says_when_nobody_has_commented(coded: qc.Project) -> None:
    """Without comments there is a sentence instead of an empty table, and another when all of them are settled."""
    reviews = coded.reviews("kasus")
    assert "Belum ada komentar" in reviews._repr_html_()
    assert "Belum ada komentar" in repr(reviews)
    reviews.add("kasus", "", "Baik.", author="pembimbing-1")
    reviews.settle(reviews.comments[0].id, author="pembimbing-1")
    assert "Baik." in reviews._repr_html_()
    assert "Semua komentar sudah selesai" in reviews.open._repr_html_()


def test_a_notebook_shows_what_is_open_first(reviewed: qc.Project) -> None:
    """A row has place, words behind it, comment with answers, and status; several cases name theirs; text is text."""
    reviews = reviewed.reviews("kasus")
    reviews.add("kasus/w-i1", SAID, HOSTILE, author="pembimbing-2")
    table = reviews.notes()
    assert isinstance(table, qc.display.Table)
    heads = [str(row[0]).split("\n") for row in table.rows]
    assert [status for _, status in heads] == ["dijawab", "terbuka", "terbuka", "selesai"]
    assert [handle(each.id) for each in reviews.comments if each.done] == [heads[-1][0]]
    assert "Cari dokumen anggarannya.\n→ ana" in str(table.rows[0][2])
    assert LONG in table.to_html()
    assert "<script>" not in table.to_html()
    assert "\u202e" not in table.to_html()
    assert not str(table.rows[0][1]).startswith("kasus/")
    shutil.copytree(reviewed.root / "corpus/kasus", reviewed.root / "corpus/lain")
    record = reviewed.root / "corpus/lain/case.yaml"
    record.write_text(record.read_text("utf-8").replace("id: kasus", "id: lain", 1), "utf-8")
    everywhere = reviewed.reviews().notes()
    assert isinstance(everywhere, qc.display.Table)
    assert str(everywhere.rows[0][1]) == f"kasus/{table.rows[0][1]}"


# Consent


def test_words_of_who_withdrew_leave_the_project_nowhere(coded: qc.Project) -> None:
    """Neither the words commented on nor a comment, answer, memo or summary that repeats them is shown to others."""
    reviews = coded.reviews()
    repeated = "Ia berkata: kami cuma berdua dan TIDAK pernah diberi anggaran. Benar?"
    reviews.add("kasus/w-i2", LONG, "Bandingkan dengan dokumen.", author="pembimbing-1")
    reviews.add("kasus", "", repeated, author="pembimbing-1")
    reviews.answer(reviews.comments[0].id, repeated, author="ana")
    coded.summarise("kasus", "SDM", "I2", "Kata I2 hanya berdua.", coder="ana")
    project = silenced(coded)
    reviews = project.reviews()
    shown = {
        "evidence": str(page_of(project, full=True).select("ol.notes, ul.notes")),
        "report": appended(built(project)),
        "appendix": appended(built(project, appendix=True)),
        "notebook": reviews._repr_html_(),
        "sheet": reviews.sheet().to_csv(),
        "log": reviews.log().to_markdown().replace("\\", ""),
        "log as a table": reviews.log().to_table().to_csv(),
        "checklist": checklist(project.case("kasus"), "keabsahan", reviews=reviews)._repr_html_(),
    }
    for where, text in shown.items():
        assert "berdua" not in text, where
        assert HIDDEN in text, where
        if where != "checklist":
            assert "Bandingkan dengan dokumen." in text, where


def test_what_only_sounds_alike_is_shown(coded: qc.Project) -> None:
    """Fewer than five words in a row are anybody's; words of those who may be quoted are never hidden."""
    coded.reviews().add("kasus", "", "x", author="pembimbing-1")
    project = silenced(coded)
    outward = Outward(project.case("kasus"))
    words = re.findall(r"\w+", LONG)
    assert RUN == 5
    assert outward.words(" ".join(words[:4])) == " ".join(words[:4])
    assert outward.words(" ".join(words[:5])) == HIDDEN
    assert outward.words(SAID) == SAID


# Checklists


def test_comments_are_evidence_of_others_reading_along(reviewed: qc.Project) -> None:
    """Peer discussion and audit name who commented, when and how often; they are never met by comments alone."""
    case, reviews = reviewed.case("kasus"), reviewed.reviews("kasus")
    without, found = checklist(case, "keabsahan"), checklist(case, "keabsahan", reviews=reviews)
    day = reviews.comments[0].time[:10]
    assert without["K6"].standing is Standing.OPEN
    assert "belum tercatat" in without["D1"].words
    for item in ("K6", "D1"):
        assert found[item].standing is Standing.PARTLY
        for words in ("pembimbing-1 (2)", "pembimbing-2 (1)", day, "3 komentar"):
            assert words in found[item].words
        shown = {(each.text, each.note) for each in found[item].evidence}
        assert ("Satu kali, atau biasa?", f"pembimbing-1, {day}") in shown
    assert "2 di antaranya dijawab" in found["K6"].words
    assert "1 sudah selesai" in found["D1"].words
    same = {answer.item.id for answer in found} - {"K6", "D1"}
    assert all(found[item] == without[item] for item in same)


def test_srqr_names_the_discussion_beside_triangulation(reviewed: qc.Project) -> None:
    """Techniques of trustworthiness count what others said as evidence in part; triangulation alone decides on more."""
    case = reviewed.case("kasus")
    assert checklist(case, "srqr")["15"].found is None
    answer = checklist(case, "srqr", reviews=reviewed.reviews())["15"]
    assert answer.standing is Standing.PARTLY
    assert "pembimbing-1 (2)" in answer.words


def test_ones_own_notes_are_no_discussion(coded: qc.Project) -> None:
    """Comments of the only coder, of informants, and on other cases are no evidence that a peer or supervisor read."""
    reviews = coded.reviews()
    reviews.add("kasus/w-i1", SAID, "Catatan sendiri.", author="ana")
    reviews.add("kasus/w-i1", SAID, "Betul.", author="I1")
    found = checklist(coded.case("kasus"), "keabsahan", reviews=reviews)
    assert found["K6"].standing is Standing.OPEN
    assert "belum tercatat" in found["D1"].words
    reviews.add("kasus", "", "Lanjutkan.", author="pembimbing-1")
    stranger = coded.case("kasus")
    elsewhere = [each for each in reviews if each.author == "pembimbing-1"]
    other = type(stranger)(stranger.record.model_copy(update={"id": "lain"}), stranger.documents, stranger.codings)
    assert checklist(other, "keabsahan", reviews=elsewhere)["K6"].standing is Standing.OPEN
    assert checklist(stranger, "keabsahan", reviews=elsewhere)["K6"].standing is Standing.PARTLY


def test_an_informants_comment_is_a_check_in_part(coded: qc.Project) -> None:
    """What came in under an informant's code counts as her answer, marked as such; a signed check counts in full."""
    reviews = coded.reviews()
    reviews.add("kasus/w-i1", SAID, "Bukan semua: yang sopan saja.", author="I1")
    reviews.add("kasus/w-i2", LONG, "Betul.", author="I2")
    found = checklist(coded.case("kasus"), "coreq", reviews=reviews)
    assert found["28"].standing is Standing.PARTLY
    assert "2 dari 2 informan" in found["28"].words
    assert "I1, I2" in found["28"].words
    assert "Bukan semua: yang sopan saja." in {each.text for each in found["28"].evidence}
    assert found["23"].standing is Standing.OPEN  # a passage is no transcript
    checks = "".join(
        f"  - {{informant: {who}, date: 2025-04-01, sent: temuan, response: setuju}}\n" for who in ("I1", "I2")
    )
    (coded.root / "corpus/kasus/checklist.yaml").write_text(f"member_checks:\n{checks}", "utf-8")
    signed = checklist(qc.open_project(coded.root).case("kasus"), "coreq", reviews=reviews)
    assert signed["28"].standing is Standing.MET


def test_cases_side_by_side_take_their_own_comments(reviewed: qc.Project) -> None:
    """The comparison of cases counts the comments as the single checklist does."""
    cases, reviews = reviewed.cases, reviewed.reviews()
    table = compare_checklists(cases, "keabsahan", reviews=reviews)
    alone = checklist(cases[0], "keabsahan", reviews=reviews)
    marks = {str(row[0]).split(" ")[0]: str(row[1]) for row in table.rows}
    assert (marks["K6"], marks["D1"]) == ("◐", "◐")
    assert str(table.rows[-3][1]) == str(alone.standings()[Standing.UNMET])
