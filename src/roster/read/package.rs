//! A zip package (xlsx, ods) is looked through before a reader is let loose on it.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::ods::Extent;
use super::xml::{Guard, Tag};
use super::{Excess, Limits, ReadError};

/// The workbook formats that come as a zip package.
pub(super) enum Kind {
    Xlsx,
    Ods,
}

/// Bytes of one attribute in the part that defines cell formats; Excel allows 255 characters.
const STYLE_ATTRIBUTE: usize = 1_020;

/// Names the format and refuses what would cost too much, links to outside data or is encrypted.
///
/// Every part is inflated once, piece by piece and without keeping it: sizes that a package declares can lie.
pub(super) fn inspect(bytes: &[u8], limits: &Limits) -> Result<Kind, ReadError> {
    // The zip reader keeps a record for every entry, so their number is bounded before it starts.
    let entries = memchr::memmem::find_iter(bytes, b"PK\x01\x02").take(limits.parts as usize + 1).count() as u64;
    if entries > limits.parts {
        return Err(Excess::Parts.beyond(limits.parts));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(zip_error)?;
    let kind = kind(&archive)?;
    let mut left = limits.inflated_bytes;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(zip_error)?;
        let role = Role::of(&part.name().map_err(zip_error)?, &kind);
        if role == Role::ExternalLink {
            return Err(ReadError::ExternalLink);
        }
        left -= inspect_part(part, role, limits, left)?;
    }
    Ok(kind)
}

/// What a part is for, as far as its limits differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Sheet,
    SharedStrings,
    Styles,
    Relations,
    OdsContent,
    OdsManifest,
    ExternalLink,
    OtherXml,
    /// Pictures and the like; no reader opens them.
    Other,
}

impl Role {
    fn of(name: &str, kind: &Kind) -> Role {
        let name = name.replace('\\', "/").to_ascii_lowercase();
        let xml = name.ends_with(".xml");
        match kind {
            Kind::Ods if name == "content.xml" => Role::OdsContent,
            Kind::Ods if name == "meta-inf/manifest.xml" => Role::OdsManifest,
            Kind::Xlsx if name.ends_with(".rels") => Role::Relations,
            Kind::Xlsx if name.contains("externallinks/") => Role::ExternalLink,
            Kind::Xlsx if name.ends_with("sharedstrings.xml") => Role::SharedStrings,
            Kind::Xlsx if name.ends_with("styles.xml") => Role::Styles,
            Kind::Xlsx if xml && name.contains("worksheets/") => Role::Sheet,
            _ if xml => Role::OtherXml,
            _ => Role::Other,
        }
    }

    fn size_limit(self, limits: &Limits) -> u64 {
        match self {
            Role::Sheet | Role::OdsContent | Role::Other => limits.inflated_bytes,
            Role::SharedStrings => limits.shared_string_bytes,
            _ => limits.part_bytes,
        }
    }
}

fn kind(archive: &ZipArchive<Cursor<&[u8]>>) -> Result<Kind, ReadError> {
    let mut names: Vec<String> = Vec::with_capacity(archive.len());
    for name in archive.file_names() {
        names.push(name.map_err(zip_error)?.replace('\\', "/").to_ascii_lowercase());
    }
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    if has("[content_types].xml") {
        if names.iter().any(|name| name.ends_with("/workbook.bin")) {
            return Err(ReadError::Unsupported { format: "xlsb" });
        }
        if names.iter().any(|name| name.starts_with("word/")) {
            return Err(ReadError::Unsupported { format: "docx" });
        }
        return Ok(Kind::Xlsx);
    }
    if has("mimetype") && has("content.xml") {
        return Ok(Kind::Ods);
    }
    Err(ReadError::NotASpreadsheet)
}

