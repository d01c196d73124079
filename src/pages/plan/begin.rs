//! How a plan begins: the form, what it says, and what that would come to.

use super::{Shown, Wanted, words};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::flag::{Flag, Problem};
use crate::domain::key::{SegmentKey, VariantName};
use crate::domain::launch::{Launch, Whose, bucket_by};
use crate::domain::plan_template::PlanTemplate;
use crate::domain::shift;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::pages::fields::Fields;
use crate::pages::stages::{self, StageRows};
use crate::pages::state_change::note;
use crate::server::error::Error;
use crate::server::services::moment;
use crate::server::services::states::OpenState;

pub const FORM: &str = "begin";
/// Fills the steps in from the template that is chosen.
const FILL: &str = "fill";
const CHECK: &str = "check";

/// The template that the steps in the form came from.
const FILLED: &str = "filled_from";

/// The fields with the steps of the template that is chosen, where that is another one than the steps came from. Steps that were
/// changed by hand since are not thrown away: [`read`] asks.
pub fn filled(fields: Fields, templates: &[PlanTemplate]) -> Fields {
    let find = |name: &str| templates.iter().find(|template| template.name == fields.get(name));
    let (Some(chosen), Some(from)) = (find("template"), find(FILLED)) else { return fields };
    if fields.is_checked(FILL) || chosen.name == from.name || stages::from_pairs(&fields.0) != stages::rows(&from.steps) {
        return fields;
    }
    with_template(&fields, chosen)
}

fn with_template(fields: &Fields, chosen: &PlanTemplate) -> Fields {
    let others = fields.0.iter().filter(|(name, _)| name != FILL && name != FILLED).cloned();
    let others: Vec<_> = others.chain([(FILLED.to_owned(), chosen.name.clone())]).collect();
    Fields(stages::with_rows(&others, &stages::rows(&chosen.steps)))
}

/// Whether another template was chosen although the steps were changed: nobody knows which of them is meant.
fn unclear(fields: &Fields) -> Option<Problem> {
    let (chosen, from) = (fields.get("template"), fields.get(FILLED));
    let message = format!(
        "{chosen} is chosen, and the steps were changed by hand: press Fill in to take its steps, or choose {from} to keep these."
    );
    (!chosen.is_empty() && !from.is_empty() && chosen != from).then(|| Problem::new("template", message))
}

/// The form after one of its own buttons, which draw it again and save nothing.
pub fn redrawn(fields: &Fields, templates: &[PlanTemplate]) -> Option<Attempt> {
    let values = match () {
        () if fields.is_checked(FILL) => {
            let chosen = templates.iter().find(|template| template.name == fields.get("template")).or(templates.first())?;
            with_template(fields, chosen).0
        }
        () if fields.is_checked(CHECK) => fields.0.iter().filter(|(name, _)| name != CHECK).cloned().collect(),
        () => stages::rearranged(&fields.0)?,
    };
    Some(Attempt { form: FORM.to_owned(), values, ..Attempt::default() })
}

pub fn read(fields: &Fields, open: &OpenState, whose: &Whose, now: Timestamp) -> Result<Wanted, Error> {
    let launch = launch(fields, open, whose, now).map_err(Error::Invalid)?;
    let after = launch.begin(&open.served.state, open.flag_key().as_str(), now).map_err(Error::Invalid)?;
    let found = open.problems(&after.clone().settled(now)).iter().filter_map(super::own).collect::<Vec<_>>();
    if !found.is_empty() {
        return Err(Error::Invalid(found));
    }
    let note = words::begins(&launch, open.served.state.enabled, fields.get("at"));
    Ok(Wanted { title: "Start a rollout".to_owned(), after, note })
}

