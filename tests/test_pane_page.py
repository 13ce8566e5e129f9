"""The coding pane's page: its offsets in Node, its behaviour in Chromium with a small Python played by a mock."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pane_page import (
    FRONTEND,
    ROOT,
    Open,
    Traits,
    chromium,
    click,
    drag,
    missing,
    only,
    pane_pages,
    practice,
    ready,
    sent,
    with_text,
)

from qualcode.jupyter import bundling
from qualcode.wording import catalogue

SOURCES = ROOT / "qualcode" / "jupyter" / "frontend"


def test_offsets_in_node() -> None:
    """On random texts JavaScript counts code points as Python does and never cuts a letter or a word."""
    try:
        node = bundling._node()
    except bundling.CannotBundle:
        missing("Node")
    command = [*node, "--test", str(FRONTEND / "offsets.test.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.parametrize("path", sorted(SOURCES.glob("*.js")), ids=lambda path: path.name)
def test_data_never_becomes_markup(path: Path) -> None:
    """No module writes markup from strings: a transcript full of tags stays text."""
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", path.read_text("utf-8"))


def test_every_text_is_worded_and_asked_for() -> None:
    """Each key the modules ask for stands in the catalogue, and each of the pane's keys there is asked for."""
    known = set(catalogue()["pane"])
    source = "\n".join(path.read_text("utf-8") for path in SOURCES.glob("*.js"))
    quoted = set(re.findall(r'"([a-z_]+)"', source))
    assert set(re.findall(r'(?:say|#hint)\(\s*(?:[\w.!()]+ \? )?"([a-z_]+)"', source)) <= known
    families = set(re.findall(r"`([a-z]+)_\$\{\w+\}`", source))
    assert families == {"tab", "empty", "handle", "told"}
    assert not {key for key in known if key not in quoted and key.partition("_")[0] not in families}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture
def open_pane(browser: Any) -> Iterator[Open]:
    with pane_pages(browser) as opened:
        yield opened


def marks(page: Any) -> list[str]:
    found: list[str] = page.evaluate("[...document.querySelectorAll('.qc mark')].map((each) => each.textContent)")
    return found


def status(page: Any) -> str:
    return str(page.locator(".qc-status").inner_text())


def settled(page: Any) -> None:
    """Wait until everything is acknowledged."""
    page.wait_for_function("/Tersimpan/.test(document.querySelector('.qc-status').textContent)")


def pick(page: Any, *codes: str) -> None:
    """Choose codes in the open picker by typing."""
    for code in codes[:-1]:
        page.keyboard.type(code)
        page.keyboard.press("Shift+Enter")
    page.keyboard.type(codes[-1])
    page.keyboard.press("Enter")


# Reading.


def test_the_whole_text_is_in_the_page(open_pane: Open) -> None:
    """Every line of the transcript stands in the page at once, with its numbers, whatever is in view."""
    told = practice()
    page = ready(open_pane(told))
    shown = page.evaluate("[...document.querySelectorAll('.qc-row p')].map((each) => each.textContent)")
    assert shown == [line for line in told["document"]["text"].split("\n") if line]
    numbers = page.evaluate("[...document.querySelectorAll('.qc-row[data-n]')].map((each) => Number(each.dataset.n))")
    assert numbers == [unit["number"] for unit in told["document"]["units"]]


def test_hostile_text_stays_text(open_pane: Open) -> None:
    """Tags, scripts and entities in a transcript are shown as they are written, and nothing of them runs."""
    text = '<img src=x onerror="window.hit=1">&amp;<script>window.hit=1</script>\n\n</p></div>{{7*7}} ${1}'
    page = ready(open_pane(with_text(text)))
    assert page.locator(".qc-row p").all_text_contents() == text.split("\n\n")
    assert page.evaluate("[window.hit === undefined, document.querySelectorAll('.qc-text img').length]") == [True, 0]


def test_marks_are_flat_and_join_to_the_text(open_pane: Open) -> None:
    """Overlapping codings give flat marks, never one in another, and the words around them stay whole."""
    page = ready(open_pane(practice()))
    page.locator(".qc mark").first.wait_for()
    assert page.locator(".qc mark mark").count() == 0
    assert page.locator(".qc mark.n2").count() > 0


# Coding with the mouse.

