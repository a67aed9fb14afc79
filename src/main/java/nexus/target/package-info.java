/**
 * Where can it be sent?
 *
 * <p>Takes what is to be sent, gives a {@link nexus.target.SendResult}. Never retries and never knows who subscribed or
 * what is owed.
 */
@NullMarked
package nexus.target;

import org.jspecify.annotations.NullMarked;
