/**
 * Who wants what? Subscriptions, their patterns and secrets, and both HTTP APIs over them.
 *
 * <p>Takes requests and event types, gives subscriptions and the lanes an event is owed to. Never sends anything.
 */
@NullMarked
package nexus.subscription;

import org.jspecify.annotations.NullMarked;
