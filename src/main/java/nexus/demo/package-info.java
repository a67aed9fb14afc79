/**
 * Something to try Nexus out with: a call that inserts into the demo table {@code users} of the source.
 *
 * <p>Takes a user, gives the row. Never exists unless it was asked for, and never makes the table itself.
 */
@NullMarked
package nexus.demo;

import org.jspecify.annotations.NullMarked;
