//! Countries that a rule names, and whether something lies in one of them.

/// The word for any member state of the European Union.
pub const UNION: &str = "EU";

/// Member states of the European Union, ISO 3166-1 alpha-2, as of 2026.
pub const MEMBERS: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
    "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// The countries that a list means: [`UNION`] stands for its members.
pub fn meant(list: &[String]) -> Vec<&str> {
    let mut meant: Vec<&str> = Vec::new();
    for word in list {
        match word.as_str() {
            UNION => meant.extend(MEMBERS),
            code => meant.push(code),
        }
    }
    meant.sort_unstable();
    meant.dedup();
    meant
}

/// Whether a country, where one was declared, is among those that a list means.
pub fn lies_in(list: &[String], country: Option<&str>) -> Option<bool> {
    let country = country.filter(|country| !country.trim().is_empty())?;
    Some(meant(list).contains(&country))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_union_is_its_members() {
        let list = |words: &[&str]| -> Vec<String> { words.iter().map(|word| (*word).to_owned()).collect() };
        assert_eq!(meant(&list(&["KZ", "SI", "KZ"])), ["KZ", "SI"]);
        assert_eq!(meant(&list(&["SI", "EU"])).len(), 27);
        assert_eq!(lies_in(&list(&["EU"]), Some("AT")), Some(true));
        // Neither Norway nor Switzerland, Great Britain or Serbia is a member.
        for country in ["NO", "CH", "GB", "RS"] {
            assert_eq!(lies_in(&list(&["EU", "SI"]), Some(country)), Some(false));
        }
        assert_eq!(lies_in(&list(&["EU"]), None), None);
    }
}
