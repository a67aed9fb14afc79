/**
 * What could not be stored as it was?
 *
 * <p>Takes row changes that were not decoded and those that the store refuses, gives counts in the store, a gap for what
 * is left out, and lines in the log. Never decides what becomes of a change.
 */
@NullMarked
package nexus.replication.trouble;

import org.jspecify.annotations.NullMarked;
