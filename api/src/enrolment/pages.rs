//! HTML door of enrolment: the roster of an activity, and one's own enrolments.

use poem::Route;

/// The pages.
pub fn routes(route: Route) -> Route {
    route
}
