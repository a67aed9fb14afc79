/**
 * How are attempts counted by result and duration?
 *
 * <p>Takes results and durations of attempts, gives numbers that can be added up, and what a sum of them says. Never reads or
 * writes the store.
 */
@NullMarked
package nexus.tally;

import org.jspecify.annotations.NullMarked;
