/**
 * Which bytes of a connection are the answer to which request?
 *
 * <p>Takes the bytes that a receiver sends, gives each request its own bounded answer or a failure in Nexus's words. Never
 * passes a byte of one answer to another request and never quotes a receiver in a failure.
 */
@NullMarked
package nexus.webhook.answer;

import org.jspecify.annotations.NullMarked;
