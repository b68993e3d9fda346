//! CMS signatures (RFC 5652), detached or around their content, and what CAdES adds to bind the certificate (RFC 5035).

use der::Tag;
use der::asn1::ObjectIdentifier;

use crate::algorithm::{Hash, Scheme, sha1};
use crate::asn1::{Element, Elements, encode, only};
use crate::certificate::name_text;
use crate::chain::{Trust, Usage, check};
use crate::{Certificate, Micros, PkiError, Result, form, hex};

const OID_SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const OID_DATA: &str = "1.2.840.113549.1.7.1";
const OID_CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const OID_MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const OID_SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
const OID_SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
const OID_SIGNING_CERTIFICATE_2: &str = "1.2.840.113549.1.9.16.2.47";
/// A structure of more bytes is refused unread.
pub const BYTES_MAX: usize = 16 << 20;
/// A SEQUENCE of indefinite length (X.690 §8.1.3.6), which DER does not have. Signed attributes and certificates are in
/// DER even there, but a second reader for everything around them would be another way to be told two things by one text.
const INDEFINITE_SEQUENCE: [u8; 2] = [0x30, 0x80];
const SIGNERS_MAX: usize = 64;
const CERTIFICATES_MAX: usize = 64;

/// Who signed, as far as it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// Subject of the certificate, for people.
    pub subject: String,
    /// Its issuer.
    pub issuer: String,
    /// Its serial number in hex.
    pub serial: String,
    /// How it was signed.
    pub algorithm: String,
    /// When, as the signer says; nothing proves it.
    pub claimed_time: Option<Micros>,
    /// Whether a given certificate vouches for it.
    pub trust: Trust,
}

/// What a signature is judged by.
#[derive(Clone, Copy, Debug)]
pub struct Judge<'a> {
    /// Certificates that the caller trusts; none: chains are not asked for.
    pub trusted: &'a [Certificate],
    /// Further certificates on the way, beside those inside.
    pub others: &'a [Certificate],
    /// The time at which certificates must have been valid.
    pub at: Micros,
}

/// A SignedData that was read, not yet verified.
#[derive(Debug)]
pub(crate) struct SignedData<'a> {
    pub(crate) content_type: ObjectIdentifier,
    pub(crate) content: Option<&'a [u8]>,
    pub(crate) certificates: Vec<Certificate>,
    signers: Vec<SignerInfo<'a>>,
}

#[derive(Debug)]
struct SignerInfo<'a> {
    id: SignerId<'a>,
    digest: Result<Hash>,
    attributes: Option<Element<'a>>,
    scheme: Element<'a>,
    signature: &'a [u8],
}

#[derive(Debug)]
enum SignerId<'a> {
    Issued { issuer: &'a [u8], serial: &'a [u8] },
    Key(&'a [u8]),
}

/// Whether the bytes begin like CMS: a ContentInfo with SignedData. GOST signatures do as well, and so do structures of
/// which [`verify_detached`] says that they are in BER.
pub fn is_cms(der: &[u8]) -> bool {
    match SignedData::parse(der) {
        Ok(_) => true,
        Err(error) => error.is_unsupported(),
    }
}

/// Verifies every signature in `der` over `content`. Where the structure holds content of its own, it must be the same.
///
/// # Errors
/// When one of them does not hold, is over other bytes, or nobody signed. [`PkiError::is_unsupported`] tells an
/// algorithm that is not verified here.
pub fn verify_detached(der: &[u8], content: &[u8], judge: Judge<'_>) -> Result<Vec<Signer>> {
    let signed = SignedData::parse(der)?;
    if let Some(inside) = signed.content
        && inside != content
    {
        return Err(PkiError::OtherBytes {
            algorithm: Hash::Sha256.name(),
            expected: hex(&Hash::Sha256.of(content)),
            found: hex(&Hash::Sha256.of(inside)),
        });
    }
    signed.verify(content, judge, Usage::Signing)
}

