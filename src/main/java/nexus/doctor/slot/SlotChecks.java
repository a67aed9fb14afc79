package nexus.doctor.slot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nexus.doctor.check.Amount;
import nexus.doctor.check.Check;
import nexus.doctor.check.Fact;
import nexus.doctor.server.Server;
import nexus.doctor.server.ServerSettings;
import nexus.doctor.store.StoreFacts;
import nexus.pgoutput.Lsn;
import nexus.replication.slot.ReplicationSlot;
import nexus.replication.source.SqlName;

/** Checks that the slot holds all WAL that is not stored yet, and its cost. */
public final class SlotChecks {
    private static final int FAILOVER_SINCE = 170_000;
    private static final long MUCH_WAL = 10L << 30;
    private static final String GAP =
            " The changes in between are a gap: it is recorded and told. While Nexus runs, POST"
                    + " /v1/source/reset {\"from\":\"now\"} does the same as the SQL.";

    private SlotChecks() {}

    /** @param position empty when none is stored; Unknown when the store cannot be queried */
    public static List<Check> of(
            String name,
            Server server,
            ServerSettings settings,
            SlotFacts facts,
            Fact<Optional<StoreFacts.Position>> position) {
        List<Check> checks = new ArrayList<>();
        checks.add(slot(name, server, facts, position));
        if (facts.exists() && !(facts.slot() instanceof ReplicationSlot.Foreign)) {
            checks.add(retained(server, settings, facts));
            position.known()
                    .flatMap(stored -> stored)
                    .flatMap(stored -> position(server, facts, stored))
                    .ifPresent(checks::add);
        }
        return checks;
    }

    private static Check slot(
            String name, Server server, SlotFacts facts, Fact<Optional<StoreFacts.Position>> position) {
        String check = "slot";
        return switch (facts.slot()) {
            case ReplicationSlot.Missing missing -> missing(name, server, position);
            case ReplicationSlot.InCreation creation ->
                facts.waitsFor().isEmpty()
                        ? Check.ok(check, name + " is being made")
                        : Check.warn(
                                check,
                                name + " is being made: it waits for the open transaction of pid " + facts.waitsFor()
                                        + "; till then no change is captured",
                                terminate(facts.waitsFor()));
            case ReplicationSlot.Free free -> Check.ok(check, name + " is there; nobody reads it now");
            case ReplicationSlot.InUse inUse -> inUse(name, inUse, facts.stranger());
            case ReplicationSlot.Invalidated invalidated ->
                Check.fail(
                        check,
                        name + " is lost: PostgreSQL has invalidated it (" + invalidated.reason() + ")." + GAP,
                        "SELECT pg_drop_replication_slot(" + SqlName.literal(name) + ");\n" + create(name, server));
            case ReplicationSlot.Foreign foreign ->
                Check.fail(
                        check,
                        "the name " + name + " is taken by a " + foreign.what(),
                        "Set NEXUS_SLOT to a name of its own, such as NEXUS_SLOT=" + another(name));
        };
    }

    private static Check missing(String name, Server server, Fact<Optional<StoreFacts.Position>> position) {
        String check = "slot";
        return switch (position) {
            case Fact.Unknown<Optional<StoreFacts.Position>> unknown ->
                Check.notChecked(check, "there is no slot " + name + ", and whether there was one stands in the store");
            case Fact.Known<Optional<StoreFacts.Position>>(Optional<StoreFacts.Position> stored) ->
                stored.isEmpty()
                        ? Check.ok(check, name + " is not made yet: Nexus makes it when it starts")
                        : Check.fail(
                                check,
                                name + " is lost: it was dropped; changes up to "
                                        + stored.get().doneEnd() + " are stored." + GAP,
                                create(name, server));
        };
    }

    private static Check inUse(String name, ReplicationSlot.InUse inUse, Optional<String> stranger) {
        String detail = name + " is read by pid " + inUse.pid();
        return stranger.isEmpty()
                ? Check.ok("slot", detail)
                : Check.warn(
                        "slot",
                        detail + ", which calls itself \"" + stranger.get() + "\": is that a Nexus?",
                        "If it is none, stop it, or set NEXUS_SLOT to a name of its own, such as NEXUS_SLOT="
                                + another(name));
    }

