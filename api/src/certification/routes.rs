//! JSON door of certification.

use super::{
    CertificateFilter, CertificateView, EvidenceByHand, EvidenceView, NewScheme, ProposalView, Reason, SchemeView,
    StandingView, VerificationView,
};
use crate::identity::routes::{Auth, Tag};
use crate::platform::http::ClientAddress;
use crate::platform::{App, Created, Data, Fail, File, ListPage, Public, Read, Write};
use chrono::{DateTime, Utc};
use entity::certification::{CertificationStatus, ProposalState};
use entity::id::{CertificateId, PersonId, ProposalId, SchemeId};
use poem::web::Data as Shared;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Json, Response};

/// Operations of certification.
pub struct CertificationApi;

#[OpenApi(prefix_path = "/api/v1")]
impl CertificationApi {
    /// List certification schemes
    ///
    /// Every scheme with the rule in force, by code.
    #[oai(path = "/schemes", method = "get", tag = "Tag::Certification", operation_id = "listSchemes")]
    async fn schemes(&self, app: Shared<&App>, auth: Auth) -> Result<Data<Vec<SchemeView>>, Fail<Read>> {
        Ok(Data(super::schemes(&app, &auth).await?))
    }

    /// Create a certification scheme
    ///
    /// With its first rule; the requirement is a tree of facts to be shown.
    #[oai(path = "/schemes", method = "post", tag = "Tag::Certification", operation_id = "createScheme")]
    async fn new_scheme(
        &self,
        app: Shared<&App>,
        auth: Auth,
        body: Json<NewScheme>,
    ) -> Result<Created<SchemeView>, Fail<Write>> {
        let view = super::new_scheme(&app, &auth, body.0).await?;
        Ok(Created::at(format!("/api/v1/schemes/{}", view.id), view))
    }

    /// Read a certification scheme
    ///
    /// With the rule in force.
    #[oai(path = "/schemes/:scheme_id", method = "get", tag = "Tag::Certification", operation_id = "getScheme")]
    async fn scheme(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The scheme.
        scheme_id: Path<SchemeId>,
    ) -> Result<Data<SchemeView>, Fail<Read>> {
        Ok(Data(super::scheme(&app, &auth, scheme_id.0).await?))
    }

