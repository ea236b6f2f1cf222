//! What can go wrong in a command, and how it is told.

use std::io;

use serde_json::json;

use super::Io;
use crate::domain::codes;
use crate::domain::refusal::{Reason, Refusal};
use crate::i18n::{Explain, Lang, cli as say};
use crate::replica::ReplicaError;

/// Why a command ended before its answer.
pub enum Fault {
    /// Nobody reads the answer any more.
    Closed,
    /// The rules refused.
    Refused(Refusal),
    /// Anything else that can be explained.
    Told(Box<dyn Explain + Send + Sync>),
}

/// What a command comes to.
pub type Outcome = Result<(), Fault>;

/// Errors of the command line itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CliError {
    /// Several records fit a shortened id. `id.ambiguous`
    #[error("{text} fits {count} records")]
    Ambiguous {
        /// What was given.
        text: String,
        /// How many fit.
        count: usize,
        /// The argument.
        field: &'static str,
    },
    /// The platform names no data folder. `home.unknown`
    #[error("no data folder")]
    NoDataFolder,
    /// A file could not be read or written. `file.io`
    #[error("{path}: {error}")]
    File {
        /// Which file.
        path: String,
        /// The system's answer.
        error: String,
    },
    /// A value of the command line that nothing fits. `value.invalid`
    #[error("{option}: {value}")]
    Value {
        /// The option.
        option: &'static str,
        /// What was given.
        value: String,
        /// What would do, in both languages.
        expected: (&'static str, &'static str),
    },
    /// No entry of the code list. `code.unknown`
    #[error("{option}: {value}")]
    Code {
        /// The option.
        option: &'static str,
        /// What was given.
        value: String,
        /// The code list.
        list: &'static str,
    },
    /// The process that owns the home ended while it carried out the command. `home.owner_lost`
    #[error("the owner of the home ended during the command")]
    OwnerLost,
    /// The process that owns the home does not answer. `home.owner_silent`
    #[error("the owner of the home does not answer")]
    OwnerSilent {
        /// Its process id, as far as known.
        pid: Option<u32>,
    },
    /// Something has to be typed, and nobody can be asked. `prompt.unavailable`
    #[error("nobody can be asked")]
    CannotAsk,
    /// The chain of the audit trail is broken. `audit.broken`
    #[error("the audit trail is broken")]
    AuditBroken,
    /// The health check found something. `doctor.findings`
    #[error("something needs attention")]
    Unwell,
    /// Figures of the demo differ from the papers'. `demo.figures_differ`
    #[error("{count} figures differ")]
    FiguresDiffer {
        /// How many.
        count: usize,
    },
    /// An import with errors, which keep everything out. `import.refused`
    #[error("{count} errors")]
    ImportRefused {
        /// How many.
        count: usize,
    },
    /// A backup of a database that this program does not keep itself. `backup.foreign_store`
    #[error("the database has tools of its own")]
    ForeignStore,
    /// A spreadsheet that is no list of regions. `regions.no_header`
    #[error("{file}: no list of regions")]
    NoRegions {
        /// The file's name.
        file: String,
    },
    /// A list of regions with errors, which keep everything out. `regions.refused`
    #[error("{count} errors")]
    RegionsRefused {
        /// How many.
        count: usize,
    },
    /// A command that needs the home for itself while another process has it. `home.in_use`
    #[error("the home is in use")]
    NeedsWhole {
        /// Its process id, as far as known.
        pid: Option<u32>,
    },
}

impl Explain for CliError {
    fn code(&self) -> &str {
        match self {
            CliError::Ambiguous { .. } => "id.ambiguous",
            CliError::NoDataFolder => "home.unknown",
            CliError::File { .. } => "file.io",
            CliError::Value { .. } => "value.invalid",
            CliError::Code { .. } => "code.unknown",
            CliError::OwnerLost => "home.owner_lost",
            CliError::OwnerSilent { .. } => "home.owner_silent",
            CliError::CannotAsk => "prompt.unavailable",
            CliError::AuditBroken => "audit.broken",
            CliError::Unwell => "doctor.findings",
            CliError::FiguresDiffer { .. } => "demo.figures_differ",
            CliError::ImportRefused { .. } => "import.refused",
            CliError::ForeignStore => "backup.foreign_store",
            CliError::NoRegions { .. } => "regions.no_header",
            CliError::RegionsRefused { .. } => "regions.refused",
            CliError::NeedsWhole { .. } => "home.in_use",
        }
    }
    fn field(&self) -> Option<&str> {
        match self {
            CliError::Ambiguous { field, .. } => Some(field),
            CliError::Value { option, .. } | CliError::Code { option, .. } => Some(option),
            _ => None,
        }
    }
    fn message(&self, lang: Lang) -> String {
        let process = |pid: &Option<u32>| pid.map(|pid| pid.to_string()).unwrap_or_else(|| "?".to_owned());
        match self {
            CliError::Ambiguous { text, count, .. } => say::ambiguous(lang, text, *count),
            CliError::NoDataFolder => say::no_data_folder(lang).to_owned(),
            CliError::File { path, error } => say::file_io(lang, path, error),
            CliError::Value { option, value, .. } | CliError::Code { option, value, .. } => {
                say::bad_value(lang, option, value)
            }
            CliError::OwnerLost => say::owner_lost(lang).to_owned(),
            CliError::OwnerSilent { pid } => say::owner_silent(lang, &process(pid)),
            CliError::CannotAsk => say::cannot_ask(lang).to_owned(),
            CliError::AuditBroken => say::audit_broken(lang).to_owned(),
            CliError::Unwell => say::unwell(lang).to_owned(),
            CliError::FiguresDiffer { count } => say::figures_differ(lang, *count),
            CliError::ImportRefused { count } => say::import_refused(lang, *count),
            CliError::ForeignStore => say::foreign_store(lang).to_owned(),
            CliError::NoRegions { file } => format!("“{file}”：{}", crate::i18n::region::regions_no_header(lang)),
            CliError::RegionsRefused { count } => say::regions_refused(lang, *count),
            CliError::NeedsWhole { pid } => say::needs_whole(lang, &process(pid)),
        }
    }
    fn remedy(&self, lang: Lang) -> String {
        match self {
            CliError::Ambiguous { .. } => say::ambiguous_remedy(lang).to_owned(),
            CliError::NoDataFolder => say::no_data_folder_remedy(lang).to_owned(),
            CliError::File { .. } => say::file_io_remedy(lang).to_owned(),
            CliError::Value { expected, .. } => say::bad_value_remedy(lang, lang.pick(expected.0, expected.1)),
            CliError::Code { list, .. } => say::bad_value_remedy(lang, &codes::choices(list, lang)),
            CliError::OwnerLost => say::owner_lost_remedy(lang).to_owned(),
            CliError::OwnerSilent { .. } => say::owner_silent_remedy(lang).to_owned(),
            CliError::CannotAsk => say::cannot_ask_remedy(lang).to_owned(),
            CliError::AuditBroken => say::audit_broken_remedy(lang).to_owned(),
            CliError::Unwell => say::unwell_remedy(lang).to_owned(),
            CliError::FiguresDiffer { .. } => say::figures_differ_remedy(lang).to_owned(),
            CliError::ImportRefused { .. } => say::import_refused_remedy(lang).to_owned(),
            CliError::ForeignStore => say::foreign_store_remedy(lang).to_owned(),
            CliError::NoRegions { .. } => crate::i18n::region::regions_no_header_remedy(lang).to_owned(),
            CliError::RegionsRefused { .. } => say::regions_refused_remedy(lang).to_owned(),
            CliError::NeedsWhole { .. } => say::needs_whole_remedy(lang).to_owned(),
        }
    }
}

