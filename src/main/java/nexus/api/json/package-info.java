/**
 * What does the body of a request contain?
 *
 * <p>Takes received bytes and texts, gives values or all their errors. Never knows their meaning.
 */
@NullMarked
package nexus.api.json;

import org.jspecify.annotations.NullMarked;
