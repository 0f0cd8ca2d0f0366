//! HTML door of catalogue.

use poem::Route;

/// The pages.
pub fn routes(route: Route) -> Route {
    route
}
