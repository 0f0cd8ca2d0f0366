//! Pages: what every page knows of its reader, languages, forms, files it loads.

use super::{App, Problem};
use askama::Template;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use fluent_templates::{Loader, fluent_bundle::FluentValue};
use hmac::{Hmac, KeyInit, Mac};
use poem::http::{HeaderValue, Method, StatusCode, Uri, header};
use poem::{FromRequest, Request, RequestBody, Response};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;
use unic_langid::{LanguageIdentifier, langid};

fluent_templates::static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The interface languages: code and own name.
pub const LANGUAGES: &[(&str, &str)] =
    &[("en", "English"), ("lv", "Latviešu"), ("be", "Беларуская"), ("ru", "Русский")];

/// What identity tells the pages about the person who is signed in.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The person's name.
    pub name: String,
    /// Their roles, as words.
    pub roles: Vec<&'static str>,
    /// Where they can go: path and key of the label.
    pub nav: Vec<(&'static str, &'static str)>,
    /// The language they chose.
    pub language: Option<String>,
    /// Whether their roles rest until a second factor is set up.
    pub second_factor_missing: bool,
}

/// The name and roles shown in the header.
pub struct ActorBadge {
    /// The person's name.
    pub name: String,
    /// Their roles, translated.
    pub roles: String,
}

/// A place in the navigation.
pub struct NavItem {
    /// Path.
    pub href: &'static str,
    /// Translated label.
    pub label: String,
    /// Whether the page is in that part.
    pub current: bool,
}

/// A message shown once after an act.
pub struct Flash {
    /// `good`, `info`, `warn` or `bad`.
    pub kind: String,
    /// Translated text.
    pub text: String,
}

/// What every page knows of its reader.
pub struct Page {
    app: App,
    lang: &'static LanguageIdentifier,
    nav: Vec<NavItem>,
    secure: bool,
    /// Path of this page.
    pub path: String,
    /// Where to come back to: this page, or the page that holds the form that was sent.
    pub back: String,
    /// Who is signed in.
    pub actor: Option<ActorBadge>,
    /// What the act before said.
    pub flash: Option<Flash>,
    /// Whether this is the demonstration.
    pub demo: bool,
    /// Whether the reader's roles rest until a second factor is set up.
    pub second_factor_missing: bool,
    /// Token for the forms of this page.
    pub csrf: String,
}

static EN: LanguageIdentifier = langid!("en");
static LV: LanguageIdentifier = langid!("lv");
static BE: LanguageIdentifier = langid!("be");
static RU: LanguageIdentifier = langid!("ru");

fn language(code: &str) -> Option<&'static LanguageIdentifier> {
    match code.get(..2).unwrap_or(code) {
        "en" => Some(&EN),
        "lv" => Some(&LV),
        "be" => Some(&BE),
        "ru" => Some(&RU),
        _ => None,
    }
}

/// A text in a language, with arguments; the key itself when nobody has written it.
#[must_use]
pub fn text(lang: &str, key: &str, arguments: &[(&'static str, &str)]) -> String {
    let lang = language(lang).unwrap_or(&EN);
    let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> =
        arguments.iter().map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from(*value))).collect();
    LOCALES.try_lookup_with_args(lang, key, &arguments).unwrap_or_else(|| key.to_owned())
}

/// The value of a cookie that the browser sent.
#[must_use]
pub fn cookie<'r>(request: &'r Request, name: &str) -> Option<&'r str> {
    let lines = request.headers().get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The name of the cookie that holds the session token.
#[must_use]
pub fn session_cookie_name(app: &App) -> &'static str {
    if app.config().is_https() { "__Host-waymark" } else { "waymark" }
}

/// The session token that the browser sent.
#[must_use]
pub fn session_cookie(app: &App, request: &Request) -> Option<String> {
    cookie(request, session_cookie_name(app)).map(str::to_owned)
}

/// A `Set-Cookie` line: for the browser only, this site only, this host only. `max_age_seconds` of nothing
/// keeps it until the browser closes.
#[must_use]
pub fn set_cookie(app: &App, name: &str, value: &str, max_age_seconds: Option<i64>) -> HeaderValue {
    let secure = if app.config().is_https() { "; Secure" } else { "" };
    let age = max_age_seconds.map_or(String::new(), |seconds| format!("; Max-Age={seconds}"));
    let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
    HeaderValue::from_str(&line).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// The page a reader comes back to after signing in or proving who they are: the one that was asked for, or the
/// one whose form was sent. The browser names that one; its path alone is believed.
fn back_to(request: &Request) -> String {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return request.uri().path_and_query().map_or("/", |whole| whole.as_str()).to_owned();
    }
    let host = request.header(header::HOST).unwrap_or_default();
    let from = request.header(header::REFERER).and_then(|text| text.parse::<Uri>().ok());
    let own = from.filter(|uri| uri.authority().is_some_and(|authority| authority.as_str() == host));
    own.and_then(|uri| uri.path_and_query().map(|whole| whole.as_str().to_owned())).unwrap_or_else(|| "/".to_owned())
}

