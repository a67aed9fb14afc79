/**
 * Which delivery of an ordering key goes next?
 *
 * <p>Takes deliveries in the order of their seqs, and their outcomes; gives those that may start. Never reads, and never starts
 * two of a key at once. Pure.
 */
@NullMarked
package nexus.queue.order;

import org.jspecify.annotations.NullMarked;
