//! What every component owes: hostile text stays text, and those who do not see the page learn the same.

use super::testing::{HOSTILE, is_safe, render};
use super::*;
use crate::components::prelude::*;
use crate::domain::diff::{DiffKind, DiffRow};
use crate::domain::environment::Colour;
use crate::domain::rollout::Plan;
use crate::domain::sentence::Piece;
use crate::domain::time::{DAY, HOUR, Timestamp};

fn h() -> String {
    HOSTILE.to_owned()
}

fn now() -> Timestamp {
    Timestamp::from_millis(20_000 * DAY)
}

fn query() -> Query {
    Query(vec![("q".into(), "a b".into()), ("sort".into(), "-seen".into()), ("page".into(), "3".into())])
}

#[test]
fn hostile_text_stays_text_in_every_component() {
    let all: Vec<(&str, String)> = vec![
        ("button", render(|| view! { <Button name=HOSTILE value=HOSTILE form=HOSTILE label=HOSTILE>{h()}</Button> })),
        ("link", render(|| view! { <LinkButton href=HOSTILE label=HOSTILE>{h()}</LinkButton> })),
        ("disabled", render(|| view! { <DisabledAction reason=HOSTILE>{h()}</DisabledAction> })),
        ("disabled, brief", render(|| view! { <DisabledAction reason=HOSTILE brief=true>"x"</DisabledAction> })),
        ("badge", render(|| view! { <Badge text=HOSTILE /> })),
        ("environment", render(|| view! { <EnvironmentBadge colour=Colour::Teal name=HOSTILE /> })),
        ("banner", render(|| view! { <Banner title=HOSTILE>{h()}</Banner> })),
        ("card", render(|| view! { <Card id=HOSTILE title=HOSTILE note=HOSTILE>"x"</Card> })),
        ("rule", render(|| view! { <RuleRow number=HOSTILE title=HOSTILE>"x"</RuleRow> })),
        ("save bar", render(|| view! { <SaveBar title=HOSTILE note=HOSTILE>"x"</SaveBar> })),
        ("copy", render(|| view! { <Copy text=HOSTILE label=HOSTILE /> })),
        ("crowd", render(|| view! { <Crowd shares=vec![(h(), 10_000)] /> })),
        ("fact", render(|| view! { <Definitions><Fact label=HOSTILE>{h()}</Fact></Definitions> })),
        ("diff", render(|| view! { <Diff label=HOSTILE rows=vec![row(DiffKind::Changed), row(DiffKind::Moved)] /> })),
        ("empty", render(|| view! { <EmptyNew icon=Glyph::Flag title=HOSTILE>{h()}</EmptyNew> })),
        ("not found", render(|| view! { <EmptyFiltered noun=HOSTILE query=HOSTILE clear=HOSTILE /> })),
        ("gate", render(|| view! { <Gate title=HOSTILE lead=HOSTILE>"x"</Gate> })),
        ("heading", render(|| view! { <PageHeading title=HOSTILE lead=HOSTILE crumbs=vec![Crumb::new(h(), h())] /> })),
        ("paging", render(|| view! { <Paging page=2 pages=3 query=Query(vec![(h(), h())]) /> }) + "alert(1)"),
        ("sentence", render(|| view! { <Sentence pieces=vec![Piece::Text(h()), Piece::Name(h()), Piece::Value(h())] /> })),
        ("snippet", render(|| view! { <Snippet label=HOSTILE code=HOSTILE /> })),
        ("snippets", render(|| view! { <Snippets name=HOSTILE items=vec![(h(), h())] /> })),
        ("sparkline", render(|| view! { <Sparkline values=vec![1, 2] label=HOSTILE /> })),
        (
            "switch",
            render(|| view! { <Switch on=true label=HOSTILE says=HOSTILE /><Switch on=true label=HOSTILE reason=HOSTILE /> }),
        ),
        ("table", render(|| view! { <Table caption=HOSTILE head=view! { <Column label=HOSTILE /> }>{h()}</Table> })),
        ("cell", render(|| view! { <Cell label=HOSTILE>{h()}</Cell> })),
        ("tabs", render(|| view! { <Tabs label=HOSTILE items=vec![tab()] /> })),
        ("frame", frame(SignedIn { name: h(), email: h(), role: h(), links: Vec::new() }, HOSTILE)),
        ("shell", render(|| view! { <Shell title=HOSTILE>"x"</Shell> })),
    ];
    for (name, html) in all {
        assert!(is_safe(&html), "{name}: {html}");
        assert!(!html.contains("style="), "{name} has an inline style: {html}");
    }
}

fn row(kind: DiffKind) -> DiffRow {
    DiffRow { path: h(), kind, before: Some(h()), after: Some(h()) }
}

