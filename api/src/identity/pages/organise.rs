//! Organisations, and their units as a tree: creating, changing, moving, closing.

use super::super::access::{Action, Scope};
use super::super::{
    NewOrganisation, NewUnit, OrganisationChange, OrganisationView, UnitChange, UnitClosure, UnitMove,
    UnitPlacementView, UnitView,
};
use super::{Choice, Group, Places, Reading, Refused, SignedIn, day_of, is_for_the_form, text, words};
use crate::identity;
use crate::platform::page::{Form, Page};
use crate::platform::{App, Problem};
use askama::Template;
use chrono::NaiveDate;
use entity::id::{OrganisationId, UnitId};
use entity::identity::{AdministrativeLevel, OrganisationRole};
use poem::web::{Data, Path, Query};
use poem::{Response, Route, get, handler, post};
use serde::Deserialize;

pub(super) fn routes(route: Route) -> Route {
    route
        .at("/organisations", get(see_organisations))
        .at("/organisations/new", get(new_organisation_form).post(create_organisation))
        .at("/organisations/:id/change", get(organisation_form).post(change_organisation))
        .at("/units", get(see_units))
        .at("/units/new", get(new_unit_form).post(create_unit))
        .at("/units/:id", get(see_unit))
        .at("/units/:id/change", post(change_unit))
        .at("/units/:id/moves", post(move_unit))
        .at("/units/:id/closure", post(close_unit))
}

#[derive(Template)]
#[template(path = "identity/organisations.html")]
struct OrganisationsPage<'a> {
    page: &'a Page,
    places: &'a Places,
    /// Those that the reader may change.
    own: Vec<OrganisationId>,
    creates: bool,
}

#[handler]
async fn see_organisations(page: Page, app: Data<&App>, me: SignedIn) -> Result<Response, Problem> {
    let places = Places::read(&app, &me).await?;
    let may = |id: &OrganisationId| me.may(Action::ManageOrganisations, &Scope::organisation(*id));
    let own = places.organisations.iter().map(|o| o.id).filter(may).collect();
    let creates = me.may(Action::ManageOrganisations, &Scope::programme());
    page.render(&OrganisationsPage { page: &page, places: &places, own, creates })
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OrganisationForm {
    code: String,
    name: String,
    native_name: String,
    country: String,
    role: String,
    version: String,
}

impl OrganisationForm {
    fn of(view: OrganisationView) -> Self {
        Self {
            code: view.code,
            name: view.name,
            native_name: view.native_name.unwrap_or_default(),
            country: view.country.unwrap_or_default(),
            role: view.role.to_string(),
            version: view.version.to_string(),
        }
    }
    fn role(&self) -> Result<OrganisationRole, Problem> {
        let mut reading = Reading::default();
        reading.one("role", &self.role).ok_or_else(|| reading.problem())
    }
    fn command(&self) -> Result<NewOrganisation, Problem> {
        Ok(NewOrganisation {
            code: self.code.trim().to_owned(),
            name: self.name.trim().to_owned(),
            native_name: text(&self.native_name),
            country: text(&self.country),
            role: self.role()?,
        })
    }
    fn change(&self) -> Result<(i64, OrganisationChange), Problem> {
        let mut reading = Reading::default();
        let version = reading.one("version", &self.version).ok_or_else(|| reading.problem())?;
        let change = OrganisationChange {
            name: self.name.trim().to_owned(),
            native_name: text(&self.native_name),
            country: text(&self.country),
            role: self.role()?,
        };
        Ok((version, change))
    }
}

#[derive(Template)]
#[template(path = "identity/organisation_form.html")]
struct OrganisationFormPage<'a> {
    page: &'a Page,
    form: &'a OrganisationForm,
    /// Which it changes; nothing for a new one.
    known: Option<OrganisationId>,
    roles: Vec<Choice>,
    refused: Refused<'a>,
}

