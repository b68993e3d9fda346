# Besedila poročil, slovenščina. Vsaka oznaka je v datoteki vsakega jezika.
# Teh besedil še ni pregledal bralec, ki mu je slovenščina materni jezik (not yet checked by a native reader).

head-archive = Arhiv
head-custodian = Skrbnik
head-checkpoint = Kontrolna točka glavne knjige
head-entries = { $n ->
    [one] { $n } vpis, koren { $root }
    [two] { $n } vpisa, koren { $root }
    [few] { $n } vpisi, koren { $root }
   *[other] { $n } vpisov, koren { $root }
}
head-nobody = v arhivu ni naveden
head-made-by = Izdelal
head-made = Izdelano
head-zone = Časovni pas lokalnih časov
head-program = Program
head-command = Ukaz
not-shown = Česa to poročilo ne pokaže
count-records = { $n ->
    [one] { $n } zapis
    [two] { $n } zapisa
    [few] { $n } zapisi
   *[other] { $n } zapisov
}
assumed-mark = Čas z znakom ~ je domneven ali izpeljan; vsak drug čas je naveden v samem zapisu.
not-placed = { $n ->
    [0] Vsi najdeni zapisi imajo svoje mesto v času.
    [one] { $n } najdeni zapis nima mesta v času in ga ni med vrsticami.
    [two] { $n } najdena zapisa nimata mesta v času in ju ni med vrsticami.
    [few] { $n } najdeni zapisi nimajo mesta v času in jih ni med vrsticami.
   *[other] { $n } najdenih zapisov nima mesta v času in jih ni med vrsticami.
}
col-time = Čas (lokalni)
col-utc = Čas (UTC)
col-source = Vir
col-host = Gostitelj
col-kind = Dogodek
col-outcome = Izid
col-user = Uporabniški račun
col-address = Naslov
col-target = Objekt
col-message = Besedilo
col-why = Zakaj je tukaj
col-event = Zapis
col-entity = Sled
col-days = Število dni, ko se pojavi
col-source-days = Število dni z zapisi njenih virov
col-shared = Število računov ali naslovov ob njej
col-from = Od
col-to = Do
col-person = Oseba
col-basis = Podlaga
col-command = Ukaz
col-purpose = Namen
col-case = Zadeva
col-rows = Vrstice
col-ended = Konec
col-value = Vrednost
col-this = { $quarter }
col-previous = { $quarter }, prejšnje četrtletje
col-file = Datoteka
col-status = Stanje
col-format = Oblika
col-encoding = Kodiranje
col-bytes = Bajti
col-records = Zapisi
col-unparsed = Nerazčlenjeni
col-not-placed = Brez mesta v času
col-sha256 = SHA-256
col-list = Po seznamu ob zasegu
col-reason = Razlog
col-day = Dan

timeline-title = Časovnica
timeline-picture = Dejavnost udeleženih virov
timeline-legend = Sivo: vrstice. Jantarno: izhodiščni zapisi. Rdeče: neuspešni dogodki. Osenčeno: molk vira. Višja oznaka pomeni več vrstic.
timeline-rows = Vrstice
timeline-followed = Sledi, ki jim je poročilo sledilo
timeline-skipped = Sledi, ki jim poročilo ni sledilo: pojavljajo se v preveč dneh, da bi kaj povedale
timeline-gaps = Molk udeleženih virov, od enega dne prej do enega dne pozneje
timeline-empty = Najdeno ni bilo nič.
limit-account = kdo je bil za računom ali naslovom
limit-reach = česar ni zapisal noben vir in kar v okviru zahtevanih korakov in časa nima skupne sledi z nobeno navedeno vrstico
limit-clock = da so bile ure točne: časi so navedeni tako, kot so zapisani

