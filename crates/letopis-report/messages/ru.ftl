# Тексты отчётов, русский язык. Каждый идентификатор есть в файле каждого языка.

head-archive = Архив
head-custodian = Ответственный хранитель
head-checkpoint = Контрольная точка реестра
head-entries = { $n ->
    [one] { $n } запись реестра, корень { $root }
    [few] { $n } записи реестра, корень { $root }
   *[many] { $n } записей реестра, корень { $root }
}
head-nobody = в архиве не указан
head-made-by = Составил
head-made = Составлено
head-zone = Местное время
head-program = Программа
head-command = Команда
not-shown = Чего этот отчёт не показывает
count-records = { $n ->
    [one] { $n } запись
    [few] { $n } записи
   *[many] { $n } записей
}
assumed-mark = Время со знаком ~ принято или выведено; всякое иное время указано в самой записи.
not-placed = { $n ->
    [0] Все найденные записи имеют место во времени.
    [one] { $n } найденная запись не имеет места во времени и в строки не вошла.
    [few] { $n } найденные записи не имеют места во времени и в строки не вошли.
   *[many] { $n } найденных записей не имеют места во времени и в строки не вошли.
}
col-time = Время (местное)
col-utc = Время (UTC)
col-source = Источник
col-host = Машина
col-kind = Событие
col-outcome = Результат
col-user = Учётная запись
col-address = Адрес
col-target = Объект
col-message = Текст
col-why = Почему в отчёте
col-event = Запись
col-entity = След
col-days = В какие дни встречается, всего дней
col-source-days = Дней с записями его источников
col-shared = Учётных записей или адресов при нём
col-from = С
col-to = По
col-person = Кто
col-basis = Основание
col-command = Команда
col-purpose = Цель
col-case = Дело
col-rows = Строк
col-ended = Завершение
col-value = Значение
col-this = { $quarter }
col-previous = { $quarter }, предыдущий квартал
col-file = Файл
col-status = Состояние
col-format = Формат
col-encoding = Кодировка
col-bytes = Байт
col-records = Записей
col-unparsed = Не разобрано
col-not-placed = Без времени
col-sha256 = SHA-256
col-list = По описи изъятия
col-reason = Причина
col-day = День

timeline-title = Хронология
timeline-picture = Активность задействованных источников
timeline-legend = Серым — строки, янтарным — опорные записи, красным — отказы, заливкой — молчание источника. Чем выше отметка, тем больше строк.
timeline-rows = Строки
timeline-followed = Прослеженные следы
timeline-skipped = Не прослежены: встречаются слишком часто, чтобы что-либо означать
timeline-gaps = Молчание задействованных источников: от суток до и до суток после
timeline-empty = Ничего не найдено.
limit-account = кто действовал под учётной записью или с адреса
limit-reach = чего не записал ни один источник и что не связано общим следом ни с одной приведённой строкой в пределах заданных шагов и времени
limit-clock = что часы шли верно: время приведено так, как записано

access-title = Доступ к журналам
access-archive = Кто читал этот архив
access-read = Чтение журналов на контролируемых системах
access-stopped = Изменение, остановка и очистка журналов на контролируемых системах
access-open = результат не записан
access-copies = Выданные рабочие копии
copy-outstanding = журнал не возвращён: что прочитано, здесь неизвестно
copy-failed = не закончена: записанное архивом не является
copy-home = журнал внесён { $time }: { $n ->
    [one] { $n } чтение
    [few] { $n } чтения
   *[many] { $n } чтений
}
limit-copies = что читали в рабочей копии после внесения её журнала или другими программами
limit-other-tools = кто читал файлы архива иными средствами
limit-unlogged = чтение, которое контролируемая система не записала

stats-title = Записи журналов за квартал { $quarter }
stats-meaning = Подсчитаны записи журналов. События, инциденты и угрозы ИБ регистрируют люди; здесь они не считаются.
stats-totals = Итоги
stats-records = Записей журналов
stats-heads = из них без записей-продолжений
stats-unparsed = из них не разобрано
stats-copies = из них повторяют запись другого источника
stats-near = из них с принятым или выведенным временем не далее суток от границ квартала
stats-not-placed = без места во времени, во всём архиве (ни к одному кварталу не отнесены)
stats-by-category = По категориям
stats-by-source = По источникам
stats-by-kind = По видам событий
stats-by-outcome = По результату
stats-by-week = По неделям
stats-failed = Неудачные входы по источникам
stats-privileged = Использование привилегий по источникам
stats-changes = Изменения учётных записей, прав, настроек и журналирования
stats-silent = Дни, когда источник должен был писать и молчал, между его первой и последней записью
stats-none = нет
limit-completeness = все ли источники организации представлены в архиве

