## Signing in
sign-in-title = Вход
sign-in-lede = Для сотрудников, которые участвуют в обучении, планируют его или проводят сертификацию.
sign-in-email = Адрес электронной почты
sign-in-password = Пароль
sign-in-code = Шестизначный код из приложения аутентификации
sign-in-submit = Войти
sign-in-wrong = Неверный адрес электронной почты, пароль или код.
sign-in-code-required = Введите также код из приложения аутентификации.
sign-in-too-many = Слишком много попыток. Подождите несколько минут и попробуйте снова.
signed-out = Вы вышли из системы.

## The frame
identity-my-account = Моя учётная запись
identity-my-messages = Мои сообщения
identity-factor-rests = Для вашей роли нужен второй фактор. Пока вы его не настроите, вам доступно только то, что доступно каждому участнику.
identity-factor-set-up-now = Настроить сейчас

## Words
identity-any = Любой
identity-choose = Выберите …
identity-not-said = Не указано
identity-never = Никогда
identity-today-when-empty = Если не заполнено, сегодня.
identity-search-name = В имени есть
identity-until = до { $day }
identity-since = с { $at }
identity-latest = Не позднее { $day }.
identity-from-until = С – по
identity-roles = Роли

## Fields of forms
identity-field-password = Пароль
identity-field-again = Ещё раз то же
identity-field-current = Текущий пароль
identity-field-new = Новый пароль
identity-field-email = Адрес электронной почты
identity-field-code = Код
identity-field-name = Название
identity-field-native-name = Оригинальное написание
identity-field-country = Страна
identity-field-role = Роль
identity-field-organisation-id = Организация
identity-field-unit-id = Подразделение
identity-field-parent-id = Вышестоящее подразделение
identity-field-level = Уровень
identity-field-kind = Вид
identity-field-from-on = С какого дня
identity-field-on = Первый день, когда оно закрыто
identity-field-member-from-on = В подразделении с
identity-field-service-number = Служебный номер
identity-field-given-name = Имя
identity-field-family-name = Фамилия
identity-field-gender = Пол
identity-field-rank = Звание
identity-field-post = Должность
identity-field-languages = Рабочие языки
identity-field-version = Версия
identity-field-value = Значение
identity-field-file = Файл
identity-field-scope-id = Где действует
identity-field-ends-at = Последний день
identity-field-starts-at = Первый день
identity-field-expires-at = Действует до
identity-field-read-only = Только чтение
identity-field-confirmed = Подтверждение
identity-field-rows = Строки

## Confirming who one is
identity-confirm-title = Подтвердите, что это вы
identity-confirm-lede = Следующее действие чувствительное. Введите пароль; он действует пять минут.
identity-confirm-loss = После этого вы вернётесь на страницу, с которой пришли. Если вы только что отправили форму, из неё ничего не сохранено: заполните и отправьте её ещё раз.
identity-confirmed = Подтверждено. Можно продолжать пять минут.
identity-wrong-password = неверный
identity-wrong-code = неверный; дождитесь следующего и попробуйте снова
identity-not-the-same = не совпадает с паролем выше

## Forgotten passwords and links
identity-forgotten = Забыли пароль?
identity-forgotten-title = Выберите новый пароль
identity-forgotten-lede = Мы пришлём ссылку на адрес вашей учётной записи.
identity-forgotten-send = Отправить ссылку
identity-forgotten-asked = Если есть учётная запись с этим адресом, ссылка уже в пути.
identity-forgotten-wait = Она действует один раз, в течение суток. Если за несколько минут ничего не пришло, посмотрите в спаме или обратитесь к администратору.
identity-link-title-invitation = Добро пожаловать! Выберите пароль
identity-link-title-password-reset = Выберите новый пароль
identity-link-lede-invitation = Для вас создана учётная запись. Пароль будете знать только вы.
identity-link-lede-password-reset = Всё, что ещё вошло со старым паролем, будет завершено.
identity-link-spent-title = Эта ссылка больше не действует
identity-link-spent-lede = Она уже использована или старше суток. Запросите новую. Если это было приглашение, обратитесь к тому, кто вас пригласил.
identity-password-hint = От 15 до 256 знаков: несколько слов, которые так сочетаете только вы. Не распространённый пароль и не ваше имя.
identity-choose-password = Выбрать этот пароль
identity-password-chosen = Пароль выбран. Войдите с ним.