access-title = Dostop do dnevnikov
access-archive = Kdo je bral ta arhiv
access-read = Branje dnevnikov na nadzorovanih sistemih
access-stopped = Spremembe in ustavitve beleženja ter praznjenje dnevnikov na nadzorovanih sistemih
access-open = izid ni zapisan
access-copies = Izdane delovne kopije
copy-outstanding = dnevnik ni vrnjen: kaj je bilo prebrano, tukaj ni znano
copy-failed = ni dokončana: kar je zapisano, ni arhiv
copy-home = dnevnik vpisan { $time }: { $n ->
    [one] { $n } branje
    [two] { $n } branji
    [few] { $n } branja
   *[other] { $n } branj
}
limit-copies = kaj je bilo v delovni kopiji prebrano po vpisu njenega dnevnika ali z drugimi orodji
limit-other-tools = kdo je bral datoteke arhiva z drugimi orodji
limit-unlogged = branja, ki ga nadzorovani sistem ni zabeležil

stats-title = Dnevniški zapisi v četrtletju { $quarter }
stats-meaning = Šteti so dnevniški zapisi. Informacijskovarnostne dogodke, incidente in grožnje evidentirajo ljudje in tukaj niso šteti.
stats-totals = Skupaj
stats-records = Dnevniški zapisi
stats-heads = od tega brez nadaljevalnih zapisov
stats-unparsed = od tega nerazčlenjeni
stats-copies = od tega ponovitve zapisa iz drugega vira
stats-near = od tega z domnevnim ali izpeljanim časom, ki je od meje četrtletja oddaljen največ en dan
stats-not-placed = brez mesta v času, v celotnem arhivu (v nobenem četrtletju)
stats-by-category = Po kategorijah
stats-by-source = Po virih
stats-by-kind = Po vrstah dogodkov
stats-by-outcome = Po izidih
stats-by-week = Po tednih
stats-failed = Neuspešne prijave po virih
stats-privileged = Uporaba privilegijev po virih
stats-changes = Spremembe računov, pravic, nastavitev in beleženja
stats-silent = Dnevi med prvim in zadnjim zapisom vira, ko bi vir moral pisati, a ni zapisal nič
stats-none = ni jih
limit-completeness = ali so v arhivu vsi viri organizacije

intake-title = Zapisnik o prevzemu
intake-custody = Veriga hrambe
intake-operator = Prevzel
intake-exhibit = Dokazni predmet
intake-received = Prejeto od
intake-acquired = Zaseženo
intake-medium = Nosilec
intake-machine = Gostitelj
intake-summary = Povzetek
intake-files = Datoteke
intake-added = Dodani zapisi
intake-reconciliation = Vsaka datoteka in kaj je bilo z njo
intake-checkpoint = Kontrolna točka: te vrstice prepišite v zapisnik
intake-signature = Podpis in datum: ______________________________
limit-true = da je zapis resničen
limit-before = da datoteka pred prevzemom ni bila spremenjena
limit-left-out = da od izročenega ni bilo nič izpuščeno