STRANGE = [
    ("emoji", "Saya bangga 👩🏽‍🎓👍🏽 waktu itu", "👩🏽‍🎓👍🏽"),
    ("flags", "dari 🇮🇩🇲🇾 kami berangkat", "🇮🇩🇲🇾 kami"),
    ("marks", "katanya soale\u0301 luwih tentrem", "soale\u0301 luwih"),
    ("arabic", "lancar; الحمد لله, begitu", "الحمد لله"),
    ("javanese", "tulisane ꦏꦼꦥꦿꦶꦪꦺ ꦏꦧꦂꦺ kuwi", "ꦏꦼꦥꦿꦶꦪꦺ ꦏꦧꦂꦺ"),
    ("markup", "lalu <b>tebal</b> &amp; selesai", "tebal</b> &amp"),
]


@pytest.mark.parametrize(("text", "words"), [each[1:] for each in STRANGE], ids=[each[0] for each in STRANGE])
def test_a_drag_gives_exact_code_points(open_pane: Open, text: str, words: str) -> None:
    """Whatever letters are dragged over, and stand before them, Python gets the code points of those very words."""
    whole = f"Pembuka 😅🇮🇩 dulu.\n\n{text}\n\nPenutup."
    page = ready(open_pane(with_text(whole)))
    drag(page, words)
    pick(page, "Partisipasi")
    settled(page)
    (command,) = sent(page, "apply")
    start = whole.index(words)
    assert (command["start"], command["end"], command["quote"]) == (start, start + len(words), words)


def test_whole_words_unless_alt_is_held(open_pane: Open) -> None:
    """A drag from the middle of a word takes the word; with Alt exactly the letters."""
    page = ready(open_pane(with_text("Kadang-kadang saya menunda.")))
    drag(page, "dang-kadang sa")
    pick(page, "Partisipasi")
    drag(page, "menun", key="Alt")
    pick(page, "Partisipasi")
    settled(page)
    assert [each["quote"] for each in sent(page, "apply")] == ["Kadang-kadang saya", "menun"]


def test_a_quotation_over_two_paragraphs(open_pane: Open) -> None:
    """A drag over paragraphs takes the line breaks between them with it."""
    page = ready(open_pane(with_text("Satu dua tiga.\n\nEmpat lima enam.")))
    drag(page, "tiga.", "Empat lima")
    pick(page, "Partisipasi")
    settled(page)
    assert sent(page, "apply")[0]["quote"] == "tiga.\n\nEmpat lima"
    assert marks(page) == ["tiga.", "Empat lima"]


def test_two_clicks_take_a_word_and_three_the_paragraph(open_pane: Open) -> None:
    """A double click selects a word, a third click the paragraph."""
    page = ready(open_pane(with_text("Satu dua tiga.\n\nEmpat.")))
    box = page.locator(".qc-row p").first.bounding_box()
    page.mouse.dblclick(box["x"] + 50, box["y"] + 12)
    pick(page, "Partisipasi")
    page.mouse.click(box["x"] + 50, box["y"] + 12, click_count=3)
    pick(page, "Strategi")
    settled(page)
    assert [each["quote"] for each in sent(page, "apply")] == ["dua", "Satu dua tiga."]


def test_fingers(browser: Any) -> None:
    """On a touch screen a selection waits for its button, so that the fingers' handles may still be moved."""
    with pane_pages(browser, has_touch=True, is_mobile=True) as opened:
        page = ready(opened(with_text("Satu dua tiga empat."), width=420, height=800))
        page.evaluate("""() => {
            const text = document.querySelector(".qc-row p").firstChild;
            getSelection().setBaseAndExtent(text, 6, text, 11);
        }""")
        page.get_by_role("button", name="Pilih kode").tap()
        page.locator(".qc-option", has_text="Partisipasi").first.tap()
        settled(page)
        assert [each["quote"] for each in sent(page, "apply")] == ["dua tiga"]


def test_several_codes_and_what_else_is_said(open_pane: Open) -> None:
    """Shift+Enter gathers codes on one selection; valence, tags, period, memo and "implicit" go with them."""
    page = ready(open_pane(with_text("Semua komentar dibalas.")))
    drag(page, "komentar dibalas")
    page.keyboard.type("Partisipasi")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Strategi")
    page.keyboard.press("Shift+Enter")
    page.locator(".qc-picker summary").click()
    page.get_by_label("Valensi").first.select_option("menentang")
    page.locator(".qc-picker input[placeholder='dipisah koma']").fill("cepat, ramah")
    page.locator(".qc-picker").get_by_label("tersirat").check()
    page.locator(".qc-picker textarea").fill("Menurut siapa?")
    page.locator(".qc-picker textarea").press("Control+Enter")
    settled(page)
    (command,) = sent(page, "apply")
    labels = {code["id"]: code["label"] for code in practice()["codes"]}
    assert [labels[each] for each in command["codes"]] == ["Partisipasi", "Strategi"]
    assert {key: command[key] for key in ("valence", "tags", "period", "memo", "explicit")} == {
        "valence": "menentang", "tags": ["cepat", "ramah"], "period": None, "memo": "Menurut siapa?", "explicit": False,
    }  # fmt: skip


