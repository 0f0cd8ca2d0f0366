## The frame of every page
layout-skip = Перайсці да зместу
layout-demo = Дэманстрацыя. Людзі і запісы, паказаныя тут, выдуманыя.
layout-language = Мова
layout-account = Уліковы запіс
layout-menu = Меню
layout-navigation = Асноўная навігацыя
layout-breadcrumbs = Вы знаходзіцеся тут
layout-footer = Waymark: навучанне, праверка ведаў і сертыфікацыя ў кіраванні межамі
layout-reference = Апісанне API
pagination-label = Старонкі спіса
error-summary-title = Некаторыя палі трэба выправіць

## Where one can go
nav-home = Галоўная
nav-activities = Мерапрыемствы
nav-attendance = Прысутнасць
nav-catalogue = Каталог курсаў
nav-assessments = Праверкі ведаў
nav-certificates = Сертыфікаты
nav-people = Людзі
nav-programme = Праграма
nav-frameworks = Рамкі кампетэнцый
nav-reports = Справаздачы
nav-administration = Адміністраванне
nav-audit = Журнал аўдыту

## What one can do
action-sign-in = Увайсці
action-sign-out = Выйсці
action-save = Захаваць
action-cancel = Скасаваць
action-search = Шукаць
action-filter = Ужыць фільтры
action-clear = Ачысціць фільтры
action-next-page = Наступная старонка
action-first-page = Першая старонка
action-back = Назад
action-continue = Працягнуць
action-add = Дадаць
action-edit = Змяніць
action-remove = Прыбраць
action-confirm = Пацвердзіць
action-send = Адправіць
action-open = Адкрыць
action-close = Закрыць
action-print = Друкаваць
action-download = Спампаваць
action-show-data = Паказаць лічбы ў табліцы
action-dismiss = Схаваць

## Shared words
yes = Так
no = Не
required = абавязкова
optional = неабавязкова
none = Няма
unknown = Невядома
all = Усе
from = Ад
until = Да
date = Дата
time = Час
place = Месца
name = Назва
person = Асоба
unit = Падраздзяленне
organisation = Арганізацыя
state = Стан
kind = Від
reason = Прычына
details = Падрабязнасці
actions = Дзеянні
total = Усяго
language-en = Англійская
language-lv = Латышская
language-be = Беларуская
language-ru = Руская

## States of an activity
state-draft = Чарнавік
state-planned = Запланавана
state-confirmed = Пацверджана
state-in-progress = Праходзіць
state-delivered = Праведзена
state-closed = Закрыта
state-postponed = Адкладзена
state-suspended = Прыпынена
state-cancelled = Адменена

## States of an enrolment
state-nominated = Вылучана кандыдатура
state-endorsed = Кандыдатура падтрымана
state-reserve = У рэзерве
state-offered = Прапанавана месца
state-declined = Адхілена
state-withdrawn = Адклікана
state-substituted = Заменена
state-blocked = Заблакіравана
state-attended-full = Поўная прысутнасць
state-attended-partial = Частковая прысутнасць
state-no-show = Няяўка
state-excused = Адсутнасць па ўважлівай прычыне
state-event-cancelled = Мерапрыемства адменена

## States of a certificate
state-valid = Сапраўдны
state-renewable = Сапраўдны, патрабуе абнаўлення
state-expired = Тэрмін скончыўся
state-revoked = Ануляваны
state-replaced = Заменены новым

## Kinds of activities
kind-study-visit = Навучальны візіт
kind-bilateral-meeting = Двухбаковая сустрэча
kind-expert-meeting = Сустрэча экспертаў
kind-training-course = Навучальны курс
kind-workshop = Практычны семінар
kind-tabletop-exercise = Камандна-штабное вучэнне
kind-practical-exercise = Практычнае вучэнне
kind-joint-operation-deployment = Удзел у сумеснай аперацыі
kind-e-learning = Электроннае навучанне
kind-conference = Канферэнцыя

