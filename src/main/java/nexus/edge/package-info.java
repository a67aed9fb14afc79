/**
 * Is this one well-formed HTTP request?
 *
 * <p>Takes every connection of both ports first, passes on requests with only one possible reading, and answers the others
 * with a problem before routing. Never knows keys, paths or the content of a request.
 */
@NullMarked
package nexus.edge;

import org.jspecify.annotations.NullMarked;
