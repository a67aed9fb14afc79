package nexus.doctor.server;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import nexus.doctor.slot.SlotFacts;
import nexus.pgoutput.Lsn;
import nexus.replication.slot.ReplicationSlot;

/** Facts of a server that is well, to be made worse by a test. */
public final class Servers {
    public static final long GIGABYTE = 1L << 30;

    private Servers() {}

    public static Server healthy() {
        return of(180_006, Platform.OWN, true);
    }

    public static Server of(int version, Platform platform, boolean mayReplicate) {
        return new Server(
                version,
                version / 10_000 + "." + version % 10_000,
                "UTF8",
                Optional.of("7 2026-01-01"),
                Optional.of("7"),
                false,
                "logical",
                "app",
                "shop",
                mayReplicate,
                true,
                true,
                true,
                Optional.of("app"),
                0,
                true,
                platform);
    }

    public static Server withoutRights(Optional<String> schemaOwner, int othersTables) {
        return new Server(
                180_006,
                "18.6",
                "UTF8",
                Optional.empty(),
                Optional.empty(),
                true,
                "replica",
                "a\"pp",
                "Shop",
                false,
                false,
                schemaOwner.isPresent(),
                false,
                schemaOwner,
                othersTables,
                false,
                Platform.OWN);
    }

    public static ServerSettings settings() {
        return settings(Map.of());
    }

    public static ServerSettings settings(Map<String, Long> other) {
        Map<String, Long> values = new HashMap<>(Map.of(
                "max_slot_wal_keep_size", 10 * GIGABYTE,
                "max_wal_size", GIGABYTE,
                "wal_sender_timeout", 60_000L,
                "idle_replication_slot_timeout", 0L,
                "max_replication_slots", 10L,
                "max_wal_senders", 10L,
                "max_connections", 100L,
                "superuser_reserved_connections", 3L));
        values.putAll(other);
        return new ServerSettings(values, Set.of());
    }

    public static SlotFacts slot(ReplicationSlot slot) {
        return slot(slot, "reserved", OptionalLong.of(9 * GIGABYTE), 1 << 20);
    }

    public static SlotFacts slot(ReplicationSlot slot, String walStatus, OptionalLong safe, long retained) {
        return new SlotFacts(
                slot,
                Optional.empty(),
                "",
                Optional.of(walStatus),
                safe,
                retained,
                5,
                Lsn.parse("0/5000000"),
                100_000,
                1,
                1);
    }
}
