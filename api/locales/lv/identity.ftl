## Signing in
sign-in-title = Pieteikšanās
sign-in-lede = Darbiniekiem, kuri piedalās mācībās, tās plāno vai sertificē.
sign-in-email = E-pasta adrese
sign-in-password = Parole
sign-in-code = Sešciparu kods no autentifikācijas lietotnes
sign-in-submit = Pieteikties
sign-in-wrong = E-pasta adrese, parole vai kods nav pareizs.
sign-in-code-required = Ievadiet arī kodu no autentifikācijas lietotnes.
sign-in-too-many = Pārāk daudz mēģinājumu. Pagaidiet dažas minūtes un mēģiniet vēlreiz.
signed-out = Jūs esat izgājis no sistēmas.

## The frame
identity-my-account = Mans konts
identity-my-messages = Mani ziņojumi
identity-factor-rests = Jūsu lomai ir nepieciešams otrs faktors. Kamēr tas nav iestatīts, jūs varat darīt tikai to, ko var ikviens dalībnieks.
identity-factor-set-up-now = Iestatīt tagad

## Words
identity-any = Jebkura
identity-choose = Izvēlieties …
identity-not-said = Nav norādīts
identity-never = Nekad
identity-today-when-empty = Ja nav aizpildīts, šodien.
identity-search-name = Vārds satur
identity-until = līdz { $day }
identity-since = kopš { $at }
identity-latest = Ne vēlāk kā { $day }.
identity-from-until = No – līdz
identity-roles = Lomas

## Fields of forms
identity-field-password = Parole
identity-field-again = Vēlreiz tas pats
identity-field-current = Pašreizējā parole
identity-field-new = Jaunā parole
identity-field-email = E-pasta adrese
identity-field-code = Kods
identity-field-name = Nosaukums
identity-field-native-name = Nosaukums vai vārds oriģinālrakstībā
identity-field-country = Valsts
identity-field-role = Loma
identity-field-organisation-id = Organizācija
identity-field-unit-id = Struktūrvienība
identity-field-parent-id = Augstākā struktūrvienība
identity-field-level = Līmenis
identity-field-kind = Veids
identity-field-from-on = No
identity-field-on = Pirmā diena, kad tā ir slēgta
identity-field-member-from-on = Struktūrvienībā no
identity-field-service-number = Dienesta numurs
identity-field-given-name = Vārds
identity-field-family-name = Uzvārds
identity-field-gender = Dzimums
identity-field-rank = Dienesta pakāpe
identity-field-post = Amats
identity-field-languages = Darba valodas
identity-field-version = Versija
identity-field-value = Vērtība
identity-field-file = Datne
identity-field-scope-id = Kur tā ir spēkā
identity-field-ends-at = Pēdējā diena
identity-field-starts-at = Pirmā diena
identity-field-expires-at = Darbojas līdz
identity-field-read-only = Drīkst tikai lasīt
identity-field-confirmed = Apstiprinājums
identity-field-rows = Rindas

## Confirming who one is
identity-confirm-title = Apstipriniet, ka tas esat jūs
identity-confirm-lede = Nākamā darbība ir sensitīva. Ievadiet paroli; tā ir derīga piecas minūtes.
identity-confirm-loss = Pēc tam jūs atgriezīsities lapā, no kuras nācāt. Ja tikko nosūtījāt veidlapu, no tās nekas nav saglabāts: aizpildiet un nosūtiet to vēlreiz.
identity-confirmed = Apstiprināts. Varat turpināt piecas minūtes.
identity-wrong-password = nav pareiza
identity-wrong-code = nav pareizs; sagaidiet nākamo un mēģiniet vēlreiz
identity-not-the-same = nesakrīt ar iepriekš ievadīto paroli