intake-title = Акт приёма
intake-custody = Цепочка хранения
intake-operator = Принял
intake-exhibit = Вещественное доказательство
intake-received = Получено от
intake-acquired = Изъято
intake-medium = Носитель
intake-machine = Машина
intake-summary = Итоги
intake-files = Файлов
intake-added = Добавлено записей
intake-reconciliation = Каждый файл и что с ним стало
intake-checkpoint = Контрольная точка: перепишите эти строки в протокол
intake-signature = Подпись и дата: ______________________________
limit-true = что запись правдива
limit-before = что файл не был изменён до приёма
limit-left-out = что из переданного ничего не было опущено

# Виды событий по их кодам.
kind-system-start = Система запущена
kind-system-stop = Система остановлена
kind-object-open = Объект открыт
kind-object-save = Объект сохранён или записан
kind-object-rename = Объект переименован
kind-object-delete = Объект удалён
kind-object-create = Объект создан
kind-object-copy = Объект скопирован
kind-software-install = Программа установлена
kind-software-remove = Программа удалена
kind-auth-logon = Вход или попытка входа
kind-auth-logoff = Выход
kind-config-change = Настройки изменены
kind-account-create = Учётная запись создана
kind-account-delete = Учётная запись удалена
kind-account-modify = Учётная запись изменена
kind-protection-enable = Защита включена
kind-protection-disable = Защита отключена
kind-protection-config-change = Настройки защиты изменены
kind-privilege-use = Использованы привилегии
kind-device-connect = Устройство подключено
kind-device-disconnect = Устройство отключено
kind-user-action = Действие пользователя не удалось или отклонено
kind-resource-action = Действие с данными или ресурсом не удалось или отклонено
kind-process-start = Процесс запущен
kind-process-stop = Процесс завершён
kind-auth-multi-ip = Одна учётная запись с нескольких адресов
kind-port-open = Порт открыт
kind-privilege-assign = Сеансу даны привилегии
kind-auth-logon-network = Вход по сети
kind-share-admin-access = Обращение к административному ресурсу
kind-share-pipe-access = Обращение к именованному каналу
kind-object-write-access = Обращение к файлу на запись
kind-process-start-suspicious = Запущен потенциально опасный процесс
kind-service-install = Служба установлена
kind-service-start = Служба запущена
kind-service-stop = Служба остановлена
kind-task-create = Задание по расписанию создано
kind-task-modify = Задание по расписанию изменено
kind-service-timeout = Служба не ответила в срок
kind-service-failure = Сбой службы
kind-registry-value-change = Значение реестра Windows изменено
kind-wmi-namespace-write = Запись в пространство имён WMI
kind-auth-unregistered-account = Незарегистрированная учётная запись
kind-db-select = База данных: выборка
kind-db-create = База данных: создание
kind-db-alter = База данных: изменение структуры
kind-db-drop = База данных: удаление объекта
kind-db-truncate = База данных: очистка таблицы
kind-db-rename = База данных: переименование
kind-db-insert = База данных: вставка
kind-db-update = База данных: изменение данных
kind-db-delete = База данных: удаление данных
kind-db-call = База данных: вызов процедуры
kind-db-lock = База данных: блокировка
kind-db-copy = База данных: массовое копирование
kind-db-other = База данных: иной запрос
kind-db-grant = База данных: право выдано
kind-db-revoke = База данных: право отозвано
kind-db-deny = База данных: право запрещено
kind-link-up = Канал связи поднят
kind-link-degrade = Канал связи ухудшился
kind-link-down = Канал связи пропал
kind-traffic-in = Входящий трафик
kind-traffic-out = Исходящий трафик
kind-firewall-device-event = Событие самого межсетевого экрана
kind-account-copy = Учётная запись скопирована
kind-account-move = Учётная запись перемещена
kind-config-file-create = Файл настроек создан
kind-config-file-copy = Файл настроек скопирован
kind-config-file-move = Файл настроек перемещён или заменён
kind-config-file-delete = Файл настроек удалён
kind-config-file-modify = Файл настроек изменён
kind-access-obtain = Получен доступ к объекту
kind-data-access = Обращение к данным
kind-data-modify = Данные изменены
kind-data-delete = Данные удалены
kind-media-connect = Съёмный носитель подключён
kind-media-disconnect = Съёмный носитель отключён
kind-media-write = Запись на съёмный носитель
kind-file-access = Обращение к защищаемому файлу
kind-protected-object-access = Обращение к защищаемому объекту
kind-remote-access = Удалённый доступ или попытка
kind-log-clear = Журнал очищен
kind-log-failure = Сбой ведения журнала
kind-log-full = Журнал переполнен
kind-log-overwrite = Журнал перезаписан
kind-log-policy-change = Политика аудита или журналирования изменена
kind-log-rotate = Журнал сменён или отправлен в архив
kind-log-view = Журнал прочитан
kind-log-export = Журнал выгружен
kind-malware-detect = Обнаружена вредоносная программа
kind-malware-action = Средство защиты обработало вредоносную программу
kind-ids-alert = Сигнал системы обнаружения вторжений
kind-firewall-block = Соединение отклонено межсетевым экраном
kind-firewall-allow = Соединение пропущено межсетевым экраном
kind-resource-usage = Использование ресурсов
kind-time-sync = Часы сверены
kind-time-change = Часы переведены
kind-error-report = Сообщение об ошибке
kind-deviation-report = Сообщение об отклонении
kind-auth-ticket = Билет Kerberos запрошен или выдан
kind-auth-credential-use = Использованы данные другой учётной записи
kind-account-lock = Учётная запись заблокирована
kind-account-unlock = Учётная запись разблокирована
kind-account-enable = Учётная запись включена
kind-account-disable = Учётная запись отключена
kind-account-password-change = Пароль изменён
kind-account-password-reset = Пароль сброшен другим
kind-group-create = Группа создана
kind-group-delete = Группа удалена
kind-group-modify = Группа изменена
kind-group-member-add = Участник добавлен в группу
kind-group-member-remove = Участник исключён из группы
kind-session-open = Сеанс открыт
kind-session-close = Сеанс закрыт
kind-session-reconnect = Сеанс возобновлён
kind-session-disconnect = Сеанс оставлен
kind-task-delete = Задание по расписанию удалено
kind-task-run = Задание по расписанию выполнено
kind-script-run = Сценарий выполнен
kind-http-request = Веб-запрос
kind-dns-query = Запрос имени
kind-mail-receive = Почта получена
kind-mail-send = Почта отправлена
kind-network-connect = Сетевое соединение открыто
kind-network-disconnect = Сетевое соединение закрыто
kind-network-flow = Сетевое соединение записано
kind-service-state = Служба изменила состояние
kind-registry-key-change = Раздел реестра Windows изменён
kind-process-access = Процесс открыт другим процессом
kind-module-load = Модуль или драйвер загружен
kind-backup-run = Резервная копия сделана
kind-resource-exhausted = Исчерпана память, диск или иной ресурс
kind-part = Продолжение события из нескольких записей
kind-unparsed = Запись, которую не удалось разобрать
kind-other = Прочее