    /// Write the next version of a scheme's rule
    ///
    /// Certificates issued before keep the rule they were issued under. The code must stay.
    #[oai(
        path = "/schemes/:scheme_id/versions",
        method = "post",
        tag = "Tag::Certification",
        operation_id = "createSchemeVersion"
    )]
    async fn scheme_version(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The scheme.
        scheme_id: Path<SchemeId>,
        body: Json<NewScheme>,
    ) -> Result<Created<SchemeView>, Fail<Write>> {
        let view = super::scheme_version(&app, &auth, scheme_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/schemes/{}", view.id), view))
    }

    /// List certificates
    ///
    /// Newest first, narrowed to those you may know of.
    #[oai(path = "/certificates", method = "get", tag = "Tag::Certification", operation_id = "listCertificates")]
    #[expect(clippy::too_many_arguments, reason = "one per query parameter")]
    async fn certificates(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Of this person.
        person_id: Query<Option<PersonId>>,
        /// Of this scheme.
        scheme_id: Query<Option<SchemeId>>,
        /// That stand so today.
        status: Query<Option<CertificationStatus>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<CertificateView>>, Fail<Read>> {
        let wanted = CertificateFilter { person_id: person_id.0, scheme_id: scheme_id.0, status: status.0 };
        Ok(Data(super::certificates(&app, &auth, wanted, limit.0, cursor.0.as_deref()).await?))
    }

    /// Read a certificate
    ///
    /// With what was decided about it.
    #[oai(
        path = "/certificates/:certificate_id",
        method = "get",
        tag = "Tag::Certification",
        operation_id = "getCertificate"
    )]
    async fn certificate(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The certificate.
        certificate_id: Path<CertificateId>,
    ) -> Result<Data<CertificateView>, Fail<Read>> {
        Ok(Data(super::certificate(&app, &auth, certificate_id.0).await?))
    }

    /// Download a certificate's document
    ///
    /// PDF/A-2a and PDF/UA-1; the same bytes every time.
    #[oai(
        path = "/certificates/:certificate_id/document",
        method = "get",
        tag = "Tag::Certification",
        operation_id = "getCertificateDocument"
    )]
    async fn document(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The certificate.
        certificate_id: Path<CertificateId>,
    ) -> Result<File, Fail<Read>> {
        Ok(super::document(&app, &auth, certificate_id.0).await?)
    }

    /// List the evidence behind a certificate
    ///
    /// The facts the certificate rests on, oldest first.
    #[oai(
        path = "/certificates/:certificate_id/evidence",
        method = "get",
        tag = "Tag::Certification",
        operation_id = "listCertificateEvidence"
    )]
    async fn evidence(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The certificate.
        certificate_id: Path<CertificateId>,
    ) -> Result<Data<Vec<EvidenceView>>, Fail<Read>> {
        Ok(Data(super::evidence_of(&app, &auth, certificate_id.0).await?))
    }

    /// Suspend a certificate
    ///
    /// At once; reinstating it needs two officers.
    #[oai(
        path = "/certificates/:certificate_id/suspension",
        method = "post",
        tag = "Tag::Certification",
        operation_id = "suspendCertificate"
    )]
    async fn suspend(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The certificate.
        certificate_id: Path<CertificateId>,
        body: Json<Reason>,
    ) -> Result<Data<CertificateView>, Fail<Write>> {
        Ok(Data(super::suspend(&app, &auth, certificate_id.0, body.0.reason).await?))
    }

    /// Propose to revoke a certificate
    ///
    /// Takes effect when another officer confirms the proposal; that is final.
    #[oai(
        path = "/certificates/:certificate_id/revocation",
        method = "post",
        tag = "Tag::Certification",
        operation_id = "proposeRevocation"
    )]
    async fn revoke(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The certificate.
        certificate_id: Path<CertificateId>,
        body: Json<Reason>,
    ) -> Result<Created<ProposalView>, Fail<Write>> {
        let view = super::propose_revocation(&app, &auth, certificate_id.0, body.0.reason).await?;
        Ok(Created::at(format!("/api/v1/proposals/{}", view.id), view))
    }

    /// Propose to reinstate a suspended certificate
    ///
    /// Takes effect when another officer confirms the proposal.
    #[oai(
        path = "/certificates/:certificate_id/reinstatement",
        method = "post",
        tag = "Tag::Certification",
        operation_id = "proposeReinstatement"
    )]
    async fn reinstate(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The certificate.
        certificate_id: Path<CertificateId>,
        body: Json<Reason>,
    ) -> Result<Created<ProposalView>, Fail<Write>> {
        let view = super::propose_reinstatement(&app, &auth, certificate_id.0, body.0.reason).await?;
        Ok(Created::at(format!("/api/v1/proposals/{}", view.id), view))
    }

    /// List proposals
    ///
    /// What waits for an officer, oldest first; or what was decided.
    #[oai(path = "/proposals", method = "get", tag = "Tag::Certification", operation_id = "listProposals")]
    async fn proposals(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// Open ones when missing.
        state: Query<Option<ProposalState>>,
        /// Rows wanted, 1 to 200.
        limit: Query<Option<u64>>,
        /// `next_cursor` of the page before.
        cursor: Query<Option<String>>,
    ) -> Result<Data<ListPage<ProposalView>>, Fail<Read>> {
        let state = state.0.unwrap_or(ProposalState::Open);
        Ok(Data(super::proposals(&app, &auth, state, limit.0, cursor.0.as_deref()).await?))
    }

    /// Read a proposal
    ///
    /// With who decided it, once somebody has.
    #[oai(path = "/proposals/:proposal_id", method = "get", tag = "Tag::Certification", operation_id = "getProposal")]
    async fn proposal(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The proposal.
        proposal_id: Path<ProposalId>,
    ) -> Result<Data<ProposalView>, Fail<Read>> {
        Ok(Data(super::proposal(&app, &auth, proposal_id.0).await?))
    }

    /// Confirm a proposal
    ///
    /// The certificate is issued, revoked or reinstated. Never one's own, nor what one proposed or assessed.
    #[oai(
        path = "/proposals/:proposal_id/confirmation",
        method = "post",
        tag = "Tag::Certification",
        operation_id = "confirmProposal"
    )]
    async fn confirm(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The proposal.
        proposal_id: Path<ProposalId>,
    ) -> Result<Data<ProposalView>, Fail<Write>> {
        Ok(Data(super::confirm(&app, &auth, proposal_id.0).await?))
    }

    /// Refuse a proposal
    ///
    /// Nothing changes for the certificate; the reason is kept.
    #[oai(
        path = "/proposals/:proposal_id/refusal",
        method = "post",
        tag = "Tag::Certification",
        operation_id = "refuseProposal"
    )]
    async fn refuse(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The proposal.
        proposal_id: Path<ProposalId>,
        body: Json<Reason>,
    ) -> Result<Data<ProposalView>, Fail<Write>> {
        Ok(Data(super::refuse(&app, &auth, proposal_id.0, body.0.reason).await?))
    }

    /// Read how a person stands with every scheme
    ///
    /// Now or as of another instant, with what is still needed.
    #[oai(
        path = "/persons/:person_id/certification",
        method = "get",
        tag = "Tag::Certification",
        operation_id = "getPersonCertification"
    )]
    async fn standing(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The person.
        person_id: Path<PersonId>,
        /// The instant asked for; now when missing.
        as_of: Query<Option<DateTime<Utc>>>,
    ) -> Result<Data<StandingView>, Fail<Read>> {
        Ok(Data(super::standing(&app, &auth, person_id.0, as_of.0).await?))
    }

    /// Record evidence by hand
    ///
    /// A practical result, a document or something shown outside. Certificates that follow are issued or
    /// proposed at once. Never one's own.
    #[oai(
        path = "/persons/:person_id/evidence",
        method = "post",
        tag = "Tag::Certification",
        operation_id = "recordEvidence"
    )]
    async fn record(
        &self,
        app: Shared<&App>,
        auth: Auth,
        /// The person.
        person_id: Path<PersonId>,
        body: Json<EvidenceByHand>,
    ) -> Result<Created<EvidenceView>, Fail<Write>> {
        let view = super::record_by_hand(&app, &auth, person_id.0, body.0).await?;
        Ok(Created::at(format!("/api/v1/persons/{}/certification", person_id.0), view))
    }

    /// Verify a certificate by its number
    ///
    /// For anybody who has the number, also when the certificate is over or revoked. Answers nothing but
    /// what is printed on it and how it stands today.
    #[oai(
        path = "/verifications/:number",
        method = "get",
        tag = "Tag::Certification",
        operation_id = "verifyCertificate"
    )]
    async fn verify(
        &self,
        app: Shared<&App>,
        address: Shared<&ClientAddress>,
        /// The number, with or without separators.
        number: Path<String>,
    ) -> Result<Response<Data<VerificationView>>, Fail<Public>> {
        let view = super::verification(&app, &number.0, address.0.0).await?;
        Ok(Response::new(Data(view)).header("x-robots-tag", "noindex"))
    }
}
