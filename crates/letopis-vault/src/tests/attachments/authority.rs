//! An authority of `openssl`, made in the test.

use std::fs;
use std::process::Command;

use crate::Micros;
use crate::pki::{Certificate, pem};

const CONFIG: &str = "\
[req]
distinguished_name = dn
prompt = no
[dn]
CN = unused
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[signer]
keyUsage = critical,digitalSignature
[stamper]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = one
[one]
serial = tsa_serial
signer_cert = stamper.pem
signer_key = stamper.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
";

/// A root, a signer and a stamper.
pub(super) struct Authority {
    folder: tempfile::TempDir,
}

impl Authority {
    /// `None`, said loudly, where `openssl` is not installed.
    pub(super) fn new() -> Option<Self> {
        if !Command::new("openssl")
            .arg("version")
            .output()
            .is_ok_and(|o| o.status.success())
        {
            eprintln!(
                "SKIPPED: `openssl` is not installed; time stamps and signatures of others are not tested"
            );
            return None;
        }
        let authority = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        authority.write("openssl.cnf", CONFIG.as_bytes());
        authority.write("tsa_serial", b"01\n");
        for (name, issue) in [
            ("root", "-x509 -extensions root -days 30".to_owned()),
            (
                "signer",
                "-x509 -CA root.pem -CAkey root.key -extensions signer -days 30".to_owned(),
            ),
            (
                "stamper",
                "-x509 -CA root.pem -CAkey root.key -extensions stamper -days 30".to_owned(),
            ),
        ] {
            authority.run(&format!(
                "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.key"
            ));
            authority.run(&format!(
                "req -new -config openssl.cnf -key {name}.key -subj /CN={name} -out {name}.pem {issue}"
            ));
        }
        Some(authority)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.path().join(name)).unwrap()
    }

    fn run(&self, line: &str) {
        let output = Command::new("openssl")
            .args(line.split(' '))
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "openssl {line}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    pub(super) fn root(&self) -> Certificate {
        pem::certificates(&self.read("root.pem")).unwrap().remove(0)
    }

    /// A time at which its certificates are valid.
    pub(super) fn now(&self) -> Micros {
        self.root().validity().0 + 60_000_000
    }

    pub(super) fn stamp(&self, request: &[u8]) -> Vec<u8> {
        self.write("q.tsq", request);
        self.run("ts -reply -queryfile q.tsq -config openssl.cnf -out r.tsr");
        self.read("r.tsr")
    }

    pub(super) fn sign(&self, content: &[u8]) -> Vec<u8> {
        self.write("content", content);
        self.run("cms -sign -binary -cades -md sha256 -in content -signer signer.pem -inkey signer.key -outform DER -out s.der");
        self.read("s.der")
    }
}
