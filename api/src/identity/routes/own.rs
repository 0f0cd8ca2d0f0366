//! Signing in, forgotten passwords and one's own account.

use super::super::{
    Credentials, ForgottenPassword, LanguageChoice, LoginSessionView, MeView, NewToken, NewTokenView, OwnRecordView,
    PasswordChange, PasswordChoice, Proof, SecondFactorCode, SecondFactorView, SignInView, TokenView,
};
use super::{Auth, Tag};
use crate::identity;
use crate::platform::http::ClientAddress;
use crate::platform::{App, Created, Data, Fail, NoContent, PublicWrite, Read, Write};
use entity::id::{AccessTokenId, LoginSessionId};
use poem::Request;
use poem::web::Data as Shared;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

/// Operations of one's own account.
pub struct OwnApi;

/// 202 without a body.
#[derive(ApiResponse)]
enum Accepted {
    /// Taken note of
    #[oai(status = 202)]
    Noted,
}

#[OpenApi(prefix_path = "/api/v1")]
impl OwnApi {
    /// Sign in
    ///
    /// Gives a session token for e-mail address and password, and for the code where a second factor is set up.
    /// Guesses are counted by account and by address; after a wrong one the next must wait.
    #[oai(path = "/sign-in", method = "post", tag = "Tag::Session", operation_id = "signIn")]
    async fn sign_in(
        &self,
        app: Shared<&App>,
        request: &Request,
        address: Shared<&ClientAddress>,
        body: Json<Credentials>,
    ) -> Result<Data<SignInView>, Fail<PublicWrite>> {
        let agent = request.header("user-agent").unwrap_or_default();
        Ok(Data(identity::sign_in(&app, body.0, address.0.0, agent).await?))
    }

    /// End this session
    ///
    /// The token or cookie is refused from then on.
    #[oai(path = "/sign-out", method = "post", tag = "Tag::Session", operation_id = "signOut")]
    async fn sign_out(&self, app: Shared<&App>, auth: Auth) -> Result<NoContent, Fail<Write>> {
        identity::sign_out(&app, &auth).await?;
        Ok(NoContent)
    }

    /// Prove again who you are
    ///
    /// Acts that ask for it are then open to this session for five minutes.
    #[oai(path = "/step-up", method = "post", tag = "Tag::Session", operation_id = "stepUp")]
    async fn step_up(
        &self,
        app: Shared<&App>,
        auth: Auth,
        address: Shared<&ClientAddress>,
        body: Json<Proof>,
    ) -> Result<NoContent, Fail<Write>> {
        identity::step_up(&app, &auth, body.0.password, address.0.0).await?;
        Ok(NoContent)
    }

    /// Ask for a link because a password is forgotten
    ///
    /// Always answered alike, whether or not there is such an account. The link works once, for a day.
    #[oai(path = "/password-resets", method = "post", tag = "Tag::Session", operation_id = "askPasswordReset")]
    async fn ask_password_reset(
        &self,
        app: Shared<&App>,
        address: Shared<&ClientAddress>,
        body: Json<ForgottenPassword>,
    ) -> Result<Accepted, Fail<PublicWrite>> {
        identity::ask_password_reset(&app, &body.0.email, address.0.0).await?;
        Ok(Accepted::Noted)
    }

    /// Choose a password behind a one-time link
    ///
    /// For an invitation and for a forgotten password. The link is used up, and every session and token of the
    /// account ends; a second factor stays.
    #[oai(path = "/password-choices", method = "post", tag = "Tag::Session", operation_id = "choosePassword")]
    async fn choose_password(
        &self,
        app: Shared<&App>,
        address: Shared<&ClientAddress>,
        body: Json<PasswordChoice>,
    ) -> Result<NoContent, Fail<PublicWrite>> {
        identity::choose_password(&app, &body.0.token, body.0.password, address.0.0).await?;
        Ok(NoContent)
    }

    /// Who is signed in
    ///
    /// The person, the roles in force and the language chosen.
    #[oai(path = "/me", method = "get", tag = "Tag::Session", operation_id = "me")]
    async fn me(&self, app: Shared<&App>, auth: Auth) -> Result<Data<MeView>, Fail<Read>> {
        Ok(Data(identity::me(&app, &auth).await?))
    }

    /// Export everything stored about you
    ///
    /// What identity keeps: person, account, memberships, roles, sessions, tokens.
    #[oai(path = "/me/record", method = "get", tag = "Tag::Session", operation_id = "exportOwnRecord")]
    async fn own_record(&self, app: Shared<&App>, auth: Auth) -> Result<Data<OwnRecordView>, Fail<Read>> {
        Ok(Data(identity::own_record(&app, &auth).await?))
    }

    /// List your sessions
    ///
    /// Where you are signed in, and since when; the one that asks is marked.
    #[oai(path = "/me/sessions", method = "get", tag = "Tag::Session", operation_id = "listOwnSessions")]
    async fn own_sessions(&self, app: Shared<&App>, auth: Auth) -> Result<Data<Vec<LoginSessionView>>, Fail<Read>> {
        Ok(Data(identity::own_sessions(&app, &auth).await?))
    }

