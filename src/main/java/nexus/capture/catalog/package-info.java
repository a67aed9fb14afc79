/**
 * How were a table and its types described at the time of a change?
 *
 * <p>Takes reads of the catalog, gives the description for a transaction. Never guesses: an object that was not read is
 * unknown.
 */
@NullMarked
package nexus.capture.catalog;

import org.jspecify.annotations.NullMarked;
