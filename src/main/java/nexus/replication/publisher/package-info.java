/**
 * When are the publications brought up to date?
 *
 * <p>Takes the wanted tables and runs the plan of the publications under their lock, in an order that loses no changes.
 * Never waits for a user's transaction without a bound.
 */
@NullMarked
package nexus.replication.publisher;

import org.jspecify.annotations.NullMarked;
