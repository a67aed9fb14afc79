package nexus.doctor;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import nexus.doctor.check.Check;
import nexus.doctor.check.Diagnosis;
import nexus.doctor.check.Fact;
import nexus.doctor.check.Subject;
import nexus.doctor.cluster.ActivityChecks;
import nexus.doctor.cluster.ActivityFacts;
import nexus.doctor.cluster.ServerChecks;
import nexus.doctor.cluster.SynchronousStandbys;
import nexus.doctor.connection.ConnectionFailure;
import nexus.doctor.connection.Pooler;
import nexus.doctor.connection.ReadOnlyConnections;
import nexus.doctor.publication.PublicationChecks;
import nexus.doctor.server.Server;
import nexus.doctor.server.ServerSettings;
import nexus.doctor.slot.SlotChecks;
import nexus.doctor.slot.SlotFacts;
import nexus.doctor.store.StoreChecks;
import nexus.doctor.store.StoreFacts;
import nexus.notation.SqlState;
import nexus.replication.publication.Publications;
import nexus.store.Pooling;
import nexus.store.PostgresUrl;
import nexus.store.SqlReason;
import nexus.store.migration.PackagedMigrations;
import nexus.store.migration.SchemaTrust;
import org.jspecify.annotations.Nullable;

/** Examines source and store. Only reads, on connections of its own, and finishes within about ten seconds. */
public final class Doctor {
    /** The connections are closed after this time; facts that were not read by then are not checked. */
    private static final Duration READING = Duration.ofSeconds(5);
    /** A further connection is only tried when this much time is left, since connecting may take four seconds. */
    private static final Duration TIME_FOR_ANOTHER = Duration.ofSeconds(4);

    private final Subject subject;

    private Doctor(Subject subject) {
        this.subject = subject;
    }

    /** Blocks. */
    public static Diagnosis examine(Subject subject) {
        return new Doctor(subject).examine();
    }

    /**
     * A connection or the failure to connect; neither when there is no address, or when its sessions are shared with other clients.
     *
     * @param pooling the result of the check that runs before any setting of a session is changed
     */
    private record Attempt(
            @Nullable Connection connection,
            Pooling pooling,
            @Nullable SQLException failure) {
        static Attempt at(Optional<PostgresUrl> url) {
            Pooling pooling = new Pooling.Direct();
            if (url.isEmpty()) {
                return new Attempt(null, pooling, null);
            }
            try {
                pooling = Pooling.of(url.get());
                return pooling instanceof Pooling.PerTransaction
                        ? new Attempt(null, pooling, null)
                        : new Attempt(ReadOnlyConnections.ordinary(url.get()), pooling, null);
            } catch (SQLException e) {
                return new Attempt(null, pooling, e);
            }
        }

        void cut() {
            try {
                if (connection != null) {
                    connection.abort(Runnable::run);
                }
            } catch (SQLException e) {
                // it is already closed
            }
        }

        void close() {
            try {
                if (connection != null) {
                    connection.close();
                }
            } catch (SQLException e) {
                // it was only used for reading
            }
        }
    }

    /** A database that passed the basic checks. */
    private record Patient(PostgresUrl url, Connection connection, Server server) {
        boolean isOnServerOf(Patient other) {
            return server.isSame(other.server);
        }
    }

    /** The result of the basic checks. */
    private record FirstLook(List<Check> checks, Optional<Patient> patient) {
        static FirstLook stopping(Check check) {
            return new FirstLook(List.of(check), Optional.empty());
        }
    }

    private Diagnosis examine() {
        // not a virtual thread, because some classes, loggers among them, cannot be initialised by one in a native
        // executable
        Executor thread =
                task -> Thread.ofPlatform().name("nexus-doctor").daemon().start(task);
        CompletableFuture<Attempt> connecting =
                CompletableFuture.supplyAsync(() -> Attempt.at(subject.store()), thread);
        Attempt source = Attempt.at(subject.source());
        Attempt store = connecting.join();
        long end = System.nanoTime() + READING.toNanos();
        Runnable cutBoth = () -> {
            source.cut();
            store.cut();
        };
        CompletableFuture<Void> cut = CompletableFuture.runAsync(
                cutBoth, CompletableFuture.delayedExecutor(READING.toMillis(), TimeUnit.MILLISECONDS, thread));
        try {
            return Diagnosis.of(examine(source, store, end));
        } finally {
            cut.cancel(false);
            source.close();
            store.close();
        }
    }

