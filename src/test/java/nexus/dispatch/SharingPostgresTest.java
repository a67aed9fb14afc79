package nexus.dispatch;

import static nexus.testkit.Eventually.eventually;
import static nexus.testkit.ScriptedReceiver.hang;
import static nexus.testkit.ScriptedReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.event.EventId;
import nexus.event.Ordering;
import nexus.store.Store;
import nexus.testkit.OpenTransaction;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.ScriptedReceiver.Received;
import nexus.testkit.SubscriptionRows;
import nexus.testkit.TestPostgres;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several processes on one store: who delivers what, and what becomes of it when one comes, leaves or falls silent. */
class SharingPostgresTest {
    private static final String[] QUICK = {"nexus.lease.ttl=2s", "nexus.lease.valid=1s", "nexus.lease.beat=200ms"};
    private static final String[] NEVER_LOOKS = {"nexus.delivery.poll=1h", "nexus.delivery.sweep=1h"};

    private final String url = TestPostgres.freshStore();
    private final Store store = new Store(TestPostgres.vertx(), TestPostgres.storeConfig(url));
    private final ScriptedReceiver receiver = ScriptedReceiver.start();
    private final List<DeliveringProcess> processes = new ArrayList<>();

    @AfterEach
    void close() {
        processes.forEach(DeliveringProcess::close);
        receiver.close();
        store.close();
    }

    @Test
    void twoProcessesShareTheLanesAndWhatOneTakesTheOtherDeliversAtOnce() {
        subscribe(40); // more than half of the shards: each process has some
        DeliveringProcess one = start("one", NEVER_LOOKS);
        start("two", NEVER_LOOKS);
        eventually("they share", () -> shares().equals(List.of("32", "32")));

        for (int i = 0; i < 10; i++) {
            one.publish("order.paid", new Ordering.Key(i % 5));
        }

        receiver.await(400);
        awaitNothingOwed();
        assertThat(receiver.received()).hasSize(400);
        Map<String, Set<String>> sendersByPath = receiver.received().stream()
                .collect(Collectors.groupingBy(
                        Received::pathAndQuery,
                        Collectors.mapping(received -> received.header("User-Agent"), Collectors.toSet())));
        assertThat(sendersByPath.values())
                .allSatisfy(senders -> assertThat(senders).hasSize(1));
        assertThat(sendersByPath.values().stream().flatMap(Set::stream).distinct())
                .containsExactlyInAnyOrder("nexus/one", "nexus/two");
    }

    @Test
    void whoJoinsGetsItsPartWithoutInterruptingWhatIsUnderWay() {
        subscribe(6);
        DeliveringProcess one = start("one");
        receiver.always(ignored -> status(200).after(Duration.ofMillis(40)));
        Map<Integer, List<String>> published = new LinkedHashMap<>();
        for (int i = 0; i < 60; i++) {
            publish(one, i, published);
        }
        receiver.await(20);

        DeliveringProcess two = start("two");
        eventually("they share", () -> shares().equals(List.of("32", "32")));
        for (int i = 60; i < 120; i++) {
            publish(i % 2 == 0 ? one : two, i, published);
        }
        eventually("both deliver", () -> senders().size() == 2);
        DeliveringProcess three = start("three");
        eventually("all three share", () -> shares().equals(List.of("21", "21", "22")));
        two.leave(Duration.ofSeconds(10));
        eventually("two share", () -> shares().equals(List.of("32", "32")));
        publish(three, 120, published);

        awaitNothingOwed();
        assertThat(receiver.received()).as("nothing is sent twice").hasSize(6 * 121);
        assertOrder(published);
    }

    @Test
    void aSilentProcessIsTakenOverAndWhatItOwedIsDelivered() {
        subscribe(1);
        TestPostgres.execute(
                url,
                "INSERT INTO nexus.process (id, epoch, beat) VALUES (77, 77, 5)",
                "UPDATE nexus.shard SET process = 77");
        DeliveringProcess one = start("one", QUICK);
        EventId id = one.publish("order.paid", Ordering.NONE);

        eventually("it is taken over", () -> one.meter("nexus.lease.takeovers") == 1);
        eventually(
                "all are owned", () -> query("SELECT count(*) FROM nexus.shard WHERE process IS NULL OR process = 77")
                        .equals(List.of("0")));
        assertThat(query("SELECT count(*) FROM nexus.process")).containsExactly("1");
        assertThat(receiver.await(1).getFirst().header("webhook-id")).isEqualTo(id.toString());
    }