# Coding with keys alone.


def test_keys_alone(open_pane: Open) -> None:
    """From the text's focus on, a student codes a word, a sentence and a paragraph without a mouse."""
    page = ready(open_pane(with_text("Pagi, Bu. Semua komentar dibalas. Sudah.\n\nYang kedua.")))
    page.locator(".qc-body").focus()
    for key in ("Control+ArrowRight", "Control+ArrowRight", "Control+ArrowRight", "w", "Enter"):
        page.keyboard.press(key)
    pick(page, "Partisipasi")
    for key in ("s", "1"):
        page.keyboard.press(key)
    for key in ("ArrowDown", "p", "Enter"):
        page.keyboard.press(key)
    pick(page, "Strategi")
    page.keyboard.press("Home")
    for key in ("Shift+ArrowRight",) * 4:
        page.keyboard.press(key)
    page.keyboard.press("1")
    settled(page)
    assert [each["quote"] for each in sent(page, "apply")] == [
        "Semua",
        "Semua komentar dibalas.",
        "Yang kedua.",
        "Yang",
    ]


def test_the_next_word_joins(open_pane: Open) -> None:
    """Asking again for a word, a sentence or a paragraph takes in the next one."""
    page = ready(open_pane(with_text("Satu dua tiga. Empat lima.\n\nEnam.")))
    page.locator(".qc-body").focus()
    for keys in ("ww", "ss"):
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.press("1")
        page.keyboard.press("Home")
    settled(page)
    assert [each["quote"] for each in sent(page, "apply")] == ["Satu dua", "Satu dua tiga. Empat lima."]


def test_recent_codes_stand_on_the_figures(open_pane: Open) -> None:
    """What was applied last comes first in the picker, and its figure applies it."""
    page = ready(open_pane(with_text("Satu dua tiga.")))
    drag(page, "dua")
    pick(page, "Manajemen risiko")
    settled(page)
    drag(page, "tiga")
    assert page.locator(".qc-option").first.inner_text().startswith("Manajemen risiko")
    page.keyboard.press("1")
    page.wait_for_function("model.commands('apply').length === 2")
    first, second = sent(page, "apply")
    assert first["codes"] == second["codes"]


def test_undo_redo_and_saving_the_notebook(open_pane: Open) -> None:
    """Ctrl+Z takes back, Ctrl+Shift+Z brings back; Ctrl+S reaches the notebook once; letters never do."""
    page = ready(open_pane(with_text("Satu dua tiga.")))
    page.evaluate("""() => {
        window.got = [];
        const notebook = document.querySelector(".jp-Notebook");
        const heard = (event) => event.target === notebook && got.push(event.key + event.ctrlKey);
        notebook.addEventListener("keydown", heard);
    }""")
    drag(page, "dua")
    pick(page, "Partisipasi")
    settled(page)
    assert marks(page) == ["dua"]
    page.keyboard.press("Control+z")
    page.wait_for_function("!document.querySelector('.qc mark')")
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Control+s")
    page.wait_for_function("model.commands('redo').length === 1")
    assert page.evaluate("got") == ["strue"]
    assert page.locator(".qc").get_attribute("data-lm-suppress-shortcuts") == "true"


def test_jupyterlab_gets_no_letter(open_pane: Open) -> None:
    """Whatever takes the focus in the pane tells JupyterLab to keep its one-letter commands to itself."""
    page = ready(open_pane(practice()))
    page.locator(".qc-chip").first.click()
    drag(page, "Wali Kota membuka ini")
    page.locator(".qc-picker").wait_for()
    focusable = ".qc :is(button, input, select, textarea, summary, [tabindex])"
    assert page.locator(focusable).count() > 50
    assert page.locator(f"{focusable}:not([data-lm-suppress-shortcuts])").count() == 0


# Codings that are there.


def test_a_name_in_the_margin_chooses_its_coding(open_pane: Open) -> None:
    """A click on a name shows the exact words; memo and valence are revised, and the coding removed."""
    page = ready(open_pane(only(practice(), "ana")))
    page.locator(".qc-chip").first.click()
    quote = page.locator(".qc-card blockquote").inner_text()
    assert quote.startswith("Sekarang sudah lain")
    page.locator(".qc-card textarea").fill("Ditanya lagi ke I3.")
    page.locator(".qc-card textarea").press("Control+Enter")
    page.wait_for_function("model.commands('revise').length === 1")
    page.locator(".qc-card select").select_option("campuran")
    page.wait_for_function("model.commands('revise').length === 2")
    assert [each["changes"] for each in sent(page, "revise")] == [
        {"memo": "Ditanya lagi ke I3."},
        {"valence": "campuran"},
    ]
    before = len(marks(page))
    page.locator(".qc-card .qc-danger").click()
    page.wait_for_function("model.commands('remove').length === 1")
    settled(page)
    assert len(marks(page)) < before


