/**
 * How is the captured database reached?
 *
 * <p>Takes SOURCE_DATABASE_URL, gives ordinary and replication connections with pinned settings, and one thread to use
 * them on. Never knows their purpose.
 */
@NullMarked
package nexus.replication.source;

import org.jspecify.annotations.NullMarked;