/// Inflates one part without keeping it; the answer is its size.
fn inspect_part(
    mut part: ZipFile<'_, Cursor<&[u8]>>,
    role: Role,
    limits: &Limits,
    left: u64,
) -> Result<u64, ReadError> {
    let most = role.size_limit(limits).min(left);
    let too_large = || Excess::InflatedBytes.beyond(most.min(limits.inflated_bytes));
    if part.size() > most {
        return Err(too_large());
    }
    let packed = part.compressed_size().max(1);
    let mut guard = (role != Role::Other).then(|| Guard::new(limits));
    let mut counts = Counts { strings: 0, styles: 0, extent: Extent::new(limits) };
    let mut buffer = vec![0; 64 << 10];
    let mut size = 0;
    loop {
        let read = part.read(&mut buffer).map_err(ReadError::unreadable)?;
        if read == 0 {
            break;
        }
        size += read as u64;
        if size > most || (size > 1 << 20 && size / packed > limits.ratio) {
            return Err(too_large());
        }
        if let Some(guard) = &mut guard {
            guard.feed(&buffer[..read], &mut |tag| counts.see(role, &tag, limits))?;
        }
    }
    guard.map_or(Ok(()), Guard::finish)?;
    counts.extent.finish(size)?;
    Ok(size)
}

/// What is counted in a part's tags.
struct Counts<'l> {
    strings: u64,
    styles: u64,
    extent: Extent<'l>,
}

impl Counts<'_> {
    fn see(&mut self, role: Role, tag: &Tag<'_>, limits: &Limits) -> Result<(), ReadError> {
        match (role, tag.local_name()) {
            (Role::SharedStrings, b"si") => {
                self.strings += 1;
                within(Excess::SharedStrings, self.strings, limits.shared_strings)
            }
            (Role::SharedStrings, b"sst") => {
                // Readers set memory aside for as many strings as the table says it has.
                let declared = tag.attribute("uniqueCount").map_or(Some(0), |count| count.trim().parse().ok());
                within(Excess::SharedStrings, declared.unwrap_or(u64::MAX), limits.shared_strings)?;
                if tag.is_whole() { Ok(()) } else { Err(Excess::TokenBytes.beyond(limits.token_bytes)) }
            }
            (Role::Styles, name) => {
                // Every cell format gets a copy of its font, fill and number format.
                if tag.attributes().any(|(_, value)| value.len() > STYLE_ATTRIBUTE) || !tag.is_whole() {
                    return Err(Excess::TokenBytes.beyond(STYLE_ATTRIBUTE as u64));
                }
                self.styles += u64::from(name == b"xf");
                within(Excess::Styles, self.styles, limits.styles)
            }
            (Role::Relations, b"Relationship") => relation(tag),
            (Role::OdsManifest, b"encryption-data") => Err(ReadError::Encrypted),
            (Role::OdsContent, b"dde-source" | b"table-source" | b"cell-range-source" | b"dde-link") => {
                Err(ReadError::ExternalLink)
            }
            (Role::OdsContent, _) => self.extent.see(tag),
            _ => Ok(()),
        }
    }
}

/// A sheet must be an XML part, else it would escape the checks made on XML.
fn relation(tag: &Tag<'_>) -> Result<(), ReadError> {
    let kind = tag.attribute("Type").unwrap_or_default();
    let target = tag.attribute("Target").unwrap_or_default().to_ascii_lowercase();
    let read = ["/worksheet", "/chartsheet", "/dialogsheet", "/officeDocument", "/sharedStrings", "/styles"];
    if kind.ends_with("/externalLink") || kind.ends_with("/externalLinkPath") {
        return Err(ReadError::ExternalLink);
    }
    if read.iter().any(|end| kind.ends_with(end)) && !target.ends_with(".xml") {
        return Err(ReadError::Unreadable { detail: "a sheet that is not XML".into() });
    }
    if !tag.is_whole() && !kind.ends_with("/hyperlink") {
        return Err(ReadError::Unreadable { detail: "an overlong relationship".into() });
    }
    Ok(())
}

fn within(what: Excess, found: u64, limit: u64) -> Result<(), ReadError> {
    if found > limit { Err(what.beyond(limit)) } else { Ok(()) }
}

fn zip_error(error: ZipError) -> ReadError {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => ReadError::Encrypted,
        other => ReadError::unreadable(other),
    }
}
