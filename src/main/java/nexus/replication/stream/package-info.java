/**
 * How do messages become stored events?
 *
 * <p>Takes a stream, gives batches to intake and confirms to the source what is stored. Never confirms what is not.
 */
@NullMarked
package nexus.replication.stream;

import org.jspecify.annotations.NullMarked;
