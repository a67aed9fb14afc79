/**
 * Which events and annotations does a transaction carry in its own messages?
 *
 * <p>Takes the bytes of a logical message, gives an event or an annotation, or refuses it with a reason. Never stops
 * the stream.
 */
@NullMarked
package nexus.capture.message;

import org.jspecify.annotations.NullMarked;
