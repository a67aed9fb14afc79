/**
 * How does a request get to its receiver?
 *
 * <p>Takes judged addresses, gives a request that is open and not written yet, on a kept connection or a new one. Never
 * looks a name up and never sends a body.
 */
@NullMarked
package nexus.webhook.connection;

import org.jspecify.annotations.NullMarked;
