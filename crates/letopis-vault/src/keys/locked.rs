//! A key under a passphrase: an age file (age-encryption.org/v1) with the one recipient `scrypt`, armored.
//!
//! ```text
//! age-encryption.org/v1
//! -> scrypt BASE64(salt, 16 bytes) LOG_N
//! BASE64(file key under the passphrase: ChaCha20-Poly1305)
//! --- BASE64(HMAC-SHA-256 over the header)
//! nonce, 16 bytes ‖ the content: ChaCha20-Poly1305
//! ```
//!
//! Any age program opens it (`age -d custodian.key`), so that a key outlives this one. Only contents of one chunk
//! (64 KiB) are read and made.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use chacha20poly1305::aead::{Aead, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use hmac::{Hmac, KeyInit as _, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::digest::random;
use crate::{Error, Result};

/// Work of a new lock, as a power of two: about a second, and 256 MiB, as age itself takes.
pub(super) const WORK: u8 = 18;
/// More work than this is refused: a file must not stop the machine that looks at it.
const WORK_MAX: u8 = 20;
const VERSION: &str = "age-encryption.org/v1";
const ARMOR_BEGIN: &str = "-----BEGIN AGE ENCRYPTED FILE-----";
const ARMOR_END: &str = "-----END AGE ENCRYPTED FILE-----";
const CHUNK: usize = 64 << 10;
const TAG: usize = 16;
/// Nonce of the only chunk: counter 0, and the mark of the last one.
const LAST_CHUNK: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

/// A passphrase; wiped when dropped, never printed.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes what was typed. An empty one is none.
    pub fn new(text: String) -> Option<Self> {
        (!text.is_empty()).then(|| Self(Zeroizing::new(text)))
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(not shown)")
    }
}

/// Whether these bytes are an age file, armored or not.
pub(super) fn is_locked(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(ARMOR_BEGIN.as_bytes()) || bytes.starts_with(VERSION.as_bytes())
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    // HMAC takes a key of any length.
    let mut mac = match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        Err(_) => return Zeroizing::new([0; 32]),
    };
    for part in parts {
        mac.update(part);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// HKDF-SHA-256 (RFC 5869) for 32 bytes: one step of each half.
fn derive(secret: &[u8], salt: &[u8], info: &[u8]) -> Zeroizing<[u8; 32]> {
    let extracted = hmac(salt, &[secret]);
    hmac(extracted.as_slice(), &[info, &[1]])
}

fn wrapping_key(passphrase: &Passphrase, salt: &[u8; 16], work: u8) -> Option<Zeroizing<[u8; 32]>> {
    let params = scrypt::Params::new(work, 8, 1).ok()?;
    let salt = [b"age-encryption.org/v1/scrypt".as_slice(), salt].concat();
    let mut key = Zeroizing::new([0; 32]);
    scrypt::scrypt(passphrase.0.as_bytes(), &salt, &params, key.as_mut_slice()).ok()?;
    Some(key)
}

fn cipher(key: &[u8; 32]) -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(key.into())
}

/// The header up to and with the three dashes before its MAC.
fn header(salt: &[u8; 16], work: u8, wrapped: &[u8]) -> String {
    let (salt, wrapped) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(wrapped));
    format!("{VERSION}\n-> scrypt {salt} {work}\n{wrapped}\n---")
}

/// Locks `content`, at most 64 KiB, with the work 2^`work`.
pub(super) fn lock(content: &[u8], passphrase: &Passphrase, work: u8) -> Result<String> {
    let failed = || Error::Refused("the key could not be locked".to_owned());
    if content.len() > CHUNK || !(1..=WORK_MAX).contains(&work) {
        return Err(failed());
    }
    let (salt, nonce) = (random::<16>()?, random::<16>()?);
    let file_key = Zeroizing::new(random::<16>()?);
    let wrapping = wrapping_key(passphrase, &salt, work).ok_or_else(failed)?;
    let wrapped = cipher(&wrapping).encrypt(&Nonce::default(), file_key.as_slice());
    let header = header(&salt, work, &wrapped.map_err(|_| failed())?);
    let mac = hmac(
        derive(file_key.as_slice(), b"", b"header").as_slice(),
        &[header.as_bytes()],
    );
    let payload = derive(file_key.as_slice(), &nonce, b"payload");
    let body = cipher(&payload).encrypt(Nonce::from_slice(&LAST_CHUNK), content);
    let mac = STANDARD_NO_PAD.encode(mac.as_slice());
    let whole = [
        format!("{header} {mac}\n").as_bytes(),
        &nonce,
        &body.map_err(|_| failed())?,
    ]
    .concat();
    let mut armored = format!("{ARMOR_BEGIN}\n");
    for line in STANDARD.encode(whole).as_bytes().chunks(64) {
        armored.push_str(&String::from_utf8_lossy(line));
        armored.push('\n');
    }
    armored.push_str(ARMOR_END);
    armored.push('\n');
    Ok(armored)
}

