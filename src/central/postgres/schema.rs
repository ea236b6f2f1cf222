//! Tables, and how a database is brought up to them.

use super::pool::Connection;
use crate::central::store::StoreFault;

/// Steps from an empty database to the present one, in order; a step that was given out is never changed.
const STEPS: [&str; 1] = ["
    CREATE TABLE zl_realm (county int NOT NULL, body bytea NOT NULL, PRIMARY KEY (county));
    CREATE TABLE zl_device (county int NOT NULL, id uuid NOT NULL, body bytea NOT NULL, PRIMARY KEY (county, id));
    CREATE TABLE zl_verdict (
        county int NOT NULL, device uuid NOT NULL, seq bigint NOT NULL, body bytea NOT NULL,
        PRIMARY KEY (county, device, seq)
    );
    CREATE TABLE zl_aside (
        county int NOT NULL, device uuid NOT NULL, first bigint NOT NULL, name bytea NOT NULL, body bytea NOT NULL,
        PRIMARY KEY (county, device, first, name)
    );
    CREATE TABLE zl_item (
        county int NOT NULL, key bytea NOT NULL, feed text NOT NULL, tag text NOT NULL, body bytea NOT NULL,
        PRIMARY KEY (county, key)
    );
    CREATE INDEX zl_item_feed ON zl_item (county, feed, key);
    CREATE INDEX zl_item_tag ON zl_item (county, feed, tag, key) WHERE tag <> '';
    CREATE TABLE zl_place (
        county int NOT NULL, kind text NOT NULL, id uuid NOT NULL, household uuid NOT NULL,
        PRIMARY KEY (county, kind, id)
    );
    CREATE TABLE zl_person_lock (county int NOT NULL, person bytea NOT NULL, PRIMARY KEY (county, person));
    CREATE TABLE zl_person (
        county int NOT NULL, person bytea NOT NULL, member uuid NOT NULL, household uuid NOT NULL,
        PRIMARY KEY (county, person, member)
    );
    CREATE TABLE zl_feed (county int NOT NULL, name text NOT NULL, head bigint NOT NULL, PRIMARY KEY (county, name));
    CREATE TABLE zl_entry (
        county int NOT NULL, feed text NOT NULL, seq bigint NOT NULL, body bytea NOT NULL,
        PRIMARY KEY (county, feed, seq)
    );
    CREATE TABLE zl_holding (
        county int NOT NULL, wish uuid NOT NULL, unit int NOT NULL, claim uuid NOT NULL, fence bigint NOT NULL,
        lease_until bigint,
        PRIMARY KEY (county, wish, unit)
    );
    CREATE INDEX zl_holding_lease ON zl_holding (county, lease_until) WHERE lease_until IS NOT NULL;
    CREATE TABLE zl_fence (county int NOT NULL, wish uuid NOT NULL, last int NOT NULL, PRIMARY KEY (county, wish));
    CREATE TABLE zl_note (county int NOT NULL, key bytea NOT NULL, value bytea NOT NULL, PRIMARY KEY (county, key));
    CREATE TABLE zl_code (county int NOT NULL, selector text NOT NULL, body bytea NOT NULL, PRIMARY KEY (county, selector));
"];

/// Brings the tables up to date. Several servers may do so at once.
pub fn migrate(connection: &mut Connection) -> Result<(), StoreFault> {
    // Two that create the same table at one moment may collide; the second try finds it.
    let create = "CREATE TABLE IF NOT EXISTS zl_schema (only_row int PRIMARY KEY, version int NOT NULL);
        INSERT INTO zl_schema VALUES (1, 0) ON CONFLICT DO NOTHING";
    if connection.run(create).is_err() {
        connection.run(create)?;
    }
    connection.run("BEGIN")?;
    let done = steps(connection);
    match done {
        Ok(()) => connection.run("COMMIT"),
        Err(fault) => {
            // The fault is told; a connection that cannot even roll back is broken and will be replaced.
            let _ = connection.run("ROLLBACK");
            Err(fault)
        }
    }
}

fn steps(connection: &mut Connection) -> Result<(), StoreFault> {
    let row = connection.row("SELECT version FROM zl_schema WHERE only_row = 1 FOR UPDATE", &[])?;
    let version: i32 = row.map_or(0, |row| row.get(0));
    let done = usize::try_from(version).unwrap_or(0);
    if done > STEPS.len() {
        return Err(StoreFault::Failed(format!("the database is of a newer program (schema {version})")));
    }
    for step in &STEPS[done..] {
        connection.run(step)?;
    }
    if done < STEPS.len() {
        connection.run(&format!("UPDATE zl_schema SET version = {} WHERE only_row = 1", STEPS.len()))?;
    }
    Ok(())
}
