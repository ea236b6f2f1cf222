//! Connections: a fixed number, kept open, replaced when they break.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use postgres::config::TargetSessionAttrs;
use postgres::types::ToSql;
use postgres::{Client, Config, NoTls, Row, Statement};

use super::fault;
use super::tls::{self, Transport};
use crate::central::store::StoreFault;

fn with_cause(error: &postgres::Error) -> String {
    use std::error::Error as _;
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

/// Connections of one process.
pub struct Pool {
    config: Config,
    transport: Transport,
    most: usize,
    held: Mutex<Held>,
    returned: Condvar,
}

#[derive(Default)]
struct Held {
    idle: Vec<Connection>,
    /// Idle and lent.
    open: usize,
}

/// How long to wait for a connection that another thread has.
const PATIENCE: Duration = Duration::from_secs(10);

/// A database whose machine is gone answers nothing, not even that. What waits for it is told so within half a minute
/// instead of the hours that systems are set to, unless the address says otherwise.
fn notice_silence(config: &mut Config, url: &str) {
    if !url.contains("keepalives") {
        config
            .keepalives_idle(Duration::from_secs(10))
            .keepalives_interval(Duration::from_secs(5))
            .keepalives_retries(4);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(Duration::from_secs(30));
    }
}

impl Pool {
    /// Connects nothing yet.
    pub fn new(url: &str, most: usize) -> Result<Pool, StoreFault> {
        let (url, transport) = tls::transport(url)?;
        let mut config: Config =
            url.parse().map_err(|_| StoreFault::Failed("not the address of a database".to_owned()))?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        if config.get_application_name().is_none() {
            config.application_name("zhulian");
        }
        if config.get_hosts().len() > 1 && !url.contains("target_session_attrs=") {
            // Several servers are one that takes writes and its standbys, and may change places.
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        notice_silence(&mut config, &url);
        Ok(Pool { config, transport, most, held: Mutex::default(), returned: Condvar::new() })
    }

    /// Takes a connection, an idle one or a new one.
    pub fn take(&self) -> Result<Lent<'_>, StoreFault> {
        let until = Instant::now() + PATIENCE;
        let mut held = self.held();
        loop {
            while let Some(connection) = held.idle.pop() {
                if !connection.client.is_closed() {
                    return Ok(Lent { pool: self, connection: Some(connection) });
                }
                held.open -= 1;
            }
            if held.open < self.most {
                held.open += 1;
                drop(held);
                return match self.connect() {
                    Ok(connection) => Ok(Lent { pool: self, connection: Some(connection) }),
                    Err(error) => {
                        self.held().open -= 1;
                        self.returned.notify_one();
                        Err(error)
                    }
                };
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreFault::Away("no connection is free".to_owned()));
            }
            held = self.returned.wait_timeout(held, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn connect(&self) -> Result<Connection, StoreFault> {
        let unreachable = |error: postgres::Error| match fault(&error) {
            // Not the error's own words only: the cause says whether it is the name, the port or the password.
            StoreFault::Again => StoreFault::Away(with_cause(&error)),
            other => other,
        };
        let connected = match &self.transport {
            Transport::Plain => self.config.connect(NoTls),
            Transport::Tls(tls) => self.config.connect(tls.clone()),
        };
        let mut client = connected.map_err(unreachable)?;
        // An acknowledged commit is on the disk, whatever the database's default is; a stricter one stays. A lock that is
        // not to be had means that its holder hangs.
        client
            .batch_execute("SET lock_timeout = '10s'; SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s'")
            .map_err(|error| fault(&error))?;
        let row = client.query_one("SHOW synchronous_commit", &[]).map_err(|error| fault(&error))?;
        if matches!(row.get::<_, &str>(0), "off" | "local") {
            client.batch_execute("SET synchronous_commit = on").map_err(|error| fault(&error))?;
        }
        Ok(Connection { client, prepared: HashMap::new() })
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Pool {
    /// Without the address, for there may be a password in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("most", &self.most).field("open", &self.held().open).finish_non_exhaustive()
    }
}

/// A connection with its prepared statements.
pub struct Connection {
    client: Client,
    prepared: HashMap<&'static str, Statement>,
}

impl Connection {
    /// Whether the connection has broken.
    pub fn is_broken(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs several statements without parameters.
    pub fn run(&mut self, sql: &str) -> Result<(), StoreFault> {
        self.client.batch_execute(sql).map_err(|error| fault(&error))
    }

    /// Rows of a statement, which is prepared once.
    pub fn rows(&mut self, sql: &'static str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, StoreFault> {
        let statement = self.statement(sql)?;
        self.client.query(&statement, values).map_err(|error| fault(&error))
    }

    /// At most one row.
    pub fn row(&mut self, sql: &'static str, values: &[&(dyn ToSql + Sync)]) -> Result<Option<Row>, StoreFault> {
        Ok(self.rows(sql, values)?.into_iter().next())
    }

    /// How many rows a statement changed.
    pub fn change(&mut self, sql: &'static str, values: &[&(dyn ToSql + Sync)]) -> Result<u64, StoreFault> {
        let statement = self.statement(sql)?;
        self.client.execute(&statement, values).map_err(|error| fault(&error))
    }

    fn statement(&mut self, sql: &'static str) -> Result<Statement, StoreFault> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).map_err(|error| fault(&error))?;
        self.prepared.insert(sql, statement.clone());
        Ok(statement)
    }
}

/// A connection on loan; it goes back when this is dropped.
pub struct Lent<'p> {
    pool: &'p Pool,
    connection: Option<Connection>,
}

impl Lent<'_> {
    /// Closes the connection instead of giving it back: what state it is in is unknown.
    pub fn discard(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.held().open -= 1;
            self.pool.returned.notify_one();
            drop(connection);
        }
    }
}

impl Deref for Lent<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("only `discard` and `drop` take it, and both end the loan")
    }
}

impl DerefMut for Lent<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("only `discard` and `drop` take it, and both end the loan")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            let mut held = self.pool.held();
            if connection.client.is_closed() {
                // What ended this one has most likely ended those that were idle.
                held.open -= 1 + held.idle.len();
                held.idle.clear();
            } else {
                held.idle.push(connection);
            }
            drop(held);
            self.pool.returned.notify_one();
        }
    }
}
