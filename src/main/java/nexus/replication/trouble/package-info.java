/**
 * Which changes could not be stored unchanged?
 *
 * <p>Takes row changes that were not decoded and those that the store refuses, gives counts in the store, a gap for
 * omitted changes, and lines in the log. Never decides the outcome of a change.
 */
@NullMarked
package nexus.replication.trouble;

import org.jspecify.annotations.NullMarked;