def test_a_click_in_a_highlight_shows_every_coding_there(open_pane: Open) -> None:
    """Where two coders coded the same words, both cards are shown; only one's own can be changed."""
    page = ready(open_pane(practice()))
    click(page, "Jadi Instagram itu muaranya")
    assert page.locator(".qc-card").count() == 2
    assert page.locator(".qc-card .qc-danger").count() == 1


def test_the_ends_are_dragged(open_pane: Open) -> None:
    """The end of the chosen coding is dragged to another word; keys move it by words, too."""
    told = with_text("Satu dua tiga empat lima enam.")
    told["codings"] = [{**practice()["codings"][0], "id": "c1", "start": 5, "end": 8, "mine": True}]
    page = ready(open_pane(told))
    click(page, "dua")
    handle = page.locator(".qc-handle-to").bounding_box()
    word = page.evaluate("""() => {
        const range = document.createRange();
        const node = [...document.querySelector(".qc-row p").childNodes].at(-1);
        range.setStart(node, node.data.indexOf("empat") + 2); range.setEnd(node, node.data.indexOf("empat") + 4);
        const rect = range.getBoundingClientRect(); return [rect.left, rect.top + 8];
    }""")
    page.mouse.move(handle["x"] + 6, handle["y"] + 15)
    page.mouse.down()
    page.mouse.move(*word)
    page.mouse.up()
    page.wait_for_function("model.commands('move').length === 1")
    settled(page)
    page.locator(".qc-handle-from").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_function("model.commands('move').length === 2")
    assert [(each["start"], each["end"], each["quote"]) for each in sent(page, "move")] == [
        (5, 19, "dua tiga empat"),
        (0, 19, "Satu dua tiga empat"),
    ]


def test_filters(open_pane: Open) -> None:
    """Hiding a category, a coder or a valence takes their highlights away; one button brings all back."""
    page = ready(open_pane(practice()))
    page.locator(".qc mark").first.wait_for()
    everything = marks(page)
    for eye in page.locator(".qc-group .qc-eye").all():
        eye.click()
    assert marks(page) == []
    page.get_by_text("Tampilkan semua").click()
    assert marks(page) == everything
    page.locator(".qc-filters summary").click()
    page.locator(".qc-filters").get_by_label("budi", exact=True).uncheck()
    assert 0 < len(marks(page)) < len(everything)


def test_definition_of_a_code(open_pane: Open) -> None:
    """A click on a code in the list shows its definition, when to use it and when not, and examples."""
    page = ready(open_pane(practice()))
    code = next(each for each in practice()["codes"] if each["label"] == "Partisipasi")
    page.locator(".qc-code", has_text="Partisipasi").first.click()
    shown = page.locator(".qc-sheet").inner_text()
    assert code["definition"] in shown
    assert "Jangan pakai bila" in shown
    assert code["examples"][0]["quote"] in shown


def test_memos_and_journal(open_pane: Open) -> None:
    """All memos stand in one place and lead to their words; the journal says what was done."""
    told = only(practice(), "ana")
    page = ready(open_pane(told))
    page.get_by_role("tab", name="Memo").click()
    page.locator(".qc-sheet .qc-memo").first.wait_for()
    memos = [each["memo"] for each in told["codings"] if each["memo"]]
    assert page.locator(".qc-sheet .qc-memo").all_inner_texts() == memos
    page.get_by_role("tab", name="Jurnal").click()
    page.get_by_text("diterapkan").first.wait_for()


def test_a_new_code_from_the_very_words(open_pane: Open) -> None:
    """In vivo: the selected words become a code under a parent and are coded with it."""
    page = ready(open_pane(with_text("Pakai bahasa warung saja.")))
    drag(page, "bahasa warung")
    page.keyboard.press("Escape")
    page.keyboard.press("v")
    form = page.locator(".qc-form")
    assert form.get_by_label("Nama kode").input_value() == "bahasa warung"
    form.get_by_label("Definisi").fill("Bahasa sehari-hari.")
    form.get_by_label("Induk").select_option(index=1)
    form.get_by_role("button", name="Buat kode").click()
    page.wait_for_function("document.querySelector('.qc mark')")
    (command,) = sent(page, "new_code")
    assert command["in_vivo"] == {"start": 6, "end": 19, "quote": "bahasa warung"}
    assert page.locator(".qc-code", has_text="bahasa warung").count() == 1


