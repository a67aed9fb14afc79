/**
 * How is text from outside shown so that it stays in its place?
 *
 * <p>Takes any text; gives text that a terminal or a log shows as it is. Never changes what is stored or sent.
 */
@NullMarked
package nexus.terminal;

import org.jspecify.annotations.NullMarked;
