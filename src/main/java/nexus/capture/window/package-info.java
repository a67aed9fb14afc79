/**
 * Which rows that a backfill has read are still the newest when its mark arrives in the stream?
 *
 * <p>Takes the keys of changes in the order of the stream and the transactions that a query saw. Gives the rows that no
 * later change has replaced. Never reads a row, and never makes an event.
 */
@NullMarked
package nexus.capture.window;

import org.jspecify.annotations.NullMarked;
