/**
 * How is one delivery sent?
 *
 * <p>Takes an event and its subscription; gives the result of the request. Never judges it.
 */
@NullMarked
package nexus.dispatch.send;

import org.jspecify.annotations.NullMarked;
