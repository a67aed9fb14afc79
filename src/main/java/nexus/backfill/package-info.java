/**
 * Which existing rows are to be sent for the first time?
 *
 * <p>Takes a table, a condition and a subscription. Reads the rows in chunks and lets them join the stream of changes where a
 * mark arrives in it, so that no older state of a row follows a newer one. Never holds a transaction, a lock or WAL for long.
 */
@NullMarked
package nexus.backfill;

import org.jspecify.annotations.NullMarked;
