/**
 * What will surprise the one who makes or changes a subscription?
 *
 * <p>Takes a subscription, gives warnings. Never refuses anything: what is refused is decided when the request is read.
 */
@NullMarked
package nexus.subscription.warning;

import org.jspecify.annotations.NullMarked;
