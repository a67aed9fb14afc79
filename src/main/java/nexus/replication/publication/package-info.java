/**
 * What is published, and what should be?
 *
 * <p>Takes the wanted tables and the publications as they are, gives the statements that bring one to the other.
 * Never publishes for updates what would make a user's write fail.
 */
@NullMarked
package nexus.replication.publication;

import org.jspecify.annotations.NullMarked;
