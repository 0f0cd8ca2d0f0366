## Signing in
sign-in-title = Уваход
sign-in-lede = Для супрацоўнікаў, якія ўдзельнічаюць у навучанні, плануюць ці сертыфікуюць яго.
sign-in-email = Адрас электроннай пошты
sign-in-password = Пароль
sign-in-code = Шасцізначны код з праграмы аўтэнтыфікацыі
sign-in-submit = Увайсці
sign-in-wrong = Няправільны адрас электроннай пошты, пароль або код.
sign-in-code-required = Увядзіце таксама код з праграмы аўтэнтыфікацыі.
sign-in-too-many = Занадта шмат спроб. Пачакайце некалькі хвілін і паспрабуйце зноў.
signed-out = Вы выйшлі з сістэмы.

## The frame
identity-my-account = Мой уліковы запіс
identity-my-messages = Мае паведамленні
identity-factor-rests = Для вашай ролі патрэбны другі фактар. Пакуль вы яго не наладзіце, вам даступна толькі тое, што даступна кожнаму ўдзельніку.
identity-factor-set-up-now = Наладзіць зараз

## Words
identity-any = Любы
identity-choose = Выберыце …
identity-not-said = Не ўказана
identity-never = Ніколі
identity-today-when-empty = Калі не запоўнена, сёння.
identity-search-name = У імені ёсць
identity-until = да { $day }
identity-since = з { $at }
identity-latest = Не пазней за { $day }.
identity-from-until = Ад – да
identity-roles = Ролі

## Fields of forms
identity-field-password = Пароль
identity-field-again = Яшчэ раз тое ж
identity-field-current = Цяперашні пароль
identity-field-new = Новы пароль
identity-field-email = Адрас электроннай пошты
identity-field-code = Код
identity-field-name = Назва
identity-field-native-name = Арыгінальнае напісанне
identity-field-country = Краіна
identity-field-role = Роля
identity-field-organisation-id = Арганізацыя
identity-field-unit-id = Падраздзяленне
identity-field-parent-id = Вышэйшае падраздзяленне
identity-field-level = Узровень
identity-field-kind = Від
identity-field-from-on = З дня
identity-field-on = Першы дзень, калі яно закрыта
identity-field-member-from-on = У падраздзяленні з
identity-field-service-number = Службовы нумар
identity-field-given-name = Імя
identity-field-family-name = Прозвішча
identity-field-gender = Пол
identity-field-rank = Званне
identity-field-post = Пасада
identity-field-languages = Рабочыя мовы
identity-field-version = Версія
identity-field-value = Значэнне
identity-field-file = Файл
identity-field-scope-id = Дзе дзейнічае
identity-field-ends-at = Апошні дзень
identity-field-starts-at = Першы дзень
identity-field-expires-at = Дзейнічае да
identity-field-read-only = Толькі чытанне
identity-field-confirmed = Пацвярджэнне
identity-field-rows = Радкі

## Confirming who one is
identity-confirm-title = Пацвердзіце, што гэта вы
identity-confirm-lede = Наступнае дзеянне адчувальнае. Увядзіце пароль; ён дзейнічае пяць хвілін.
identity-confirm-loss = Пасля гэтага вы вернецеся на старонку, з якой прыйшлі. Калі вы толькі што адправілі форму, з яе нічога не захавана: запоўніце і адпраўце яе яшчэ раз.
identity-confirmed = Пацверджана. Можна працягваць пяць хвілін.
identity-wrong-password = няправільны
identity-wrong-code = няправільны; дачакайцеся наступнага і паспрабуйце зноў
identity-not-the-same = не супадае з паролем вышэй

## Forgotten passwords and links
identity-forgotten = Забылі пароль?
identity-forgotten-title = Выберыце новы пароль
identity-forgotten-lede = Мы дашлём спасылку на адрас вашага ўліковага запісу.
identity-forgotten-send = Даслаць спасылку
identity-forgotten-asked = Калі ёсць уліковы запіс з гэтым адрасам, спасылка ўжо ў дарозе.
identity-forgotten-wait = Яна дзейнічае адзін раз, на працягу сутак. Калі за некалькі хвілін нічога не прыйшло, паглядзіце ў спаме або запытайцеся ў адміністратара.
identity-link-title-invitation = Вітаем! Выберыце пароль
identity-link-title-password-reset = Выберыце новы пароль
identity-link-lede-invitation = Для вас створаны ўліковы запіс. Пароль будзеце ведаць толькі вы.
identity-link-lede-password-reset = Усё, што яшчэ ўвайшло са старым паролем, будзе спынена.
identity-link-spent-title = Гэтая спасылка больш не дзейнічае
identity-link-spent-lede = Яна ўжо выкарыстана або старэйшая за суткі. Запытайце новую. Калі гэта было запрашэнне, звярніцеся да таго, хто вас запрасіў.
identity-password-hint = Ад 15 да 256 знакаў: некалькі слоў, якія так спалучыце толькі вы. Не распаўсюджаны пароль і не ваша імя.
identity-choose-password = Выбраць гэты пароль
identity-password-chosen = Пароль выбраны. Увайдзіце з ім.

