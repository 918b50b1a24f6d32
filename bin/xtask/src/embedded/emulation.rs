// SPDX-License-Identifier: MIT OR Apache-2.0

//! Runs an image until it ends or its time is up.

use core::time::Duration;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};

use super::root;
use super::target::{Emulation, NODE};

/// The slowest target takes two minutes on a core of its own; beyond this an emulator is taken to hang.
pub(super) const DEADLINE: Duration = Duration::from_secs(900);

/// What came of a run.
#[derive(Debug)]
pub(super) struct Run {
    /// The exit status; `None` if the emulator was killed at the deadline.
    status: Option<ExitStatus>,
    /// The standard output.
    pub(super) text: String,
    deadline: Duration,
}

impl Run {
    /// The exit status, if the run ended by itself.
    pub(super) fn code(&self) -> Option<i32> {
        self.status.and_then(|status| status.code())
    }

    /// How it ended, in words.
    pub(super) fn end(&self) -> String {
        match (self.status, self.code()) {
            (None, _) => format!("ran past {} s and was killed", self.deadline.as_secs_f64()),
            (Some(_), Some(code)) => format!("exit status {code}"),
            (Some(status), None) => status.to_string(),
        }
    }

    /// Whether it was killed.
    pub(super) fn is_killed(&self) -> bool {
        self.status.is_none()
    }
}

impl Emulation {
    /// Runs an image with a command line.
    pub(super) fn emulate(&self, image: &Path, words: &[String]) -> Result<Run> {
        let mut command = self.command(image, words);
        run(&mut command, DEADLINE).with_context(|| format!("{command:?}"))
    }

    /// Runs an image at one instruction a nanosecond of its clock.
    pub(super) fn emulate_counting(&self, image: &Path) -> Result<Run> {
        let mut command = self.command(image, &[]);
        command.args(["-icount", "shift=0"]);
        run(&mut command, DEADLINE).with_context(|| format!("{command:?}"))
    }

    fn command(&self, image: &Path, words: &[String]) -> Command {
        match self {
            Self::Board { emulator, board } => {
                let mut command = Command::new(emulator.program);
                command.args(*board).args(["-nographic", "-monitor", "none", "-serial", "none"]);
                command.arg("-semihosting-config").arg(semihosting(words)).arg("-kernel").arg(image);
                command
            }
            Self::Linux { emulator, .. } => {
                let mut command = Command::new(emulator.program);
                command.arg(image).args(words);
                command
            }
            Self::Node => {
                let mut command = Command::new(NODE.program);
                command
                    .arg("--no-warnings")
                    .arg(root().join("bin/xtask/run-wasi.mjs"))
                    .arg(image)
                    .args(words);
                command
            }
        }
    }
}

/// The emulator plays the debugger, with this command line for the program. A comma within a word is written twice.
fn semihosting(words: &[String]) -> String {
    let program = ["firmware".to_owned()];
    let words = program.iter().chain(words).map(|word| format!(",arg={}", word.replace(',', ",,")));
    "enable=on,target=native".to_owned() + &words.collect::<String>()
}

fn run(command: &mut Command, deadline: Duration) -> Result<Run> {
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child = match spawned {
        Err(error) if error.kind() == ErrorKind::NotFound => bail!("there is no such program"),
        spawned => spawned.context("the emulator does not start")?,
    };
    let mut pipe = child.stdout.take().ok_or_else(|| anyhow!("the output is not piped"))?;
    // Read while it runs: a full pipe would stop it.
    let reader = thread::spawn(move || {
        let mut output = Vec::new();
        pipe.read_to_end(&mut output).map(|_| output)
    });
    let status = wait(&mut child, deadline).context("the emulator cannot be waited for")?;
    let output = reader.join().map_err(|_| anyhow!("the reader of the output panicked"))?;
    let text = String::from_utf8_lossy(&output.context("the output cannot be read")?).into_owned();
    Ok(Run { status, text, deadline })
}

/// Waits for a process; kills it at the deadline, and then returns `None`.
fn wait(child: &mut Child, deadline: Duration) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > deadline {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

#[cfg(test)]
impl Run {
    /// A run that printed this and ended with this exit status.
    pub(super) fn ended(text: &str, code: i32) -> Self {
        let script = ["-c".to_owned(), format!("exit {code}")];
        let status = Command::new("sh").args(script).status().unwrap();
        Self { status: Some(status), text: text.to_owned(), deadline: DEADLINE }
    }

    /// A run that printed this until it was killed.
    pub(super) fn killed(text: &str) -> Self {
        Self { status: None, text: text.to_owned(), deadline: DEADLINE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, deadline: Duration) -> Run {
        run(Command::new("sh").args(["-c", script]), deadline).unwrap()
    }

    #[test]
    fn output_and_exit_status_are_those_of_the_program() {
        let run = shell("echo one; echo two; exit 3", DEADLINE);
        assert_eq!((run.text.as_str(), run.code(), run.is_killed()), ("one\ntwo\n", Some(3), false));
        assert_eq!(run.end(), "exit status 3");
    }

    #[test]
    fn an_emulator_that_hangs_is_killed_and_keeps_what_it_printed() {
        let start = Instant::now();
        let run = shell("echo begun; exec sleep 60", Duration::from_millis(300));
        assert!(start.elapsed() < Duration::from_secs(30));
        assert_eq!((run.text.as_str(), run.code(), run.is_killed()), ("begun\n", None, true));
        assert_eq!(run.end(), "ran past 0.3 s and was killed");
    }

    #[test]
    fn more_output_than_a_pipe_holds_does_not_stop_the_program() {
        let run = shell("yes 0123456789abcdef | head -n 20000", DEADLINE);
        assert_eq!((run.text.lines().count(), run.code()), (20_000, Some(0)));
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let error = run(&mut Command::new("no-such-emulator"), DEADLINE).unwrap_err();
        assert_eq!(error.to_string(), "there is no such program");
    }

    #[test]
    fn the_command_line_reaches_bare_metal_through_the_debugger() {
        let words = ["replay".to_owned(), "a,b".to_owned()];
        assert_eq!(semihosting(&words), "enable=on,target=native,arg=firmware,arg=replay,arg=a,,b");
        assert_eq!(semihosting(&[]), "enable=on,target=native,arg=firmware");
    }
}
