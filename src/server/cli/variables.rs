//! Variables named FLAGSTAFF_…: each is known, or it is a mistake that would otherwise go unseen.

use super::data::SECRET_KEY;
use super::failure::Failure;
use super::refs_server::API_KEY;
use crate::server::services::nearest::nearest;
use clap::CommandFactory;
use std::collections::BTreeSet;

const PREFIX: &str = "FLAGSTAFF_";

/// Refuses the first variable of ours that no option reads.
pub fn refuse_unknown() -> Result<(), Failure> {
    let known = known();
    let mut set: Vec<String> = std::env::vars_os()
        .map(|(name, _)| name.to_string_lossy().into_owned())
        .filter(|name| name.starts_with(PREFIX))
        .collect();
    set.sort();
    match set.into_iter().find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(name) => {
            let near = nearest(&name[PREFIX.len()..], known.iter().map(|known| &known[PREFIX.len()..]));
            let advice = match near {
                Some(near) => format!("did you mean {PREFIX}{near}?"),
                None => format!("there are: {}", known.into_iter().collect::<Vec<_>>().join(", ")),
            };
            Err(Failure::usage(format!("the variable {name} is set, and no option reads it; {advice}")))
        }
    }
}

/// The variables of all options of all commands.
fn known() -> BTreeSet<String> {
    let mut known = BTreeSet::from([SECRET_KEY, API_KEY].map(str::to_owned));
    collect(&super::Cli::command(), &mut known);
    known
}

fn collect(command: &clap::Command, known: &mut BTreeSet<String>) {
    known.extend(command.get_arguments().filter_map(|arg| Some(arg.get_env()?.to_string_lossy().into_owned())));
    command.get_subcommands().for_each(|sub| collect(sub, known));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_has_its_variable() {
        fn check(command: &clap::Command) {
            for arg in command.get_arguments().filter(|arg| !arg.is_positional()) {
                let id = arg.get_id().as_str();
                let expected = format!("{PREFIX}{}", id.to_uppercase());
                let env = arg.get_env().map(|name| name.to_string_lossy().into_owned());
                assert!(matches!(id, "help" | "version") || env.as_ref() == Some(&expected), "{id}: {env:?}");
            }
            command.get_subcommands().for_each(check);
        }
        check(&super::super::Cli::command());
        super::super::Cli::command().debug_assert();
    }
}
