//! What other people sign with: X.509 certificates, CMS signatures, RFC 3161 time stamps; verified offline, over bytes.
//!
//! Deliberately absent: files, clocks, network (no revocation lists, no OCSP), secrets (nothing is signed here), a
//! store of trusted authorities (the caller names the certificates that are trusted), and anything of letopis: what is
//! signed is a run of bytes here.
