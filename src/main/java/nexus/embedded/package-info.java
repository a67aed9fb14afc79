/**
 * Which database is used when the user has none? An embedded PostgreSQL 18 that keeps its data.
 *
 * <p>Takes a folder, gives the URL of a running server. Never deletes data.
 */
@NullMarked
package nexus.embedded;

import org.jspecify.annotations.NullMarked;
