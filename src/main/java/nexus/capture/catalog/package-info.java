/**
 * What did the catalog say of a table or type at the time of a change?
 *
 * <p>Takes looks at the catalog, gives the version that held at a transaction. Never guesses: what was not seen is
 * unknown.
 */
@NullMarked
package nexus.capture.catalog;

import org.jspecify.annotations.NullMarked;
