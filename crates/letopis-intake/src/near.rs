//! The next mark of a grammar, which mostly stands a few bytes on: the space behind a word, the bracket that closes.
//!
//! The searchers of `memchr` are made for far marks. Their way to the instructions of the processor costs 30 to 50
//! instructions a call, a fifth of all that was spent on a line of a web server's log. So the first bytes are looked at
//! here, eight at a time as one number, and only what lies beyond is theirs.

/// Eights of bytes that are looked at here.
const NEAR: usize = 4;

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGH: u64 = ONES << 7;

const fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The high bit of each byte that is zero. Exact up to the first such byte; above it a byte of one may show too.
const fn zeros(eight: u64) -> u64 {
    eight.wrapping_sub(ONES) & !eight & HIGH
}

/// Index of the first byte that is not zero.
fn lowest(found: u64) -> usize {
    found.trailing_zeros() as usize / 8
}

/// The first mark behind the first eight bytes, which [`at_once`] has looked at.
#[inline(never)]
fn first(
    bytes: &[u8],
    marks: impl Fn(u64) -> u64,
    is_mark: impl Fn(u8) -> bool,
    far: impl FnOnce(&[u8]) -> Option<usize>,
) -> Option<usize> {
    let (eights, rest) = bytes.as_chunks::<8>();
    let [_, others @ ..] = eights else {
        return rest.iter().position(|byte| is_mark(*byte));
    };
    for (nth, eight) in others.iter().take(NEAR - 1).enumerate() {
        let found = marks(u64::from_le_bytes(*eight));
        if found != 0 {
            return Some(nth * 8 + 8 + lowest(found));
        }
    }
    if others.len() >= NEAR {
        return far(bytes.get(NEAR * 8..)?).map(|at| NEAR * 8 + at);
    }
    if rest.is_empty() {
        return None;
    }
    // The last eight bytes: those of them that were looked at already hold no mark.
    let found = marks(u64::from_le_bytes(*bytes.last_chunk::<8>()?));
    (found != 0).then(|| bytes.len() - 8 + lowest(found))
}

/// Bytes that count as a line's.
const LINE: usize = 512;

/// The searcher of `memchr` for what is longer. On a line the way to its widest registers (three calls) costs as much as
/// what they do in it, so that the narrower ones, which every such processor has, are the quicker ones.
fn far(mark: u8, bytes: &[u8]) -> Option<usize> {
    #[cfg(target_arch = "x86_64")]
    if bytes.len() <= LINE
        && let Some(one) = memchr::arch::x86_64::sse2::memchr::One::new(mark)
    {
        return one.find(bytes);
    }
    memchr::memchr(mark, bytes)
}

/// Where `mark` stands first, where it mostly does not stand near.
#[inline]
pub(crate) fn rare(mark: u8, bytes: &[u8]) -> Option<usize> {
    if bytes.len() <= NEAR * 8 {
        byte(mark, bytes)
    } else {
        far(mark, bytes)
    }
}

/// Whether a mark stands among the first eight bytes, and where: nearly always it does, and then nothing is called.
#[inline(always)]
fn at_once(bytes: &[u8], marks: impl Fn(u64) -> u64) -> Option<usize> {
    let found = marks(u64::from_le_bytes(*bytes.first_chunk::<8>()?));
    (found != 0).then(|| lowest(found))
}

/// Where a mark stands first: what is near without a call, the rest by [`first`].
#[inline(always)]
fn nearest(
    bytes: &[u8],
    marks: impl Fn(u64) -> u64,
    is_mark: impl Fn(u8) -> bool,
    far: impl FnOnce(&[u8]) -> Option<usize>,
) -> Option<usize> {
    match at_once(bytes, &marks) {
        None => first(bytes, marks, is_mark, far),
        found => found,
    }
}

/// Where `mark` stands first.
#[inline(always)]
pub(crate) fn byte(mark: u8, bytes: &[u8]) -> Option<usize> {
    nearest(
        bytes,
        move |eight| zeros(eight ^ all(mark)),
        move |byte| byte == mark,
        move |rest| far(mark, rest),
    )
}

