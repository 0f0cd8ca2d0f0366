//! Settings: what each decides, and its value.

use super::super::SettingView;
use super::super::access::{Action, Scope};
use super::{Reading, Refused, SignedIn, is_for_the_form};
use crate::identity;
use crate::platform::page::{Form, Page};
use crate::platform::{App, Problem};
use askama::Template;
use poem::web::{Data, Path};
use poem::{Response, Route, get, handler, post};
use serde::Deserialize;

pub(super) fn routes(route: Route) -> Route {
    route.at("/administration/settings", get(see_settings)).at("/administration/settings/:key", post(change_setting))
}

#[derive(Template)]
#[template(path = "identity/settings.html")]
struct SettingsPage<'a> {
    page: &'a Page,
    settings: Vec<SettingView>,
    manages: bool,
    /// The setting whose form was refused, and what was typed.
    typed: (&'a str, &'a str),
    refused: Refused<'a>,
}

impl SettingsPage<'_> {
    /// The value in the form: what was typed, else what is in force.
    fn value(&self, setting: &SettingView) -> String {
        if self.typed.0 == setting.key { self.typed.1.to_owned() } else { setting.value.to_string() }
    }
    /// What is wrong with what was typed for it.
    fn fault(&self, setting: &SettingView) -> String {
        if self.typed.0 == setting.key { self.refused.of("value") } else { String::new() }
    }
}

async fn show(
    page: &Page,
    app: &App,
    me: &SignedIn,
    typed: (&str, &str),
    refused: Refused<'_>,
) -> Result<Response, Problem> {
    let settings = identity::setting_views(app, me).await?;
    let manages = me.may(Action::ManageSettings, &Scope::programme());
    page.render_with(refused.status(), &SettingsPage { page, settings, manages, typed, refused })
}

#[handler]
async fn see_settings(page: Page, app: Data<&App>, me: SignedIn) -> Result<Response, Problem> {
    show(&page, &app, &me, ("", ""), Refused::default()).await
}

#[derive(Deserialize)]
struct SettingForm {
    value: String,
    version: String,
}

#[handler]
async fn change_setting(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(key): Path<String>,
    Form(form): Form<SettingForm>,
) -> Result<Response, Problem> {
    let mut reading = Reading::default();
    let (value, version) = (reading.one("value", &form.value), reading.one("version", &form.version));
    let outcome = match (value, version) {
        (Some(value), Some(version)) => identity::change_setting(&app, &me, &key, version, value).await,
        _ => Err(reading.problem()),
    };
    match outcome {
        Ok(_) => Ok(page.see_other("/administration/settings", "identity-setting-changed")),
        Err(problem) if is_for_the_form(&problem) => {
            show(&page, &app, &me, (&key, &form.value), Refused::by(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}
