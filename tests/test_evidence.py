"""The evidence file: one page, offline, in which every number leads to the very words, and nobody is quoted unasked."""

import json
import re
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from hypothesis import given
from hypothesis import strategies as st
from pane_page import chromium, missing

import qualcode as qc
from qualcode.coding.addresses import Addresses
from qualcode.coding.codings import Coding
from qualcode.project import init_project
from qualcode.reports.evidence import evidence, write_evidence
from qualcode.reports.excerpts import CONTEXT, passages
from qualcode.text.document import Document, Kind
from qualcode.wording import use_language

Make = Callable[..., qc.Project]
ROOT = Path(__file__).parents[1]
PRACTICE = "latihan-kota-samudra"


@cache
def practice(full: bool = False) -> tuple[qc.Case, str, BeautifulSoup]:
    use_language("id")
    project = qc.open_project(ROOT)
    case = project.case(PRACTICE)
    page = evidence(project, case, full=full)
    return case, page, BeautifulSoup(page, "lxml")


def made(project: qc.Project, **options: Any) -> BeautifulSoup:
    return BeautifulSoup(evidence(project, project.case("kasus"), **options), "lxml")


def words_of(passage: Tag) -> str:
    """What a passage shows of its document: all before the list of its codings."""
    return "".join(each.get_text() for each in passage.children if each.name != "ul")


@pytest.mark.parametrize("full", [False, True], ids=["coded", "full"])
def test_every_link_leads_somewhere(full: bool) -> None:
    """No id stands twice, and every link of the page leads to one."""
    _, _, soup = practice(full)
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    links = [tag["href"] for tag in soup.find_all("a", href=True)]
    assert all(link.startswith("#") for link in links)
    assert {link[1:] for link in links} <= set(ids)


@pytest.mark.parametrize("full", [False, True], ids=["coded", "full"])
def test_passages_are_the_very_words(full: bool) -> None:
    """What is shown of a document is its text, and the marks of each coding are its quotation, to the letter."""
    case, _, soup = practice(full)
    texts = {document.id: document.text for document in case.documents}
    codings = {coding.id: coding for coding in case.coded_by()}
    found = set()
    for passage in soup.select(".passage"):
        text = texts[passage.find_parent(attrs={"data-document": True})["data-document"]]
        start, words = int(passage["data-start"]), words_of(passage)
        assert text[start : start + len(words)] == words
        for chip in passage.select(".chips li"):
            id, (begin, end) = chip.a["href"].removeprefix("#q-"), map(int, chip["data-span"].split())
            assert words[begin - start : end - start] == codings[id].quote
            assert "".join(mark.get_text() for mark in passage.select(f"mark.a{chip['data-a']}")) == codings[id].quote
            assert passage.find(id=f"q-{id}")
            found.add(id)
    assert found == set(codings)


def test_every_number_of_a_matrix_opens() -> None:
    """Each cell of each matrix links to as many quotations as it counts, those of its row and column."""
    case, _, soup = practice()
    stoc = case.codings.codebooks["stoc"]
    matrix = qc.arrange(case, stoc, "voice", codings=case.coded_by().using(stoc))
    for row in matrix.rows:
        for column in matrix.columns:
            cell = soup.find(id=f"m-stoc-{row.id}-{column}")
            links = {link["href"].removeprefix("#q-") for link in cell.find_all("a")}
            assert links == {coding.id for coding in matrix[row, column]}
            assert cell.get_text().startswith("·") is not bool(links)


def test_statuses_come_with_their_reasons() -> None:
    """What triangulation came to on each axis stands beside its reasons."""
    case, _, soup = practice()
    found = qc.triangulate(case, case.codings.codebooks["stoc"], "source")
    cells = soup.find(id="t-stoc-KHN-OPE").find_all("td")
    assert cells[0].strong.get_text() == found.status_shown("KHN-OPE")
    reasons = {row[0]: row[2] for row in found.reasons_table().rows}
    assert reasons[case.codings.codebooks["stoc"]["KHN-OPE"].name] in cells[0].get_text(" ")


