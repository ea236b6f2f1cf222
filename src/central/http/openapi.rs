//! The description of the interface, for those who do not read Rust.

use serde_json::{Value, json};

use super::routes::ROUTES;
use crate::sync::http::{BINARY, JSON};
use crate::sync::protocol::{MAX_COMMANDS, MAX_PUSH, PROTOCOL};

/// OpenAPI 3.1.
pub fn description() -> Value {
    let mut paths = serde_json::Map::new();
    for (path, methods) in ROUTES {
        let operations: serde_json::Map<String, Value> =
            methods.iter().map(|method| ((*method).to_owned(), operation(path, method))).collect();
        paths.insert(path.to_owned(), operations.into());
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "zhulian",
            "version": env!("CARGO_PKG_VERSION"),
            "description": format!(
                "Protocol {PROTOCOL}. Bodies are MessagePack with field names behind a version byte, compressed with \
                 zstd where that pays ({BINARY}), or JSON ({JSON}) with the same fields; bytes are lists of numbers in \
                 JSON. At most {MAX_COMMANDS} commands and {MAX_PUSH} bytes in a push. Every answer carries the \
                 server's clock in the header zhulian-now, in milliseconds since 1970."
            ),
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "device": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "authorization",
                    "description": "Zhulian <device>:<time>:<seal>, where seal is HMAC-SM3 in hexadecimal under the \
                        device's key over \"zhulian http\", METHOD, path with query, time, each followed by a zero \
                        byte, and the SM3 of the body; time is in milliseconds since 1970, within ten minutes of the \
                        server's clock",
                },
            },
            "schemas": schemas(),
        },
    })
}

fn operation(path: &str, method: &str) -> Value {
    let (summary, asks, gives) = match path {
        "/v1/hello" => ("Versions, epoch, limits, the server's clock", None, Some("Welcome")),
        "/v1/enroll/offer" => {
            ("What a one-time code would give, and the regions; the code stays good", Some("Ask"), Some("Offer"))
        }
        "/v1/enroll" => ("Joins with a one-time code", Some("Join"), Some("Joined")),
        "/v1/push" => {
            ("Commands up, verdicts down; sending again has no further effect", Some("Parcel"), Some("PushReply"))
        }
        "/v1/pull" => ("What changed in the device's feeds", Some("Pull"), Some("Page")),
        "/v1/bootstrap" => ("Whole feeds, in pieces that can be resumed", Some("Bootstrap"), Some("Chunk")),
        "/healthz" => ("Whether the process is alive", None, None),
        "/readyz" => ("Whether requests would be answered now", None, None),
        "/metrics" => ("Figures for Prometheus", None, None),
        _ => ("This description", None, None),
    };
    let content = |name: &str| {
        let schema = json!({"schema": {"$ref": format!("#/components/schemas/{name}")}});
        json!({BINARY: schema, JSON: schema})
    };
    let mut operation = json!({"summary": summary});
    let ok = match gives {
        Some(name) => json!({"description": name, "content": content(name)}),
        None => json!({"description": "ok"}),
    };
    operation["responses"] = json!({"200": ok});
    if let Some(name) = asks {
        if method == "get" {
            operation["parameters"] = json!([{
                "name": "message", "in": "query", "required": true,
                "content": {JSON: {"schema": {"$ref": format!("#/components/schemas/{name}")}}},
            }]);
        } else {
            operation["requestBody"] = json!({"required": true, "content": content(name)});
        }
    }
    if path.starts_with("/v1/") {
        operation["responses"]["default"] = json!({
            "description": "refused as a whole; nothing has changed. 503 carries Retry-After",
            "content": content("Fault"),
        });
        if !path.starts_with("/v1/enroll") {
            operation["security"] = json!([{"device": []}]);
        }
    }
    operation
}

fn schemas() -> Value {
    let bytes = json!({"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 255}});
    let id = json!({"type": "string", "format": "uuid"});
    let count = json!({"type": "integer", "minimum": 0});
    let text = json!({"type": "object", "properties": {"zh": {"type": "string"}, "en": {"type": "string"}}});
    let object = |properties: Value, required: &[&str]| json!({"type": "object", "properties": properties, "required": required});
    let feed = json!({"type": "string", "description": "territory/<code>, pool, reference or own/<worker>"});
    let cursor = object(json!({"feed": feed, "seq": count}), &["feed", "seq"]);
    json!({
        "Welcome": object(
            json!({"protocol": count, "oldest": count, "epoch": count, "now": {"type": "integer"}, "last_seq": count,
                "last_hash": bytes, "limits": {"type": "array", "items": count}}),
            &["protocol", "oldest", "epoch", "now", "last_seq", "last_hash", "limits"],
        ),
        "Ask": object(
            json!({"code": {"type": "string"}, "device": id, "resume": {"type": "object"}, "max_bytes": count}),
            &["code", "device", "max_bytes"],
        ),
        "Offer": object(
            json!({"name": {"type": "string"}, "scope": {"type": "object"},
                "regions": {"$ref": "#/components/schemas/Chunk"}}),
            &["name", "scope", "regions"],
        ),
        "Join": object(
            json!({"code": {"type": "string"}, "device": id, "secret": bytes, "name": {"type": "string"}}),
            &["code", "device", "secret"],
        ),
        "Joined": object(
            json!({"device": id, "name": {"type": "string"}, "scope": {"type": "object"}, "epoch": count,
                "protocol": count, "now": {"type": "integer"}}),
            &["device", "name", "scope", "epoch", "protocol", "now"],
        ),
        "Parcel": object(json!({"device": id, "body": bytes, "seal": bytes}), &["device", "body", "seal"]),
        "PushReply": object(
            json!({"epoch": count, "verdicts": {"type": "array", "items": {"type": "object"}}, "last_seq": count,
                "last_hash": bytes}),
            &["epoch", "verdicts", "last_seq", "last_hash"],
        ),
        "Pull": object(
            json!({"protocol": count, "device": id, "epoch": count, "max_bytes": count, "territories": count, "known": {
                "oneOf": [
                    object(json!({"cursors": {"type": "array", "items": cursor}}), &["cursors"]),
                    object(json!({"digest": bytes}), &["digest"]),
                ],
            }}),
            &["protocol", "device", "epoch", "known", "max_bytes"],
        ),
        "Page": object(
            json!({"epoch": count, "entries": {"type": "array", "items": {"type": "object"}},
                "cursors": {"type": "array", "items": cursor}, "more": {"type": "boolean"},
                "bootstrap": {"type": "array", "items": feed}, "dropped": {"type": "array", "items": feed},
                "territories": {"type": "array", "items": {"type": "string"}},
                "tell_cursors": {"type": "boolean"}}),
            &["epoch"],
        ),
        "Bootstrap": object(
            json!({"protocol": count, "device": id, "feeds": {"type": "array", "items": feed},
                "resume": {"type": "object"}, "max_bytes": count}),
            &["protocol", "device", "feeds", "max_bytes"],
        ),
        "Chunk": object(
            json!({"epoch": count, "items": {"type": "array", "items": {"type": "object"}},
                "complete": {"type": "array", "items": {"type": "object"}}, "resume": {"type": "object"}}),
            &["epoch"],
        ),
        "Fault": object(
            json!({"error": object(
                json!({"code": {"type": "string"}, "field": {"type": ["string", "null"]}, "message": text, "remedy": text}),
                &["code", "message", "remedy"],
            ), "cause": {"type": "object"}}),
            &["error"],
        ),
    })
}
