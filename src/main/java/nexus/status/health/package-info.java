/**
 * Does every part do its work?
 *
 * <p>Takes the state of the other rooms, gives probes and health. Never shows a host or a role to a caller
 * without a key.
 */
@NullMarked
package nexus.status.health;

import org.jspecify.annotations.NullMarked;
