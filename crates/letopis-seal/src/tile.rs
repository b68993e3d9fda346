//! The geometry of C2SP tlog-tiles: trees cut into tiles of 256 hashes, each a file of its own name.
//!
//! A tile of level L, number N holds the hashes of nodes at height 8·L, numbers 256·N up to 256·N + width.
//! Only names and widths are here; an export writes the files, and hashes of level 0 are computed from the records.

use std::fmt;

use crate::decimal;
use crate::tree::{NodeId, TreeSize};

/// Hashes in a full tile.
pub const TILE_WIDTH: u16 = 256;
/// tlog-tiles knows levels 0 to 5 (2⁴⁸ leaves are more than a log will have) and reserves the name for 63.
pub const TILE_LEVEL_MAX: u8 = 63;

/// One tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    level: u8,
    number: u64,
    width: u16,
}

impl Tile {
    /// A tile of 1 to 256 hashes; `None` when level or width are out of range.
    pub fn new(level: u8, number: u64, width: u16) -> Option<Self> {
        let fits = level <= TILE_LEVEL_MAX && (1..=TILE_WIDTH).contains(&width);
        fits.then_some(Self { level, number, width })
    }

    /// Level of the tile: its hashes are nodes of 8 times that height.
    pub fn level(self) -> u8 {
        self.level
    }

    /// Number of the tile within its level.
    pub fn number(self) -> u64 {
        self.number
    }

    /// How many hashes it holds, 1 to 256.
    pub fn width(self) -> u16 {
        self.width
    }

    /// The nodes whose hashes it holds, in order; `None` for those beyond what a 64-bit tree can have.
    pub fn nodes(self) -> impl Iterator<Item = Option<NodeId>> {
        let level = self.level.checked_mul(8).filter(|level| *level < 64);
        let first = self.number.checked_mul(TILE_WIDTH.into());
        (0..u64::from(self.width)).map(move |place| {
            Some(NodeId {
                level: level?,
                index: first?.checked_add(place)?,
            })
        })
    }

    /// The tiles of every level of a tree, in order of level and number; the last of a level may be partial.
    pub fn of_tree(size: TreeSize) -> impl Iterator<Item = Self> {
        (0..8u8).flat_map(move |level| {
            let hashes = size.0 >> (8 * level);
            let full = hashes / u64::from(TILE_WIDTH);
            let rest = (hashes % u64::from(TILE_WIDTH)) as u16;
            let partial = (rest > 0).then_some(Self {
                level,
                number: full,
                width: rest,
            });
            (0..full)
                .map(move |number| Self {
                    level,
                    number,
                    width: TILE_WIDTH,
                })
                .chain(partial)
        })
    }

    /// The path of the tile, such as `tile/0/x001/234.p/8`.
    pub fn path(self) -> String {
        self.to_string()
    }

    /// Reads a path exactly as [`path`](Self::path) gives it.
    pub fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, u16::try_from(decimal::parse(width)?).ok()?),
            None => (rest, TILE_WIDTH),
        };
        let mut value = 0u64;
        for part in number.split('/') {
            let digits = part.strip_prefix('x').unwrap_or(part);
            if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            value = value.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
        }
        let tile = Self::new(u8::try_from(decimal::parse(level)?).ok()?, value, width)?;
        (tile.path() == path).then_some(tile)
    }
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tile/{}/", self.level)?;
        // Groups of three digits, all but the last marked with an x.
        let mut groups = Vec::new();
        let mut rest = self.number;
        loop {
            groups.push(rest % 1000);
            rest /= 1000;
            if rest == 0 {
                break;
            }
        }
        for (place, group) in groups.iter().enumerate().rev() {
            if place > 0 {
                write!(f, "x{group:03}/")?;
            } else {
                write!(f, "{group:03}")?;
            }
        }
        if self.width < TILE_WIDTH {
            write!(f, ".p/{}", self.width)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_of_the_specification() {
        // C2SP tlog-tiles: index 1234067 is x001/x234/067; a tree of 70,000 leaves has 273 full tiles and one of
        // width 112 at level 0, one full and one of width 17 at level 1, and one of width 1 at level 2.
        let tile = Tile::new(0, 1_234_067, 256).unwrap();
        assert_eq!(tile.path(), "tile/0/x001/x234/067");
        let tiles: Vec<Tile> = Tile::of_tree(TreeSize(70_000)).collect();
        let paths: Vec<String> = tiles.iter().map(|tile| tile.path()).collect();
        assert_eq!(tiles.len(), 273 + 1 + 2 + 1);
        assert_eq!(
            paths[272..],
            [
                "tile/0/272",
                "tile/0/273.p/112",
                "tile/1/000",
                "tile/1/001.p/17",
                "tile/2/000.p/1"
            ]
        );
    }

    #[test]
    fn other_spellings_are_refused() {
        for path in [
            "tile/0/67",
            "tile/0/x000/067",
            "tile/0/067.p/256",
            "tile/0/067.p/0",
            "tile/00/067",
            "tile/0/001/x067",
            "tile/0/067.p/01",
            "tile/0/",
            "tile/64/000",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
            "",
        ] {
            assert_eq!(Tile::parse(path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn parse_undoes_path(level in 0..=TILE_LEVEL_MAX, number: u64, width in 1..=TILE_WIDTH) {
            let tile = Tile::new(level, number, width).unwrap();
            prop_assert_eq!(Tile::parse(&tile.path()), Some(tile));
        }
    }
}
