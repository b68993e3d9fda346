//! X.509 certificates (RFC 5280): what is needed to follow a chain, read strictly, kept with its bytes.

use der::Tag;
use der::asn1::ObjectIdentifier;

use crate::algorithm::{PublicKey, Scheme};
use crate::asn1::{Element, Elements, only, time_text};
use crate::{Micros, PkiError, Result, form, hex};

const PLACE: &str = "Certificate";
/// A certificate of more bytes is refused.
const BYTES_MAX: usize = 1 << 20;

/// Bits of the extension KeyUsage (RFC 5280 §4.2.1.3), first byte.
const DIGITAL_SIGNATURE: u8 = 0x80;
const NON_REPUDIATION: u8 = 0x40;
const KEY_CERT_SIGN: u8 = 0x04;

const OID_BASIC_CONSTRAINTS: &str = "2.5.29.19";
const OID_KEY_USAGE: &str = "2.5.29.15";
const OID_EXTENDED_KEY_USAGE: &str = "2.5.29.37";
const OID_SUBJECT_KEY: &str = "2.5.29.14";
const OID_TIME_STAMPING: &str = "1.3.6.1.5.5.7.3.8";
/// Extensions that say nothing that would forbid a chain here, even where they are marked critical: names beside the
/// subject, key of the issuer, policies (none is asked for), statements of a qualified certificate.
const HARMLESS: &[&str] = &["2.5.29.17", "2.5.29.35", "2.5.29.32", "1.3.6.1.5.5.7.1.3"];

/// A certificate that was read, not yet trusted.
#[derive(Clone, Debug)]
pub struct Certificate {
    der: Vec<u8>,
    tbs: std::ops::Range<usize>,
    signature: Vec<u8>,
    scheme: Result<Scheme>,
    serial: Vec<u8>,
    issuer: Vec<u8>,
    subject: Vec<u8>,
    from: Micros,
    to: Micros,
    key: PublicKey,
    extensions: Extensions,
}

