"""Hard cases of spoken and written Indonesian, marked by hand before the rules were tuned, and what must be reached.

Each of the 100 texts is written with a bar where two tokens touch and a pilcrow where a sentence ends; other tokens
part at blanks. Each of the forms has its acceptable roots, the best first.
"""

import re
from collections.abc import Callable, Iterable

import pytest
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory

from qualcode.text.words import sentences, stem, tokenize

TEXTS = r"""
Kegiatan dimulai pukul 08.30 WIB¦.¶ Peserta hadir¦,¦ ada 24 orang¦.¶
Rapat berlangsung 08.30-09.25 di ruang A¦.¶ Tidak ada notulen¦.¶
Anggarannya Rp¦85.000.000,00 untuk setahun¦.¶
Harganya cuma Rp 15.000,- per kilo¦,¦ Mbak¦.¶
Biayanya Rp. 2.500 saja¦.¶ Murah kan¦?¶
Menurut Dr. Ir. H. Suharto¦,¦ M.Si.¦,¦ layanan sudah baik¦.¶
Pembicaranya Rahmat Hidayat¦,¦ S.Sos.¦,¦ M.I.Kom.¶ Beliau dosen tamu¦.¶
Ketuanya Drs. Ahmad Yani¦,¦ S.H. dan wakilnya Dra. Siti¦.¶
Lihat Peraturan Wali Kota No. 14 Tahun 2021¦,¦ hlm. 7¦.¶
Alamat kami di Jl. Jend. Sudirman No. 5¦,¦ Kec. Tawang¦,¦ Kab. Tasikmalaya¦.¶
Kami urus komentar¦,¦ DM¦,¦ laporan¦,¦ dll.¶ Semua dicatat¦.¶
Kami urus komentar¦,¦ DM¦,¦ dll. dengan satu ponsel¦.¶
Ada foto¦,¦ video¦,¦ dsb. yang belum diunggah¦.¶
Penelitian Pratama dkk. (¦2019¦) menyebut hal serupa¦.¶
Surat itu a.n. Kepala Dinas¦,¦ tgl. 3 Maret¦.¶
Jam layanan 08.00 s.d. 16.00 setiap hari kerja¦.¶
Yth. Bapak Kepala Dinas¦,¦ mohon tanggapannya¦.¶
Kata Pak A¦.¶ Dia yang pegang akun¦.¶
Saya ikut Bu S¦.¶ Kami ke kelurahan¦.¶
Gedung itu di Jalan A. Yani¦,¦ dekat pasar¦.¶
Penulisnya A. Chaedar¦,¦ bukan saya¦.¶
Saya¦...¦ eee¦...¦ belum tahu¦,¦ Mbak¦.¶
Saya ¦... eee ¦... belum tahu¦.¶
Ya begitulah¦...¶ Terus kami diam saja¦.¶
Masih menunggu¦…¶ Nanti dikabari¦.¶
Lho kok bisa¦??!¶ Kan sudah saya kirim¦!¶
Bisa nggak sih¦?¶ Bisa¦,¦ bisa¦.¶
Wah keren banget ¦😂😂😂¦ makasih ya min¶
Mantap ¦👍🏽¶
Terima kasih¦🙏¦ semoga cepat ditangani¦.¶
Cek di https://samudra.go.id/layanan?id=3&x=1¦.¶ Semua ada di sana¦.¶
Tautannya (¦www.samudra.go.id/ppid¦) sudah mati¦.¶
Buka samudra.go.id atau lapor.go.id saja¦.¶
Kirim ke humas.kota@samudra.go.id¦,¦ nanti dibalas¦.¶
Akun @samudra.menyapa sama @humas_kota¦.¶ Dua-duanya aktif¦.¶
Pakai tagar #PasarMurah2025 dan #samudra_bisa¦.¶
Min ¦,¦ lampu di gang saya mati ¦,¦ tolong dong @admin.kota¦!¶
Anak2 muda sekarang nontonnya reels¦.¶
Ibu2nya malah nggak punya Instagram¦.¶
Foto-fotonya bagus¦,¦ tapi caption-nya panjang¦.¶
Videonya di-takedown¦,¦ terus di-upload ulang¦.¶
Nge-post itu gampang¦,¦ nge-reply yang susah¦.¶
Salat Jum'at dulu¦,¦ Mas¦.¶
Ma’af¦,¦ Qur’an-nya di rak¦.¶
Dia bilang¦,¦ "¦Iya¦,¦ nanti¦.¦"¶ Lalu dia pergi¦.¶
"¦Kapan naik¦?¦" tanya saya¦.¶
“¦Belum boleh¦,¦” katanya¦.¶ “¦Tunggu dulu¦.¦”¶
'¦Wali Kota membuka¦' begitu judulnya¦.¶
Kami (¦tim lima orang¦) bekerja sampai malam¦.¶
Semua dibalas (¦katanya¦.¦)¶ Nyatanya tidak¦.¶
Pengikut naik 15¦%¦ dari 38.400 ke 44.150 akun¦.¶
Skornya 61,5 dari 100¦.¶ Nilai itu turun 3,2 poin¦.¶
Rapat tanggal 17/03/2025 dan 2025-03-24¦.¶
Usianya 18-34 tahun¦;¦ lansia tidak terjangkau¦.¶
Balas dalam 1x24 jam¦,¦ atau 1 x 24 jam¦.¶
COVID-19 mulai Maret 2020¦.¶ Komentar ditutup¦.¶
Kata orang dinas¦/¦kelurahan dan¦/¦atau RT¦,¦ boleh¦.¶
[¦tertawa¦] ¦Nggak lah¦.¶
[¦00:04:53¦] Hmm¦.¶ Eee¦...¦ jawaban resminya apa¦?¶
Sesi Q&A-nya seru ¦,¦ kayak talkshow¦.¶
Program CSR PT. Maju Jaya Tbk. membantu kami¦.¶
Telp. (¦0265¦)¦ 331234¦,¦ Hp. 0812-3456-7890¦.¶
Sekolah itu diresmikan alm. Pak Harto¦.¶
Silakan hub. Bpk. Rudi di Ds. Sukamaju¦,¦ Kel. Mekar¦.¶
Menurut Prof. Dr. Emilia¦,¦ Ph.D. itu wajar¦.¶
Data per 31 Des. 2024 belum final¦.¶
Targetnya min. 5 unggahan¦,¦ maks. 10 unggahan¦.¶
Kata admin¦,¦ min¦.¶ Begitu panggilannya¦.¶
Itu bukan hal¦.¶ Lupakan saja¦.¶
Bisa dilihat di hal. 12 dan Bab IV¦.¶
1¦.¦ Perencanaan konten disusun tiap Januari¦.¶
Ada dua syarat ¦:¦ KTP¦,¦ KK¦.¶ Cuma itu¦.¶
Lha piye¦,¦ wong ora ono sing ngandani¦.¶
Nggih Bu¦,¦ mangke kula sanjangke¦.¶
Abdi mah teu terang¦,¦ da téh éta urusan kantor¦.¶
Kami di¦-¦"¦takedown¦"¦ oleh Meta¦.¶
Setelah pukul 16.00¦.¶ Admin pulang¦.¶
Jumlahnya 5¦.¶ Tidak lebih¦.¶
iya bu¦.¶ terus saya disuruh nunggu¦.¶
ya¦...¦ gimana ya¦...¦ susah sih¶
Ngga tau deh¦,¦ pokoknya gitu lah¦!!!¶ Capek¦.¶
Pak Wali¦--¦eh¦,¦ maksud saya Pak Sekda¦--¦belum paraf¦.¶
Kota ini – kata orang – tertutup¦.¶
Kota ini¦—¦kata orang¦—¦tertutup¦.¶
Dia S-2 di UI¦,¦ lalu ke luar negeri¦.¶
Ke-2 petugas itu datang pada hari ke-3¦.¶
Dibahas UU No. 14/2008 dan Pasal 9 ayat (¦2¦)¦.¶
Suhu 32¦°¦C¦,¦ panas¦.¶
Bagus¦!¶ Lanjut¦,¦ Pak¦.¶ Oke¦?¶
Kode I1¦,¦ I2¦,¦ dan P1 dipakai di tabel¦.¶
Apa tsb. benar¦?¶ Kami belum cek¦.¶
Rumah di RT 03¦/¦RW 05¦,¦ Kp. Baru¦.¶
Lurah H. Mansyur dan Hj. Aminah hadir¦.¶
Contoh¦:¦ info banjir¦,¦ jadwal vaksin¦,¦ dst.¶ Itu saja¦.¶
Paginya kehapus pas wudu¦.¶ [¦tertawa¦]¦ Sedih sih¦.¶
Baca juga Sugiyono (¦2018:45-47¦)¦,¦ cet. ke-2¦.¶
Maaf :) saya telat¦.¶
Followers kami 44rb¦,¦ naik 10k sejak 2023¦.¶
Kantor buka s/d jam 4¦.¶ Habis itu tutup¦.¶
Katanya¦,¦ "¦Jangan dulu¦!¦"¶ Ya saya hapus¦.¶
""".strip().splitlines()

