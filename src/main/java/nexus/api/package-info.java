/**
 * Who may ask, how do we say no, how do we page?
 *
 * <p>Takes requests, gives them on with a known caller, or a problem. Never knows what the requests are about.
 */
@NullMarked
package nexus.api;

import org.jspecify.annotations.NullMarked;