#[derive(Clone, Debug, Default)]
struct Extensions {
    is_authority: bool,
    path_length: Option<u64>,
    key_usage: Option<u8>,
    extended: Option<(bool, Vec<String>)>,
    subject_key: Option<Vec<u8>>,
    /// A critical extension that is not understood here.
    unknown: Option<String>,
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl Certificate {
    /// Reads DER.
    ///
    /// # Errors
    /// When it is no certificate of version 3 or 1 in strict form. Unknown algorithms are no error yet.
    pub fn parse(der: &[u8]) -> Result<Self> {
        if der.len() > BYTES_MAX {
            return Err(form(PLACE, "at most 1 MiB"));
        }
        let whole = only(der, PLACE)?;
        if whole.tag != Tag::Sequence {
            return Err(form(PLACE, "a SEQUENCE"));
        }
        let mut parts = whole.inside(PLACE)?;
        let tbs = parts.sequence("the part that is signed")?;
        let outer = parts.sequence("a signature algorithm")?;
        let signature = parts.next()?.bits(PLACE)?;
        parts.end()?;
        // What is inside a header of some bytes begins after it.
        let start = der.len() - whole.value.len();
        let mut inner = tbs.inside("TBSCertificate")?;
        let fields = Fields::read(&mut inner)?;
        if fields.algorithm.whole != outer.whole {
            return Err(form(PLACE, "the same signature algorithm inside and outside"));
        }
        Ok(Self {
            der: der.to_vec(),
            tbs: start..start + tbs.whole.len(),
            signature: signature.to_vec(),
            scheme: Scheme::parse(&outer, None),
            serial: fields.serial.to_vec(),
            issuer: fields.issuer.whole.to_vec(),
            subject: fields.subject.whole.to_vec(),
            from: fields.from,
            to: fields.to,
            key: PublicKey::parse(&fields.key)?,
            extensions: fields.extensions,
        })
    }

    /// The certificate as it came.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The subject for people: `CN=…, O=…`. It is written by whoever made the certificate.
    pub fn subject(&self) -> String {
        name_text(&self.subject)
    }

    /// The issuer for people.
    pub fn issuer(&self) -> String {
        name_text(&self.issuer)
    }

    /// Serial number in hex.
    pub fn serial(&self) -> String {
        hex(&self.serial)
    }

    /// First and last instant of its validity.
    pub fn validity(&self) -> (Micros, Micros) {
        (self.from, self.to)
    }

    pub(crate) fn key(&self) -> &PublicKey {
        &self.key
    }

    pub(crate) fn names(&self, issuer: &[u8], serial: &[u8]) -> bool {
        self.issuer == issuer && self.serial == serial
    }

    pub(crate) fn has_subject_key(&self, key: &[u8]) -> bool {
        self.extensions.subject_key.as_deref() == Some(key)
    }

    pub(crate) fn is_issued_in_the_name_of(&self, issuer: &Self) -> bool {
        self.issuer == issuer.subject
    }

    pub(crate) fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// Whether `issuer`'s key signed this certificate.
    pub(crate) fn is_signed_by(&self, issuer: &Self) -> Result<bool> {
        let scheme = self.scheme.clone()?;
        let message = self.der.get(self.tbs.clone()).unwrap_or_default();
        issuer.key.verifies(scheme, message, &self.signature)
    }

    /// Valid at that time?
    pub(crate) fn check_time(&self, at: Micros) -> Result<()> {
        // The last second of validity belongs to it whole.
        if self.from <= at && at < self.to.saturating_add(1_000_000) {
            return Ok(());
        }
        Err(PkiError::OutOfDate {
            subject: self.subject(),
            from: time_text(self.from),
            to: time_text(self.to),
            at: time_text(at),
        })
    }

    fn refuse(&self, usage: &'static str) -> PkiError {
        let subject = self.subject();
        PkiError::Usage { subject, usage }
    }

    /// A critical extension that nobody here understands forbids every use (RFC 5280 §4.2).
    pub(crate) fn check_extensions(&self) -> Result<()> {
        match &self.extensions.unknown {
            None => Ok(()),
            Some(oid) => Err(PkiError::Unsupported {
                what: format!(
                    "the critical extension {oid} of the certificate of {}",
                    self.subject()
                ),
            }),
        }
    }

    /// May it sign documents? Either of the two bits will do; no KeyUsage forbids nothing.
    pub(crate) fn check_signer(&self) -> Result<()> {
        match self.extensions.key_usage {
            Some(bits) if bits & (DIGITAL_SIGNATURE | NON_REPUDIATION) == 0 => {
                Err(self.refuse("signing documents (KeyUsage)"))
            }
            _ => Ok(()),
        }
    }

    /// May it stamp time? Its one and only extended usage, critical (RFC 3161 §2.3).
    pub(crate) fn check_stamper(&self) -> Result<()> {
        self.check_signer()?;
        match &self.extensions.extended {
            Some((true, usages)) if usages.as_slice() == [OID_TIME_STAMPING] => Ok(()),
            _ => Err(self.refuse("time stamping (its one extended key usage, critical)")),
        }
    }

    /// May it issue certificates with `below` authorities between it and the signer?
    pub(crate) fn check_authority(&self, below: u64) -> Result<()> {
        let extensions = &self.extensions;
        if !extensions.is_authority {
            return Err(self.refuse("issuing certificates (BasicConstraints)"));
        }
        if extensions.key_usage.is_some_and(|bits| bits & KEY_CERT_SIGN == 0) {
            return Err(self.refuse("issuing certificates (KeyUsage)"));
        }
        if extensions.path_length.is_some_and(|length| below > length) {
            return Err(self.refuse("so long a chain (path length)"));
        }
        Ok(())
    }
}

/// The fields of TBSCertificate that are used.
struct Fields<'a> {
    serial: &'a [u8],
    algorithm: Element<'a>,
    issuer: Element<'a>,
    from: Micros,
    to: Micros,
    subject: Element<'a>,
    key: Element<'a>,
    extensions: Extensions,
}

impl<'a> Fields<'a> {
    fn read(parts: &mut Elements<'a>) -> Result<Self> {
        const PLACE: &str = "TBSCertificate";
        let version = match parts.take_context(0)? {
            Some(version) => only(version.value, PLACE)?.number(PLACE)?,
            None => 0,
        };
        let serial = parts.next()?.integer(PLACE)?;
        let algorithm = parts.sequence("a signature algorithm")?;
        let issuer = parts.sequence("the issuer")?;
        let mut validity = parts.sequence("the validity")?.inside(PLACE)?;
        let (from, to) = (validity.next()?.time(PLACE)?, validity.next()?.time(PLACE)?);
        validity.end()?;
        let subject = parts.sequence("the subject")?;
        let key = parts.sequence("a public key")?;
        parts.take_context(1)?;
        parts.take_context(2)?;
        let extensions = match parts.take_context(3)? {
            Some(list) if version == 2 => Extensions::read(&only(list.value, PLACE)?)?,
            Some(_) => return Err(form(PLACE, "extensions in version 3 only")),
            None => Extensions::default(),
        };
        parts.end()?;
        Ok(Self {
            serial,
            algorithm,
            issuer,
            from,
            to,
            subject,
            key,
            extensions,
        })
    }
}