def test_the_usual_variant_tells_little(make_project: Make) -> None:
    """Coded passages with some words around them; no titles, no offices, nothing of what is further away."""
    far = " ".join(f"kata{number}" for number in range(200))
    text = f"P: Ya?\n\nI1: {far} Semua dibalas. {far}\n\nI1: Rahasia kantor.\n"
    project = make_project({"w-i1": text, "d-1": "Tidak dikode sama sekali.\n"})
    project.code("kasus/w-i1", "Semua dibalas.", "SDM", coder="ana")
    soup, full = made(project), made(project, full=True)
    for hidden in ("kata100 ", "Rahasia kantor", "Tidak dikode", "Kepala", "Bahan w-i1"):
        assert hidden not in soup.get_text(), hidden
        assert hidden in full.get_text(), hidden
    (passage,) = soup.select(".passage")
    assert len("Semua dibalas.") < len(words_of(passage)) <= len("Semua dibalas.") + 2 * CONTEXT
    assert soup.select_one(".variant").get_text().split()[1] == "bagian"
    assert "TRANSKRIP UTUH" in full.select_one(".variant").get_text()
    assert (soup.body.header.strong.get_text(), full.body.header.strong.get_text()) == (
        "bagian terkode, informan dengan kode",
        "transkrip utuh",
    )


def withdrawn(project: qc.Project) -> None:
    record = project.root / "corpus" / "kasus" / "case.yaml"
    said = "role: Admin, relation: orang dalam, consent: "
    record.write_text(record.read_text("utf-8").replace(said + "dicatat", said + "ditarik 2025-05-02"), "utf-8")


GROUP = "P: Bagaimana?\n\nI1: Semua dibalas cepat.\n\nI2: Rahasia saya.\n\nI1: Data terbuka.\n"


@pytest.mark.parametrize("full", [False, True], ids=["coded", "full"])
def test_who_withdrew_is_left_out_and_counted(make_project: Make, full: bool) -> None:
    """Not a word of theirs stands anywhere, not in talks with others nor in memos and summaries; numbers say so."""
    legend = "legend: {P: pewawancara, I1: I1, I2: I2}"
    known = "id: w-k\ntitle: x\nprovenance: r\nkind: transkrip\ntechnique: wawancara\ndate: 2025-03-11"
    front = f"---\n{known}\n{legend}\n---\n\n"
    project = make_project(
        {"w-i2": "P: Ya?\n\nI2: Jangan dikutip kalimat ini.\n"}, {"corpus/kasus/w-k.md": front + GROUP}
    )
    project.code("kasus/w-i2", "Jangan dikutip kalimat ini.", "SDM", coder="ana", memo="Ia berkata jangan dikutip")
    project.code("kasus/w-k", "Rahasia saya.", "SDM", coder="ana")
    project.code("kasus/w-k", "Semua dibalas cepat.", "SDM", coder="ana")
    gone = project.code("kasus/w-i2", "kalimat ini", "SDM", coder="ana")
    project.remove(gone)
    project.summarise("kasus", "SDM", "I2", "Meminta agar tidak dikutip sama sekali.", coder="ana")
    withdrawn(project)
    soup = made(project, full=full)
    page = str(soup)
    for hidden in ("kalimat ini", "Rahasia", "jangan dikutip", "Meminta agar"):
        assert hidden not in page, hidden
    assert "Semua dibalas cepat." in page
    assert "I2 (1 informan, 2 koding)" in soup.select_one(".variant").get_text()
    assert soup.find(id="m-uji-SDM-I2").get_text() == "○2" + "2 tidak boleh dikutip"
    assert not soup.find(id="m-uji-SDM-I2").find_all("a")


HOSTILE = (
    '<script>alert(1)</script><img src=x onerror="alert(2)">&amp;\u202egnalab\u202c"\'</textarea></style>{{ 7*7 }}'
)


def test_hostile_text_arrives_as_text(make_project: Make) -> None:
    """Tags, scripts, templates and marks that turn lines around are words like others, wherever they come from."""
    codebook = (ROOT / "tests" / "conftest.py").read_text("utf-8").split('CODEBOOK = """\\\n')[1].split('"""')[0]
    label = json.dumps(HOSTILE, ensure_ascii=True)
    hostile = codebook.replace("label: Cepat", f"label: {label}").replace("Orang yang mengelola akun.", label)
    project = make_project({"w-i1": f"P: Ya?\n\nI1: {HOSTILE} akhir.\n"}, {"codebooks/uji.yaml": hostile})
    coding = project.code("kasus/w-i1", f"{HOSTILE} akhir.", "LAY-BAL-C", coder="ana", memo=HOSTILE, tags=[HOSTILE])
    project.judge("kasus", "SDM", "source", "no_data", coder="ana", memo=HOSTILE)
    soup = made(project)
    assert [script.get("src") for script in soup.find_all("script")] == [None]
    assert not soup.find_all("img")
    (mark,) = soup.find_all("mark")
    assert mark.get_text() == coding.quote
    assert "49" not in mark.get_text()
    assert "\u202e" not in soup.select_one(".memo").get_text()


