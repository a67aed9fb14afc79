/**
 * How much memory does the native executable use?
 *
 * <p>Takes what its collector says of the heap, gives the size of the young generation, and memory back to the system when
 * there is no load. Never knows what the memory is used for.
 */
@NullMarked
package nexus.heap;

import org.jspecify.annotations.NullMarked;
