/**
 * What do these bytes say? The messages of PostgreSQL's {@code pgoutput} plugin, protocol version 1.
 *
 * <p>Takes bytes, gives values. Never does I/O, never keeps state between messages, never guesses: bytes that are not
 * a whole message are an exception.
 */
@NullMarked
package nexus.pgoutput;

import org.jspecify.annotations.NullMarked;
