// SPDX-License-Identifier: MIT OR Apache-2.0

//! The bytes that an image loads, from the section headers of its ELF file.

/// The bytes of every section that is loaded: code, constants and initial values. `None` for what is no 32-bit little-endian ELF file.
pub(super) fn loaded(image: &[u8]) -> Option<u32> {
    /// The section is in memory when the program runs.
    const ALLOCATED: u32 = 2;
    /// The section has no bytes in the file.
    const NO_BITS: u32 = 8;
    if image.get(..6)? != b"\x7fELF\x01\x01" {
        return None;
    }
    let headers = usize::try_from(word(image, 0x20)?).ok()?;
    let (length, count) = (half(image, 0x2e)?, half(image, 0x30)?);
    let mut bytes = 0_u32;
    for index in 0..count {
        let header = headers.checked_add(length.checked_mul(index)?)?;
        let [kind, flags, size] = [4, 8, 0x14].map(|offset| word(image, header + offset));
        if flags? & ALLOCATED != 0 && kind? != NO_BITS {
            bytes = bytes.checked_add(size?)?;
        }
    }
    Some(bytes)
}

fn word(image: &[u8], offset: usize) -> Option<u32> {
    image.get(offset..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn half(image: &[u8], offset: usize) -> Option<usize> {
    image.get(offset..)?.first_chunk().map(|bytes| usize::from(u16::from_le_bytes(*bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of a header and these sections: type, flags, size.
    fn file(sections: &[[u32; 3]]) -> Vec<u8> {
        let mut image = vec![0; 0x34 + 40 * sections.len()];
        image[..6].copy_from_slice(b"\x7fELF\x01\x01");
        image[0x20] = 0x34;
        image[0x2e] = 40;
        image[0x30] = u8::try_from(sections.len()).unwrap();
        for (header, [kind, flags, size]) in image[0x34..].chunks_exact_mut(40).zip(sections) {
            header[4..8].copy_from_slice(&kind.to_le_bytes());
            header[8..12].copy_from_slice(&flags.to_le_bytes());
            header[0x14..0x18].copy_from_slice(&size.to_le_bytes());
        }
        image
    }

    #[test]
    fn code_and_constants_count_and_zeroed_memory_and_symbols_do_not() {
        assert_eq!(loaded(&file(&[[1, 6, 1000], [1, 2, 24], [8, 3, 4096], [1, 0, 77]])), Some(1024));
    }

    #[test]
    fn a_file_that_is_cut_or_of_another_kind_has_no_size() {
        let whole = file(&[[1, 6, 1000]]);
        assert_eq!(loaded(&whole[..whole.len() - 20]), None);
        assert_eq!(loaded(b"\x7fELF\x02\x01"), None);
        assert_eq!(loaded(b""), None);
    }
}
