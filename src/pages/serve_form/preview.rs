//! What the shares of a form come to: a crowd, and how many would get another variant than now.

use super::{SPLIT, ServeForm};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::flag::Flag;
use crate::domain::rule::{Serve, WHOLE};
use crate::domain::shift;
use crate::domain::time::Timestamp;

/// What stands where the form's answer goes.
#[derive(Debug, Clone)]
pub struct Standing {
    /// What is served now; none in a new rule.
    pub serve: Option<Serve>,
    /// Served while off; its dots stay hollow.
    pub off: String,
    /// Whom it concerns: `those it matches`.
    pub whom: &'static str,
    /// Whether it is in force, or only once the flag is on or the rule active.
    pub live: bool,
    pub now: Timestamp,
}

/// Redrawn while somebody types: by *Check*, or by a script that presses it.
pub fn preview(form: &ServeForm, flag: &Flag, standing: &Standing) -> Html {
    let (serve, problems) = form.read(flag, standing.serve.as_ref());
    let whole = serve.shares(standing.now).iter().map(|(_, share)| u32::from(*share)).sum::<u32>() == u32::from(WHOLE);
    let readable = problems.is_empty() && whole;
    let crowd = (readable && form.mode == SPLIT).then(|| crowd(&serve, standing));
    let said = standing.serve.as_ref().filter(|before| readable && **before != serve).map(|before| {
        let mut lines = shift::sentences(before, &serve, flag.key.as_str(), standing.whom, standing.now);
        if !standing.live {
            lines.push("Nobody notices yet: it takes effect once this is turned on.".to_owned());
        }
        let lines: Vec<_> = lines.into_iter().map(|line| view! { <p>{line}</p> }).collect();
        view! { <div class="shift">{lines}</div> }
    });
    view! { {crowd} {said} }
}

fn crowd(serve: &Serve, standing: &Standing) -> Html {
    let shares: Vec<(String, u16)> =
        serve.shares(standing.now).into_iter().map(|(name, share)| (name.to_string(), share)).collect();
    view! { <Crowd shares=shares rest=standing.off.clone() /> }
}