fn show_organisation(
    page: &Page,
    form: &OrganisationForm,
    known: Option<OrganisationId>,
    refused: Refused<'_>,
) -> Result<Response, Problem> {
    let role = if form.role.is_empty() { OrganisationRole::Partner.word() } else { &form.role };
    let roles = words(page, "identity-organisation", OrganisationRole::ALL, role);
    page.render_with(refused.status(), &OrganisationFormPage { page, form, known, roles, refused })
}

#[handler]
async fn new_organisation_form(page: Page, me: SignedIn) -> Result<Response, Problem> {
    if !me.may(Action::ManageOrganisations, &Scope::programme()) {
        return Err(Problem::forbidden("Your roles do not allow this here."));
    }
    show_organisation(&page, &OrganisationForm::default(), None, Refused::default())
}

#[handler]
async fn create_organisation(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Form(form): Form<OrganisationForm>,
) -> Result<Response, Problem> {
    let outcome = match form.command() {
        Ok(new) => identity::new_organisation(&app, &me, new).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(_) => Ok(page.see_other("/organisations", "identity-organisation-created")),
        Err(problem) if is_for_the_form(&problem) => show_organisation(&page, &form, None, Refused::by(&problem)),
        Err(problem) => Err(problem),
    }
}

#[handler]
async fn organisation_form(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<OrganisationId>,
) -> Result<Response, Problem> {
    let view = identity::organisation(&app, &me, id).await?;
    if !me.may(Action::ManageOrganisations, &Scope::organisation(id)) {
        return Err(Problem::forbidden("Your roles do not allow this here."));
    }
    show_organisation(&page, &OrganisationForm::of(view), Some(id), Refused::default())
}

#[handler]
async fn change_organisation(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<OrganisationId>,
    Form(form): Form<OrganisationForm>,
) -> Result<Response, Problem> {
    let outcome = match form.change() {
        Ok((version, change)) => identity::change_organisation(&app, &me, id, version, change).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(_) => Ok(page.see_other("/organisations", "identity-organisation-changed")),
        Err(problem) if is_for_the_form(&problem) => show_organisation(&page, &form, Some(id), Refused::by(&problem)),
        Err(problem) => Err(problem),
    }
}

#[derive(Template)]
#[template(path = "identity/units.html")]
struct UnitsPage<'a> {
    page: &'a Page,
    places: &'a Places,
    today: NaiveDate,
    manages: bool,
}

#[handler]
async fn see_units(page: Page, app: Data<&App>, me: SignedIn) -> Result<Response, Problem> {
    let places = Places::read(&app, &me).await?;
    let manages = !me.reach(Action::ManageUnits).is_nothing();
    page.render(&UnitsPage { page: &page, places: &places, today: day_of(app.now()), manages })
}

/// What is typed of a unit: a new one, a change, a move, its closing.
#[derive(Default, Deserialize)]
#[serde(default)]
struct UnitForm {
    code: String,
    name: String,
    native_name: String,
    organisation_id: String,
    parent_id: String,
    level: String,
    kind: String,
    from_on: String,
    on: String,
    version: String,
}

