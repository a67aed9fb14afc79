/**
 * Does the slot exist, and how much WAL does it hold?
 *
 * <p>Takes a connection, gives the slot, samples of it and the decision how to replace a lost one. Never reads its
 * stream.
 */
@NullMarked
package nexus.replication.slot;

import org.jspecify.annotations.NullMarked;
