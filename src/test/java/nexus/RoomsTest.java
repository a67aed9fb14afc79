package nexus;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.vertx.pgclient.PgConnection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import nexus.intake.Checkpoint;
import nexus.queue.owed.OwedDelivery;
import org.junit.jupiter.api.Test;

/** The walls between the rooms. The table is the README's picture as data: change both in the same commit. */
class RoomsTest {
    /** Rooms that every room may import, and that import no other. */
    static final Set<String> FOR_ALL = Set.of("notation", "process", "refusal", "value");

    private static final int MOST_FILES = 20;

    /**
     * Room → the rooms it may import. A room within a room, {@code queue.owed}, names those beside it, and may import what
     * the room around it may. The room around them may import them all, or they may import it.
     */
    static final Map<String, Set<String>> ROOMS = new TreeMap<>(Map.ofEntries(
            Map.entry("event", Set.of()),
            Map.entry("filter", Set.of()),
            Map.entry("pgoutput", Set.of()),
            Map.entry("retry", Set.of()),
            Map.entry("tally", Set.of()),
            Map.entry("store", Set.of()),
            Map.entry("store.migration", Set.of("store")),
            Map.entry("heap", Set.of()),
            Map.entry("terminal", Set.of()),
            Map.entry("trace", Set.of()),
            Map.entry("liveness", Set.of()),
            Map.entry("api", Set.of()),
            Map.entry("api.caller", Set.of()),
            Map.entry("api.document", Set.of()),
            Map.entry("api.json", Set.of()),
            Map.entry("api.page", Set.of("api.json")),
            Map.entry("api.problem", Set.of("api.document")),
            Map.entry("edge", Set.of("api")),
            Map.entry(
                    "subscription",
                    Set.of("api", "event", "filter", "liveness", "shape", "store", "target", "template", "webhook")),
            Map.entry("subscription.secret", Set.of()),
            Map.entry("subscription.target", Set.of("subscription.secret")),
            Map.entry("subscription.matching", Set.of("subscription")),
            Map.entry("subscription.json", Set.of("subscription", "subscription.target")),
            Map.entry("subscription.warning", Set.of("subscription", "subscription.secret", "subscription.target")),
            Map.entry(
                    "subscription.catalog",
                    Set.of(
                            "subscription",
                            "subscription.json",
                            "subscription.matching",
                            "subscription.secret",
                            "subscription.target",
                            "subscription.warning")),
            Map.entry(
                    "subscription.api",
                    Set.of(
                            "subscription",
                            "subscription.catalog",
                            "subscription.json",
                            "subscription.secret",
                            "subscription.target",
                            "subscription.warning")),
            Map.entry(
                    "subscription.listener",
                    Set.of(
                            "subscription",
                            "subscription.catalog",
                            "subscription.json",
                            "subscription.secret",
                            "subscription.target",
                            "subscription.warning")),
            Map.entry("access", Set.of("api", "edge", "event", "liveness", "store")),
            Map.entry("queue", Set.of("event", "store", "tally")),
            Map.entry("queue.process", Set.of()),
            Map.entry("queue.lease", Set.of("queue.process")),
            Map.entry("queue.owed", Set.of()),
            Map.entry("queue.lookup", Set.of("queue.owed")),
            Map.entry("queue.notify", Set.of("queue.lease", "queue.owed")),
            Map.entry("queue.enqueue", Set.of("queue.lease", "queue.notify", "queue.owed")),
            Map.entry("queue.override", Set.of("queue.notify", "queue.owed", "queue.settle")),
            Map.entry("queue.settle", Set.of("queue.lease", "queue.owed", "queue.process")),
            Map.entry("queue.order", Set.of("queue.owed")),
            Map.entry("queue.position", Set.of("queue.notify", "queue.order", "queue.owed")),
            Map.entry("queue.body", Set.of("queue.order", "queue.owed")),
            Map.entry("queue.packed", Set.of("queue.notify", "queue.owed")),
            Map.entry(
                    "queue.backlog",
                    Set.of(
                            "queue.body",
                            "queue.lease",
                            "queue.notify",
                            "queue.order",
                            "queue.owed",
                            "queue.packed",
                            "queue.position",
                            "queue.settle")),
            Map.entry("intake", Set.of("event", "filter", "queue", "store", "subscription", "trace")),
            Map.entry("publish", Set.of("api", "event", "intake", "trace")),
            Map.entry("capture", Set.of("event", "pgoutput")),
            Map.entry(
                    "replication",
                    Set.of(
                            "api",
                            "capture",
                            "event",
                            "filter",
                            "intake",
                            "liveness",
                            "pgoutput",
                            "retry",
                            "store",
                            "subscription",
                            "terminal")),
            Map.entry("template", Set.of()),
            Map.entry("template.expression", Set.of()),
            Map.entry("shape", Set.of("event", "template")),
            Map.entry("target", Set.of("event", "shape")),
            Map.entry("target.credential", Set.of()),
            Map.entry("webhook", Set.of("event", "shape", "target", "template", "trace")),
            Map.entry("mail", Set.of("event", "message", "shape", "target", "webhook")),
            Map.entry("kafka", Set.of("shape", "target", "trace", "webhook")),
            Map.entry("webhook.answer", Set.of()),
            Map.entry("webhook.connection", Set.of("webhook.answer", "webhook.guard")),
            Map.entry("webhook.guard", Set.of()),
            Map.entry("webhook.token", Set.of("webhook.answer", "webhook.connection", "webhook.guard")),
            Map.entry("message", Set.of()),
            Map.entry("chat", Set.of("message", "shape", "target", "webhook")),
            Map.entry("sms", Set.of("message", "shape", "target", "webhook")),
            Map.entry("attempt", Set.of("api", "event", "queue", "store")),
            Map.entry(
                    "dispatch",
                    Set.of(
                            "api",
                            "attempt",
                            "event",
                            "intake",
                            "liveness",
                            "queue.backlog",
                            "queue.owed",
                            "queue.settle",
                            "retry",
                            "shape",
                            "subscription",
                            "target")),
            Map.entry("dispatch.outcome", Set.of()),
            Map.entry("dispatch.lane", Set.of("dispatch.outcome")),
            Map.entry("dispatch.send", Set.of("dispatch.outcome")),
            Map.entry("delivery", Set.of("api", "attempt", "event", "queue", "store")),
            Map.entry(
                    "preview",
                    Set.of("api", "delivery", "dispatch.send", "event", "filter", "subscription", "target", "webhook")),
            Map.entry(
                    "backfill",
                    Set.of(
                            "api",
                            "capture",
                            "event",
                            "job",
                            "pgoutput",
                            "queue.override",
                            "replication",
                            "store",
                            "subscription")),
            Map.entry("backfill.condition", Set.of()),
            Map.entry("backfill.table", Set.of("backfill.condition")),
            Map.entry("job", Set.of("api", "event", "liveness", "store")),
            Map.entry("replay", Set.of("api", "event", "filter", "job", "queue.override", "store", "subscription")),
            Map.entry("catchup", Set.of("api", "job", "replay", "subscription")),
            Map.entry("upkeep", Set.of("event", "intake", "liveness", "queue", "store")),
            Map.entry(
                    "status",
                    Set.of("api", "event", "liveness", "pgoutput", "queue.lookup", "replication", "store", "tally")),
            Map.entry("doctor", Set.of("api", "event", "pgoutput", "replication", "store", "subscription")),
            Map.entry("demo", Set.of("api", "event", "store")),
            Map.entry("embedded", Set.of("store")),
            Map.entry("page", Set.of("access", "api", "dispatch.outcome", "event", "retry")),
            Map.entry("page.content", Set.of()),
            Map.entry("page.delivery", Set.of("page", "page.content", "page.story")),
            Map.entry("page.event", Set.of("page", "page.content")),
            Map.entry("page.story", Set.of()),
            Map.entry("page.admin", Set.of("page")),
            Map.entry("page.now", Set.of("page")),
            Map.entry("page.inbox", Set.of("page", "page.content")),
            Map.entry("page.source", Set.of("page")),
            Map.entry("page.start", Set.of("page", "page.content")),
            Map.entry("page.subscription", Set.of("page", "page.content")),
            Map.entry("receiver", Set.of("terminal", "webhook")),
            Map.entry("source", Set.of("api", "doctor", "event", "replication", "store", "subscription")),
            Map.entry("inbox", Set.of("access", "api", "event", "subscription")),
            Map.entry(
                    "command",
                    Set.of(
                            "api",
                            "demo",
                            "doctor",
                            "edge",
                            "embedded",
                            "heap",
                            "mail",
                            "retry",
                            "store",
                            "subscription",
                            "terminal",
                            "trace",
                            "webhook")),
            Map.entry(
                    "replication.catalog",
                    Set.of(
                            "replication.position",
                            "replication.publication",
                            "replication.source",
                            "replication.state",
                            "replication.stream")),
            Map.entry("replication.connection", Set.of()),
            Map.entry(
                    "replication.coverage",
                    Set.of("replication.publication", "replication.source", "replication.state", "replication.table")),
            Map.entry("replication.position", Set.of("replication.state")),
            Map.entry(
                    "replication.publication", Set.of("replication.source", "replication.state", "replication.table")),
            Map.entry(
                    "replication.publisher",
                    Set.of(
                            "replication.coverage",
                            "replication.position",
                            "replication.publication",
                            "replication.slot",
                            "replication.source",
                            "replication.state",
                            "replication.table")),
            Map.entry("replication.slot", Set.of("replication.source", "replication.state")),
            Map.entry("replication.source", Set.of("replication.connection")),
            Map.entry("replication.state", Set.of()),
            Map.entry(
                    "replication.stream",
                    Set.of(
                            "replication.connection",
                            "replication.position",
                            "replication.source",
                            "replication.state",
                            "replication.trouble")),
            Map.entry("replication.trouble", Set.of("replication.position", "replication.source", "replication.state")),
            Map.entry("replication.table", Set.of("replication.source")),
            Map.entry("capture.catalog", Set.of()),
            Map.entry("capture.format", Set.of("capture.catalog", "capture.json")),
            Map.entry("capture.json", Set.of()),
            Map.entry("capture.message", Set.of("capture.json")),
            Map.entry("capture.window", Set.of("capture.catalog")),
            Map.entry("doctor.check", Set.of()),
            Map.entry("doctor.cluster", Set.of("doctor.check", "doctor.server", "doctor.slot")),
            Map.entry("doctor.connection", Set.of("doctor.check")),
            Map.entry("doctor.publication", Set.of("doctor.check", "doctor.server")),
            Map.entry("doctor.server", Set.of()),
            Map.entry("doctor.slot", Set.of("doctor.check", "doctor.server", "doctor.store")),
            Map.entry("doctor.store", Set.of("doctor.check", "doctor.server")),
            Map.entry("access.audit", Set.of("access.key", "access.session")),
            Map.entry("access.browser", Set.of()),
            Map.entry("access.key", Set.of("access.limit")),
            Map.entry("access.limit", Set.of()),
            Map.entry("access.session", Set.of("access.key")),
            Map.entry("command.environment", Set.of()),
            Map.entry("command.setting", Set.of("command.environment")),
            Map.entry("command.start", Set.of("command.environment")),
            Map.entry("delivery.event", Set.of("delivery.state")),
            Map.entry("delivery.state", Set.of()),
            Map.entry("delivery.overview", Set.of("delivery.state")),
            Map.entry("status.health", Set.of()),
            Map.entry("status.meters", Set.of()),
            Map.entry("status.stats", Set.of()),
            Map.entry("status.trouble", Set.of("status.meters"))));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("nexus");