impl Extensions {
    fn read(list: &Element<'_>) -> Result<Self> {
        const PLACE: &str = "Extensions";
        let mut found = Self::default();
        let mut seen: Vec<ObjectIdentifier> = Vec::new();
        let mut list = list.inside(PLACE)?;
        while !list.is_empty() {
            let mut parts = list.sequence("an extension")?.inside(PLACE)?;
            let oid = parts.next()?.oid(PLACE)?;
            let critical = match parts.take(Tag::Boolean)? {
                Some(flag) => flag.value == [0xff],
                None => false,
            };
            let value = parts.expect(Tag::OctetString, "the value of an extension")?.value;
            parts.end()?;
            if seen.contains(&oid) {
                return Err(form(PLACE, "each extension once"));
            }
            seen.push(oid);
            found.take(&oid.to_string(), critical, value)?;
        }
        Ok(found)
    }

    fn take(&mut self, oid: &str, critical: bool, value: &[u8]) -> Result<()> {
        match oid {
            OID_BASIC_CONSTRAINTS => {
                let mut parts = only(value, "BasicConstraints")?.inside("BasicConstraints")?;
                self.is_authority = parts.take(Tag::Boolean)?.is_some_and(|flag| flag.value == [0xff]);
                let length = parts.take(Tag::Integer)?;
                self.path_length = length
                    .map(|length| length.number("BasicConstraints"))
                    .transpose()?;
                parts.end()?;
            }
            OID_KEY_USAGE => {
                let bits = only(value, "KeyUsage")?;
                let first = (bits.tag == Tag::BitString).then(|| bits.value.get(1)).flatten();
                self.key_usage = Some(*first.ok_or_else(|| form("KeyUsage", "a BIT STRING with a bit set"))?);
            }
            OID_EXTENDED_KEY_USAGE => {
                let mut parts = only(value, "ExtKeyUsage")?.inside("ExtKeyUsage")?;
                let mut usages = Vec::new();
                while !parts.is_empty() {
                    usages.push(parts.next()?.oid("ExtKeyUsage")?.to_string());
                }
                self.extended = Some((critical, usages));
            }
            OID_SUBJECT_KEY => {
                let key = only(value, "SubjectKeyIdentifier")?;
                self.subject_key = Some(key.value.to_vec());
            }
            other if critical && !HARMLESS.contains(&other) => self.unknown = Some(other.to_owned()),
            _ => {}
        }
        Ok(())
    }
}

/// A Name as text: the attributes that people know, most specific last as they stand; control characters become `?`.
pub(crate) fn name_text(name: &[u8]) -> String {
    let mut parts = Vec::new();
    collect_name(name, &mut parts);
    match parts.is_empty() {
        true => "(no name)".to_owned(),
        false => parts.join(", "),
    }
}

/// What can be read of a Name; the rest is only not shown.
fn collect_name(name: &[u8], parts: &mut Vec<String>) -> Option<()> {
    let mut sets = only(name, "Name").ok()?.inside("Name").ok()?;
    while !sets.is_empty() {
        let mut set = sets.next().ok()?.inside("Name").ok()?;
        while !set.is_empty() {
            let mut attribute = set.next().ok()?.inside("Name").ok()?;
            let oid = attribute.next().ok()?.oid("Name").ok()?.to_string();
            let value = attribute.next().ok()?;
            let label = match oid.as_str() {
                "2.5.4.3" => "CN",
                "2.5.4.4" => "SN",
                "2.5.4.5" => "serialNumber",
                "2.5.4.6" => "C",
                "2.5.4.7" => "L",
                "2.5.4.8" => "ST",
                "2.5.4.10" => "O",
                "2.5.4.11" => "OU",
                "2.5.4.42" => "GN",
                other => other,
            };
            let text = match value.tag {
                Tag::BmpString => char::decode_utf16(
                    value
                        .value
                        .chunks_exact(2)
                        .map(|pair| u16::from_be_bytes([pair[0], pair[1]])),
                )
                .map(|c| c.unwrap_or('?'))
                .collect(),
                _ => String::from_utf8_lossy(value.value).into_owned(),
            };
            let text: String = text
                .chars()
                .map(|c| if c.is_control() { '?' } else { c })
                .take(200)
                .collect();
            parts.push(format!("{label}={text}"));
        }
    }
    Some(())
}
