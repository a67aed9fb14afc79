/**
 * Which bodies are in memory?
 *
 * <p>Takes deliveries that will be sent, gives them with their bodies. Never exceeds its memory, except by one large body.
 */
@NullMarked
package nexus.queue.body;

import org.jspecify.annotations.NullMarked;
