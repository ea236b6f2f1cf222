//! `wish list`

use std::collections::HashMap;

use serde_json::{Value as Json, json};

use crate::cli::table::Table;
use crate::cli::{Fault, Io, Outcome, Run, view, words};
use crate::desk::Desk;
use crate::domain::claim::Claim;
use crate::domain::codes;
use crate::domain::id::WishId;
use crate::domain::wish::{Wish, WishState};
use crate::i18n::cli as say;
use crate::replica::pools::WishRow;

/// Lists wishes as cards, without identity: those given back first, then the newest
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only those in this state; pool stands for all whose units can still be claimed, tentative for those whose claim
    /// waits for the server, duplicate for those that were delivered twice
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// Only those of this category
    #[arg(long, value_name = "CATEGORY")]
    category: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl Run for List {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let category = self.category.as_ref().map(|text| words::code(Wish::TABLE, "category", text)).transpose()?;
        let (mut state, mut pool, mut tentative, mut twice) = (None, false, false, false);
        match self.state.as_deref() {
            None => {}
            Some("pool" | "心愿池") => pool = true,
            Some("tentative" | "待确认") => tentative = true,
            Some("duplicate" | "重复送达") => twice = true,
            Some(text) => state = WishState::from_code(words::code(Wish::TABLE, "state", text)?.as_str()),
        }
        let deliveries = deliveries(desk)?;
        let memory = desk.replica().read();
        let mut rows: Vec<&WishRow> = memory
            .pools
            .wishes
            .iter()
            .filter(|row| state.is_none_or(|state| row.state == state))
            .filter(|row| !pool || row.state.in_pool() && row.free > 0)
            .filter(|row| !tentative || row.is_tentative())
            .filter(|row| !twice || row.duplicates > 0)
            .filter(|row| category.as_ref().is_none_or(|category| row.category == *category))
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse((row.round, row.published, row.id)));
        let lang = io.lang;
        let mut table = Table::new([
            say::h_number(lang),
            say::h_card(lang),
            say::h_category(lang),
            say::h_age(lang),
            say::h_free(lang),
            say::h_state(lang),
            say::h_until(lang),
        ]);
        for row in rows.into_iter().take(self.limit.unwrap_or(usize::MAX)) {
            if io.json {
                let mut value = as_json(row, &memory.reference.region_name(&row.town()));
                if let Some(deliveries) = deliveries.get(&row.id) {
                    value["deliveries"] = json!(deliveries);
                }
                io.value(&value)?;
                continue;
            }
            let label = row.state.label(lang);
            let state = if row.duplicates > 0 {
                say::delivered_twice(lang, &label, row.duplicates)
            } else if row.is_tentative() {
                say::tentative_state(lang, &label)
            } else {
                label.into_owned()
            };
            table.row([
                row.no().to_owned(),
                row.card_text().to_owned(),
                codes::label("wish_category", row.category.as_str(), lang).into_owned(),
                row.age_band.to_string(),
                format!("{}/{}", row.free, row.units),
                state,
                view::day_text(row.until),
            ]);
        }
        drop(memory);
        if io.json { Ok(()) } else { io.table(&table) }
    }
}

fn as_json(row: &WishRow, town: &str) -> Json {
    let claim = row.claim.as_ref().map(|claim| {
        json!({
            "id": claim.id,
            "state": claim.state,
            "contact_by": view::day(claim.contact_by),
            "lease_until": view::day(claim.lease_until),
            "standing": claim.standing,
        })
    });
    json!({
        "id": row.id,
        "no": row.no(),
        "card_text": row.card_text(),
        "category": row.category,
        "age_band": row.age_band,
        "town": town,
        "ceiling": row.ceiling.map(|fen| fen.0 as f64 / 100.0),
        "units": row.units,
        "free": row.free,
        "state": row.state,
        "round": row.round,
        "published": view::day(row.published),
        "until": view::day(row.until),
        "claim": claim,
        "duplicates": row.duplicates,
    })
}

/// Who delivered what, of wishes that were delivered more often than they asked for.
fn deliveries(desk: &Desk) -> Result<HashMap<WishId, Vec<Json>>, Fault> {
    let twice: Vec<WishId> = {
        let memory = desk.replica().read();
        memory.pools.wishes.iter().filter(|row| row.duplicates > 0).map(|row| row.id).collect()
    };
    let mut found = HashMap::new();
    for wish in twice {
        let mut claims = desk.claims_on(wish)?;
        claims.retain(|claim| !claim.meta.deleted && claim.fulfilled_at.is_some());
        claims.sort_by_key(|claim| (claim.fulfilled_at, claim.id));
        let told = |claim: &Claim| {
            json!({
                "claim": claim.id,
                "state": claim.state,
                "claimant": claim.claimant,
                "fulfilled_at": claim.fulfilled_at.map(|at| at.to_rfc3339()),
                "recorded_by": claim.recorded_by,
            })
        };
        found.insert(wish, claims.iter().map(told).collect());
    }
    Ok(found)
}
