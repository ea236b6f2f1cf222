//! stub
/// stub
#[derive(Debug)]
pub struct Tty;
/// stub
#[derive(Debug)]
pub enum TerminalError {}