def test_suggestions_are_not_codings(open_pane: Open) -> None:
    """Suggestions look different and are said to be none; accepting one applies it as suggested."""
    page = ready(open_pane(with_text("Semua komentar dibalas.")))
    page.locator(".qc-body").focus()
    page.keyboard.press("g")
    page.locator(".qc mark.qc-proposal").wait_for()
    assert page.locator(".qc-chip.qc-proposal").first.inner_text().startswith("saran:")
    assert page.locator(".qc-card.qc-proposal").count() == 2
    page.get_by_role("button", name="Terima").first.click()
    settled(page)
    assert sent(page, "apply")[0]["suggested"] is True


def test_two_coders_side_by_side(open_pane: Open) -> None:
    """Comparing shows each coder's codings in a column of their own and marks what both gave."""
    page = open_pane(practice(), compare=["ana", "budi"], readonly=True)
    page.locator(".qc mark").first.wait_for()
    assert page.locator(".qc-coders span").all_inner_texts() == ["ana", "budi"]
    assert page.locator(".qc-half:first-child .qc-chip").count() > 0
    assert page.locator(".qc-half:last-child .qc-chip").count() > 0
    assert page.locator(".qc-chip.qc-same").count() > 0


# Safety.


def test_nothing_can_be_coded_before_the_handshake(open_pane: Open) -> None:
    """Until Python has answered the pane is read-only and says why."""
    page = open_pane(with_text("Satu dua tiga."), before="model.answer = false")
    drag(page, "dua")
    assert page.locator(".qc-picker").count() == 0
    assert "Menghubungi" in status(page)
    page.evaluate("model.release()")
    ready(page)
    assert status(page) == "Siap"


def test_saved_only_after_the_acknowledgement(open_pane: Open) -> None:
    """A coding is shown at once as not yet saved; "Tersimpan" comes with the acknowledgement and not before."""
    page = ready(open_pane(with_text("Satu dua tiga.")))
    page.evaluate("model.answer = false")
    drag(page, "dua")
    pick(page, "Partisipasi")
    page.locator("mark.qc-pending").wait_for()
    assert status(page) == "Menyimpan…"
    page.wait_for_function("/Kernel sibuk · 1 belum tersimpan/.test(document.querySelector('.qc-status').textContent)")
    assert page.locator(".qc-locked").count() == 1
    page.evaluate("model.release()")
    settled(page)
    assert page.locator("mark.qc-pending").count() == 0
    assert marks(page) == ["dua"]


def test_a_refused_coding_disappears_and_is_explained(open_pane: Open) -> None:
    """What Python refuses is taken back, with the reason and the mend."""
    page = ready(open_pane(with_text("Satu dua tiga.")))
    page.evaluate("model.refuse = 'Kode ini sudah ada di sini.'")
    drag(page, "dua")
    pick(page, "Partisipasi")
    page.get_by_text("Kode ini sudah ada di sini. · Coba lagi.").wait_for()
    assert marks(page) == []
    assert "Tersimpan" not in status(page)


def test_a_dead_kernel_loses_nothing(open_pane: Open) -> None:
    """A coding made while the kernel dies stays in the outbox; the next pane offers it and sends the same command."""
    told = with_text("Satu dua tiga.")
    page = ready(open_pane(told))
    page.evaluate("model.alive = false")
    drag(page, "dua")
    pick(page, "Partisipasi")
    page.wait_for_function(
        "/Kernel terputus · 1 belum tersimpan/.test(document.querySelector('.qc-status').textContent)"
    )
    assert page.locator(".qc-locked").count() == 1
    assert marks(page) == ["dua"]
    (kept,) = page.evaluate(f"JSON.parse(localStorage.getItem('qualcode:{told['document']['text_id']}:ana'))")
    again = ready(open_pane(told))
    again.get_by_role("button", name="Simpan sekarang").click()
    settled(again)
    assert [each["id"] for each in sent(again, "apply")] == [kept["id"]]
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{26}", kept["id"])
    assert again.evaluate("localStorage.length") == 0


def test_an_outbox_can_be_thrown_away(open_pane: Open) -> None:
    """What an earlier pane could not save may be discarded; it is not offered again."""
    told = with_text("Satu dua tiga empat.")
    page = ready(open_pane(told))
    page.evaluate("model.alive = false")
    drag(page, "dua")
    pick(page, "Partisipasi")
    again = ready(open_pane(told))
    again.get_by_role("button", name="Buang").click()
    assert again.evaluate("localStorage.length") == 0
    assert status(again) == "Siap"


