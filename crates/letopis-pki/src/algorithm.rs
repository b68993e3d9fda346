//! Hashes, public keys and signature algorithms by their object identifiers.

use der::Tag;
use der::asn1::ObjectIdentifier;
use rsa::signature::hazmat::PrehashVerifier;
use rsa::{BoxedUint, RsaPublicKey};
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::asn1::{Element, no_parameters};
use crate::{PkiError, Result, form};

const ALGORITHM: &str = "AlgorithmIdentifier";
const RSA_BITS: std::ops::RangeInclusive<u32> = 2048..=8192;

macro_rules! oids {
    ($($name:ident = $text:literal;)*) => { $(pub(crate) const $name: ObjectIdentifier = ObjectIdentifier::new_unwrap($text);)* };
}

oids! {
    RSA = "1.2.840.113549.1.1.1";
    MGF1 = "1.2.840.113549.1.1.8";
    RSA_PSS = "1.2.840.113549.1.1.10";
    RSA_SHA256 = "1.2.840.113549.1.1.11";
    RSA_SHA384 = "1.2.840.113549.1.1.12";
    RSA_SHA512 = "1.2.840.113549.1.1.13";
    EC = "1.2.840.10045.2.1";
    P256 = "1.2.840.10045.3.1.7";
    P384 = "1.3.132.0.34";
    ECDSA_SHA256 = "1.2.840.10045.4.3.2";
    ECDSA_SHA384 = "1.2.840.10045.4.3.3";
    ECDSA_SHA512 = "1.2.840.10045.4.3.4";
    ED25519 = "1.3.101.112";
    SHA256 = "2.16.840.1.101.3.4.2.1";
    SHA384 = "2.16.840.1.101.3.4.2.2";
    SHA512 = "2.16.840.1.101.3.4.2.3";
}

/// Names of what is met but not verified here, so that a person knows which tool to take.
const OTHERS: &[(&str, &str)] = &[
    ("1.2.643.7.1.1.1.1", "GOST R 34.10-2012 (256 bits)"),
    ("1.2.643.7.1.1.1.2", "GOST R 34.10-2012 (512 bits)"),
    ("1.2.643.7.1.1.3.2", "GOST R 34.10-2012 with Streebog-256"),
    ("1.2.643.7.1.1.3.3", "GOST R 34.10-2012 with Streebog-512"),
    ("1.2.643.7.1.1.2.2", "Streebog-256 (GOST R 34.11-2012)"),
    ("1.2.643.7.1.1.2.3", "Streebog-512 (GOST R 34.11-2012)"),
    ("1.2.643.2.2.19", "GOST R 34.10-2001"),
    ("1.2.643.2.2.3", "GOST R 34.10-2001 with GOST R 34.11-94"),
    ("1.2.643.2.2.9", "GOST R 34.11-94"),
    ("1.2.398.3.10.1.1.1.1", "GOST 34.310-2004 (Kazakhstan)"),
    ("1.2.398.3.10.1.1.2.3.1", "GOST 34.10-2015 (Kazakhstan)"),
    ("1.2.840.113549.1.1.5", "RSA with SHA-1"),
    ("1.2.840.113549.1.1.4", "RSA with MD5"),
    ("1.2.840.10045.4.1", "ECDSA with SHA-1"),
    ("1.3.132.0.35", "the curve P-521"),
    ("1.3.36.3.3.2.8.1.1.7", "the curve brainpoolP256r1"),
    ("1.2.840.10040.4.1", "DSA"),
    ("1.3.14.3.2.26", "SHA-1"),
];

/// An algorithm that is named and not verified here.
pub(crate) fn unsupported(oid: &ObjectIdentifier) -> PkiError {
    let text = oid.to_string();
    let name = OTHERS.iter().find(|(known, _)| *known == text);
    let what = match name {
        Some((_, name)) => format!("{name} ({text})"),
        None => format!("algorithm {text}"),
    };
    PkiError::Unsupported { what }
}

/// A hash that signatures and stamps may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(crate) fn from_oid(oid: &ObjectIdentifier) -> Result<Self> {
        match *oid {
            SHA256 => Ok(Self::Sha256),
            SHA384 => Ok(Self::Sha384),
            SHA512 => Ok(Self::Sha512),
            _ => Err(unsupported(oid)),
        }
    }

    /// Reads an AlgorithmIdentifier.
    pub(crate) fn parse(algorithm: &Element<'_>) -> Result<Self> {
        let mut parts = algorithm.inside(ALGORITHM)?;
        let hash = Self::from_oid(&parts.next()?.oid(ALGORITHM)?)?;
        no_parameters(&mut parts, ALGORITHM)?;
        Ok(hash)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    pub(crate) fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// SHA-1, only to recognise a certificate that an old attribute names by it (RFC 2634 §5.4.1); the signature binds it.
pub(crate) fn sha1(bytes: &[u8]) -> Vec<u8> {
    sha1::Sha1::digest(bytes).to_vec()
}

/// How a signature is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Pkcs1(Hash),
    Pss { hash: Hash, salt: usize },
    Ecdsa(Hash),
    Ed25519,
}

