//! The duplicate check: a second like need or gift for the same household (paper 001: 同一批学生收到了两份书包).

use chrono::NaiveDate;

use super::need::{Need, NeedState};
use super::params;
use super::records::Dossier;

/// An earlier need of the household that the new one may repeat: of the same class of item, or of the same kind and
/// service, or with the same words; still open, or met within the window of dated parameters.
pub fn like_need<'a>(dossier: &'a Dossier, new: &Need, today: NaiveDate) -> Option<&'a Need> {
    let window = params::on(today).duplicate_window_days();
    dossier.needs.iter().filter(|held| held.id != new.id && !held.meta.deleted).find(|held| {
        let recent = match held.state {
            NeedState::Invalid | NeedState::Merged | NeedState::Withdrawn => false,
            NeedState::Confirmed | NeedState::Archived => {
                held.confirmed_at.is_some_and(|at| (today - at.date()).num_days() <= i64::from(window))
            }
            _ => true,
        };
        recent && same_person(held, new) && alike(held, new)
    })
}

fn same_person(a: &Need, b: &Need) -> bool {
    a.member.is_none() || b.member.is_none() || a.member == b.member
}

fn alike(a: &Need, b: &Need) -> bool {
    if !a.item.as_str().is_empty() && !b.item.as_str().is_empty() {
        return a.item == b.item;
    }
    if squeeze(&a.title) == squeeze(&b.title) {
        return true;
    }
    a.field == b.field && !a.service.as_str().is_empty() && a.service == b.service
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