## One's own account
identity-account-title = Моя учётная запись
identity-account-lede = Как вы входите, где вы вошли и что о вас хранится.
identity-my-details = Мои данные
identity-grant-waits = Ждёт подтверждения
identity-language-hint = Для страниц и писем.
identity-language-chosen = Язык изменён.
identity-password-title = Пароль
identity-password-ends = Когда вы его измените, все другие сеансы и все ключи доступа будут завершены.
identity-password-change = Изменить пароль
identity-password-changed = Пароль изменён. Другие сеансы и ключи завершены.
identity-sessions = Где вы вошли
identity-sessions-hint = Завершите то, чего не узнаёте, и затем измените пароль.
identity-device = Устройство
identity-unknown-device = Неизвестное устройство
identity-last-used = Последнее использование
identity-this-session = Этот
identity-end = Завершить
identity-end-others = Завершить все другие
identity-session-ended = Сеанс завершён.
identity-sessions-ended = Все другие сеансы завершены.
identity-tokens = Ключи доступа
identity-tokens-hint = Для программы, которая работает за вас в пределах ваших ролей. Она не может сделать того, где спрашивают пароль.
identity-expires = Заканчивается
identity-reads-only = Только читает
identity-reads-and-changes = Читает и изменяет
identity-token-new = Создать ключ
identity-token-make = Создать ключ
identity-token-name-hint = Для чего он, вашими словами.
identity-token-made = Ключ «{ $name }» создан
identity-token-once = Скопируйте его сейчас: он показывается только один раз.
identity-token-revoke = Отозвать
identity-token-revoke-ask = Программы с этим ключом перестанут работать. Отозвать?
identity-token-revoked = Ключ больше не действует.
identity-record = Что обо мне хранится
identity-record-hint = Лицо, учётная запись, подразделения, роли, сеансы и ключи в файле, который могут читать люди и программы.

## The second factor
identity-second-factor = Второй фактор
identity-factor-lede = Код из приложения на телефоне, который спрашивают при входе вместе с паролем.
identity-factor-there = Настроен
identity-factor-not-there = Не настроен
identity-factor-manage = Управлять
identity-factor-set-up = Настроить
identity-factor-needed = Для вашей роли нужен второй фактор. Настройте его сейчас; до этого вам доступно только то, что доступно каждому участнику.
identity-factor-step-app = На телефоне нужно приложение аутентификации. Подойдёт любое, которое создаёт шестизначные коды.
identity-factor-step-scan = Отсканируйте им картинку на следующей странице.
identity-factor-step-code = Введите код, который оно покажет.
identity-factor-begin = Начать
identity-factor-again = Или начните заново
identity-factor-scan = Отсканируйте приложением
identity-factor-qr = QR-код с секретом
identity-factor-by-hand = Или введите этот секрет в приложение:
identity-factor-once = Он показывается только один раз. Не храните его там, где его могут прочитать другие.
identity-factor-prove = Введите код, который показывает приложение
identity-factor-finish = Завершить
identity-second-factor-set = Второй фактор настроен. Его спросят при следующем входе.
identity-factor-remove = Удалить второй фактор
identity-factor-remove-text = Сделайте это перед заменой телефона и настройте его там снова. Роли, которым он нужен, тем временем не действуют; другие сеансы и все ключи завершаются.
identity-factor-remove-ask = Удалить второй фактор?
identity-second-factor-removed = Второй фактор удалён.

## People
identity-people = Люди
identity-people-lede = Кто на службе, где работает и как связаться.
identity-person-new = Добавить человека
identity-person-new-lede = Если нужно добавить многих, импортируйте список.
identity-person-change = Изменить данные
identity-person-change-lede = Организация остаётся. Подразделение меняется переводом, чтобы сохранилась история.
identity-person-created = Человек добавлен.
identity-person-changed = Данные изменены.
identity-person-active = На службе
identity-person-deactivated = Не на службе
identity-person-reactivated = Человек снова на службе.
identity-person-left = Человек больше не на службе.
identity-nobody = Никого нет
identity-nobody-text = Никто не соответствует фильтру. Очистите его или добавьте людей списком.
identity-no-unit = Без подразделения
identity-native-name-hint = Например, кириллицей.
identity-gender-hint = Как указал сам человек.
identity-languages-hint = Двухбуквенные коды через запятую: ru, en, lv.
identity-gender-female = Женский
identity-gender-male = Мужской
identity-gender-other = Другой
identity-gender-not-stated = Не указан
identity-level-local = Местный
identity-level-regional = Региональный
identity-level-central = Центральный
identity-memberships = Подразделения с течением времени
identity-no-memberships = Не относится ни к какому подразделению.
identity-person-move = Перевести в другое подразделение
identity-person-move-do = Перевести
identity-move-hint = Если не заполнено, сегодня. Будущий день вступит в силу, когда наступит; прежнее остаётся.
identity-person-moved = Перевод записан.
identity-service = Служба
identity-deactivate = Снять со службы
identity-deactivate-hint = Учётная запись больше ничего не открывает. Сделанное человеком остаётся.
identity-deactivate-ask = Снять этого человека со службы?
identity-reactivate = Вернуть на службу
identity-reactivate-hint = Тогда учётная запись, если она не приостановлена, снова сможет войти.
identity-no-account = Учётной записи ещё нет.
identity-account-open = Открыть учётную запись
identity-signed-in = Последний вход { $at }
identity-never-signed-in = Никогда не входил
identity-invite = Пригласить
identity-invite-hint = Туда придёт ссылка для выбора пароля; она действует один раз, сутки.
identity-invited = Учётная запись создана. Приглашение в очереди и будет отправлено почтой.