def test_a_changed_document_is_said_and_stops_the_coding(open_pane: Open) -> None:
    """When the text on disk is another one, the pane says so, locks, and offers to reload."""
    page = ready(open_pane(with_text("Satu dua tiga.")))
    page.evaluate("model.emit('msg:custom', { kind: 'changed_text' })")
    page.wait_for_selector(".qc-locked")
    drag(page, "dua")
    assert page.locator(".qc-picker").count() == 0
    page.evaluate("model.traits.document = { ...model.traits.document, text: 'Teks baru.', text_id: 'baru' }")
    page.get_by_role("button", name="Muat ulang teks").click()
    ready(page)
    assert page.locator(".qc-row p").all_text_contents() == ["Teks baru."]


def test_codings_made_elsewhere_appear(open_pane: Open) -> None:
    """A patch from another notebook is shown; a reloaded page shows the state of the traits."""
    page = ready(open_pane(with_text("Satu dua tiga.")))
    coding = {**practice()["codings"][0], "id": "lain", "start": 5, "end": 8}
    page.evaluate(
        "put => model.emit('msg:custom', { kind: 'patch', patch: { codings: { put: [put], drop: [] } } })", coding
    )
    assert marks(page) == ["dua"]
    page.evaluate("put => model.set('codings', [{ ...put, start: 9, end: 13 }])", coding)
    page.wait_for_function("document.querySelector('.qc mark').textContent === 'tiga'")


def test_two_views_of_one_pane(open_pane: Open) -> None:
    """A second view of the same pane starts from what the first one coded, and both show what either does."""
    page = ready(open_pane(with_text("Satu dua tiga.")))
    drag(page, "dua")
    pick(page, "Partisipasi")
    settled(page)
    page.wait_for_function("model.get('codings').length === 1")
    page.evaluate(
        "() => { const el = document.createElement('div'); document.body.append(el); pane.render({ model, el }); }"
    )
    page.wait_for_function("document.querySelectorAll('.qc:not(.qc-locked)').length === 2")
    drag(page, "tiga")
    pick(page, "Strategi")
    page.wait_for_function(
        "[...document.querySelectorAll('.qc mark')].map((each) => each.textContent).join() === 'dua,tiga,dua,tiga'"
    )


def test_a_supervisor_reads(open_pane: Open) -> None:
    """Read-only: nothing can be applied, changed or removed, and the pane says so; comments can be written."""
    page = open_pane(practice(), readonly=True, reason="Tanpa pengode.", can_comment=True)
    page.wait_for_function("document.querySelector('.qc-status').textContent === 'Hanya baca'")
    drag(page, "Wali Kota membuka ini")
    assert page.locator(".qc-picker").count() == 0
    page.get_by_role("tab", name="Komentar").click()
    page.locator(".qc-sheet textarea").fill("Periksa lagi.")
    page.get_by_role("button", name="Kirim").click()
    page.wait_for_function("model.commands('comment').length === 1")
    assert sent(page, "comment")[0]["quote"] == "Wali Kota membuka ini"
    assert not sent(page, "apply")


# Comments.


def commented(**pane: Any) -> Traits:
    """The practice page with two comments of a supervisor: one on words, one whose words are gone."""
    told = practice()
    start = told["document"]["text"].index("Wali Kota")
    said = {"author": "pak-dosen", "time": "2026-11-20T03:00:00Z", "status": "terbuka", "done": False, "replies": []}
    comments = [
        {**said, "id": "k-1", "start": start, "end": start + 9, "quote": "Wali Kota", "text": "Mengapa <b>ini</b>?"},
        {**said, "id": "k-2", "start": None, "end": None, "quote": "kata lama", "text": "Masih perlu?"},
    ]
    return {**told, "comments": comments, "pane": {**told["pane"], "can_comment": True, "author": "ana", **pane}}


OUTBOX = "Object.values(localStorage).flatMap((each) => JSON.parse(each))"


def card_of(page: Any, id: str) -> Any:
    """The card of a comment, with its tab open."""
    page.get_by_role("tab", name="Komentar").click()
    return page.locator(f"[data-comment='{id}']")