## One's own account
identity-account-title = Мой уліковы запіс
identity-account-lede = Як вы ўваходзіце, дзе вы ўвайшлі і што пра вас захоўваецца.
identity-my-details = Мае даныя
identity-grant-waits = Чакае пацвярджэння
identity-language-hint = Для старонак і лістоў.
identity-language-chosen = Мова зменена.
identity-password-title = Пароль
identity-password-ends = Калі вы яго зменіце, усе іншыя сеансы і ўсе ключы доступу будуць спынены.
identity-password-change = Змяніць пароль
identity-password-changed = Пароль зменены. Іншыя сеансы і ключы спынены.
identity-sessions = Дзе вы ўвайшлі
identity-sessions-hint = Спыніце тое, чаго не пазнаяце, і тады змяніце пароль.
identity-device = Прылада
identity-unknown-device = Невядомая прылада
identity-last-used = Апошняе выкарыстанне
identity-this-session = Гэты
identity-end = Спыніць
identity-end-others = Спыніць усе іншыя
identity-session-ended = Сеанс спынены.
identity-sessions-ended = Усе іншыя сеансы спынены.
identity-tokens = Ключы доступу
identity-tokens-hint = Для праграмы, якая працуе за вас у межах вашых роляў. Яна не можа зрабіць таго, дзе пытаюць пароль.
identity-expires = Заканчваецца
identity-reads-only = Толькі чытае
identity-reads-and-changes = Чытае і змяняе
identity-token-new = Стварыць ключ
identity-token-make = Стварыць ключ
identity-token-name-hint = Для чаго ён, вашымі словамі.
identity-token-made = Ключ «{ $name }» створаны
identity-token-once = Скапіруйце яго зараз: ён паказваецца толькі адзін раз.
identity-token-revoke = Адклікаць
identity-token-revoke-ask = Праграмы з гэтым ключом перастануць працаваць. Адклікаць?
identity-token-revoked = Ключ больш не дзейнічае.
identity-record = Што пра мяне захоўваецца
identity-record-hint = Асоба, уліковы запіс, падраздзяленні, ролі, сеансы і ключы ў файле, які могуць чытаць людзі і праграмы.

## The second factor
identity-second-factor = Другі фактар
identity-factor-lede = Код з праграмы на тэлефоне, які пытаюць пры ўваходзе разам з паролем.
identity-factor-there = Наладжаны
identity-factor-not-there = Не наладжаны
identity-factor-manage = Кіраваць
identity-factor-set-up = Наладзіць
identity-factor-needed = Для вашай ролі патрэбны другі фактар. Наладзьце яго зараз; да таго вам даступна толькі тое, што даступна кожнаму ўдзельніку.
identity-factor-step-app = На тэлефоне патрэбна праграма аўтэнтыфікацыі. Падыдзе любая, якая стварае шасцізначныя коды.
identity-factor-step-scan = Адсканіруйце ёй малюнак на наступнай старонцы.
identity-factor-step-code = Увядзіце код, які яна пакажа.
identity-factor-begin = Пачаць
identity-factor-again = Або пачніце зноў
identity-factor-scan = Адсканіруйце праграмай
identity-factor-qr = QR-код з сакрэтам
identity-factor-by-hand = Або ўвядзіце гэты сакрэт у праграму:
identity-factor-once = Ён паказваецца толькі адзін раз. Не трымайце яго там, дзе яго могуць прачытаць іншыя.
identity-factor-prove = Увядзіце код, які паказвае праграма
identity-factor-finish = Завяршыць
identity-second-factor-set = Другі фактар наладжаны. Яго спытаюць пры наступным уваходзе.
identity-factor-remove = Выдаліць другі фактар
identity-factor-remove-text = Зрабіце гэта перад заменай тэлефона і наладзьце яго там зноў. Ролі, якім ён патрэбны, тым часам не дзейнічаюць; іншыя сеансы і ўсе ключы спыняюцца.
identity-factor-remove-ask = Выдаліць другі фактар?
identity-second-factor-removed = Другі фактар выдалены.

