/**
 * What happened to a delivery, why, and what happens next?
 *
 * <p>Takes the states of a delivery, its attempts and its subscription, and the time; gives sentences and steps. Never reads
 * anything itself. Pure.
 */
@NullMarked
package nexus.page.story;

import org.jspecify.annotations.NullMarked;