# Vrste dogodkov, po kodah.
kind-system-start = Sistem zagnan
kind-system-stop = Sistem ustavljen
kind-object-open = Objekt odprt
kind-object-save = Objekt shranjen ali zapisan
kind-object-rename = Objekt preimenovan
kind-object-delete = Objekt izbrisan
kind-object-create = Objekt ustvarjen
kind-object-copy = Objekt kopiran
kind-software-install = Programska oprema nameščena
kind-software-remove = Programska oprema odstranjena
kind-auth-logon = Prijava ali poskus prijave
kind-auth-logoff = Odjava
kind-config-change = Konfiguracija spremenjena
kind-account-create = Račun ustvarjen
kind-account-delete = Račun izbrisan
kind-account-modify = Račun spremenjen
kind-protection-enable = Zaščita vklopljena
kind-protection-disable = Zaščita izklopljena
kind-protection-config-change = Nastavitve zaščite spremenjene
kind-privilege-use = Uporabljen privilegirani račun ali pravica
kind-device-connect = Naprava priključena
kind-device-disconnect = Naprava odklopljena
kind-user-action = Dejanje uporabnika ni uspelo ali je bilo zavrnjeno
kind-resource-action = Dejanje s podatki ali drugim virom ni uspelo ali je bilo zavrnjeno
kind-process-start = Proces zagnan
kind-process-stop = Proces ustavljen
kind-auth-multi-ip = En račun z več naslovov
kind-port-open = Vrata odprta
kind-privilege-assign = Seji dodeljeni privilegiji
kind-auth-logon-network = Omrežna prijava
kind-share-admin-access = Dostop do administratorske mape v skupni rabi
kind-share-pipe-access = Dostop do imenovane cevi
kind-object-write-access = Dostop do datoteke za pisanje
kind-process-start-suspicious = Zagnan potencialno nevaren proces
kind-service-install = Storitev nameščena
kind-service-start = Storitev zagnana
kind-service-stop = Storitev ustavljena
kind-task-create = Načrtovano opravilo ustvarjeno
kind-task-modify = Načrtovano opravilo spremenjeno
kind-service-timeout = Storitev se ni odzvala v roku
kind-service-failure = Odpoved storitve
kind-registry-value-change = Vrednost v registru spremenjena
kind-wmi-namespace-write = Pisanje v imenski prostor WMI
kind-auth-unregistered-account = Uporabljen neregistriran račun
kind-db-select = Zbirka podatkov: poizvedba
kind-db-create = Zbirka podatkov: ustvarjanje objekta
kind-db-alter = Zbirka podatkov: sprememba zgradbe
kind-db-drop = Zbirka podatkov: izbris objekta
kind-db-truncate = Zbirka podatkov: izpraznitev tabele
kind-db-rename = Zbirka podatkov: preimenovanje
kind-db-insert = Zbirka podatkov: vstavljanje podatkov
kind-db-update = Zbirka podatkov: sprememba podatkov
kind-db-delete = Zbirka podatkov: izbris podatkov
kind-db-call = Zbirka podatkov: klic procedure
kind-db-lock = Zbirka podatkov: zaklepanje
kind-db-copy = Zbirka podatkov: množično kopiranje
kind-db-other = Zbirka podatkov: drug ukaz
kind-db-grant = Zbirka podatkov: pravica dodeljena
kind-db-revoke = Zbirka podatkov: pravica odvzeta
kind-db-deny = Zbirka podatkov: pravica zavrnjena
kind-link-up = Povezava omrežnega vmesnika vzpostavljena
kind-link-degrade = Povezava omrežnega vmesnika poslabšana
kind-link-down = Povezava omrežnega vmesnika prekinjena
kind-traffic-in = Dohodni promet
kind-traffic-out = Odhodni promet
kind-firewall-device-event = Dogodek na samem požarnem zidu
kind-account-copy = Račun kopiran
kind-account-move = Račun premaknjen
kind-config-file-create = Konfiguracijska datoteka ustvarjena
kind-config-file-copy = Konfiguracijska datoteka kopirana
kind-config-file-move = Konfiguracijska datoteka premaknjena ali zamenjana
kind-config-file-delete = Konfiguracijska datoteka izbrisana
kind-config-file-modify = Konfiguracijska datoteka spremenjena
kind-access-obtain = Pridobljen dostop do objekta
kind-data-access = Dostop do podatkov
kind-data-modify = Podatki spremenjeni
kind-data-delete = Podatki izbrisani
kind-media-connect = Izmenljivi nosilec priključen
kind-media-disconnect = Izmenljivi nosilec odklopljen
kind-media-write = Podatki zapisani na izmenljivi nosilec
kind-file-access = Dostop do varovane datoteke
kind-protected-object-access = Dostop do varovanega objekta
kind-remote-access = Oddaljeni dostop ali poskus dostopa
kind-log-clear = Dnevnik izpraznjen
kind-log-failure = Beleženje je odpovedalo
kind-log-full = Dnevnik je poln
kind-log-overwrite = Dnevnik prepisan
kind-log-policy-change = Pravila revidiranja ali beleženja spremenjena
kind-log-rotate = Dnevnik zamenjan ali arhiviran
kind-log-view = Dnevnik prebran
kind-log-export = Dnevnik izvožen
kind-malware-detect = Zaznana zlonamerna programska oprema
kind-malware-action = Zaščitno orodje je ukrepalo proti zlonamerni programski opremi
kind-ids-alert = Opozorilo sistema za zaznavanje vdorov
kind-firewall-block = Požarni zid je zavrnil povezavo
kind-firewall-allow = Požarni zid je dovolil povezavo
kind-resource-usage = Uporaba sistemskih virov
kind-time-sync = Ura sinhronizirana
kind-time-change = Ura spremenjena
kind-error-report = Sporočilo o napaki
kind-deviation-report = Sporočilo o odstopanju
kind-auth-ticket = Vstopnica Kerberos zahtevana ali izdana
kind-auth-credential-use = Uporabljene poverilnice drugega računa
kind-account-lock = Račun zaklenjen
kind-account-unlock = Račun odklenjen
kind-account-enable = Račun omogočen
kind-account-disable = Račun onemogočen
kind-account-password-change = Geslo spremenjeno
kind-account-password-reset = Geslo je ponastavil nekdo drug
kind-group-create = Skupina ustvarjena
kind-group-delete = Skupina izbrisana
kind-group-modify = Skupina spremenjena
kind-group-member-add = Član dodan v skupino
kind-group-member-remove = Član odstranjen iz skupine
kind-session-open = Seja odprta
kind-session-close = Seja zaprta
kind-session-reconnect = Seja nadaljevana
kind-session-disconnect = Seja zapuščena
kind-task-delete = Načrtovano opravilo izbrisano
kind-task-run = Načrtovano opravilo izvedeno
kind-script-run = Skript izveden
kind-http-request = Spletna zahteva
kind-dns-query = Poizvedba po imenu (DNS)
kind-mail-receive = E-pošta prejeta
kind-mail-send = E-pošta poslana
kind-network-connect = Omrežna povezava odprta
kind-network-disconnect = Omrežna povezava zaprta
kind-network-flow = Omrežna povezava zabeležena
kind-service-state = Stanje storitve spremenjeno
kind-registry-key-change = Ključ v registru spremenjen
kind-process-access = Proces je odprl drug proces
kind-module-load = Modul ali gonilnik naložen
kind-backup-run = Varnostna kopija izdelana
kind-resource-exhausted = Zmanjkalo je pomnilnika, prostora na disku ali drugega vira
kind-part = Nadaljevanje dogodka iz več zapisov
kind-unparsed = Zapis, ki ga ni bilo mogoče razčleniti
kind-other = Drugo

