/**
 * How do messages become stored events?
 *
 * <p>Takes a stream, gives batches to intake and confirms stored events to the source. Never confirms an event that is
 * not stored.
 */
@NullMarked
package nexus.replication.stream;

import org.jspecify.annotations.NullMarked;