/// Unlocks; the reason where it cannot be done.
pub(super) fn unlock(
    bytes: &[u8],
    passphrase: &Passphrase,
) -> std::result::Result<Zeroizing<Vec<u8>>, String> {
    let armored;
    let file = match bytes.trim_ascii_start().starts_with(ARMOR_BEGIN.as_bytes()) {
        false => bytes,
        true => {
            armored = unarmor(bytes).ok_or("locked key: expected base64 between the lines of its armor")?;
            &armored
        }
    };
    let parts = Parts::read(file).ok_or("locked key: expected an age file with one recipient, scrypt")?;
    if !(1..=WORK_MAX).contains(&parts.work) {
        return Err(format!(
            "locked key: its work is 2^{}, expected at most 2^{WORK_MAX}",
            parts.work
        ));
    }
    let wrapping = wrapping_key(passphrase, &parts.salt, parts.work).ok_or("locked key: unusable work")?;
    let file_key = cipher(&wrapping).decrypt(&Nonce::default(), parts.wrapped.as_slice());
    let file_key = Zeroizing::new(file_key.map_err(|_| "wrong passphrase, or the file was changed")?);
    let damaged = || "locked key: changed after it was locked".to_owned();
    let mac = hmac(derive(&file_key, b"", b"header").as_slice(), &[parts.header]);
    if file_key.len() != 16 || mac.as_slice() != parts.mac {
        return Err(damaged());
    }
    let payload = derive(&file_key, parts.nonce, b"payload");
    let content = cipher(&payload).decrypt(Nonce::from_slice(&LAST_CHUNK), parts.body);
    content.map(Zeroizing::new).map_err(|_| damaged())
}

fn unarmor(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let body = text.strip_prefix(ARMOR_BEGIN)?.strip_suffix(ARMOR_END)?;
    let base64: String = body.lines().map(str::trim_end).collect();
    STANDARD.decode(base64).ok()
}

/// The parts of an age file.
struct Parts<'a> {
    header: &'a [u8],
    salt: [u8; 16],
    work: u8,
    wrapped: Vec<u8>,
    mac: Vec<u8>,
    nonce: &'a [u8],
    body: &'a [u8],
}

impl<'a> Parts<'a> {
    fn read(file: &'a [u8]) -> Option<Self> {
        let mut lines = file.splitn(5, |byte| *byte == b'\n');
        let mut line = || std::str::from_utf8(lines.next()?).ok();
        let (version, recipient, wrapped, last) = (line()?, line()?, line()?, line()?);
        let rest = lines.next()?;
        let (salt, work) = recipient.strip_prefix("-> scrypt ")?.split_once(' ')?;
        let salt = STANDARD_NO_PAD.decode(salt).ok()?.try_into().ok()?;
        let mac = last.strip_prefix("--- ")?;
        // The header as it stands, without the space and the MAC.
        let length = version.len() + recipient.len() + wrapped.len() + 3 + 3;
        let (nonce, body) = rest.split_at_checked(16)?;
        let plain = work.bytes().all(|byte| byte.is_ascii_digit()) && !work.starts_with('0');
        (version == VERSION && plain && (TAG..=CHUNK + TAG).contains(&body.len())).then_some(())?;
        Some(Self {
            header: file.get(..length)?,
            salt,
            work: work.parse().ok()?,
            wrapped: STANDARD_NO_PAD
                .decode(wrapped)
                .ok()
                .filter(|bytes| bytes.len() == 32)?,
            mac: STANDARD_NO_PAD.decode(mac).ok()?,
            nonce,
            body,
        })
    }
}

#[cfg(test)]
mod tests;
