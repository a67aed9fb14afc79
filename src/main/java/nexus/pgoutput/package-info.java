/**
 * Which message do these bytes contain? The messages of PostgreSQL's {@code pgoutput} plugin, protocol version 1.
 *
 * <p>Takes bytes, gives values. Never does I/O, never keeps state between messages, never guesses: bytes that are not
 * exactly one message cause an exception.
 */
@NullMarked
package nexus.pgoutput;

import org.jspecify.annotations.NullMarked;