outcome-success = успех
outcome-failure = отказ
outcome-unknown = неизвестно
entity-account = учётная запись
entity-address = адрес
entity-machine = машина
entity-session = сеанс
entity-process = процесс
timeline-copy = повторяет { $event }
timeline-logons = Входы часто встречающихся учётных записей: прослежены, только пока длились
timeline-unfinished = Последний шаг ещё находил строки: при большем числе шагов их будет больше.
timeline-summary = Строк: { $rows }; опорных: { $anchors }, достигнутых от них: { $reached }; повторяют строку другого источника: { $copies }.
col-copy = Копия
col-number = Строк
col-first-time = Первая запись
col-last-time = Последняя запись
no-time = без места во времени

# Почему строка в хронологии.
why-search = найдено по { $value }
why-user = учётная запись { $value }
why-host = машина или источник { $value }
why-address = адрес { $value }
why-event = названная запись
why-time = в заданное время
why-trace = { $trace }, { $apart } от { $event }
why-trace-shared = { $trace } ({ $shared }), { $apart } от { $event }
why-logon = учётная запись { $account }, пока длился её вход { $event }, через { $apart } после него (встречается в { $days } из { $of } дней: ею могут пользоваться и другие)
trace-account = учётная запись { $value }
trace-address = адрес { $value }
trace-machine = машина { $value }
trace-session = сеанс { $value } источника { $source }
trace-process = процесс { $value } источника { $source }
shared-address = { $n ->
    [one] общий: с него входила { $n } учётная запись
    [few] общий: с него входили { $n } учётные записи
   *[many] общий: с него входили { $n } учётных записей
}
shared-account = { $n ->
    [one] общая: использована с { $n } адреса
   *[many] общая: использована с { $n } адресов
}
apart-seconds = { $n } с
apart-minutes = { $n } мин
apart-hours = { $hours } ч { $minutes } мин
timeline-overview = Обзор: одно и то же действие тех же, от первого раза до последнего
timeline-overview-copies = Строки, повторяющие строку другого источника, в обзоре не считаются.

