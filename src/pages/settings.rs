//! What the pages below a project's settings have in common: one navigation, one head.

use super::page::{Frame, Place};
use crate::components::prelude::*;
use crate::components::*;
use crate::server::services::projects::OpenProject;

/// One of the pages below `/p/{project}/settings`, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Project,
    Environments,
    People,
    Keys,
    Attributes,
    Personas,
    Plans,
    Files,
}

impl Section {
    const ALL: [Self; 8] =
        [Self::Project, Self::Environments, Self::People, Self::Keys, Self::Attributes, Self::Personas, Self::Plans, Self::Files];

    pub const fn title(self) -> &'static str {
        match self {
            Self::Project => "Project",
            Self::Environments => "Environments",
            Self::People => "People",
            Self::Keys => "API keys",
            Self::Attributes => "Attributes",
            Self::Personas => "Personas",
            Self::Plans => "Rollout plans",
            Self::Files => "Import and export",
        }
    }
    const fn path(self) -> &'static str {
        match self {
            Self::Project => "settings",
            Self::Environments => "settings/environments",
            Self::People => "settings/people",
            Self::Keys => "settings/keys",
            Self::Attributes => "settings/attributes",
            Self::Personas => "settings/personas",
            Self::Plans => "settings/plans",
            Self::Files => "settings/files",
        }
    }
    pub fn address(self, project: &OpenProject) -> String {
        format!("/p/{}/{}", project.key(), self.path())
    }
    /// The frame around the section.
    pub fn frame(self, project: OpenProject) -> Frame {
        Frame { title: self.title().to_owned(), project: Some(project), place: Place::Settings, ..Frame::default() }
    }
}

/// A form of a section; for those who may not send it, its button says why instead.
pub fn form<V: IntoView + 'static>(
    id: &'static str,
    submit: &'static str,
    refusal: Option<String>,
    fields: impl FnOnce() -> V + Send + 'static,
) -> Html {
    match refusal {
        None => view! { <Form id=id submit=submit>{fields()}</Form> },
        Some(reason) => {
            let actions = view! { <DisabledAction reason=reason>{submit}</DisabledAction> };
            view! { <Form id=id actions=actions>{fields()}</Form> }
        }
    }
}

/// The head of a section: where one is, and the sections beside it.
pub fn head(project: &OpenProject, section: Section, lead: &'static str) -> Html {
    let tab = |other: Section| Tab {
        label: other.title().to_owned(),
        href: other.address(project),
        current: other == section,
        ..Tab::default()
    };
    let tabs: Vec<Tab> = Section::ALL.into_iter().map(tab).collect();
    view! {
        <PageHeading title=section.title() lead=lead />
        <Tabs label="Settings" items=tabs />
    }
}
