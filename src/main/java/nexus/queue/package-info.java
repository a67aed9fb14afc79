/**
 * What is owed, and which process may work on it?
 *
 * <p>Takes lanes with room, gives owed deliveries; takes outcomes, gives history. Never sends and never decides.
 */
@NullMarked
package nexus.queue;

import org.jspecify.annotations.NullMarked;
