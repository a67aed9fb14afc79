/**
 * The page of the captured database: is capture healthy, how long is the slot safe, which tables are captured, and which
 * jobs run?
 *
 * <p>Takes what the API gives of health, source, doctor, replays and backfills. Never runs SQL.
 */
@NullMarked
package nexus.page.source;

import org.jspecify.annotations.NullMarked;
