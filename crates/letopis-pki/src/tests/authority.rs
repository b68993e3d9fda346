//! A small authority in a temporary directory.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use crate::{Certificate, pem};

const CONFIG: &str = "\
[req]
distinguished_name = dn
prompt = no
[dn]
CN = unused
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[short]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign
[no_authority]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
[no_cert_sign]
basicConstraints = critical,CA:TRUE
keyUsage = critical,digitalSignature
[signer]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
subjectKeyIdentifier = hash
[enciphers]
keyUsage = critical,keyEncipherment
[odd]
keyUsage = critical,digitalSignature
1.2.3.4.5 = critical,DER:0500
[stamper]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[stamper_lax]
keyUsage = critical,digitalSignature
extendedKeyUsage = timeStamping
[stamper_wide]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping,emailProtection
[ca]
default_ca = here
[here]
dir = .
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
";

/// Whether the tests of this file can run; said loudly where they cannot.
pub(crate) fn openssl_is_there() -> bool {
    let there = Command::new("openssl")
        .arg("version")
        .output()
        .is_ok_and(|o| o.status.success());
    if !there {
        eprintln!(
            "SKIPPED: `openssl` is not installed; certificates, signatures and time stamps are not tested"
        );
    }
    there
}

/// A directory with keys and certificates, each `NAME.key`, `NAME.pem`.
pub(crate) struct Authority {
    folder: tempfile::TempDir,
}

impl Authority {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("openssl.cnf"), CONFIG).unwrap();
        fs::write(folder.path().join("index.txt"), "").unwrap();
        fs::write(folder.path().join("serial"), "1000\n").unwrap();
        Self { folder }
    }

    /// One with a root (`root`), made once for all tests.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Authority> = OnceLock::new();
        SHARED.get_or_init(|| {
            let authority = Self::new();
            authority.root("root", "rsa:2048");
            authority
        })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn certificate(&self, name: &str) -> Certificate {
        pem::certificates(&self.read(&format!("{name}.pem")))
            .unwrap()
            .remove(0)
    }

    /// Runs `openssl` with words parted by spaces, in the directory.
    pub(crate) fn run(&self, line: &str) {
        assert!(self.try_run(line), "openssl {line}");
    }

    pub(crate) fn try_run(&self, line: &str) -> bool {
        let output = Command::new("openssl")
            .args(line.split(' '))
            .current_dir(self.folder.path())
            .env("OPENSSL_CONF", self.path("openssl.cnf"))
            .output()
            .unwrap();
        if !output.status.success() {
            eprintln!("openssl {line}: {}", String::from_utf8_lossy(&output.stderr));
        }
        output.status.success()
    }

    /// `rsa:2048`, `P-256`, `P-384`, `ed25519`.
    fn key(&self, name: &str, kind: &str) {
        let how = match kind {
            "ed25519" => "-algorithm ed25519".to_owned(),
            rsa if rsa.starts_with("rsa:") => {
                format!("-algorithm RSA -pkeyopt rsa_keygen_bits:{}", &rsa[4..])
            }
            curve => format!("-algorithm EC -pkeyopt ec_paramgen_curve:{curve}"),
        };
        self.run(&format!("genpkey {how} -out {name}.key"));
    }

    pub(crate) fn root(&self, name: &str, kind: &str) {
        self.key(name, kind);
        self.run(&format!(
            "req -x509 -new -key {name}.key -out {name}.pem -days 3650 -subj /CN={name} -config openssl.cnf -extensions root"
        ));
    }

    /// A certificate of `issuer`, with a section of the configuration, valid for a year from now.
    pub(crate) fn issue(&self, name: &str, kind: &str, issuer: &str, section: &str) {
        self.issue_between(name, kind, issuer, section, "-days 365");
    }

    /// The same with validity as `openssl ca` takes it.
    pub(crate) fn issue_between(&self, name: &str, kind: &str, issuer: &str, section: &str, validity: &str) {
        self.key(name, kind);
        self.run(&format!(
            "req -new -key {name}.key -out {name}.csr -subj /CN={name} -config openssl.cnf"
        ));
        self.run(&format!(
            "ca -batch -notext -config openssl.cnf -in {name}.csr -out {name}.pem -cert {issuer}.pem -keyfile {issuer}.key -extensions {section} {validity}"
        ));
    }

    /// A detached CMS signature in DER over `content`.
    pub(crate) fn sign(&self, signer: &str, content: &[u8], more: &str) -> Vec<u8> {
        self.write("content", content);
        let more = if more.is_empty() {
            String::new()
        } else {
            format!(" {more}")
        };
        self.run(&format!(
            "cms -sign -binary -in content -signer {signer}.pem -inkey {signer}.key -outform DER -out signature.der -md sha256{more}"
        ));
        self.read("signature.der")
    }

    /// A reply to a request, by an authority whose certificate is `stamper`.
    pub(crate) fn stamp(&self, stamper: &str, request: &[u8], certificate_hash: &str) -> Vec<u8> {
        self.write("request.tsq", request);
        self.write("tsa_serial", b"01\n");
        let configuration = format!(
            "[tsa]\ndefault_tsa = one\n[one]\nserial = tsa_serial\nsigner_cert = {stamper}.pem\nsigner_key = {stamper}.key\n\
             signer_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256, sha384, sha512\naccuracy = secs:1, millisecs:500\n\
             clock_precision_digits = 3\nordering = yes\ntsa_name = yes\ness_cert_id_chain = no\ness_cert_id_alg = {certificate_hash}\n"
        );
        self.write("tsa.cnf", configuration.as_bytes());
        self.run("ts -reply -queryfile request.tsq -config tsa.cnf -out reply.tsr");
        self.read("reply.tsr")
    }
}