    private List<Check> examine(Attempt sourceAttempt, Attempt storeAttempt, long end) {
        FirstLook sourceLook = firstLook("source", subject.sourceVariable(), subject.source(), sourceAttempt);
        Optional<Patient> source = sourceLook.patient();
        // reads the slot before the stored position, which is never behind the position that the slot has confirmed
        Optional<SourceFacts> sourceFacts = source.map(patient -> SourceFacts.read(patient.connection(), subject));
        FirstLook storeLook = storeLook(source, storeAttempt);
        Optional<Patient> store = storeLook.patient();
        Fact<Optional<StoreFacts>> stored = store.<Fact<Optional<StoreFacts>>>map(
                        patient -> Fact.of(() -> StoreFacts.read(patient.connection(), subject.slot())))
                .orElseGet(() -> new Fact.Unknown<>("the store can't be asked"));

        List<Check> checks = new ArrayList<>(sourceLook.checks());
        source.ifPresentOrElse(
                patient -> checks.addAll(aboutSource(patient, sourceFacts.orElseThrow(), stored, end)),
                () -> subject.source()
                        .ifPresent(url -> checks.add(Check.notChecked(
                                "source-details",
                                "settings, rights, slot, publications and tables"
                                        + (subject.isOneDatabase() ? ", and the store in the same database" : "")
                                        + ": the source is not fit to be asked"))));
        checks.addAll(storeLook.checks());
        store.ifPresent(patient -> checks.addAll(aboutStore(
                patient,
                stored,
                source.filter(patient::isOnServerOf)
                        .flatMap(same -> sourceFacts)
                        .map(SourceFacts::activity))));
        if (store.isEmpty() && subject.store().isPresent() && !subject.isOneDatabase()) {
            checks.add(Check.notChecked(
                    "store-details", "rights, schema, key and gaps: the store is not fit to be asked"));
        }
        return checks;
    }

    /** Reachable, no pooler, a supported version, a primary: the other checks depend on these. */
    private static FirstLook firstLook(
            String which, Optional<String> variable, Optional<PostgresUrl> url, Attempt attempt) {
        String reachable = which + "-reachable";
        String pooled = which + "-not-pooled";
        if (url.isEmpty()) {
            return FirstLook.stopping(Check.fail(
                    reachable, "the embedded database does not run, and DATABASE_URL is not set", "./nexus serve"));
        }
        if (attempt.failure() != null) {
            String check = ConnectionFailure.isPooler(attempt.failure()) ? pooled : reachable;
            return FirstLook.stopping(ConnectionFailure.check(check, variable, url.get(), attempt.failure()));
        }
        if (attempt.pooling() instanceof Pooling.PerTransaction) {
            return FirstLook.stopping(Pooler.check(pooled, variable, url.get(), attempt.pooling()));
        }
        Connection connection = Objects.requireNonNull(attempt.connection());
        return switch (Fact.of(() -> Server.read(connection))) {
            case Fact.Unknown<Server>(String because) ->
                FirstLook.stopping(Check.fail(
                        reachable,
                        url.get() + " takes connections, and answers no question: " + because,
                        "See the log of " + url.get().host() + ":" + url.get().port() + "."));
            case Fact.Known<Server>(Server server) -> {
                List<Check> checks = List.of(
                        ServerChecks.reachable(reachable, url.get(), server),
                        Pooler.check(pooled, variable, url.get(), attempt.pooling()),
                        ServerChecks.version(which + "-version", server),
                        ServerChecks.primary(which + "-primary", variable, server));
                boolean isFit = checks.stream().allMatch(check -> check.weight() != Check.Status.FAIL);
                yield new FirstLook(
                        checks, isFit ? Optional.of(new Patient(url.get(), connection, server)) : Optional.empty());
            }
        };
    }

    /** Checks of the server are not repeated when the source is on the same server. */
    private FirstLook storeLook(Optional<Patient> source, Attempt attempt) {
        if (subject.isOneDatabase()) {
            return new FirstLook(
                    List.of(),
                    source.filter(same -> attempt.connection() != null)
                            .map(same -> new Patient(
                                    same.url(), Objects.requireNonNull(attempt.connection()), same.server())));
        }
        FirstLook look = firstLook("store", subject.storeVariable(), subject.store(), attempt);
        return look.patient()
                .filter(store -> source.filter(store::isOnServerOf).isPresent())
                .map(store -> new FirstLook(List.of(look.checks().getFirst()), look.patient()))
                .orElse(look);
    }

