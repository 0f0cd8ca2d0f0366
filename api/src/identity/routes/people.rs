//! Organisations, units, persons and person lists.

use super::super::{
    ImportView, ImportWish, ListFormat, MembershipView, NewMembership, NewOrganisation, NewPerson, NewUnit,
    OrganisationChange, OrganisationView, PersonChange, PersonFilter, PersonView, UnitChange, UnitClosure, UnitMove,
    UnitPlacementView, UnitView,
};
use super::{Auth, Tag};
use crate::identity;
use crate::platform::{App, Created, Data, Fail, File, ListPage, Read, Tagged, Write, expected_version};
use entity::id::{OrganisationId, PersonId, UnitId};
use entity::identity::PersonState;
use poem::web::Data as Shared;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::{Binary, Json};

/// Operations on people and where they belong.
pub struct PeopleApi;

#[OpenApi(prefix_path = "/api/v1")]
impl PeopleApi {
    /// List organisations
    ///
    /// By code.
    #[oai(path = "/organisations", method = "get", tag = "Tag::People", operation_id = "listOrganisations")]
    async fn organisations(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<OrganisationView>>, Fail<Read>> {
        Ok(Data(identity::organisations(&app, &auth, limit.0, cursor.0.as_deref()).await?))
    }

    /// Create an organisation
    ///
    /// One that sends, hosts, trains or funds. Its code is its name for programs and stays.
    #[oai(path = "/organisations", method = "post", tag = "Tag::People", operation_id = "createOrganisation")]
    async fn new_organisation(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<NewOrganisation>,
    ) -> Result<Created<OrganisationView>, Fail<Write>> {
        let view = identity::new_organisation(&app, &auth, body.0).await?;
        Ok(Created::at(format!("/api/v1/organisations/{}", view.id), view))
    }

    /// Read an organisation
    ///
    /// With its version, for a change.
    #[oai(
        path = "/organisations/:organisation_id",
        method = "get",
        tag = "Tag::People",
        operation_id = "getOrganisation"
    )]
    async fn organisation(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The organisation.
        organisation_id: Path<OrganisationId>,
    ) -> Result<Tagged<OrganisationView>, Fail<Read>> {
        Ok(Tagged(identity::organisation(&app, &auth, organisation_id.0).await?))
    }

    /// Change an organisation
    ///
    /// Its code stays.
    #[oai(
        path = "/organisations/:organisation_id",
        method = "put",
        tag = "Tag::People",
        operation_id = "changeOrganisation"
    )]
    async fn change_organisation(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The organisation.
        organisation_id: Path<OrganisationId>,
        /// The `ETag` that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<OrganisationChange>,
    ) -> Result<Tagged<OrganisationView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(identity::change_organisation(&app, &auth, organisation_id.0, version, body.0).await?))
    }

    /// List units
    ///
    /// By code, each with the unit above it today: the tree.
    #[oai(path = "/units", method = "get", tag = "Tag::People", operation_id = "listUnits")]
    async fn units(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Only of this organisation.
        organisation_id: Query<Option<OrganisationId>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<UnitView>>, Fail<Read>> {
        Ok(Data(identity::units(&app, &auth, organisation_id.0, limit.0, cursor.0.as_deref()).await?))
    }

    /// Create a unit
    ///
    /// Below another unit or directly below the organisation, from a day on.
    #[oai(path = "/units", method = "post", tag = "Tag::People", operation_id = "createUnit")]
    async fn new_unit(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<NewUnit>,
    ) -> Result<Created<UnitView>, Fail<Write>> {
        let view = identity::new_unit(&app, &auth, body.0).await?;
        Ok(Created::at(format!("/api/v1/units/{}", view.id), view))
    }

    /// Read a unit
    ///
    /// With the unit above it today.
    #[oai(path = "/units/:unit_id", method = "get", tag = "Tag::People", operation_id = "getUnit")]
    async fn unit(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The unit.
        unit_id: Path<UnitId>,
    ) -> Result<Tagged<UnitView>, Fail<Read>> {
        Ok(Tagged(identity::unit(&app, &auth, unit_id.0).await?))
    }

    /// Change a unit
    ///
    /// Name, level and kind; its place changes by a move.
    #[oai(path = "/units/:unit_id", method = "put", tag = "Tag::People", operation_id = "changeUnit")]
    async fn change_unit(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The unit.
        unit_id: Path<UnitId>,
        /// The `ETag` that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<UnitChange>,
    ) -> Result<Tagged<UnitView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(identity::change_unit(&app, &auth, unit_id.0, version, body.0).await?))
    }

    /// List the places of a unit
    ///
    /// Where it stood, stands and will stand, first place first.
    #[oai(path = "/units/:unit_id/moves", method = "get", tag = "Tag::People", operation_id = "listUnitMoves")]
    async fn unit_moves(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The unit.
        unit_id: Path<UnitId>,
    ) -> Result<Data<Vec<UnitPlacementView>>, Fail<Read>> {
        Ok(Data(identity::unit_placements(&app, &auth, unit_id.0).await?))
    }

    /// Move a unit
    ///
    /// Below another unit of the organisation from a day on. What was before that day stays.
    #[oai(path = "/units/:unit_id/moves", method = "post", tag = "Tag::People", operation_id = "moveUnit")]
    async fn move_unit(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The unit.
        unit_id: Path<UnitId>,
        body: Json<UnitMove>,
    ) -> Result<Tagged<UnitView>, Fail<Write>> {
        Ok(Tagged(identity::move_unit(&app, &auth, unit_id.0, body.0).await?))
    }

    /// Close a unit
    ///
    /// From a day on, when nobody belongs to it and nothing stands below it.
    #[oai(path = "/units/:unit_id/closure", method = "post", tag = "Tag::People", operation_id = "closeUnit")]
    async fn close_unit(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The unit.
        unit_id: Path<UnitId>,
        body: Json<UnitClosure>,
    ) -> Result<Tagged<UnitView>, Fail<Write>> {
        Ok(Tagged(identity::close_unit(&app, &auth, unit_id.0, body.0).await?))
    }

    /// List persons
    ///
    /// Narrowed to whom you may know of, by family name.
    #[oai(path = "/persons", method = "get", tag = "Tag::People", operation_id = "listPersons")]
    #[expect(clippy::too_many_arguments, reason = "one per filter of the list")]
    async fn persons(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Only this organisation.
        organisation_id: Query<Option<OrganisationId>>,
        /// Only this unit.
        unit_id: Query<Option<UnitId>>,
        /// Only names that have this in them, whatever case and diacritics.
        search: Query<Option<String>>,
        /// Only in this state.
        state: Query<Option<PersonState>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<PersonView>>, Fail<Read>> {
        let wanted =
            PersonFilter { organisation_id: organisation_id.0, unit_id: unit_id.0, search: search.0, state: state.0 };
        Ok(Data(identity::persons(&app, &auth, wanted, limit.0, cursor.0.as_deref()).await?))
    }

    /// Create a person
    ///
    /// With a place in a unit where one is given. An account is made apart, when the person needs to sign in.
    #[oai(path = "/persons", method = "post", tag = "Tag::People", operation_id = "createPerson")]
    async fn new_person(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<NewPerson>,
    ) -> Result<Created<PersonView>, Fail<Write>> {
        let view = identity::new_person(&app, &auth, body.0).await?;
        Ok(Created::at(format!("/api/v1/persons/{}", view.id), view))
    }

    /// Read a person
    ///
    /// As far as your roles reach; others are answered as if they were not there.
    #[oai(path = "/persons/:person_id", method = "get", tag = "Tag::People", operation_id = "getPerson")]
    async fn person(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The person.
        person_id: Path<PersonId>,
    ) -> Result<Tagged<PersonView>, Fail<Read>> {
        Ok(Tagged(identity::person(&app, &auth, person_id.0).await?))
    }

    /// Change a person
    ///
    /// Organisation and unit stay; the unit changes by a membership.
    #[oai(path = "/persons/:person_id", method = "put", tag = "Tag::People", operation_id = "changePerson")]
    async fn change_person(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The person.
        person_id: Path<PersonId>,
        /// The `ETag` that was read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Json<PersonChange>,
    ) -> Result<Tagged<PersonView>, Fail<Write>> {
        let version = expected_version(if_match.0.as_deref())?;
        Ok(Tagged(identity::change_person(&app, &auth, person_id.0, version, body.0).await?))
    }

    /// List the units of a person
    ///
    /// Where they belonged, belong and will belong, first one first.
    #[oai(
        path = "/persons/:person_id/memberships",
        method = "get",
        tag = "Tag::People",
        operation_id = "listMemberships"
    )]
    async fn memberships(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The person.
        person_id: Path<PersonId>,
    ) -> Result<Data<Vec<MembershipView>>, Fail<Read>> {
        Ok(Data(identity::memberships(&app, &auth, person_id.0).await?))
    }

    /// Move a person to another unit
    ///
    /// From a day on; a day to come takes effect when it comes. What was before stays.
    #[oai(path = "/persons/:person_id/memberships", method = "post", tag = "Tag::People", operation_id = "movePerson")]
    async fn move_person(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The person.
        person_id: Path<PersonId>,
        body: Json<NewMembership>,
    ) -> Result<Data<Vec<MembershipView>>, Fail<Write>> {
        Ok(Data(identity::move_person(&app, &auth, person_id.0, body.0).await?))
    }

    /// Take a person out of service
    ///
    /// Their account opens nothing any more. What they did stays.
    #[oai(
        path = "/persons/:person_id/deactivation",
        method = "post",
        tag = "Tag::People",
        operation_id = "deactivatePerson"
    )]
    async fn deactivate_person(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The person.
        person_id: Path<PersonId>,
    ) -> Result<Tagged<PersonView>, Fail<Write>> {
        Ok(Tagged(identity::deactivate_person(&app, &auth, person_id.0).await?))
    }

    /// Take a person back into service
    ///
    /// What was recorded about the person before is there as it was.
    #[oai(
        path = "/persons/:person_id/reactivation",
        method = "post",
        tag = "Tag::People",
        operation_id = "reactivatePerson"
    )]
    async fn reactivate_person(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The person.
        person_id: Path<PersonId>,
    ) -> Result<Tagged<PersonView>, Fail<Write>> {
        Ok(Tagged(identity::reactivate_person(&app, &auth, person_id.0).await?))
    }

    /// Import a person list
    ///
    /// The body is CSV (UTF-8; comma, semicolon or tab) or XLSX (first sheet), heading first. Columns:
    /// `service_number`, `given_name`, `family_name` (required), `native_name`, `email`, `gender` (`female`, `male`,
    /// `other`, `not_stated`), `rank`, `post`, `level` (`local`, `regional`, `central`), `languages` (ISO 639-1,
    /// comma separated), `unit` (its code). A column that is left out changes nothing; an empty cell empties the field.
    /// Persons are told apart by service number; who is in service and not in the list is taken out of service, unless
    /// the list is partial. Every row is checked as if it were typed. First `dry_run=true`, which changes nothing and
    /// gives the `plan`; then the same body with that `plan`, which carries out exactly this, or nothing (409
    /// `identity/plan-stale`).
    #[oai(path = "/person-imports", method = "post", tag = "Tag::People", operation_id = "importPersons")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn import_persons(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Whose list it is; your own organisation when missing.
        organisation_id: Query<Option<OrganisationId>>,
        /// Whether only to say what would be done; true when no plan is given.
        dry_run: Query<Option<bool>>,
        /// `plan` of the dry run.
        plan: Query<Option<String>>,
        /// Whether the list leaves out persons who stay in service.
        partial: Query<Option<bool>>,
        /// Whether it is meant that unusually many are taken out of service.
        confirmed: Query<Option<bool>>,
        body: Binary<Vec<u8>>,
    ) -> Result<Data<ImportView>, Fail<Write>> {
        let wish = ImportWish {
            organisation_id: organisation_id.0,
            partial: partial.0.unwrap_or(false),
            plan: plan.0.filter(|_| !dry_run.0.unwrap_or(false)),
            confirmed: confirmed.0.unwrap_or(false),
        };
        Ok(Data(identity::import_persons(&app, &auth, body.0, wish).await?))
    }

    /// Export a person list
    ///
    /// Persons in service of an organisation, in the columns of the import.
    #[oai(path = "/person-exports", method = "post", tag = "Tag::People", operation_id = "exportPersons")]
    async fn export_persons(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Whose persons; your own organisation's when missing.
        organisation_id: Query<Option<OrganisationId>>,
        /// Format of the file; CSV when missing.
        format: Query<Option<ListFormat>>,
    ) -> Result<File, Fail<Write>> {
        let format = format.0.unwrap_or(ListFormat::Csv);
        let bytes = identity::export_persons(&app, &auth, organisation_id.0, format).await?;
        Ok(File {
            bytes: bytes.into(),
            media_type: format.media_type().to_owned(),
            name: format.file_name().to_owned(),
        })
    }
}
