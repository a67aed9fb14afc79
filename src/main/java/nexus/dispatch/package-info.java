/**
 * The way out.
 *
 * <p>Takes deliveries from the backlog, tells each lane what happens to it, and takes the steps that the lanes ask for. Never
 * holds a transaction while a request is under way, and never knows how the store keeps what is owed.
 */
@NullMarked
package nexus.dispatch;

import org.jspecify.annotations.NullMarked;
