/**
 * The captured database, for a person who looks at it: which tables are there, what is captured of each, and where are
 * gaps?
 *
 * <p>Takes the source's catalog on a read-only connection and the recorded gaps, gives lists. Never changes the source.
 */
@NullMarked
package nexus.source;

import org.jspecify.annotations.NullMarked;
