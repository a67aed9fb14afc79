/**
 * Which packed rows are in memory, and which of them must become rows?
 *
 * <p>Takes deliveries that were stored, dropped and settled; gives the packed rows to unpack and the seqs from which to read
 * then. Never reads a delivery.
 */
@NullMarked
package nexus.queue.packed;

import org.jspecify.annotations.NullMarked;
