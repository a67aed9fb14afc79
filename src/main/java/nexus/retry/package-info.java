/**
 * Try again, when?
 *
 * <p>Takes an outcome and the attempts made, gives a decision. Never reads a clock and never draws a random number itself.
 */
@NullMarked
package nexus.retry;

import org.jspecify.annotations.NullMarked;