fn launch(fields: &Fields, open: &OpenState, whose: &Whose, now: Timestamp) -> Result<Launch, Vec<Problem>> {
    let flag = &open.served.stored.flag;
    let (stages, mut problems) = stages::read(&stages::from_pairs(&fields.0), None, &[]);
    problems.extend(unclear(fields));
    if stages.is_empty() {
        problems.push(Problem::new("steps", "Write at least one step, such as 100 %."));
    }
    let at = super::begins_at(fields, now, &mut problems);
    let (variant, rest) = (variant(fields, flag, "variant", &mut problems), variant(fields, flag, "rest", &mut problems));
    let staff = fields.filled("staff").and_then(|key| {
        let known = open.segment_keys().contains(&key).then(|| SegmentKey::parse(&key).ok()).flatten();
        if known.is_none() {
            problems.push(Problem::new("staff", format!("There is no segment {key}; choose one of the list, or nobody.")));
        }
        known
    });
    let bucket_by = fields.filled("bucket_by").unwrap_or_else(|| {
        problems.push(Problem::new("bucket_by", "Name the attribute to bucket by, such as targetingKey."));
        String::new()
    });
    if !problems.is_empty() {
        return Err(problems);
    }
    let (turn_on, whose) = (fields.is_checked("turn_on"), whose.clone());
    Ok(Launch { whose, variant, rest, bucket_by, stages, at, staff, turn_on })
}

fn variant(fields: &Fields, flag: &Flag, field: &str, problems: &mut Vec<Problem>) -> VariantName {
    let found = flag.variants.iter().find(|variant| variant.name.as_str() == fields.get(field));
    found.map(|variant| variant.name.clone()).unwrap_or_else(|| {
        let names: Vec<&str> = flag.variants.iter().map(|variant| variant.name.as_str()).collect();
        problems.push(Problem::new(field, format!("Choose a variant: {}.", names.join(", "))));
        VariantName::off()
    })
}

/// What the form begins with: the first variant that is not the one for off.
fn proposed(flag: &Flag, state: &State) -> (String, String) {
    let other = flag.variants.iter().find(|variant| variant.name != state.off_variant);
    (other.map(|variant| variant.name.to_string()).unwrap_or_default(), state.off_variant.to_string())
}

pub fn card(shown: &Shown) -> Html {
    let (flag, state) = (&shown.open.served.stored.flag, shown.state());
    if flag.variants.len() < 2 {
        let text = "This flag has one variant alone; a rollout needs one to roll out and one for the rest.";
        return view! { <Card id="begin-it" title="Start a rollout"><p>{text}</p></Card> };
    }
    if let Some(reason) = shown.lock.clone() {
        return view! {
            <Card id="begin-it" title="Start a rollout"><p><DisabledAction reason=reason>"Start the rollout"</DisabledAction></p></Card>
        };
    }
    let attempt = Attempt::of(FORM);
    let rows = match &attempt {
        Some(attempt) => stages::from_pairs(&attempt.values),
        None => shown.templates.first().map(|template| stages::rows(&template.steps)).unwrap_or_default(),
    };
    let preview = preview(shown, attempt.as_ref());
    let templates: Vec<Choice> = shown.templates.iter().map(|one| Choice::new(one.name.clone(), described(one))).collect();
    let names: Vec<Choice> = flag.variants.iter().map(|one| Choice::new(one.name.as_str(), one.name.as_str())).collect();
    let (variant, rest) = proposed(flag, state);
    let base = shown.open.served.state_version.to_string();
    let first = shown.templates.first().map(|template| template.name.clone()).unwrap_or_default();
    let note = format!("of {} in {}", shown.whom(), shown.open.environment_key());
    let (options, attributes) = (options(shown), shown.attributes.clone());
    let by = state.serve_of(&shown.whose).map(bucket_by).unwrap_or_default();
    let check = view! { <Button name=CHECK value="true">"Check"</Button> };
    view! {
        <Card id="begin-it" title="Start a rollout" note=note>
            <Form id=FORM submit="Start the rollout" actions=check inner_buttons=true live=true>
                <Hidden name="base_version" value=base />
                <Hidden name=FILLED value=first />
                <div class="field-row">
                    <Select name="variant" label="Roll out" options=names.clone() value=variant required=true />
                    <Select name="rest" label="The rest get" options=names value=rest required=true />
                </div>
                <div class="field-row">
                    <Select name="template" label="Steps from" options=templates required=true />
                    <Button name=FILL value="true">"Fill in"</Button>
                </div>
                <StageRows rows=rows legend="Steps" />
                <Field
                    name="at" label="Begins" mono=true width=36 autocomplete="off" moment=true
                    hint=format!("Left empty: at once. {}", moment::HOW)
                />
                {options}
                <Disclosure label="Advanced" icon=Glyph::Settings>
                    <Field
                        name="bucket_by" label="Bucket by" value=by mono=true required=true suggestions=attributes
                        hint="The attribute that decides: whoever has the same value in it always gets the same variant."
                    />
                </Disclosure>
                <div id="plan-preview" class="preview" data-live="" aria-live="polite">{preview}</div>
            </Form>
        </Card>
    }
}

