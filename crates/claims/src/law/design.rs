// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which networks a law is tried on: widths, draws, and the address of each measurement.

/// How many networks are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effort {
    /// Narrow networks: seconds for the whole table. The error rates were measured here, where they are greatest.
    Quick,
    /// The widths of the theory's own experiments.
    Standard,
    /// Twice as wide, and more draws.
    Thorough,
}

impl Effort {
    /// Every effort, the least first.
    pub const ALL: [Self; 3] = [Self::Quick, Self::Standard, Self::Thorough];

    /// The name on command lines and in reports.
    ///
    /// ```
    /// assert_eq!(widthwise_claims::law::Effort::Quick.name(), "quick");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Standard => "standard",
            Self::Thorough => "thorough",
        }
    }
}

/// The networks of an effort: so many independent draws at each width.
///
/// # Examples
///
/// ```
/// use widthwise_claims::law::{Address, Design};
/// let design = Design { widths: &[8, 16], draws: 2 };
/// let addresses: Vec<_> = design.addresses().map(|address| (address.width, address.draw)).collect();
/// assert_eq!(addresses, [(8, 0), (8, 1), (16, 0), (16, 1)]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Design {
    /// The hidden widths, ascending.
    pub widths: &'static [usize],
    /// Draws at each width.
    pub draws: usize,
}

impl Design {
    /// How many measurements there are.
    ///
    /// ```
    /// assert_eq!(widthwise_claims::law::Design { widths: &[8, 16], draws: 5 }.measurements(), 10);
    /// ```
    #[must_use]
    pub fn measurements(&self) -> usize {
        self.widths.len() * self.draws
    }

    /// The addresses of all measurements, width by width.
    #[must_use]
    pub fn addresses(&self) -> impl DoubleEndedIterator<Item = Address> + use<> {
        let Self { widths, draws } = *self;
        widths.iter().flat_map(move |&width| (0..draws).map(move |draw| Address { width, draw }))
    }

    /// The place of an address in the order of [`addresses`](Self::addresses); `None` if it is none of them.
    pub(super) fn position(&self, address: Address) -> Option<usize> {
        let width = self.widths.iter().position(|&width| width == address.width)?;
        (address.draw < self.draws).then(|| width * self.draws + address.draw)
    }
}

/// Where a measurement stands in its law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// The hidden width of the network.
    pub width: usize,
    /// The number of the draw at this width.
    pub draw: usize,
}