fn form_token(app: &App, session: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(app.secret()).expect("any length of key is accepted");
    mac.update(b"form\0");
    mac.update(session.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// Refuses a change that another site made the browser send.
///
/// # Errors
/// `cross-site`
pub(super) fn same_site(app: &App, request: &Request) -> Result<(), Problem> {
    let refuse =
        || Err(Problem::new(StatusCode::FORBIDDEN, "cross-site").detail("This request came from another site."));
    if let Some(site) = request.header("sec-fetch-site") {
        return if matches!(site, "same-origin" | "none") { Ok(()) } else { refuse() };
    }
    if let Some(origin) = request.header(header::ORIGIN) {
        let host = request.header(header::HOST).unwrap_or_default();
        let own = app.config().public_url.origin().ascii_serialization();
        let local = origin == format!("http://{host}") && !app.config().is_https();
        return if origin == own || local { Ok(()) } else { refuse() };
    }
    Ok(())
}

impl Page {
    /// Reads what a request says of its reader.
    #[must_use]
    pub fn of(app: &App, request: &Request) -> Self {
        let viewer = request.data::<Viewer>();
        let path = request.uri().path().to_owned();
        let chosen = viewer.and_then(|v| v.language.as_deref()).and_then(language);
        let by_cookie = || cookie(request, "language").and_then(language);
        let by_browser = || {
            request
                .header(header::ACCEPT_LANGUAGE)
                .and_then(|list| list.split(',').find_map(|tag| language(tag.trim())))
        };
        let lang = by_cookie().or(chosen).or_else(by_browser).unwrap_or(&EN);
        let code = lang.language.as_str();
        let flash = cookie(request, "flash").and_then(|value| value.split_once(':')).map(|(kind, key)| Flash {
            kind: ["good", "info", "warn", "bad"].iter().find(|k| **k == kind).unwrap_or(&"info").to_string(),
            text: text(code, key, &[]),
        });
        let nav = viewer
            .map(|v| {
                v.nav
                    .iter()
                    .map(|(href, key)| NavItem {
                        href,
                        label: text(code, key, &[]),
                        current: path == *href || path.starts_with(&format!("{href}/")),
                    })
                    .collect()
            })
            .unwrap_or_default();
        let actor = viewer.map(|v| ActorBadge {
            name: v.name.clone(),
            roles: v
                .roles
                .iter()
                .map(|role| text(code, &format!("role-{}", role.replace('_', "-")), &[]))
                .collect::<Vec<_>>()
                .join(", "),
        });
        let csrf = session_cookie(app, request).map_or(String::new(), |session| form_token(app, &session));
        Self {
            app: app.clone(),
            lang,
            nav,
            secure: app.config().is_https(),
            back: back_to(request),
            second_factor_missing: viewer.is_some_and(|v| v.second_factor_missing),
            path,
            actor,
            flash,
            demo: app.config().demo,
            csrf,
        }
    }

    /// Language of the page, ISO 639-1.
    pub fn lang(&self) -> &str {
        self.lang.language.as_str()
    }
    /// A text in the reader's language.
    pub fn t(&self, key: &str) -> String {
        text(self.lang(), key, &[])
    }
    /// A text with one argument.
    pub fn t1(&self, key: &str, name: &str, value: impl ToString) -> String {
        self.tn(key, &[(name, value.to_string())])
    }
    /// A text with a number, spelled as the language counts.
    pub fn count(&self, key: &str, number: impl Into<i64>) -> String {
        let number: i64 = number.into();
        let arguments = HashMap::from([(Cow::Borrowed("count"), FluentValue::from(number))]);
        LOCALES.try_lookup_with_args(self.lang, key, &arguments).unwrap_or_else(|| key.to_owned())
    }
    /// A text with several arguments.
    pub fn tn(&self, key: &str, arguments: &[(&str, String)]) -> String {
        let arguments: HashMap<Cow<'static, str>, FluentValue<'_>> = arguments
            .iter()
            .map(|(name, value)| (Cow::Owned((*name).to_owned()), FluentValue::from(value.as_str())))
            .collect();
        LOCALES.try_lookup_with_args(self.lang, key, &arguments).unwrap_or_else(|| key.to_owned())
    }
    /// A state or kind in words: `word("state", "in_progress")` is the text `state-in-progress`.
    pub fn word(&self, family: &str, word: impl ToString) -> String {
        self.t(&format!("{family}-{}", word.to_string().replace('_', "-")))
    }
    /// A day as people write it.
    pub fn date(&self, day: &NaiveDate) -> String {
        match self.lang() {
            "lv" => day.format_localized("%Y. gada %-d. %B", chrono::Locale::lv_LV).to_string(),
            "be" => day.format_localized("%-d %B %Y", chrono::Locale::be_BY).to_string(),
            "ru" => day.format_localized("%-d %B %Y", chrono::Locale::ru_RU).to_string(),
            _ => format!("{} {}", day.day(), day.format("%B %Y")),
        }
    }
    /// An instant as day and wall time in an IANA zone.
    pub fn instant(&self, at: &DateTime<Utc>, zone: &str) -> String {
        let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::Europe::Riga);
        let local = at.with_timezone(&zone);
        format!("{}, {}", self.date(&local.date_naive()), local.format("%H:%M"))
    }
    /// The wall time of an instant in an IANA zone.
    pub fn time(&self, at: &DateTime<Utc>, zone: &str) -> String {
        let zone: chrono_tz::Tz = zone.parse().unwrap_or(chrono_tz::Europe::Riga);
        at.with_timezone(&zone).format("%H:%M").to_string()
    }
    /// The navigation.
    pub fn nav(&self) -> &[NavItem] {
        &self.nav
    }
    /// The languages: code, own name, whether it is this one.
    pub fn languages(&self) -> Vec<(&'static str, &'static str, bool)> {
        LANGUAGES.iter().map(|(code, name)| (*code, *name, *code == self.lang())).collect()
    }
    /// The address of a file that pages load; changes with its content.
    pub fn asset(&self, name: &str) -> String {
        let hash = assets().get(name).map_or("", |asset| asset.hash.as_str());
        format!("/static/{name}?v={hash}")
    }
    /// The application, for doors.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Renders a template as the answer.
    ///
    /// # Errors
    /// `internal` when the template fails.
    pub fn render(&self, template: &impl Template) -> Result<Response, Problem> {
        self.render_with(StatusCode::OK, template)
    }

    /// As [`Page::render`], with a status: 422 for a form shown again.
    ///
    /// # Errors
    /// `internal` when the template fails.
    pub fn render_with(&self, status: StatusCode, template: &impl Template) -> Result<Response, Problem> {
        let html = template.render().map_err(Problem::internal)?;
        let mut response =
            Response::builder().status(status).header(header::CONTENT_TYPE, "text/html; charset=utf-8").body(html);
        if self.flash.is_some() {
            response.headers_mut().append(header::SET_COOKIE, set_cookie(&self.app, "flash", "", Some(0)));
        }
        Ok(response)
    }

    /// Leads on to another page (303), which shows the text of `message` once, as good news.
    pub fn see_other(&self, path: &str, message: &str) -> Response {
        self.see_other_as(path, "good", message)
    }

    /// As [`Page::see_other`], with the kind of message: `good`, `info`, `warn`, `bad`; an empty message
    /// shows nothing.
    pub fn see_other_as(&self, path: &str, kind: &str, message: &str) -> Response {
        let mut response = Response::builder().status(StatusCode::SEE_OTHER).finish();
        response
            .headers_mut()
            .insert(header::LOCATION, HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/")));
        if !message.is_empty() {
            response
                .headers_mut()
                .append(header::SET_COOKIE, set_cookie(&self.app, "flash", &format!("{kind}:{message}"), None));
        }
        response
    }

    /// Leads to the sign-in page and back afterwards.
    pub fn to_sign_in(&self) -> Response {
        self.see_other_as(&format!("/sign-in?back={}", self.back_parameter()), "info", "")
    }

    /// Leads to the page that asks for the password once more, and back afterwards.
    pub fn to_confirm(&self) -> Response {
        self.see_other_as(&format!("/confirm?back={}", self.back_parameter()), "info", "")
    }

    fn back_parameter(&self) -> String {
        url::form_urlencoded::byte_serialize(Self::safe_back(Some(&self.back)).as_bytes()).collect()
    }

    /// A path of this site to go back to; anything else is the home page.
    #[must_use]
    pub fn safe_back(path: Option<&str>) -> &str {
        path.filter(|p| p.starts_with('/') && !p.starts_with("//") && !p.contains(['\\', '\r', '\n'])).unwrap_or("/")
    }

    /// Whether cookies need TLS.
    pub fn is_secure(&self) -> bool {
        self.secure
    }
}

impl<'a> FromRequest<'a> for Page {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let app = request.data::<App>().expect("the application is in every request");
        Ok(Self::of(app, request))
    }
}

/// A browser that does not say where a form comes from must send the page's token with it.
fn own_form(app: &App, request: &Request, sent: impl FnOnce() -> String) -> Result<(), Problem> {
    let told = request.header("sec-fetch-site").is_some() || request.header(header::ORIGIN).is_some();
    let Some(session) = session_cookie(app, request).filter(|_| !told) else { return Ok(()) };
    if bool::from(subtle::ConstantTimeEq::ct_eq(sent().as_bytes(), form_token(app, &session).as_bytes())) {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, "cross-site").detail("The form is out of date. Load the page again."))
}

