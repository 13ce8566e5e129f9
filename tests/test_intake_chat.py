"""WhatsApp: messages as phones of both kinds and both languages export them."""

import zipfile
from pathlib import Path

import pytest

from qualcode.intake.blocks import Block, BlockKind, RawFile
from qualcode.intake.files import read_raw


def read(folder: Path, text: str) -> RawFile:
    (folder / "chat.txt").write_bytes(text.encode())
    return read_raw(folder / "chat.txt")


def test_android_in_indonesian(tmp_path: Path) -> None:
    """Messages of several lines stay whole; media, system lines and deleted messages are counted."""
    text = (
        "12/03/24 14.05 - Pesan dan panggilan terenkripsi secara end-to-end. Tidak seorang pun di luar chat ini.\n"
        "12/03/24 14.05 - Anda membuat grup “Riset”\n"
        "12/03/24 14.06 - Rina Peneliti: Selamat siang, Bu.\nBoleh saya bertanya: soal akun dinas?\n\nTerima kasih.\n"
        "12/03/24 14.07 - +62 812-3456-7890: Silakan\n"
        "12/03/24 14.08 - +62 812-3456-7890: <Media tidak disertakan>\n"
        "12/03/24 14.08 - Bu Ani: IMG-20240312-WA0001.jpg (file terlampir)\nIni papan pengumumannya\n"
        "12/03/24 14.09 - Bu Ani: Pesan ini dihapus\n"
        "12/03/24 14.10 - Bu Ani: Jadi begitu <Pesan ini diedit>\n"
        "13/03/24 08.00 - Bu Ani keluar\n"
    )
    raw = read(tmp_path, text)
    message = BlockKind.MESSAGE
    assert raw.blocks == (
        Block(
            "Selamat siang, Bu.\nBoleh saya bertanya: soal akun dinas?\n\nTerima kasih.",
            message,
            speaker="Rina Peneliti",
            time="14.06",
            date="12/03/24",
            line=3,
        ),
        Block("Silakan", message, speaker="+62 812-3456-7890", time="14.07", date="12/03/24", line=7),
        Block("Ini papan pengumumannya", message, speaker="Bu Ani", time="14.08", date="12/03/24", line=9),
        Block("Jadi begitu", message, speaker="Bu Ani", time="14.10", date="12/03/24", line=12),
    )
    assert [each.what for each in raw.losses] == [
        "3 baris sistem WhatsApp tidak ikut.",
        "2 gambar, suara, atau berkas dalam obrolan tidak ikut.",
        "1 pesan sudah dihapus pengirimnya.",
    ]
    assert raw.format == "whatsapp"


@pytest.mark.parametrize(
    ("line", "date", "time"),
    [
        ("[12/03/24 14.05.33] Ani: Ya", "12/03/24", "14.05.33"),
        ("\u200e[12/03/2024, 2:05:33\u202fPM] ~\u202fAni: \u200eYa", "12/03/2024", "2:05:33\u202fPM"),
        ("3/12/24, 2:05\u202fPM - Ani: Ya", "3/12/24", "2:05\u202fPM"),
        ("12/3/2024, 14:05 - Ani: Ya", "12/3/2024", "14:05"),
        ("2024-03-12, 2:05 p.m. - Ani: Ya", "2024-03-12", "2:05 p.m."),
        ("12.03.24, 14:05 - Ani: Ya", "12.03.24", "14:05"),
        ("12/03/24 pukul 14.05 - Ani: Ya", "12/03/24", "14.05"),
    ],
)
def test_every_stamp(tmp_path: Path, line: str, date: str, time: str) -> None:
    """Dates and times stay as they are written, whatever the phone; nobody guesses which number is the month."""
    raw = read(tmp_path, line + "\n" + line)
    assert [(b.text, b.speaker, b.date, b.time) for b in raw.blocks] == [("Ya", "Ani", date, time)] * 2
    assert raw.losses == ()


def test_ios_in_english(tmp_path: Path) -> None:
    """The signs of iOS before its own lines are understood."""
    text = (
        "[3/12/24, 2:05:33\u202fPM] Riset: \u200eMessages and calls are end-to-end encrypted.\r\n"
        "[3/12/24, 2:05:40\u202fPM] Riset: \u200eRina added Bu Ani\r\n"
        "[3/12/24, 2:06:00\u202fPM] Bu Ani: \u200eimage omitted\r\n"
        "\u200e[3/12/24, 2:06:10\u202fPM] Bu Ani: \u200e<attached: 00000012-AUDIO-2024-03-12.opus>\r\n"
        "[3/12/24, 2:06:30\u202fPM] Bu Ani: \u200eThis message was deleted.\r\n"
        "[3/12/24, 2:07:00\u202fPM] Bu Ani: ya, betul\r\n"
    )
    raw = read(tmp_path, text)
    assert [(b.speaker, b.text) for b in raw.blocks] == [("Bu Ani", "ya, betul")]
    assert [each.what for each in raw.losses] == [
        "2 baris sistem WhatsApp tidak ikut.",
        "2 gambar, suara, atau berkas dalam obrolan tidak ikut.",
        "1 pesan sudah dihapus pengirimnya.",
    ]


def test_the_packed_export_of_a_phone(tmp_path: Path) -> None:
    """The zip that iOS shares is opened at its chat; nothing else in it is."""
    with zipfile.ZipFile(tmp_path / "WhatsApp Chat.zip", "w") as archive:
        archive.writestr("_chat.txt", "[12/03/24 14.05.33] Ani: Ya")
        archive.writestr("../../foto.jpg", b"x")
    raw = read_raw(tmp_path / "WhatsApp Chat.zip")
    assert (raw.format, [block.text for block in raw.blocks]) == ("whatsapp", ["Ya"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["WhatsApp Chat.zip"]


def test_a_transcript_with_a_date_is_no_chat(tmp_path: Path) -> None:
    """A text that only speaks of a date stays a text."""
    assert read(tmp_path, "Tanggal: 12/03/24 14.05\nP: Halo\nI: Ya").format == "text"
