//! Persons: the list, one person, and what changes of them.

use super::super::access::{Action, Scope};
use super::super::{
    AccountFilter, AccountView, MembershipView, NamedGrantView, NewAccount, NewMembership, NewPerson, PersonChange,
    PersonFilter, PersonView,
};
use super::{
    Bare, Choice, Group, Places, Reading, Refused, SignedIn, day_of, is_for_the_form, next_query, text, words,
    words_or_none,
};
use crate::identity;
use crate::platform::page::{Form, Page};
use crate::platform::{App, ListPage, Problem};
use askama::Template;
use chrono::NaiveDate;
use entity::id::{OrganisationId, PersonId};
use entity::identity::{AdministrativeLevel, Gender, PersonState};
use poem::web::{Data, Path, Query};
use poem::{Response, Route, get, handler, post};
use serde::Deserialize;

pub(super) fn routes(route: Route) -> Route {
    route
        .at("/people", get(see_people))
        .at("/people/new", get(new_person_form).post(create_person))
        .at("/people/:id", get(see_person))
        .at("/people/:id/change", get(change_person_form).post(change_person))
        .at("/people/:id/memberships", post(move_person))
        .at("/people/:id/deactivation", post(deactivate))
        .at("/people/:id/reactivation", post(reactivate))
        .at("/people/:id/account", post(invite))
}

#[derive(Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    search: String,
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    unit: String,
    /// A state, or `any`; who is in service when missing.
    #[serde(default)]
    state: String,
    #[serde(default)]
    cursor: Option<String>,
}

impl Wanted {
    fn filter(&self) -> PersonFilter {
        PersonFilter {
            organisation_id: self.organisation.parse().ok(),
            unit_id: self.unit.parse().ok(),
            search: text(&self.search),
            state: match self.state.as_str() {
                "any" => None,
                other => Some(other.parse().unwrap_or(PersonState::Active)),
            },
        }
    }
    /// The query of the next page, with the same filters.
    fn next(&self, cursor: &str) -> String {
        let filters = [
            ("search", self.search.as_str()),
            ("organisation", &self.organisation),
            ("unit", &self.unit),
            ("state", &self.state),
        ];
        next_query(&filters, cursor)
    }
}

#[derive(Template)]
#[template(path = "identity/people.html")]
struct PeoplePage<'a> {
    page: &'a Page,
    list: ListPage<PersonView>,
    wanted: &'a Wanted,
    organisations: Vec<Choice>,
    units: Vec<Group>,
    states: Vec<Choice>,
    places: &'a Places,
    manages: bool,
    imports: bool,
}

#[handler]
async fn see_people(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let reach = me.reach(Action::ViewPersons);
    if !reach.is_wide() {
        return Err(Problem::not_found());
    }
    let list = identity::persons(&app, &me, wanted.filter(), None, wanted.cursor.as_deref()).await?;
    let places = Places::read(&app, &me).await?;
    let chosen = if wanted.state.is_empty() { PersonState::Active.word() } else { &wanted.state };
    let mut states = words(&page, "identity-person", PersonState::ALL, chosen);
    states.push(Choice::new("any", page.t("identity-any"), chosen));
    let within = |id: OrganisationId| wanted.organisation.parse().map_or(true, |chosen: OrganisationId| chosen == id);
    let template = PeoplePage {
        page: &page,
        list,
        organisations: places.choose_organisation(&wanted.organisation, |_| true),
        units: places.choose_unit(&wanted.unit, |unit| {
            within(unit.organisation_id)
                && (reach.everything
                    || reach.organisations.contains(&unit.organisation_id)
                    || reach.units.contains(&unit.id))
        }),
        states,
        places: &places,
        manages: !me.reach(Action::ManagePersons).is_nothing(),
        imports: !me.reach(Action::ImportPersons).is_nothing(),
        wanted: &wanted,
    };
    page.render(&template)
}