/// A form of a page. A browser that does not say where a request comes from must send the page's token.
pub struct Form<T>(pub T);

impl<'a, T: DeserializeOwned> FromRequest<'a> for Form<T> {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> poem::Result<Self> {
        let app = request.data::<App>().expect("the application is in every request");
        let bytes = body.take()?.into_bytes().await?;
        own_form(app, request, || {
            let mut pairs = url::form_urlencoded::parse(&bytes);
            pairs.find(|(key, _)| key == "_csrf").map(|(_, value)| value.into_owned()).unwrap_or_default()
        })?;
        if bytes.contains(&0) || bytes.windows(3).any(|w| w == b"%00") {
            return Err(Problem::malformed("A text has the character U+0000, which no text may have.").into());
        }
        let form = serde_html_form::from_bytes(&bytes).map_err(|e| Problem::invalid().field("", e.to_string()))?;
        Ok(Self(form))
    }
}

/// A form of a page with a file in it, read into memory: the shell bounds it. Guarded as [`Form`].
pub struct Upload {
    texts: HashMap<String, String>,
    file: Vec<u8>,
}

impl Upload {
    /// A text of the form; empty when it was not sent.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }
    /// The file; empty when none was chosen.
    #[must_use]
    pub fn into_file(self) -> Vec<u8> {
        self.file
    }
}

