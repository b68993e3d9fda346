//! `in_cidr(address, network)`: whether an address lies in a network.

use std::net::IpAddr;
use std::sync::Arc;

use arrow::array::{Array, BooleanArray};
use arrow::datatypes::DataType;
use datafusion::common::{Result as EngineResult, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};

use super::{address, answer, arrays, expect_text, text_array};

/// No value gives no value; a text that is no address lies in no network; a network that is none is an error.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct InCidr {
    signature: Signature,
}

impl InCidr {
    pub(super) fn new() -> Self {
        Self {
            signature: Signature::any(2, Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for InCidr {
    fn name(&self) -> &str {
        "in_cidr"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, kinds: &[DataType]) -> EngineResult<DataType> {
        expect_text("in_cidr", 0, kinds)?;
        expect_text("in_cidr", 1, kinds)?;
        Ok(DataType::Boolean)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> EngineResult<ColumnarValue> {
        let (arrays, constant) = arrays(&args)?;
        let (addresses, networks) = (text_array(&arrays[0])?, text_array(&arrays[1])?);
        let mut last: Option<(&str, Network)> = None;
        let mut found = Vec::with_capacity(addresses.len());
        for row in 0..addresses.len() {
            if addresses.is_null(row) || networks.is_null(row) {
                found.push(None);
                continue;
            }
            let text = networks.value(row);
            let network = match last {
                Some((known, network)) if known == text => network,
                _ => {
                    let Some(network) = Network::parse(text) else {
                        return exec_err!(
                            "in_cidr: `{text}` is no network: expected an address with a prefix length (10.0.0.0/8)"
                        );
                    };
                    last = Some((text, network));
                    network
                }
            };
            found.push(Some(
                address(addresses.value(row)).is_some_and(|a| network.holds(a)),
            ));
        }
        answer(Arc::new(BooleanArray::from(found)), constant)
    }
}

/// Address bits from the left, and how many of them count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    base: IpAddr,
    prefix: u8,
}

impl Network {
    /// Reads `10.0.0.0/8`, `2001:db8::/32`, or one address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (base, prefix) = match text.trim().split_once('/') {
            Some((base, prefix)) => (base, Some(prefix.trim().parse::<u8>().ok()?)),
            None => (text, None),
        };
        let written = base.trim().parse::<IpAddr>().ok()?;
        let base = written.to_canonical();
        let most = if base.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            // A prefix of a mapped IPv4 network counts the 96 bits before it.
            Some(prefix) if written.is_ipv6() && base.is_ipv4() => prefix.checked_sub(96)?,
            Some(prefix) => prefix,
            None => most,
        };
        (prefix <= most).then_some(Self { base, prefix })
    }

    /// Whether the address lies in it.
    pub(super) fn holds(self, address: IpAddr) -> bool {
        let shift = |width: u8| u32::from(width - self.prefix);
        match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                let difference = base.to_bits() ^ address.to_bits();
                difference.checked_shr(shift(32)).unwrap_or(0) == 0
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                let difference = base.to_bits() ^ address.to_bits();
                difference.checked_shr(shift(128)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}
