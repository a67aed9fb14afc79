/**
 * How is one delivery sent?
 *
 * <p>Takes a delivery with its body and its subscription; gives the result of the request. Never judges it.
 */
@NullMarked
package nexus.dispatch.send;

import org.jspecify.annotations.NullMarked;
