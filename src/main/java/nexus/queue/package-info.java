/**
 * Which deliveries are owed, and which process may work on them?
 *
 * <p>Takes the room of lanes, gives owed deliveries; takes outcomes, gives history. Never sends.
 */
@NullMarked
package nexus.queue;

import org.jspecify.annotations.NullMarked;
