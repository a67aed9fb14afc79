package nexus.doctor.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nexus.doctor.check.Amount;
import nexus.doctor.check.Check;
import nexus.doctor.server.Server;
import nexus.doctor.server.ServerSettings;
import nexus.doctor.slot.KeepSize;
import nexus.doctor.slot.SlotFacts;
import nexus.replication.source.SqlName;
import nexus.store.PostgresUrl;

/** Checks that the source's server supports the capture of changes. */
public final class ServerChecks {
    /**
     * Before these versions, altering a publication during a transaction that writes can lose a change. PostgreSQL's commit
     * 4909b38af0 distributes the invalidations since 14.18, 15.13, 16.9 and 17.5, where it could use all memory until the
     * next minor version (bugs 18938 and 18942).
     */
    private static final Map<Integer, Integer> SAFE_MINOR = Map.of(14, 19, 15, 14, 16, 10, 17, 6);

    private static final Duration SHORTEST_SENDER_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LONGEST_SENDER_TIMEOUT = Duration.ofMinutes(5);

    private ServerChecks() {}

    public static Check reachable(String check, PostgresUrl url, Server server) {
        return Check.ok(check, url + " answers role " + server.role());
    }

    public static Check version(String check, Server server) {
        String version = "PostgreSQL " + server.versionText();
        if (server.isTooOld()) {
            return Check.fail(check, version + "; Nexus needs 14 or newer", "Upgrade it to PostgreSQL 14 or newer.");
        }
        int safe = SAFE_MINOR.getOrDefault(server.major(), 0);
        if (server.minor() < safe) {
            String update = server.major() + "." + safe;
            return Check.warn(
                    check,
                    version + ": before " + update + " logical decoding can lose a change when a table is added to a"
                            + " publication while a transaction writes to it, or run out of memory",
                    "Update PostgreSQL to " + update + " or a newer " + server.major() + ".");
        }
        return Check.ok(check, version);
    }

    public static Check primary(String check, Optional<String> variable, Server server) {
        return server.standby()
                ? Check.fail(
                        check, "a read-only standby", "Name the primary in " + variable.orElse("the address") + ".")
                : Check.ok(check, "a primary");
    }

    /** The walsender converts text to UTF-8 if PostgreSQL has a conversion for the encoding. */
    public static Check encoding(String check, String encoding) {
        return switch (encoding) {
            case "UTF8" -> Check.ok(check, "UTF8");
            case "SQL_ASCII" ->
                Check.warn(
                        check,
                        "SQL_ASCII: PostgreSQL neither checks nor converts the bytes of texts, and rows with bytes that"
                                + " are not UTF-8 can't be sent as they are",
                        "Move the data to a database with ENCODING 'UTF8' (pg_dump -E, then restore).");
            case "MULE_INTERNAL" ->
                Check.fail(
                        check,
                        "MULE_INTERNAL: PostgreSQL has no conversion of it to UTF-8",
                        "Move the data to a database with ENCODING 'UTF8' (pg_dump -E, then restore).");
            default -> Check.ok(check, encoding + ": PostgreSQL converts what it sends to UTF-8");
        };
    }

    public static Check walLevel(Server server, Optional<ServerSettings> settings) {
        boolean isFixed =
                settings.filter(known -> known.fixed().contains("wal_level")).isPresent();
        return server.walLevel().equals("logical")
                ? Check.ok("wal_level", "logical")
                : Check.fail(
                        "wal_level",
                        server.walLevel() + ": the WAL does not hold what logical decoding needs",
                        isFixed
                                ? settings.get().setAndRestart(server.platform(), "wal_level", "logical")
                                : server.platform().logicalWal());
    }

