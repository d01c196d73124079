//! What the fields of a document are called where people read of them.

/// `rules[Staff].serve` as `rules / Staff / serve`, `fallthrough` as `everyone else`. Names may hold dots, but those stand in
/// brackets; they stay as they are.
pub fn of(path: &str) -> String {
    let steps = steps(path).into_iter().filter_map(|step| match step {
        Step::Field(name) => called(&name),
        Step::Item(name) => Some(name),
    });
    steps.collect::<Vec<_>>().join(" / ")
}

enum Step {
    Field(String),
    /// What stood in brackets.
    Item(String),
}

fn steps(path: &str) -> Vec<Step> {
    let (mut steps, mut text, mut inside) = (Vec::new(), String::new(), 0_usize);
    for c in path.chars() {
        match (c, inside) {
            ('[', 0) => {
                steps.push(Step::Field(std::mem::take(&mut text)));
                inside = 1;
            }
            (']', 1) => {
                steps.push(Step::Item(std::mem::take(&mut text)));
                inside = 0;
            }
            ('.', 0) => steps.push(Step::Field(std::mem::take(&mut text))),
            _ => {
                match c {
                    '[' => inside += 1,
                    ']' if inside > 0 => inside -= 1,
                    _ => {}
                }
                text.push(c);
            }
        }
    }
    steps.push(if inside > 0 { Step::Item(text) } else { Step::Field(text) });
    steps
}

/// `None` for what only says of which kind the next step is.
fn called(field: &str) -> Option<String> {
    Some(match field {
        "" | "split" | "weights" | "rollout" | "person" | "team" | "unclaimed" | "at" | "after" | "for" => return None,
        "hold" => "stays for".to_owned(),
        "fallthrough" => "everyone else".to_owned(),
        "targets" => "individual targets".to_owned(),
        "include" => "included".to_owned(),
        "exclude" => "excluded".to_owned(),
        "groups" => "conditions".to_owned(),
        "off_variant" => "served while off".to_owned(),
        "fallback_variant" => "fallback".to_owned(),
        "value_type" => "type".to_owned(),
        "expires_at" => "last day".to_owned(),
        "on_expiry" => "after the last day".to_owned(),
        "archived_at" => "archived".to_owned(),
        "client_visible" => "visible to clients".to_owned(),
        "rollback_criteria" => "turn it off when".to_owned(),
        other => other.replace('_', " "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_steps() {
        for (path, text) in [
            ("tags", "tags"),
            ("rules[Staff].serve", "rules / Staff / serve"),
            ("rules[v1.2 [old]].active", "rules / v1.2 [old] / active"),
            ("rules[broken", "rules / broken"),
            ("rules[value_type].conditions[1]", "rules / value_type / conditions / 1"),
            ("fallthrough.split.weights[on].share", "everyone else / on / share"),
            ("owner.person", "owner"),
            ("expires_at", "last day"),
            ("review_by", "review by"),
        ] {
            assert_eq!(of(path), text);
        }
    }
}
