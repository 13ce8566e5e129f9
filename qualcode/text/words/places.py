"""Names of Indonesian regencies, cities and provinces, word by word, which no stemmer may take apart.

Written from public knowledge. Words that mean something else besides (Pulau, Tanah, Kepulauan, Utara) are left out,
unless they are roots anyhow.
"""

from __future__ import annotations

from qualcode.text.words.lists import listed

PLACES = listed(
    """
    abab aceh agam alor ambon ampat anambas arfak aru asahan asmat badung balangan bali balikpapan bandung banggai
    bangka bangkalan bangli banjar banjarbaru banjarmasin banjarnegara bantaeng banten bantul banyuasin banyumas
    banyuwangi barito barru batam batang batanghari baubau bedagai bekasi belitung belu bengkalis bengkayang
    bengkulu berau bharat biak bima binjai bintan bintuni bireuen bitung blitar blora boalemo bogor bojonegoro
    bolaang bombana bondowoso bone bonebolango bontang borneo boven boyolali brebes bukittinggi buleleng bulukumba
    bulungan bumbu bungo buol buru buton ciamis cianjur cilacap cilegon cimahi cirebon dairi deiyai deli demak
    denpasar depok dharmasraya digoel dogiyai dompu donggala dumai ende enrekang fakfak flores garut gayo gianyar
    gorontalo gowa gresik grobogan gunungkidul gunungsitoli halmahera hasundutan humbang ilir indonesia indragiri
    indramayu intan jabung jakarta jambi jawa jaya jayapura jayawijaya jember jembrana jeneponto jepara jombang
    kaimana kalimantan kampar kapuas karanganyar karangasem karawang karimun karo kartanegara katingan kaur kayong
    kebumen kediri keerom kendal kendari kepahiang kerinci ketapang klaten klungkung kolaka komering konawe kotabaru
    kotamobagu kotawaringin kuantan kubu kudus kulonprogo kuningan kupang kutai labuhanbatu lahat lamandau lamongan
    lampung landak langkat langsa lanny lawang lebak lebong lematang lembata lhokseumawe lingga lombok lubuklinggau
    lues lumajang luwu madiun madura magelang magetan mahakam majalengka majene makassar malang malinau maluku
    mamasa mamberamo mamuju manado mandailing mandar manggarai manokwari mappi maros mataram maybrat medan melawi
    mempawah mentawai merangin meranti merauke meriah mesuji metro mimika minahasa mojokerto mongondow morotai
    morowali moutong muaro mukomuko muna murung musi nabire nagan nagekeo natal natuna ndao nduga ngada nganjuk
    ngawi nias numfor nunukan nusantara ogan pacitan padang padangsidimpuan pagaralam pakpak palangkaraya palembang
    palopo palu pamekasan pandeglang pangandaran pangkajene pangkalpinang paniai papua parepare pariaman parigi
    pasaman pasangkayu paser pasuruan pati payakumbuh pekalongan pekanbaru pelalawan pemalang pematangsiantar
    penajam penukal pesawaran pidie pinrang pohuwato polewali ponorogo pontianak poso prabumulih pringsewu
    probolinggo puncak purbalingga purwakarta purworejo raijua rappang rawas rejang rembang riau rokan rote sabang
    sabu salatiga samarinda sambas samosir sampang sanggau sangihe sarmi sarolangun sawahlunto sekadau selayar
    seluma semarang seram serdang seruyan siak sibolga sidenreng sidoarjo sigi sijunjung sikka simalungun simeulue
    singingi singkawang singkil sinjai sintang sitaro situbondo sleman solok soppeng sorong sragen subang
    subulussalam sukabumi sukamara sukoharjo sula sulawesi sumatera sumatra sumba sumbawa sumedang sumenep
    sungaipenuh supiori surabaya surakarta tabalong tabanan takalar talaud taliabu tambrauw tamiang tana tanahdatar
    tangerang tanggamus tanimbar tanjung tanjungbalai tanjungpinang tapanuli tapin tarakan tasikmalaya tebo tegal
    temanggung ternate tidore tidung timika toba tojo tolikara tolitoli tomohon toraja trenggalek tual tuban
    tulangbawang tulungagung wajo wakatobi waropen wondama wonogiri wonosobo yahukimo yalimo yapen yogyakarta
    """
)
"""Lower-case words of the names."""
