"""The terminal: each verb does through the library what it says, and a mistake ends with place, what and mend."""

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import qualcode as qc
from qualcode.cli import VERBS, main
from qualcode.wording import use_language

ROOT = Path(__file__).parents[1]
QUOTE = "Ia sependapat bahwa Disdik sudah berbagi informasi."


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the case of Bandung, which a test may change."""
    for folder in ("corpus/bandung", "codebooks"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def call(project: Path, *arguments: str) -> Result:
    try:
        return CliRunner().invoke(main, ["--project", str(project), *arguments])
    finally:
        use_language("id")


def test_check_is_silent_or_says_all(project: Path) -> None:
    """check prints nothing and ends with 0 on a sound project; else one line a fault, and 1."""
    assert (call(project, "check").exit_code, call(project, "check").output) == (0, "")
    (project / "corpus" / "bandung" / "berbagi.md").write_bytes(b"---\nid: \xff\n")
    (project / "codebooks" / "stoc.yaml").write_text("id: stoc\n  version: 1", encoding="utf-8")
    found = call(project, "check")
    assert found.exit_code == 1
    places = [line.split(": ")[0] for line in found.stderr.splitlines()]
    assert "corpus/bandung/berbagi.md:2" in places
    assert "codebooks/stoc.yaml:2" in places
    assert all("Perbaikan: " in line for line in found.stderr.splitlines())


def test_code_stores_and_find_shows(project: Path) -> None:
    """A coding given in the terminal is found there at once, with words, address, valence and memo."""
    before = json.loads(call(project, "find", "KHN-STR", "--json").output)["rows"]
    stored = call(
        project, "code", "bandung/ahli-ext", QUOTE, "KHN-STR", "--coder", "citra", "--valence", "mendukung",
        "--tag", "rencana", "--memo", "uji",
    )  # fmt: skip
    assert stored.exit_code == 0, stored.output
    after = json.loads(call(project, "find", "KHN-STR", "--json").output)["rows"]
    (new,) = [row for row in after if row not in before]
    assert (new["Kutipan"], new["Pengode"], new["Nilai"], new["Memo"]) == (QUOTE, "citra", "mendukung", "uji")
    assert new["Alamat"].startswith("bandung/ahli-ext:")
    assert call(project, "check").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["code", "bandung/ahli-ext", "kata yang tidak ada", "KHN-STR"], ["ahli-ext.md", "tidak ada"]),
        (["code", "bandung/ahli-ekst", QUOTE, "KHN-STR"], ["ahli-ekst", "ahli-ext"]),
        (["code", "bandun/ahli-ext", QUOTE, "KHN-STR"], ["bandun", "bandung"]),
        (["code", "bandung/ahli-ext", QUOTE, "KHN-STX"], ["KHN-STX", "KHN-STR"]),
        (["code", "bandung/ahli-ext", QUOTE, "KHN"], ["KHN-SHA"]),
        (["code", "bandung/ahli-ext", QUOTE, "KHN-STR", "--valence", "setuju"], ["setuju", "mendukung"]),
        (["code", "../../etc/passwd", QUOTE, "KHN-STR"], ["../../etc"]),
    ],
)
def test_code_refuses_with_the_mend(project: Path, arguments: list[str], words: list[str]) -> None:
    """A coding that cannot be is refused with what is wrong and the mend, and nothing is stored."""
    before = {path: path.read_bytes() for path in project.rglob("*.jsonl")}
    result = call(project, *arguments, "--coder", "citra")
    assert result.exit_code == 1
    assert all(word in result.stderr for word in words), result.stderr
    assert "Perbaikan" in result.stderr
    assert {path: path.read_bytes() for path in project.rglob("*.jsonl")} == before


def test_tables_as_csv_and_json() -> None:
    """Every verb that prints a table gives the same rows as table, CSV and JSON."""
    for verb in (["cases"], ["codes", "stoc"], ["find", "STC"], ["matrix", "david", "--by", "period"]):
        rows = list(csv.reader(io.StringIO(call(ROOT, *verb, "--csv").output)))
        data = json.loads(call(ROOT, *verb, "--json").output)
        assert list(data["rows"][0]) == rows[0]
        assert len(data["rows"]) == len(rows) - 1 > 0
        assert call(ROOT, *verb).exit_code == 0


@pytest.mark.parametrize("by", ["informant", "technique", "document", "period"])
def test_matrix_counts_what_find_finds(by: str) -> None:
    """The counts of a matrix's row add up to the quotations that find shows for its code and coder."""
    rows = list(csv.reader(io.StringIO(call(ROOT, "matrix", "stoc", "--by", by, "--case", "bandung", "--csv").output)))
    shown = json.loads(call(ROOT, "find", "KHN-OPE", "--case", "bandung", "--coder", "ana", "--json").output)["rows"]
    openness = next(row for row in rows if row[0].startswith("KHN-OPE"))
    assert sum(map(int, openness[1:])) == len(shown) > 0