## Roles
role-administrator = Адміністратар
role-coordinator = Каардынатар навучання
role-trainer = Выкладчык
role-examiner = Экзаменатар
role-manager = Начальнік падраздзялення
role-participant = Удзельнік
role-auditor = Аўдытар
role-certification-officer = Супрацоўнік па сертыфікацыі
role-finance-officer = Супрацоўнік па фінансах
role-data-protection-officer = Супрацоўнік па абароне даных
role-evaluator = Ацэншчык

## When something goes wrong
problem-what-to-do = Што можна зрабіць
problem-home = На галоўную старонку
problem-status = Код стану
problem-request = Нумар запыту
problem-title-400 = Не ўдалося прачытаць запыт
problem-text-400 = У адрасе або форме ёсць нешта, чаго мы не разумеем.
problem-do-400 = Вярніцеся, загрузіце старонку зноў і паўтарыце дзеянне.
problem-title-401 = Увайдзіце ў сістэму
problem-text-401 = Гэтая старонка даступная толькі пасля ўваходу. Магчыма, ваш сеанс скончыўся.
problem-do-401 = Увайдзіце і адкрыйце старонку зноў.
problem-title-403 = У вас няма правоў на гэта
problem-text-403 = Ваша роля не дазваляе гэтага дзеяння, або старонка была адкрытая занадта доўга.
problem-do-403 = Калі гэта трэба вам для працы, звярніцеся да каардынатара навучання або адміністратара і назавіце нумар запыту.
problem-title-404 = Старонка не знойдзена
problem-text-404 = Па гэтым адрасе нічога няма, або яно прызначана не для вас.
problem-do-404 = Праверце адрас або знайдзіце патрэбнае з галоўнай старонкі.
problem-title-405 = Тут гэтага зрабіць нельга
problem-text-405 = Адрас існуе, але не для такога запыту.
problem-do-405 = Вярніцеся і скарыстайцеся кнопкамі старонкі.
problem-title-406 = Няма прыдатнага фармату адказу
problem-text-406 = Ваша праграма запытала фармат, у якім гэта даць нельга.
problem-do-406 = Адкрыйце адрас у браўзеры.
problem-title-409 = Цяпер гэта немагчыма
problem-text-409 = Гэтаму перашкаджае правіла. Нічога не змянілася.
problem-do-409 = Прачытайце прычыну вышэй, вярніцеся, загрузіце старонку зноў і вырашыце, што падыходзіць.
problem-title-412 = Хтосьці змяніў гэта раней за вас
problem-text-412 = Вашы змены не захаваныя, каб не страціць чужыя.
problem-do-412 = Вярніцеся, загрузіце старонку зноў, паглядзіце, што новага, і паўтарыце сваё змяненне.
problem-title-413 = Занадта вялікі памер
problem-text-413 = Файл або тэкст большы, чым мы можам прыняць. Нічога не захавана.
problem-do-413 = Зменшыце або падзяліце файл і адпраўце зноў.
problem-title-415 = Такі від файла не прымаецца
problem-text-415 = Адпраўленае мае фармат, які тут не прымаецца.
problem-do-415 = Выберыце файл таго віду, які названы ў форме.
problem-title-422 = Нешта трэба выправіць
problem-text-422 = Частка ўведзенага не адпавядае патрабаванням. Нічога не захавана.
problem-do-422 = Вярніцеся, выпраўце пералічанае вышэй і адпраўце форму зноў.
problem-title-428 = Старонка састарэла
problem-text-428 = Немагчыма вызначыць, якую версію запісу вы змянілі. Нічога не захавана.
problem-do-428 = Загрузіце старонку зноў і паўтарыце змяненне.
problem-title-429 = Занадта шмат спроб
problem-text-429 = Ад вас прыйшло так шмат запытаў, што мы просім крыху пачакаць.
problem-do-429 = Пачакайце хвіліну і паспрабуйце зноў.
problem-title-500 = На нашым баку адбылася памылка
problem-text-500 = Гэта не ваша віна, памылка зарэгістраваная.
problem-do-500 = Паспрабуйце зноў. Калі памылка паўторыцца, паведаміце адміністратару нумар запыту.
problem-title-503 = Waymark цяпер недаступны
problem-text-503 = Цяпер немагчыма нешта прачытаць або захаваць. З вашага запыту нічога не захавана.
problem-do-503 = Пачакайце крыху і паспрабуйце зноў.