## Forgotten passwords and links
identity-forgotten = Aizmirsāt paroli?
identity-forgotten-title = Izvēlieties jaunu paroli
identity-forgotten-lede = Mēs nosūtīsim saiti uz jūsu konta e-pasta adresi.
identity-forgotten-send = Nosūtīt saiti
identity-forgotten-asked = Ja ar šo adresi ir konts, saite uz to jau tiek sūtīta.
identity-forgotten-wait = Tā darbojas vienreiz, vienu dienu. Ja dažu minūšu laikā nekas nepienāk, ieskatieties surogātpastā vai jautājiet administratoram.
identity-link-title-invitation = Laipni lūdzam! Izvēlieties paroli
identity-link-title-password-reset = Izvēlieties jaunu paroli
identity-link-lede-invitation = Jums ir izveidots konts. Paroli zināsiet tikai jūs.
identity-link-lede-password-reset = Viss, kas vēl ir pieteicies ar veco paroli, tiks pārtraukts.
identity-link-spent-title = Šī saite vairs nedarbojas
identity-link-spent-lede = Tā jau ir izmantota vai ir vecāka par vienu dienu. Pieprasiet jaunu. Ja tas bija uzaicinājums, jautājiet tam, kurš jūs uzaicināja.
identity-password-hint = No 15 līdz 256 rakstzīmēm: vairāki vārdi, kurus tā saliktu tikai jūs. Ne izplatīta parole un ne jūsu vārds.
identity-choose-password = Izvēlēties šo paroli
identity-password-chosen = Parole ir izvēlēta. Piesakieties ar to.

## One's own account
identity-account-title = Mans konts
identity-account-lede = Kā jūs piesakāties, kur esat pieteicies un kas par jums tiek glabāts.
identity-my-details = Mani dati
identity-grant-waits = Gaida apstiprinājumu
identity-language-hint = Lapām un e-pastiem.
identity-language-chosen = Valoda ir nomainīta.
identity-password-title = Parole
identity-password-ends = Kad to nomaināt, visas citas sesijas un visas piekļuves atslēgas tiek pārtrauktas.
identity-password-change = Nomainīt paroli
identity-password-changed = Parole ir nomainīta. Citas sesijas un atslēgas ir pārtrauktas.
identity-sessions = Kur esat pieteicies
identity-sessions-hint = Pārtrauciet to, ko nepazīstat, un tad nomainiet paroli.
identity-device = Ierīce
identity-unknown-device = Nezināma ierīce
identity-last-used = Pēdējoreiz lietots
identity-this-session = Šī
identity-end = Pārtraukt
identity-end-others = Pārtraukt visas citas
identity-session-ended = Sesija ir pārtraukta.
identity-sessions-ended = Visas citas sesijas ir pārtrauktas.
identity-tokens = Piekļuves atslēgas
identity-tokens-hint = Programmai, kas strādā jūsu vārdā jūsu lomu robežās. Tā nevar darīt to, kam prasa jūsu paroli.
identity-expires = Beidzas
identity-reads-only = Tikai lasa
identity-reads-and-changes = Lasa un maina
identity-token-new = Izveidot atslēgu
identity-token-make = Izveidot atslēgu
identity-token-name-hint = Kam tā paredzēta, jūsu vārdiem.
identity-token-made = Atslēga “{ $name }” ir izveidota
identity-token-once = Nokopējiet to tagad: tā tiek rādīta tikai šoreiz.
identity-token-revoke = Atsaukt
identity-token-revoke-ask = Programmas, kas lieto šo atslēgu, pārtrauks darboties. Atsaukt?
identity-token-revoked = Atslēga vairs nedarbojas.
identity-record = Kas par mani tiek glabāts
identity-record-hint = Persona, konts, struktūrvienības, lomas, sesijas un atslēgas datnē, ko var lasīt cilvēki un programmas.

## The second factor
identity-second-factor = Otrs faktors
identity-factor-lede = Kods no tālruņa lietotnes, ko pieteikšanās laikā prasa papildus parolei.
identity-factor-there = Iestatīts
identity-factor-not-there = Nav iestatīts
identity-factor-manage = Pārvaldīt
identity-factor-set-up = Iestatīt
identity-factor-needed = Jūsu lomai ir nepieciešams otrs faktors. Iestatiet to tagad; līdz tam varat darīt tikai to, ko var ikviens dalībnieks.
identity-factor-step-app = Tālrunī ir vajadzīga autentifikācijas lietotne. Der jebkura, kas veido sešciparu kodus.
identity-factor-step-scan = Noskenējiet ar to attēlu nākamajā lapā.
identity-factor-step-code = Ievadiet kodu, ko tā rāda.
identity-factor-begin = Sākt
identity-factor-again = Vai sāciet no jauna
identity-factor-scan = Noskenējiet ar lietotni
identity-factor-qr = QR kods ar noslēpumu
identity-factor-by-hand = Vai ierakstiet šo noslēpumu lietotnē:
identity-factor-once = Tas tiek rādīts tikai šoreiz. Neglabājiet to tur, kur citi to var izlasīt.
identity-factor-prove = Ievadiet kodu, ko rāda lietotne
identity-factor-finish = Pabeigt
identity-second-factor-set = Otrs faktors ir iestatīts. To prasīs nākamajā pieteikšanās reizē.
identity-factor-remove = Noņemt otro faktoru
identity-factor-remove-text = Dariet to, pirms maināt tālruni, un iestatiet to tur no jauna. Lomas, kurām tas nepieciešams, tikmēr nedarbojas; citas sesijas un visas atslēgas tiek pārtrauktas.
identity-factor-remove-ask = Noņemt otro faktoru?
identity-second-factor-removed = Otrs faktors ir noņemts.

