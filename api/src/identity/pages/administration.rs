//! Accounts and the roles granted to them.

use super::super::access::{Action, Scope};
use super::super::{AccountFilter, AccountView, NamedGrantView, NewGrant, PersonView};
use super::{
    Bare, Choice, Group, Places, Reading, Refused, SignedIn, day_of, end_of, is_for_the_form, next_query, text, words,
};
use crate::identity;
use crate::platform::page::{Form, Page};
use crate::platform::{App, ListPage, Problem};
use askama::Template;
use chrono::{DateTime, Days, NaiveDate, Utc};
use entity::id::{AccountId, GrantId};
use entity::identity::{AccountState, Role, ScopeKind};
use poem::web::{Data, Path, Query};
use poem::{Response, Route, get, handler, post};
use serde::Deserialize;

pub(super) fn routes(route: Route) -> Route {
    route
        .at("/administration", get(see_accounts))
        .at("/administration/accounts/:id", get(see_account))
        .at("/administration/accounts/:id/suspension", post(suspend))
        .at("/administration/accounts/:id/reactivation", post(reactivate))
        .at("/administration/accounts/:id/link", post(send_link))
        .at("/administration/accounts/:id/sessions", post(end_sessions))
        .at("/administration/accounts/:id/grants", post(grant_role))
        .at("/administration/grants/:id/confirmation", post(confirm_role))
        .at("/administration/grants/:id/revocation", post(revoke_role))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    search: String,
    state: String,
    cursor: Option<String>,
}

impl Wanted {
    /// The query of the next page, with the same filters.
    fn next(&self, cursor: &str) -> String {
        next_query(&[("search", self.search.as_str()), ("state", &self.state)], cursor)
    }
}

#[derive(Template)]
#[template(path = "identity/accounts.html")]
struct AccountsPage<'a> {
    page: &'a Page,
    list: ListPage<AccountView>,
    wanted: &'a Wanted,
    states: Vec<Choice>,
    places: Places,
    waiting: Vec<NamedGrantView>,
    me: AccountId,
    confirms: bool,
    sees_settings: bool,
}

impl AccountsPage<'_> {
    /// Whether the reader granted it or would get it, so that somebody else must confirm.
    fn is_own(&self, named: &NamedGrantView) -> bool {
        named.grant.account_id == self.me || named.grant.granted_by == Some(self.me)
    }
}

#[handler]
async fn see_accounts(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    if !me.reach(Action::ViewGrants).is_wide() {
        return Err(Problem::not_found());
    }
    let filter =
        AccountFilter { state: wanted.state.parse().ok(), search: text(&wanted.search), ..AccountFilter::default() };
    let mut states = vec![Choice::new("", page.t("identity-any"), &wanted.state)];
    states.extend(words(&page, "identity-account", AccountState::ALL, &wanted.state));
    let template = AccountsPage {
        page: &page,
        list: identity::accounts(&app, &me, filter, None, wanted.cursor.as_deref()).await?,
        states,
        places: Places::read(&app, &me).await?,
        waiting: identity::grants_to_confirm(&app, &me).await?,
        me: me.account,
        confirms: !me.reach(Action::GrantPrivilegedRoles).is_nothing(),
        sees_settings: me.may(Action::ViewSettings, &Scope::programme()),
        wanted: &wanted,
    };
    page.render(&template)
}

/// What is typed for a role to be granted.
#[derive(Default, Deserialize)]
#[serde(default)]
struct GrantForm {
    role: String,
    /// Kind and id: `programme`, `organisation:…`, `unit:…`.
    scope: String,
    ends_at: String,
}

impl GrantForm {
    fn command(&self) -> Result<NewGrant, Problem> {
        let mut reading = Reading::default();
        let role = reading.one("role", &self.role);
        let (kind, id) = self.scope.split_once(':').unwrap_or((&self.scope, ""));
        let (scope_kind, scope_id) = (reading.one("scope_id", kind), reading.maybe("scope_id", id));
        let ends_on: Option<NaiveDate> = reading.one("ends_at", &self.ends_at);
        match (role, scope_kind, ends_on, reading.0.is_empty()) {
            (Some(role), Some(scope_kind), Some(day), true) => {
                Ok(NewGrant { role, scope_kind, scope_id, starts_at: None, ends_at: end_of(day) })
            }
            _ => Err(reading.problem()),
        }
    }
}

