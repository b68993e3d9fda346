//! Time stamps (RFC 3161): the request as a file, the reply as a file, the token verified offline.

use der::Tag;

use crate::algorithm::Hash;
use crate::asn1::{Element, encode, only};
use crate::chain::Usage;
use crate::cms::{Judge, SignedData, Signer};
use crate::{Certificate, Micros, PkiError, Result, form, hex};

const OID_TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
/// AlgorithmIdentifier of SHA-256 without parameters, NULL added as most authorities expect it.
const SHA256_IDENTIFIER: &[u8] = &[
    0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
];

/// A request for a time stamp over some bytes: TimeStampReq with SHA-256, a nonce, and the wish for the certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    digest: Vec<u8>,
    nonce: Option<Vec<u8>>,
}

impl Request {
    /// A request for `content`. `nonce` is random, from the caller.
    pub fn new(content: &[u8], nonce: [u8; 8]) -> Self {
        // A positive INTEGER in its shortest form: the first bit clear, the first byte not zero.
        let [first, rest @ ..] = nonce;
        let nonce = [&[first & 0x3f | 0x40], rest.as_slice()].concat();
        Self {
            digest: Hash::Sha256.of(content),
            nonce: Some(nonce),
        }
    }

    /// The request as it goes to the authority.
    pub fn to_der(&self) -> Vec<u8> {
        let imprint = [SHA256_IDENTIFIER, &encode(0x04, &self.digest)].concat();
        let mut body = vec![0x02, 0x01, 0x01];
        body.extend(encode(0x30, &imprint));
        if let Some(nonce) = &self.nonce {
            body.extend(encode(0x02, nonce));
        }
        body.extend([0x01, 0x01, 0xff]);
        encode(0x30, &body)
    }

    /// Reads a request, to compare a reply with it.
    ///
    /// # Errors
    /// When it is no TimeStampReq with SHA-256.
    pub fn parse(der: &[u8]) -> Result<Self> {
        const PLACE: &str = "TimeStampReq";
        let mut parts = only(der, PLACE)?.inside(PLACE)?;
        if parts.expect(Tag::Integer, "a version")?.number(PLACE)? != 1 {
            return Err(form(PLACE, "version 1"));
        }
        let (hash, digest) = imprint(&parts.sequence("a message imprint")?)?;
        if hash != Hash::Sha256 {
            return Err(form(PLACE, "an imprint by SHA-256"));
        }
        parts.take(Tag::ObjectIdentifier)?;
        let nonce = parts.take(Tag::Integer)?.map(|nonce| nonce.value.to_vec());
        Ok(Self { digest, nonce })
    }

    /// SHA-256 of what is to be stamped.
    pub fn digest(&self) -> &[u8] {
        &self.digest
    }
}

/// What a verified token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// When the bytes existed at the latest, as the authority says.
    pub time: Micros,
    /// Its serial number in hex.
    pub serial: String,
    /// Object identifier of its policy.
    pub policy: String,
    /// The authority.
    pub signer: Signer,
}

/// The token (ContentInfo, DER) in a reply, or the token itself where the file holds only that.
///
/// # Errors
/// When the authority refused, or this is neither: what a reply holds as its token must be one, whatever it signs.
pub fn token_of(reply: &[u8]) -> Result<Vec<u8>> {
    const PLACE: &str = "TimeStampResp";
    match SignedData::parse(reply) {
        Ok(_) => return Ok(reply.to_vec()),
        // A token that is not read here is no reply either.
        Err(error) if error.is_unsupported() => return Err(error),
        Err(_) => {}
    }
    let mut parts = only(reply, PLACE)?.inside(PLACE)?;
    let mut status = parts.sequence("a status")?.inside(PLACE)?;
    let number = status.next()?.number(PLACE)?;
    // granted, or granted with modifications.
    if number > 1 {
        let text = status.take(Tag::Sequence)?.and_then(|texts| {
            let first = texts.inside(PLACE).ok()?.next().ok()?;
            Some(
                String::from_utf8_lossy(first.value)
                    .chars()
                    .filter(|c| !c.is_control())
                    .take(200)
                    .collect(),
            )
        });
        return Err(PkiError::NotGranted { status: number, text });
    }
    let token = parts.next()?;
    parts.end()?;
    SignedData::parse(token.whole)?;
    Ok(token.whole.to_vec())
}

