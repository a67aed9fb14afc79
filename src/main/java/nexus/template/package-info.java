/**
 * What does a template make of an event?
 *
 * <p>Takes the templates of a subscription and the values of an event, gives the body as JSON, and the method, path and
 * headers of the request, or the reason why there are none. Pure. Never knows subscriptions, and never sends anything.
 */
@NullMarked
package nexus.template;

import org.jspecify.annotations.NullMarked;