impl UnitForm {
    fn of(view: &UnitView) -> Self {
        Self {
            code: view.code.clone(),
            name: view.name.clone(),
            native_name: view.native_name.clone().unwrap_or_default(),
            organisation_id: view.organisation_id.to_string(),
            parent_id: view.parent_id.map(|id| id.to_string()).unwrap_or_default(),
            level: view.level.to_string(),
            kind: view.kind.clone(),
            version: view.version.to_string(),
            ..Self::default()
        }
    }
    fn command(&self) -> Result<NewUnit, Problem> {
        let mut reading = Reading::default();
        let organisation = reading.one("organisation_id", &self.organisation_id);
        let parent_id = reading.maybe("parent_id", &self.parent_id);
        let level = reading.one("level", &self.level);
        let from_on = reading.maybe("from_on", &self.from_on);
        let (Some(organisation_id), Some(level), true) = (organisation, level, reading.0.is_empty()) else {
            return Err(reading.problem());
        };
        Ok(NewUnit {
            code: self.code.trim().to_owned(),
            name: self.name.trim().to_owned(),
            native_name: text(&self.native_name),
            organisation_id,
            parent_id,
            level,
            kind: self.kind.trim().to_owned(),
            from_on,
        })
    }
    fn change(&self) -> Result<(i64, UnitChange), Problem> {
        let mut reading = Reading::default();
        let version = reading.one("version", &self.version);
        let level = reading.one("level", &self.level);
        let (Some(version), Some(level)) = (version, level) else { return Err(reading.problem()) };
        let change = UnitChange {
            name: self.name.trim().to_owned(),
            native_name: text(&self.native_name),
            level,
            kind: self.kind.trim().to_owned(),
        };
        Ok((version, change))
    }
    fn placement(&self) -> Result<UnitMove, Problem> {
        let mut reading = Reading::default();
        let wish = UnitMove {
            parent_id: reading.maybe("parent_id", &self.parent_id),
            from_on: reading.maybe("from_on", &self.from_on),
        };
        if reading.0.is_empty() { Ok(wish) } else { Err(reading.problem()) }
    }
    fn closure(&self) -> Result<UnitClosure, Problem> {
        let mut reading = Reading::default();
        let on = reading.maybe("on", &self.on);
        if reading.0.is_empty() { Ok(UnitClosure { on }) } else { Err(reading.problem()) }
    }
}

#[derive(Template)]
#[template(path = "identity/unit_form.html")]
struct UnitFormPage<'a> {
    page: &'a Page,
    form: &'a UnitForm,
    organisations: Vec<Choice>,
    parents: Vec<Group>,
    levels: Vec<Choice>,
    refused: Refused<'a>,
}

async fn show_new_unit(
    page: &Page,
    app: &App,
    me: &SignedIn,
    form: &UnitForm,
    refused: Refused<'_>,
) -> Result<Response, Problem> {
    let places = Places::read(app, me).await?;
    let fits = |id: OrganisationId| me.may(Action::ManageUnits, &Scope::organisation(id));
    let template = UnitFormPage {
        page,
        form,
        organisations: places.choose_organisation(&form.organisation_id, fits),
        parents: places.choose_unit(&form.parent_id, |u| fits(u.organisation_id) && u.closed_on.is_none()),
        levels: words(page, "identity-level", AdministrativeLevel::ALL, &form.level),
        refused,
    };
    page.render_with(refused.status(), &template)
}

#[derive(Deserialize)]
struct Below {
    #[serde(default)]
    parent: String,
}

#[handler]
async fn new_unit_form(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Query(below): Query<Below>,
) -> Result<Response, Problem> {
    if me.reach(Action::ManageUnits).is_nothing() {
        return Err(Problem::forbidden("Your roles do not allow this here."));
    }
    let mut form = UnitForm { organisation_id: me.organisation.to_string(), ..UnitForm::default() };
    if let Ok(id) = below.parent.parse() {
        let parent = identity::unit(&app, &me, id).await?;
        form.organisation_id = parent.organisation_id.to_string();
        form.parent_id = parent.id.to_string();
    }
    show_new_unit(&page, &app, &me, &form, Refused::default()).await
}

