//! TLS between servers and their database, and passwords that nobody sees.

mod central_support;
mod server_support;

use server_support::{Postgres, Running, program};
use zhulian::central::postgres::PostgresStore;

const PASSWORD: &str = "geheim-9137";

#[test]
fn a_database_is_reached_by_tls_as_the_address_asks() {
    let Some((_postgres, port, certificate)) = Postgres::secured(PASSWORD) else {
        eprintln!("skipped: no PostgreSQL");
        return;
    };
    let at = |host: &str, more: &str| format!("postgres://zhulian:{PASSWORD}@{host}:{port}/postgres?{more}");
    let trusted = format!("&sslrootcert={}", certificate.display());
    let check = |url: &str, expected: Result<(), &str>| match (PostgresStore::connect(url), expected) {
        (Ok(_), Ok(())) => {}
        (Err(fault), Err(detail)) => {
            let told = fault.to_string();
            assert!(told.contains(detail) && !told.contains(PASSWORD), "{url}: {told}");
        }
        (found, expected) => panic!("{url}: {found:?} instead of {expected:?}"),
    };
    check(&at("localhost", ""), Err("28000"));
    check(&at("localhost", "sslmode=require"), Ok(()));
    check(&at("127.0.0.1", "sslmode=require"), Ok(()));
    check(&at("localhost", "sslmode=verify-full"), Err("UnknownIssuer"));
    check(&at("localhost", &format!("sslmode=verify-full{trusted}")), Ok(()));
    check(&at("127.0.0.1", &format!("sslmode=verify-full{trusted}")), Err("not valid for name"));
    check(&at("localhost", "sslmode=verify-ca"), Err("use verify-full"));

    // A whole server over it; nothing that it says holds the password.
    let folder = tempfile::tempdir().unwrap();
    let url = at("localhost", &format!("sslmode=verify-full{trusted}"));
    let server = Running::start(folder.path(), &url, &["--log", "debug"]);
    let (_, mut link) = server.join(1, "990101100201");
    assert!(link.hello().unwrap().is_ok());
}

#[test]
fn a_database_without_tls_is_not_spoken_to_in_the_open() {
    let Some(postgres) = Postgres::find() else { return };
    let url = postgres.database();
    let told = PostgresStore::connect(&format!("{url}?sslmode=require")).unwrap_err().to_string();
    assert!(told.contains("TLS"), "{told}");
}

#[test]
fn nothing_that_is_told_holds_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let check = |args: &[&str]| {
        let ran = program(folder.path()).args(args).output().unwrap();
        let said = [ran.stdout, ran.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(!ran.status.success() && !said.is_empty() && !said.contains(PASSWORD), "{args:?}: {said}");
    };
    let url = |scheme: &str| format!("{scheme}zhulian:{PASSWORD}@127.0.0.1:9/none");
    for lang in ["zh", "en"] {
        for json in [&["--json"][..], &[]] {
            let with = |args: &[&str]| check(&[json, &["--lang", lang], args].concat());
            with(&["serve", "--store", &url("postgres://")]);
            with(&["serve", "--store", &url("Postgres://")]);
            with(&["serve", "--store", &url("postgres:")]);
            with(&["serve", "--store", &url("mysql://")]);
            with(&["serve", &url("postgres://")]);
            with(&["server", "--store", &url("postgres://"), "device", "list"]);
            with(&["server", &url("postgres://")]);
            with(&["serve", "--listen", &url("postgres://")]);
            with(&["serve", "--store", &format!("{}?sslmode=no", url("postgres://"))]);
        }
    }
}
