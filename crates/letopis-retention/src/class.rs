//! Retention classes: for how many months, on what ground, and from when they are counted.

use serde::{Deserialize, Serialize};

/// Calendar months that no class, source or archive can undercut (SI-4; where KZ and RU name no number, the same).
pub const FLOOR_MONTHS: u32 = 6;

/// Calendar months for materials of an inquiry (RU-PRIK-7.12: five years).
pub const INQUIRY_MONTHS: u32 = 60;

/// Calendar months beyond which nothing is asked: a century. More is taken for a slip of the hand.
pub const MONTHS_MOST: u32 = 1200;

/// On what ground logs are kept for so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// Risk analysis and the assessment of acceptable risk ask for it (SI-4).
    RiskAnalysis,
    /// A contract.
    Contract,
    /// A law or an order of an authority.
    Law,
    /// Materials of an inquiry (RU-PRIK-7.12).
    Inquiry,
}

impl Ground {
    /// All grounds.
    pub const ALL: [Self; 4] = [Self::RiskAnalysis, Self::Contract, Self::Law, Self::Inquiry];

    /// The word in the register.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RiskAnalysis => "risk-analysis",
            Self::Contract => "contract",
            Self::Law => "law",
            Self::Inquiry => "inquiry",
        }
    }

    /// The ground of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ground| ground.as_str() == word)
    }

    /// Fewest months on this ground.
    pub fn least_months(self) -> u32 {
        match self {
            Self::Inquiry => INQUIRY_MONTHS,
            Self::RiskAnalysis | Self::Contract | Self::Law => FLOOR_MONTHS,
        }
    }
}

/// A named class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// Short name that sources give.
    pub id: String,
    /// Calendar months.
    pub months: u32,
    /// On what ground.
    pub ground: Ground,
    /// The analysis, contract or law by name.
    pub basis: String,
    /// Why the months count from event times that records state themselves; without it they count from the intake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_event_times: Option<String>,
    /// Second copies that must hold what is of this class before it may be removed, where that is more than the archive
    /// demands of everything.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub copies: u32,
    /// Whether no source may name it any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands the field over by reference"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What a class may not be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClassError {
    /// The name is none.
    #[error("class `{0}`: a name has letters, digits, `-` and `_`, and at least one of them")]
    Name(String),
    /// Fewer months than the floor.
    #[error("class `{id}`: {months} months undercut the floor of {floor} calendar months{}", .law)]
    Undercut {
        /// The class.
        id: String,
        /// Its months.
        months: u32,
        /// Fewest.
        floor: u32,
        /// Where the floor comes from.
        law: &'static str,
    },
    /// More months than anyone means.
    #[error("class `{id}`: {months} months are more than a century")]
    TooMany {
        /// The class.
        id: String,
        /// Its months.
        months: u32,
    },
    /// A text that must be there is not.
    #[error("class `{id}`: {what} must be said")]
    Unsaid {
        /// The class.
        id: String,
        /// Which text.
        what: &'static str,
    },
    /// Two classes of one name.
    #[error("class `{0}` stands there twice")]
    Twice(String),
}

impl Class {
    /// Whether the class can stand in an archive whose own floor is `floor` months.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn check(&self, floor: u32) -> Result<(), ClassError> {
        let id = || self.id.clone();
        let is_plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        if self.id.is_empty() || !self.id.chars().all(is_plain) {
            return Err(ClassError::Name(id()));
        }
        let least = self.ground.least_months().max(floor);
        if self.months < least {
            let law = match self.ground {
                Ground::Inquiry => " (materials of an inquiry: RU-PRIK-7.12)",
                _ => "",
            };
            return Err(ClassError::Undercut {
                id: id(),
                months: self.months,
                floor: least,
                law,
            });
        }
        if self.months > MONTHS_MOST {
            return Err(ClassError::TooMany {
                id: id(),
                months: self.months,
            });
        }
        let unsaid = |what| Err(ClassError::Unsaid { id: id(), what });
        if self.basis.trim().is_empty() {
            return unsaid("the analysis, contract or law it rests on");
        }
        match &self.from_event_times {
            Some(reason) if reason.trim().is_empty() => unsaid("why it counts from event times"),
            _ => Ok(()),
        }
    }
}

/// Whether classes can stand beside each other.
///
/// # Errors
/// Names the first that cannot.
pub fn check_all(classes: &[Class], floor: u32) -> Result<(), ClassError> {
    for (at, class) in classes.iter().enumerate() {
        class.check(floor)?;
        if classes[..at].iter().any(|other| other.id == class.id) {
            return Err(ClassError::Twice(class.id.clone()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(months: u32, ground: Ground) -> Class {
        Class {
            id: "web".to_owned(),
            months,
            ground,
            basis: "order 12".to_owned(),
            from_event_times: None,
            copies: 0,
            retired: false,
        }
    }

    #[test]
    fn no_class_undercuts_a_floor() {
        let check = |class: Class, floor, expected: &str| {
            let said = class
                .check(floor)
                .map_or_else(|error| error.to_string(), |()| String::new());
            assert_eq!(said, expected);
        };
        check(class(6, Ground::Law), 6, "");
        check(
            class(5, Ground::Contract),
            6,
            "class `web`: 5 months undercut the floor of 6 calendar months",
        );
        check(
            class(12, Ground::RiskAnalysis),
            18,
            "class `web`: 12 months undercut the floor of 18 calendar months",
        );
        // An archive that was told fewer still keeps six.
        check(
            class(3, Ground::Law),
            1,
            "class `web`: 3 months undercut the floor of 6 calendar months",
        );
        check(
            class(59, Ground::Inquiry),
            6,
            "class `web`: 59 months undercut the floor of 60 calendar months (materials of an inquiry: RU-PRIK-7.12)",
        );
        check(class(60, Ground::Inquiry), 6, "");
        check(
            class(4_000_000_000, Ground::Law),
            6,
            "class `web`: 4000000000 months are more than a century",
        );
        let mut silent = class(6, Ground::Law);
        silent.from_event_times = Some("  ".to_owned());
        check(
            silent,
            6,
            "class `web`: why it counts from event times must be said",
        );
        let mut nameless = class(6, Ground::Law);
        nameless.id = "a b".to_owned();
        check(
            nameless,
            6,
            "class `a b`: a name has letters, digits, `-` and `_`, and at least one of them",
        );
        let twice = [class(6, Ground::Law), class(7, Ground::Law)];
        assert_eq!(check_all(&twice, 6), Err(ClassError::Twice("web".to_owned())));
    }

    #[test]
    fn a_ground_is_read_as_it_is_written() {
        for ground in Ground::ALL {
            assert_eq!(Ground::parse(ground.as_str()), Some(ground));
        }
        assert_eq!(Ground::parse("wish"), None);
    }
}