    /// End all your other sessions
    ///
    /// Only the one that asks goes on.
    #[oai(path = "/me/sessions", method = "delete", tag = "Tag::Session", operation_id = "endOtherSessions")]
    async fn end_other_sessions(&self, app: Shared<&App>, auth: Auth) -> Result<NoContent, Fail<Write>> {
        identity::end_other_sessions(&app, &auth).await?;
        Ok(NoContent)
    }

    /// End one of your sessions
    ///
    /// Its token is refused from then on.
    #[oai(path = "/me/sessions/:session_id", method = "delete", tag = "Tag::Session", operation_id = "endOwnSession")]
    async fn end_session(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The session.
        session_id: Path<LoginSessionId>,
    ) -> Result<NoContent, Fail<Write>> {
        identity::end_session(&app, &auth, session_id.0).await?;
        Ok(NoContent)
    }

    /// Change your password
    ///
    /// Every other session, every token and every link of the account ends.
    #[oai(path = "/me/password", method = "put", tag = "Tag::Session", operation_id = "changeOwnPassword")]
    async fn change_password(
        &self,
        app: Shared<&App>,
        auth: Auth,
        address: Shared<&ClientAddress>,
        body: Json<PasswordChange>,
    ) -> Result<NoContent, Fail<Write>> {
        identity::change_own_password(&app, &auth, body.0, address.0.0).await?;
        Ok(NoContent)
    }

    /// Choose your language
    ///
    /// Of messages, and of pages where the browser was not told otherwise.
    #[oai(path = "/me/language", method = "put", tag = "Tag::Session", operation_id = "chooseLanguage")]
    async fn choose_language(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<LanguageChoice>,
    ) -> Result<NoContent, Fail<Write>> {
        identity::choose_language(&app, &auth, &body.0.language).await?;
        Ok(NoContent)
    }

    /// Start to set up a second factor
    ///
    /// Gives the secret once. It counts after a code of it was given.
    #[oai(path = "/me/second-factor", method = "post", tag = "Tag::Session", operation_id = "startSecondFactor")]
    async fn start_second_factor(&self, app: Shared<&App>, auth: Auth) -> Result<Data<SecondFactorView>, Fail<Write>> {
        Ok(Data(identity::start_second_factor(&app, &auth).await?))
    }

    /// Prove that the second factor works
    ///
    /// From now on it is asked for at sign-in. Other sessions and all tokens end.
    #[oai(
        path = "/me/second-factor/confirmation",
        method = "post",
        tag = "Tag::Session",
        operation_id = "confirmSecondFactor"
    )]
    async fn confirm_second_factor(
        &self,
        app: Shared<&App>,
        auth: Auth,
        address: Shared<&ClientAddress>,
        body: Json<SecondFactorCode>,
    ) -> Result<NoContent, Fail<Write>> {
        identity::confirm_second_factor(&app, &auth, &body.0.code, address.0.0).await?;
        Ok(NoContent)
    }

    /// Remove your second factor
    ///
    /// Roles that need one rest from then on.
    #[oai(path = "/me/second-factor", method = "delete", tag = "Tag::Session", operation_id = "removeSecondFactor")]
    async fn remove_second_factor(&self, app: Shared<&App>, auth: Auth) -> Result<NoContent, Fail<Write>> {
        identity::remove_second_factor(&app, &auth).await?;
        Ok(NoContent)
    }

    /// List your access tokens
    ///
    /// With the time each was last used. The tokens themselves are never shown again.
    #[oai(path = "/me/tokens", method = "get", tag = "Tag::Session", operation_id = "listOwnTokens")]
    async fn own_tokens(&self, app: Shared<&App>, auth: Auth) -> Result<Data<Vec<TokenView>>, Fail<Read>> {
        Ok(Data(identity::own_tokens(&app, &auth).await?))
    }

    /// Make a personal access token
    ///
    /// For a program that acts for you, within your roles; one that may only read refuses every change. It never
    /// proves who you are, so acts that ask for that stay closed to it. Shown once.
    #[oai(path = "/me/tokens", method = "post", tag = "Tag::Session", operation_id = "createToken")]
    async fn new_token(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<NewToken>,
    ) -> Result<Created<NewTokenView>, Fail<Write>> {
        let view = identity::new_token(&app, &auth, body.0).await?;
        Ok(Created::at(format!("/api/v1/me/tokens/{}", view.about.id), view))
    }

    /// Take back an access token
    ///
    /// It is refused from then on.
    #[oai(path = "/me/tokens/:token_id", method = "delete", tag = "Tag::Session", operation_id = "revokeToken")]
    async fn revoke_token(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The token.
        token_id: Path<AccessTokenId>,
    ) -> Result<NoContent, Fail<Write>> {
        identity::revoke_token(&app, &auth, token_id.0).await?;
        Ok(NoContent)
    }
}
