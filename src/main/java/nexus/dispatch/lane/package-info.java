/**
 * May a lane send now, and what does a result mean for it?
 *
 * <p>Takes inputs of a lane; gives steps. Never executes one. Pure.
 */
@NullMarked
package nexus.dispatch.lane;

import org.jspecify.annotations.NullMarked;
