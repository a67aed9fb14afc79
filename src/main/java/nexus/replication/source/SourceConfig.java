package nexus.replication.source;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.OptionalLong;

/** The database whose row changes are captured. */
@ConfigMapping(prefix = "nexus.source")
public interface SourceConfig {
    /**
     * {@code SOURCE_DATABASE_URL}, or the address of the store; checked by {@link nexus.store.PostgresUrl} before the
     * start.
     */
    String url();

    /** {@code NEXUS_SLOT}. A second store that captures the same database needs another one. */
    @WithDefault("nexus")
    String slot();

    /** {@code NEXUS_PUBLICATION}; the publication for inserts alone has the suffix {@code _inserts}. */
    @WithDefault("nexus")
    String publication();

    /** {@code EVENT_MAX_BYTES}. A bigger row change is sent with its key columns only. */
    @WithDefault("16777216")
    int eventMaxBytes();

    /** Maximum number of events that are stored in one transaction. Raise it when the store's commits are slow. */
    @WithDefault("2000")
    int batchMaxEvents();

    /**
     * Approximate memory of one batch in bytes. Two batches are held, one being stored and one being read; when both
     * are full, the reader stops reading. Lower it in a small container.
     */
    @WithDefault("16777216")
    long batchMaxBytes();

    /**
     * Interval at which the position advances over WAL without captured changes. Shorter lets the source drop its WAL
     * earlier; each advance is a write in the store.
     */
    @WithDefault("15s")
    Duration advanceInterval();

    /**
     * Maximum time that the creation of a subscription waits for the slot and for transactions that wrote to its tables
     * before.
     */
    @WithDefault("5s")
    Duration coverTimeout();

    /**
     * Interval at which the tables are checked for new ones that match a wildcard and for lost replica identities. Both
     * have to be handled within 10 s, including the wait for a lock.
     */
    @WithDefault("5s")
    Duration guardInterval();

    /**
     * Time that a table added by Nexus stays published after its last subscription, because subscriptions may return.
     */
    @WithDefault("5m")
    Duration unneededTableStays();

    /** {@code NEXUS_SLOT_LOST}: the action when the slot is lost for good. */
    @WithDefault("stop")
    SlotLost slotLost();

    /**
     * Capture counts as stuck after failing for this time. A stuck slot may be reset, and is dropped when it retains
     * too much WAL.
     */
    @WithDefault("30s")
    Duration stuckAfter();

    /**
     * {@code NEXUS_SLOT_MAX_LAG}: bytes of WAL that the source may keep for the slot while capture cannot continue.
     * Beyond that the slot is dropped and its changes are lost. Without a value, the limit is the source's disk or its
     * {@code max_slot_wal_keep_size}.
     */
    OptionalLong slotMaxLag();

    /** Interval of the checks of the slot: short enough for a timely warning, long enough to cost little. */
    @WithDefault("10s")
    Duration slotLookInterval();

    /** Bytes of WAL kept for the slot that are a warning, when the server has no limit for it. */
    @WithDefault("1073741824")
    long lagWarnBytes();

    /** Age of unconfirmed WAL that is a warning. Raise it where big transactions take longer to store. */
    @WithDefault("5m")
    Duration lagWarnAfter();

    /** The action when the source no longer sends the changes of the slot. */
    enum SlotLost {
        /** Capture stops and reports it until an operator resets it. */
        STOP,
        /** Nexus creates a new slot at once and records the gap. */
        RECREATE
    }
}