impl CliError {
    /// A file that could not be read or written.
    pub fn file(path: &std::path::Path, error: &io::Error) -> CliError {
        CliError::File { path: path.display().to_string(), error: error.to_string() }
    }
}

impl std::fmt::Debug for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fault({})", self.code())
    }
}

impl Fault {
    /// The stable code; empty where nothing is to be told.
    pub fn code(&self) -> &str {
        match self {
            Fault::Closed => "",
            Fault::Refused(refusal) => refusal.code(),
            Fault::Told(error) => error.code(),
        }
    }

    /// Tells it on the error stream, and gives the exit code.
    pub fn tell(&self, io: &mut Io<'_>) -> u8 {
        match self {
            Fault::Closed => return 0,
            Fault::Refused(refusal) => tell(io, refusal, &refusal.also),
            Fault::Told(error) => tell(io, &**error, &[]),
        }
        1
    }
}

/// Tells an error and the further ones found with it.
pub(super) fn tell(io: &mut Io<'_>, error: &dyn Explain, also: &[Refusal]) {
    let lang = io.lang;
    let text = if io.json {
        let mut value = as_json(error, lang);
        if !also.is_empty() {
            value["also"] = also.iter().map(|error| as_json(error, lang)).collect();
        }
        json!({ "error": value }).to_string()
    } else {
        let mut lines = vec![say::error(lang, &error.message(lang), error.code()), format!("  {}", error.remedy(lang))];
        for error in also {
            lines.push(say::error(lang, &error.message(lang), error.code()));
            lines.push(format!("  {}", error.remedy(lang)));
        }
        lines.join("\n")
    };
    // When nobody listens the exit code still tells.
    let _ = writeln!(io.err, "{}", crate::tui::text::clean_lines(&text));
}

fn as_json(error: &dyn Explain, lang: Lang) -> serde_json::Value {
    let mut value = json!({
        "code": error.code(),
        "field": error.field(),
        "message": error.message(lang),
        "remedy": error.remedy(lang),
    });
    if let Some(record) = error.record() {
        value["record"] = json!(record.to_string());
    }
    value
}

impl From<io::Error> for Fault {
    /// An error of the answer's own stream.
    fn from(error: io::Error) -> Fault {
        match error.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => Fault::Closed,
            _ => CliError::File { path: "-".to_owned(), error: error.to_string() }.into(),
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        Fault::Refused(refusal)
    }
}

impl From<Reason> for Fault {
    fn from(reason: Reason) -> Fault {
        Fault::Refused(reason.into())
    }
}

impl From<ReplicaError> for Fault {
    fn from(error: ReplicaError) -> Fault {
        match error {
            ReplicaError::Refused(refusal) => Fault::Refused(refusal),
            other => Fault::Told(Box::new(other)),
        }
    }
}

macro_rules! told {
    ($($error:ty),* $(,)?) => {$(
        impl From<$error> for Fault {
            fn from(error: $error) -> Fault {
                Fault::Told(Box::new(error))
            }
        }
    )*};
}
told!(
    CliError,
    crate::replica::sync::DeviceSyncError,
    crate::replica::sync::Homeless,
    crate::sync::http::LinkError,
    crate::sync::http::SyncError,
    crate::central::http::ServeError,
    crate::central::store::StoreFault,
    crate::desk::IntakeError,
    crate::desk::enrol::JoinError,
    crate::roster::export::ExportError,
    crate::roster::source::SourceError,
    crate::settings::SettingsError,
    crate::store::StoreError,
    crate::sync::protocol::ProtocolError,
    crate::tui::keymap::KeymapError,
    crate::tui::terminal::TerminalError,
);