impl<'a> FromRequest<'a> for Upload {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> poem::Result<Self> {
        let app = request.data::<App>().expect("the application is in every request");
        let unreadable = |_| Problem::invalid().field("", "is not the form of this page");
        let mut parts = poem::web::Multipart::from_request(request, body).await.map_err(unreadable)?;
        let mut upload = Self { texts: HashMap::new(), file: vec![] };
        let broken = |_| Problem::malformed("The form cannot be read.");
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_owned();
            if part.file_name().is_some() {
                upload.file = part.bytes().await.map_err(broken)?;
            } else {
                upload.texts.insert(name, part.text().await.map_err(broken)?);
            }
        }
        own_form(app, request, || upload.text("_csrf").to_owned())?;
        if upload.texts.values().any(|text| text.contains('\0')) {
            return Err(Problem::malformed("A text has the character U+0000, which no text may have.").into());
        }
        Ok(upload)
    }
}

struct Asset {
    bytes: &'static [u8],
    media_type: &'static str,
    hash: String,
}

macro_rules! assets { ($($name:literal $media:literal),+ $(,)?) => {
    fn assets() -> &'static HashMap<&'static str, Asset> {
        static ASSETS: OnceLock<HashMap<&'static str, Asset>> = OnceLock::new();
        ASSETS.get_or_init(|| HashMap::from([$({
            let bytes: &'static [u8] = include_bytes!(concat!("../../static/", $name));
            ($name, Asset { bytes, media_type: $media, hash: hex::encode(&Sha256::digest(bytes)[..8]) })
        }),+]))
    }
} }
assets! {
    "waymark.css" "text/css; charset=utf-8",
    "waymark.js" "text/javascript; charset=utf-8",
    "attempt.js" "text/javascript; charset=utf-8",
    "htmx.min.js" "text/javascript; charset=utf-8",
    "reference.js" "text/javascript; charset=utf-8",
    "mark.svg" "image/svg+xml",
    "favicon.svg" "image/svg+xml",
    "swagger-ui/swagger-ui.css" "text/css; charset=utf-8",
    "swagger-ui/swagger-ui-bundle.js" "text/javascript; charset=utf-8",
}

/// `/static/…`: the files pages load.
///
/// # Errors
/// `not-found`
#[poem::handler]
pub fn static_file(poem::web::Path(name): poem::web::Path<String>, request: &Request) -> Result<Response, Problem> {
    let asset = assets().get(name.as_str()).ok_or_else(Problem::not_found)?;
    let etag = format!("\"{}\"", asset.hash);
    let fresh = request.header(header::IF_NONE_MATCH).is_some_and(|sent| sent.contains(&etag));
    let fixed = request.uri().query().is_some_and(|q| q == format!("v={}", asset.hash));
    let cache = if fixed { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
    let response = Response::builder()
        .header(header::ETAG, etag)
        .header(header::CACHE_CONTROL, cache)
        .header(header::CONTENT_TYPE, asset.media_type);
    Ok(if fresh { response.status(StatusCode::NOT_MODIFIED).finish() } else { response.body(asset.bytes) })
}