FORMAL = """
mengelola kelola
pengelolaan kelola
dikelola kelola
terkelola kelola
membalas balas
dibalas balas
balasan balas
pembalasan balas
menyampaikan sampai
disampaikan sampai
penyampaian sampai
mengunggah unggah
diunggah unggah
unggahan unggah
pengunggahan unggah
mempublikasikan publikasi
dipublikasikan publikasi
keterbukaan buka
terbuka buka
membuka buka
pembukaan buka
pelayanan layan
melayani layan
layanan layan
dilayani layan
pemerintah perintah pemerintah
pemerintahan perintah pemerintah
masyarakat masyarakat
kemasyarakatan masyarakat
pertanyaan tanya
menanyakan tanya
ditanyakan tanya
bertanya tanya
menulis tulis
penulis tulis
tulisan tulis
tertulis tulis
memilih pilih
pemilihan pilih
pilihan pilih
menggunakan guna
penggunaan guna
pengguna guna
berguna guna
kegunaan guna
memperbaiki baik
perbaikan baik
diperbaiki baik
kebaikan baik
memperlihatkan lihat
penglihatan lihat
terlihat lihat
dipertanyakan tanya
mempertanggungjawabkan tanggungjawab tanggung jawab
pertanggungjawaban tanggungjawab tanggung jawab
keberhasilan hasil
berhasil hasil
menghasilkan hasil
kesalahan salah
bersalah salah
menyalahkan salah
pengaruh pengaruh
memengaruhi pengaruh
mempengaruhi pengaruh
dipengaruhi pengaruh
kepercayaan percaya
mempercayai percaya
dipercaya percaya
kebijakan bijak
pekerjaan kerja
bekerja kerja
dikerjakan kerja
pekerja kerja
mengerjakan kerja
perencanaan rencana
direncanakan rencana
merencanakan rencana
pengawasan awas
mengawasi awas
diawasi awas
penilaian nilai
menilai nilai
dinilai nilai
evaluasinya evaluasi
mengevaluasi evaluasi
dievaluasi evaluasi
kerjasama kerjasama kerja
bekerjasama kerjasama kerja
partisipasinya partisipasi
berpartisipasi partisipasi
keikutsertaan ikutserta ikut
mengikuti ikut
pengikut ikut
pengikutnya ikut
diikuti ikut
mengetahui tahu
pengetahuan tahu
diketahui tahu
ketahuan tahu
menyebarkan sebar
penyebaran sebar
tersebar sebar
persetujuan tuju setuju
menyetujui tuju setuju
disetujui tuju setuju
menerima terima
penerimaan terima
diterima terima
mengirimkan kirim
pengiriman kirim
kiriman kirim
memberitahukan tahu beritahu
pemberitahuan tahu beritahu
menyusun susun
penyusunan susun
berkoordinasi koordinasi
dikoordinasikan koordinasi
anak-anak anak
foto-fotonya foto
berlari-lari lari
tolong-menolong tolong
sayur-mayur sayur
buku-buku buku
bertanya-tanya tanya
sebaik-baiknya baik
berkali-kali kali
bersama-sama sama
kehadiran hadir
menghadiri hadir
pelatihan latih
dilatih latih
jadikanlah jadi
bukukah buku
apakah apa
sayapun saya
rumahmu rumah
suaraku suara
""".splitlines()