impl Scheme {
    /// Reads an AlgorithmIdentifier. In CMS the plain RSA identifier leaves the hash to `digest`.
    pub(crate) fn parse(algorithm: &Element<'_>, digest: Option<Hash>) -> Result<Self> {
        let mut parts = algorithm.inside(ALGORITHM)?;
        let oid = parts.next()?.oid(ALGORITHM)?;
        if oid == RSA_PSS {
            let parameters = parts.sequence("parameters of RSASSA-PSS")?;
            parts.end()?;
            return pss(&parameters);
        }
        let scheme = match oid {
            RSA => Self::Pkcs1(digest.ok_or_else(|| form(ALGORITHM, "a signature algorithm with its hash"))?),
            RSA_SHA256 => Self::Pkcs1(Hash::Sha256),
            RSA_SHA384 => Self::Pkcs1(Hash::Sha384),
            RSA_SHA512 => Self::Pkcs1(Hash::Sha512),
            ECDSA_SHA256 => Self::Ecdsa(Hash::Sha256),
            ECDSA_SHA384 => Self::Ecdsa(Hash::Sha384),
            ECDSA_SHA512 => Self::Ecdsa(Hash::Sha512),
            ED25519 => Self::Ed25519,
            _ => return Err(unsupported(&oid)),
        };
        no_parameters(&mut parts, ALGORITHM)?;
        Ok(scheme)
    }

    /// The hash it uses; none for Ed25519, which takes the message.
    pub(crate) fn hash(self) -> Option<Hash> {
        match self {
            Self::Pkcs1(hash) | Self::Pss { hash, .. } | Self::Ecdsa(hash) => Some(hash),
            Self::Ed25519 => None,
        }
    }

    /// Its name for people.
    pub(crate) fn name(self) -> String {
        let hash = self.hash().map_or("", Hash::name);
        match self {
            Self::Pkcs1(_) => format!("RSA with {hash}"),
            Self::Pss { .. } => format!("RSA-PSS with {hash}"),
            Self::Ecdsa(_) => format!("ECDSA with {hash}"),
            Self::Ed25519 => "Ed25519".to_owned(),
        }
    }
}

/// RSASSA-PSS-params (RFC 4055 §3.1). Their defaults are SHA-1, so hash, mask and salt must all be stated.
fn pss(parameters: &Element<'_>) -> Result<Scheme> {
    const PLACE: &str = "RSASSA-PSS-params";
    let mut parts = parameters.inside(PLACE)?;
    let stated = |part: Option<Element<'_>>| -> Result<Vec<u8>> {
        let part = part.ok_or_else(|| PkiError::Unsupported {
            what: "RSA-PSS with SHA-1 (its default)".to_owned(),
        })?;
        Ok(part.value.to_vec())
    };
    let hash = stated(parts.take_context(0)?)?;
    let hash = Hash::parse(&crate::asn1::only(&hash, PLACE)?)?;
    let mask = stated(parts.take_context(1)?)?;
    let mask = crate::asn1::only(&mask, PLACE)?;
    let mut mask = mask.inside(PLACE)?;
    let function = mask.next()?.oid(PLACE)?;
    if function != MGF1 || Hash::parse(&mask.sequence("the hash of the mask")?)? != hash {
        return Err(PkiError::Unsupported {
            what: "RSA-PSS with a mask of another hash".to_owned(),
        });
    }
    let salt = match parts.take_context(2)? {
        Some(salt) => crate::asn1::only(salt.value, PLACE)?.number(PLACE)?,
        None => 20,
    };
    if let Some(trailer) = parts.take_context(3)?
        && crate::asn1::only(trailer.value, PLACE)?.number(PLACE)? != 1
    {
        return Err(form(PLACE, "the trailer field 1"));
    }
    parts.end()?;
    let salt = usize::try_from(salt).ok().filter(|salt| *salt <= 512);
    let salt = salt.ok_or_else(|| form(PLACE, "a salt of at most 512 bytes"))?;
    Ok(Scheme::Pss { hash, salt })
}

