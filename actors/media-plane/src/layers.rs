//! Layers of a publication, what a receiver wants of a picture, and how well it is served: plain data, part of the API.

/// A layer of a publication: the `rid` of one of its encodings (RFC 8851). A name, never a size: what a layer is, its
/// key frames tell.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Rid {
    /// `l`, the smallest.
    L,
    /// `m`, the middle one.
    M,
    /// `h`, the largest; also the only layer of a publication without rids.
    H,
}

impl Rid {
    /// All, the smallest first.
    pub const ALL: [Self; 3] = [Self::L, Self::M, Self::H];

    /// As header extensions and descriptions write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::L => "l",
            Self::M => "m",
            Self::H => "h",
        }
    }

    /// `None` for names that no offer of ours contains.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|rid| rid.name().as_bytes() == name)
    }
}

/// Some of a publication's layers.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct LayerSet(u8);

impl LayerSet {
    /// No layer.
    pub const NONE: Self = Self(0);
    /// Every layer.
    pub const ALL: Self = Self(7);

    /// Whether the layer is in it.
    pub fn contains(self, rid: Rid) -> bool {
        self.0 & 1 << rid as u8 != 0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// Puts a layer in.
    pub fn insert(&mut self, rid: Rid) {
        self.0 |= 1 << rid as u8;
    }

    /// Takes a layer out.
    pub fn remove(&mut self, rid: Rid) {
        self.0 &= !(1 << rid as u8);
    }

    /// What is in either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Its layers, the smallest first.
    pub fn iter(self) -> impl Iterator<Item = Rid> {
        Rid::ALL.into_iter().filter(move |rid| self.contains(*rid))
    }
}

impl FromIterator<Rid> for LayerSet {
    fn from_iter<I: IntoIterator<Item = Rid>>(rids: I) -> Self {
        rids.into_iter().fold(Self::NONE, |mut set, rid| {
            set.insert(rid);
            set
        })
    }
}

impl std::fmt::Debug for LayerSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// What a video slot's receiver wants to see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Demand {
    /// Device pixels of the picture on the receiver's screen.
    pub width: u16,
    /// Device pixels.
    pub height: u16,
    /// Whose turn it is when not everything can be sent.
    pub priority: Priority,
}

impl Default for Demand {
    fn default() -> Self {
        Self { width: 640, height: 360, priority: Priority::Rest }
    }
}

/// In which order slots are served, the first first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Priority {
    /// A shared screen.
    Screen,
    /// Pinned, or speaking.
    Stage,
    /// Everybody else.
    Rest,
}

/// Bits a second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Bitrate(pub u64);

/// What a video slot carries, and why not more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SlotQuality {
    /// `None`: nothing is sent.
    pub layer: Option<Rid>,
    /// Why not a larger one.
    pub reason: Reason,
}

/// Why a slot carries no larger layer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// It is the best there is.
    Full,
    /// The shown size needs no more.
    Size,
    /// The receiver's line carries no more.
    Line,
    /// The publisher does not send more.
    Source,
    /// The server is overloaded.
    Server,
    /// Nothing is sent, because of the line or the server.
    Paused,
    /// Nothing is sent, because the receiver does not have the publication's codec.
    Codec,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_told_in_order_whatever_order_they_were_made_in() {
        let mut set = LayerSet::from_iter([Rid::H, Rid::L, Rid::H]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Rid::L, Rid::H]);
        set.remove(Rid::L);
        assert!(set.contains(Rid::H) && !set.contains(Rid::L) && !set.contains(Rid::M));
        assert_eq!(set.union(LayerSet::from_iter([Rid::L, Rid::M])), LayerSet::ALL);
        set.remove(Rid::H);
        assert!(set.is_empty());
    }

    #[test]
    fn only_our_own_names_are_layers() {
        assert_eq!(Rid::ALL.map(|rid| Rid::from_name(rid.name().as_bytes())), Rid::ALL.map(Some));
        assert_eq!([b"q".as_slice(), b"", b"ll"].map(Rid::from_name), [None; 3]);
    }
}