## People
identity-people = Cilvēki
identity-people-lede = Kas ir dienestā, kur viņi strādā un kā ar viņiem sazināties.
identity-person-new = Pievienot personu
identity-person-new-lede = Ja pievienojat daudzus, importējiet sarakstu.
identity-person-change = Mainīt datus
identity-person-change-lede = Organizācija paliek. Struktūrvienību maina ar pārcelšanu, lai saglabātu vēsturi.
identity-person-created = Persona ir pievienota.
identity-person-changed = Dati ir nomainīti.
identity-person-active = Dienestā
identity-person-deactivated = Vairs nav dienestā
identity-person-reactivated = Persona atkal ir dienestā.
identity-person-left = Persona vairs nav dienestā.
identity-nobody = Neviena
identity-nobody-text = Filtram neviens neatbilst. Notīriet to vai pievienojiet cilvēkus ar sarakstu.
identity-no-unit = Bez struktūrvienības
identity-native-name-hint = Piemēram, kirilicā.
identity-gender-hint = Kā persona to norādījusi.
identity-languages-hint = Divu burtu kodi, atdalīti ar komatu: lv, en, ru.
identity-gender-female = Sieviete
identity-gender-male = Vīrietis
identity-gender-other = Cits
identity-gender-not-stated = Nav norādīts
identity-level-local = Vietējais
identity-level-regional = Reģionālais
identity-level-central = Centrālais
identity-memberships = Struktūrvienības laika gaitā
identity-no-memberships = Nepieder nevienai struktūrvienībai.
identity-person-move = Pārcelt uz citu struktūrvienību
identity-person-move-do = Pārcelt
identity-move-hint = Ja nav aizpildīts, šodien. Nākamība stājas spēkā savā dienā; iepriekšējais paliek.
identity-person-moved = Pārcelšana ir ierakstīta.
identity-service = Dienests
identity-deactivate = Izslēgt no dienesta
identity-deactivate-hint = Konts vairs neko neatver. Personas paveiktais paliek.
identity-deactivate-ask = Izslēgt šo personu no dienesta?
identity-reactivate = Atgriezt dienestā
identity-reactivate-hint = Konts, kas nav apturēts, tad atkal var pieteikties.
identity-no-account = Konta vēl nav.
identity-account-open = Atvērt kontu
identity-signed-in = Pēdējoreiz pieteicies { $at }
identity-never-signed-in = Nekad nav pieteicies
identity-invite = Uzaicināt
identity-invite-hint = Uz turieni tiks nosūtīta saite paroles izvēlei; tā darbojas vienreiz, vienu dienu.
identity-invited = Konts ir izveidots. Uzaicinājums gaida sūtīšanu un aizies pa e-pastu.

