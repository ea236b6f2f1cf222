//! Units of wishes in a transaction: who holds them until when, and fencing numbers.

use postgres::Row;

use super::transaction::{PostgresTransaction, id, uuid};
use crate::central::store::{Holding, StoreFault};
use crate::domain::id::{ClaimId, WishId};
use crate::domain::moment::Moment;

impl PostgresTransaction<'_> {
    pub(super) fn take_unit(&mut self, holding: &Holding) -> Result<bool, StoreFault> {
        self.lock()?;
        let set =
            "INSERT INTO zl_holding (county, wish, unit, claim, fence, lease_until) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (county, wish, unit) DO UPDATE SET fence = EXCLUDED.fence, lease_until = EXCLUDED.lease_until
            WHERE zl_holding.claim = EXCLUDED.claim";
        let (wish, claim) = (uuid(holding.wish.0), uuid(holding.claim.0));
        let (unit, until) = (i32::from(holding.unit), holding.lease_until.map(|until| until.0));
        Ok(self.connection.change(set, &[&self.county, &wish, &unit, &claim, &holding.fence, &until])? > 0)
    }
    pub(super) fn read_holding(&mut self, wish: WishId, unit: u16) -> Result<Option<Holding>, StoreFault> {
        let sql =
            "SELECT unit, claim, fence, lease_until FROM zl_holding WHERE county = $1 AND wish = $2 AND unit = $3";
        let row = self.connection.row(sql, &[&self.county, &uuid(wish.0), &i32::from(unit)])?;
        Ok(row.map(|row| holding(wish, &row)))
    }
    pub(super) fn give_unit_back(&mut self, wish: WishId, unit: u16, claim: ClaimId) -> Result<(), StoreFault> {
        self.lock()?;
        let free = "DELETE FROM zl_holding WHERE county = $1 AND wish = $2 AND unit = $3 AND claim = $4";
        self.connection.change(free, &[&self.county, &uuid(wish.0), &i32::from(unit), &uuid(claim.0)])?;
        Ok(())
    }
    pub(super) fn read_lapsed(&mut self, before: Moment, limit: usize) -> Result<Vec<Holding>, StoreFault> {
        let sql = "SELECT unit, claim, fence, lease_until, wish FROM zl_holding
            WHERE county = $1 AND lease_until < $2 ORDER BY lease_until, wish, unit LIMIT $3";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = self.connection.rows(sql, &[&self.county, &before.0, &limit])?;
        Ok(rows.iter().map(|row| holding(WishId(id(row.get(4))), row)).collect())
    }
    pub(super) fn count_fence(&mut self, wish: WishId) -> Result<u32, StoreFault> {
        self.lock()?;
        let next = "INSERT INTO zl_fence (county, wish, last) VALUES ($1, $2, 1)
            ON CONFLICT (county, wish) DO UPDATE SET last = zl_fence.last + 1 RETURNING last";
        let row = self.connection.row(next, &[&self.county, &uuid(wish.0)])?;
        let last = row.map(|row| row.get::<_, i32>(0)).and_then(|last| u32::try_from(last).ok());
        last.ok_or_else(|| StoreFault::Damaged("a fencing number".to_owned()))
    }
}

fn holding(wish: WishId, row: &Row) -> Holding {
    Holding {
        wish,
        unit: u16::try_from(row.get::<_, i32>(0)).unwrap_or(u16::MAX),
        claim: ClaimId(id(row.get(1))),
        fence: row.get(2),
        lease_until: row.get::<_, Option<i64>>(3).map(Moment),
    }
}