def test_english_on_request() -> None:
    """--language en speaks English; the words of the sources stay as they are."""
    assert "Quotations with the code" in call(ROOT, "--language", "en", "find", "KHN-RIS").output
    assert "Openness" in call(ROOT, "--language", "en", "codes", "stoc", "--json").output


def test_init_makes_a_project_to_work_in(tmp_path: Path) -> None:
    """init makes a project that is sound from the start, and refuses to touch one that is there."""
    folder = tmp_path / "skripsi"
    made = CliRunner().invoke(main, ["init", str(folder)])
    assert made.exit_code == 0, made.output
    assert call(folder, "check").exit_code == 0
    assert qc.open_project(folder).case_ids == ("kasus-saya",)
    assert (folder / ".gitattributes").exists()
    for notebook in (folder / "notebooks").glob("*.ipynb"):
        assert 'case: str = \\"kasus-saya\\"  #' in notebook.read_text("utf-8")
    assert (
        call(folder, "code", "kasus-saya/w-i1", "Tulis jawaban informan", "PAR-1.1", "--coder", "saya").exit_code == 0
    )
    again = CliRunner().invoke(main, ["init", str(folder)])
    assert again.exit_code == 1
    assert "corpus" in again.stderr


def test_outside_a_project(tmp_path: Path) -> None:
    """Outside a project every verb says how to get into one."""
    result = call(tmp_path, "cases")
    assert result.exit_code == 1
    assert "qualcode init" in result.stderr


def test_a_transcript_cannot_steer_the_terminal(project: Path) -> None:
    """Escape sequences and direction marks in a text are shown as replaced characters, never sent on."""
    document = project / "corpus" / "bandung" / "berbagi.md"
    document.write_text(
        document.read_text("utf-8") + "\nTeks \u202ejahat\u202c dan \u009b31m warna.\n", encoding="utf-8"
    )
    assert call(project, "code", "bandung/berbagi", "jahat\u202c dan \u009b31m warna", "KHN-SHA", "--coder", "citra"
                ).exit_code == 0  # fmt: skip
    output = call(project, "find", "KHN-SHA", "--coder", "citra").output
    assert "warna" in output
    assert not {"\u009b", "\u202c", "\x1b"} & set(output)


def test_every_verb_is_there_under_its_name() -> None:
    """Each verb in the list can be called, and says in its own help what it does."""
    listed = CliRunner().invoke(main, ["--help"]).output
    for name, verb in VERBS.items():
        own = CliRunner().invoke(main, [name, "--help"])
        assert own.exit_code == 0, own.output
        assert own.output.startswith(f"Usage: main {name} ")
        assert verb.help in listed


@pytest.mark.parametrize("opened", ["import qualcode", "from qualcode.cli import main; main(['--help'])"])
def test_the_front_door_and_the_list_of_verbs_open_no_heavy_room(opened: str) -> None:
    """Importing qualcode, and listing the verbs, loads neither tables nor figures nor checks of data."""
    heavy = ("numpy", "pandas", "matplotlib", "seaborn", "nltk", "pydantic", "yaml", "rich", "papermill", "sqlite3")
    program = f"import atexit, sys; atexit.register(lambda: print(*sys.modules)); {opened}"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "qualcode" in loaded.split()
    assert not set(heavy) & set(loaded.split())
