/**
 * Why is a caller refused?
 *
 * <p>Takes a reason that the caller may read, gives an exception with a stable code. Never used for a failure of Nexus
 * itself.
 */
@NullMarked
package nexus.refusal;

import org.jspecify.annotations.NullMarked;
