//! `household add`

use serde_json::json;

use super::facts;
use crate::cli::{CliError, Fault, Io, Outcome, Run, words};
use crate::desk::register::{fill_in_by_id_number, new_member};
use crate::desk::{Desk, Registration};
use crate::domain::household::Household;
use crate::domain::member::Member;
use crate::i18n::cli as say;

/// Registers a household with its members, the head first
///
/// What is not given can be amended later. Date of birth and sex follow from the ID number. A household of the same
/// village whose head bears the same name is refused until --not-duplicate says that this is another one.
#[derive(Debug, clap::Args)]
pub struct Add {
    /// Name of the head
    #[arg(long, value_name = "NAME")]
    head: String,
    /// ID number of the head
    #[arg(long, value_name = "NUMBER")]
    id_number: Option<String>,
    /// Category of assistance, for example dibao, dibian
    #[arg(long, value_name = "CATEGORY")]
    category: String,
    /// The village: name or 12-digit code
    #[arg(long, value_name = "VILLAGE")]
    village: String,
    /// Its town, where several villages bear the name; a village not on the list gets a provisional code there
    #[arg(long, value_name = "TOWN")]
    town: Option<String>,
    /// Another member, with the relation to the head after a colon; may be given several times
    #[arg(long, value_name = "NAME:RELATION")]
    member: Vec<String>,
    /// A further fact of the household, or of a member by name or place, the head's being 1; may be given several times
    #[arg(long, value_name = "[MEMBER.]FIELD=VALUE")]
    set: Vec<String>,
    /// It is another household than the one of that head in that village
    #[arg(long)]
    not_duplicate: bool,
}

impl Run for Add {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        let mut registration = Registration { despite_like: self.not_duplicate, ..Registration::default() };
        registration.household = desk.new_household();
        registration.household.category = words::code(Household::TABLE, "category", &self.category)?;
        match desk.village_named(&self.village, self.town.as_deref()) {
            Ok(code) => registration.household.region = code,
            Err(refusal) => match &self.town {
                Some(town) => registration.new_place = Some((town.clone(), self.village.clone())),
                None => return Err(refusal.into()),
            },
        }
        registration.members = self.members(desk, &registration.household, io)?;
        for fact in &self.set {
            let given = facts::given(fact)?;
            let record = match given.member {
                Some(member) => {
                    member_named(&mut registration.members, member)? as &mut dyn crate::domain::record::Fields
                }
                None => &mut registration.household,
            };
            facts::put(desk, record, given.field, given.typed, io)?;
        }
        for member in &mut registration.members {
            fill_in_by_id_number(member, io.now.today());
        }
        let id = registration.household.id;
        let members: Vec<_> = registration.members.iter().map(|member| json!(member.id)).collect();
        let committed = desk.register_household(registration, io.now)?;
        let file = super::dossier(desk, id)?;
        let value = json!({
            "id": id,
            "archive_no": file.household.archive_no,
            "region": file.household.region,
            "members": members,
            "seq": committed.id.seq,
        });
        io.answer(&value, say::household_added(io.lang, &id.to_string(), &file.household.archive_no, members.len()))
    }
}

impl Add {
    fn members(&self, desk: &Desk, household: &Household, io: &Io<'_>) -> Result<Vec<Member>, Fault> {
        let mut head = new_member(household.id);
        facts::put(desk, &mut head, "name", &self.head, io)?;
        if let Some(number) = &self.id_number {
            facts::put(desk, &mut head, "id_number", number, io)?;
        }
        let mut members = vec![head];
        for typed in &self.member {
            let (name, relation) = typed.rsplit_once([':', '：']).ok_or_else(|| CliError::Value {
                option: "member",
                value: typed.clone(),
                expected: ("姓名:与户主关系", "NAME:RELATION"),
            })?;
            let mut member = new_member(household.id);
            facts::put(desk, &mut member, "name", name, io)?;
            facts::put(desk, &mut member, "relation", relation, io)?;
            members.push(member);
        }
        Ok(members)
    }
}

/// A member that is being registered, by name or place from 1.
fn member_named<'a>(members: &'a mut [Member], text: &str) -> Result<&'a mut Member, Fault> {
    let text = text.trim();
    let by_place = text.parse::<usize>().ok().and_then(|place| place.checked_sub(1));
    let at = by_place.filter(|at| *at < members.len()).or_else(|| members.iter().position(|m| m.name == text));
    match at {
        Some(at) => Ok(&mut members[at]),
        None => Err(crate::cli::ids::not_found(crate::domain::record::Kind::Member, "member").into()),
    }
}