## Lists
identity-import = Importēt
identity-export = Eksportēt
identity-import-title = Importēt personu sarakstu
identity-import-lede = Vispirms redzēsiet, ko saraksts mainītu. Nekas nenotiks, kamēr jūs to neapstiprināsiet.
identity-file-hint = CSV (UTF-8) vai XLSX ar virsrakstu rindu.
identity-file-missing = ir jānorāda
identity-partial = Saraksts ir tikai daļa: kas tajā nav minēts, paliek dienestā
identity-look = Parādīt, kas mainītos
identity-columns = Saraksta slejas
identity-columns-text = Pirmās trīs ir obligātas. Izlaista sleja neko nemaina; tukša šūna lauku iztukšo. Personas atšķir pēc dienesta numura.
identity-column = Sleja
identity-meaning = Ko tā satur
identity-column-service-number = Dienesta numurs, organizācijā unikāls
identity-column-given-name = Vārds
identity-column-family-name = Uzvārds
identity-column-native-name = Pilns vārds oriģinālrakstībā
identity-column-email = E-pasta adrese
identity-column-gender = Dzimums: female, male, other vai not_stated
identity-column-rank = Dienesta pakāpe
identity-column-post = Amats
identity-column-level = Līmenis: local, regional vai central
identity-column-languages = Darba valodas: divu burtu kodi ar komatiem
identity-column-unit = Struktūrvienības kods
identity-plan-title = Ko saraksts mainītu
identity-plan-lede = { $organisation }. Vēl nekas nav mainīts.
identity-outcome-created = Pievienoti
identity-outcome-changed = Mainīti
identity-outcome-unchanged = Nemainīti
identity-outcome-deactivated = Izslēgti no dienesta
identity-outcome-refused = Kļūdaini
identity-plan-refused = Dažas rindas ir kļūdainas. Izlabojiet tās sarakstā un izvēlieties datni vēlreiz; līdz tam neko nevar izpildīt.
identity-plan-again = Izvēlēties datni vēlreiz
identity-plan-many = { $count ->
    [zero] No dienesta tiktu izslēgtas { $count } personas. Šai organizācijai tas ir neparasti daudz.
    [one] No dienesta tiktu izslēgta { $count } persona. Šai organizācijai tas ir neparasti daudz.
   *[other] No dienesta tiktu izslēgtas { $count } personas. Šai organizācijai tas ir neparasti daudz.
}
identity-plan-more = { $count ->
    [zero] Nav parādītas vēl { $count } rindas.
    [one] Nav parādīta vēl { $count } rinda.
   *[other] Nav parādītas vēl { $count } rindas.
}
identity-plan-nothing = Sarakstā ir tas pats, kas jau glabājas. Nav ko darīt.
identity-plan-ready = Ja tas ir tas, ko vēlaties, izpildiet. Tiks izdarīts tieši tas, viss vai nekas.
identity-plan-meant = Jā, tas ir domāts.
identity-plan-apply = Izpildīt
identity-plan-rows = Pa rindām
identity-row = Rinda
identity-what-happens = Kas notiek
identity-imported = Saraksts ir izpildīts.
identity-export-title = Eksportēt personu sarakstu
identity-export-lede = Visi organizācijas dienestā esošie importa slejās.
identity-format = Formāts
identity-format-xlsx = XLSX izklājlapai
identity-format-csv = CSV programmai
identity-export-recorded = Audita pierakstos tiek atzīmēts, ka paņēmāt šo sarakstu. Glabājiet datni tur, kur to var lasīt tikai tie, kam tā vajadzīga.

## Organisations and units
identity-organisations = Organizācijas
identity-organisations-lede = Kas piedalās programmā un kādā lomā.
identity-organisation-new = Pievienot organizāciju
identity-organisation-new-lede = Kodu vēlāk nevar mainīt.
identity-organisation-change = Mainīt organizāciju
identity-organisation-created = Organizācija ir pievienota.
identity-organisation-changed = Organizācija ir nomainīta.
identity-part = Loma programmā
identity-organisation-implementer = Īstenotājs
identity-organisation-training-provider = Mācību sniedzējs
identity-organisation-partner = Partneris
identity-organisation-host = Uzņemošā organizācija
identity-organisation-agency = Aģentūra
identity-organisation-grant-manager = Dotācijas pārvaldītājs
identity-organisation-funder = Finansētājs
identity-organisation-auditor = Revidents
identity-code-hint = Lielie burti, cipari un defises; paliek uz visiem laikiem.
identity-native-hint = Kā tā pati sevi sauc.
identity-country-hint = Divi lielie burti, piemēram, LV; starptautiskai organizācijai tukšs.
identity-units = Struktūrvienības
identity-units-lede = Kā šodien ir veidota katra organizācija.
identity-no-units = Struktūrvienību vēl nav
identity-no-units-text = Tās pievieno administrators; cilvēki tām pieder no noteiktas dienas.
identity-unit-new = Pievienot struktūrvienību
identity-unit-new-lede = Tā ir struktūrā no savas pirmās dienas.
identity-unit-below = Pievienot zemāku struktūrvienību
identity-below = Zemākās struktūrvienības
identity-top = Tieši organizācijas pakļautībā
identity-kind-hint = Vārdiem, piemēram, robežkontroles punkts vai pārvalde.
identity-unit-created = Struktūrvienība ir pievienota.
identity-unit-done-change = Struktūrvienība ir nomainīta.
identity-unit-done-move = Struktūrvienības pārvietošana ir ierakstīta.
identity-unit-done-close = Struktūrvienības slēgšana ir ierakstīta.
identity-closed = Slēgta
identity-closes = Slēdz { $day }
identity-placements = Vieta laika gaitā
identity-unit-change = Mainīt šo struktūrvienību
identity-unit-rename = Nosaukums, līmenis un veids
identity-unit-move = Pārvietot zem citas struktūrvienības
identity-unit-move-do = Pārvietot
identity-unit-close = Slēgt šo struktūrvienību
identity-unit-close-ask = Slēgt šo struktūrvienību?
identity-close-hint = Ja nav aizpildīts, šodien. Tad tai neviens nedrīkst piederēt un zem tās nekas nedrīkst būt.