impl<'a> SignedData<'a> {
    pub(crate) fn parse(der: &'a [u8]) -> Result<Self> {
        const PLACE: &str = "SignedData";
        if der.len() > BYTES_MAX {
            return Err(form(PLACE, "at most 16 MiB"));
        }
        if der.starts_with(&INDEFINITE_SEQUENCE) {
            return Err(PkiError::Unsupported {
                what: "BER with lengths that are only told by an end mark (`openssl cms -cmsout -inform DER -outform DER` \
                       writes the same in DER)"
                    .to_owned(),
            });
        }
        let info = only(der, "ContentInfo")?;
        if info.tag != Tag::Sequence {
            return Err(form("ContentInfo", "a SEQUENCE"));
        }
        let mut info = info.inside("ContentInfo")?;
        if info.next()?.oid("ContentInfo")?.to_string() != OID_SIGNED_DATA {
            return Err(form("ContentInfo", "the content type SignedData"));
        }
        let content = info
            .take_context(0)?
            .ok_or_else(|| form("ContentInfo", "content"))?;
        info.end()?;
        let mut parts = only(content.value, PLACE)?.inside(PLACE)?;
        parts.expect(Tag::Integer, "a version")?;
        parts.expect(Tag::Set, "digest algorithms")?;
        let mut inner = parts.sequence("the content that is signed")?.inside(PLACE)?;
        let content_type = inner.next()?.oid(PLACE)?;
        let content = match inner.take_context(0)? {
            Some(content) => Some(only(content.value, PLACE)?),
            None => None,
        };
        inner.end()?;
        if content.is_some_and(|content| content.tag != Tag::OctetString) {
            return Err(form(PLACE, "content as an OCTET STRING"));
        }
        let certificates = match parts.take_context(0)? {
            Some(list) => certificates(list.inside(PLACE)?)?,
            None => Vec::new(),
        };
        parts.take_context(1)?;
        let mut list = parts.expect(Tag::Set, "signatures")?.inside(PLACE)?;
        parts.end()?;
        let mut signers = Vec::new();
        while !list.is_empty() {
            if signers.len() >= SIGNERS_MAX {
                return Err(form(PLACE, "at most 64 signatures"));
            }
            signers.push(SignerInfo::parse(list.sequence("a SignerInfo")?)?);
        }
        Ok(Self {
            content_type,
            content: content.map(|content| content.value),
            certificates,
            signers,
        })
    }

    /// How many signatures there are.
    pub(crate) fn signer_count(&self) -> usize {
        self.signers.len()
    }

    pub(crate) fn verify(&self, content: &[u8], judge: Judge<'_>, usage: Usage) -> Result<Vec<Signer>> {
        if self.signers.is_empty() {
            return Err(PkiError::Unsigned);
        }
        // A signature that is refused outweighs one that is only unknown here.
        let verdicts: Vec<_> = self
            .signers
            .iter()
            .map(|signer| self.verify_one(signer, content, judge, usage))
            .collect();
        let refused = |verdict: &&Result<Signer>| verdict.as_ref().is_err_and(|e| !e.is_unsupported());
        if let Some(Err(error)) = verdicts.iter().find(refused) {
            return Err(error.clone());
        }
        verdicts.into_iter().collect()
    }

    fn verify_one(
        &self,
        signer: &SignerInfo<'_>,
        content: &[u8],
        judge: Judge<'_>,
        usage: Usage,
    ) -> Result<Signer> {
        let hash = signer.digest.clone()?;
        let scheme = Scheme::parse(&signer.scheme, Some(hash))?;
        // RFC 8419: Ed25519 goes with SHA-512 over the content.
        if scheme.hash().unwrap_or(Hash::Sha512) != hash {
            return Err(form("SignerInfo", "one hash for content and signature"));
        }
        let (message, claimed_time, attributes) = match &signer.attributes {
            Some(element) => {
                let attributes = Attributes::read(element)?;
                attributes.check(&self.content_type, hash, content)?;
                // Signed as a SET, sent under a context tag (RFC 5652 §5.4).
                (
                    encode(0x31, element.value),
                    attributes.signing_time,
                    Some(attributes),
                )
            }
            None if self.content_type.to_string() == OID_DATA => (content.to_vec(), None, None),
            None => {
                return Err(form(
                    "SignerInfo",
                    "signed attributes, since the content is not plain data",
                ));
            }
        };
        let mut others = self.certificates.clone();
        others.extend_from_slice(judge.others);
        others.extend_from_slice(judge.trusted);
        let certificate = others.iter().find(|certificate| signer.id.is(certificate));
        let certificate = certificate.ok_or_else(|| PkiError::NoCertificate {
            signer: signer.id.text(),
        })?;
        if let Some(attributes) = &attributes {
            attributes.check_certificate(certificate)?;
            if usage == Usage::TimeStamping && !attributes.names_certificate() {
                return Err(form(
                    "SignerInfo",
                    "the certificate among the signed attributes (RFC 3161)",
                ));
            }
        }
        if !certificate.key().verifies(scheme, &message, signer.signature)? {
            return Err(PkiError::Signature {
                by: certificate.subject(),
            });
        }
        Ok(Signer {
            trust: check(certificate, &others, judge.trusted, usage, judge.at)?,
            subject: certificate.subject(),
            issuer: certificate.issuer(),
            serial: certificate.serial(),
            algorithm: scheme.name(),
            claimed_time,
        })
    }
}

/// Certificates inside; attribute certificates and older forms are passed over.
fn certificates(mut list: Elements<'_>) -> Result<Vec<Certificate>> {
    let mut found = Vec::new();
    while !list.is_empty() {
        let element = list.next()?;
        if found.len() >= CERTIFICATES_MAX {
            return Err(form("SignedData", "at most 64 certificates"));
        }
        if element.tag == Tag::Sequence {
            found.push(Certificate::parse(element.whole)?);
        }
    }
    Ok(found)
}

