/**
 * The WAL way in: slot, publications, the reader's thread, the confirmed position, gaps.
 *
 * <p>Takes the source's bytes, gives events to intake and what state it is in. Never delivers, and never confirms what is not stored.
 */
@NullMarked
package nexus.replication;

import org.jspecify.annotations.NullMarked;
