/**
 * When are the publications brought up to date?
 *
 * <p>Takes the wanted tables, runs the plan of the publications under their lock, in the order that loses nothing.
 * Never waits for a user's transaction without a bound.
 */
@NullMarked
package nexus.replication.publisher;

import org.jspecify.annotations.NullMarked;
