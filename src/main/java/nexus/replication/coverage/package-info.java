/**
 * Which wanted changes does a subscription not receive?
 *
 * <p>Takes wanted and published tables, gives warnings with their SQL and events about changed coverage. Never changes
 * a publication.
 */
@NullMarked
package nexus.replication.coverage;

import org.jspecify.annotations.NullMarked;