fn tab() -> Tab {
    Tab { label: h(), href: h(), current: true, colour: Some(Colour::Blue), detail: Some(h()) }
}

fn frame(person: SignedIn, text: &'static str) -> String {
    let item = |current| NavItem { label: text.into(), href: text.into(), icon: Glyph::Flag, current, count: Some(3) };
    let project = |current| ProjectLink { name: text.into(), href: text.into(), current };
    render(move || {
        let (nav, projects) = (vec![item(true), item(false)], vec![project(true), project(false)]);
        view! {
            <Frame person=person nav=nav projects=projects here=text theme=Theme::Dark notice=view! { "Saved" }>"x"</Frame>
        }
    })
}

#[test]
fn the_frame_says_where_one_is_and_lets_one_out() {
    let html = frame(
        SignedIn { name: "Ada Lovelace".into(), email: "ada@shop.example".into(), role: "Owner".into(), links: Vec::new() },
        "Flags",
    );
    assert_eq!(html.matches(r#"aria-current="page""#).count(), 1, "{html}");
    assert!(html.contains(r#"<main id="main" tabindex="-1">"#) && html.matches(r#"role="status""#).count() == 1, "{html}");
    assert!(html.contains(r#"method="post" action="/logout""#) && html.contains(r#"method="post" action="/theme""#), "{html}");
    assert!(
        html.contains(r#"value="dark" aria-pressed="true""#) && html.contains(r#"value="light" aria-pressed="false""#),
        "{html}"
    );
    assert!(html.contains(r#"popovertarget="account""#) && html.contains(r#"popovertarget="projects""#), "{html}");
    assert!(html.contains("AL</span>") && html.contains(", 3 waiting"), "{html}");
}

#[test]
fn the_document_has_a_title_a_theme_and_a_way_past_the_menu() {
    let html = render(|| view! { <Shell title="Flags" theme=Theme::Dark>"x"</Shell> });
    assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\" data-theme=\"dark\">"), "{html}");
    assert!(html.contains("<title>Flags · Flagstaff</title>") && html.contains(r##"class="skip" href="#main""##), "{html}");
    assert!(!html.contains("<script"), "{html}");
    let system = render(|| view! { <Shell title="Flags">"x"</Shell> });
    assert!(system.contains("<html lang=\"en\">"), "{system}");
}

#[test]
fn scripts_carry_the_nonce_of_their_response() {
    let html = render(|| {
        leptos::nonce::provide_nonce();
        let options = leptos::config::LeptosOptions::builder().output_name("flagstaff").site_pkg_dir("pkg/3f9a").build();
        view! { <Shell title="Flags" scripts=options>"x"</Shell> }
    });
    assert_eq!(html.matches("<script").count(), html.matches("<script type=\"module\" nonce=\"").count(), "{html}");
    assert!(html.contains("/pkg/3f9a/flagstaff.js"), "{html}");
}

#[test]
fn a_table_keeps_its_roles_and_sorts_by_links() {
    let html = render(|| {
        let head = view! {
            <SortColumn label="Flag" by="key" query=query() />
            <SortColumn label="Last seen" by="seen" query=query() />
            <SortColumn label="Uses" by="uses" query=query() descending=true />
        };
        view! { <Table caption="Flags" head=head><Row><RowHead>"a"</RowHead><Cell label="Seen">"b"</Cell></Row></Table> }
    });
    assert!(html.contains(r#"role="region" tabindex="0" aria-label="Flags""#) && html.contains("<caption"), "{html}");
    assert!(
        html.contains(r#"<td role="cell" data-label="Seen""#) && html.contains(r#"<th role="rowheader" scope="row">"#),
        "{html}"
    );
    assert!(html.contains(r#"aria-sort="descending" "#) && html.contains(r#"href="?q=a%20b&amp;sort=seen""#), "{html}");
    assert!(html.contains(r#"aria-sort="none" "#) && html.contains(r#"href="?q=a%20b&amp;sort=key""#), "{html}");
    assert!(html.contains(r#"href="?q=a%20b&amp;sort=-uses""#), "{html}");
}

#[test]
fn a_switch_sends_the_other_position_or_says_why_it_cannot() {
    let html = render(|| view! { <Switch on=true label="dark_mode in staging" /> });
    assert!(html.contains(r#"type="submit" role="switch""#) && html.contains(r#"aria-checked="true""#), "{html}");
    assert!(html.contains(r#"name="enabled" value="false""#) && html.contains(r#"aria-label="dark_mode in staging""#), "{html}");
    let html = render(|| view! { <Switch on=true label="dark_mode" reason="Needs the editor role." /> });
    assert!(html.contains(r#"type="button""#) && html.contains(r#"aria-disabled="true""#) && !html.contains("value="), "{html}");
    assert!(html.contains("Not available: Needs the editor role."), "{html}");
}

#[test]
fn what_cannot_be_used_says_why() {
    let html = render(|| view! { <DisabledAction reason="Ask Ada.">"Archive"</DisabledAction> });
    assert!(html.contains(r#"aria-disabled="true""#) && html.contains("Not available: Ask Ada."), "{html}");
    assert!(!html.contains("type=\"submit\""), "{html}");
}

#[test]
fn differences_are_told_in_words_too() {
    let added = DiffRow { path: "tags".into(), kind: DiffKind::Added, before: None, after: Some("new".into()) };
    let moved = DiffRow { path: "rules[a]".into(), kind: DiffKind::Moved, before: Some("2".into()), after: Some("1".into()) };
    let html = render(|| view! { <Diff rows=vec![added, moved] label="Draft" /> });
    assert!(html.contains(" added: ") && html.contains("<ins>") && html.contains("now ") && !html.contains("<del>"), "{html}");
    assert!(html.contains("moved from 2 to 1"), "{html}");
    assert!(render(|| view! { <Diff rows=vec![] label="Draft" /> }).contains("Nothing changed."));
    let unit =
        |n: usize| DiffRow { path: "include".into(), kind: DiffKind::Added, before: None, after: Some(format!("user_{n}")) };
    let long = DiffRow { after: Some("é".repeat(1_000)), ..unit(0) };
    let rows: Vec<_> = std::iter::once(long).chain((1..=100).map(unit)).collect();
    let html = render(|| view! { <Diff rows=rows label="Draft" /> });
    assert!(html.contains("user_39<") && !html.contains("user_40") && html.contains("… and 61 more"), "{html}");
    assert!(html.contains("é… and 600 more characters") && html.matches('é').count() == 400, "{html}");
}

#[test]
fn charts_have_words() {
    let html = render(|| view! { <Crowd shares=vec![("on".into(), 1_000), ("off".into(), 9_000)] rest="off" /> });
    assert!(html.contains(r#"role="img" aria-label="Of 100 users: 10 % get on, 90 % get off""#), "{html}");
    // Ten dots and one in the legend.
    assert_eq!((html.matches(r#"class="v1""#).count(), html.matches(r#"class="hollow""#).count()), (11, 91));
    let html = render(|| view! { <Sparkline values=vec![0; 24] label="Not evaluated in 24 h" /> });
    assert!(html.contains(r#"role="img" aria-label="Not evaluated in 24 h""#) && html.contains("silent"), "{html}");
}

#[test]
fn steps_say_what_is_done_what_is_now_and_what_comes() {
    let plan = Plan::preset(now().plus(-DAY - HOUR));
    let html = render(|| view! { <Steps plan=plan.clone() now=now() /> });
    assert!(html.contains(r#"class="done""#) && html.matches(r#"aria-current="step""#).count() == 1, "{html}");
    assert!(html.contains("now · next in 23 h") && html.contains("<b>10 %</b>"), "{html}");
    let held = Plan { held_at: Some(100), ..plan };
    let html = render(|| view! { <Steps plan=held now=now() /> });
    assert!(
        html.contains("paused here") && html.contains("waits") && html.contains(r#"aria-current="step" class="now held"><b>1 %"#),
        "{html}"
    );
}

#[test]
fn instants_carry_their_exact_moment() {
    let html = render(|| view! { <When at=now().plus(3 * HOUR) now=now() /> });
    assert!(html.contains("in 3 h") && html.contains(r#"datetime="2024-10-04T03:00:00Z" data-local"#), "{html}");
    assert!(html.contains("4 Oct 2024 03:00 UTC"), "{html}");
}

#[test]
fn pages_keep_the_query_and_the_first_has_no_number() {
    let html = render(|| view! { <Paging page=2 pages=9 query=query() back="Newer" forth="Older" /> });
    assert!(html.contains(r#"href="?q=a%20b&amp;sort=-seen&amp;page=3""#) && html.contains("Older"), "{html}");
    assert!(html.contains(r#"rel="prev" href="?q=a%20b&amp;sort=-seen""#), "{html}");
    assert_eq!(html.matches(r#"aria-current="page""#).count(), 1, "{html}");
    assert_eq!(render(|| view! { <Paging page=1 pages=1 query=query() /> }).matches("<nav").count(), 0);
}

#[test]
fn a_copy_button_waits_for_its_script() {
    let html = render(|| view! { <Copy text="dark_mode" label="flag key" /> });
    assert!(html.contains(r#"data-copy="dark_mode" hidden"#) && html.contains(r#"aria-label="Copy flag key""#), "{html}");
}