/// Whether these bytes are a token or a reply with one.
pub fn is_timestamp(bytes: &[u8]) -> bool {
    token_of(bytes).is_ok_and(|token| {
        SignedData::parse(&token).is_ok_and(|signed| signed.content_type.to_string() == OID_TST_INFO)
    })
}

/// SHA-256 of the bytes that a token stamps, where it uses that hash; to find them.
pub fn stamped_sha256(token: &[u8]) -> Option<[u8; 32]> {
    let signed = SignedData::parse(token).ok()?;
    let info = Info::parse(signed.content?).ok()?;
    (info.hash == Hash::Sha256)
        .then(|| info.digest.try_into().ok())
        .flatten()
}

/// Verifies a token over `content`. Certificates must have been valid at the time that the token states; `request`,
/// where it is at hand, must be the one it answers.
///
/// # Errors
/// When it is over other bytes, answers another request, its signature does not hold, or its certificate may not stamp.
pub fn verify(
    token: &[u8],
    content: &[u8],
    request: Option<&Request>,
    trusted: &[Certificate],
    others: &[Certificate],
) -> Result<Token> {
    let signed = SignedData::parse(token)?;
    if signed.content_type.to_string() != OID_TST_INFO {
        return Err(form("TimeStampToken", "the content type TSTInfo"));
    }
    if signed.signer_count() != 1 {
        return Err(form("TimeStampToken", "exactly one signature"));
    }
    let bytes = signed
        .content
        .ok_or_else(|| form("TimeStampToken", "a TSTInfo inside"))?;
    let info = Info::parse(bytes)?;
    let expected = info.hash.of(content);
    if info.digest != expected {
        return Err(PkiError::OtherBytes {
            algorithm: info.hash.name(),
            expected: hex(&expected),
            found: hex(&info.digest),
        });
    }
    if let Some(request) = request
        && request.nonce != info.nonce
    {
        let text = |nonce: &Option<Vec<u8>>| nonce.as_ref().map_or("none".to_owned(), |n| hex(n));
        return Err(PkiError::Nonce {
            expected: text(&request.nonce),
            found: text(&info.nonce),
        });
    }
    let judge = Judge {
        trusted,
        others,
        at: info.time,
    };
    let mut signers = signed.verify(bytes, judge, Usage::TimeStamping)?;
    let signer = signers.pop().ok_or(PkiError::Unsigned)?;
    Ok(Token {
        time: info.time,
        serial: hex(&info.serial),
        policy: info.policy,
        signer,
    })
}

/// TSTInfo.
struct Info {
    policy: String,
    hash: Hash,
    digest: Vec<u8>,
    serial: Vec<u8>,
    time: Micros,
    nonce: Option<Vec<u8>>,
}

impl Info {
    fn parse(der: &[u8]) -> Result<Self> {
        const PLACE: &str = "TSTInfo";
        let mut parts = only(der, PLACE)?.inside(PLACE)?;
        if parts.expect(Tag::Integer, "a version")?.number(PLACE)? != 1 {
            return Err(form(PLACE, "version 1"));
        }
        let policy = parts.next()?.oid(PLACE)?.to_string();
        let (hash, digest) = imprint(&parts.sequence("a message imprint")?)?;
        let serial = parts
            .expect(Tag::Integer, "a serial number")?
            .integer(PLACE)?
            .to_vec();
        let time = parts.expect(Tag::GeneralizedTime, "a time")?.time(PLACE)?;
        parts.take(Tag::Sequence)?;
        parts.take(Tag::Boolean)?;
        let nonce = parts.take(Tag::Integer)?.map(|nonce| nonce.value.to_vec());
        parts.take_context(0)?;
        parts.take_context(1)?;
        parts.end()?;
        Ok(Self {
            policy,
            hash,
            digest,
            serial,
            time,
            nonce,
        })
    }
}

fn imprint(element: &Element<'_>) -> Result<(Hash, Vec<u8>)> {
    let mut parts = element.inside("MessageImprint")?;
    let hash = Hash::parse(&parts.sequence("a hash algorithm")?)?;
    let digest = parts.expect(Tag::OctetString, "a digest")?.value.to_vec();
    parts.end()?;
    Ok((hash, digest))
}