/// Where either mark stands first.
#[inline(always)]
pub(crate) fn byte2(mark: u8, other: u8, bytes: &[u8]) -> Option<usize> {
    nearest(
        bytes,
        move |eight| zeros(eight ^ all(mark)) | zeros(eight ^ all(other)),
        move |byte| byte == mark || byte == other,
        move |rest| memchr::memchr2(mark, other, rest),
    )
}

/// Where one of three marks stands first.
#[inline(always)]
pub(crate) fn byte3(mark: u8, other: u8, third: u8, bytes: &[u8]) -> Option<usize> {
    nearest(
        bytes,
        move |eight| zeros(eight ^ all(mark)) | zeros(eight ^ all(other)) | zeros(eight ^ all(third)),
        move |byte| byte == mark || byte == other || byte == third,
        move |rest| memchr::memchr3(mark, other, third, rest),
    )
}

/// Where one of four marks stands first.
#[inline(always)]
pub(crate) fn byte4(marks: [u8; 4], bytes: &[u8]) -> Option<usize> {
    let is_mark = move |byte: u8| marks.contains(&byte);
    nearest(
        bytes,
        move |eight| {
            marks
                .iter()
                .fold(0, |found, mark| found | zeros(eight ^ all(*mark)))
        },
        is_mark,
        move |rest| rest.iter().position(|byte| is_mark(*byte)),
    )
}

/// Whether all bytes are ASCII: half the instructions of the standard library's for the hundred bytes of a line.
#[inline]
pub(crate) fn is_ascii(bytes: &[u8]) -> bool {
    let (eights, rest) = bytes.as_chunks::<8>();
    let all = eights
        .iter()
        .fold(0, |all, eight| all | u64::from_le_bytes(*eight));
    let rest = match bytes.last_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => rest.iter().fold(0, |all, byte| all | u64::from(*byte)),
    };
    (all | rest) & HIGH == 0
}

/// How many spaces stand at the beginning.
#[inline]
pub(crate) fn spaces(bytes: &[u8]) -> usize {
    match at_once(bytes, |eight| eight ^ all(b' ')) {
        Some(found) => found,
        None => bytes.iter().take_while(|byte| **byte == b' ').count(),
    }
}

/// The high bit of each byte that is no digit of ASCII. Exact: the lower seven bits of what a digit is above `0` stay below
/// 0x80 with 0x76 added, and no byte flows into the next.
const fn no_digits(eight: u64) -> u64 {
    let values = eight ^ all(b'0');
    ((values & !HIGH).wrapping_add(all(0x76)) | values) & HIGH
}

/// How many digits stand at the beginning.
#[inline]
pub(crate) fn digits(bytes: &[u8]) -> usize {
    if let Some(found) = at_once(bytes, no_digits) {
        return found;
    }
    // Eight and more are an epoch or a date without marks.
    let (eight, rest) = bytes.split_at(if bytes.len() < 8 { 0 } else { 8 });
    match at_once(rest, no_digits) {
        Some(found) => eight.len() + found,
        None => eight.len() + rest.iter().take_while(|byte| byte.is_ascii_digit()).count(),
    }
}

/// How often `mark` stands in the bytes of a line or a few.
pub(crate) fn count(mark: u8, bytes: &[u8]) -> usize {
    if bytes.len() > LINE {
        return memchr::memchr_iter(mark, bytes).count();
    }
    let (eights, rest) = bytes.as_chunks::<8>();
    let mut count = 0;
    for eight in eights {
        // Exact for every byte, since the lower seven bits are added without flowing over.
        let differs = u64::from_le_bytes(*eight) ^ all(mark);
        let same = !((differs & !HIGH).wrapping_add(!HIGH) | differs) & HIGH;
        count += ((same >> 7).wrapping_mul(ONES) >> 56) as usize;
    }
    count + rest.iter().filter(|byte| **byte == mark).count()
}

