/**
 * May a lane send now, and what does an answer mean for it?
 *
 * <p>Takes what happens to a lane; gives steps. Never takes one itself. Pure.
 */
@NullMarked
package nexus.dispatch.lane;

import org.jspecify.annotations.NullMarked;