## Lists
identity-import = Импорт
identity-export = Экспорт
identity-import-title = Импорт списка лиц
identity-import-lede = Сначала вы увидите, что изменит список. Ничего не произойдёт, пока вы не скажете.
identity-file-hint = CSV (UTF-8) или XLSX со строкой заголовков.
identity-file-missing = обязателен
identity-partial = Список только частичный: кто в нём не назван, остаётся на службе
identity-look = Показать, что изменится
identity-columns = Столбцы списка
identity-columns-text = Первые три обязательны. Пропущенный столбец ничего не меняет; пустая ячейка очищает поле. Лица различаются по служебному номеру.
identity-column = Столбец
identity-meaning = Что содержит
identity-column-service-number = Служебный номер, уникальный в организации
identity-column-given-name = Имя
identity-column-family-name = Фамилия
identity-column-native-name = Полное имя на родном языке
identity-column-email = Адрес электронной почты
identity-column-gender = Пол: female, male, other или not_stated
identity-column-rank = Звание
identity-column-post = Должность
identity-column-level = Уровень: local, regional или central
identity-column-languages = Рабочие языки: двухбуквенные коды через запятую
identity-column-unit = Код подразделения
identity-plan-title = Что изменит список
identity-plan-lede = { $organisation }. Пока ничего не изменено.
identity-outcome-created = Добавлено
identity-outcome-changed = Изменено
identity-outcome-unchanged = Без изменений
identity-outcome-deactivated = Сняты со службы
identity-outcome-refused = С ошибками
identity-plan-refused = Некоторые строки ошибочны. Исправьте их в списке и выберите файл снова; до этого ничего нельзя выполнить.
identity-plan-again = Выбрать файл снова
identity-plan-many = { $count ->
    [one] Со службы будет снято { $count } лицо. Для этой организации это необычно много.
    [few] Со службы будут сняты { $count } лица. Для этой организации это необычно много.
   *[other] Со службы будет снято { $count } лиц. Для этой организации это необычно много.
}
identity-plan-more = { $count ->
    [one] Не показана ещё { $count } строка.
    [few] Не показаны ещё { $count } строки.
   *[other] Не показано ещё { $count } строк.
}
identity-plan-nothing = В списке то же, что уже хранится. Делать нечего.
identity-plan-ready = Если это то, что вы имеете в виду, выполните. Будет сделано именно это, всё или ничего.
identity-plan-meant = Да, это намеренно.
identity-plan-apply = Выполнить
identity-plan-rows = По строкам
identity-row = Строка
identity-what-happens = Что произойдёт
identity-imported = Список выполнен.
identity-export-title = Экспорт списка лиц
identity-export-lede = Все, кто на службе в организации, в столбцах импорта.
identity-format = Формат
identity-format-xlsx = XLSX для электронной таблицы
identity-format-csv = CSV для программы
identity-export-recorded = В журнале аудита записывается, что вы взяли этот список. Храните файл там, где его прочтут только те, кому он нужен.

## Organisations and units
identity-organisations = Организации
identity-organisations-lede = Кто участвует в программе и в каком качестве.
identity-organisation-new = Добавить организацию
identity-organisation-new-lede = Код позже изменить нельзя.
identity-organisation-change = Изменить организацию
identity-organisation-created = Организация добавлена.
identity-organisation-changed = Организация изменена.
identity-part = Роль в программе
identity-organisation-implementer = Исполнитель
identity-organisation-training-provider = Организация обучения
identity-organisation-partner = Партнёр
identity-organisation-host = Принимающая сторона
identity-organisation-agency = Агентство
identity-organisation-grant-manager = Управляющий грантом
identity-organisation-funder = Финансирующая сторона
identity-organisation-auditor = Аудитор
identity-code-hint = Заглавные буквы, цифры и дефисы; остаётся навсегда.
identity-native-hint = Как она сама себя называет.
identity-country-hint = Две заглавные буквы, например LV; пусто для международной организации.
identity-units = Подразделения
identity-units-lede = Как сегодня устроена каждая организация.
identity-no-units = Подразделений ещё нет
identity-no-units-text = Их добавляет администратор; люди относятся к ним с определённого дня.
identity-unit-new = Добавить подразделение
identity-unit-new-lede = Оно стоит в структуре со своего первого дня.
identity-unit-below = Добавить нижестоящее подразделение
identity-below = Нижестоящие подразделения
identity-top = Непосредственно под организацией
identity-kind-hint = Словами, например пункт пропуска или управление.
identity-unit-created = Подразделение добавлено.
identity-unit-done-change = Подразделение изменено.
identity-unit-done-move = Перемещение подразделения записано.
identity-unit-done-close = Закрытие подразделения записано.
identity-closed = Закрыто
identity-closes = Закрывается { $day }
identity-placements = Место с течением времени
identity-unit-change = Изменить это подразделение
identity-unit-rename = Название, уровень и вид
identity-unit-move = Переместить под другое подразделение
identity-unit-move-do = Переместить
identity-unit-close = Закрыть это подразделение
identity-unit-close-ask = Закрыть это подразделение?
identity-close-hint = Если не заполнено, сегодня. К тому времени в нём никого и под ним ничего не должно быть.

