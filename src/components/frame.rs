//! What stands around every page of somebody who is signed in: where one is, where one can go, and as whom.

use super::action::Button;
use super::banner::DoneTemplate;
use super::icon::{Glyph, Icon};
use super::menu::Menu;
use super::shell::Theme;
use super::shortcuts::Shortcuts;
use crate::components::prelude::*;

/// An entry of the main navigation.
#[derive(Debug, Clone)]
pub struct NavItem {
    pub label: String,
    pub href: String,
    pub icon: Glyph,
    /// Whether this is the page one is on, or the one above it.
    pub current: bool,
    /// How many things wait there.
    pub count: Option<u64>,
}

/// A project to switch to.
#[derive(Debug, Clone)]
pub struct ProjectLink {
    pub name: String,
    pub href: String,
    pub current: bool,
}

/// The person whose page it is.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub name: String,
    pub email: String,
    /// As people say it: `Editor`.
    pub role: String,
    /// Pages of theirs beside the project's: label and address.
    pub links: Vec<(&'static str, &'static str)>,
}

/// The frame of a page. Its children become `<main>`.
#[component]
pub fn Frame(
    person: SignedIn,
    #[prop(optional)] theme: Theme,
    #[prop(optional)] projects: Vec<ProjectLink>,
    nav: Vec<NavItem>,
    /// The address to come back to after the theme changed.
    #[prop(into)]
    here: String,
    /// The address of the help.
    #[prop(into, default = "/help".to_owned())]
    help: String,
    /// What just happened, such as a [`super::Banner`]; it stands in the page's one status region.
    #[prop(optional)]
    notice: Option<Html>,
    children: Children,
) -> Html {
    view! {
        <div class="shell">
            <header class="side">
                <Brand />
                <Projects projects=projects />
                <nav class="nav" aria-label="Main"><ul>{nav.into_iter().map(entry).collect::<Vec<_>>()}</ul></nav>
                <UserMenu person=person theme=theme here=here help=help />
            </header>
            <main id="main" tabindex="-1">
                <div role="status" id="status" class="notices">{notice}</div>
                {children.draw()}
            </main>
        </div>
        <Shortcuts />
        <DoneTemplate />
    }
}

/// The product's mark and name; the way home.
#[component]
pub fn Brand() -> Html {
    view! {
        <a class="brand" href="/">
            <svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
                <path class="staff" d="M6 4v17" />
                <circle class="knob" cx="6" cy="3" r="1.5" />
                <path class="cloth" d="M7.5 5.2c3.4-1.9 6.2 1.9 12.5 0l-2.7 4.4 2.7 4.6c-6.3 1.9-9.1-1.9-12.5 0z" />
            </svg>
            <span>"Flagstaff"</span>
        </a>
    }
}

fn entry(item: NavItem) -> Html {
    let count = item.count.map(|n| {
        view! { <span class="count"><span aria-hidden="true">{n}</span><span class="vh">{format!(", {n} waiting")}</span></span> }
    });
    view! {
        <li>
            <a href=item.href aria-current=item.current.then_some("page")>
                <Icon name=item.icon />
                <span class="label">{item.label}</span>
                {count}
            </a>
        </li>
    }
}

/// The project's name; a menu as soon as there is another one.
#[component]
fn Projects(projects: Vec<ProjectLink>) -> Html {
    let current = projects.iter().find(|project| project.current).map(|project| project.name.clone());
    let name = current.unwrap_or_else(|| "Choose a project".to_owned());
    match projects.len() {
        0 => ().draw(),
        1 => view! { <p class="project"><Icon name=Glyph::Project /><span class="label">{name}</span></p> },
        _ => {
            let button = view! {
                <Icon name=Glyph::Project />
                <span class="label">{name}</span>
                <span class="vh">", switch project"</span>
                <Icon name=Glyph::Updown />
            };
            let links: Vec<_> = projects.into_iter().map(project_link).collect();
            view! {
                <Menu id="projects" label="Projects" place="at-project" button=button>
                    <ul class="menu-list">{links}</ul>
                </Menu>
            }
        }
    }
}

fn project_link(project: ProjectLink) -> Html {
    let tick = project.current.then(|| view! { <Icon name=Glyph::Check /> });
    view! {
        <li>
            <a href=project.href aria-current=project.current.then_some("true")>
                <span class="label">{project.name}</span>
                {tick}
            </a>
        </li>
    }
}

/// Who is signed in, how they want to see the pages, and the way out.
#[component]
fn UserMenu(person: SignedIn, theme: Theme, here: String, help: String) -> Html {
    let button = view! {
        <span class="avatar" aria-hidden="true">{initials(&person.name)}</span>
        <span class="who">
            <span class="label">{person.name.clone()}</span>
            <span class="sub"><span class="vh">", "</span>{person.role.clone()}</span>
        </span>
        <Icon name=Glyph::Updown />
    };
    let links: Vec<_> = person.links.iter().map(|(label, href)| view! { <li><a href=*href>{*label}</a></li> }).collect();
    view! {
        <div class="user">
            <Menu id="account" label="Account" place="at-user" button=button>
                <p class="menu-head">
                    <b>{person.name}</b>
                    <span class="sub">{person.email}</span>
                    <span class="sub">{person.role}</span>
                </p>
                <ThemeForm theme=theme here=here />
                <ul class="menu-list">{links}<li><a href=help>"Help"</a></li></ul>
                <form method="post" action="/logout">
                    <Button icon=Glyph::SignOut kind=super::ButtonKind::Quiet>"Sign out"</Button>
                </form>
            </Menu>
        </div>
    }
}

#[component]
fn ThemeForm(theme: Theme, here: String) -> Html {
    let buttons: Vec<_> = Theme::ALL
        .into_iter()
        .map(|choice| {
            let (icon, text) = match choice {
                Theme::Light => (Glyph::Sun, "Light"),
                Theme::Dark => (Glyph::Moon, "Dark"),
                Theme::System => (Glyph::System, "System"),
            };
            let pressed = if choice == theme { "true" } else { "false" };
            view! {
                <button type="submit" name="theme" value=choice.as_str() aria-pressed=pressed><Icon name=icon />{text}</button>
            }
        })
        .collect();
    view! {
        <form method="post" action="/theme" class="segmented" aria-label="Theme">
            <input type="hidden" name="return_to" value=here />
            {buttons}
        </form>
    }
}

/// The first letters of the first and the last name, for a picture nobody has to upload.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_taken_from_the_outer_names() {
        for (name, expected) in [("Ada King Lovelace", "AL"), ("lin", "L"), ("", ""), ("Åsa Öst", "ÅÖ")] {
            assert_eq!(initials(name), expected);
        }
    }
}
