/**
 * Are the loops of this process alive?
 *
 * <p>Takes beats, gives the loops that missed theirs; runs loops on a timer. Never knows what a loop does.
 */
@NullMarked
package nexus.liveness;

import org.jspecify.annotations.NullMarked;
