//! `inbox`

use serde_json::{Value as Json, json};

use super::{Io, Outcome, Run, view};
use crate::desk::Desk;
use crate::domain::wish::WishState;
use crate::i18n::{Lang, cli as say};
use crate::replica::pools::WishRow;

/// Lists what waits for an answer, with what to do next
///
/// On a device that works alone these are claims that no server has confirmed and fulfilled wishes that the beneficiary
/// has not confirmed yet. Refused commands, lost claims and conflicts come from a server.
#[derive(Debug, clap::Args)]
pub struct Inbox {}

impl Run for Inbox {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let lang = io.lang;
        let mut items: Vec<Json> = {
            let memory = desk.replica().read();
            memory.pools.wishes.iter().flat_map(|wish| waiting(wish, lang)).collect()
        };
        items.sort_by_key(|item| item["by"].as_str().unwrap_or_default().to_owned());
        for item in &items {
            let line = format!(
                "{}  {}\n    {}",
                item["no"].as_str().unwrap_or_default(),
                item["message"].as_str().unwrap_or_default(),
                item["remedy"].as_str().unwrap_or_default(),
            );
            if io.json {
                io.value(item)?;
            } else {
                for line in line.lines() {
                    io.line(line)?;
                }
            }
        }
        if items.is_empty() {
            io.remark(say::inbox_empty(lang));
        }
        io.remark(say::inbox_alone(lang));
        Ok(())
    }
}

/// What waits about a wish.
fn waiting(wish: &WishRow, lang: Lang) -> Vec<Json> {
    let mut items = Vec::new();
    if let Some(claim) = wish.claim.as_ref().filter(|_| wish.is_tentative()) {
        items.push(json!({
            "kind": "tentative_claim",
            "code": "claim.tentative",
            "wish": wish.id,
            "claim": claim.id,
            "no": wish.no(),
            "card_text": wish.card_text(),
            "by": view::day(claim.contact_by),
            "message": say::inbox_tentative(lang, wish.card_text(), &view::day_text(claim.contact_by)),
            "remedy": say::inbox_tentative_remedy(lang, wish.no()),
        }));
    }
    if wish.state == WishState::Fulfilled {
        items.push(json!({
            "kind": "to_confirm",
            "code": "wish.to_confirm",
            "wish": wish.id,
            "no": wish.no(),
            "card_text": wish.card_text(),
            "by": null,
            "message": say::inbox_confirm(lang, wish.card_text()),
            "remedy": say::inbox_confirm_remedy(lang, wish.no()),
        }));
    }
    items
}
