/**
 * A receiver for trying things out: {@code ./nexus listen}.
 *
 * <p>Takes webhooks, gives what a reader at a terminal wants to know of them. Never part of a running Nexus.
 */
@NullMarked
package nexus.receiver;

import org.jspecify.annotations.NullMarked;
