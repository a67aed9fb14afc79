/**
 * Does every part do its work?
 *
 * <p>Takes what the rooms say of themselves, gives probes and health. Never names a host or a role to a caller
 * without a key.
 */
@NullMarked
package nexus.status.health;

import org.jspecify.annotations.NullMarked;
