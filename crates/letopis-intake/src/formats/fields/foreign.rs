//! Names of columns in the exports of programs that speak Russian, Kazakh, Slovene, Finnish or German: lower case,
//! without blanks and `_`, and without `-` where all letters are ASCII. They count less than the English ones.

use letopis_event::{Number, Text};

use super::Target::{self, Clock, Date, Level, Outcome, Time, TimeEnd};
use super::names::{n, t};

/// Names, parted by blanks.
pub(super) const NAMES: &[(Target, &str)] = &[
    (
        Time,
        "времявозникновения датаивремясобытия времярегистрации датаивремярегистрации \
         датарегистрации времясоздания оқиғаныңуақыты оқиғаныңкүніменуақыты тіркелгенуақыты \
         časdogodka časovnižig datumincas datuminčas päivämääräjaaika tapahtumaaika aikaleima \
         zeitstempel datumundzeit datum/uhrzeit datumuhrzeit ereigniszeit zeitpunkt",
    ),
    (Date, "күн datum päivämäärä päiväys"),
    (Clock, "čas ura kellonaika aika uhrzeit zeit"),
    (TimeEnd, "времязавершения endzeit"),
    (
        Level,
        "уровеньважности важностьсобытия уровенькритичности критичность приоритет деңгей \
         маңыздылығы маңыздылықдеңгейі raven stopnja resnost taso vakavuus schweregrad \
         priorität wichtigkeit",
    ),
    (
        Outcome,
        "результатсобытия результатоперации результатдействия исход нәтиже оқиғанәтижесі \
         rezultat izid tulos ergebnis resultat",
    ),
    (
        t(Text::Host),
        "имяустройства рабочаястанция имярабочейстанции имясервера имяузла арм компьютератауы \
         компьютердіңатауы сервератауы računalnik imeračunalnika gostitelj strežnik naprava \
         tietokone tietokoneennimi isäntä palvelin laite rechner rechnername gerät gerätename",
    ),
    (
        t(Text::HostIp),
        "ip-адресустройства ip-адрескомпьютера ipадресустройства ipадрескомпьютера",
    ),
    (
        t(Text::Service),
        "программа приложение имяпрограммы названиепрограммы подсистема модуль компонент \
         бағдарлама дереккөзі storitev vir aplikacija palvelu sovellus lähde ohjelma dienst \
         anwendung quelle programm",
    ),
    (
        t(Text::UserName),
        "учетнаязаписьпользователя учётнаязаписьпользователя имяучетнойзаписипользователя \
         имяучётнойзаписипользователя субъект субъектдоступа инициатор пайдаланушыаты \
         пайдаланушыныңаты қолданушыаты uporabnik uporabniškoime imeuporabnika käyttäjä \
         käyttäjänimi käyttäjätunnus benutzer benutzername anwender konto kontoname \
         anmeldename",
    ),
    (
        t(Text::TargetUser),
        "целевойпользователь целеваяучетнаязапись целеваяучётнаязапись",
    ),
    (
        t(Text::Session),
        "сессия сеанс идентификаторсессии идентификаторсеанса seja istunto sitzung sitzungsid",
    ),
    (
        t(Text::Process),
        "имяпроцесса процессатауы proces prosessi prozess prozessname",
    ),
    (n(Number::Pid), "идентификаторпроцесса prozessid"),
    (
        t(Text::SrcIp),
        "адресисточника ipадресисточника ipисточника ip-адресотправителя адресотправителя \
         ipотправителя ipnaslov izvorniip izvorniipnaslov iposoite lähdeip lähde-ip \
         lähdeosoite lähdeiposoite lähde-ip-osoite ipadresse quellip quelladresse \
         quellipadresse",
    ),
    (
        n(Number::SrcPort),
        "портотправителя izvornavrata lähdeportti quellport",
    ),
    (
        t(Text::DstIp),
        "адресназначения ipадресназначения ipназначения ip-адресполучателя адресполучателя \
         ipполучателя ciljniip ciljniipnaslov kohdeip kohde-ip kohdeosoite kohdeiposoite \
         zielip zieladresse zielipadresse",
    ),
    (
        n(Number::DstPort),
        "портполучателя ciljnavrata kohdeportti zielport",
    ),
    (t(Text::Protocol), "хаттама protokol protokolla protokoll"),
    (
        t(Text::Target),
        "объектдоступа имяобъекта ресурс имяфайла путьфайла путькфайлу путькобъекту файлатауы \
         objekt datoteka pot kohde tiedosto polku objektname datei dateiname pfad",
    ),
    (t(Text::Media), "носитель съемныйноситель съёмныйноситель"),
    (
        t(Text::Action),
        "типсобытия видсобытия оқиғатүрі оқиғаныңтүрі dejanje vrstadogodka toiminto \
         tapahtumatyyppi aktion vorgang ereignistyp",
    ),
    (
        t(Text::Code),
        "идентификаторсобытия idсобытия оқиғаныңкоды kodadogodka idogodka iddogodka \
         tapahtumatunnus ereignisid ereigniscode ereigniskennung",
    ),
    (
        t(Text::Message),
        "текстсобытия текстсообщения подробности детали сведения оқиғаныңатауы sporočilo opis \
         opisdogodka dogodek viesti kuvaus tapahtumankuvaus tapahtuma meldung nachricht \
         beschreibung ereignisbeschreibung ereignis",
    ),
    (t(Text::XCommandLine), "команднаястрока"),
    (
        t(Text::XRule),
        "правило имяправила названиеправила политика ереже pravilo sääntö regel regelname \
         richtlinie",
    ),
    (t(Text::XHash), "хэш хеш контрольнаясумма"),
    (t(Text::XReason), "razlog syy grund ursache"),
];