## People
identity-people = Людзі
identity-people-lede = Хто на службе, дзе працуе і як звязацца.
identity-person-new = Дадаць асобу
identity-person-new-lede = Калі трэба дадаць многіх, імпартуйце спіс.
identity-person-change = Змяніць даныя
identity-person-change-lede = Арганізацыя застаецца. Падраздзяленне мяняецца пераводам, каб захавалася гісторыя.
identity-person-created = Асоба дададзена.
identity-person-changed = Даныя зменены.
identity-person-active = На службе
identity-person-deactivated = Не на службе
identity-person-reactivated = Асоба зноў на службе.
identity-person-left = Асоба больш не на службе.
identity-nobody = Нікога няма
identity-nobody-text = Ніхто не адпавядае фільтру. Ачысціце яго або дадайце людзей спісам.
identity-no-unit = Без падраздзялення
identity-native-name-hint = Напрыклад, кірыліцай.
identity-gender-hint = Як указала сама асоба.
identity-languages-hint = Двухлітарныя коды праз коску: be, en, ru.
identity-gender-female = Жанчына
identity-gender-male = Мужчына
identity-gender-other = Іншы
identity-gender-not-stated = Не ўказаны
identity-level-local = Мясцовы
identity-level-regional = Рэгіянальны
identity-level-central = Цэнтральны
identity-memberships = Падраздзяленні з цягам часу
identity-no-memberships = Не належыць ні да якога падраздзялення.
identity-person-move = Перавесці ў іншае падраздзяленне
identity-person-move-do = Перавесці
identity-move-hint = Калі не запоўнена, сёння. Будучы дзень пачне дзейнічаць, калі настане; ранейшае застаецца.
identity-person-moved = Перавод запісаны.
identity-service = Служба
identity-deactivate = Зняць са службы
identity-deactivate-hint = Уліковы запіс больш нічога не адкрывае. Зробленае асобай застаецца.
identity-deactivate-ask = Зняць гэту асобу са службы?
identity-reactivate = Вярнуць на службу
identity-reactivate-hint = Тады ўліковы запіс, калі ён не прыпынены, зноў зможа ўвайсці.
identity-no-account = Уліковага запісу яшчэ няма.
identity-account-open = Адкрыць уліковы запіс
identity-signed-in = Апошні ўваход { $at }
identity-never-signed-in = Ніколі не ўваходзіў
identity-invite = Запрасіць
identity-invite-hint = Туды прыйдзе спасылка для выбару пароля; яна дзейнічае адзін раз, суткі.
identity-invited = Уліковы запіс створаны. Запрашэнне ў чарзе і будзе адпраўлена поштай.