    private List<Check> aboutSource(Patient source, SourceFacts facts, Fact<Optional<StoreFacts>> stored, long end) {
        Server server = source.server();
        List<Check> checks = new ArrayList<>();
        checks.add(ServerChecks.walLevel(server, facts.settings().known()));
        checks.add(ServerChecks.replicationRight(server, source.url(), replicationRefused(source, end)));
        checks.addAll(facts.encoding()
                .checks("source-encoding", encoding -> List.of(ServerChecks.encoding("source-encoding", encoding))));
        checks.addAll(facts.settings().checks("source-settings", settings -> facts.slot()
                .checks("slot", slot -> slotAndSettings(server, settings, slot, stored))));
        checks.addAll(facts.publications().checks("publication", publications -> facts.tables()
                .checks(
                        "publication-coverage",
                        tables -> published(
                                new PublicationChecks(
                                        server, new Publications(subject.publication()), publications, tables),
                                stored))));
        checks.addAll(facts.activity()
                .checks(
                        "long-transactions",
                        activity -> List.of(ActivityChecks.transactions("long-transactions", server, activity))));
        checks.addAll(facts.synchronousStandbys()
                .checks(
                        "synchronous-standby",
                        names -> List.of(SynchronousStandbys.check(server, names, source.url()))));
        checks.addAll(facts.functions().checks("sql-functions", functions -> List.of(functions(functions))));
        return checks;
    }

    private List<Check> slotAndSettings(
            Server server, ServerSettings settings, SlotFacts slot, Fact<Optional<StoreFacts>> stored) {
        List<Check> found = new ArrayList<>(ServerChecks.room(server, settings, slot));
        found.addAll(ServerChecks.limits(server, settings, slot));
        found.addAll(SlotChecks.of(
                subject.slot(), server, settings, slot, stored.map(facts -> facts.flatMap(StoreFacts::position))));
        return found;
    }

    private static List<Check> published(PublicationChecks publications, Fact<Optional<StoreFacts>> stored) {
        List<Check> found = new ArrayList<>();
        switch (stored) {
            case Fact.Known<Optional<StoreFacts>>(Optional<StoreFacts> facts) -> {
                found.add(publications.publications(
                        facts.map(StoreFacts::store),
                        facts.flatMap(StoreFacts::position).isPresent()));
                found.addAll(publications.tables(facts.map(StoreFacts::wanted).orElse(List.of())));
            }
            case Fact.Unknown<Optional<StoreFacts>>(String because) -> {
                found.add(Check.notChecked("publication-coverage", "which tables are wanted: " + because));
                found.add(publications.userWrites());
            }
        }
        return found;
    }

    private static Check functions(Set<String> functions) {
        return Check.ok(
                "sql-functions",
                functions.size() == 2
                        ? "nexus.publish and nexus.annotate are there"
                        : "not installed, and needed only to publish from SQL: psql -f"
                                + " db/migration/R__publish_from_sql.sql");
    }

    /** Empty when it works, was not tried, or all slots for senders are in use, which another check reports. */
    private static Optional<String> replicationRefused(Patient source, long end) {
        boolean hasTime = end - System.nanoTime() > TIME_FOR_ANOTHER.toNanos();
        if (!source.server().mayReplicate() || !hasTime) {
            return Optional.empty();
        }
        try (Connection connection = ReadOnlyConnections.replication(source.url())) {
            return connection.isClosed() ? Optional.of("it was closed") : Optional.empty();
        } catch (SQLException e) {
            return SqlState.is(e, SqlState.TOO_MANY_CONNECTIONS) ? Optional.empty() : Optional.of(SqlReason.of(e));
        }
    }

    /** @param known the activity of the server, when it is the server of the source */
    private List<Check> aboutStore(
            Patient store, Fact<Optional<StoreFacts>> stored, Optional<Fact<ActivityFacts>> known) {
        Server server = store.server();
        List<Check> checks = new ArrayList<>();
        checks.add(StoreChecks.rights(server));
        checks.add(StoreChecks.encoding(server.encoding()));
        checks.addAll(Fact.of(() -> SchemaTrust.read(store.connection()))
                .checks("store-schema-trust", trust -> List.of(StoreChecks.trust(server, trust))));
        checks.addAll(
                stored.checks("store-schema", facts -> StoreChecks.of(facts, PackagedMigrations.checksums(), subject)));
        Fact<ActivityFacts> activity = known.orElseGet(() -> Fact.of(() -> ActivityFacts.read(store.connection())));
        if (known.isEmpty()) {
            checks.addAll(activity.checks(
                    "store-transactions",
                    facts -> List.of(ActivityChecks.transactions("store-transactions", server, facts))));
        }
        checks.addAll(Fact.of(() -> ServerSettings.read(store.connection()))
                .checks(
                        "store-connections",
                        settings -> activity.checks(
                                "store-connections",
                                facts -> List.of(
                                        ActivityChecks.connections("store-connections", server, settings, facts)))));
        return checks;
    }
}
