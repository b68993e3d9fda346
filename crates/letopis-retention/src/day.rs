//! Days as text in documents: `YYYY-MM-DD`.

/// A day.
pub(crate) mod text {
    use chrono::NaiveDate;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(day: &NaiveDate, out: S) -> Result<S::Ok, S::Error> {
        crate::stretch::day(day, out)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
        let text = String::deserialize(from)?;
        let unfit = |_| de::Error::custom(format!("`{text}` is no day; expected YYYY-MM-DD"));
        text.parse().map_err(unfit)
    }
}

/// A day or nothing.
pub(crate) mod text_or_none {
    use chrono::NaiveDate;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(day: &Option<NaiveDate>, out: S) -> Result<S::Ok, S::Error> {
        crate::stretch::day_or_none(day, out)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        let parse = |text: String| {
            text.parse()
                .map_err(|_| de::Error::custom(format!("`{text}` is no day; expected YYYY-MM-DD")))
        };
        text.map(parse).transpose()
    }
}
