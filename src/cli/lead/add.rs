//! `lead add`

use crate::cli::{Io, Outcome, Run, ids, words};
use crate::desk::Desk;
use crate::domain::command::Command;
use crate::domain::lead::Lead;

/// Reports a sign that somebody may need help
#[derive(Debug, clap::Args)]
pub struct Add {
    /// What was noticed
    #[arg(long, value_name = "TEXT")]
    content: String,
    /// How it was found, for example others_neighbour, self_hotline, screening_cost
    #[arg(long, value_name = "CHANNEL", default_value = "others_visit")]
    channel: String,
    /// The household it is about: id, beginning of an id, archive number
    #[arg(long, value_name = "ID")]
    household: Option<String>,
    /// The person it is about
    #[arg(long, value_name = "NAME")]
    subject: Option<String>,
    /// The village, by its 12-digit code
    #[arg(long, value_name = "CODE")]
    region: Option<String>,
    /// Where that person lives
    #[arg(long, value_name = "TEXT")]
    address: Option<String>,
    /// That person's telephone
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// Who reported it
    #[arg(long, value_name = "NAME")]
    reporter: Option<String>,
    /// What the reporter is, for example neighbour, village_cadre, school
    #[arg(long, value_name = "ROLE")]
    reporter_role: Option<String>,
    /// The reporter's telephone
    #[arg(long, value_name = "NUMBER")]
    reporter_phone: Option<String>,
}

impl Run for Add {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let household = self.household.as_ref().map(|text| ids::household(desk, text)).transpose()?;
        let mut lead = desk.new_lead(household, io.now);
        for (field, typed) in [
            ("content", Some(&self.content)),
            ("channel", Some(&self.channel)),
            ("subject", self.subject.as_ref()),
            ("region", self.region.as_ref()),
            ("address", self.address.as_ref()),
            ("phone", self.phone.as_ref()),
            ("reporter", self.reporter.as_ref()),
            ("reporter_role", self.reporter_role.as_ref()),
            ("reporter_phone", self.reporter_phone.as_ref()),
        ] {
            if let Some(typed) = typed {
                let value = words::value(Lead::TABLE, field, typed, io.now)?;
                words::put(&mut lead, field, value)?;
            }
        }
        super::settle::commit(desk, io, lead.id, Command::ReportLead { lead: Box::new(lead) })
    }
}
