/**
 * The HTTP way in: published events, each of them only once.
 *
 * <p>Takes requests, gives events with their idempotency claims to intake. Never knows whom they are owed to.
 */
@NullMarked
package nexus.publish;

import org.jspecify.annotations.NullMarked;
