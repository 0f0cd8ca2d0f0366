//! The document of a certificate: rendered once, kept by its content, the same bytes ever after.

use super::super::rules;
use super::super::{CertificateIssued, DocumentRendered};
use super::read;
use crate::identity::{Actor, Permit};
use crate::platform::{App, File, Problem};
use bytes::Bytes;
use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use entity::certification::{certificate, period, scheme_version};
use entity::id::CertificateId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Datetime, Dict, Duration, Smart, Value};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

const TEMPLATE: &str = include_str!("../../../templates/certification/certificate.typ");

static FONTS: LazyLock<(LazyHash<FontBook>, Vec<Font>)> = LazyLock::new(|| {
    let faces: [&'static [u8]; 3] = [
        include_bytes!("../../../fonts/LibertinusSerif-Regular.otf"),
        include_bytes!("../../../fonts/LibertinusSerif-Semibold.otf"),
        include_bytes!("../../../fonts/LibertinusSerif-Italic.otf"),
    ];
    let fonts: Vec<Font> =
        faces.into_iter().flat_map(|face| Font::iter(typst::foundations::Bytes::new(face))).collect();
    (LazyHash::new(FontBook::from_fonts(&fonts)), fonts)
});

/// Renders the document as soon as a certificate is issued, so that nobody waits for it.
///
/// # Errors
/// As the database and the file storage.
pub async fn on_certificate_issued(app: &App, event: &CertificateIssued) -> Result<(), Problem> {
    hash_of(app, event.certificate).await.map(drop)
}

/// The document of a certificate, PDF/A-2a and PDF/UA-1. Rendered at first demand if no job has done it.
///
/// # Errors
/// `not-found` · 503
pub async fn document(app: &App, actor: &Actor, id: CertificateId) -> Result<File, Problem> {
    let row = read::visible_certificate(app, actor, id).await?;
    let hash = match row.document_hash {
        Some(hash) => hash,
        None => hash_of(app, id).await?,
    };
    let bytes = app.files().get(&hash).await?;
    Ok(File { bytes, media_type: "application/pdf".into(), name: format!("{}.pdf", rules::grouped(&row.number)) })
}

/// The hash of the document, which is rendered now unless it was before. Two at once render the same bytes,
/// and the row takes the first hash only.
async fn hash_of(app: &App, id: CertificateId) -> Result<String, Problem> {
    let row = certificate::Entity::find_by_id(id).one(app.db()).await?.ok_or_else(Problem::not_found)?;
    if let Some(hash) = row.document_hash {
        return Ok(hash);
    }
    let period = period::Entity::find_by_id(row.period_id).one(app.db()).await?.ok_or_else(Problem::not_found)?;
    let rule = scheme_version::Entity::find_by_id(period.scheme_version_id).one(app.db()).await?;
    let rule = rule.ok_or_else(Problem::not_found)?;
    let (inputs, url) = inputs(app, &row, &period, &rule);
    let issued_at = row.issued_at;
    let rendered = tokio::task::spawn_blocking(move || render(&inputs, &code(&url)?, issued_at)).await;
    let bytes = rendered.map_err(Problem::internal)?.map_err(Problem::internal)?;
    let hash = app.files().put(Bytes::from(bytes)).await?;
    let tx = Permit::system("render-document").begin(app).await?;
    let update = certificate::Entity::update_many()
        .filter(certificate::Column::Id.eq(id))
        .filter(certificate::Column::DocumentHash.is_null())
        .col_expr(certificate::Column::DocumentHash, Expr::value(Some(hash.clone())))
        .exec(&tx)
        .await?;
    if update.rows_affected == 1 {
        tx.emit(&DocumentRendered { certificate: id, hash: hash.clone() }).await?;
        return tx.commit(hash).await;
    }
    drop(tx);
    let row = certificate::Entity::find_by_id(id).one(app.db()).await?.ok_or_else(Problem::not_found)?;
    row.document_hash.ok_or_else(|| Problem::unavailable("The document is being rendered."))
}

