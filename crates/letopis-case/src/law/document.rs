//! What people keep on paper, and what no tool can see without it.

use serde::{Deserialize, Serialize};

/// A document that shows what no tool can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Document {
    /// An act of examination or acceptance.
    Act,
    /// A contract.
    Contract,
    /// Correspondence: letters, notices, requests with their dates.
    Correspondence,
    /// Lists of staff, their duties and instructions.
    Duties,
    /// Plans of premises and networks.
    Layout,
    /// An order or other decision of the head.
    Order,
    /// A risk analysis.
    RiskAnalysis,
    /// A schedule.
    Schedule,
    /// Technical documentation on information security.
    TechnicalDocumentation,
    /// The settings and journals of the live monitoring system.
    Monitoring,
    /// A journal kept by hand.
    Journal,
}

impl Document {
    /// Every document.
    pub const ALL: &'static [Self] = &[
        Self::Act,
        Self::Contract,
        Self::Correspondence,
        Self::Duties,
        Self::Journal,
        Self::Layout,
        Self::Monitoring,
        Self::Order,
        Self::RiskAnalysis,
        Self::Schedule,
        Self::TechnicalDocumentation,
    ];

    /// Its name in a profile.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::Contract => "contract",
            Self::Correspondence => "correspondence",
            Self::Duties => "duties",
            Self::Journal => "journal",
            Self::Layout => "layout",
            Self::Monitoring => "monitoring",
            Self::Order => "order",
            Self::RiskAnalysis => "risk-analysis",
            Self::Schedule => "schedule",
            Self::TechnicalDocumentation => "technical-documentation",
        }
    }
}
