/**
 * Is this one well-formed HTTP request?
 *
 * <p>Takes every connection of both ports first; gives on requests that can be read in one way only, and answers the
 * others with a problem before anything is routed. Never knows keys, paths or what a request is about.
 */
@NullMarked
package nexus.edge;

import org.jspecify.annotations.NullMarked;