## Lists
identity-import = Імпарт
identity-export = Экспарт
identity-import-title = Імпарт спіса асоб
identity-import-lede = Спачатку вы ўбачыце, што зменіць спіс. Нічога не адбудзецца, пакуль вы не скажаце.
identity-file-hint = CSV (UTF-8) або XLSX з радком загалоўкаў.
identity-file-missing = патрэбны
identity-partial = Спіс толькі частковы: хто ў ім не названы, застаецца на службе
identity-look = Паказаць, што зменіцца
identity-columns = Слупкі спіса
identity-columns-text = Першыя тры абавязковыя. Прапушчаны слупок нічога не мяняе; пустая ячэйка ачышчае поле. Асоб адрозніваюць па службовым нумары.
identity-column = Слупок
identity-meaning = Што змяшчае
identity-column-service-number = Службовы нумар, унікальны ў арганізацыі
identity-column-given-name = Імя
identity-column-family-name = Прозвішча
identity-column-native-name = Поўнае імя роднай мовай
identity-column-email = Адрас электроннай пошты
identity-column-gender = Пол: female, male, other або not_stated
identity-column-rank = Званне
identity-column-post = Пасада
identity-column-level = Узровень: local, regional або central
identity-column-languages = Рабочыя мовы: двухлітарныя коды праз коску
identity-column-unit = Код падраздзялення
identity-plan-title = Што зменіць спіс
identity-plan-lede = { $organisation }. Пакуль нічога не зменена.
identity-outcome-created = Дададзена
identity-outcome-changed = Зменена
identity-outcome-unchanged = Без змен
identity-outcome-deactivated = Зняты са службы
identity-outcome-refused = З памылкамі
identity-plan-refused = Некаторыя радкі памылковыя. Выпраўце іх у спісе і выберыце файл зноў; да таго нічога нельга выканаць.
identity-plan-again = Выбраць файл зноў
identity-plan-many = { $count ->
    [one] Са службы будзе знята { $count } асоба. Для гэтай арганізацыі гэта незвычайна шмат.
    [few] Са службы будуць зняты { $count } асобы. Для гэтай арганізацыі гэта незвычайна шмат.
   *[other] Са службы будзе знята { $count } асоб. Для гэтай арганізацыі гэта незвычайна шмат.
}
identity-plan-more = { $count ->
    [one] Не паказаны яшчэ { $count } радок.
    [few] Не паказаны яшчэ { $count } радкі.
   *[other] Не паказана яшчэ { $count } радкоў.
}
identity-plan-nothing = У спісе тое ж, што ўжо захоўваецца. Рабіць няма чаго.
identity-plan-ready = Калі гэта тое, што вы маеце на ўвазе, выканайце. Будзе зроблена дакладна гэта, усё або нічога.
identity-plan-meant = Так, гэта свядома.
identity-plan-apply = Выканаць
identity-plan-rows = Па радках
identity-row = Радок
identity-what-happens = Што адбудзецца
identity-imported = Спіс выкананы.
identity-export-title = Экспарт спіса асоб
identity-export-lede = Усе, хто на службе ў арганізацыі, у слупках імпарту.
identity-format = Фармат
identity-format-xlsx = XLSX для электроннай табліцы
identity-format-csv = CSV для праграмы
identity-export-recorded = У журнале аўдыту запісваецца, што вы ўзялі гэты спіс. Захоўвайце файл там, дзе яго прачытаюць толькі тыя, каму ён патрэбны.

## Organisations and units
identity-organisations = Арганізацыі
identity-organisations-lede = Хто ўдзельнічае ў праграме і ў якой якасці.
identity-organisation-new = Дадаць арганізацыю
identity-organisation-new-lede = Код пазней змяніць нельга.
identity-organisation-change = Змяніць арганізацыю
identity-organisation-created = Арганізацыя дададзена.
identity-organisation-changed = Арганізацыя зменена.
identity-part = Роля ў праграме
identity-organisation-implementer = Выканаўца
identity-organisation-training-provider = Арганізацыя навучання
identity-organisation-partner = Партнёр
identity-organisation-host = Прымаючы бок
identity-organisation-agency = Агенцтва
identity-organisation-grant-manager = Кіраўнік гранта
identity-organisation-funder = Фінансуючы бок
identity-organisation-auditor = Аўдытар
identity-code-hint = Вялікія літары, лічбы і злучкі; застаецца назаўсёды.
identity-native-hint = Як яна сама сябе называе.
identity-country-hint = Дзве вялікія літары, напрыклад BY; пуста для міжнароднай арганізацыі.
identity-units = Падраздзяленні
identity-units-lede = Як сёння пабудавана кожная арганізацыя.
identity-no-units = Падраздзяленняў яшчэ няма
identity-no-units-text = Іх дадае адміністратар; людзі належаць да іх з пэўнага дня.
identity-unit-new = Дадаць падраздзяленне
identity-unit-new-lede = Яно стаіць у структуры са свайго першага дня.
identity-unit-below = Дадаць ніжэйшае падраздзяленне
identity-below = Ніжэйшыя падраздзяленні
identity-top = Непасрэдна пад арганізацыяй
identity-kind-hint = Словамі, напрыклад пункт пропуску або ўпраўленне.
identity-unit-created = Падраздзяленне дададзена.
identity-unit-done-change = Падраздзяленне зменена.
identity-unit-done-move = Перамяшчэнне падраздзялення запісана.
identity-unit-done-close = Закрыццё падраздзялення запісана.
identity-closed = Закрыта
identity-closes = Закрываецца { $day }
identity-placements = Месца з цягам часу
identity-unit-change = Змяніць гэтае падраздзяленне
identity-unit-rename = Назва, узровень і від
identity-unit-move = Перамясціць пад іншае падраздзяленне
identity-unit-move-do = Перамясціць
identity-unit-close = Закрыць гэтае падраздзяленне
identity-unit-close-ask = Закрыць гэтае падраздзяленне?
identity-close-hint = Калі не запоўнена, сёння. Да таго часу ў ім нікога і пад ім нічога не павінна быць.

