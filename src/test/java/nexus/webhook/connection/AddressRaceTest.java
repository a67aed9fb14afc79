package nexus.webhook.connection;

import static nexus.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.ConnectException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import nexus.webhook.connection.AddressRace.Reached;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections are texts here, and each address has a promise of one: silent until it is kept. */
class AddressRaceTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final Context LOOP = VERTX.getOrCreateContext();
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Map<InetAddress, Promise<String>> promises = new ConcurrentHashMap<>();
    private final List<InetAddress> tried = new CopyOnWriteArrayList<>();
    private final List<String> givenBack = new CopyOnWriteArrayList<>();

    @AfterAll
    static void closeVertx() {
        VERTX.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        1.0.0.1                                     | none    | 1.0.0.1
        1.0.0.1 1.0.0.2                             | none    | 1.0.0.1 1.0.0.2
        2000::1 2000::2 1.0.0.1 1.0.0.2             | none    | 2000::1 1.0.0.1 2000::2 1.0.0.2
        1.0.0.1 1.0.0.2 1.0.0.3 2000::1             | none    | 1.0.0.1 2000::1 1.0.0.2 1.0.0.3
        2000::1 2000::2 1.0.0.1 1.0.0.2             | 1.0.0.2 | 1.0.0.2 2000::1 1.0.0.1 2000::2
        2000::1 1.0.0.1                             | 1.0.0.1 | 1.0.0.1 2000::1
        2000::1 1.0.0.1                             | 9.9.9.9 | 2000::1 1.0.0.1
        """)
    void theFamiliesTakeTurnsBehindTheOneThatWasReachedLast(String addresses, String preferred, String order) {
        assertThat(AddressRace.order(
                        addresses(addresses), preferred.equals("none") ? null : InetAddress.ofLiteral(preferred)))
                .isEqualTo(addresses(order));
    }

    @ParameterizedTest
    @CsvSource({"60000, 250", "15000, 250", "1000, 250", "400, 100", "250, 62", "40, 10", "1, 1", "0, 1", "-5, 1"})
    void theHeadStartLeavesTimeForOthers(long timeLeft, long headStart) {
        assertThat(AddressRace.headStart(Duration.ofMillis(timeLeft))).isEqualTo(Duration.ofMillis(headStart));
    }

    @Test
    void aSilentAddressCostsAHeadStart() {
        keep("1.0.0.3", "third");
        long before = System.nanoTime();

        Reached<String> reached = won(race(LONG, "1.0.0.1 1.0.0.2 1.0.0.3"));

        assertThat(reached).isEqualTo(new Reached<>(InetAddress.ofLiteral("1.0.0.3"), "third"));
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThanOrEqualTo(Duration.ofMillis(490));
        assertThat(tried).hasSize(3);
    }

    @Test
    void oneThatFailsHandsOnAtOnceAndTheOthersGoOn() {
        fail("1.0.0.1", new ConnectException());
        fail("1.0.0.3", new ConnectException());
        Future<Reached<String>> race = race(LONG, "1.0.0.1 1.0.0.2 1.0.0.3");
        eventually("all were tried", () -> tried.size() == 3);
        assertThat(race.isComplete()).isFalse();

        keep("1.0.0.2", "second");
        assertThat(won(race).connection()).isEqualTo("second");
    }

    @Test
    void whatConnectsBehindTheWinnerIsGivenBack() {
        Future<Reached<String>> race = race(LONG, "1.0.0.1 1.0.0.2");
        keep("1.0.0.2", "second");
        assertThat(won(race).connection()).isEqualTo("second");

        keep("1.0.0.1", "first");
        eventually("the loser is given back", () -> givenBack.equals(List.of("first")));
    }

    @Test
    void withinItsHeadStartTheFirstIsTheOnlyOne() {
        keep("1.0.0.1", "first");
        assertThat(won(race(LONG, "1.0.0.1 1.0.0.2")).connection()).isEqualTo("first");
        assertThat(tried).hasSize(1);
    }

    @Test
    void whenAllFailTheWordsAreThoseThatSayMost() {
        fail("1.0.0.1", new ConnectException("refused"));
        fail("1.0.0.2", new SSLException("no trust"));
        fail("1.0.0.3", new ConnectException("refused too"));
        assertThatThrownBy(() -> won(race(LONG, "1.0.0.1 1.0.0.2 1.0.0.3"))).hasRootCauseInstanceOf(SSLException.class);
        assertThatThrownBy(() -> won(race(LONG, "1.0.0.1 1.0.0.3")))
                .hasRootCauseInstanceOf(ConnectException.class)
                .hasMessageContaining("refused too");
    }

    @Test
    void aConnectorThatThrowsIsOneThatFails() {
        AddressRace<String> race = new AddressRace<>(
                VERTX,
                addresses("1.0.0.1 1.0.0.2"),
                LONG,
                address -> {
                    throw new IllegalStateException("closed");
                },
                givenBack::add);
        assertThatThrownBy(() -> won(race.run())).hasRootCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void aStrangersNameMayHaveManyAddressesButFewAttemptsAtOnceAndNotAllOfThem() {
        String many = IntStream.range(0, 100).mapToObj(i -> "1.0.0." + i).collect(Collectors.joining(" "));
        Future<Reached<String>> race = race(LONG, many);
        eventually("a few are under way", () -> tried.size() == 4);
        assertThat(race.isComplete()).isFalse();
        for (int i = 0; i < 100; i++) {
            fail("1.0.0." + i, new ConnectException("refused"));
        }
        assertThatThrownBy(() -> won(race)).hasRootCauseInstanceOf(ConnectException.class);
        assertThat(tried).hasSize(32);
    }

    private Future<Reached<String>> race(Duration timeLeft, String addresses) {
        Promise<Reached<String>> result = Promise.promise();
        LOOP.runOnContext(ignored -> new AddressRace<>(
                        VERTX,
                        addresses(addresses),
                        timeLeft,
                        address -> {
                            tried.add(address);
                            return promise(address).future();
                        },
                        givenBack::add)
                .run()
                .onComplete(result));
        return result.future();
    }

    private Promise<String> promise(InetAddress address) {
        return promises.computeIfAbsent(address, ignored -> Promise.promise());
    }

    private void keep(String address, String connection) {
        LOOP.runOnContext(ignored -> promise(InetAddress.ofLiteral(address)).tryComplete(connection));
    }

    private void fail(String address, Exception cause) {
        LOOP.runOnContext(ignored -> promise(InetAddress.ofLiteral(address)).tryFail(cause));
    }

    private static List<InetAddress> addresses(String literals) {
        return Stream.of(literals.split(" ")).map(InetAddress::ofLiteral).toList();
    }

    private static Reached<String> won(Future<Reached<String>> race) {
        return race.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }
}
