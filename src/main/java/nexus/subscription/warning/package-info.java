/**
 * Which warnings does the caller of a change get?
 *
 * <p>Takes a subscription, gives warnings. Never refuses anything; refusals are decided when the request is read.
 */
@NullMarked
package nexus.subscription.warning;

import org.jspecify.annotations.NullMarked;