INFORMAL = """
ngelola kelola
ngurusin urus
bantuin bantu
dibantuin bantu
nanya tanya
nanyain tanya
ditanyain tanya
nyari cari
nyariin cari
dicariin cari
nulis tulis
ditulisin tulis
nunggu tunggu
nungguin tunggu
ngirim kirim
dikirimin kirim
ngeliat lihat
liat lihat
dilihatin lihat
ngomong omong
ngomongin omong
omongan omong
ngobrol obrol
ngerti arti erti
ngertiin arti erti
mikir pikir
mikirin pikir
kepikiran pikir
dipikirin pikir
make pakai
dipake pakai
pake pakai
bales balas
ngebales balas
dibales balas
balesin balas
kehapus hapus
ketimbun timbun
kejawab jawab
ngejawab jawab
jelasin jelas
ngejelasin jelas
dijelasin jelas
kerjain kerja
ngerjain kerja
dikerjain kerja
nyimpen simpan
disimpen simpan
nyatet catat
dicatet catat
nelpon telepon
ditelpon telepon
nambahin tambah
benerin benar
dibenerin benar
ngumpulin kumpul
dikumpulin kumpul
ngasih kasih
dikasih kasih
ngajak ajak
ngajarin ajar
diajarin ajar
nyuruh suruh
disuruh suruh
ngikutin ikut
ngambil ambil
diambilin ambil
naruh taruh
ditaruh taruh
motret potret
dimasukin masuk
masukin masuk
ngerasa rasa
dirasain rasa
nyobain coba
nyoba coba
ngubah ubah
diubahin ubah
nggak tidak enggak nggak
gak tidak enggak gak
udah sudah udah
gimana bagaimana gimana
gitu begitu gitu
kalo kalau
aja saja
banget banget sangat
temen teman
temen-temen teman
malem malam
dalem dalam
anak2 anak
ibu2nya ibu
foto2 foto
mengupload upload unggah
diupload upload unggah
di-upload upload unggah
ngupload upload unggah
uploadan upload unggah
memposting posting post
diposting posting post
postingan posting post
postingannya posting post
nge-post post posting
ngeshare share bagi
dishare share bagi
di-share share bagi
share-nya share bagi
mengedit edit
ngedit edit
diedit edit
editan edit
editing editing edit
di-takedown takedown
caption-nya caption
captionnya caption
followernya follower
di-DM dm
nge-DM dm
dikomplain komplain
ngecek cek
dicek cek
mengecek cek
pengecekan cek
ngeklik klik
diklik klik
ngeprint print
diprint print
ngedesain desain
mendesain desain
didesain desain
me-manage manage
approval approval
insight-nya insight
nontonnya tonton nonton
nonton tonton nonton
ditonton tonton nonton
""".splitlines()