/// What is typed of a person, new or changed.
#[derive(Default, Deserialize)]
#[serde(default)]
struct PersonForm {
    organisation_id: String,
    unit_id: String,
    member_from_on: String,
    service_number: String,
    given_name: String,
    family_name: String,
    native_name: String,
    email: String,
    gender: String,
    rank: String,
    post: String,
    level: String,
    languages: String,
    version: String,
}

fn languages(typed: &str) -> Vec<String> {
    let parts = typed.split([',', ';', ' ']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect()
}

impl PersonForm {
    fn of(view: &PersonView) -> Self {
        let said = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            organisation_id: view.organisation_id.to_string(),
            service_number: view.service_number.clone(),
            given_name: view.given_name.clone(),
            family_name: view.family_name.clone(),
            native_name: said(&view.native_name),
            email: said(&view.email),
            gender: view.gender.to_string(),
            rank: said(&view.rank),
            post: said(&view.post),
            level: view.level.map(|level| level.to_string()).unwrap_or_default(),
            languages: view.languages.join(", "),
            version: view.version.to_string(),
            ..Self::default()
        }
    }
    fn new_person(&self) -> Result<NewPerson, Problem> {
        let mut reading = Reading::default();
        let organisation = reading.one("organisation_id", &self.organisation_id);
        let unit_id = reading.maybe("unit_id", &self.unit_id);
        let member_from_on = reading.maybe("member_from_on", &self.member_from_on);
        let gender = reading.one("gender", &self.gender);
        let level = reading.maybe("level", &self.level);
        let (Some(organisation_id), Some(gender), true) = (organisation, gender, reading.0.is_empty()) else {
            return Err(reading.problem());
        };
        Ok(NewPerson {
            organisation_id,
            unit_id,
            member_from_on,
            service_number: self.service_number.trim().to_owned(),
            given_name: self.given_name.trim().to_owned(),
            family_name: self.family_name.trim().to_owned(),
            native_name: text(&self.native_name),
            email: text(&self.email),
            gender,
            rank: text(&self.rank),
            post: text(&self.post),
            level,
            languages: languages(&self.languages),
        })
    }
    fn change(&self) -> Result<(i64, PersonChange), Problem> {
        let mut reading = Reading::default();
        let version = reading.one("version", &self.version);
        let gender = reading.one("gender", &self.gender);
        let level = reading.maybe("level", &self.level);
        let (Some(version), Some(gender), true) = (version, gender, reading.0.is_empty()) else {
            return Err(reading.problem());
        };
        let change = PersonChange {
            service_number: self.service_number.trim().to_owned(),
            given_name: self.given_name.trim().to_owned(),
            family_name: self.family_name.trim().to_owned(),
            native_name: text(&self.native_name),
            email: text(&self.email),
            gender,
            rank: text(&self.rank),
            post: text(&self.post),
            level,
            languages: languages(&self.languages),
        };
        Ok((version, change))
    }
}

#[derive(Template)]
#[template(path = "identity/person_form.html")]
struct PersonFormPage<'a> {
    page: &'a Page,
    form: &'a PersonForm,
    /// Whom it changes; nothing for a new person.
    known: Option<&'a PersonView>,
    organisations: Vec<Choice>,
    units: Vec<Group>,
    genders: Vec<Choice>,
    levels: Vec<Choice>,
    refused: Refused<'a>,
}

async fn show_form(
    page: &Page,
    app: &App,
    me: &SignedIn,
    (form, known): (&PersonForm, Option<&PersonView>),
    refused: Refused<'_>,
) -> Result<Response, Problem> {
    let places = Places::read(app, me).await?;
    let fits = |id: OrganisationId| me.may(Action::ManagePersons, &Scope::organisation(id));
    let gender = if form.gender.is_empty() { Gender::NotStated.word() } else { &form.gender };
    let template = PersonFormPage {
        page,
        form,
        known,
        organisations: places.choose_organisation(&form.organisation_id, fits),
        units: places.choose_unit(&form.unit_id, |unit| fits(unit.organisation_id) && unit.closed_on.is_none()),
        genders: words(page, "identity-gender", Gender::ALL, gender),
        levels: words_or_none(page, "identity-level", AdministrativeLevel::ALL, &form.level),
        refused,
    };
    page.render_with(refused.status(), &template)
}