outcome-success = uspešno
outcome-failure = neuspešno
outcome-unknown = neznano
entity-account = račun
entity-address = naslov
entity-machine = gostitelj
entity-session = seja
entity-process = proces
timeline-copy = enako kot { $event }
timeline-logons = Prijave prepogosto videnih računov: sledenje samo, dokler so trajale
timeline-unfinished = Zadnji korak je še našel vrstice: z več koraki bi jih bilo več.
timeline-summary = Vrstice: { $rows }. Izhodiščne: { $anchors }. Dosežene iz njih: { $reached }. Od vseh ponavljajo vrstico drugega vira: { $copies }.
col-copy = Kopija
col-number = Vrstice
col-first-time = Prvi zapis
col-last-time = Zadnji zapis
no-time = brez mesta v času

# Zakaj je vrstica v časovnici.
why-search = najdeno z iskanjem: { $value }
why-user = račun { $value }
why-host = gostitelj ali vir { $value }
why-address = naslov { $value }
why-event = imenovani zapis
why-time = v zahtevanem času
why-trace = { $trace }, { $apart } od { $event }
why-trace-shared = { $trace } ({ $shared }), { $apart } od { $event }
why-logon = račun { $account }, medtem ko je trajala njegova prijava { $event }, { $apart } po njej (dnevi, ko se račun pojavi: { $days } od { $of }; morda ga uporabljajo tudi drugi)
trace-account = račun { $value }
trace-address = naslov { $value }
trace-machine = gostitelj { $value }
trace-session = seja { $value } vira { $source }
trace-process = proces { $value } vira { $source }
shared-address = { $n ->
    [one] skupni: uporabljal ga je { $n } račun
    [two] skupni: uporabljala sta ga { $n } računa
    [few] skupni: uporabljali so ga { $n } računi
   *[other] skupni: uporabljalo ga je { $n } računov
}
shared-account = skupni: število naslovov, s katerih je bil uporabljen: { $n }
apart-seconds = { $n } s
apart-minutes = { $n } min
apart-hours = { $hours } h { $minutes } min
timeline-overview = Pregled: isto dejanje istih, od prvega do zadnjega časa
timeline-overview-copies = Vrstice, ki ponavljajo vrstico drugega vira, v pregledu niso štete.

