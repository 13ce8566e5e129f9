"""Spoken and written-as-spoken forms of Indonesian and the words they stand for; borrowed words as roots.

Written from knowledge of the spoken language. Words of Javanese, Sundanese, Banjar and other languages are left to
each project's own map: the same letters mean different things in different regions.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from qualcode.text.words.lists import listed

_FORMS = """
tidak: nggak ngga gak ga enggak engga ndak kagak kaga gk tdk nda endak
jangan: jgn
belum: blm blom belom
bukan: bkn
sudah: udah udh dah sdh
saja: aja aj
sedang: lg
lagi: lagih
banget: bgt bangeet bngt
begini: gini gene
begitu: gitu gtu
bagaimana: gimana gmn gmana bgmn
kenapa: knp napa ngapa
kayak: kyk kayaknya
seperti: sprt
kalau: kalo klo kl kalok
karena: karna krn
untuk: utk
dengan: dgn ama
dari: dri
pada: pd
yang: yg nyang
dan: dn
juga: jg jga
cuma: cuman cm
tapi: tp tpi
atau: ato
jadi: jd jdi
banyak: bnyk
orang: org
bisa: bs
sampai: sampe nyampe nyampai
pakai: pake make dipake makein
ramai: rame
baik: baek
kalian: kalean
mereka: mrk
saya: sy
gue: gw
kamu: kmu
lu: elu loe
aku: ak
kita: kt
tahu: tau
mau: mo
pengin: pengen kepengin kepengen
minta: mintak
lihat: liat ngeliat
tanya: nanya
telepon: nelpon telpon telp tlp nelepon
omong: ngomong
pikir: mikir
cari: nyari
coba: nyoba
cuci: nyuci
curi: nyuri
cium: nyium
copot: nyopot
colok: nyolok
cicil: nyicil
cukur: nyukur
contek: nyontek
cocok: nyocok
catat: nyatet nyatat
sadar: nyadar
serah: nyerah
arti: ngerti mengerti dimengerti
kasih: ngasih
ketik: ngetik mengetik pengetikan
sah: mengesahkan pengesahan ngesahin
kerjasama: bekerjasama
karang: ngarang
kawal: ngawal
kupas: ngupas
kubur: ngubur
aku: ngaku
cek: ngecek mengecek cekin
tes: ngetes mengetes
cat: ngecat
rem: ngerem
pel: ngepel mengepel
lap: ngelap
tonton: nonton
taruh: naruh naro
apa: ngapain diapain apaan apakah
balas: bales
dalam: dalem dlm
malam: malem mlm
teman: temen
dengar: denger
ingat: inget
benar: bener bner
senang: seneng
dekat: deket
cepat: cepet cpt
sempat: sempet
simpan: simpen
pinjam: pinjem
tempat: tempet tmpt
lewat: liwat
hilang: ilang
habis: abis ngabisin
hidup: idup
hujan: ujan
hafal: apal hapal
hitung: itung ngitung
hapus: apus
gede: gedhe
bapak: bpk
mbak: mba mbk
terima: trima nrima nerima
ajak: ajakan
makasih: mksh trims tengkyu
terus: trus trs
nanti: ntar entar tar
tadi: td
sekarang: skrg skr skrang
kemarin: kemaren kmrn kmaren
dulu: dl dlu duluan
besok: bsk
hari: hri
bulan: bln
tahun: thn th
tanggal: tgl
jalan: jln jl
nomor: nmr
kabupaten: kab
kecamatan: kec
kelurahan: kel
lain: laen
main: maen
naik: naek
air: aer
pintar: pinter
putar: puter muter
malas: males
datang: dateng
pedas: pedes
harap: ngarep
rupa: berupa
macam: macem
capai: cape
lengkap: lengkep
sedap: sedep
hangat: anget
hijau: ijo
maaf: maap
pegang: megang
pesan: mesen pesen
sebentar: bentar bntr
sebenarnya: sebenernya sbnrnya
semua: smua
semalam: semalem
masih: msh masi
masuk: msuk
memang: emang emg
mungkin: mgkn
siapa: spa
mana: dmn dimana
kerja: krja
komentar: komen ngomen
foto: poto photo
medsos: sosmed
notifikasi: notif
admin: atmin mimin
hoaks: hoax
sayur: sayur-mayur
gerak: gerak-gerik
warna: warna-warni
balik: bolak-balik
lauk: lauk-pauk
ramah: ramah-tamah
cerai: cerai-berai
coret: corat-coret
email: e-mail imel
jumat: jumaat
saling: slg
periksa: priksa
""".strip()

_BORROWED = """
admin akun approval approve backup block blog booking brand branding brief briefing brosur budget budgeting bully
buzzer caption cek chat checklist clickbait cluster content cover creator dashboard deadline desain design desk dm
download draf draft edit editing editor email endorse engage engagement entry event facebook feed feedback file flyer
folder follow follower followers following forward framing freelance gadget giveaway google hack hacker handle handphone
hashtag hater highlight hoaks hp inbox influencer input insight instagram install internet japri jobdesk kick klik
komplain konfirmasi konten kreator laptop launching layout leader like likes link linkedin list live login logout
manage mapping meeting mention mic mindset monitor monitoring notif notifikasi offline online order output planning
podcast polling post posting preview print project promo publish random ranking reach reel reels rekap reply report
repost request resign review riset scan schedule screen screenshot scroll server setting share sharing shoot shooting
skill skip slide software sorting spam sponsor staf staff stiker stok story streaming subscribe subscriber support
survei survey swipe syuting tag tagging takedown target team template tes thread tiktok timeline training trend
trending tweet twitter update upgrade upload username verifikasi vibe video view viewer viewers viral vlog web
webinar website whatsapp workshop youtube zoom wa ig fb
"""

BORROWED = listed(_BORROWED)
"""Borrowed words of offices and social media that stand as roots: ``mengupload``, ``postingan``, ``di-takedown``."""

COMPOUNDS = listed(
    """
    adudomba alihbahasa alihfungsi ambilalih beritahu daurulang dayaguna garisbawah hasilguna ikutserta kambinghitam
    kerjasama latarbelakang lipatganda salahguna salahpaham sebarluas serahterima
    sumberdaya tandatangan tanggungjawab tindaklanjut tumpangtindih ujicoba
    """
)
"""Pairs of words written as one under affixes: ``menindaklanjuti``, ``pertanggungjawaban``."""

C_ROOTS = listed(
    """
    cabut campur capek catat cegat cekik cemplung ceplos cerita cerocos cetak cicil cicip cipta cium coba cocok colok
    colong comot contek copot coret cubit cuci cuek cukur culik curi
    """
)
"""Roots whose c- becomes ny- in speech, as in ``nyeritain``; elsewhere ny- stands for s-."""

K_ROOTS = listed(
    """
    kasih karang kawal kupas kubur ketik kecap kikis kuras kantuk kabar kait kira kunci kurang
    """
)
"""Roots with k- that lose it after ng- although the rest is a word, too: ``ngunci`` is ``kunci``."""

WHOLE = listed(
    """
    agensi alasan bagaimana bagaimanapun berapa beberapa daripada hm kadis kabid kepada kumaha menurut mengapa
    ngawur ngotot njenengan panjenengan ribet sebagai sebelum seperti setelah tenan terhadap
    """
)
"""Words that only look as if they had affixes, or that lost their root's meaning; they are their own key."""


def pairs() -> Iterable[tuple[str, str]]:
    """Each spoken form with the word it stands for."""
    for line in _FORMS.splitlines():
        word, _, forms = line.partition(": ")
        for form in forms.split():
            yield form, word


@cache
def spoken_forms() -> dict[str, str]:
    """Spoken form -> the word it stands for.

    Examples
    --------
    >>> spoken_forms()["nggak"]
    'tidak'
    """
    return dict(pairs())