/// `Usual: 1 %, 10 %, 100 %`
fn described(template: &PlanTemplate) -> String {
    let shares: Vec<String> = template.steps.iter().map(|stage| crate::domain::rule::percent(stage.share)).collect();
    format!("{}: {}", template.name, shares.join(", "))
}

fn options(shown: &Shown) -> Html {
    let segments = shown.open.segment_keys();
    let staff = (!segments.is_empty()).then(|| {
        let options: Vec<Choice> = segments.into_iter().map(|key| Choice::new(key.clone(), key)).collect();
        view! {
            <Select
                name="staff" label="First to" options=options prompt="nobody in particular"
                hint="A segment, such as your own staff: a rule above gives all of it the variant at once, even where the plan begins later."
            />
        }
    });
    let off = (!shown.state().enabled).then(|| {
        let environment = shown.open.environment_key();
        view! {
            <Checkbox
                name="turn_on" label=format!("Turn the flag on in {environment}") checked=true
                hint="It is off here: nobody is served by a plan before it is on. It is turned on at once, even where the plan begins later."
            />
        }
    });
    view! { {staff} {off} }
}

/// What the form would come to, or what keeps it from that. After a refusal that stands at the fields already.
fn preview(shown: &Shown, attempt: Option<&Attempt>) -> Html {
    let Some(attempt) = attempt.filter(|attempt| !attempt.is_refusal()) else { return ().draw() };
    let fields = Fields(attempt.values.clone());
    let (open, now) = (&shown.open, shown.now);
    let wanted = match read(&fields, open, &shown.whose, now) {
        Ok(wanted) => wanted,
        Err(Error::Invalid(problems)) => return lacks(problems),
        Err(_) => return ().draw(),
    };
    let after = wanted.after.settled(now);
    let (Some(plan), Some(before), Some(serve)) =
        (after.plan_of(&shown.whose), shown.state().serve_of(&shown.whose), after.serve_of(&shown.whose))
    else {
        return ().draw();
    };
    let flag = &open.served.stored.flag;
    let told = match (shown.state().enabled, after.enabled) {
        (true, _) => shift::sentences(before, serve, flag.key.as_str(), &shown.whom(), now).join(" "),
        (false, true) => note(flag, shown.state(), &after, now),
        (false, false) => "The flag is off here: nobody is served by the plan before it is on.".to_owned(),
    };
    let later = wanted.note.map(|text| view! { <p>{text}</p> });
    let late = words::outlives(flag, plan).map(|text| view! { <Banner tone=Tone::Warn title=text /> });
    view! { <p>{told}</p> {later} {late} <Steps plan=plan.clone() now=now /> }
}

fn lacks(problems: Vec<Problem>) -> Html {
    let line = |problem: Problem| {
        let step = problem.field.strip_prefix("steps[").and_then(|rest| rest.split_once(']')?.0.parse::<usize>().ok());
        let step = step.map(|at| format!("Step {}: ", at + 1)).unwrap_or_default();
        view! { <li>{format!("{step}{}", problem.message)}</li> }
    };
    let lines: Vec<_> = problems.into_iter().map(line).collect();
    view! { <p class="sub">"Before it can be started:"</p><ul class="lacks">{lines}</ul> }
}