# Kaj je bilo zahtevano.
ask-search = Iskanje
ask-user = Uporabniški račun
ask-host = Gostitelj ali vir
ask-address = Naslov
ask-event = Zapis
ask-from = Od
ask-to = Do (brez tega trenutka)
ask-source = Vir
ask-quarter = Četrtletje
ask-window = Sledenje pred vrstico in po njej
ask-steps = Koraki od izhodiščnih zapisov, največ
ask-none = samo izhodiščni zapisi, brez sledenja
ask-common = Prepogoste sledi
ask-common-followed = sledenje tudi tem

# Kode zapisov.
category-os = Operacijski sistemi
category-dbms = Zbirke podatkov
category-network = Omrežna oprema
category-application = Uporabniški programi
category-protection = Zaščitna orodja
status-new = prevzeta
status-known = že znana
status-grown = daljša, novi del prevzet
status-changed = drugačna od tiste, ki je bila prej na tej poti
status-refused = zavrnjena
status-damaged = poškodovana
ended-complete = dokončano
ended-interrupted = prekinjeno
ended-error = končano z napako
basis-os-account = račun operacijskega sistema
basis-signed = podpis
list-matches = se ujema
list-differs = SE NE UJEMA: na seznamu je { $listed }
list-not-listed = ni na seznamu
access-this = to poročilo
stats-holidays = Po ritmu iz seznama virov; praznikov program ne pozna, zato so tudi ti dnevi tukaj.
unit-minutes = { $n } min
silence-open = zapisov ni več
col-week = Teden
col-monday = Od ponedeljka
col-weekday = Dan v tednu
weekday-1 = ponedeljek
weekday-2 = torek
weekday-3 = sreda
weekday-4 = četrtek
weekday-5 = petek
weekday-6 = sobota
weekday-7 = nedelja
checkpoint-title = Kontrolna točka arhiva dnevnikov
checkpoint-keep = Kdor hrani to stran zunaj arhiva in zunaj dosega njegovega skrbnika, lahko pozneje pokaže, da do tu ni bilo nič spremenjeno: letopis verify --anchor DATOTEKA, kjer so v datoteki spodnje vrstice ali v besedilo prebrana slika kode.
checkpoint-lines = Kontrolna točka, za prepis ali branje s kode
checkpoint-too-long = Kontrolna točka ima preveč podpisov za kodo; zgornje vrstice so popolne.
checkpoint-keys = Ključi, s katerimi se ta arhiv podpisuje
checkpoint-attached = Podpisi drugih, ki jih arhiv hrani
checkpoint-sign = Seznanjeni (ime, funkcija, datum, podpis)
checkpoint-nobody = še ni nobenega
col-entry = Vpis
col-lines = Vpisi pred njim
col-role = Vloga
col-key = Ključ
col-since = Od vpisa
col-state = Stanje
role-custodian = skrbnik
role-journal = dnevnik branj
key-active = podpisuje
key-ended = ne podpisuje več
limit-head-after = kar je bilo vpisano po tej kontrolni točki
limit-head-truth = da je zapis resničen in da od izročenega ni bilo nič izpuščeno
limit-head-holder = kdo ima ključ
attached-cosigned = sopodpisano z zaupanja vrednim ključem
attached-cosigner-unknown = sopodpisano s ključem, ki ga ni na nobenem tukaj danem seznamu
attached-stamped = časovni žig drži
attached-signed = podpis drži
attached-check-elsewhere = hranjeno, kot je prispelo: preverite z nacionalnim orodjem
attached-attached-unknown = hranjeno v lastni obliki
attached-destroyed = uničeno z zapisano odstranitvijo
attached-trouble = NE DRŽI: razlog pove letopis verify

