/**
 * How far is the WAL stored, and does the stream go on exactly there?
 *
 * <p>Takes the stored position and the state of slot and timeline in the source, gives the position to start from, or a
 * gap. Never moves the slot.
 */
@NullMarked
package nexus.replication.position;

import org.jspecify.annotations.NullMarked;
