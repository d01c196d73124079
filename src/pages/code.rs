//! Code that asks for a flag: this server's address, the flag's key, the call for its type; with an API key in it, or with
//! the place where the program finds one.

use crate::components::encode;
use crate::domain::flag::{Flag, ValueType};
use serde_json::{Map, Value};

/// What the code asks for, and with which key.
#[derive(Debug, Clone)]
pub struct Code<'a> {
    /// This server's address.
    pub url: &'a str,
    pub flag: &'a str,
    pub value_type: ValueType,
    /// What the program goes on with when it cannot ask.
    pub default: Value,
    /// The API key itself; from the variable `FLAGSTAFF_KEY` unless said.
    pub secret: Option<&'a str>,
}

impl<'a> Code<'a> {
    pub fn of(url: &'a str, flag: &'a Flag) -> Self {
        let default = flag.variant(&flag.fallback_variant).map_or(Value::Null, |variant| variant.value.clone());
        Self { url, flag: flag.key.as_str(), value_type: flag.value_type, default, secret: None }
    }

    /// For where no flag is there yet.
    pub fn of_none(url: &'a str) -> Self {
        Self { url, flag: "my_flag", value_type: ValueType::Boolean, default: Value::Bool(false), secret: None }
    }

    #[must_use]
    pub fn with(self, secret: &'a str) -> Self {
        Self { secret: Some(secret), ..self }
    }

    pub fn curl(&self) -> String {
        let (url, flag, key) = (self.url, self.flag, self.secret.unwrap_or("$FLAGSTAFF_KEY"));
        format!(
            "curl -s {url}/ofrep/v1/evaluate/flags/{flag} \\\n  \
             -H \"Authorization: Bearer {key}\" \\\n  \
             -H \"Content-Type: application/json\" \\\n  \
             -d '{{\"context\": {{\"targetingKey\": \"user_1\"}}}}'"
        )
    }

    pub fn python(&self) -> String {
        let call = match self.value_type {
            ValueType::Boolean => "get_boolean_value",
            ValueType::String => "get_string_value",
            ValueType::Integer => "get_integer_value",
            ValueType::Number => "get_float_value",
            ValueType::Object => "get_object_value",
        };
        let (url, flag, default) = (self.url, self.flag, python_literal(&self.default, self.value_type));
        let (import, key) = match self.secret {
            None => ("import os\n\n", "\"Bearer \" + os.environ[\"FLAGSTAFF_KEY\"]".to_owned()),
            Some(secret) => ("", format!("\"Bearer {secret}\"")),
        };
        format!(
            "# pip install openfeature-sdk openfeature-provider-ofrep\n\
             {import}\
             from openfeature import api\n\
             from openfeature.contrib.provider.ofrep import OFREPProvider\n\
             from openfeature.evaluation_context import EvaluationContext\n\n\
             headers = {{\"Authorization\": {key}}}\n\
             api.set_provider(OFREPProvider(\"{url}\", headers_factory=lambda: headers))\n\
             client = api.get_client()\n\n\
             value = client.{call}(\"{flag}\", {default}, EvaluationContext(\"user_1\"))\n"
        )
    }

    /// For Node.js.
    pub fn javascript(&self) -> String {
        let (url, flag, default, call) = (self.url, self.flag, &self.default, self.javascript_call());
        let key = match self.secret {
            None => "`Bearer ${process.env.FLAGSTAFF_KEY}`".to_owned(),
            Some(secret) => format!("\"Bearer {secret}\""),
        };
        format!(
            "// npm install @openfeature/server-sdk @openfeature/ofrep-provider\n\
             import {{ OpenFeature }} from \"@openfeature/server-sdk\";\n\
             import {{ OFREPProvider }} from \"@openfeature/ofrep-provider\";\n\n\
             const headers = [[\"Authorization\", {key}]];\n\
             await OpenFeature.setProviderAndWait(new OFREPProvider({{ baseUrl: \"{url}\", headers }}));\n\
             const client = OpenFeature.getClient();\n\n\
             const value = await client.{call}(\"{flag}\", {default}, {{ targetingKey: \"user_1\" }});\n"
        )
    }