# Pokritost in hramba.
coverage-title = Pokritost virov
coverage-meaning = Oznaka za vsak dan, od katerega so zapisi vira; osenčeni so dnevi brez zapisov, ko jih je bilo po njegovem ritmu pričakovati. Vir, ki na seznamu virov nima ritma, naj bi pisal vsak dan.
coverage-missing = Dnevi brez zapisov, ki jih je bilo pričakovati
coverage-thin = Dnevi z manj zapisi, kot jih določa ritem
coverage-findings = Ugotovitve: kaj manjka ali ni pravilno in kaj na to kaže
coverage-findings-meaning = Vrstice z isto številko so znaki iste stvari.
col-finding = Št.
col-sign = Znak
sign-left-out = Datoteka { $file } ni bila izročena (med datotekama { $after } in { $before })
sign-between-files = Med datotekama { $after } in { $before } ({ $files }) ni zapisov, veliko dlje kot navadno
sign-silence = { $n ->
    [one] { $n } dan brez pričakovanega zapisa
    [two] { $n } dneva brez pričakovanega zapisa
    [few] { $n } dnevi brez pričakovanega zapisa
   *[other] { $n } dni brez pričakovanega zapisa
}
sign-numbers = Manjkajo številke od { $first } do { $last } ({ $counter }): { $n ->
    [one] { $n } zapis
    [two] { $n } zapisa
    [few] { $n } zapisi
   *[other] { $n } zapisov
} med { $after } in { $before }
sign-cleared = { $what }: { $target }, račun { $user } (zapis { $event })
sign-clock-behind = Ura zaostaja za { $s } s glede na { $others } (povezave, ki sta jih zapisala oba: { $n })
sign-clock-ahead = Ura prehiteva za { $s } s glede na { $others } (povezave, ki sta jih zapisala oba: { $n })
sign-clock-behind-or-other = Ura zaostaja za { $s } s glede na { $others } (povezave, ki sta jih zapisala oba: { $n }); katera od obeh je napačna, se ne vidi
sign-clock-ahead-or-other = Ura prehiteva za { $s } s glede na { $others } (povezave, ki sta jih zapisala oba: { $n }); katera od obeh je napačna, se ne vidi
sign-altered = Datoteka { $file } je prišla znova z drugimi bajti (SHA-256 { $sha256 })
limit-oldest-file = Najstarejša in najnovejša datoteka rotacije ne pustita sledi, če nista izročeni; prav tako ne to, kar ni bilo nikoli zapisano.
rhythm-assumed = vsak dan (domneva)
col-rhythm = Ritem
col-first-day = Prvi dan
col-last-day = Zadnji dan
col-day-count = Število dni
col-held-days = Dnevi z zapisi
col-expected-days = Pričakovani dnevi
col-missing-days = Manjkajoči dnevi
col-lateness = Dni od zapisa do prevzema (mediana)
retention-title = Dokazilo o hrambi
retention-summary = Najkrajši rok hrambe na dan { $day }: { $answer }
retention-meaning = Izpolnjen: vsak pričakovani dan prejšnjih mesecev se hrani in je bil do takrat prevzet. Ni izpolnjen: zapisi dneva so bili pričakovani, a jih ni bilo nikoli. Ni pokazan: iz samega arhiva tega ni mogoče ugotoviti, razlog je naveden spodaj.
retention-why = Razlogi
retention-past = Prejšnje leto, dan za dnem
retention-past-meaning = Presojeno po tem, kar je vsak dan hranil arhiv sam, kot priča njegova glavna knjiga. Kar je prispelo pozneje, je bilo do takrat morda hranjeno drugje.
retention-inside = Dnevi, ki manjkajo znotraj hranjenega
retention-anchors = Podpisana stanja tega arhiva, ki jih hranijo drugi
answer-met = izpolnjen
answer-not-shown = ni pokazan
answer-not-met = ni izpolnjen
kept-missing = ni zapisov
kept-removed = odstranjeno z zapisom pred iztekom roka
kept-later = prevzeto šele pozneje
kept-in-part = del zapisov je prispel pozneje
kept-behind = od takrat ni nič prevzeto
kept-begins = vir se začne tukaj, njegov začetek pa ni naveden
kept-no-rhythm = neredno: ni mogoče vedeti, kaj manjka
kept-nothing = nič ni hranjeno
col-months = Meseci
col-held-from = Hraniti od
col-answer = Najkrajši rok
col-anchor = Sidro
col-entries = Vpisi v glavni knjigi
col-handed-in = Predloženo
col-by = Podpisnik
col-verdict = Ugotovljeno
ask-first-day = Prvi dan
ask-last-day = Zadnji dan
ask-day = Dan
ask-intake-days = Število dni, ki smejo preteči do prevzema dnevnikov
limit-no-list = Seznama virov ni: ali kak vir v celoti manjka, od tod ni vidno.
limit-day = Dan šteje s svojim prvim zapisom: ali so v arhivu vsi zapisi dneva, od tod ni vidno.
limit-holidays = Prazniki so znani samo, če je bil dan koledar.
limit-elsewhere = Kar se hrani zunaj tega arhiva, ni presojano.
limit-custodian-word = Stanja tega arhiva ni podpisal nihče drug: kdaj so bili zapisi prevzeti, je znano le po besedah skrbnika.

