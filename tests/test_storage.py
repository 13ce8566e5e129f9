"""Files are whole or not there."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.storage import write_atomically


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_what_is_written_is_read(tmp_path: Path, content: bytes) -> None:
    """The bytes on disk are the bytes that were given, over whatever stood there, and nothing is left beside them."""
    target = tmp_path / "a.jsonl"
    write_atomically(target, content)
    assert target.read_bytes() == content
    assert list(tmp_path.iterdir()) == [target]


def test_folders_are_made(tmp_path: Path) -> None:
    """A file in a folder that is not there yet is written all the same."""
    target = tmp_path / "reports" / "kasus satu" / "é.html"
    write_atomically(target, b"x")
    assert target.read_bytes() == b"x"


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """When writing fails, the old content is still there and no half file lies about."""
    target = tmp_path / "a.html"
    write_atomically(target, b"lama")
    with pytest.raises(TypeError):
        write_atomically(target, "bukan bytes")  # type: ignore[arg-type]
    assert target.read_bytes() == b"lama"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    """Where a folder stands, no file is put: the error says so, the folder keeps what it holds."""
    target = tmp_path / "a.html"
    target.mkdir()
    (target / "isi").write_bytes(b"x")
    with pytest.raises(OSError, match=r"a\.html"):
        write_atomically(target, b"baru")
    assert [path.name for path in tmp_path.rglob("*")] == ["a.html", "isi"]


def test_others_may_read_the_file(tmp_path: Path) -> None:
    """A written file can be read by everybody, unlike the temporary one it was."""
    target = tmp_path / "a.html"
    write_atomically(target, b"x")
    assert target.stat().st_mode & 0o444 == 0o444