/// A public key.
#[derive(Clone, Debug)]
pub(crate) enum PublicKey {
    Rsa(Box<RsaPublicKey>),
    P256(Box<p256::ecdsa::VerifyingKey>),
    P384(Box<p384::ecdsa::VerifyingKey>),
    Ed25519(Box<ed25519_dalek::VerifyingKey>),
    /// One that is not verified here, and why.
    Other(PkiError),
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo. A key that is only unknown is kept as such: the certificate may never be needed.
    pub(crate) fn parse(info: &Element<'_>) -> Result<Self> {
        const PLACE: &str = "SubjectPublicKeyInfo";
        let mut parts = info.inside(PLACE)?;
        let algorithm = parts.sequence("an algorithm")?;
        let bits = parts.next()?;
        parts.end()?;
        let mut algorithm = algorithm.inside(ALGORITHM)?;
        let oid = algorithm.next()?.oid(ALGORITHM)?;
        let key = match oid {
            RSA | RSA_PSS => rsa_key(bits.bits(PLACE)?)?,
            EC => {
                let curve = algorithm.next()?.oid(PLACE)?;
                let point = bits.bits(PLACE)?;
                let unfit = |_| form(PLACE, "a point of the curve");
                match curve {
                    P256 => Self::P256(Box::new(
                        p256::ecdsa::VerifyingKey::from_sec1_bytes(point).map_err(unfit)?,
                    )),
                    P384 => Self::P384(Box::new(
                        p384::ecdsa::VerifyingKey::from_sec1_bytes(point).map_err(unfit)?,
                    )),
                    _ => Self::Other(unsupported(&curve)),
                }
            }
            ED25519 => {
                let bytes = bits.bits(PLACE)?.try_into().ok();
                let key = bytes.and_then(|bytes| ed25519_dalek::VerifyingKey::from_bytes(bytes).ok());
                let key = key.filter(|key| !key.is_weak());
                Self::Ed25519(Box::new(key.ok_or_else(|| form(PLACE, "a usable Ed25519 key"))?))
            }
            _ => Self::Other(unsupported(&oid)),
        };
        Ok(key)
    }

    /// Whether `signature` is this key's over `message`. `Ok(false)` is a verdict; an error is none.
    pub(crate) fn verifies(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> Result<bool> {
        let hashed = scheme.hash().map(|hash| hash.of(message)).unwrap_or_default();
        match (self, scheme) {
            (Self::Other(reason), _) => Err(reason.clone()),
            (Self::Rsa(key), Scheme::Pkcs1(hash)) => {
                let scheme = match hash {
                    Hash::Sha256 => rsa::Pkcs1v15Sign::new::<Sha256>(),
                    Hash::Sha384 => rsa::Pkcs1v15Sign::new::<Sha384>(),
                    Hash::Sha512 => rsa::Pkcs1v15Sign::new::<Sha512>(),
                };
                Ok(key.verify(scheme, &hashed, signature).is_ok())
            }
            (Self::Rsa(key), Scheme::Pss { hash, salt }) => Ok(match hash {
                Hash::Sha256 => key.verify(rsa::Pss::<Sha256>::new_with_salt(salt), &hashed, signature),
                Hash::Sha384 => key.verify(rsa::Pss::<Sha384>::new_with_salt(salt), &hashed, signature),
                Hash::Sha512 => key.verify(rsa::Pss::<Sha512>::new_with_salt(salt), &hashed, signature),
            }
            .is_ok()),
            (Self::P256(key), Scheme::Ecdsa(_)) => Ok(p256::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify_prehash(&hashed, &signature).is_ok())),
            (Self::P384(key), Scheme::Ecdsa(_)) => Ok(p384::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify_prehash(&hashed, &signature).is_ok())),
            (Self::Ed25519(key), Scheme::Ed25519) => Ok(ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())),
            _ => Ok(false),
        }
    }
}

/// RSAPublicKey (RFC 8017 A.1.1).
fn rsa_key(bytes: &[u8]) -> Result<PublicKey> {
    const PLACE: &str = "RSAPublicKey";
    let sequence = crate::asn1::only(bytes, PLACE)?;
    let mut parts = sequence.inside(PLACE)?;
    let modulus = parts.expect(Tag::Integer, "the modulus")?.integer(PLACE)?;
    let exponent = parts.expect(Tag::Integer, "the exponent")?.integer(PLACE)?;
    parts.end()?;
    let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
    let leading = modulus.first().map_or(8, |first| first.leading_zeros());
    let bits = (modulus.len() as u32).saturating_mul(8).saturating_sub(leading);
    if !RSA_BITS.contains(&bits) {
        let what = format!("an RSA key of {bits} bits (2048 to 8192 are)");
        return Ok(PublicKey::Other(PkiError::Unsupported { what }));
    }
    let exponent = BoxedUint::from_be_slice_vartime(exponent);
    let key =
        RsaPublicKey::new_with_size_limits(BoxedUint::from_be_slice_vartime(modulus), exponent, 2048..=8192);
    let key = key.map_err(|_| form(PLACE, "a usable modulus and exponent"))?;
    Ok(PublicKey::Rsa(Box::new(key)))
}
