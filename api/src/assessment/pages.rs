//! HTML door of assessment.

use poem::Route;

/// The pages.
pub fn routes(route: Route) -> Route {
    route
}
