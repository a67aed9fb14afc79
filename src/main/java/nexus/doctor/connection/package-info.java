/**
 * Why can a database not be reached?
 *
 * <p>Takes an address, gives a connection that cannot write, or the failure in plain words. Never waits for long.
 */
@NullMarked
package nexus.doctor.connection;

import org.jspecify.annotations.NullMarked;