## Administration
identity-administration-lede = Хто можа ўвайсці і якія ролі мае.
identity-accounts = Уліковыя запісы
identity-account-invited = Запрошаны
identity-account-active = Дзейнічае
identity-account-suspended = Прыпынены
identity-no-accounts = Уліковых запісаў няма
identity-no-accounts-text = Нічога не адпавядае фільтру.
identity-how-to-invite = Каб некага запрасіць, адкрыйце асобу.
identity-last-sign-in = Апошні ўваход
identity-created = Створаны
identity-person-open = Асоба
identity-to-confirm = Ролі, якія чакаюць другога адміністратара
identity-to-confirm-text = Яны не дзейнічаюць, пакуль іх не пацвердзіць хтосьці іншы, чым той, хто даў.
identity-roles-waiting = { $count ->
    [one] { $count } роля чакае вашага пацвярджэння.
    [few] { $count } ролі чакаюць вашага пацвярджэння.
   *[other] { $count } роляў чакае вашага пацвярджэння.
}
identity-another-confirms = Гэта пацвярджае іншы адміністратар.
identity-grant-refuse = Адхіліць
identity-no-grants = Няма роляў, акрамя ўдзельніка.
identity-grant-holds = Дзейнічае
identity-grant-ahead = Наперадзе
identity-grant-ended = Скончылася
identity-grant-revoked = Адклікана
identity-grant-revoke = Адклікаць
identity-grant-revoke-ask = Адклікаць гэтую ролю? Уліковы запіс выйдзе ўсюды.
identity-grant-new = Даць ролю
identity-grant-do = Даць
identity-grant-second-hint = Адміністратар і аўдытар чакаюць другога адміністратара.
identity-scope-hint = Падраздзяленне ўключае ўсе ніжэйшыя. Для асобнага мерапрыемства прызначце асобу ў яго персанал.
identity-scope-programme = Уся праграма
identity-scope-organisation = Арганізацыя
identity-scope-unit = Падраздзяленне
identity-scope-activity = Мерапрыемства
identity-not-oneself = Пра ваш уліковы запіс і ролі вырашае хтосьці іншы.
identity-role-granted = Роля дадзена.
identity-role-waits = Роля чакае другога адміністратара.
identity-role-confirmed = Роля пацверджана.
identity-role-revoked = Роля адклікана; уліковы запіс выйшаў усюды.
identity-invite-again = Даслаць запрашэнне зноў
identity-invite-again-hint = Асоба яшчэ не выбрала пароль.
identity-reset = Даслаць спасылку для новага пароля
identity-reset-hint = Яе атрымае асоба, ніколі не вы.
identity-link-sent = Спасылка ў чарзе і будзе адпраўлена поштай.
identity-end-sessions = Спыніць усе сеансы
identity-end-sessions-hint = Спыняе таксама ключы доступу і спасылкі, напрыклад пасля згубленага ноўтбука.
identity-end-sessions-ask = Спыніць усе сеансы, ключы і спасылкі гэтага запісу?
identity-account-sessions-ended = Усе сеансы, ключы і спасылкі спынены.
identity-suspend = Прыпыніць
identity-suspend-hint = Уліковы запіс не можа ўвайсці, і нічога адкрытага не застаецца.
identity-suspend-ask = Прыпыніць гэты ўліковы запіс?
identity-suspended = Уліковы запіс прыпынены.
identity-unsuspend = Дазволіць уваход зноў
identity-unsuspend-hint = Уліковы запіс прыпынены. Ролі захаваны.
identity-unsuspended = Уліковы запіс зноў можа ўвайсці.

## Settings
identity-settings = Налады
identity-settings-lede = Што вырашае адміністратар падчас працы праграмы. Кожная змена запісваецца.
identity-bounds = Цэлы лік ад { $least } да { $greatest }.
identity-setting-changed = Налада зменена.
identity-setting-import-leaving-percent = Выбыццё без пацвярджэння, працэнты
identity-setting-meaning-import-leaving-percent = Доля асоб арганізацыі, якую спіс можа зняць са службы без пацвярджэння.
identity-setting-import-rows = Радкі спіса асоб
identity-setting-meaning-import-rows = Найбольшая колькасць радкоў у спісе, які імпартуецца за раз.
