/**
 * How do row changes arrive from the WAL?
 *
 * <p>Takes the source's WAL, gives events to intake and the state of capture: slot, publications, the reader's thread,
 * the confirmed position, gaps. Never delivers, and never confirms an event that is not stored.
 */
@NullMarked
package nexus.replication;

import org.jspecify.annotations.NullMarked;
