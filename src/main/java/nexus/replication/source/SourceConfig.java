package nexus.replication.source;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.OptionalLong;

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

    /** {@code NEXUS_SLOT_LOST}: what to do when the slot is gone for good. */
    @WithDefault("stop")
    SlotLost slotLost();

    /** After so long of failing, capture counts as stuck: a slot may be reset, and one that costs too much is given up. */
    @WithDefault("30s")
    Duration stuckAfter();

    /**
     * {@code NEXUS_SLOT_MAX_LAG}: WAL in bytes that the source may keep for the slot while capture can't go on; with more
     * the slot is dropped, and changes with it. None: the source's disk is the limit, or its
     * {@code max_slot_wal_keep_size}.
     */
    OptionalLong slotMaxLag();

    /** How often the slot is looked at: often enough to warn in time, seldom enough to cost nothing. */
    @WithDefault("10s")
    Duration slotLookInterval();

    /** WAL in bytes kept for the slot that is worth a warning, when the server has no limit for it. */
    @WithDefault("1073741824")
    long lagWarnBytes();

    /** Age of unconfirmed WAL that is worth a warning. Raise it where big transactions take longer to store. */
    @WithDefault("5m")
    Duration lagWarnAfter();

    /** What happens when the source will not send the slot's changes any more. */
    enum SlotLost {
        /** Capture stops, visibly, until somebody resets it. */
        STOP,
        /** A new slot is made at once, and the gap recorded. */
        RECREATE
    }
}
