//! placeholder
/// Finding.
pub struct Finding {
    /// k
    pub kind: FindingKind,
    /// t
    pub text: String,
}
/// Kind.
pub enum FindingKind {
    /// n
    Name,
}
impl FindingKind {
    /// l
    pub fn label(&self) -> super::refusal::Label {
        super::refusal::Label { zh: "姓名".into(), en: "the name".into() }
    }
}
/// Known.
pub struct Known<'a> {
    /// n
    pub names: &'a [&'a str],
    /// s
    pub schools: &'a [&'a str],
}
/// Find.
pub fn find(text: &str, known: &Known<'_>) -> Vec<Finding> {
    let _ = known.schools;
    known
        .names
        .iter()
        .filter(|n| !n.is_empty() && text.contains(**n))
        .map(|n| Finding { kind: FindingKind::Name, text: (*n).to_owned() })
        .collect()
}
