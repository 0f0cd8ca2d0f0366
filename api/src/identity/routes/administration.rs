//! Accounts, roles and settings.

use super::super::{
    AccountFilter, AccountView, GrantView, NamedGrantView, NewAccount, NewGrant, SettingChange, SettingView,
};
use super::{Auth, Tag};
use crate::identity;
use crate::platform::{App, Created, Data, Fail, ListPage, NoContent, Read, Tagged, Write, expected_version};
use entity::id::{AccountId, GrantId, PersonId};
use entity::identity::AccountState;
use poem::web::Data as Shared;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;

/// Operations of administrators.
pub struct AdministrationApi;

#[OpenApi(prefix_path = "/api/v1")]
impl AdministrationApi {
    /// List accounts
    ///
    /// By e-mail address, narrowed to those whose roles you may see.
    #[oai(path = "/accounts", method = "get", tag = "Tag::Administration", operation_id = "listAccounts")]
    #[expect(clippy::too_many_arguments, reason = "one per filter of the list")]
    async fn accounts(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Only in this state.
        state: Query<Option<AccountState>>,
        /// Only of persons whose name has this in it.
        search: Query<Option<String>>,
        /// Only of this person.
        person_id: Query<Option<PersonId>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<AccountView>>, Fail<Read>> {
        let wanted = AccountFilter { state: state.0, search: search.0, person_id: person_id.0 };
        Ok(Data(identity::accounts(&app, &auth, wanted, limit.0, cursor.0.as_deref()).await?))
    }

    /// Create an account
    ///
    /// The person is sent an invitation: a link that works once, for a day, to choose a password.
    #[oai(path = "/accounts", method = "post", tag = "Tag::Administration", operation_id = "createAccount")]
    async fn new_account(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<NewAccount>,
    ) -> Result<Created<AccountView>, Fail<Write>> {
        let view = identity::new_account(&app, &auth, body.0).await?;
        Ok(Created::at(format!("/api/v1/accounts/{}", view.id), view))
    }

    /// Read an account
    ///
    /// With its state and who it belongs to.
    #[oai(path = "/accounts/:account_id", method = "get", tag = "Tag::Administration", operation_id = "getAccount")]
    async fn account(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The account.
        account_id: Path<AccountId>,
    ) -> Result<Data<AccountView>, Fail<Read>> {
        Ok(Data(identity::account(&app, &auth, account_id.0).await?))
    }

    /// Suspend an account
    ///
    /// It cannot sign in; its sessions, tokens and links end at once.
    #[oai(
        path = "/accounts/:account_id/suspension",
        method = "post",
        tag = "Tag::Administration",
        operation_id = "suspendAccount"
    )]
    async fn suspend(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The account.
        account_id: Path<AccountId>,
    ) -> Result<Data<AccountView>, Fail<Write>> {
        Ok(Data(identity::suspend_account(&app, &auth, account_id.0).await?))
    }

    /// Reactivate a suspended account
    ///
    /// It can sign in again with its password; sessions and tokens it had stay ended.
    #[oai(
        path = "/accounts/:account_id/reactivation",
        method = "post",
        tag = "Tag::Administration",
        operation_id = "reactivateAccount"
    )]
    async fn reactivate(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The account.
        account_id: Path<AccountId>,
    ) -> Result<Data<AccountView>, Fail<Write>> {
        Ok(Data(identity::reactivate_account(&app, &auth, account_id.0).await?))
    }

    /// Send a link to choose a password
    ///
    /// To the person, never to you: an invitation while none was chosen, else a reset.
    #[oai(
        path = "/accounts/:account_id/password-reset",
        method = "post",
        tag = "Tag::Administration",
        operation_id = "sendPasswordLink"
    )]
    async fn send_link(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The account.
        account_id: Path<AccountId>,
    ) -> Result<NoContent, Fail<Write>> {
        identity::issue_link(&app, &auth, account_id.0).await?;
        Ok(NoContent)
    }

    /// End all sessions of an account
    ///
    /// And its tokens and links.
    #[oai(
        path = "/accounts/:account_id/sessions",
        method = "delete",
        tag = "Tag::Administration",
        operation_id = "endAccountSessions"
    )]
    async fn end_sessions(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The account.
        account_id: Path<AccountId>,
    ) -> Result<NoContent, Fail<Write>> {
        identity::end_account_sessions(&app, &auth, account_id.0).await?;
        Ok(NoContent)
    }

    /// List the roles of an account
    ///
    /// Also those that ended, newest first.
    #[oai(
        path = "/accounts/:account_id/grants",
        method = "get",
        tag = "Tag::Administration",
        operation_id = "listGrants"
    )]
    async fn grants(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The account.
        account_id: Path<AccountId>,
    ) -> Result<Data<Vec<GrantView>>, Fail<Read>> {
        Ok(Data(identity::grants(&app, &auth, account_id.0).await?))
    }

    /// Grant a role
    ///
    /// Never to yourself, never beyond your own reach, for twelve months at most. Administrator and auditor rest until
    /// a second administrator confirms; an auditor holds no other role.
    #[oai(
        path = "/accounts/:account_id/grants",
        method = "post",
        tag = "Tag::Administration",
        operation_id = "grantRole"
    )]
    async fn grant(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The account.
        account_id: Path<AccountId>,
        body: Json<NewGrant>,
    ) -> Result<Created<GrantView>, Fail<Write>> {
        let view = identity::grant(&app, &auth, account_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/accounts/{}/grants", view.account_id), view))
    }

    /// List roles that wait for a second administrator
    ///
    /// Administrator and auditor are granted by two persons; these wait for the second.
    #[oai(path = "/grants", method = "get", tag = "Tag::Administration", operation_id = "listGrantsToConfirm")]
    async fn grants_to_confirm(&self, app: Shared<&App>, auth: Auth) -> Result<Data<Vec<NamedGrantView>>, Fail<Read>> {
        Ok(Data(identity::grants_to_confirm(&app, &auth).await?))
    }

    /// Confirm a role as the second administrator
    ///
    /// The role is in force from then on. Whoever granted it cannot confirm it.
    #[oai(
        path = "/grants/:grant_id/confirmation",
        method = "post",
        tag = "Tag::Administration",
        operation_id = "confirmGrant"
    )]
    async fn confirm_grant(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The grant.
        grant_id: Path<GrantId>,
    ) -> Result<Data<GrantView>, Fail<Write>> {
        Ok(Data(identity::confirm_grant(&app, &auth, grant_id.0).await?))
    }

    /// Take a role back
    ///
    /// The account's sessions and tokens end with it.
    #[oai(path = "/grants/:grant_id", method = "delete", tag = "Tag::Administration", operation_id = "revokeGrant")]
    async fn revoke_grant(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The grant.
        grant_id: Path<GrantId>,
    ) -> Result<Data<GrantView>, Fail<Write>> {
        Ok(Data(identity::revoke_grant(&app, &auth, grant_id.0).await?))
    }

    /// List settings
    ///
    /// What administrators can change while the program runs, with bounds and values in force.
    #[oai(path = "/settings", method = "get", tag = "Tag::Administration", operation_id = "listSettings")]
    async fn settings(&self, app: Shared<&App>, auth: Auth) -> Result<Data<Vec<SettingView>>, Fail<Read>> {
        Ok(Data(identity::setting_views(&app, &auth).await?))
    }

    /// Read a setting
    ///
    /// With its bounds and its version, for a change.
    #[oai(path = "/settings/:key", method = "get", tag = "Tag::Administration", operation_id = "getSetting")]
    async fn setting(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Its key.
        key: Path<String>,
    ) -> Result<Tagged<SettingView>, Fail<Read>> {
        Ok(Tagged(identity::setting(&app, &auth, &key.0).await?))
    }

    /// Change a setting
    ///
    /// Takes effect at once. The value must lie within its bounds.
    #[oai(path = "/settings/:key", method = "put", tag = "Tag::Administration", operation_id = "changeSetting")]
    async fn change_setting(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Its key.
        key: Path<String>,
        /// The `ETag` that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<SettingChange>,
    ) -> Result<Tagged<SettingView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(identity::change_setting(&app, &auth, &key.0, version, body.0.value).await?))
    }
}
