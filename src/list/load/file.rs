//! Loads from a file on the server, plain or zipped.

use crate::error;
use crate::list::format::PORTION;
use crate::list::load::load;
use crate::list::load::reading::feed;
use crate::sys;
use crate::sys::progress::Reported;
use dnc_core::list::file_format::Parser;
use pgrx::prelude::*;
use sha2::{Digest, Sha256};
use std::io::Read;

#[pg_extern(sql = false)]
fn dnc_load_file(version: Option<i64>, file: Option<&str>, reject_percent: Option<i32>) {
    let (Some(version), Some(file)) = (version, file) else { error::load_not_open(0) };
    if !sys::may_read_files() {
        error::may_not_read_files();
    }
    load(version, reject_percent, |opened, reading, progress| {
        let fail = |why: std::io::Error| -> ! { error::cannot_read(&format!("file \"{file}\""), &why.to_string()) };
        let opened_file = std::fs::File::open(file).unwrap_or_else(|why| fail(why));
        let facts = opened_file.metadata().unwrap_or_else(|why| fail(why));
        if !facts.is_file() {
            error::cannot_read(&format!("file \"{file}\""), "it is no regular file");
        }
        progress.report(Reported::BytesTotal, facts.len());
        let mut raw =
            std::io::BufReader::with_capacity(PORTION, Hashing { file: opened_file, hash: Sha256::new(), bytes: 0 });
        let zipped = std::io::BufRead::fill_buf(&mut raw).is_ok_and(|bytes| bytes.starts_with(&[0x1f, 0x8b]));
        let mut source = if zipped {
            FileSource::Zipped(Box::new(flate2::bufread::MultiGzDecoder::new(raw)))
        } else {
            FileSource::Plain(raw)
        };
        let mut parser = Parser::new(&opened.format);
        let mut buffer = vec![0; PORTION];
        loop {
            pgrx::check_for_interrupts!();
            let read = source.read(&mut buffer).unwrap_or_else(|why| fail(why));
            if read == 0 {
                break;
            }
            feed(opened, &mut parser, Some(&buffer[..read]), reading, file);
            reading.bytes = source.raw().bytes;
            reading.report(progress);
        }
        feed(opened, &mut parser, None, reading, file);
        let raw = source.raw();
        (reading.bytes, reading.hash) = (raw.bytes, Some(raw.hash.clone().finalize().into()));
    });
}

/// Passes bytes on, and counts and hashes them.
struct Hashing {
    file: std::fs::File,
    hash: Sha256,
    bytes: u64,
}

impl Read for Hashing {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.hash.update(&buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}

enum FileSource {
    Plain(std::io::BufReader<Hashing>),
    Zipped(Box<flate2::bufread::MultiGzDecoder<std::io::BufReader<Hashing>>>),
}

impl FileSource {
    fn raw(&self) -> &Hashing {
        match self {
            FileSource::Plain(raw) => raw.get_ref(),
            FileSource::Zipped(decoder) => decoder.get_ref().get_ref(),
        }
    }
}

impl Read for FileSource {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            FileSource::Plain(raw) => raw.read(buffer),
            FileSource::Zipped(decoder) => decoder.read(buffer),
        }
    }
}
