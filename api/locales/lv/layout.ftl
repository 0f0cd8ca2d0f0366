## The frame of every page
layout-skip = Pāriet uz saturu
layout-demo = Demonstrācija. Šeit redzamie cilvēki un ieraksti ir izdomāti.
layout-language = Valoda
layout-account = Konts
layout-menu = Izvēlne
layout-navigation = Galvenā navigācija
layout-breadcrumbs = Jūs atrodaties šeit
layout-footer = Waymark: mācības, zināšanu pārbaude un sertifikācija robežu pārvaldībā
layout-reference = API apraksts
pagination-label = Saraksta lapas
error-summary-title = Daži lauki ir jālabo

## Where one can go
nav-home = Sākums
nav-activities = Pasākumi
nav-attendance = Apmeklējums
nav-catalogue = Kursu katalogs
nav-assessments = Zināšanu pārbaudes
nav-certificates = Sertifikāti
nav-people = Cilvēki
nav-programme = Programma
nav-frameworks = Kompetenču ietvari
nav-reports = Pārskati
nav-administration = Administrēšana
nav-audit = Audita pieraksti

## What one can do
action-sign-in = Pieteikties
action-sign-out = Iziet
action-save = Saglabāt
action-cancel = Atcelt
action-search = Meklēt
action-filter = Lietot filtrus
action-clear = Notīrīt filtrus
action-next-page = Nākamā lapa
action-first-page = Pirmā lapa
action-back = Atpakaļ
action-continue = Turpināt
action-add = Pievienot
action-edit = Labot
action-remove = Noņemt
action-confirm = Apstiprināt
action-send = Nosūtīt
action-open = Atvērt
action-close = Aizvērt
action-print = Drukāt
action-download = Lejupielādēt
action-show-data = Rādīt skaitļus tabulā
action-dismiss = Paslēpt

## Shared words
yes = Jā
no = Nē
required = obligāts
optional = nav obligāts
none = Nav
unknown = Nav zināms
all = Visi
from = No
until = Līdz
date = Datums
time = Laiks
place = Vieta
name = Nosaukums
person = Persona
unit = Struktūrvienība
organisation = Organizācija
state = Statuss
kind = Veids
reason = Iemesls
details = Sīkāka informācija
actions = Darbības
total = Kopā
language-en = Angļu
language-lv = Latviešu
language-be = Baltkrievu
language-ru = Krievu

## States of an activity
state-draft = Melnraksts
state-planned = Plānots
state-confirmed = Apstiprināts
state-in-progress = Norisinās
state-delivered = Īstenots
state-closed = Slēgts
state-postponed = Atlikts
state-suspended = Apturēts
state-cancelled = Atcelts

## States of an enrolment
state-nominated = Izvirzīts
state-endorsed = Atbalstīts
state-reserve = Rezerves sarakstā
state-offered = Piedāvāta vieta
state-declined = Noraidīts
state-withdrawn = Atsaukts
state-substituted = Aizstāts
state-blocked = Bloķēts
state-attended-full = Apmeklēts pilnībā
state-attended-partial = Apmeklēts daļēji
state-no-show = Neieradās
state-excused = Attaisnota prombūtne
state-event-cancelled = Pasākums atcelts

## States of a certificate
state-valid = Derīgs
state-renewable = Derīgs, jāatjauno
state-expired = Beidzies termiņš
state-revoked = Anulēts
state-replaced = Aizvietots ar jaunu

## Kinds of activities
kind-study-visit = Mācību vizīte
kind-bilateral-meeting = Divpusēja tikšanās
kind-expert-meeting = Ekspertu sanāksme
kind-training-course = Mācību kurss
kind-workshop = Darbseminārs
kind-tabletop-exercise = Galda mācības
kind-practical-exercise = Praktiskās mācības
kind-joint-operation-deployment = Dalība kopīgā operācijā
kind-e-learning = E-mācības
kind-conference = Konference

## Roles
role-administrator = Administrators
role-coordinator = Mācību koordinators
role-trainer = Pasniedzējs
role-examiner = Eksaminētājs
role-manager = Struktūrvienības vadītājs
role-participant = Dalībnieks
role-auditor = Auditors
role-certification-officer = Sertifikācijas amatpersona
role-finance-officer = Finanšu speciālists
role-data-protection-officer = Datu aizsardzības speciālists
role-evaluator = Novērtētājs

