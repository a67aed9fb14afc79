/**
 * How are subscriptions made, shown and changed through {@code /v1/subscriptions}?
 *
 * <p>Takes and gives JSON. Never touches the store but through the catalog.
 */
@NullMarked
package nexus.subscription.api;

import org.jspecify.annotations.NullMarked;