/// Whether a digit of ASCII stands in the bytes.
#[inline]
pub(crate) fn has_digit(bytes: &[u8]) -> bool {
    let (eights, rest) = bytes.as_chunks::<8>();
    let mut none = HIGH;
    for eight in eights {
        none &= no_digits(u64::from_le_bytes(*eight));
    }
    match bytes.last_chunk::<8>() {
        Some(eight) => none & no_digits(u64::from_le_bytes(*eight)) != HIGH,
        None => rest.iter().any(u8::is_ascii_digit),
    }
}

/// The high bit of each byte that is a space or a control character of ASCII: the subtraction borrows from these, but not
/// from those above 0x7f. Exact up to the first.
const fn blanks(eight: u64) -> u64 {
    eight.wrapping_sub(all(b' ' + 1)) & !eight & HIGH
}

/// Where a space, a tabulator or another control character of ASCII stands first.
#[inline(always)]
pub(crate) fn space_or_control(bytes: &[u8]) -> Option<usize> {
    let is_mark = |byte: u8| byte <= b' ';
    nearest(bytes, blanks, is_mark, |rest| {
        rest.iter().position(|byte| is_mark(*byte))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A walk byte by byte finds the same, for marks of every value at every distance.
        #[test]
        fn marks_are_found_where_they_stand(
            bytes in proptest::collection::vec(
                prop_oneof![Just(b' '), Just(b'!'), Just(b'/'), Just(b'0'), Just(b'9'), Just(b':'), Just(0u8), Just(1), Just(0x7f), Just(0x80), Just(0xff), any::<u8>()],
                0..80,
            ),
            quiet in prop_oneof![0usize..80, 500usize..600],
            marks in any::<[u8; 3]>(),
        ) {
            let [a, b, c] = marks;
            // The same with a long beginning that holds nothing.
            let calm = |byte: &u8| marks.iter().all(|mark| mark != byte);
            let filler = (b'a'..).find(calm).unwrap();
            let mut late = vec![filler; quiet];
            late.extend_from_slice(&bytes);
            let plain = bytes.iter().map(|byte| byte & 0x7f).collect();
            for bytes in [bytes, late, plain] {
                for mark in [a, b' ', b'!', 0, 0x80] {
                    prop_assert_eq!(count(mark, &bytes), bytes.iter().filter(|x| **x == mark).count());
                    prop_assert_eq!(rare(mark, &bytes), bytes.iter().position(|x| *x == mark));
                    prop_assert_eq!(byte(mark, &bytes), bytes.iter().position(|x| *x == mark));
                }
                prop_assert_eq!(byte2(a, b' ', &bytes), bytes.iter().position(|x| *x == a || *x == b' '));
                prop_assert_eq!(byte3(a, b, c, &bytes), bytes.iter().position(|x| marks.contains(x)));
                prop_assert_eq!(
                    byte4([a, b, c, b' '], &bytes),
                    bytes.iter().position(|x| *x == b' ' || marks.contains(x))
                );
                prop_assert_eq!(is_ascii(&bytes), bytes.is_ascii());
                let words = bytes.iter().map(|b| if b & 3 > 0 { b' ' } else { *b }).collect::<Vec<_>>();
                for bytes in [&bytes, &words] {
                    prop_assert_eq!(spaces(bytes), bytes.iter().take_while(|x| **x == b' ').count());
                }
                let folded = bytes.iter().map(|b| if b & 3 > 0 { b'0' + b % 10 } else { *b }).collect::<Vec<_>>();
                for bytes in [&bytes, &folded] {
                    prop_assert_eq!(digits(bytes), bytes.iter().take_while(|x| x.is_ascii_digit()).count());
                }
                prop_assert_eq!(has_digit(&bytes), bytes.iter().any(u8::is_ascii_digit));
                prop_assert_eq!(space_or_control(&bytes), bytes.iter().position(|x| *x <= b' '));
            }
        }
    }
}
