// SPDX-License-Identifier: MIT OR Apache-2.0

//! Where results go: standard output, or a file that appears whole or not at all.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use anyhow::{Context, Result};
use tempfile::NamedTempFile;

use crate::arguments::Color;

impl From<Color> for ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

/// Writes a line of the log to standard error. A log that nobody can read stops nothing.
pub(crate) fn log(message: impl core::fmt::Display) {
    let _ = writeln!(anstream::stderr(), "theory-checker: {message}");
}

/// Writes a result to standard output.
///
/// A reader that has seen enough (`| head`) is no error.
///
/// # Errors
///
/// Fails if standard output cannot be written to.
pub(crate) fn print(text: &str, color: Color) -> Result<()> {
    let mut stream = AutoStream::new(io::stdout(), color.into()).lock();
    match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to standard output"),
    }
}

/// A file to come.
#[derive(Debug)]
pub(crate) struct OutputFile {
    /// The file, links resolved.
    path: PathBuf,
    /// Whether the path is a regular file or free. A device or a pipe is written to as it is.
    regular: bool,
}

impl OutputFile {
    /// Looks whether the file can be written, so that a campaign does not run for nothing.
    ///
    /// # Errors
    ///
    /// Fails if no file can be created beside the path.
    pub(crate) fn prepare(path: &Path) -> Result<Self> {
        let file = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                anyhow::bail!("cannot write {}: it is a directory", path.display())
            }
            Ok(metadata) if !metadata.is_file() => Self { path: path.to_owned(), regular: false },
            // Renaming onto a link would replace the link.
            Ok(_) => Self { path: fs::canonicalize(path)?, regular: true },
            Err(_) => Self { path: path.to_owned(), regular: true },
        };
        if file.regular {
            file.beside().with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(file)
    }

    /// Writes the file: under a temporary name beside it, then renamed.
    ///
    /// # Errors
    ///
    /// Fails if the text cannot be written; then nothing is left behind.
    pub(crate) fn write(&self, text: &str, color: Color) -> Result<()> {
        let text = match color {
            // A file is no terminal.
            Color::Auto | Color::Never => anstream::adapter::strip_str(text).to_string(),
            Color::Always => text.to_owned(),
        };
        self.write_bytes(text.as_bytes()).with_context(|| format!("cannot write {}", self.path.display()))
    }

    fn write_bytes(&self, bytes: &[u8]) -> io::Result<()> {
        if !self.regular {
            return OpenOptions::new().write(true).open(&self.path)?.write_all(bytes);
        }
        let mut file = self.beside()?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(&self.path)?;
        Ok(())
    }

    /// A temporary file in the same directory, with the permissions of any new file.
    fn beside(&self) -> io::Result<NamedTempFile> {
        let directory = match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".theory-checker-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        builder.tempfile_in(directory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_stays_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("result.json");
        fs::write(&path, "a longer text of an earlier run").unwrap();
        OutputFile::prepare(&path).unwrap().write("\u{1b}[1mnew\u{1b}[0m\n", Color::Auto).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new\n");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_directory_that_is_missing_is_noticed_before_the_campaign() {
        let directory = tempfile::tempdir().unwrap();
        let error = OutputFile::prepare(&directory.path().join("missing").join("result.json")).unwrap_err();
        assert!(error.to_string().starts_with("cannot write "), "{error}");
        assert!(OutputFile::prepare(directory.path()).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let directory = tempfile::tempdir().unwrap();
        let (target, link) = (directory.path().join("target"), directory.path().join("link"));
        fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        OutputFile::prepare(&link).unwrap().write("new", Color::Never).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
    }
}
