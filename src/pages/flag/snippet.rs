//! Code that asks for the flag, ready to be copied: this server's address, this flag's key, the call for its type.

use super::Shown;
use super::next::SNIPPET;
use crate::components::*;
use crate::domain::flag::ValueType;
use crate::domain::when;
use crate::server::services::usage::Usage;
use leptos::prelude::*;
use serde_json::Value;

pub fn snippets(shown: &Shown) -> impl IntoView + use<> {
    let flag = shown.view.flag();
    let default = flag.variant(&flag.fallback_variant).map_or(Value::Null, |variant| variant.value.clone());
    let (url, key) = (shown.public_url.as_str(), flag.key.as_str());
    let items = vec![
        ("curl".to_owned(), curl(url, key)),
        ("Python".to_owned(), python(url, key, flag.value_type, &default)),
        ("JavaScript".to_owned(), javascript(url, key, flag.value_type, &default)),
    ];
    let seen = shown.usage.iter().filter_map(Usage::last_seen).max();
    let how = make_a_key(shown);
    let heard = match seen {
        Some(at) => {
            view! { <Badge tone=Tone::Ok icon=Glyph::Ok text=format!("Connected: last asked {}", when::relative(at, shown.now)) /> }
        }
        None => view! { <Badge tone=Tone::Info icon=Glyph::Clock text="Waiting for the first evaluation" /> },
    };
    view! {
        <Card id=SNIPPET title="Use it in your code" actions=heard.into_any()>
            <div class="stack">
                {how}
                <div>
                    <p class="hint">"2. Ask for the flag, with that key in FLAGSTAFF_KEY."</p>
                    <Snippets name="use" items=items />
                </div>
            </div>
        </Card>
    }
}

/// The command that makes a key, for the environment where one starts.
fn make_a_key(shown: &Shown) -> impl IntoView + use<> {
    let environment = shown.view.places.first().map(|(snapshot, _)| snapshot.environment.environment.key.to_string());
    let command = format!(
        "flagstaff key create --project {} --environment {} --kind server --name my-service",
        shown.project.key(),
        environment.unwrap_or_default()
    );
    view! {
        <div>
            <p class="hint">"1. Have an API key made for the environment; whoever runs this server can."</p>
            <Snippet label="API key" code=command />
        </div>
    }
}

fn curl(url: &str, key: &str) -> String {
    format!(
        "curl -s {url}/ofrep/v1/evaluate/flags/{key} \\\n  \
         -H \"Authorization: Bearer $FLAGSTAFF_KEY\" \\\n  \
         -H \"Content-Type: application/json\" \\\n  \
         -d '{{\"context\": {{\"targetingKey\": \"user_1\"}}}}'"
    )
}

fn python(url: &str, key: &str, value_type: ValueType, default: &Value) -> String {
    let call = match value_type {
        ValueType::Boolean => "get_boolean_value",
        ValueType::String => "get_string_value",
        ValueType::Integer => "get_integer_value",
        ValueType::Number => "get_float_value",
        ValueType::Object => "get_object_value",
    };
    let default = python_literal(default, value_type);
    format!(
        "# pip install openfeature-sdk openfeature-provider-ofrep\n\
         import os\n\n\
         from openfeature import api\n\
         from openfeature.contrib.provider.ofrep import OFREPProvider\n\
         from openfeature.evaluation_context import EvaluationContext\n\n\
         headers = {{\"Authorization\": \"Bearer \" + os.environ[\"FLAGSTAFF_KEY\"]}}\n\
         api.set_provider(OFREPProvider(\"{url}\", headers_factory=lambda: headers))\n\
         client = api.get_client()\n\n\
         value = client.{call}(\"{key}\", {default}, EvaluationContext(\"user_1\"))\n"
    )
}

fn javascript(url: &str, key: &str, value_type: ValueType, default: &Value) -> String {
    let call = match value_type {
        ValueType::Boolean => "getBooleanValue",
        ValueType::String => "getStringValue",
        ValueType::Integer | ValueType::Number => "getNumberValue",
        ValueType::Object => "getObjectValue",
    };
    format!(
        "// npm install @openfeature/server-sdk @openfeature/ofrep-provider\n\
         import {{ OpenFeature }} from \"@openfeature/server-sdk\";\n\
         import {{ OFREPProvider }} from \"@openfeature/ofrep-provider\";\n\n\
         const headers = [[\"Authorization\", `Bearer ${{process.env.FLAGSTAFF_KEY}}`]];\n\
         await OpenFeature.setProviderAndWait(new OFREPProvider({{ baseUrl: \"{url}\", headers }}));\n\
         const client = OpenFeature.getClient();\n\n\
         const value = await client.{call}(\"{key}\", {default}, {{ targetingKey: \"user_1\" }});\n"
    )
}

/// A JSON value as Python writes it. A number for a float has a point, because the SDK checks the type of the default.
fn python_literal(value: &Value, value_type: ValueType) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) if value_type == ValueType::Number => {
            let text = number.to_string();
            if text.contains(['.', 'e', 'E']) { text } else { format!("{text}.0") }
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| python_literal(item, ValueType::Object)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let pair = |(key, value): (&String, &Value)| {
                format!("{}: {}", Value::from(key.as_str()), python_literal(value, ValueType::Object))
            };
            format!("{{{}}}", fields.iter().map(pair).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn defaults_are_written_as_the_language_writes_them() {
        let table = [
            (json!(true), ValueType::Boolean, "True"),
            (json!("a\"b"), ValueType::String, "\"a\\\"b\""),
            (json!(3), ValueType::Integer, "3"),
            (json!(3), ValueType::Number, "3.0"),
            (json!({"a": [true, null, 1], "b": {}}), ValueType::Object, "{\"a\": [True, None, 1], \"b\": {}}"),
        ];
        for (value, value_type, text) in table {
            assert_eq!(python_literal(&value, value_type), text);
        }
    }

    #[test]
    fn the_call_follows_the_type() {
        let code = javascript("https://flags.shop.example", "limit", ValueType::Integer, &json!(5));
        assert!(code.contains(r#"client.getNumberValue("limit", 5, { targetingKey: "user_1" })"#), "{code}");
        assert!(code.contains(r#"baseUrl: "https://flags.shop.example""#), "{code}");
        let code = python("https://flags.shop.example", "limit", ValueType::Number, &json!(5));
        assert!(code.contains(r#"client.get_float_value("limit", 5.0, EvaluationContext("user_1"))"#), "{code}");
        assert!(curl("http://127.0.0.1:3000", "a").contains("http://127.0.0.1:3000/ofrep/v1/evaluate/flags/a \\\n  -H"), "curl");
    }
}
