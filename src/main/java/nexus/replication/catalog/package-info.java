/**
 * How is the source's catalog remembered?
 *
 * <p>Takes what the catalog describes, keeps it in the store per transaction, so that changes can be read after their
 * table was altered. Never forgets what unread WAL may need.
 */
@NullMarked
package nexus.replication.catalog;

import org.jspecify.annotations.NullMarked;
