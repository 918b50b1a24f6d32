// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which objects a law is tried on: sizes, draws, and the address of each measurement.

use core::fmt;

/// How much is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effort {
    /// Narrow networks and small matrices: seconds for the whole table. The error rates were measured here, where they are greatest.
    Quick,
    /// The sizes of the theory's own experiments.
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

/// The size of what is drawn: the shape of a matrix. Networks with hidden layers of one width have that of their hidden matrices.
///
/// # Examples
///
/// ```
/// use widthwise_claims::law::Size;
/// assert_eq!(Size::width(64).to_string(), "64");
/// assert_eq!(Size::shape(10, 256).to_string(), "10×256");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Size {
    /// Rows: the fan-out.
    pub rows: usize,
    /// Columns: the fan-in, and the width that exponents are powers of.
    pub columns: usize,
}

impl Size {
    /// A width `n`: square matrices, `n × n`.
    #[must_use]
    pub const fn width(n: usize) -> Self {
        Self { rows: n, columns: n }
    }

    /// Several widths.
    ///
    /// ```
    /// use widthwise_claims::law::Size;
    /// assert_eq!(Size::widths([8, 16]), [Size::width(8), Size::width(16)]);
    /// ```
    #[must_use]
    pub const fn widths<const N: usize>(widths: [usize; N]) -> [Self; N] {
        let mut sizes = [Self::width(0); N];
        let mut i = 0;
        while i < N {
            sizes[i] = Self::width(widths[i]);
            i += 1;
        }
        sizes
    }

    /// A shape, `rows × columns`.
    #[must_use]
    pub const fn shape(rows: usize, columns: usize) -> Self {
        Self { rows, columns }
    }

    /// Whether this is a width.
    #[must_use]
    pub fn is_width(self) -> bool {
        self.rows == self.columns
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_width() {
            write!(f, "{}", self.columns)
        } else {
            write!(f, "{}×{}", self.rows, self.columns)
        }
    }
}

/// What an effort draws: so many independent draws of each size.
///
/// # Examples
///
/// ```
/// use widthwise_claims::law::{Address, Design, Size};
/// const SIZES: &[Size] = &[Size::width(8), Size::shape(4, 16)];
/// let design = Design { sizes: SIZES, draws: 2 };
/// let addresses: Vec<_> = design.addresses().map(|address| (address.size.rows, address.draw)).collect();
/// assert_eq!(addresses, [(8, 0), (8, 1), (4, 0), (4, 1)]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Design {
    /// The sizes; those of a law with exponents ascend.
    pub sizes: &'static [Size],
    /// Draws of each size.
    pub draws: usize,
}

impl Design {
    /// How many measurements there are.
    ///
    /// ```
    /// use widthwise_claims::law::{Design, Size};
    /// const SIZES: &[Size] = &Size::widths([8, 16]);
    /// assert_eq!(Design { sizes: SIZES, draws: 5 }.measurements(), 10);
    /// ```
    #[must_use]
    pub fn measurements(&self) -> usize {
        self.sizes.len() * self.draws
    }

    /// The addresses of all measurements, size by size.
    #[must_use]
    pub fn addresses(&self) -> impl DoubleEndedIterator<Item = Address> + use<> {
        let Self { sizes, draws } = *self;
        sizes.iter().flat_map(move |&size| (0..draws).map(move |draw| Address { size, draw }))
    }

    /// The place of an address in the order of [`addresses`](Self::addresses); `None` if it is none of them.
    pub(super) fn position(&self, address: Address) -> Option<usize> {
        let size = self.sizes.iter().position(|&size| size == address.size)?;
        (address.draw < self.draws).then(|| size * self.draws + address.draw)
    }
}

/// Where a measurement stands in its law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// The size of what is drawn.
    pub size: Size,
    /// The number of the draw of this size.
    pub draw: usize,
}

impl Address {
    /// An address at a width.
    ///
    /// ```
    /// use widthwise_claims::law::{Address, Size};
    /// assert_eq!(Address::at_width(64, 3), Address { size: Size::shape(64, 64), draw: 3 });
    /// ```
    #[must_use]
    pub const fn at_width(width: usize, draw: usize) -> Self {
        Self { size: Size::width(width), draw }
    }

    /// The width: the number of columns.
    ///
    /// ```
    /// assert_eq!(widthwise_claims::law::Address::at_width(64, 3).width(), 64);
    /// ```
    #[must_use]
    pub fn width(&self) -> usize {
        self.size.columns
    }
}
