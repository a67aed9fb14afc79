/**
 * Which tables are published, and which should be?
 *
 * <p>Takes the wanted tables and the present publications, gives the statements that bring the publications up to date.
 * Never publishes a table for updates if a user's write would then fail.
 */
@NullMarked
package nexus.replication.publication;

import org.jspecify.annotations.NullMarked;
