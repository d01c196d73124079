//! How the page of files looks: export, import, and what was wrong with a file.

use super::IMPORT;
use crate::components::prelude::*;
use crate::components::*;
use crate::pages::settings::{self, Section};
use crate::server::services::flag_file::Finding;
use crate::server::services::projects::OpenProject;

/// More findings than this are counted.
const MOST: usize = 100;

pub struct Files {
    pub project: OpenProject,
    pub environments: Vec<String>,
    /// Why this person may not import.
    pub refusal: Option<String>,
    /// Whether their export lacks individual targets.
    pub masked: bool,
    pub findings: Vec<Finding>,
}

pub fn view(files: Files) -> Html {
    let lead = "The whole project as one text file: to keep beside your code, to compare, to take elsewhere.";
    let choices = || files.environments.iter().map(|key| Choice::new(key.clone(), key.clone())).collect::<Vec<_>>();
    let address = format!("{}/export", Section::Files.address(&files.project));
    let export = export(address, choices(), files.masked);
    let findings = (!files.findings.is_empty()).then(|| view! { <Findings findings=files.findings.clone() /> });
    let import = match files.refusal.clone() {
        Some(reason) => view! { <DisabledAction reason=reason>"Import a file"</DisabledAction> },
        None => import(choices()),
    };
    view! {
        {settings::head(&files.project, Section::Files, lead)}
        <div class="stack">
            {findings}
            <Card id="import-file" title="Import" note="shows what would change first">{import}</Card>
            <Card id="export-file" title="Export">{export}</Card>
        </div>
    }
}

fn export(address: String, choices: Vec<Choice>, masked: bool) -> Html {
    let masked = masked.then(|| {
        let title = "Individual targets and id lists are hidden from viewers";
        view! {
            <Banner title=title><p>"Your export has their number in their place, and cannot be imported."</p></Banner>
        }
    });
    view! {
        <div class="stack">
            <p class="prose">
                "Settings, environments, teams, segments, personas and every flag with its states. Not in it: accounts, roles, API keys and history. The same project is always the same bytes, so that a file under version control shows what changed."
            </p>
            {masked}
            <form method="get" action=address class="form">
                <Select name="environment" label="Environment" options=choices prompt="All environments" />
                <div class="form-actions">
                    <Button name="format" value="yaml">"Download YAML"</Button>
                    <Button name="format" value="json">"Download JSON"</Button>
                </div>
            </form>
        </div>
    }
}

fn import(choices: Vec<Choice>) -> Html {
    view! {
        <Form id=IMPORT submit="Show what would change" multipart=true>
            <FileField name="file" label="File" accept=".yaml,.yml,.json" hint="YAML or JSON, the short form or an export; at most 5 MiB." />
            <TextArea name="content" label="Or its text" rows=10 mono=true />
            <Select
                name="environment" label="Environment" options=choices prompt="As the file says"
                hint="The short form needs one. Of an export, the one to take."
            />
        </Form>
    }
}

/// Everything that is wrong with a file, by line.
#[component]
fn Findings(findings: Vec<Finding>) -> Html {
    let (count, more) = (findings.len(), findings.len().saturating_sub(MOST));
    let noun = if count == 1 { "finding" } else { "findings" };
    let rows: Vec<_> = findings
        .into_iter()
        .take(MOST)
        .map(|finding| {
            let place = format!("{}:{}", finding.at.line, finding.at.column);
            let path = match finding.path.as_str() {
                "" => view! { "the file" },
                path => view! { <code>{path.to_owned()}</code> },
            };
            view! {
                <Row>
                    <RowHead>{path}</RowHead>
                    <Cell label="Line" nowrap=true>{place}</Cell>
                    <Cell label="What to write">{finding.message}</Cell>
                </Row>
            }
        })
        .collect();
    let more = (more > 0).then(|| view! { <p class="sub pad">{format!("… and {more} more")}</p> });
    let head = view! { <Column label="Where" /><Column label="Line" /><Column label="What to write" /> };
    view! {
        <Card id="findings" title="In the file" note=format!("{count} {noun}") flush=true>
            <Table caption="What is wrong in the file" head=head>{rows}</Table>
            {more}
        </Card>
    }
}

pub fn too_large(back: String, most: usize) -> Html {
    let text = format!(
        "At most {most} MiB are taken here, and nothing was imported. Split the file by flags, or import it on the server:"
    );
    view! {
        <section class="card pad prose">
            <h1>"The file is too large"</h1>
            <p>{text}</p>
            <p><code>"flagstaff import --project KEY FILE"</code></p>
            <p class="bar"><LinkButton href=back>"Back"</LinkButton></p>
        </section>
    }
}