    @Test
    void aRoomImportsOnlyWhatTheTableAllows() {
        Set<String> rooms = new TreeSet<>(ROOMS.keySet());
        rooms.addAll(FOR_ALL);
        rooms.forEach(room -> {
            Set<String> allowed = allowed(room);
            String[] forbidden = rooms.stream()
                    .filter(other ->
                            !allowed.contains(other) && (isSibling(room, other) || !allowed.contains(around(other))))
                    .map(other -> "nexus." + other)
                    .toArray(String[]::new);
            noClasses()
                    .that(resideInAPackage("nexus." + room))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(forbidden))
                    .allowEmptyShould(true)
                    .check(CLASSES);
        });
    }

    private static Set<String> allowed(String room) {
        Set<String> allowed = new TreeSet<>(ROOMS.getOrDefault(room, Set.of()));
        allowed.add(room);
        if (!FOR_ALL.contains(room)) {
            allowed.addAll(FOR_ALL);
        }
        if (isWithin(room)) {
            allowed.addAll(ROOMS.get(around(room)));
        }
        return allowed;
    }

    private static boolean isSibling(String room, String other) {
        return isWithin(room) && around(room).equals(around(other));
    }

    private static boolean isWithin(String room) {
        return room.indexOf('.') > 0;
    }

    /** The room that another one lies in, itself when it lies in none. */
    private static String around(String room) {
        return isWithin(room) ? room.substring(0, room.indexOf('.')) : room;
    }

    @Test
    void theRootIsImportedByNobody() {
        noClasses()
                .that(resideInAPackage("nexus.."))
                .and()
                .doNotHaveFullyQualifiedName("nexus.Main")
                .should()
                .dependOnClassesThat(resideInAPackage("nexus"))
                .check(CLASSES);
    }

    @Test
    void everyPackageIsARoomOfTheTable() {
        assertThat(packages().keySet())
                .allMatch(room -> ROOMS.containsKey(room) || FOR_ALL.contains(room) || room.isEmpty());
        assertThat(ROOMS.keySet()).allMatch(room -> ROOMS.containsKey(around(room)));
    }

    /** Nobody finds her way in a room that is too full. */
    @Test
    void noRoomIsTooFull() {
        assertThat(packages()).allSatisfy((room, files) -> assertThat(files).hasSizeLessThanOrEqualTo(MOST_FILES));
    }

    private static Map<String, Set<String>> packages() {
        return CLASSES.stream()
                .filter(type -> type.getPackageName().startsWith("nexus"))
                .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
                .collect(groupingBy(
                        type -> type.getPackageName().replaceFirst("^nexus\\.?", ""),
                        TreeMap::new,
                        mapping(JavaClass::getName, toSet())));
    }

    @Test
    void noRoomsGoInCircles() {
        slices().matching("nexus.(*)..").should().beFreeOfCycles().check(CLASSES);
        slices().matching("nexus.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    /** Which rows there are, and where they lie, is for the queue to know. */
    @Test
    void theRestKnowsNothingOfHowTheQueueKeepsDeliveries() {
        onlyKnowsOfTheQueue(
                "nexus.dispatch..",
                "backlog\\.\\w+|owed\\.(Ready|OwedDelivery|OwedBody)|settle\\.(Outcome|DeadReason)");
        onlyKnowsOfTheQueue(
                "nexus.intake..",
                "enqueue\\.\\w+|notify\\.(LiveLanes|OwedRows|OwedSignal)|owed\\.OwedBody|process\\.ProcessLock");
        String found = "lookup\\.\\w+|owed\\.DeliveryKey|settle\\.HistoryRows";
        onlyKnowsOfTheQueue("nexus.attempt..", found);
        onlyKnowsOfTheQueue("nexus.delivery..", found + "|override\\.(DeliveryOverride|PayloadErasure)");
        onlyKnowsOfTheQueue("nexus.status..", "lookup\\.\\w+");
        onlyKnowsOfTheQueue("nexus.upkeep..", "override\\.OwedExpiry");
    }

    private static void onlyKnowsOfTheQueue(String rooms, String values) {
        noClasses()
                .that(resideInAPackage(rooms))
                .should()
                .dependOnClassesThat(resideInAPackage("nexus.queue..")
                        .and(DescribedPredicate.not(nameMatching("nexus\\.queue\\.(" + values + ")(\\$.*)?"))))
                .orShould()
                .callMethodWhere(target(owner(assignableTo(OwedDelivery.class)))
                        .and(target(nameMatching("keySlice|place|key|otherKey|barrier|behind|due"))))
                .check(CLASSES);
    }

    /** What a checkpoint says is for its maker to know: intake compares it in the one statement that replaces it. */
    @Test
    void intakeDoesNotReadACheckpoint() {
        noClasses()
                .that(resideInAPackage("nexus.intake"))
                .and(DescribedPredicate.not(nameMatching("nexus\\.intake\\.(EventRepository|Checkpoint)")))
                .should()
                .callMethodWhere(target(owner(assignableTo(Checkpoint.class)))
                        .and(target(nameMatching("generation|before|after"))))
                .check(CLASSES);
    }

    /** A session that is made elsewhere would find what others put in the way of its functions and types. */
    @Test
    void sessionsOfPostgresAreMadeInOnePlace() {
        noClasses()
                .that()
                .haveNameNotMatching(
                        "nexus\\.store\\.(JdbcSessions|ReactiveSessions|SslOffer|StartMessage|PostgresUrl)(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.sql\\.(DriverManager|Driver)|org\\.postgresql\\.(Driver|ds\\..*)"
                        + "|io\\.vertx\\.pgclient\\.(PgBuilder|PgPool|PgConnectOptions)"
                        + "|io\\.vertx\\.sqlclient\\.(ClientBuilder|SqlConnectOptions)|io\\.agroal\\..*")
                .orShould()
                .callMethodWhere(target(owner(assignableTo(PgConnection.class))).and(target(name("connect"))))
                .check(CLASSES);
        noClasses()
                .that()
                .haveNameNotMatching("nexus\\.store\\.migration\\..*") // by JdbcSessions' pool
                .should()
                .dependOnClassesThat()
                .haveNameMatching("javax\\.sql\\..*|org\\.flywaydb\\..*|io\\.quarkus\\.(agroal|datasource)\\..*")
                .check(CLASSES);
    }

    @Test
    void namesSayWhatAThingIs() {
        classes()
                .should()
                .haveSimpleNameNotEndingWith("Impl")
                .andShould()
                .haveSimpleNameNotEndingWith("Manager")
                .andShould()
                .haveSimpleNameNotEndingWith("Helper")
                .andShould()
                .haveSimpleNameNotEndingWith("Util")
                .check(CLASSES);
    }
}