# Что было спрошено.
ask-search = Поиск
ask-user = Учётная запись
ask-host = Машина или источник
ask-address = Адрес
ask-event = Запись
ask-from = С
ask-to = До (не включая)
ask-source = Источник
ask-quarter = Квартал
ask-window = Прослеживается до и после строки
ask-steps = Шагов от опорных, не более
ask-none = только опорные записи, следы не прослеживаются
ask-common = Слишком частые следы
ask-common-followed = тоже прослежены

# Коды записей.
category-os = Операционные системы
category-dbms = Базы данных
category-network = Сетевое оборудование
category-application = Прикладные программы
category-protection = Средства защиты
status-new = принят
status-known = уже был
status-grown = дополнен, новая часть принята
status-changed = отличается от принятого ранее по этому пути
status-refused = не принят
status-damaged = повреждён
ended-complete = завершено
ended-interrupted = прервано
ended-error = прервано ошибкой
basis-os-account = учётная запись ОС
basis-signed = подпись
list-matches = совпадает
list-differs = НЕ СОВПАДАЕТ: в описи { $listed }
list-not-listed = нет в описи
access-this = этот отчёт
stats-holidays = По ритму из списка источников; праздничные дни программе не известны и стоят здесь же.
unit-minutes = { $n } мин
silence-open = записей больше нет
col-week = Неделя
col-monday = С понедельника
col-weekday = День недели
weekday-1 = понедельник
weekday-2 = вторник
weekday-3 = среда
weekday-4 = четверг
weekday-5 = пятница
weekday-6 = суббота
weekday-7 = воскресенье
checkpoint-title = Контрольная точка архива журналов
checkpoint-keep = Тот, кто хранит эту страницу вне архива и вне рук его хранителя, сможет показать, что до этого места ничего не изменено: letopis verify --anchor ФАЙЛ, где в файле строки ниже или снимок кода, переведённый в текст.
checkpoint-lines = Контрольная точка: переписать или считать с кода
checkpoint-too-long = Подписей слишком много для кода; строки выше приведены целиком.
checkpoint-keys = Ключи, которыми подписывается этот архив
checkpoint-attached = Подписи других лиц, хранящиеся в архиве
checkpoint-sign = Ознакомлены (имя, должность, дата, подпись)
checkpoint-nobody = пока нет
col-entry = Запись реестра
col-lines = Записей реестра до неё
col-role = Назначение
col-key = Ключ
col-since = С записи реестра
col-state = Состояние
role-custodian = хранитель
role-journal = журнал чтения
key-active = подписывает
key-ended = больше не подписывает
limit-head-after = того, что внесено после этой контрольной точки
limit-head-truth = что запись верна и что из переданного ничего не пропущено
limit-head-holder = в чьих руках ключ
attached-cosigned = заверено доверенным ключом
attached-cosigner-unknown = заверено ключом, которого нет в данном здесь списке
attached-stamped = отметка времени верна
attached-signed = подпись верна
attached-check-elsewhere = хранится как есть: проверьте национальным средством
attached-attached-unknown = хранится в ином виде
attached-destroyed = уничтожено с записью об удалении
attached-trouble = НЕ СХОДИТСЯ: причину назовёт letopis verify

