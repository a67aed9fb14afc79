/**
 * Which changes that a subscription asks for will not come?
 *
 * <p>Takes wanted and published tables, gives warnings with their SQL and events of changed coverage. Never changes a
 * publication.
 */
@NullMarked
package nexus.replication.coverage;

import org.jspecify.annotations.NullMarked;
