# Тексты отчётов, русский язык. Каждый идентификатор есть в файле каждого языка.

head-archive = Архив
head-custodian = Ответственный хранитель
head-checkpoint = Контрольная точка (записей · корень)
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
col-days = Дней замечен
col-source-days = Дней источника
col-shared = Общий для
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
col-this = Этот квартал
col-previous = Предыдущий квартал
col-file = Файл
col-status = Состояние
col-format = Формат
col-encoding = Кодировка
col-bytes = Байт
col-records = Записей
col-unparsed = Не разобрано
col-not-placed = Без времени
col-sha256 = SHA-256
col-list = Опись изъятия
col-reason = Причина
col-day = День

timeline-title = Хронология
timeline-picture = Активность задействованных источников
timeline-legend = Серым — строки, янтарным — опорные записи, красным — отказы, заливкой — молчание источника.
timeline-rows = Строки
timeline-followed = Прослеженные следы
timeline-skipped = Не прослежены: встречаются слишком часто, чтобы что-либо означать
timeline-gaps = Молчание задействованных источников
timeline-empty = Ничего не найдено.
limit-account = кто действовал под учётной записью или с адреса
limit-reach = чего не записал ни один источник и что лежит дальше одного шага от опорных записей
limit-clock = что часы шли верно: время приведено так, как записано

access-title = Доступ к журналам
access-archive = Кто читал этот архив
access-read = Чтение журналов на контролируемых системах
access-stopped = Изменение, остановка и очистка журналов на контролируемых системах
access-open = результат не записан
limit-other-tools = кто читал файлы архива иными средствами
limit-unlogged = чтение, которое контролируемая система не записала

stats-title = Записи журналов за квартал { $quarter }
stats-meaning = Подсчитаны записи журналов. События, инциденты и угрозы ИБ регистрируют люди; здесь они не считаются.
stats-totals = Итоги
stats-records = Записей журналов
stats-heads = без записей-продолжений
stats-unparsed = не разобрано
stats-copies = повторено вторым источником (учтено и выше)
stats-near = с принятым временем не далее суток от границ квартала
stats-not-placed = без места во времени, во всём архиве
stats-by-category = По категориям
stats-by-source = По источникам
stats-by-kind = По видам событий
stats-by-outcome = По результату
stats-by-week = По неделям
stats-failed = Неудачные входы по источникам
stats-privileged = Использование привилегий по источникам
stats-changes = Изменения учётных записей, прав, настроек и журналирования
stats-silent = Дни, когда источник молчал, между его первой и последней записью
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
