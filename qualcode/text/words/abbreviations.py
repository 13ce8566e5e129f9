"""Indonesian abbreviations that end with a dot, and when that dot belongs to them.

Written down from common usage in letters, regulations, theses and addresses; no list was copied.
"""

from __future__ import annotations

from qualcode.text.words.lists import listed

ALWAYS = listed(
    """
    alm almh bgn bp bpk cet cq dgn dkk dll dlm dok dr dra drg drs dsb dst gbr hj hlm hub ir jend jl jln kab kec kpd
    kpts lamp mgr mhd moh mohd mr mrs muh pdt penj prof prov psl sda sdr sdri tbk telp tgl tj tlp tsb ttd ttg
    ust utk ybs yg yth
    """
)
"""Their dot never ends the word: ``Bpk. Rudi``, ``Kab. Bandung``, ``tgl. 3``. Any letter case."""

BEFORE_NUMBERS = listed(
    """
    ay ed fax gbr gol hal hlm hp jil kol lamp lt maks max min no ps psl rek rp tab thn vol wa
    """
)
"""Abbreviations before a number, words elsewhere: ``hal. 12`` against ``bukan hal.``. Any letter case."""

BEFORE_NAMES = listed(
    """
    Adm Bag Blk Brigjen CV Des Dk Ds Gg H Jen Kav Kel Kep KH Kol Komp Kompol Kp Letjen
    Letkol Mayjen Muhd Nn Ny Pj Plh Plt PT St Tn Wk
    """
)
"""Before a word with a capital, written so: ``Kel. Mekar``, ``H. Mansyur``, ``PT. Maju``."""

MONTHS = listed("Jan Feb Febr Mar Apr Jun Jul Agu Ags Agt Sep Sept Okt Nop Nov Des")
"""Beside a number: ``31 Des. 2024``."""

SLASHED = listed("s/d a/n d/a c/q u/p u/b n/a b/d w/o")

MAY_END = listed("dll dst dsb dkk tbk tsb ybs sda ttd")
"""After these a capital opens a new sentence: the dot does two things at once."""

TITLES = ("Pak", "Bu", "Ibu", "Bapak", "Mas", "Mbak", "Kak", "Bang", "Teh", "Kang", "Cak", "Mbah", "Gus", "Ning")
"""After these a single capital is a name made unknown, and its dot a full stop: ``kata Pak A. Dia pergi``."""

OPENERS = listed(
    """
    ada adapun agar akan akhirnya aku anda apa apakah apalagi artinya atau awalnya bagaimana bagi bahkan bahwa
    begitu belum beliau berapa besok biasanya boleh bukan cuma dalam dan dari dengan di dia dulu gimana hal hanya
    harus hasilnya hingga ia iya ini itu jadi jangan jika justru juga kadang kalau kalian kami kapan karena katanya ke
    kemarin kemudian ketika kini kita lagi lah lalu maka makanya masih melainkan memang menurut mereka meski meskipun
    mungkin mulai nah namun nanti nggak nyatanya oleh padahal pada para paling pernah pokoknya saat saja salah sambil
    sampai saya seandainya sebab sebagai sebelum sebelumnya sebenarnya sedang sedangkan sehingga sejak sekarang selain
    selama selanjutnya semua semuanya sementara seorang seperti sering sesudah setelah setiap siapa sudah supaya tadi
    tanpa tapi tentu terus tetap tetapi tidak tiap untuk waktu walau walaupun ya yang
    """
)
"""Words that open a sentence and are no one's name: ``di ruang A. Tidak ada``, against ``Jalan A. Yani``."""