#[handler]
async fn new_person_form(page: Page, app: Data<&App>, me: SignedIn) -> Result<Response, Problem> {
    if me.reach(Action::ManagePersons).is_nothing() {
        return Err(Problem::not_found());
    }
    let form = PersonForm { organisation_id: me.organisation.to_string(), ..PersonForm::default() };
    show_form(&page, &app, &me, (&form, None), Refused::default()).await
}

#[handler]
async fn create_person(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Form(form): Form<PersonForm>,
) -> Result<Response, Problem> {
    if me.reach(Action::ManagePersons).is_nothing() {
        return Err(Problem::not_found());
    }
    let outcome = match form.new_person() {
        Ok(new) => identity::new_person(&app, &me, new).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(view) => Ok(page.see_other(&format!("/people/{}", view.id), "identity-person-created")),
        Err(problem) if is_for_the_form(&problem) => {
            show_form(&page, &app, &me, (&form, None), Refused::by(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

#[handler]
async fn change_person_form(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<PersonId>,
) -> Result<Response, Problem> {
    let view = identity::person(&app, &me, id).await?;
    if !me.may(Action::ManagePersons, &Scope::organisation(view.organisation_id)) {
        return Err(Problem::forbidden("Your roles do not allow this here."));
    }
    show_form(&page, &app, &me, (&PersonForm::of(&view), Some(&view)), Refused::default()).await
}

#[handler]
async fn change_person(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<PersonId>,
    Form(form): Form<PersonForm>,
) -> Result<Response, Problem> {
    let outcome = match form.change() {
        Ok((version, change)) => identity::change_person(&app, &me, id, version, change).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(_) => Ok(page.see_other(&format!("/people/{id}"), "identity-person-changed")),
        Err(problem) if is_for_the_form(&problem) => {
            let view = identity::person(&app, &me, id).await?;
            show_form(&page, &app, &me, (&form, Some(&view)), Refused::by(&problem)).await
        }
        Err(problem) => Err(problem),
    }
}

/// The account of a person, as far as the reader may see it.
struct Account {
    view: AccountView,
    grants: Vec<NamedGrantView>,
}

#[derive(Template)]
#[template(path = "identity/person.html")]
#[expect(clippy::struct_excessive_bools, reason = "one per part of the page that is not for everybody")]
struct PersonPage<'a> {
    page: &'a Page,
    view: PersonView,
    memberships: Vec<MembershipView>,
    places: Places,
    account: Option<Account>,
    /// Whether the reader may see accounts of this person at all.
    sees_account: bool,
    units: Vec<Group>,
    today: NaiveDate,
    form: &'a PlaceForm,
    email: &'a str,
    oneself: bool,
    manages: bool,
    invites: bool,
    sees_standing: bool,
    lists: bool,
    refused: Refused<'a>,
}

/// What was typed on a person's page.
#[derive(Default)]
struct Typed {
    place: PlaceForm,
    email: Option<String>,
}

async fn account_of(app: &App, me: &SignedIn, id: PersonId) -> Result<Option<Account>, Problem> {
    let wanted = AccountFilter { person_id: Some(id), ..AccountFilter::default() };
    let Some(view) = identity::accounts(app, me, wanted, Some(1), None).await?.items.pop() else { return Ok(None) };
    let now = app.now();
    let grants = identity::named_grants(app, me, view.id).await?.into_iter();
    Ok(Some(Account {
        grants: grants.filter(|g| g.grant.revoked_at.is_none() && g.grant.ends_at > now).collect(),
        view,
    }))
}

async fn show(
    page: &Page,
    app: &App,
    me: &SignedIn,
    id: PersonId,
    (typed, refused): (&Typed, Refused<'_>),
) -> Result<Response, Problem> {
    let view = identity::person(app, me, id).await?;
    let scope = Scope::person(view.id, view.organisation_id, view.unit_id);
    let home = Scope { person: None, ..scope.clone() };
    let places = Places::read(app, me).await?;
    let here = view.organisation_id;
    let (account, email) = (account_of(app, me, id).await?, view.email.clone().unwrap_or_default());
    let active = view.state == PersonState::Active;
    let template = PersonPage {
        page,
        memberships: identity::memberships(app, me, id).await?,
        sees_account: me.may(Action::ViewGrants, &scope),
        units: places.choose_unit(&typed.place.unit_id, |u| {
            u.organisation_id == here && u.closed_on.is_none() && view.unit_id != Some(u.id)
        }),
        today: day_of(app.now()),
        form: &typed.place,
        email: typed.email.as_deref().unwrap_or(&email),
        oneself: id == me.person,
        manages: me.may(Action::ManagePersons, &Scope::organisation(here)),
        invites: active && account.is_none() && me.may(Action::ManageAccounts, &home),
        sees_standing: me.may(Action::ViewCertificates, &scope),
        lists: me.reach(Action::ViewPersons).is_wide(),
        account,
        places,
        view,
        refused,
    };
    page.render_with(refused.status(), &template)
}

#[handler]
async fn see_person(page: Page, app: Data<&App>, me: SignedIn, Path(id): Path<PersonId>) -> Result<Response, Problem> {
    show(&page, &app, &me, id, (&Typed::default(), Refused::default())).await
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PlaceForm {
    unit_id: String,
    from_on: String,
}

impl PlaceForm {
    fn command(&self) -> Result<NewMembership, Problem> {
        let mut reading = Reading::default();
        let unit = reading.one("unit_id", &self.unit_id);
        let from_on = reading.maybe("from_on", &self.from_on);
        match unit.filter(|_| reading.0.is_empty()) {
            Some(unit_id) => Ok(NewMembership { unit_id, from_on }),
            None => Err(reading.problem()),
        }
    }
}

#[handler]
async fn move_person(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<PersonId>,
    Form(form): Form<PlaceForm>,
) -> Result<Response, Problem> {
    let outcome = match form.command() {
        Ok(new) => identity::move_person(&app, &me, id, new).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(_) => Ok(page.see_other(&format!("/people/{id}"), "identity-person-moved")),
        Err(problem) if is_for_the_form(&problem) => {
            let typed = Typed { place: form, email: None };
            show(&page, &app, &me, id, (&typed, Refused::by(&problem))).await
        }
        Err(problem) => Err(problem),
    }
}

#[handler]
async fn deactivate(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<PersonId>,
    _: Form<Bare>,
) -> Result<Response, Problem> {
    identity::deactivate_person(&app, &me, id).await?;
    Ok(page.see_other(&format!("/people/{id}"), "identity-person-left"))
}

#[handler]
async fn reactivate(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<PersonId>,
    _: Form<Bare>,
) -> Result<Response, Problem> {
    identity::reactivate_person(&app, &me, id).await?;
    Ok(page.see_other(&format!("/people/{id}"), "identity-person-reactivated"))
}

#[derive(Deserialize)]
struct InviteForm {
    email: String,
}

#[handler]
async fn invite(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<PersonId>,
    Form(form): Form<InviteForm>,
) -> Result<Response, Problem> {
    let new = NewAccount { person_id: id, email: text(&form.email) };
    match identity::new_account(&app, &me, new).await {
        Ok(view) => Ok(page.see_other(&format!("/administration/accounts/{}", view.id), "identity-invited")),
        Err(problem) if is_for_the_form(&problem) => {
            let typed = Typed { email: Some(form.email), ..Typed::default() };
            show(&page, &app, &me, id, (&typed, Refused::by(&problem))).await
        }
        Err(problem) => Err(problem),
    }
}
