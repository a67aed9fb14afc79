/**
 * Which rows does a table have, in the order of its primary key?
 *
 * <p>Takes a table, a condition and the key after which to go on. Gives the rows of one short transaction that only reads, in
 * the form in which the WAL has them. Never waits for a lock for long, and never changes anything.
 */
@NullMarked
package nexus.backfill.table;

import org.jspecify.annotations.NullMarked;