## Administration
identity-administration-lede = Кто может войти и какие роли имеет.
identity-accounts = Учётные записи
identity-account-invited = Приглашён
identity-account-active = Действует
identity-account-suspended = Приостановлен
identity-no-accounts = Учётных записей нет
identity-no-accounts-text = Ничего не соответствует фильтру.
identity-how-to-invite = Чтобы кого-то пригласить, откройте человека.
identity-last-sign-in = Последний вход
identity-created = Создана
identity-person-open = Человек
identity-to-confirm = Роли, ожидающие второго администратора
identity-to-confirm-text = Они не действуют, пока их не подтвердит кто-то другой, а не тот, кто дал.
identity-roles-waiting = { $count ->
    [one] { $count } роль ждёт вашего подтверждения.
    [few] { $count } роли ждут вашего подтверждения.
   *[other] { $count } ролей ждёт вашего подтверждения.
}
identity-another-confirms = Это подтверждает другой администратор.
identity-grant-refuse = Отклонить
identity-no-grants = Нет ролей, кроме участника.
identity-grant-holds = Действует
identity-grant-ahead = Предстоит
identity-grant-ended = Закончилась
identity-grant-revoked = Отозвана
identity-grant-revoke = Отозвать
identity-grant-revoke-ask = Отозвать эту роль? Учётная запись выйдет везде.
identity-grant-new = Дать роль
identity-grant-do = Дать
identity-grant-second-hint = Администратор и аудитор ждут второго администратора.
identity-scope-hint = Подразделение включает все нижестоящие. Для отдельного мероприятия назначьте человека в его персонал.
identity-scope-programme = Вся программа
identity-scope-organisation = Организация
identity-scope-unit = Подразделение
identity-scope-activity = Мероприятие
identity-not-oneself = О вашей учётной записи и ролях решает кто-то другой.
identity-role-granted = Роль дана.
identity-role-waits = Роль ждёт второго администратора.
identity-role-confirmed = Роль подтверждена.
identity-role-revoked = Роль отозвана; учётная запись вышла везде.
identity-invite-again = Отправить приглашение снова
identity-invite-again-hint = Человек ещё не выбрал пароль.
identity-reset = Отправить ссылку для нового пароля
identity-reset-hint = Её получит человек, никогда не вы.
identity-link-sent = Ссылка в очереди и будет отправлена почтой.
identity-end-sessions = Завершить все сеансы
identity-end-sessions-hint = Завершает также ключи доступа и ссылки, например после потерянного ноутбука.
identity-end-sessions-ask = Завершить все сеансы, ключи и ссылки этой записи?
identity-account-sessions-ended = Все сеансы, ключи и ссылки завершены.
identity-suspend = Приостановить
identity-suspend-hint = Учётная запись не может войти, и ничего открытого не остаётся.
identity-suspend-ask = Приостановить эту учётную запись?
identity-suspended = Учётная запись приостановлена.
identity-unsuspend = Разрешить вход снова
identity-unsuspend-hint = Учётная запись приостановлена. Роли сохранены.
identity-unsuspended = Учётная запись снова может войти.

## Settings
identity-settings = Настройки
identity-settings-lede = Что решает администратор во время работы программы. Каждое изменение записывается.
identity-bounds = Целое число от { $least } до { $greatest }.
identity-setting-changed = Настройка изменена.
identity-setting-import-leaving-percent = Выбытие без подтверждения, проценты
identity-setting-meaning-import-leaving-percent = Доля лиц организации, которую список может снять со службы без подтверждения.
identity-setting-import-rows = Строки списка лиц
identity-setting-meaning-import-rows = Наибольшее число строк в списке, импортируемом за раз.