impl<'a> SignerInfo<'a> {
    fn parse(element: Element<'a>) -> Result<Self> {
        const PLACE: &str = "SignerInfo";
        let mut parts = element.inside(PLACE)?;
        parts.expect(Tag::Integer, "a version")?;
        let id = match parts.take_context(0)? {
            Some(key) => SignerId::Key(key.value),
            None => {
                let mut id = parts.sequence("issuer and serial number")?.inside(PLACE)?;
                let (issuer, serial) = (id.sequence("the issuer")?, id.next()?.integer(PLACE)?);
                id.end()?;
                SignerId::Issued {
                    issuer: issuer.whole,
                    serial,
                }
            }
        };
        let digest = Hash::parse(&parts.sequence("a digest algorithm")?);
        let attributes = parts.take_context(0)?;
        let scheme = parts.sequence("a signature algorithm")?;
        let signature = parts.expect(Tag::OctetString, "the signature")?.value;
        parts.take_context(1)?;
        parts.end()?;
        Ok(Self {
            id,
            digest,
            attributes,
            scheme,
            signature,
        })
    }
}

impl SignerId<'_> {
    fn is(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Issued { issuer, serial } => certificate.names(issuer, serial),
            Self::Key(key) => certificate.has_subject_key(key),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Issued { issuer, serial } => {
                format!("issued by {}, serial number {}", name_text(issuer), hex(serial))
            }
            Self::Key(key) => format!("key {}", hex(key)),
        }
    }
}

/// The signed attributes that are used. Each may stand once, with one value.
#[derive(Default)]
struct Attributes {
    content_type: Option<String>,
    digest: Option<Vec<u8>>,
    signing_time: Option<Micros>,
    /// Digest of the certificate: the hash (none: SHA-1) and its value.
    certificate: Option<(Option<Hash>, Vec<u8>)>,
}

impl Attributes {
    fn read(element: &Element<'_>) -> Result<Self> {
        const PLACE: &str = "SignedAttributes";
        let mut found = Self::default();
        let mut seen = Vec::new();
        let mut list = element.inside(PLACE)?;
        while !list.is_empty() {
            let mut parts = list.sequence("an attribute")?.inside(PLACE)?;
            let oid = parts.next()?.oid(PLACE)?;
            let values = parts.expect(Tag::Set, "the values of an attribute")?;
            parts.end()?;
            if seen.contains(&oid) {
                return Err(form(PLACE, "each attribute once"));
            }
            seen.push(oid);
            let value = || only(values.value, PLACE);
            match oid.to_string().as_str() {
                OID_CONTENT_TYPE => found.content_type = Some(value()?.oid(PLACE)?.to_string()),
                OID_MESSAGE_DIGEST => found.digest = Some(value()?.value.to_vec()),
                OID_SIGNING_TIME => found.signing_time = Some(value()?.time(PLACE)?),
                OID_SIGNING_CERTIFICATE => {
                    let hash = certificate_id(&value()?, false)?;
                    // The newer attribute, where both stand, is the stronger.
                    found.certificate.get_or_insert(hash);
                }
                OID_SIGNING_CERTIFICATE_2 => found.certificate = Some(certificate_id(&value()?, true)?),
                _ => {}
            }
        }
        Ok(found)
    }

    fn check(&self, content_type: &ObjectIdentifier, hash: Hash, content: &[u8]) -> Result<()> {
        if self.content_type.as_deref() != Some(content_type.to_string().as_str()) {
            return Err(form("SignedAttributes", "the type of the content"));
        }
        let found = self
            .digest
            .as_ref()
            .ok_or_else(|| form("SignedAttributes", "the digest of the content"))?;
        let expected = hash.of(content);
        if *found == expected {
            return Ok(());
        }
        Err(PkiError::OtherBytes {
            algorithm: hash.name(),
            expected: hex(&expected),
            found: hex(found),
        })
    }

    fn names_certificate(&self) -> bool {
        self.certificate.is_some()
    }

    fn check_certificate(&self, certificate: &Certificate) -> Result<()> {
        let Some((hash, found)) = &self.certificate else {
            return Ok(());
        };
        let expected = match hash {
            Some(hash) => hash.of(certificate.der()),
            None => sha1(certificate.der()),
        };
        match *found == expected {
            true => Ok(()),
            false => Err(PkiError::Signature {
                by: format!(
                    "{} (the signature names another certificate)",
                    certificate.subject()
                ),
            }),
        }
    }
}

/// The first ESSCertID of SigningCertificate, or ESSCertIDv2 of SigningCertificateV2: the signer's own.
fn certificate_id(attribute: &Element<'_>, second: bool) -> Result<(Option<Hash>, Vec<u8>)> {
    const PLACE: &str = "SigningCertificate";
    let mut parts = attribute.inside(PLACE)?;
    let mut ids = parts.sequence("certificate identifiers")?.inside(PLACE)?;
    let mut id = ids.sequence("a certificate identifier")?.inside(PLACE)?;
    let hash = match (second, id.take(Tag::Sequence)?) {
        (true, Some(algorithm)) => Some(Hash::parse(&algorithm)?),
        (true, None) => Some(Hash::Sha256),
        (false, None) => None,
        (false, Some(_)) => return Err(form(PLACE, "a digest")),
    };
    let digest = id.expect(Tag::OctetString, "a digest")?;
    Ok((hash, digest.value.to_vec()))
}