    @Test
    void aProcessOfThisMachineThatHasEndedIsTakenOverAtOnce() throws IOException {
        subscribe(1);
        TestPostgres.execute(
                url,
                "INSERT INTO nexus.process (id, epoch, beat, backend_pid, backend_since, place)"
                        + " VALUES (77, 77, 5, pg_backend_pid(), now() - interval '1 day', '" + endedHere() + "')",
                "UPDATE nexus.shard SET process = 77");
        DeliveringProcess one = start("one", "nexus.lease.ttl=1h", "nexus.lease.valid=30m", "nexus.lease.beat=20m");
        EventId id = one.publish("order.paid", Ordering.NONE);

        assertThat(receiver.await(1).getFirst().header("webhook-id")).isEqualTo(id.toString());
        assertThat(query("SELECT count(*) FROM nexus.process")).containsExactly("1");
    }

    @Test
    void aProcessThatHasEndedHereKeepsItsShardsWhileTheServerHasItsConnection() throws Exception {
        try (Connection open = TestPostgres.connect(url);
                Statement statement = open.createStatement()) {
            statement.execute("INSERT INTO nexus.process (id, epoch, beat, backend_pid, backend_since, place)"
                    + " SELECT 77, 77, 5, pid, backend_start, '" + endedHere() + "' FROM pg_stat_activity"
                    + " WHERE pid = pg_backend_pid()");
            statement.execute("UPDATE nexus.shard SET process = 77");
            DeliveringProcess one = start("one", "nexus.lease.beat=100ms");
            eventually(
                    "it has looked",
                    () -> query("SELECT FROM nexus.process WHERE id <> 77 AND beat > 2")
                                    .size()
                            == 1);
            assertThat(one.meter("nexus.lease.takeovers")).isZero();
        }
        eventually("it has all", () -> shares().equals(List.of("64")));
    }