## When something goes wrong
problem-what-to-do = Ko jūs varat darīt
problem-home = Uz sākumlapu
problem-status = Statusa kods
problem-request = Pieprasījuma numurs
problem-title-400 = Pieprasījumu neizdevās nolasīt
problem-text-400 = Adresē vai veidlapā ir kaut kas tāds, ko mēs nesaprotam.
problem-do-400 = Atgriezieties, ielādējiet lapu vēlreiz un atkārtojiet darbību.
problem-title-401 = Lūdzu, piesakieties
problem-text-401 = Šī lapa ir pieejama tikai pēc pieteikšanās. Iespējams, jūsu sesija ir beigusies.
problem-do-401 = Piesakieties un atveriet lapu vēlreiz.
problem-title-403 = Jums nav tiesību to darīt
problem-text-403 = Jūsu loma neietver šo darbību, vai arī lapa ir bijusi atvērta pārāk ilgi.
problem-do-403 = Ja tas ir vajadzīgs darbam, vērsieties pie mācību koordinatora vai administratora un nosauciet pieprasījuma numuru.
problem-title-404 = Šo lapu neizdevās atrast
problem-text-404 = Šajā adresē nekā nav, vai arī tas nav paredzēts jums.
problem-do-404 = Pārbaudiet adresi vai atrodiet vajadzīgo, sākot no sākumlapas.
problem-title-405 = Šeit to nevar izdarīt
problem-text-405 = Adrese pastāv, bet ne šāda veida pieprasījumam.
problem-do-405 = Atgriezieties un izmantojiet lapas pogas.
problem-title-406 = Nav piemērota atbildes formāta
problem-text-406 = Jūsu programma pieprasīja formātu, kādā to nevar sniegt.
problem-do-406 = Atveriet adresi pārlūkprogrammā.
problem-title-409 = Pašlaik tas nav iespējams
problem-text-409 = To nepieļauj kāds noteikums. Nekas netika mainīts.
problem-do-409 = Izlasiet iemeslu augstāk, atgriezieties, ielādējiet lapu vēlreiz un izvēlieties piemērotāko.
problem-title-412 = Kāds to izmainīja pirms jums
problem-text-412 = Jūsu izmaiņas netika saglabātas, lai nezustu cita veiktās.
problem-do-412 = Atgriezieties, ielādējiet lapu vēlreiz, apskatiet jaunāko un atkārtojiet savas izmaiņas.
problem-title-413 = Tas ir par lielu
problem-text-413 = Fails vai teksts ir lielāks, nekā mēs varam pieņemt. Nekas netika saglabāts.
problem-do-413 = Samaziniet vai sadaliet failu un nosūtiet vēlreiz.
problem-title-415 = Šāda veida failu nevar pieņemt
problem-text-415 = Nosūtītais ir formātā, kas šeit netiek pieņemts.
problem-do-415 = Izvēlieties veidlapā norādītā veida failu.
problem-title-422 = Kaut kas ir jālabo
problem-text-422 = Daļa ievadīto datu neatbilst prasībām. Nekas netika saglabāts.
problem-do-422 = Atgriezieties, izlabojiet augstāk norādīto un nosūtiet veidlapu vēlreiz.
problem-title-428 = Lapa bija novecojusi
problem-text-428 = Nevarēja noteikt, kuru ieraksta versiju jūs mainījāt. Nekas netika saglabāts.
problem-do-428 = Ielādējiet lapu vēlreiz un atkārtojiet izmaiņas.
problem-title-429 = Pārāk daudz mēģinājumu
problem-text-429 = No jums saņemts tik daudz pieprasījumu, ka lūdzam brīdi pagaidīt.
problem-do-429 = Pagaidiet minūti un mēģiniet vēlreiz.
problem-title-500 = Mūsu pusē radās kļūda
problem-text-500 = Tā nav jūsu vaina, un kļūda ir reģistrēta.
problem-do-500 = Mēģiniet vēlreiz. Ja kļūda atkārtojas, nosauciet administratoram pieprasījuma numuru.
problem-title-503 = Waymark pašlaik nav pieejams
problem-text-503 = Pašlaik nevar neko nolasīt vai saglabāt. No jūsu pieprasījuma nekas netika saglabāts.
problem-do-503 = Brīdi pagaidiet un mēģiniet vēlreiz.
