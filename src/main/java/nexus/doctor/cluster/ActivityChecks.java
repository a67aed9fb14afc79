package nexus.doctor.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nexus.doctor.check.Amount;
import nexus.doctor.check.Check;
import nexus.doctor.server.Server;
import nexus.doctor.server.ServerSettings;
import nexus.replication.source.SqlName;

/** Checks for activity in the cluster that delays Nexus, or leaves it no connections. */
public final class ActivityChecks {
    private static final Duration LONG = Duration.ofMinutes(15);
    /** The pools of one process, and its connections for lease, notifications and the source. */
    private static final int NEEDED = 20;

    private ActivityChecks() {}

    public static Check transactions(String check, Server server, ActivityFacts facts) {
        List<String> found = new ArrayList<>();
        List<String> fixes = new ArrayList<>();
        facts.oldest().filter(oldest -> oldest.age().compareTo(LONG) > 0).ifPresent(oldest -> {
            found.add("pid " + oldest.pid() + " (" + oldest.role() + ", " + oldest.state()
                    + ") has had a transaction open for " + Amount.time(oldest.age()));
            fixes.add("SELECT pg_terminate_backend(" + oldest.pid() + ");");
        });
        facts.oldestPrepared()
                .filter(oldest -> oldest.age().compareTo(LONG) > 0)
                .ifPresent(oldest -> {
                    found.add("the prepared transaction " + oldest.id() + " waits for " + Amount.time(oldest.age()));
                    fixes.add("COMMIT PREPARED " + SqlName.literal(oldest.id()) + ";\n-- or: ROLLBACK PREPARED "
                            + SqlName.literal(oldest.id()) + ";");
                });
        if (!found.isEmpty()) {
            return Check.warn(
                    check,
                    String.join("; ", found) + ": WAL and dead rows are kept for it, and a new slot waits for it",
                    String.join("\n", fixes));
        }
        String oldest = facts.oldest()
                .map(session -> "the oldest is " + Amount.time(session.age()) + " old")
                .orElse("none is open");
        return Check.ok(
                check, server.seesAll() ? oldest : oldest + ", of those that role " + server.role() + " may see");
    }

    public static Check connections(String check, Server server, ServerSettings settings, ActivityFacts facts) {
        long most = settings.get("max_connections", 100);
        long free = most
                - settings.get("superuser_reserved_connections", 3)
                - settings.get("reserved_connections", 0)
                - facts.connections();
        String detail = facts.connections() + " of " + most + " used, " + facts.own() + " by Nexus";
        return free + facts.own() >= NEEDED
                ? Check.ok(check, detail)
                : Check.warn(
                        check,
                        detail + "; a Nexus process needs up to " + NEEDED,
                        settings.setAndRestart(server.platform(), "max_connections", Long.toString(most + 50)));
    }
}
