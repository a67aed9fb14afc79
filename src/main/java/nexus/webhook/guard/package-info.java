/**
 * Which addresses may a request reach, and through what?
 *
 * <p>Takes a URL and {@code TARGETS_ALLOW}, gives judged addresses or the reason against them. Never opens a connection to a
 * receiver. It is the lowest of the webhook rooms, so the settings of all of them stand here.
 */
@NullMarked
package nexus.webhook.guard;

import org.jspecify.annotations.NullMarked;
