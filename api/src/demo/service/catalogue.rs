//! The courses of the programme, published.

use super::{Loader, read};
use crate::catalogue::{self, Minutes, NewCourse, Prerequisite, Syllabus};
use crate::identity::Permit;
use crate::platform::Problem;
use entity::catalogue::PrerequisiteAccepts;
use serde::Deserialize;

#[derive(Deserialize)]
struct Texts {
    en: String,
    lv: Option<String>,
    ru: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Work {
    Lecture,
    Practice,
    Exercise,
    ELearning,
    SelfStudy,
}

#[derive(Deserialize)]
struct Hours {
    kind: Work,
    minutes: i32,
}

#[derive(Deserialize)]
struct Row {
    code: String,
    title: Texts,
    summary: Texts,
    hours: Vec<Hours>,
    outcomes: Vec<String>,
    languages: Vec<String>,
    audience: String,
    prerequisites: Vec<String>,
}

/// The organisation that owns them.
const OWNER: &str = "LV-SBG";

fn minutes(hours: Vec<Hours>) -> Minutes {
    let mut minutes = Minutes::default();
    for Hours { kind, minutes: more } in hours {
        match kind {
            Work::Lecture => minutes.lecture += more,
            Work::Practice => minutes.practice += more,
            Work::Exercise => minutes.exercise += more,
            Work::ELearning => minutes.e_learning += more,
            Work::SelfStudy => minutes.self_study += more,
        }
    }
    minutes
}

/// Loads the courses and publishes each.
pub(super) async fn load(loader: &mut Loader) -> Result<(), Problem> {
    let owner = *loader.organisations.get(OWNER).ok_or_else(|| Problem::internal(OWNER))?;
    let tx = Permit::system("demo").begin(&loader.app).await?;
    for row in read::<Vec<Row>>(include_str!("../../../demo/courses.json"))? {
        let asked = |scheme| Prerequisite { scheme, accepts: PrerequisiteAccepts::ValidOrRenewable };
        let syllabus = Syllabus {
            title: row.title.en,
            title_lv: row.title.lv,
            title_ru: row.title.ru,
            summary: row.summary.en,
            summary_lv: row.summary.lv,
            summary_ru: row.summary.ru,
            minutes: minutes(row.hours),
            outcomes: row.outcomes,
            languages: row.languages,
            audience: row.audience,
            prerequisites: row.prerequisites.into_iter().map(asked).collect(),
        };
        let new = NewCourse { code: row.code.clone(), organisation_id: owner, syllabus };
        let id = catalogue::add_course(&tx, new).await?;
        catalogue::publish(&tx, id).await?;
        loader.courses.insert(row.code, id);
    }
    tx.commit(()).await
}