    /// For browsers, which hold the key in the page.
    pub fn browser(&self) -> String {
        let (url, flag, default, call) = (self.url, self.flag, &self.default, self.javascript_call());
        let key = self.secret.unwrap_or("YOUR_CLIENT_KEY");
        format!(
            "// npm install @openfeature/web-sdk @openfeature/ofrep-web-provider\n\
             import {{ OpenFeature }} from \"@openfeature/web-sdk\";\n\
             import {{ OFREPWebProvider }} from \"@openfeature/ofrep-web-provider\";\n\n\
             const headers = [[\"Authorization\", \"Bearer {key}\"]];\n\
             await OpenFeature.setContext({{ targetingKey: \"user_1\" }});\n\
             await OpenFeature.setProviderAndWait(new OFREPWebProvider({{ baseUrl: \"{url}\", headers }}));\n\
             const client = OpenFeature.getClient();\n\n\
             const value = client.{call}(\"{flag}\", {default});\n"
        )
    }

    const fn javascript_call(&self) -> &'static str {
        match self.value_type {
            ValueType::Boolean => "getBooleanValue",
            ValueType::String => "getStringValue",
            ValueType::Integer | ValueType::Number => "getNumberValue",
            ValueType::Object => "getObjectValue",
        }
    }
}

/// A command that asks for one flag, or for all, on behalf of somebody, with the key from the variable `FLAGSTAFF_KEY`.
pub fn curl_with(url: &str, flag: Option<&str>, context: &Map<String, Value>) -> String {
    let path = flag.map_or(String::new(), |flag| format!("/{}", encode(flag)));
    let body = serde_json::json!({ "context": context }).to_string();
    format!(
        "curl -s {url}/ofrep/v1/evaluate/flags{path} \\\n  \
         -H \"Authorization: Bearer $FLAGSTAFF_KEY\" \\\n  \
         -H \"Content-Type: application/json\" \\\n  \
         -d {}",
        shell_quoted(&body)
    )
}

/// One word to a POSIX shell, whatever stands in it.
fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
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
    fn a_command_keeps_its_context_whatever_stands_in_it() {
        let context = json!({"targetingKey": "o'neill $(rm -rf /) `x`"}).as_object().cloned().unwrap_or_default();
        let curl = curl_with("https://flags.shop.example", Some("new_checkout"), &context);
        assert!(curl.contains("/evaluate/flags/new_checkout \\\n"), "{curl}");
        assert!(curl.ends_with(r#"-d '{"context":{"targetingKey":"o'\''neill $(rm -rf /) `x`"}}'"#), "{curl}");
        assert!(curl_with("https://flags.shop.example", None, &context).contains("/evaluate/flags \\\n"));
    }

    #[test]
    fn the_call_follows_the_type() {
        let code =
            |value_type| Code { value_type, default: json!(5), flag: "limit", ..Code::of_none("https://flags.shop.example") };
        let node = code(ValueType::Integer).javascript();
        assert!(node.contains(r#"client.getNumberValue("limit", 5, { targetingKey: "user_1" })"#), "{node}");
        assert!(node.contains(r#"baseUrl: "https://flags.shop.example""#), "{node}");
        let python = code(ValueType::Number).python();
        assert!(python.contains(r#"client.get_float_value("limit", 5.0, EvaluationContext("user_1"))"#), "{python}");
        let curl = code(ValueType::Number).curl();
        assert!(curl.contains("https://flags.shop.example/ofrep/v1/evaluate/flags/limit \\\n  -H"), "{curl}");
    }

    #[test]
    fn a_key_that_is_known_stands_in_every_language_and_else_in_none() {
        let code = Code::of_none("https://flags.shop.example");
        let known = code.clone().with("fs_server_1");
        for text in [known.curl(), known.python(), known.javascript(), known.browser()] {
            assert!(text.contains("Bearer fs_server_1\"") && !text.contains("FLAGSTAFF_KEY"), "{text}");
        }
        for text in [code.curl(), code.python(), code.javascript()] {
            assert!(text.contains("FLAGSTAFF_KEY"), "{text}");
        }
    }
}
