/**
 * How does Nexus refuse a request?
 *
 * <p>Takes refusals and failures, gives problems of RFC 9457. Never shows what belongs in the log.
 */
@NullMarked
package nexus.api.problem;

import org.jspecify.annotations.NullMarked;