    /** @param refused why a replication connection failed; none is tried without the right */
    public static Check replicationRight(Server server, PostgresUrl url, Optional<String> refused) {
        String check = "replication-right";
        String role = SqlName.quoted(server.role());
        if (!server.mayReplicate()) {
            return Check.fail(
                    check,
                    "role " + server.role() + " may not read the WAL",
                    server.platform().replicationRight(role));
        }
        if (refused.isPresent()) {
            return Check.fail(
                    check,
                    "role " + server.role() + " has the right, but no replication connection can be made: "
                            + refused.get(),
                    "Let replication connections of " + role + " to " + url.host() + ":" + url.port()
                            + " through: pg_hba.conf, and whatever stands before the server.");
        }
        return Check.ok(check, "role " + server.role() + " may read the WAL");
    }

    public static List<Check> room(Server server, ServerSettings settings, SlotFacts slot) {
        return List.of(
                room(server, settings, "replication-slots", "max_replication_slots", slot.slots(), slot.exists()),
                room(server, settings, "wal-senders", "max_wal_senders", slot.senders(), slot.isRead()));
    }

    private static Check room(
            Server server, ServerSettings settings, String check, String setting, int used, boolean hasOurs) {
        long most = settings.get(setting, 0);
        String detail = used + " of " + most + " used" + (hasOurs ? ", ours included" : "");
        return hasOurs || used < most
                ? Check.ok(check, detail)
                : Check.fail(
                        check,
                        detail + ": none is left for Nexus",
                        settings.setAndRestart(server.platform(), setting, Long.toString(Math.max(10, most * 2))));
    }

    public static List<Check> limits(Server server, ServerSettings settings, SlotFacts slot) {
        List<Check> checks = new ArrayList<>();
        checks.add(keepSize(server, settings, slot));
        checks.add(senderTimeout(server, settings));
        settings.get(ServerSettings.IDLE_SLOT_TIMEOUT)
                .ifPresent(timeout -> checks.add(
                        timeout <= 0
                                ? Check.ok(ServerSettings.IDLE_SLOT_TIMEOUT, "off")
                                : Check.warn(
                                        ServerSettings.IDLE_SLOT_TIMEOUT,
                                        Amount.time(Duration.ofMillis(timeout))
                                                + ": if Nexus is away for longer, its slot is lost, and changes with it",
                                        settings.set(server.platform(), ServerSettings.IDLE_SLOT_TIMEOUT, "0"))));
        return checks;
    }

    private static Check keepSize(Server server, ServerSettings settings, SlotFacts slot) {
        String check = ServerSettings.SLOT_KEEP_SIZE;
        long keep = settings.get(check, -1);
        KeepSize proposed = KeepSize.proposed(settings, slot);
        String fix = settings.set(server.platform(), check, proposed.text());
        if (keep < 0) {
            return Check.fail(
                    check,
                    "-1: while Nexus is away, WAL is kept for it until the disk is full and PostgreSQL stops. "
                            + proposed.inWords(),
                    fix);
        }
        if (keep < settings.get("max_wal_size", 0)) {
            return Check.warn(
                    check,
                    Amount.bytes(keep) + " is less than max_wal_size: the slot may be lost although Nexus keeps up. "
                            + proposed.inWords(),
                    fix);
        }
        return Check.ok(check, Amount.bytes(keep));
    }

    private static Check senderTimeout(Server server, ServerSettings settings) {
        String check = ServerSettings.SENDER_TIMEOUT;
        Duration timeout = Duration.ofMillis(settings.get(check, 60_000));
        String fix = settings.set(server.platform(), check, "60s");
        if (timeout.isZero()) {
            return Check.warn(
                    check, "0: a connection that died keeps the slot for ever, and nobody else can read it", fix);
        }
        if (timeout.compareTo(SHORTEST_SENDER_TIMEOUT) < 0) {
            return Check.warn(
                    check,
                    Amount.time(timeout)
                            + ": shorter than a pause of Nexus or the network, so its stream has 5 s instead",
                    fix);
        }
        if (timeout.compareTo(LONGEST_SENDER_TIMEOUT) > 0) {
            return Check.warn(
                    check, Amount.time(timeout) + ": for so long a connection that died may keep the slot", fix);
        }
        return Check.ok(check, Amount.time(timeout));
    }
}