def test_nothing_runs_or_loads_but_what_stands_in_the_file() -> None:
    """The policy names the hashes of the one style and the one script; nothing else could run, nothing is fetched."""
    _, page, soup = practice()
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    for tag in (*soup.find_all("style"), *soup.find_all("script")):
        assert f"'sha256-{b64encode(sha256(tag.string.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'")
    assert len(soup.find_all(["style", "script"])) == 2
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name == "style" or name.startswith("on") or name == "src"], tag
    assert not soup.find_all(["link", "iframe", "img", "object", "base"])
    assert "http://" not in re.sub(r"http://www\.w3\.org/ns/anno\.jsonld", "", page)
    assert "https://" not in page


def test_the_journal_tells_who_did_what_when(make_project: Make) -> None:
    """Each event has its row, with code and coder; what stands is linked, and corrections of texts are there, too."""
    project = make_project()
    coding = project.code("kasus/w-i1", "Data kami terbuka.", "SDM", coder="ana")
    project.revise(coding, code="LAY-DAT", valence="mendukung")
    project.replace_text("kasus/w-i1", "P: Pagi.\n\nI1: Data kami terbuka.\n", coder="budi", memo="salah dengar")
    soup = made(project)
    rows = [[cell.get_text() for cell in row.find_all("td")] for row in soup.select(".journal tbody tr")]
    assert [row[1] for row in rows][:2] == ["ana", "ana"]
    assert "SDM → LAY-DAT" in rows[1][5]
    assert "deskriptif → mendukung" in rows[1][5]
    assert any(row[1] == "budi" and row[5] == "salah dengar" for row in rows)
    assert soup.select_one(".journal a")["href"] == f"#q-{coding.id}"


def test_addresses_are_those_of_the_case() -> None:
    """Each coding's link is written as its address, which the terminal finds."""
    case, _, soup = practice()
    addresses = Addresses(case)
    for chip in soup.select(".chips li")[::20]:
        assert chip.a["href"].removeprefix("#q-") in {each.id for each in addresses.codings(chip.a.get_text())}


def test_the_same_project_gives_the_same_bytes(tmp_path: Path) -> None:
    """Nothing of the hour or the machine stands in the file."""
    project = qc.open_project(ROOT)
    paths = [write_evidence(project, "bandung", tmp_path / name) for name in ("satu.html", "dua.html")]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_notebooks_beside_the_file_are_linked(make_project: Make, tmp_path: Path) -> None:
    """Executed notebooks of the case are linked by their titles, those of other cases and strange files are not."""
    project = make_project()
    for folder, case, name in [("kasus", "kasus", "11-baca"), (".", "kasus", "12-lihat"), ("kasus", "lain", "13-lain")]:
        (tmp_path / folder).mkdir(exist_ok=True)
        cells = [{"cell_type": "markdown", "source": [f"# Judul {name}"], "metadata": {}}]
        told = {"cells": cells, "metadata": {"qualcode": {"parameters": {"case": case}}}}
        (tmp_path / folder / f"{name}.ipynb").write_text(json.dumps(told), "utf-8")
        (tmp_path / folder / f"{name}.html").write_text("", "utf-8")
    (tmp_path / "rusak.ipynb").write_text("[", "utf-8")
    (tmp_path / "rusak.html").write_text("", "utf-8")
    page = write_evidence(project, "kasus", tmp_path / "bukti.html").read_text("utf-8")
    links = [(a["href"], a.get_text()) for a in BeautifulSoup(page, "lxml").select("section ul a")]
    assert links == [("12-lihat.html", "12 Judul 12-lihat"), ("kasus/11-baca.html", "11 Judul 11-baca")]


def test_an_empty_case_has_a_page_too(make_project: Make) -> None:
    """Nothing coded yet is no fault: the page says so."""
    soup = made(make_project())
    assert "Tidak ada koding yang ditampilkan" in soup.get_text()


def test_in_english(make_project: Make) -> None:
    """The frame speaks English when asked to."""
    project = make_project()
    project.code("kasus/w-i1", "Data kami terbuka.", "SDM", coder="ana")
    use_language("en")
    soup = made(project)
    assert soup.html["lang"] == "en"
    assert soup.select_one(".variant strong").get_text() == "Variant:"


