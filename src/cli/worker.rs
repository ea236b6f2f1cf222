//! `worker …`

mod add;
mod list;

pub use add::NewWorker;

use super::{Io, Outcome, Run};
use crate::desk::Desk;

/// What can be done with workers.
#[derive(Debug, clap::Subcommand)]
pub enum Worker {
    Add(add::Add),
    List(list::List),
}

impl Run for Worker {
    fn run(&self, desk: &Desk, io: &mut Io<'_>) -> Outcome {
        match self {
            Worker::Add(act) => act.run(desk, io),
            Worker::List(act) => act.run(desk, io),
        }
    }
}
