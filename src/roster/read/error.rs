//! Why a file was not read.

use crate::i18n::{Explain, Lang, roster as text};

/// A file that was refused as a whole.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file could not be opened or read.
    #[error("{name}: {source}")]
    Io {
        /// The file's name.
        name: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is none of the formats that are read.
    #[error("not a spreadsheet")]
    NotASpreadsheet,
    /// A format that is recognised but not read, for example a web page saved as `.xls`.
    #[error("{format} is not read")]
    Unsupported {
        /// The format's usual name.
        format: &'static str,
    },
    /// It is protected by a password.
    #[error("the workbook is encrypted")]
    Encrypted,
    /// It takes values from other files or programs.
    #[error("the workbook links to outside data")]
    ExternalLink,
    /// It would cost more than is allowed.
    #[error("more than {limit} {what:?}")]
    TooLarge {
        /// What there is too much of.
        what: Excess,
        /// How much is allowed.
        limit: u64,
    },
    /// Text in no known encoding.
    #[error("the text is neither UTF-8, UTF-16 nor GB18030")]
    Encoding,
    /// A quotation mark that is never closed.
    #[error("a quotation mark in row {row} is never closed")]
    OpenQuote {
        /// The row in which it opens.
        row: u32,
    },
    /// Broken inside.
    #[error("the file is damaged: {detail}")]
    Unreadable {
        /// What the reader stumbled over, for the log of whoever repairs the file.
        detail: String,
    },
    /// The person stopped it.
    #[error("stopped")]
    Cancelled,
}

/// What there can be too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// Bytes of the file.
    FileBytes,
    /// Bytes after unpacking.
    InflatedBytes,
    /// Packed parts.
    Parts,
    /// Bytes of one piece of XML.
    TokenBytes,
    /// Shared strings.
    SharedStrings,
    /// Cell formats.
    Styles,
    /// Sheets.
    Sheets,
    /// Rows.
    Rows,
    /// Columns.
    Columns,
    /// Cells.
    Cells,
    /// Characters of a cell.
    CellChars,
    /// Bytes of text.
    TextBytes,
}

impl Excess {
    /// The error for going beyond this limit.
    pub(super) fn beyond(self, limit: u64) -> ReadError {
        ReadError::TooLarge { what: self, limit }
    }

    fn label(self, lang: Lang) -> &'static str {
        match self {
            Excess::FileBytes => text::excess_file_bytes(lang),
            Excess::InflatedBytes => text::excess_inflated_bytes(lang),
            Excess::Parts => text::excess_parts(lang),
            Excess::TokenBytes => text::excess_token_bytes(lang),
            Excess::SharedStrings => text::excess_shared_strings(lang),
            Excess::Styles => text::excess_styles(lang),
            Excess::Sheets => text::excess_sheets(lang),
            Excess::Rows => text::excess_rows(lang),
            Excess::Columns => text::excess_columns(lang),
            Excess::Cells => text::excess_cells(lang),
            Excess::CellChars => text::excess_cell_chars(lang),
            Excess::TextBytes => text::excess_text_bytes(lang),
        }
    }
}

impl Explain for ReadError {
    fn code(&self) -> &str {
        match self {
            ReadError::Io { .. } => "roster.io",
            ReadError::Empty => "roster.empty",
            ReadError::NotASpreadsheet => "roster.format",
            ReadError::Unsupported { .. } => "roster.unsupported",
            ReadError::Encrypted => "roster.encrypted",
            ReadError::ExternalLink => "roster.external_link",
            ReadError::TooLarge { .. } => "roster.too_large",
            ReadError::Encoding => "roster.encoding",
            ReadError::OpenQuote { .. } => "roster.open_quote",
            ReadError::Unreadable { .. } => "roster.unreadable",
            ReadError::Cancelled => "roster.cancelled",
        }
    }

    fn message(&self, lang: Lang) -> String {
        match self {
            ReadError::Io { name, source } => text::read_io(lang, name, &source.to_string()),
            ReadError::Empty => text::read_empty(lang).into(),
            ReadError::NotASpreadsheet => text::read_format(lang).into(),
            ReadError::Unsupported { format } => text::read_unsupported(lang, format),
            ReadError::Encrypted => text::read_encrypted(lang).into(),
            ReadError::ExternalLink => text::read_external_link(lang).into(),
            ReadError::TooLarge { what, limit } => text::read_too_large(lang, what.label(lang), *limit),
            ReadError::Encoding => text::read_encoding(lang).into(),
            ReadError::OpenQuote { row } => text::read_open_quote(lang, *row),
            ReadError::Unreadable { detail } => text::read_unreadable(lang, detail),
            ReadError::Cancelled => text::read_cancelled(lang).into(),
        }
    }

    fn remedy(&self, lang: Lang) -> String {
        match self {
            ReadError::Io { .. } => text::remedy_io(lang),
            ReadError::Empty => text::remedy_empty(lang),
            ReadError::NotASpreadsheet | ReadError::Unsupported { .. } => text::remedy_save_as_xlsx(lang),
            ReadError::Encrypted => text::remedy_encrypted(lang),
            ReadError::ExternalLink => text::remedy_external_link(lang),
            ReadError::TooLarge { .. } => text::remedy_too_large(lang),
            ReadError::Encoding => text::remedy_encoding(lang),
            ReadError::OpenQuote { .. } => text::remedy_open_quote(lang),
            ReadError::Unreadable { .. } => text::remedy_unreadable(lang),
            ReadError::Cancelled => text::remedy_cancelled(lang),
        }
        .into()
    }
}

impl ReadError {
    /// For what a library reports about broken content. Its words may quote the content, so they are cut short.
    pub(super) fn unreadable(error: impl std::fmt::Display) -> ReadError {
        let mut detail: String = error.to_string().chars().filter(|c| !c.is_control()).take(120).collect();
        if detail.is_empty() {
            detail.push('?');
        }
        ReadError::Unreadable { detail }
    }
}
