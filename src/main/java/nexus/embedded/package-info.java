/**
 * Where does the database come from when the user has none? An embedded PostgreSQL 18 that keeps its data.
 *
 * <p>Takes a folder, gives the URL of a running server. Never throws data away.
 */
@NullMarked
package nexus.embedded;

import org.jspecify.annotations.NullMarked;