# A plan of removal.
removal-title = Načrt odstranitve
removal-summary = Stanje na dan { $day }; odstraniti je mogoče: predmeti { $objects }, zapisi { $records }, bajti izvirnikov { $bytes }. Ta načrt ni odstranil ničesar.
removal-floor = Najmanj koledarskih mesecev: { $months }. Štejejo se od prevzema, od časa dogodkov pa le pri razredih, ki navajajo razlog.
removal-go = Mogoče odstraniti
removal-keep = Poteklo, a ohranjeno
removal-copies = Izročene delovne kopije, ki jih odstranitev tukaj ne doseže
keeps-term = rok v mesecih: { $months }, od { $day }
keeps-hold = zadržanje, vnos { $entry }
keeps-inquiry = gradivo preiskave (zadržanje, vnos { $entry }), do { $day }
keeps-copy = zahtevana je druga kopija, ki je ni
keeps-with = sodi k predmetu vnosa { $entry }, ki ostane
col-class = Razred
col-counted = Šteje se od
col-handed-out = Izročeno
limit-backups = varnostne kopije in posnetki arhiva, stroja ali njegovega diska, ki jih odstranitev ne doseže
limit-flash = bliskovni nosilci in datotečni sistemi, ki hranijo stare bloke, dokler niso prepisani
limit-handed-out = izvozi, poročila, svežnji in načrti, ki so bili zapisani: v njih ostane, kar je bilo
limit-citations = zapisi o dostopu, zadržanja, opombe in vtipkani ukazi s tem, kar navajajo; sklici v njih imajo 80 bitov SHA-256 predmeta