## Administration
identity-administration-lede = Kas var pieteikties un kādas lomas viņiem ir.
identity-accounts = Konti
identity-account-invited = Uzaicināts
identity-account-active = Aktīvs
identity-account-suspended = Apturēts
identity-no-accounts = Kontu nav
identity-no-accounts-text = Filtram nekas neatbilst.
identity-how-to-invite = Lai kādu uzaicinātu, atveriet personu.
identity-last-sign-in = Pēdējā pieteikšanās
identity-created = Izveidots
identity-person-open = Persona
identity-to-confirm = Lomas, kas gaida otru administratoru
identity-to-confirm-text = Tās nav spēkā, kamēr tās neapstiprina kāds cits, nevis piešķīrējs.
identity-roles-waiting = { $count ->
    [zero] { $count } lomas gaida jūsu apstiprinājumu.
    [one] { $count } loma gaida jūsu apstiprinājumu.
   *[other] { $count } lomas gaida jūsu apstiprinājumu.
}
identity-another-confirms = To apstiprina cits administrators.
identity-grant-refuse = Noraidīt
identity-no-grants = Nav citu lomu, tikai dalībnieks.
identity-grant-holds = Spēkā
identity-grant-ahead = Gaidāma
identity-grant-ended = Beigusies
identity-grant-revoked = Atsaukta
identity-grant-revoke = Atsaukt
identity-grant-revoke-ask = Atsaukt šo lomu? Konts visur tiks izrakstīts.
identity-grant-new = Piešķirt lomu
identity-grant-do = Piešķirt
identity-grant-second-hint = Administratora un auditora loma gaida otru administratoru.
identity-scope-hint = Struktūrvienība ietver visas zem tās esošās. Atsevišķam pasākumam iekļaujiet personu tā personālā.
identity-scope-programme = Visa programma
identity-scope-organisation = Organizācija
identity-scope-unit = Struktūrvienība
identity-scope-activity = Pasākums
identity-not-oneself = Par jūsu kontu un lomām lemj kāds cits.
identity-role-granted = Loma ir piešķirta.
identity-role-waits = Loma gaida otru administratoru.
identity-role-confirmed = Loma ir apstiprināta.
identity-role-revoked = Loma ir atsaukta; konts visur ir izrakstīts.
identity-invite-again = Nosūtīt uzaicinājumu vēlreiz
identity-invite-again-hint = Persona vēl nav izvēlējusies paroli.
identity-reset = Nosūtīt saiti jaunai parolei
identity-reset-hint = To saņem persona, nekad jūs.
identity-link-sent = Saite gaida sūtīšanu un aizies pa e-pastu.
identity-end-sessions = Pārtraukt visas sesijas
identity-end-sessions-hint = Pārtrauc arī piekļuves atslēgas un saites, piemēram, pēc nozaudēta datora.
identity-end-sessions-ask = Pārtraukt visas šī konta sesijas, atslēgas un saites?
identity-account-sessions-ended = Visas sesijas, atslēgas un saites ir pārtrauktas.
identity-suspend = Apturēt
identity-suspend-hint = Konts nevar pieteikties, un nekas atvērtais nepaliek atvērts.
identity-suspend-ask = Apturēt šo kontu?
identity-suspended = Konts ir apturēts.
identity-unsuspend = Atļaut atkal pieteikties
identity-unsuspend-hint = Konts ir apturēts. Lomas ir saglabātas.
identity-unsuspended = Konts atkal var pieteikties.

## Settings
identity-settings = Iestatījumi
identity-settings-lede = Ko administrators izlemj programmas darbības laikā. Katra maiņa tiek pierakstīta.
identity-bounds = Vesels skaitlis no { $least } līdz { $greatest }.
identity-setting-changed = Iestatījums ir nomainīts.
identity-setting-import-leaving-percent = Aiziešana bez apstiprinājuma, procenti
identity-setting-meaning-import-leaving-percent = Organizācijas personu daļa, ko saraksts drīkst izslēgt no dienesta bez apstiprinājuma.
identity-setting-import-rows = Personu saraksta rindas
identity-setting-meaning-import-rows = Lielākais rindu skaits personu sarakstā, ko importē vienā reizē.
