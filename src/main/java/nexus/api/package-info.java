/**
 * How are requests read, how do we say no, how do we page?
 *
 * <p>Takes bodies and parameters, gives values, pages or a problem. Never knows what the requests are about.
 */
@NullMarked
package nexus.api;

import org.jspecify.annotations.NullMarked;