#[handler]
async fn create_unit(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Form(form): Form<UnitForm>,
) -> Result<Response, Problem> {
    let outcome = match form.command() {
        Ok(new) => identity::new_unit(&app, &me, new).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(view) => Ok(page.see_other(&format!("/units/{}", view.id), "identity-unit-created")),
        Err(problem) if is_for_the_form(&problem) => {
            show_new_unit(&page, &app, &me, &form, Refused::by(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

#[derive(Template)]
#[template(path = "identity/unit.html")]
struct UnitPage<'a> {
    page: &'a Page,
    view: UnitView,
    placements: Vec<UnitPlacementView>,
    places: &'a Places,
    form: &'a UnitForm,
    parents: Vec<Group>,
    levels: Vec<Choice>,
    today: NaiveDate,
    manages: bool,
    sees_people: bool,
    /// The act whose form was refused.
    open: &'a str,
    refused: Refused<'a>,
}

impl UnitPage<'_> {
    /// The units directly below, today.
    fn below(&self) -> Vec<&UnitView> {
        self.places.units.iter().filter(|u| u.parent_id == Some(self.view.id)).collect()
    }
}

async fn show_unit(
    page: &Page,
    app: &App,
    me: &SignedIn,
    id: UnitId,
    (form, open, refused): (Option<&UnitForm>, &str, Refused<'_>),
) -> Result<Response, Problem> {
    let view = identity::unit(app, me, id).await?;
    let places = Places::read(app, me).await?;
    let stored = UnitForm::of(&view);
    let form = form.unwrap_or(&stored);
    let fits = |u: &UnitView| u.organisation_id == view.organisation_id && u.id != id && u.closed_on.is_none();
    let template = UnitPage {
        page,
        placements: identity::unit_placements(app, me, id).await?,
        parents: places.choose_unit(&form.parent_id, fits),
        levels: words(page, "identity-level", AdministrativeLevel::ALL, &form.level),
        today: day_of(app.now()),
        manages: me.may(Action::ManageUnits, &Scope::organisation(view.organisation_id)),
        sees_people: me.may(Action::ViewPersons, &Scope::unit(view.organisation_id, id)),
        places: &places,
        view,
        form,
        open,
        refused,
    };
    page.render_with(refused.status(), &template)
}

#[handler]
async fn see_unit(page: Page, app: Data<&App>, me: SignedIn, Path(id): Path<UnitId>) -> Result<Response, Problem> {
    show_unit(&page, &app, &me, id, (None, "", Refused::default())).await
}

/// After an act: the unit's page, or the page again with what refused it.
async fn answer(
    page: &Page,
    app: &App,
    me: &SignedIn,
    (id, form): (UnitId, &UnitForm),
    (act, outcome): (&str, Result<UnitView, Problem>),
) -> Result<Response, Problem> {
    match outcome {
        Ok(_) => Ok(page.see_other(&format!("/units/{id}"), &format!("identity-unit-done-{act}"))),
        Err(problem) if is_for_the_form(&problem) => {
            // The parts that this form does not hold are as they are stored.
            let mut shown = UnitForm::of(&identity::unit(app, me, id).await?);
            if act == "change" {
                (shown.name, shown.native_name) = (form.name.clone(), form.native_name.clone());
                (shown.level, shown.kind) = (form.level.clone(), form.kind.clone());
            } else if act == "move" {
                (shown.parent_id, shown.from_on) = (form.parent_id.clone(), form.from_on.clone());
            }
            shown.on.clone_from(&form.on);
            show_unit(page, app, me, id, (Some(&shown), act, Refused::by(&problem))).await
        }
        Err(problem) => Err(problem),
    }
}

#[handler]
async fn change_unit(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<UnitId>,
    Form(form): Form<UnitForm>,
) -> Result<Response, Problem> {
    let outcome = match form.change() {
        Ok((version, change)) => identity::change_unit(&app, &me, id, version, change).await,
        Err(problem) => Err(problem),
    };
    answer(&page, &app, &me, (id, &form), ("change", outcome)).await
}

#[handler]
async fn move_unit(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<UnitId>,
    Form(form): Form<UnitForm>,
) -> Result<Response, Problem> {
    let outcome = match form.placement() {
        Ok(wish) => identity::move_unit(&app, &me, id, wish).await,
        Err(problem) => Err(problem),
    };
    answer(&page, &app, &me, (id, &form), ("move", outcome)).await
}

#[handler]
async fn close_unit(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<UnitId>,
    Form(form): Form<UnitForm>,
) -> Result<Response, Problem> {
    let outcome = match form.closure() {
        Ok(wish) => identity::close_unit(&app, &me, id, wish).await,
        Err(problem) => Err(problem),
    };
    answer(&page, &app, &me, (id, &form), ("close", outcome)).await
}
