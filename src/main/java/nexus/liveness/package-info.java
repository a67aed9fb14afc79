/**
 * Are the loops of this process alive?
 *
 * <p>Takes beats, gives the loops that have fallen silent. Never knows what a loop does.
 */
@NullMarked
package nexus.liveness;

import org.jspecify.annotations.NullMarked;
