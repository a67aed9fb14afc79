/**
 * How is text from outside printed safely?
 *
 * <p>Takes any text; escapes every character that would affect a terminal or a log line. Never changes stored or sent text.
 */
@NullMarked
package nexus.terminal;

import org.jspecify.annotations.NullMarked;