/// What the template shows, and the address behind the code.
fn inputs(
    app: &App,
    row: &certificate::Model,
    period: &period::Model,
    rule: &scheme_version::Model,
) -> (Vec<(&'static str, String)>, String) {
    let day = |day: NaiveDate| format!("{} {}", day.day(), day.format("%B %Y"));
    let number = rules::grouped(&row.number);
    let base = app.config().public_url.as_str().trim_end_matches('/').to_owned();
    let url = format!("{base}/verify/{number}");
    let native_name = row.holder_native_name.clone().filter(|name| *name != row.holder_name).unwrap_or_default();
    let cyrillic = native_name.chars().any(|c| ('\u{400}'..='\u{52f}').contains(&c));
    let (lang, title) = if cyrillic { ("ru", rule.title_ru.clone()) } else { ("lv", rule.title_lv.clone()) };
    let fields = vec![
        ("title", rule.title.clone()),
        ("title-native", title.unwrap_or_default()),
        ("title-native-lang", lang.to_owned()),
        ("name", row.holder_name.clone()),
        ("native-name-lang", lang.to_owned()),
        ("native-name", native_name),
        ("awarding-body", rule.awarding_body.clone()),
        ("level", rule.level.map_or(String::new(), |level| level.to_string())),
        ("wording", rule.wording.clone().unwrap_or_default()),
        ("valid-from", day(period.valid_from_on)),
        ("valid-until", period.valid_until_on.map_or("does not expire".to_owned(), day)),
        ("issued-on", day(rules::local_day(row.issued_at))),
        ("number", number),
        ("url", url.clone()),
        ("url-shown", format!("{base}/verify")),
    ];
    (fields, url)
}

/// The address as a QR code in SVG.
fn code(url: &str) -> Result<Vec<u8>, String> {
    let code = qrcode::QrCode::with_error_correction_level(url, qrcode::EcLevel::M).map_err(|e| e.to_string())?;
    Ok(code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(240, 240).quiet_zone(true).build().into_bytes())
}

fn file_id(name: &str) -> FileId {
    RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).expect("a fixed path")).intern()
}

/// The world the template lives in: itself, the code, our fonts, one instant. Nothing outside.
struct Desk {
    library: LazyHash<Library>,
    main: Source,
    code: typst::foundations::Bytes,
    today: Option<Datetime>,
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.0
    }
    fn main(&self) -> FileId {
        self.main.id()
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }
    fn file(&self, id: FileId) -> FileResult<typst::foundations::Bytes> {
        if id == file_id("code.svg") { Ok(self.code.clone()) } else { Err(FileError::AccessDenied) }
    }
    fn font(&self, index: usize) -> Option<Font> {
        FONTS.1.get(index).cloned()
    }
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        self.today
    }
}

/// Renders the template. The fields are data of the template, never part of its source.
fn render(fields: &[(&'static str, String)], code: &[u8], at: DateTime<Utc>) -> Result<Vec<u8>, String> {
    let small = |number: u32| u8::try_from(number).unwrap_or(0);
    let (date, time) = (at.date_naive(), at.time());
    let today = Datetime::from_ymd_hms(
        date.year(),
        small(date.month()),
        small(date.day()),
        small(time.hour()),
        small(time.minute()),
        small(time.second()),
    );
    let inputs: Dict = fields.iter().map(|(name, text)| ((*name).into(), Value::Str(text.as_str().into()))).collect();
    let desk = Desk {
        library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
        main: Source::new(file_id("main.typ"), TEMPLATE.to_owned()),
        code: typst::foundations::Bytes::new(code.to_vec()),
        today,
    };
    let document = typst::compile::<PagedDocument>(&desk).output.map_err(|errors| format!("{errors:?}"))?;
    let options = PdfOptions {
        ident: Smart::Custom("certificate".into()),
        timestamp: today.map(Timestamp::new_utc),
        standards: PdfStandards::new(&[PdfStandard::A_2a, PdfStandard::Ua_1]).map_err(|e| e.message().to_string())?,
        ..Default::default()
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|errors| format!("{errors:?}"));
    // The cache is global and grows for ever otherwise.
    typst::comemo::evict(10);
    pdf
}