    /** Of this boot and namespace, with an id that the first process has, started at another time. */
    private static String endedHere() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip() + " "
                + Files.readSymbolicLink(Path.of("/proc/self/ns/pid")) + ","
                + Files.readSymbolicLink(Path.of("/proc/self/ns/time")) + " 1 -7 - - 0";
    }

    @Test
    void whoseShardsWereTakenAwayByHandStartsAnew() {
        DeliveringProcess one = start("one", QUICK);
        eventually("it has all", () -> shares().equals(List.of("64")));
        String before = query("SELECT epoch FROM nexus.process").getFirst();

        TestPostgres.execute(url, "UPDATE nexus.shard SET process = NULL WHERE shard = 3");

        eventually(
                "it has all again",
                () -> shares().equals(List.of("64"))
                        && !query("SELECT epoch FROM nexus.process").contains(before));
        eventually("it works on all", () -> one.meter("nexus.lease.shards") == 64);
    }

    @Test
    void shardsOfAProcessThatIsGoneAreFound() {
        TestPostgres.execute(url, "UPDATE nexus.shard SET process = 5");

        start("one", QUICK);

        eventually("it has all", () -> query("SELECT count(*) FROM nexus.shard WHERE process = 5")
                .equals(List.of("0")));
    }

    @Test
    void aTakeoverEndsASettlementThatHangsInItsTransaction() {
        TestPostgres.execute(
                url,
                "INSERT INTO nexus.process (id, epoch, beat) VALUES (77, 77, 5)",
                "UPDATE nexus.shard SET process = 77",
                "CREATE TABLE nexus.process_77_lock ()");
        try (OpenTransaction _ = OpenTransaction.at(url, "LOCK TABLE nexus.process_77_lock IN ROW SHARE MODE")) {

            DeliveringProcess one = start("one", QUICK);

            eventually("it is taken over", () -> one.meter("nexus.lease.takeovers") == 1);
        }
        assertThat(query("SELECT to_regclass('nexus.process_77_lock')")).containsExactly("null");
    }

    /** Else a run could be stored after its lane's next owner has looked for runs. */
    @Test
    void aShardIsNotGivenUpWhileIntakeReliesOnIt() {
        start("one", QUICK);
        eventually("it has all", () -> shares().equals(List.of("64")));
        try (OpenTransaction intake = OpenTransaction.at(url)) {
            String table =
                    "nexus.process_" + query("SELECT id FROM nexus.process").getFirst() + "_lock";
            intake.execute("LOCK TABLE " + table + " IN ROW SHARE MODE");

            start("two", QUICK);
            eventually(
                    "it waits",
                    () -> query("SELECT FROM pg_locks WHERE relation = '" + table + "'::regclass AND NOT granted"
                                            + " AND mode = 'ExclusiveLock'")
                                    .size()
                            == 1);

            assertThat(shares()).containsExactly("64");
        }
        eventually("they share", () -> shares().equals(List.of("32", "32")));
    }

    @Test
    void whoWasTakenOverIsRefusedAndJoinsAgain() {
        subscribe(1);
        DeliveringProcess one = start("one", "nexus.lease.beat=14s");
        // the notice of its own joining may come late: then it finds out by itself before anything is refused
        eventually("an outcome is refused", () -> {
            takeOverWhileSending(one);
            return one.meter("nexus.lease.settlements.refused") == 1;
        });
    }

    private void takeOverWhileSending(DeliveringProcess process) {
        receiver.clear();
        receiver.answer(status(200).after(Duration.ofMillis(300)));
        EventId id = process.publish("order.paid", Ordering.NONE);
        receiver.await(1);
        String before = query("SELECT epoch FROM nexus.process").getFirst();
        TestPostgres.execute(
                url, "DELETE FROM nexus.process", "UPDATE nexus.shard SET process = NULL"); // as a takeover does

        assertThat(receiver.await(2).get(1).header("webhook-id")).isEqualTo(id.toString());
        awaitNothingOwed();
        assertThat(query("SELECT DISTINCT attempts FROM nexus.delivery")).containsExactly("1");
        assertThat(query("SELECT epoch FROM nexus.process")).doesNotContain(before);
    }

    @Test
    void whoCannotConfirmItsLeaseCutsOffItsRequestsBeforeAnotherMayTakeOver() {
        subscribe(1);
        receiver.answer(hang());
        DeliveringProcess one = start("one", QUICK);
        EventId id = one.publish("order.paid", Ordering.NONE);
        receiver.await(1);
        String before = query("SELECT epoch FROM nexus.process").getFirst();
        try (OpenTransaction _ = OpenTransaction.at(url, "LOCK TABLE nexus.process IN ACCESS EXCLUSIVE MODE")) {
            eventually("it gives up", () -> one.meter("nexus.lease.shards") == 0);
        }

        assertThat(receiver.await(2).get(1).header("webhook-id")).isEqualTo(id.toString());
        awaitNothingOwed();
        assertThat(query("SELECT attempts FROM nexus.delivery")).containsExactly("1");
        assertThat(query("SELECT count(*) FROM nexus.attempt")).containsExactly("0");
        assertThat(query("SELECT epoch FROM nexus.process")).doesNotContain(before);
    }

    @Test
    void aBarrierAndKeysThatMoveStayInOrderWhileShardsChangeHands() {
        subscribe(3);
        receiver.always(ignored -> status(200).after(Duration.ofMillis(5)));
        DeliveringProcess one = start("one");
        List<String> published = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            Ordering ordering = i % 30 == 29
                    ? new Ordering.Barrier(99)
                    : i % 10 == 9 ? new Ordering.TwoKeys(1, 2) : new Ordering.Key(1 + i % 2);
            published.add(one.publish("order.paid", ordering).toString());
            if (i == 30) {
                start("two");
            }
        }
        awaitNothingOwed();
        assertThat(senders()).hasSize(2);

        arrivedByPath().values().forEach(arrived -> {
            assertThat(arrived).doesNotHaveDuplicates();
            for (int i = 9; i < 90; i += 10) { // each of these waits for all before it, and all behind it wait for it
                assertThat(Set.copyOf(arrived.subList(0, i))).isEqualTo(Set.copyOf(published.subList(0, i)));
                assertThat(arrived.get(i)).isEqualTo(published.get(i));
            }
        });
    }

    private void publish(DeliveringProcess by, int number, Map<Integer, List<String>> published) {
        int key = number % 4;
        EventId id = by.publish("order.paid", new Ordering.Key(key));
        published.computeIfAbsent(key, first -> new ArrayList<>()).add(id.toString());
    }

    private void assertOrder(Map<Integer, List<String>> published) {
        arrivedByPath().values().forEach(arrived -> published.values().forEach(expected -> assertThat(
                        arrived.stream().filter(expected::contains))
                .containsExactlyElementsOf(expected)));
    }

    private Map<String, List<String>> arrivedByPath() {
        return receiver.received().stream()
                .collect(Collectors.groupingBy(
                        Received::pathAndQuery,
                        Collectors.mapping(received -> received.header("webhook-id"), Collectors.toList())));
    }

    private Set<String> senders() {
        return receiver.received().stream()
                .map(received -> received.header("User-Agent"))
                .collect(Collectors.toSet());
    }

    private DeliveringProcess start(String name, String... settings) {
        DeliveringProcess process = new DeliveringProcess(url, name, settings);
        processes.add(process);
        return process;
    }

    private void subscribe(int lanes) {
        Stream.iterate(1, lane -> lane + 1)
                .limit(lanes)
                .forEach(lane -> SubscriptionRows.insert(store, "**", receiver.uri("/" + lane)));
    }

    private void awaitNothingOwed() {
        eventually("nothing is owed", () -> query("SELECT FROM nexus.owed UNION ALL SELECT FROM nexus.owed_run")
                .isEmpty());
    }

    /** Shards per process, the smallest first. */
    private List<String> shares() {
        return query("SELECT count(*) FROM nexus.shard WHERE process IS NOT NULL GROUP BY process ORDER BY 1");
    }

    private List<String> query(String sql) {
        return TestPostgres.query(url, sql);
    }
}
