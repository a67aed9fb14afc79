package nexus.replication;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The database whose row changes are captured. */
@ConfigMapping(prefix = "nexus.source")
public interface SourceConfig {
    /** {@code SOURCE_DATABASE_URL}, or the store's; checked by {@link nexus.store.PostgresUrl} before the start. */
    String url();

    /** {@code NEXUS_SLOT}. Another one for a second store that captures the same database. */
    @WithDefault("nexus")
    String slot();

    /** {@code NEXUS_PUBLICATION}; the one for inserts alone has {@code _inserts} behind it. */
    @WithDefault("nexus")
    String publication();

    /** {@code EVENT_MAX_BYTES}: a bigger row change arrives as its key columns. */
    @WithDefault("16777216")
    int eventMaxBytes();

    /** Events stored in one transaction at most. Raise it when the store's commits are slow. */
    @WithDefault("2000")
    int batchMaxEvents();

    /**
     * Memory of one batch in bytes, about. Two are held: one being stored, one being read; behind that the reader
     * stops reading. Lower it in a small container.
     */
    @WithDefault("16777216")
    long batchMaxBytes();

    /**
     * How often the position moves over WAL that holds nothing for anybody. Often enough that the source can drop its
     * WAL, seldom enough to cost nothing: each time is a write in the store.
     */
    @WithDefault("15s")
    Duration advanceInterval();

    /** How long a new subscription waits for the slot and for transactions that wrote to its tables before. */
    @WithDefault("5s")
    Duration coverTimeout();

    /**
     * How often tables are looked at: new ones that a wildcard names, those that lost their replica identity. Both have
     * to be put right within 10 s, a lock that is waited for included.
     */
    @WithDefault("5s")
    Duration guardInterval();

    /** How long a table that Nexus added and nobody needs any more stays published: subscriptions come back. */
    @WithDefault("5m")
    Duration unneededTableStays();
}
