//! Events by their citation.