/// How a role that was granted stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Waits,
    Ahead,
    Holds,
    Ended,
    Revoked,
}

impl Standing {
    fn word(self) -> &'static str {
        match self {
            Self::Waits => "waits",
            Self::Ahead => "ahead",
            Self::Holds => "holds",
            Self::Ended => "ended",
            Self::Revoked => "revoked",
        }
    }
    fn badge(self) -> &'static str {
        match self {
            Self::Waits => "warn",
            Self::Ahead => "info",
            Self::Holds => "good",
            Self::Ended | Self::Revoked => "neutral",
        }
    }
}

#[derive(Template)]
#[template(path = "identity/account_of.html")]
struct AccountPage<'a> {
    page: &'a Page,
    view: AccountView,
    person: Option<PersonView>,
    organisation: String,
    grants: Vec<NamedGrantView>,
    now: DateTime<Utc>,
    me: AccountId,
    manages: bool,
    roles: Vec<Choice>,
    whole: Choice,
    organisations: Vec<Choice>,
    units: Vec<Group>,
    form: &'a GrantForm,
    latest: NaiveDate,
    refused: Refused<'a>,
}

impl AccountPage<'_> {
    fn standing(&self, named: &NamedGrantView) -> Standing {
        let grant = &named.grant;
        if grant.revoked_at.is_some() {
            Standing::Revoked
        } else if grant.ends_at <= self.now {
            Standing::Ended
        } else if grant.awaits_confirmation {
            Standing::Waits
        } else if grant.starts_at > self.now {
            Standing::Ahead
        } else {
            Standing::Holds
        }
    }
    /// Whether the reader may be the second administrator.
    fn may_confirm(&self, named: &NamedGrantView) -> bool {
        named.grant.awaits_confirmation && named.grant.granted_by != Some(self.me)
    }
    /// Whether it can still be taken back.
    fn is_open(&self, named: &NamedGrantView) -> bool {
        !matches!(self.standing(named), Standing::Ended | Standing::Revoked)
    }
}

/// Over what the reader may grant roles: everything, organisations, units.
fn scopes(page: &Page, me: &SignedIn, places: &Places, chosen: &str) -> (Choice, Vec<Choice>, Vec<Group>) {
    let whole = Choice::new(ScopeKind::Programme, page.word("identity-scope", ScopeKind::Programme), chosen);
    let may = |scope: &Scope| me.may(Action::GrantRoles, scope);
    let organisations = places.choose_organisation("", |id| may(&Scope::organisation(id))).into_iter();
    let organisations =
        organisations.map(|c| Choice::new(format!("{}:{}", ScopeKind::Organisation, c.value), c.label, chosen));
    let units = places.choose_unit("", |u| may(&Scope::unit(u.organisation_id, u.id))).into_iter();
    let prefixed = |c: Choice| Choice::new(format!("{}:{}", ScopeKind::Unit, c.value), c.label, chosen);
    let units = units.map(|g| Group { label: g.label, choices: g.choices.into_iter().map(prefixed).collect() });
    (whole, organisations.collect(), units.collect())
}