def test_a_file_that_cannot_be_written_is_told(make_project: Make, tmp_path: Path) -> None:
    """A place where no file can be is an error with its mend."""
    project = make_project()
    (tmp_path / "berkas").write_text("", "utf-8")
    with pytest.raises(qc.CodingError, match="Belum tersimpan"):
        write_evidence(project, "kasus", tmp_path / "berkas" / "bukti.html")


# Documents cut for reading, on random texts.

LINES = st.lists(st.text("ab c.😀é", max_size=30), min_size=1, max_size=12)


@st.composite
def coded_documents(draw: st.DrawFn) -> tuple[Document, list[Coding]]:
    kind = draw(st.sampled_from([Kind.TRANSCRIPT, Kind.RECORD]))
    who = st.sampled_from(["P: ", "I1: ", "I2: ", "", "## "])
    text = "".join(draw(who) + line + draw(st.sampled_from(["\n", "\n\n"])) for line in draw(LINES)) * draw(
        st.sampled_from([1, 9])
    )
    document = Document(id="w", text=text, kind=kind, legend={"P": "pewawancara", "I1": "I1", "I2": "I2"})
    spans = st.tuples(st.integers(0, len(text) - 1), st.integers(1, 60)).map(lambda s: (s[0], min(len(text), sum(s))))
    codings = [
        Coding(
            f"{n:026}", document.segment(*span), "uji", "SDM", "ana", qc.Valence.SUPPORTS, (), None, True, "", 1, None
        )  # type: ignore[arg-type]
        for n, span in enumerate(sorted(draw(st.lists(spans, max_size=8))))
    ]
    return document, codings


@given(coded_documents(), st.booleans())
def test_cut_documents_lose_and_move_nothing(made: tuple[Document, list[Coding]], full: bool) -> None:
    """Passages follow one another, are the text to the letter, and hold each coding whole and once."""
    document, codings = made
    cut = passages(document, codings, full=full)
    end = 0
    for passage in cut:
        assert end <= passage.start < passage.end
        end = passage.end
        assert "".join(piece.text for piece in passage.pieces) == document.text[passage.start : passage.end]
        for index in passage.opening:
            words = "".join(piece.text for piece in passage.pieces if index in piece.covering)
            assert words == codings[index].quote
            assert [index in piece.opening for piece in passage.pieces].count(True) == 1
    shown = [index for passage in cut for index in passage.opening]
    assert sorted(shown) == list(range(len(codings)))
    if full:
        assert "".join(document.text[p.start : p.end] for p in cut).replace("\n", "") == document.text.replace("\n", "")


# In a browser.


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = write_evidence(qc.open_project(ROOT), PRACTICE, tmp_path_factory.mktemp("bukti") / "bukti.html")
    return path.as_uri()


LIT = """all => all.filter(e => getComputedStyle(e).backgroundColor == "rgb(255, 228, 138)").map(e => e.textContent)"""


@pytest.mark.parametrize("width", [1200, 390], ids=["desk", "phone"])
def test_a_number_lands_on_its_words_without_javascript(browser: Any, file: str, width: int) -> None:
    """With JavaScript off and no network a matrix' link brings the quotation into view and marks it, and it alone."""
    case, _, _ = practice()
    quotes = {coding.id: coding.quote for coding in case.coded_by()}
    context = browser.new_context(java_script_enabled=False, offline=True, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(file)
    for number in (0, 3):
        page.goto(file + "#b-stoc")
        table = page.locator(".matrix").nth(6)
        table.locator("summary").nth(number).click()
        link = table.locator("details[open] a").last
        id = link.get_attribute("href").removeprefix("#q-")
        link.click()
        anchor = page.locator(f"#q-{id}").bounding_box()
        assert 0 <= anchor["y"] < 800
        lit = page.locator("mark").evaluate_all(LIT)
        assert "".join(lit) == quotes[id]
    context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (390, "dark")], ids=["desk", "phone"])
