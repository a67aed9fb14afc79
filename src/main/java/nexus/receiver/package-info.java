/**
 * A receiver for trying things out: {@code ./nexus listen}.
 *
 * <p>Takes webhooks, prints each with its headers, its verified signature and its body. Never part of a running Nexus.
 */
@NullMarked
package nexus.receiver;

import org.jspecify.annotations.NullMarked;