def test_a_comment_is_answered_by_keys_alone(open_pane: Open) -> None:
    """Tab, Enter, words, Ctrl+Enter: the answer stands under its comment, is told, and the focus stays at its card."""
    page = ready(open_pane(commented()))
    card = card_of(page, "k-1")
    card.get_by_role("button", name="Jawab komentar pak-dosen: Mengapa <b>ini</b>?").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.labels[0].textContent") == "Jawaban untuk pak-dosen"
    page.keyboard.type("Karena <i>disebut</i> tiga kali.")
    page.keyboard.press("Control+Enter")
    card.locator(".qc-badge", has_text="dijawab").wait_for()
    (command,) = sent(page, "answer")
    assert (command["comment"], command["text"]) == ("k-1", "Karena <i>disebut</i> tiga kali.")
    assert card.locator(".qc-reply .qc-memo").all_inner_texts() == ["Karena <i>disebut</i> tiga kali."]
    page.wait_for_function("document.querySelector('.qc-live').textContent === 'Jawaban tersimpan.'")
    assert page.evaluate("document.activeElement.textContent") == "Jawab"
    assert card.locator("textarea").count() == 0
    settled(page)


def test_a_comment_is_marked_as_done(open_pane: Open) -> None:
    """One button says that it is dealt with; then its status says so and the button is gone. Others are as before."""
    page = ready(open_pane(commented()))
    card = card_of(page, "k-2")
    card.get_by_role("button", name="Tandai selesai").click()
    card.locator(".qc-badge", has_text="selesai").wait_for()
    assert [each["comment"] for each in sent(page, "done")] == ["k-2"]
    assert card.get_by_role("button", name="Tandai selesai").count() == 0
    other = card_of(page, "k-1")
    assert other.locator(".qc-badge").inner_text() == "terbuka"
    assert other.get_by_role("button", name="Tandai selesai").count() == 1


def test_an_answer_counts_as_saved_only_when_acknowledged(open_pane: Open) -> None:
    """Until the reply it is shown as not saved, stays in the outbox, and cannot be sent twice."""
    page = ready(open_pane(commented()))
    card = card_of(page, "k-1")
    card.get_by_role("button", name="Jawab").click()
    page.keyboard.type("Sudah.")
    page.evaluate("model.answer = false")
    card.get_by_role("button", name="Kirim jawaban").click()
    assert card.locator(".qc-note").inner_text() == "Belum tersimpan."
    assert card.locator(".qc-badge").inner_text() == "terbuka"
    assert card.get_by_role("button", name="Jawab").is_disabled()
    assert [each["name"] for each in page.evaluate(OUTBOX)] == ["answer"]
    assert "Tersimpan" not in status(page)
    page.evaluate("model.release()")
    settled(page)
    assert card.locator(".qc-note").count() == 0
    assert card.locator(".qc-reply").count() == 1
    assert page.evaluate(OUTBOX) == []


def test_a_refused_answer_is_explained_and_kept(open_pane: Open) -> None:
    """What went wrong stands in the card, and the words are still in the field."""
    page = ready(open_pane(commented()))
    card = card_of(page, "k-1")
    card.get_by_role("button", name="Jawab").click()
    page.keyboard.type("Sudah.")
    page.evaluate("model.refuse = 'Tidak dapat disimpan.'")
    page.keyboard.press("Control+Enter")
    card.get_by_role("alert").wait_for()
    assert card.get_by_role("alert").inner_text() == "Tidak dapat disimpan. Coba lagi."
    assert card.locator("textarea").input_value() == "Sudah."
    page.evaluate("model.refuse = null")
    page.keyboard.press("Control+Enter")
    card.locator(".qc-badge", has_text="dijawab").wait_for()
    assert card.get_by_role("alert").count() == 0


def test_a_dead_kernel_loses_no_answer(open_pane: Open) -> None:
    """An answer that could not be sent stays in the outbox, and the next pane on the text offers and sends it."""
    page = ready(open_pane(commented()))
    card = card_of(page, "k-1")
    card.get_by_role("button", name="Jawab").click()
    page.keyboard.type("Sudah.")
    page.evaluate("model.alive = false")
    page.keyboard.press("Control+Enter")
    page.wait_for_function("/terputus/.test(document.querySelector('.qc-status').textContent)")
    assert card.locator(".qc-reply .qc-memo").inner_text() == "Sudah."
    assert card.locator(".qc-note").inner_text() == "Belum tersimpan."
    (kept,) = page.evaluate(OUTBOX)
    again = ready(open_pane(commented()))
    again.get_by_role("button", name="Simpan sekarang").click()
    settled(again)
    assert [each["id"] for each in sent(again, "answer")] == [kept["id"]]
    assert card_of(again, "k-1").locator(".qc-reply .qc-memo").inner_text() == "Sudah."
    assert again.evaluate("localStorage.length") == 0


