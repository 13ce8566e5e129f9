"""Chats as WhatsApp exports them, on Android and iOS, in Indonesian and English."""

from __future__ import annotations

import re
from dataclasses import replace

from qualcode.intake.archive import Archive
from qualcode.intake.blocks import Block, BlockKind
from qualcode.intake.encoding import decode_lines
from qualcode.intake.gathering import Gathering

_MARKS = "\u200e\u200f\u202a\u202c\ufeff"
_DATE = r"(?P<date>\d{1,4}[./-]\d{1,2}[./-]\d{2,4})"
_TIME = r"(?P<time>\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[ \u00a0\u202f]?[AaPp]\.?[ \u00a0]?[Mm]\.?)?)"
_STAMP = rf"{_DATE},?[ \u00a0\u202f]+(?:pukul[ \u00a0]+|at[ \u00a0]+)?{_TIME}"
_BARE_STAMP = _STAMP.replace("?P<date>", "?P<day>").replace("?P<time>", "?P<clock>")
_OPENING = re.compile(rf"^[{_MARKS}]*(?:\[{_STAMP}\][ \u00a0]*|{_BARE_STAMP} [-–] )(?P<rest>.*)$")
_SENDER = re.compile(r"^(?:~[ \u00a0\u202f]?)?(?P<name>[^:\n]{1,80}?):(?: (?P<words>[\s\S]*)|$)")

_MEDIA = re.compile(
    r"^[<(]?(?:media|gambar|foto|video|audio|stiker|sticker|image|document|dokumen|gif|kartu kontak|contact card"
    r"|pesan video|video note|pesan suara|voice message)(?: [^\n<>]{0,80})?"
    r" (?:tidak disertakan|omitted|dihilangkan)[>)]?$"
    r"|^[^\n]{1,200}[ \u2022]*(?:gambar|image|video|audio|document|dokumen|stiker|sticker)"
    r" (?:tidak disertakan|omitted)$",
    re.IGNORECASE,
)
_ATTACHED = re.compile(
    r"^[^\n<>]{0,200}<(?:attached|terlampir|lampiran): [^\n<>]{1,200}>"
    r"|^[^\n]{1,200}\.\w{2,5} \((?:file attached|file terlampir|berkas terlampir)\)",
    re.IGNORECASE,
)
_DELETED = re.compile(
    r"^(?:pesan ini (?:telah )?dihapus|anda (?:telah )?menghapus pesan ini|you deleted this message"
    r"|this message was deleted)[^\n]{0,40}$",
    re.IGNORECASE,
)
_EDITED = re.compile(r"[ \n]?<(?:Pesan ini diedit|Pesan ini telah diedit|This message was edited)>$")
_SYSTEM = re.compile(
    r"^(?:pesan dan panggilan (?:ter)?enkripsi|pesan dan panggilan dienkripsi|messages and calls are end-to-end"
    r"|messages to this (?:chat|group)|kode keamanan|your security code"
    r"|panggilan (?:suara|video) ?(?:grup )?tak terjawab"
    r"|missed (?:group )?(?:voice|video) call|panggilan (?:suara|video)[.,]|voice call[.,]|video call[.,])",
    re.IGNORECASE,
)
_HAPPENED = re.compile(r"\b(?:mengubah|changed|menambahkan|added|keluar|left|membuat|created)\b")


def looks_like_chat(text: str) -> bool:
    """Whether `text` begins as an exported chat, or half of its first forty lines do."""
    lines = [line for line in text[:40_000].splitlines() if line.strip()][:40]
    if not lines:
        return False
    return bool(_OPENING.match(lines[0])) or 2 * sum(bool(_OPENING.match(line)) for line in lines) >= len(lines)


def chat_in(archive: Archive) -> str | None:
    """The name of the chat in the packed export of a phone; None when the archive is something else."""
    named = [name for name in archive.names if re.fullmatch(r"(?:_chat|[^/]{0,40}WhatsApp[^/]{0,200})\.txt", name)]
    return named[0] if len(named) == 1 else None


def read(data: bytes, gathering: Gathering) -> None:
    """Gather the messages, each with its sender, date and time as written."""
    head = Block("", line=1)
    lines: list[str] = []
    for number, line in enumerate(re.split(r"\r\n|\r|\n", decode_lines(data, gathering)), 1):
        opening = _OPENING.match(line)
        if opening:
            _keep(head, "\n".join(lines), gathering)
            date, time = opening["date"] or opening["day"], opening["time"] or opening["clock"]
            head = Block("", BlockKind.MESSAGE, date=date, time=time, line=number)
            lines = []
        lines.append(opening["rest"] if opening else line)
    _keep(head, "\n".join(lines), gathering)


def _keep(head: Block, text: str, gathering: Gathering) -> None:
    """Gather one message; what stands before the first is a paragraph."""
    if head.kind is not BlockKind.MESSAGE:
        gathering.add(replace(head, text=text))
        return
    sender = _SENDER.match(text.lstrip(_MARKS))
    if not sender:
        gathering.lose("system_lines")
        return
    words, marked = _unmarked(sender["words"] or "")
    if _SYSTEM.match(words):
        gathering.lose("system_lines")
    elif _DELETED.match(words):
        gathering.lose("deleted_messages")
    elif not words:
        gathering.lose("empty_messages")
    else:
        message = replace(head, speaker=sender["name"].strip(_MARKS + " "))
        _keep_words(message, words, gathering, marked=marked)


def _unmarked(words: str) -> tuple[str, bool]:
    """Words without the sign that WhatsApp sets before what is its own; and whether there was one."""
    bare = words.strip().lstrip(_MARKS)
    return _EDITED.sub("", bare.replace("\u200e<", "<")).strip(), bare != words.strip()


def _keep_words(message: Block, words: str, gathering: Gathering, *, marked: bool) -> None:
    first, _, rest = words.partition("\n")
    attached = _ATTACHED.match(first)
    if attached or _MEDIA.match(first.strip()):
        gathering.lose("media")
        words = ((first[attached.end() :] if attached else "") + "\n" + rest).strip()  # a caption stays
    elif marked and not rest and _HAPPENED.search(words):
        gathering.lose("system_lines")
        return
    if words:
        gathering.add(replace(message, text=words))
