/**
 * What may a caller be refused for?
 *
 * <p>Takes words that the caller may read, gives an exception with a stable code. Never a failure of Nexus itself.
 */
@NullMarked
package nexus.refusal;

import org.jspecify.annotations.NullMarked;
