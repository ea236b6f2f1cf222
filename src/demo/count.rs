//! What of a demo can be counted.

use super::size::Group;
use crate::domain::region::Level;

/// Something that can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Count {
    /// Households on the register.
    Households,
    /// People in them.
    People,
    /// Households of a category.
    HouseholdsOf(Group),
    /// People in households of a category.
    PeopleOf(Group),
    /// Households of a category with that many persons.
    HouseholdsWith(Group, u8),
    /// Regions of a level in force, the papers' other areas left out.
    Regions(Level),
    /// Towns whose code ended and has a successor.
    RecodedTowns,
    /// Stations of all levels.
    Stations,
    /// Centres, one a county.
    Centres,
    /// Stations of towns.
    TownStations,
    /// Points of villages.
    Points,
    /// Social workers and volunteers.
    Helpers,
    /// Social workers.
    SocialWorkers,
    /// Volunteers.
    Volunteers,
    /// Departments beside civil affairs.
    Departments,
    /// Households of which one person got things of one class twice within the window of the duplicate check.
    DuplicateGifts,
    /// Needs found valid, older than the limit, without a wish or a measure.
    Omissions,
    /// Households in which nobody was met within the limit for silent households.
    Silent,
    /// Wishes for which a claim was lost to another one.
    LostClaims,
    /// Wishes published for people under the age of consent.
    ChildWishes,
    /// Households that took their consent back.
    WithdrawnConsents,
    /// People with a dot in their name.
    DottedNames,
    /// People whose ID number was completed from 15 digits.
    CompletedIds,
    /// People without an ID number.
    MissingIds,
    /// People whose name came in full-width characters.
    FullWidthNames,
    /// Visits refused because kin objected, in households with a lead found true.
    LockedIn,
    /// Lead departments of Q区.
    LeadDepartments,
    /// Yuan pledged by the LJW fund to Q区.
    PledgeYuan,
    /// Volunteers on Q区's roster.
    RosterOfQ,
    /// Yuan of the 1619 fund.
    FundYuan,
    /// Drum towers of G村.
    Towers,
    /// Workers of G村.
    WorkersOfG,
    /// Yuan of county money for G村's canteen.
    CountyYuan,
    /// Entries of a code list, parents only.
    Codes(&'static str),
}

/// Anything that can count.
pub trait Counts {
    /// How many of these are held.
    fn count(&self, what: Count) -> u64;
}