def test_a_draft_outlives_what_others_do(open_pane: Open) -> None:
    """Comments that come in meanwhile, another tab and a look at the words cost no letter of a half-written answer."""
    page = ready(open_pane(commented()))
    card = card_of(page, "k-1")
    card.get_by_role("button", name="Jawab").click()
    page.keyboard.type("Setengah ")
    page.evaluate("model.set('comments', [...model.traits.comments].reverse())")
    page.keyboard.type("jadi")
    page.get_by_role("tab", name="Memo").click()
    assert card_of(page, "k-1").locator("textarea").input_value() == "Setengah jadi"
    page.keyboard.press("Tab")
    card.locator("textarea").focus()
    page.keyboard.press("Escape")
    assert card.locator("textarea").count() == 0
    assert page.evaluate("document.activeElement.textContent") == "Jawab"
    page.keyboard.press("Enter")
    assert card.locator("textarea").input_value() == "Setengah jadi"
    assert not sent(page, "answer")


def test_only_who_may_comment_gets_the_forms(open_pane: Open) -> None:
    """Without the right there is nothing to answer with; words that are gone are no link; nothing becomes markup."""
    page = ready(open_pane(commented(can_comment=False)))
    card = card_of(page, "k-2")
    assert page.locator(".qc-sheet textarea").count() == 0
    assert card.get_by_role("button").count() == 0
    assert card.locator("blockquote").inner_text() == "kata lama"
    assert card_of(page, "k-1").get_by_role("button").all_inner_texts() == ["Wali Kota"]
    assert page.locator(".qc-comment b").count() == 0


def test_a_supervisor_answers_where_nothing_can_be_coded(open_pane: Open) -> None:
    """A read-only pane takes answers, says that they are saved, and explains a comment without selected words."""
    page = open_pane(commented(readonly=True, reason="Tanpa pengode.", coder="", author="pak-dosen"))
    page.wait_for_function("document.querySelector('.qc-status').textContent === 'Hanya baca'")
    card = card_of(page, "k-1")
    card.get_by_role("button", name="Tandai selesai").click()
    page.wait_for_function("/^Hanya baca · .*Tersimpan/.test(document.querySelector('.qc-status').textContent)")
    page.locator(".qc-new-comment textarea").fill("Tanpa kata.")
    page.get_by_role("button", name="Kirim", exact=True).click()
    assert page.get_by_role("alert").inner_text() == "Pilih dulu kata-katanya."
    assert page.locator(".qc-new-comment textarea").input_value() == "Tanpa kata."
    assert not sent(page, "comment")


# For everyone.


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_violation_of_accessibility(open_pane: Open, dark: bool) -> None:
    """axe-core finds nothing in the pane, with cards, picker and help, in light and dark."""
    try:
        import axe_playwright_python
    except ImportError:
        missing("axe-playwright-python")
    page = ready(open_pane(practice(), dark=dark))
    page.add_script_tag(path=Path(axe_playwright_python.__file__).parent / "axe.min.js")

    def violations() -> list[str]:
        found = page.evaluate("axe.run(document.querySelector('.qc'))")["violations"]
        return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]

    page.locator(".qc-chip").first.click()
    assert violations() == []
    page.evaluate("told => { model.set('pane', told.pane); model.set('comments', told.comments); }", commented())
    card_of(page, "k-1").get_by_role("button", name="Jawab").click()
    assert violations() == []
    page.locator("[data-comment='k-2']").get_by_role("button", name="Tandai selesai").click()
    page.locator(".qc-settled").wait_for()
    assert violations() == []
    page.get_by_role("tab", name="Kode").click()
    drag(page, "Wali Kota membuka ini")
    assert violations() == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert violations() == []


@pytest.mark.parametrize("width", [1440, 1000, 620, 360])
def test_no_width_cuts_the_text(open_pane: Open, width: int) -> None:
    """From a wide screen to a phone, or at 200 and 400 % zoom, no part of the text leaves the window sideways."""
    page = ready(open_pane(practice(), width=width, height=700))
    page.locator(".qc mark").first.wait_for(state="attached")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    body, paragraph = (page.locator(each).first.bounding_box() for each in (".qc-body", ".qc-row[data-n] p"))
    assert body["x"] <= paragraph["x"]
    assert paragraph["x"] + paragraph["width"] <= body["x"] + body["width"]
    assert paragraph["width"] > 180


def test_what_happens_is_said(open_pane: Open) -> None:
    """Applying and removing are announced to those who do not see the page."""
    page = ready(open_pane(with_text("Satu dua tiga.")))
    drag(page, "dua")
    pick(page, "Partisipasi")
    settled(page)
    assert page.locator("[aria-live]").last.inner_text() == "Partisipasi diterapkan dan tersimpan."
