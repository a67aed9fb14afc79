/**
 * A call for trials that inserts into the demo table {@code users} of the source.
 *
 * <p>Takes a user, gives the row. Disabled unless the configuration enables it, and never creates the table itself.
 */
@NullMarked
package nexus.demo;

import org.jspecify.annotations.NullMarked;