NAMES = """
Balikpapan balikpapan
Pekalongan pekalongan
Kediri kediri
Berau berau
Pemalang pemalang
Penajam penajam
Sekadau sekadau
Kebumen kebumen
Bandungnya bandung
se-Bandung bandung
Balangan balangan
Merangin merangin
Seruyan seruyan
Bekasi bekasi
WhatsApp whatsapp
Instagram instagram
Instagram-nya instagram
@samudra.menyapa @samudra.menyapa
#PasarMurah #pasarmurah
13.000 13.000
COVID-19 covid-19
téh téh
kumaha kumaha bagaimana
nggih nggih iya ya
""".splitlines()


def roots(lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Form -> acceptable roots."""
    return {form: tuple(accepted) for form, *accepted in (line.split() for line in lines if line.strip())}


GOLD = {"formal": roots(FORMAL), "informal": roots(INFORMAL), "names": roots(NAMES)}


def marked(line: str) -> tuple[str, set[tuple[int, int]], set[int]]:
    """The plain text, the spans of its tokens, and where its sentences end."""
    text, spans, ends = "", set(), set()
    for piece in re.findall(r"\s+|¦|¶|[^\s¦¶]+", line):
        if piece == "¶":
            ends.add(len(text))
        elif piece != "¦":
            if not piece.isspace():
                spans.add((len(text), len(text) + len(piece)))
            text += piece
    return text, spans, ends


def f1(
    found: list[set[int]] | list[set[tuple[int, int]]], wanted: list[set[int]] | list[set[tuple[int, int]]]
) -> float:
    """Harmonic mean of precision and recall over all items together."""
    pairs = list(zip(found, wanted, strict=True))
    right = sum(len(one & other) for one, other in pairs)
    return 2 * right / sum(len(one) + len(other) for one, other in pairs)


def token_score() -> float:
    """F1 of the spans of the tokens."""
    items = [marked(line) for line in TEXTS]
    return f1(
        [{(token.start, token.end) for token in tokenize(text)} for text, _, _ in items], [s for _, s, _ in items]
    )


def sentence_score() -> float:
    """F1 of the ends of the sentences."""
    items = [marked(line) for line in TEXTS]
    return f1([{sentence.end for sentence in sentences(text)} for text, _, _ in items], [ends for _, _, ends in items])


def stem_score(stemmed: Callable[[str], str], kind: str) -> tuple[int, int]:
    """How many forms of a kind get an acceptable root, and how many there are."""
    forms = GOLD[kind]
    return sum(stemmed(form) in accepted for form, accepted in forms.items()), len(forms)


def test_the_gold_set_is_as_large_as_it_says() -> None:
    """100 texts, at least 250 forms of three kinds, and every form once."""
    assert len(TEXTS) == 100
    assert sum(map(len, GOLD.values())) >= 250
    written = [line.split()[0] for lines in (FORMAL, INFORMAL, NAMES) for line in lines if line]
    assert len(written) == len(set(written))


def test_tokens_of_the_gold_set() -> None:
    """At least 0.95 of the spans are right."""
    assert token_score() >= 0.95


def test_sentences_of_the_gold_set() -> None:
    """At least 0.95 of the ends of sentences are right."""
    assert sentence_score() >= 0.95


def test_stems_of_the_gold_set() -> None:
    """At least 0.85 of the roots are acceptable, and on every kind of word PySastrawi alone finds fewer."""
    plain = StemmerFactory().create_stemmer().stem
    ours = {kind: stem_score(stem, kind) for kind in GOLD}
    assert sum(right for right, _ in ours.values()) / sum(count for _, count in ours.values()) >= 0.85
    for kind, (right, _) in ours.items():
        assert right > stem_score(plain, kind)[0]


@pytest.mark.parametrize("kind", GOLD)
def test_a_form_and_its_root_have_one_key(kind: str) -> None:
    """Who looks for a root finds its forms: the key of the root found is that root."""
    for form in GOLD[kind]:
        assert stem(stem(form)) == stem(form), form
