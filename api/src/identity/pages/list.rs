//! Person lists: a file is looked at first, and then exactly what was shown is carried out.

use super::super::access::{Action, Scope};
use super::super::{ImportRowView, ImportView, ImportWish, ListFormat};
use super::{Choice, Places, Reading, Refused, SignedIn, download, is_for_the_form};
use crate::identity;
use crate::platform::page::{Form, Page, Upload};
use crate::platform::{App, Problem};
use askama::Template;
use entity::id::OrganisationId;
use poem::web::Data;
use poem::{Response, Route, get, handler, post};
use serde::Deserialize;

/// Rows of a plan that are shown one by one; the sums are of all.
const SHOWN_ROWS: usize = 300;

pub(super) fn routes(route: Route) -> Route {
    route
        .at("/people/import", get(import_page).post(look_at))
        .at("/people/import/plan", post(carry_out))
        .at("/people/export", get(export_page).post(export_list))
}

/// The organisations whose lists the reader may handle. The password is asked for before a file is chosen.
async fn organisations(app: &App, me: &SignedIn, action: Action, chosen: &str) -> Result<Vec<Choice>, Problem> {
    if me.reach(action).is_nothing() {
        return Err(Problem::not_found());
    }
    let places = Places::read(app, me).await?;
    let choices = places.choose_organisation(chosen, |id| me.may(action, &Scope::organisation(id)));
    if let Some(id) = choices.first().and_then(|choice| choice.value.parse().ok()) {
        me.permit(action, &Scope::organisation(id), app.now())?;
    }
    Ok(choices)
}

/// What came with the form.
struct ListForm {
    organisation_id: String,
    partial: bool,
}

#[derive(Template)]
#[template(path = "identity/import.html")]
struct ImportPage<'a> {
    page: &'a Page,
    organisations: Vec<Choice>,
    form: &'a ListForm,
    refused: Refused<'a>,
}

async fn show_form(
    page: &Page,
    app: &App,
    me: &SignedIn,
    form: &ListForm,
    refused: Refused<'_>,
) -> Result<Response, Problem> {
    let organisations = organisations(app, me, Action::ImportPersons, &form.organisation_id).await?;
    page.render_with(refused.status(), &ImportPage { page, organisations, form, refused })
}

#[handler]
async fn import_page(page: Page, app: Data<&App>, me: SignedIn) -> Result<Response, Problem> {
    let form = ListForm { organisation_id: me.organisation.to_string(), partial: false };
    show_form(&page, &app, &me, &form, Refused::default()).await
}

#[derive(Template)]
#[template(path = "identity/plan.html")]
struct PlanPage<'a> {
    page: &'a Page,
    view: ImportView,
    organisation: String,
    form: &'a ListForm,
    /// The list as text, to be sent once more with the plan.
    list: String,
    refused: Refused<'a>,
}

impl PlanPage<'_> {
    /// How many would be taken out of service.
    fn leaving(&self) -> i64 {
        self.view.deactivated.into()
    }
    /// The rows that are shown.
    fn rows(&self) -> &[ImportRowView] {
        &self.view.rows[..self.view.rows.len().min(SHOWN_ROWS)]
    }
    /// How many are not.
    fn more(&self) -> i64 {
        i64::try_from(self.view.rows.len().saturating_sub(SHOWN_ROWS)).unwrap_or(i64::MAX)
    }
}

async fn show_plan(
    page: &Page,
    app: &App,
    me: &SignedIn,
    (form, list): (&ListForm, String),
    refused: Refused<'_>,
) -> Result<Response, Problem> {
    let organisation_id: Option<OrganisationId> = form.organisation_id.parse().ok();
    let wish = ImportWish { organisation_id, partial: form.partial, plan: None, confirmed: false };
    let view = identity::import_persons(app, me, list.clone().into_bytes(), wish).await?;
    let places = Places::read(app, me).await?;
    let organisation = places.organisation(&organisation_id.unwrap_or(me.organisation)).to_owned();
    let template = PlanPage { page, view, organisation, form, list, refused };
    page.render_with(refused.status(), &template)
}

#[handler]
async fn look_at(page: Page, app: Data<&App>, me: SignedIn, upload: Upload) -> Result<Response, Problem> {
    let form = ListForm {
        organisation_id: upload.text("organisation_id").to_owned(),
        partial: !upload.text("partial").is_empty(),
    };
    let file = upload.into_file();
    if file.is_empty() {
        let missing = Problem::invalid().field("/file", page.t("identity-file-missing"));
        return show_form(&page, &app, &me, &form, Refused::by(&missing)).await;
    }
    let outcome = match identity::readable_list(file).await {
        Ok(list) => show_plan(&page, &app, &me, (&form, list), Refused::default()).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Err(problem) if is_for_the_form(&problem) => show_form(&page, &app, &me, &form, Refused::by(&problem)).await,
        other => other,
    }
}

#[handler]
async fn carry_out(page: Page, app: Data<&App>, me: SignedIn, upload: Upload) -> Result<Response, Problem> {
    let form = ListForm {
        organisation_id: upload.text("organisation_id").to_owned(),
        partial: !upload.text("partial").is_empty(),
    };
    let wish = ImportWish {
        organisation_id: form.organisation_id.parse().ok(),
        partial: form.partial,
        plan: Some(upload.text("plan").to_owned()),
        confirmed: !upload.text("confirmed").is_empty(),
    };
    let list = upload.text("list").to_owned();
    match identity::import_persons(&app, &me, list.clone().into_bytes(), wish).await {
        Ok(_) => Ok(page.see_other("/people", "identity-imported")),
        Err(problem) if is_for_the_form(&problem) => {
            show_plan(&page, &app, &me, (&form, list), Refused::by(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

#[derive(Template)]
#[template(path = "identity/export.html")]
struct ExportPage<'a> {
    page: &'a Page,
    organisations: Vec<Choice>,
}

#[handler]
async fn export_page(page: Page, app: Data<&App>, me: SignedIn) -> Result<Response, Problem> {
    let organisations = organisations(&app, &me, Action::ExportPersons, &me.organisation.to_string()).await?;
    page.render(&ExportPage { page: &page, organisations })
}

#[derive(Deserialize)]
struct ExportForm {
    organisation_id: String,
    format: ListFormat,
}

#[handler]
async fn export_list(app: Data<&App>, me: SignedIn, Form(form): Form<ExportForm>) -> Result<Response, Problem> {
    let mut reading = Reading::default();
    let Some(organisation) = reading.one("organisation_id", &form.organisation_id) else {
        return Err(reading.problem());
    };
    let bytes = identity::export_persons(&app, &me, Some(organisation), form.format).await?;
    Ok(download(bytes, form.format.media_type(), form.format.file_name()))
}