# Полнота и хранение.
coverage-title = Полнота источников
coverage-meaning = Отметка за каждый день, от которого есть записи источника; закрашены дни без записей, в которые по ритму источника их следовало ожидать. Источник без ритма в списке источников считается ежедневным.
coverage-missing = Дни без ожидавшихся записей
coverage-thin = Дни, в которые записей меньше, чем велит ритм
coverage-findings = Находки: чего недостаёт или что неверно, и что на это указывает
coverage-findings-meaning = Строки с одним номером — признаки одного и того же.
col-finding = №
col-sign = Признак
sign-left-out = Не передан файл { $file } (между файлами { $after } и { $before })
sign-between-files = Нет записей между файлами { $after } и { $before } ({ $files }), много дольше обычного
sign-silence = { $n ->
    [one] { $n } день без ожидаемых записей
    [few] { $n } дня без ожидаемых записей
   *[many] { $n } дней без ожидаемых записей
}
sign-numbers = Недостаёт номеров с { $first } по { $last } ({ $counter }): { $n ->
    [one] { $n } запись
    [few] { $n } записи
   *[many] { $n } записей
} между { $after } и { $before }
sign-cleared = { $what }: { $target }, учётная запись { $user } (запись { $event })
sign-clock-behind = Часы отстают на { $s } с от { $others } (соединений, записанных обоими: { $n })
sign-clock-ahead = Часы спешат на { $s } с против { $others } (соединений, записанных обоими: { $n })
sign-clock-behind-or-other = Часы отстают на { $s } с от { $others } (соединений, записанных обоими: { $n }); какие из двух неверны, не видно
sign-clock-ahead-or-other = Часы спешат на { $s } с против { $others } (соединений, записанных обоими: { $n }); какие из двух неверны, не видно
sign-altered = Файл { $file } передан снова с другими байтами (SHA-256 { $sha256 })
limit-oldest-file = Самый старый и самый новый файл ротации следа не оставляют, если их не передали; как и то, что никогда не было записано.
rhythm-assumed = ежедневно (предположено)
col-rhythm = Ритм
col-first-day = Первый день
col-last-day = Последний день
col-day-count = Дней
col-held-days = Дней с записями
col-expected-days = Ожидалось дней
col-missing-days = Недостаёт дней
col-lateness = Дней от записи до приёма (медиана)
retention-title = Подтверждение хранения
retention-summary = Наименьший срок хранения на { $day }: { $answer }
retention-meaning = Выдержан: каждый ожидавшийся день предыдущих месяцев хранится и к тому времени был принят. Не выдержан: записей за день ожидали, но их не поступило никогда. Не показано: одним архивом этого не установить, причина указана ниже.
retention-why = Причины
retention-past = Предыдущий год день за днём
retention-past-meaning = Оценено по тому, что хранил сам архив в каждый из дней, как свидетельствует его реестр. Поступившее позднее могло до того храниться в другом месте.
retention-inside = Дни, которых недостаёт внутри хранимого
retention-anchors = Подписанные состояния архива, хранящиеся у других
answer-met = выдержан
answer-not-shown = не показано
answer-not-met = не выдержан
kept-missing = нет записей
kept-removed = удалено с записью, но до срока
kept-later = принято лишь позднее
kept-in-part = часть записей поступила позднее
kept-behind = с тех пор ничего не принято
kept-begins = источник начинается здесь, а его начало не объявлено
kept-no-rhythm = нерегулярный: чего недостаёт, установить нельзя
kept-nothing = не хранится ничего
col-months = Месяцев
col-held-from = Хранить с
col-answer = Срок
col-anchor = Опора
col-entries = Записей реестра
col-handed-in = Передано
col-by = Кем
col-verdict = Установлено
ask-first-day = Первый день
ask-last-day = Последний день
ask-day = День
ask-intake-days = Дней до приёма, не более
limit-no-list = Списка источников нет: не пропущены ли целые источники, отсюда не видно.
limit-day = День засчитан по первой записи: все ли записи дня на месте, отсюда не видно.
limit-holidays = Праздники известны, только если был задан календарь.
limit-elsewhere = Хранимое вне этого архива не оценивается.
limit-custodian-word = Состояние этого архива не подписано никем другим: время приёма записей известно лишь со слов хранителя.

# A plan of removal.
removal-title = План удаления
removal-summary = По состоянию на { $day } могут быть удалены: объекты — { $objects }, записи — { $records }, байты подлинников — { $bytes }. Этот план ничего не удалил.
removal-floor = Наименьший срок в календарных месяцах: { $months }. Он считается от приёма, а от времени событий — лишь для классов, где указана причина.
removal-go = Может быть удалено
removal-keep = Срок истёк, но хранится
removal-copies = Выданные рабочие копии, до которых удаление здесь не доходит
keeps-term = срок в месяцах: { $months }, с { $day }
keeps-hold = запрет на удаление, запись журнала { $entry }
keeps-inquiry = материал расследования (запрет, запись журнала { $entry }), до { $day }
keeps-copy = требуется вторая копия, а её нет
keeps-with = связано с объектом записи { $entry }, который остаётся
col-class = Класс
col-counted = Считается с
col-handed-out = Выдано
limit-backups = резервные копии и снимки архива, машины или её диска: удаление до них не доходит
limit-flash = флеш-носители и файловые системы, которые держат старые блоки до перезаписи
limit-handed-out = выгрузки, отчёты, пакеты и планы, которые были записаны: в них осталось то, что было
limit-citations = записи о доступе, запреты, заметки и набранные команды с тем, что в них сказано; ссылки в них содержат 80 бит SHA-256 объекта
