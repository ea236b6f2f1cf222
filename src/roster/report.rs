//! What became of an import: as JSON for scripts, as a workbook for whoever corrects the rosters.

mod workbook;

use serde_json::{Value as Json, json};

use super::check::Checked;
use super::notice::Notice;
use super::plan::{Counts, Plan};
use crate::domain::display;
use crate::i18n::{Explain, Lang};

pub use workbook::write_errors;

/// The answer of `zhulian import --json`. Message and remedy of errors and warnings are in the given language; the
/// codes do not depend on it.
pub fn import_json(plan: &Plan, committed: bool, lang: Lang) -> Json {
    json!({
        "households": counts(plan.households()),
        "members": counts(plan.members()),
        "errors": errors(plan.checked(), lang),
        "skipped": plan.checked().skipped(),
        "warnings": plan.notices().iter().map(|notice| warning(notice, lang)).collect::<Vec<_>>(),
        "committed": committed,
    })
}

/// The changes of fields that an import would make, masked, for the preview.
pub fn changes_json(plan: &Plan, lang: Lang) -> Json {
    let change = |difference: &super::plan::Difference| {
        json!({
            "archive_no": difference.archive_no,
            "name_masked": difference.name_masked,
            "field": difference.field.name,
            "label": difference.field.label(lang),
            "before": display::masked(difference.field, &difference.before, lang),
            "after": display::masked(difference.field, &difference.after, lang),
        })
    };
    Json::Array(plan.differences().iter().map(change).collect())
}

fn counts(counts: Counts) -> Json {
    json!({
        "new": counts.new,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "refused": counts.refused,
    })
}

/// Every error that is listed; see [`super::check::MAX_PROBLEMS`].
fn errors(checked: &Checked, lang: Lang) -> Vec<Json> {
    let error = |problem: super::check::ProblemReport<'_>| {
        json!({
            "file": problem.file,
            "sheet": problem.sheet,
            "row": problem.row,
            "column": problem.column,
            "code": problem.fault.code(),
            "value_masked": problem.value_masked,
            "message": problem.fault.message(lang),
            "remedy": problem.fault.remedy(lang),
        })
    };
    checked.problems().map(error).collect()
}

fn warning(notice: &Notice, lang: Lang) -> Json {
    let mut warning = json!({ "code": notice.code() });
    if let Some(at) = notice.at() {
        warning["file"] = json!(at.file);
        warning["sheet"] = json!(at.sheet);
        warning["row"] = json!(at.row);
        warning["column"] = json!(at.column);
    } else if let Some((file, sheet)) = notice.sheet() {
        warning["file"] = json!(file);
        warning["sheet_name"] = json!(sheet);
    }
    warning["message"] = json!(notice.message(lang));
    warning["remedy"] = json!(notice.remedy(lang));
    warning
}