def test_no_violation_of_accessibility(browser: Any, file: str, width: int, scheme: str) -> None:
    """axe-core finds nothing, with everything unfolded; nothing is wider than the window; nothing breaks the policy."""
    try:
        import axe_playwright_python
    except ImportError:
        missing("axe-playwright-python")
    context = browser.new_context(offline=True, viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(file + "#" + practice()[2].select_one(".chips a")["href"].removeprefix("#"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    script = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
    page.evaluate("document.querySelectorAll('.code-entry, tbody tr').forEach((e, n) => n % 40 && e.remove())")
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.evaluate("() => { for (const e of [...document.querySelectorAll('.passage')].slice(12)) e.remove() }")
    page.evaluate(script)
    violations = page.evaluate("axe.run()")["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in violations] == []
    context.close()


def test_a_comment_is_written_kept_and_carried_away(browser: Any, make_project: Make, tmp_path: Path) -> None:
    """A click on a quotation opens a form; what is written stays over a reload and is downloaded as Web Annotations."""
    text = "P: 😅 Ya?\n\nI1: 👩🏽‍🎓 Semua komentar dibalas 🇮🇩 cepat. <b>Betul</b>, katanya.\n"
    project = make_project({"w-i1": text})
    outer = project.code("kasus/w-i1", "Semua komentar dibalas 🇮🇩 cepat.", "SDM", coder="ana")
    inner = project.code("kasus/w-i1", "dibalas 🇮🇩 cepat. <b>Betul</b>", "LAY-DAT", coder="ana")
    url = write_evidence(project, "kasus", tmp_path / "bukti.html").as_uri()
    context = browser.new_context(offline=True, accept_downloads=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(url)
    page.locator("mark", has_text="dibalas").click()
    assert page.locator("#komentar-pilih option").count() == 2
    page.locator("#komentar-pilih").select_option(
        label=page.locator("#komentar-pilih option", has_text="SDM").inner_text()
    )
    assert page.locator("#komentar-kutipan").inner_text() == outer.quote
    page.locator("#komentar-isi").fill("Cukupkah <i>satu</i> orang?")
    page.locator("#komentar-nama").fill("Pembimbing")
    page.get_by_role("button", name="Simpan").click()
    page.locator(".chips li", has_text="LAY-DAT").get_by_role("button").click()
    page.locator("#komentar-isi").fill("Kedua.")
    page.get_by_role("button", name="Simpan").click()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
    page.reload()
    assert dialogs == ["beforeunload"]
    assert page.locator("#komentar-daftar li").count() == 2
    assert "<i>satu</i>" in page.locator("#komentar-daftar").inner_text()
    with page.expect_download() as download:
        page.locator("#bilah .unduh").click()
    assert re.fullmatch(r"komentar-kasus-\d{4}-\d\d-\d\d\.json", download.value.suggested_filename)
    told = json.loads(Path(download.value.path()).read_text("utf-8"))
    document = project.case("kasus").document("w-i1")
    for annotation, coding in zip(told["items"], (outer, inner), strict=True):
        target = annotation["target"]
        quote, position = target["selector"]
        assert document.text[position["start"] : position["end"]] == quote["exact"] == coding.quote
        before = document.text[: position["start"]]
        assert quote["prefix"] == before[-len(quote["prefix"]) :]
        assert document.text[position["end"] :].startswith(quote["suffix"])
        assert len(quote["prefix"]) >= 10
        assert target["source"] == "urn:qualcode:kasus/w-i1"
        assert target["state"]["sha256"] == document.sha256
        assert target["coding"] == coding.id
    assert told["items"][0]["body"]["value"] == "Cukupkah <i>satu</i> orang?"
    page.reload()
    assert dialogs == ["beforeunload"]
    page.get_by_role("button", name="Hapus").first.click()
    assert page.locator("#komentar-daftar li").count() == 1
    context.close()


def test_search_finds_words_and_leads_to_them(browser: Any, file: str) -> None:
    """Search forgives capitals and lists the passages; what is not there is said."""
    page = browser.new_page()
    page.goto(file)
    page.locator("#cari-kata").fill("PASAR Murah")
    page.locator("#cari-hasil a").first.click()
    where = page.evaluate("document.querySelector(location.hash).textContent.toLowerCase()")
    assert "pasar murah" in where
    page.locator("#cari-kata").fill("zzzz tidak ada")
    page.get_by_text("Tidak ditemukan.").wait_for()
    page.close()


def test_a_new_project_has_an_evidence_file(tmp_path: Path) -> None:
    """The first case of `qualcode init` gives a page."""
    project = init_project(tmp_path / "skripsi")
    assert write_evidence(project, "kasus-saya", tmp_path / "bukti.html").stat().st_size > 10_000
    shutil.rmtree(project.root)
