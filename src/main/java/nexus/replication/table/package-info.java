/**
 * Which writes of a table can PostgreSQL send?
 *
 * <p>Takes the catalog's tables and partitions, gives their replica identities and the rule for their writes. Never
 * changes a table.
 */
@NullMarked
package nexus.replication.table;

import org.jspecify.annotations.NullMarked;