async fn show(
    page: &Page,
    app: &App,
    me: &SignedIn,
    id: AccountId,
    (form, refused): (Option<&GrantForm>, Refused<'_>),
) -> Result<Response, Problem> {
    if !me.reach(Action::ViewGrants).is_wide() {
        return Err(Problem::not_found());
    }
    let view = identity::account(app, me, id).await?;
    let places = Places::read(app, me).await?;
    let latest = day_of(app.now()).checked_add_days(Days::new(365)).unwrap_or_default();
    let fresh = GrantForm { ends_at: latest.to_string(), ..GrantForm::default() };
    let form = form.unwrap_or(&fresh);
    let grantable: Vec<Role> = Role::ALL.iter().copied().filter(|role| *role != Role::Participant).collect();
    let (whole, organisations, units) = scopes(page, me, &places, &form.scope);
    let template = AccountPage {
        page,
        person: identity::person(app, me, view.person_id).await.ok(),
        organisation: places.organisation(&view.organisation_id).to_owned(),
        grants: identity::named_grants(app, me, id).await?,
        now: app.now(),
        me: me.account,
        manages: me.may(Action::ManageAccounts, &Scope::organisation(view.organisation_id)),
        roles: words(page, "role", &grantable, &form.role),
        whole,
        organisations,
        units,
        form,
        latest,
        view,
        refused,
    };
    page.render_with(refused.status(), &template)
}

#[handler]
async fn see_account(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<AccountId>,
) -> Result<Response, Problem> {
    show(&page, &app, &me, id, (None, Refused::default())).await
}

/// After an act: the account's page, or the page again with what refused it.
async fn answer<T>(
    page: &Page,
    app: &App,
    me: &SignedIn,
    id: AccountId,
    (outcome, message): (Result<T, Problem>, &str),
) -> Result<Response, Problem> {
    match outcome {
        Ok(_) => Ok(page.see_other(&format!("/administration/accounts/{id}"), message)),
        Err(problem) if is_for_the_form(&problem) => show(page, app, me, id, (None, Refused::by(&problem))).await,
        Err(problem) => Err(problem),
    }
}

#[handler]
async fn suspend(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<AccountId>,
    _: Form<Bare>,
) -> Result<Response, Problem> {
    let outcome = identity::suspend_account(&app, &me, id).await;
    answer(&page, &app, &me, id, (outcome, "identity-suspended")).await
}

#[handler]
async fn reactivate(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<AccountId>,
    _: Form<Bare>,
) -> Result<Response, Problem> {
    let outcome = identity::reactivate_account(&app, &me, id).await;
    answer(&page, &app, &me, id, (outcome, "identity-unsuspended")).await
}

#[handler]
async fn send_link(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<AccountId>,
    _: Form<Bare>,
) -> Result<Response, Problem> {
    let outcome = identity::issue_link(&app, &me, id).await;
    answer(&page, &app, &me, id, (outcome, "identity-link-sent")).await
}

#[handler]
async fn end_sessions(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<AccountId>,
    _: Form<Bare>,
) -> Result<Response, Problem> {
    let outcome = identity::end_account_sessions(&app, &me, id).await;
    answer(&page, &app, &me, id, (outcome, "identity-account-sessions-ended")).await
}

#[handler]
async fn grant_role(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<AccountId>,
    Form(form): Form<GrantForm>,
) -> Result<Response, Problem> {
    let outcome = match form.command() {
        Ok(new) => identity::grant(&app, &me, id, new).await,
        Err(problem) => Err(problem),
    };
    match outcome {
        Ok(view) => {
            let message = if view.awaits_confirmation { "identity-role-waits" } else { "identity-role-granted" };
            Ok(page.see_other(&format!("/administration/accounts/{id}"), message))
        }
        Err(problem) if is_for_the_form(&problem) => {
            show(&page, &app, &me, id, (Some(&form), Refused::by(&problem))).await
        }
        Err(problem) => Err(problem),
    }
}

#[handler]
async fn confirm_role(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<GrantId>,
    _: Form<Bare>,
) -> Result<Response, Problem> {
    let view = identity::confirm_grant(&app, &me, id).await?;
    Ok(page.see_other(&format!("/administration/accounts/{}", view.account_id), "identity-role-confirmed"))
}

#[handler]
async fn revoke_role(
    page: Page,
    app: Data<&App>,
    me: SignedIn,
    Path(id): Path<GrantId>,
    _: Form<Bare>,
) -> Result<Response, Problem> {
    let view = identity::revoke_grant(&app, &me, id).await?;
    Ok(page.see_other(&format!("/administration/accounts/{}", view.account_id), "identity-role-revoked"))
}