    private static Check retained(Server server, ServerSettings settings, SlotFacts facts) {
        String check = "retained-wal";
        long keep = settings.get(ServerSettings.SLOT_KEEP_SIZE, -1);
        String detail = Amount.bytes(facts.retainedBytes()) + " kept for the slot"
                + (keep >= 0 ? " of " + Amount.bytes(keep) + " at most" : "");
        boolean isLost = facts.slot() instanceof ReplicationSlot.Invalidated;
        if (isLost) {
            return Check.ok(check, "none: the slot is lost");
        }
        KeepSize more = KeepSize.proposed(settings, facts);
        if (facts.walStatus().filter("unreserved"::equals).isPresent()
                || (facts.safeBytes().isPresent() && facts.safeBytes().getAsLong() <= 0)) {
            return Check.fail(
                    check,
                    detail + ": the slot is lost at the next checkpoint",
                    "Let Nexus catch up at once (./nexus serve), and give it more room:\n"
                            + settings.set(server.platform(), ServerSettings.SLOT_KEEP_SIZE, more.text()));
        }
        boolean isMuch = keep > 0 ? facts.retainedBytes() > keep / 2 : facts.retainedBytes() > MUCH_WAL;
        if (isMuch) {
            return Check.warn(
                    check,
                    detail
                            + facts.safeBytes().stream()
                                    .mapToObj(safe -> ", " + Amount.bytes(safe) + " more are safe")
                                    .findFirst()
                                    .orElse(""),
                    facts.isRead()
                            ? "See capture in GET /v1/health for what holds it up; a transaction that is open for long"
                                    + " keeps WAL too."
                            : "./nexus serve");
        }
        long half = settings.get("autovacuum_freeze_max_age", 200_000_000) / 2;
        if (facts.catalogAge() > half) {
            return Check.warn(
                    check,
                    detail + "; the slot keeps catalog rows of " + facts.catalogAge()
                            + " transactions from VACUUM (catalog_xmin)",
                    facts.isRead() ? "End the oldest transaction: see the check long-transactions." : "./nexus serve");
        }
        return Check.ok(check, detail);
    }

    /** Only certain gaps: a failover to another timeline is detected when the stream starts. */
    private static Optional<Check> position(Server server, SlotFacts facts, StoreFacts.Position stored) {
        String check = "position";
        String fix = "./nexus serve\n-- it goes on from the slot and records the gap";
        if (server.systemId()
                .filter(system -> !system.equals(stored.systemId()))
                .isPresent()) {
            return Optional.of(Check.warn(
                    check,
                    "the stored position is of another cluster: a gap. Its system identifier was " + stored.systemId()
                            + " and is " + server.systemId().orElse(""),
                    fix));
        }
        Optional<Lsn> confirmed =
                switch (facts.slot()) {
                    case ReplicationSlot.Free free -> Optional.of(free.confirmedFlush());
                    case ReplicationSlot.InUse inUse -> Optional.of(inUse.confirmedFlush());
                    case ReplicationSlot.Missing missing -> Optional.empty();
                    case ReplicationSlot.InCreation creation -> Optional.empty();
                    case ReplicationSlot.Invalidated invalidated -> Optional.empty();
                    case ReplicationSlot.Foreign foreign -> Optional.empty();
                };
        if (confirmed.isEmpty()) {
            return Optional.empty();
        }
        Lsn done = stored.doneEnd();
        if (done.isBefore(confirmed.get())) {
            return Optional.of(Check.warn(
                    check,
                    "the slot is at " + confirmed.get() + " and the store at " + done
                            + ": the changes in between are lost, a gap",
                    fix));
        }
        return Optional.of(Check.ok(check, "stored up to " + done + ", confirmed up to " + confirmed.get()));
    }

    static String create(String name, Server server) {
        return "SELECT pg_create_logical_replication_slot(" + SqlName.literal(name) + ", 'pgoutput'"
                + (server.version() >= FAILOVER_SINCE ? ", false, false, true" : "") + ");";
    }

    private static String terminate(String pids) {
        StringBuilder sql = new StringBuilder();
        for (String pid : pids.split(", ", -1)) {
            sql.append(sql.isEmpty() ? "" : "\n")
                    .append("SELECT pg_terminate_backend(")
                    .append(pid)
                    .append(");");
        }
        return sql.toString();
    }

    private static String another(String name) {
        return name.length() > 60 ? name.substring(0, 60) + "_2" : name + "_2";
    }
}
