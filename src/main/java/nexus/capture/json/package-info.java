/**
 * How is text written as JSON?
 *
 * <p>Takes text, gives exactly one JSON value. Never trusts that text is JSON.
 */
@NullMarked
package nexus.capture.json;

import org.jspecify.annotations.NullMarked;
