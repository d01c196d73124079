//! The fields of a [`ServeForm`]. What does not belong to the chosen way is hidden by the style sheet, without a script.

use super::preview::{Standing, preview};
use super::{PLAN, REST, SPLIT, ServeForm, VARIANT, is_two_way, share_field};
use crate::components::prelude::*;
use crate::components::*;
use crate::domain::flag::Flag;
use crate::domain::rule::left_of;

/// Who the answer is for: `Serve` in a rule, `Serve everyone else` below it.
#[component]
pub fn ServeFields(
    form: ServeForm,
    flag: Flag,
    /// The rollout plan that is there, as a sentence; it can stay.
    plan: Option<String>,
    /// Offered to bucket by.
    attributes: Vec<String>,
    #[prop(into)] legend: String,
    standing: Standing,
    /// Unique on the page: of the part that is drawn again while somebody types.
    #[prop(into)]
    live: String,
) -> Html {
    let names: Vec<Choice> =
        flag.variants.iter().map(|v| Choice::described(v.name.as_str(), v.name.as_str(), short(&v.value))).collect();
    let ways = ways(plan);
    let shares = if is_two_way(&flag) { two(&form, &flag) } else { several(&form) };
    let preview = preview(&form, &flag, &standing);
    view! {
        <div class="serving">
            <RadioCards name="serve" legend=legend options=ways value=form.mode />
            <div class="if-variant"><Select name="serve.variant" label="Variant" options=names value=form.variant required=true /></div>
            <div class="if-split">
                {shares}
                <Field
                    name="serve.bucket_by" label="Bucket by" value=form.bucket_by mono=true required=true suggestions=attributes
                    hint="The attribute that decides: whoever has the same value in it always gets the same variant."
                />
                <Disclosure label="Advanced" icon=Glyph::Settings open=!form.seed.is_empty()>
                    <Field
                        name="serve.seed" label="Seed" value=form.seed mono=true autocomplete="off" placeholder=flag.key.to_string()
                        hint="What buckets are drawn with; the flag's key unless said. Two flags with one seed give the same users their first buckets. Another seed shuffles everybody."
                    />
                </Disclosure>
            </div>
            <div id=live data-live="">{preview}</div>
        </div>
    }
}

fn ways(plan: Option<String>) -> Vec<Choice> {
    // Whoever ends a plan reads it before they choose.
    let ends = |text: &str| if plan.is_some() { format!("{text} Ends the rollout plan.") } else { text.to_owned() };
    let variant = Choice::described(VARIANT, "One variant", ends("The same for all of them."));
    let split = Choice::described(SPLIT, "A percentage", ends("Each variant for a share of them."));
    let stays = plan.clone().map(|plan| Choice::described(PLAN, "Keep the rollout plan", plan));
    [variant, split].into_iter().chain(stays).collect()
}

fn two(form: &ServeForm, flag: &Flag) -> Html {
    let names: Vec<Choice> = flag.variants.iter().map(|v| Choice::new(v.name.as_str(), v.name.as_str())).collect();
    view! {
        <div class="field-row">
            <Field
                name="serve.share" label="Share" value=form.share.clone() width=10 unit="%" inputmode="decimal" required=true
                autocomplete="off"
            />
            <Select name="serve.of" label="of them get" options=names value=form.of.clone() required=true />
        </div>
        <p class="hint">"The rest get the other variant. Steps of 0.01 %."</p>
    }
}

fn several(form: &ServeForm) -> Html {
    let fields: Vec<_> = form.shares.iter().map(|(name, share)| one_share(name, share)).collect();
    let left = left(form.sum());
    view! {
        <FieldGroup legend="Shares" name="serve.shares" hint="Together 100 %, in steps of 0.01 %.">
            <div class="shares" data-shares="">
                {fields}
                <p class="left" data-left="" aria-live="polite">{left}</p>
            </div>
        </FieldGroup>
    }
}

fn one_share(name: &str, share: &str) -> Html {
    let (label, variant) = (format!("Give the rest to {name}"), name.to_owned());
    view! {
        <div class="share">
            <Field
                name=share_field(name) label=name.to_owned() value=share.to_owned() width=10 unit="%" inputmode="decimal" required=true
                autocomplete="off"
            />
            <Button kind=ButtonKind::Quiet name=REST value=variant label=label>"Give the rest"</Button>
        </div>
    }
}

/// `Left: 12.5 %`; the browser says the same while somebody types.
fn left(sum: Option<u32>) -> String {
    sum.map_or_else(|| "Write shares from 0 to 100 %.".to_owned(), left_of)
}

/// A variant's value, short enough for a menu.
fn short(value: &serde_json::Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
