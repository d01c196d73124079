//! A flag's switch in one environment, with the form that it sends to that environment's page.

use crate::components::prelude::*;
use crate::components::*;
use crate::domain::audience::once_on;
use crate::domain::time::Timestamp;
use crate::server::serving::{ServedFlag, Snapshot};

/// `return_to` is the address to come back to; with a `refusal` the switch is shown and cannot be used.
pub fn switch_form(
    project: &str,
    snapshot: &Snapshot,
    served: &ServedFlag,
    return_to: &str,
    refusal: Option<&str>,
    now: Timestamp,
) -> Html {
    switch_form_with(project, snapshot, served, return_to, refusal, None, now)
}

/// The same with more fields beside the switch.
pub fn switch_form_with(
    project: &str,
    snapshot: &Snapshot,
    served: &ServedFlag,
    return_to: &str,
    refusal: Option<&str>,
    more: Option<Html>,
    now: Timestamp,
) -> Html {
    let environment = &snapshot.environment.environment;
    let (on, label) = (served.state.enabled, format!("{} in {}", served.key(), environment.name));
    if let Some(reason) = refusal {
        return view! { <Switch on=on label=label reason=reason.to_owned() /> };
    }
    let action = format!("/p/{project}/flags/{}/{}", served.key(), environment.key);
    let says = if on { String::new() } else { once_on(&served.state, now) };
    let class = more.is_some().then_some("bar");
    view! {
        <form method="post" action=action class=class>
            <input type="hidden" name="_form" value="switch" />
            <input type="hidden" name="base_version" value=served.state_version />
            <input type="hidden" name="return_to" value=return_to.to_owned() />
            <Switch on=on label=label says=says />
            {more}
        </form>
    }
}
