## The frame of every page
layout-skip = Перейти к содержанию
layout-demo = Демонстрация. Показанные здесь люди и записи вымышлены.
layout-language = Язык
layout-account = Учётная запись
layout-menu = Меню
layout-navigation = Основная навигация
layout-breadcrumbs = Вы находитесь здесь
layout-footer = Waymark: обучение, проверка знаний и сертификация в управлении границами
layout-reference = Описание API
pagination-label = Страницы списка
error-summary-title = Некоторые поля нужно исправить

## Where one can go
nav-home = Главная
nav-activities = Мероприятия
nav-attendance = Присутствие
nav-catalogue = Каталог курсов
nav-assessments = Проверки знаний
nav-certificates = Сертификаты
nav-people = Люди
nav-programme = Программа
nav-frameworks = Рамки компетенций
nav-reports = Отчёты
nav-administration = Администрирование
nav-audit = Журнал аудита

## What one can do
action-sign-in = Войти
action-sign-out = Выйти
action-save = Сохранить
action-cancel = Отменить
action-search = Искать
action-filter = Применить фильтры
action-clear = Сбросить фильтры
action-next-page = Следующая страница
action-first-page = Первая страница
action-back = Назад
action-continue = Продолжить
action-add = Добавить
action-edit = Изменить
action-remove = Убрать
action-confirm = Подтвердить
action-send = Отправить
action-open = Открыть
action-close = Закрыть
action-print = Печать
action-download = Скачать
action-show-data = Показать цифры в таблице
action-dismiss = Скрыть

## Shared words
yes = Да
no = Нет
required = обязательно
optional = необязательно
none = Нет
unknown = Неизвестно
all = Все
from = С
until = По
date = Дата
time = Время
place = Место
name = Название
person = Лицо
unit = Подразделение
organisation = Организация
state = Состояние
kind = Вид
reason = Причина
details = Подробности
actions = Действия
total = Всего
language-en = Английский
language-lv = Латышский
language-be = Белорусский
language-ru = Русский

## States of an activity
state-draft = Черновик
state-planned = Запланировано
state-confirmed = Подтверждено
state-in-progress = Проходит
state-delivered = Проведено
state-closed = Закрыто
state-postponed = Отложено
state-suspended = Приостановлено
state-cancelled = Отменено

## States of an enrolment
state-nominated = Кандидатура выдвинута
state-endorsed = Кандидатура поддержана
state-reserve = В резерве
state-offered = Предложено место
state-declined = Отклонено
state-withdrawn = Отозвано
state-substituted = Заменено
state-blocked = Заблокировано
state-attended-full = Полное присутствие
state-attended-partial = Частичное присутствие
state-no-show = Неявка
state-excused = Отсутствие по уважительной причине
state-event-cancelled = Мероприятие отменено

## States of a certificate
state-valid = Действителен
state-renewable = Действителен, пора продлевать
state-expired = Срок истёк
state-revoked = Аннулирован
state-replaced = Заменён новым

## Kinds of activities
kind-study-visit = Учебный визит
kind-bilateral-meeting = Двусторонняя встреча
kind-expert-meeting = Встреча экспертов
kind-training-course = Учебный курс
kind-workshop = Практический семинар
kind-tabletop-exercise = Командно-штабное учение
kind-practical-exercise = Практическое учение
kind-joint-operation-deployment = Участие в совместной операции
kind-e-learning = Электронное обучение
kind-conference = Конференция

## Roles
role-administrator = Администратор
role-coordinator = Координатор обучения
role-trainer = Преподаватель
role-examiner = Экзаменатор
role-manager = Начальник подразделения
role-participant = Участник
role-auditor = Аудитор
role-certification-officer = Сотрудник по сертификации
role-finance-officer = Сотрудник по финансам
role-data-protection-officer = Сотрудник по защите данных
role-evaluator = Оценщик

## When something goes wrong
problem-what-to-do = Что можно сделать
problem-home = На главную страницу
problem-status = Код состояния
problem-request = Номер запроса
problem-title-400 = Не удалось прочитать запрос
problem-text-400 = В адресе или форме есть что-то, чего мы не понимаем.
problem-do-400 = Вернитесь, загрузите страницу заново и повторите действие.
problem-title-401 = Войдите в систему
problem-text-401 = Эта страница доступна только после входа. Возможно, ваш сеанс завершился.
problem-do-401 = Войдите и откройте страницу ещё раз.
problem-title-403 = У вас нет прав на это действие
problem-text-403 = Ваша роль не допускает этого действия, или страница была открыта слишком долго.
problem-do-403 = Если это нужно вам для работы, обратитесь к координатору обучения или администратору и назовите номер запроса.
problem-title-404 = Страница не найдена
problem-text-404 = По этому адресу ничего нет, или это предназначено не для вас.
problem-do-404 = Проверьте адрес или найдите нужное с главной страницы.
problem-title-405 = Здесь этого сделать нельзя
problem-text-405 = Адрес существует, но не для такого запроса.
problem-do-405 = Вернитесь и воспользуйтесь кнопками страницы.
problem-title-406 = Нет подходящего формата ответа
problem-text-406 = Ваша программа запросила формат, в котором это дать нельзя.
problem-do-406 = Откройте адрес в браузере.
problem-title-409 = Сейчас это невозможно
problem-text-409 = Этому препятствует правило. Ничего не изменилось.
problem-do-409 = Прочитайте причину выше, вернитесь, загрузите страницу заново и решите, что подходит.
problem-title-412 = Кто-то изменил это раньше вас
problem-text-412 = Ваши изменения не сохранены, чтобы не потерять чужие.
problem-do-412 = Вернитесь, загрузите страницу заново, посмотрите, что нового, и повторите своё изменение.
problem-title-413 = Слишком большой размер
problem-text-413 = Файл или текст больше, чем мы можем принять. Ничего не сохранено.
problem-do-413 = Уменьшите или разделите файл и отправьте снова.
problem-title-415 = Такой вид файла не принимается
problem-text-415 = Отправленное имеет формат, который здесь не принимается.
problem-do-415 = Выберите файл того вида, который указан в форме.
problem-title-422 = Нужно кое-что исправить
problem-text-422 = Часть введённого не соответствует требованиям. Ничего не сохранено.
problem-do-422 = Вернитесь, исправьте перечисленное выше и отправьте форму снова.
problem-title-428 = Страница устарела
problem-text-428 = Невозможно определить, какую версию записи вы изменили. Ничего не сохранено.
problem-do-428 = Загрузите страницу заново и повторите изменение.
problem-title-429 = Слишком много попыток
problem-text-429 = От вас пришло так много запросов, что мы просим немного подождать.
problem-do-429 = Подождите минуту и попробуйте снова.
problem-title-500 = На нашей стороне произошла ошибка
problem-text-500 = Это не ваша вина, ошибка зарегистрирована.
problem-do-500 = Попробуйте снова. Если ошибка повторится, сообщите администратору номер запроса.
problem-title-503 = Waymark сейчас недоступен
problem-text-503 = Сейчас невозможно что-либо прочитать или сохранить. Из вашего запроса ничего не сохранено.
problem-do-503 = Подождите немного и попробуйте снова.
