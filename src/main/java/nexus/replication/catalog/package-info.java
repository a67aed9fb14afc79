/**
 * How is the source's catalog kept?
 *
 * <p>Takes descriptions from the catalog and keeps them in the store by transaction, so that changes can be read after
 * their table was altered. Never discards a description that unread WAL may need.
 */
@NullMarked
package nexus.replication.catalog;

import org.jspecify.annotations.NullMarked;
