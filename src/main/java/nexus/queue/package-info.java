/**
 * What is owed, and which process may work on it?
 *
 * <p>Takes the room that lanes have, gives owed deliveries; takes outcomes, gives history. Never sends and never decides.
 */
@NullMarked
package nexus.queue;

import org.jspecify.annotations.NullMarked;
