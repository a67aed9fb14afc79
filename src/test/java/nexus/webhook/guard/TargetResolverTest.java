package nexus.webhook.guard;

import static nexus.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import nexus.testkit.Configs;
import nexus.webhook.guard.LookupThreads.Shares;
import nexus.webhook.guard.TargetResolver.Resolution;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Names whose first label begins with {@code slow} are answered when the test ends, all others at once. */
class TargetResolverTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final InetAddress PUBLIC = InetAddress.ofLiteral("9.9.9.9");

    private final CountDownLatch slowServerAnswers = new CountDownLatch(1);
    private final AtomicInteger slowUnderWay = new AtomicInteger();
    private final AtomicInteger slowLookups = new AtomicInteger();
    private volatile boolean everybodyIsSlow;

    @AfterEach
    void end() {
        slowServerAnswers.countDown();
    }

    @AfterAll
    static void closeVertx() {
        VERTX.close();
    }

    @Test
    void aSlowNameServerGetsAShareAndOtherNamesAlwaysFindAThread() {
        TargetResolver resolver = resolver(Duration.ofSeconds(30), Shares.USUAL);
        List<Future<Resolution>> slow = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            slow.add(resolver.resolve("slow" + i + ".hooks.example"));
        }

        for (int i = 0; i < 200; i++) {
            assertThat(done(resolver.resolve("host" + i + ".other.example"))).isInstanceOf(Resolution.Open.class);
        }
        assertThat(slow).noneMatch(Future::isComplete);
        assertThat(slowUnderWay).hasValueLessThanOrEqualTo(Shares.USUAL.ofZone());
        slowServerAnswers.countDown();
        assertThat(slow).allMatch(one -> done(one) instanceof Resolution.Open);
    }

    @Test
    void manySlowDomainsLeaveThreadsToNamesThatAreKnownToBeQuick() {
        TargetResolver resolver =
                resolver(Duration.ofSeconds(30), new Shares(6, 4, 2, 4, 1000, 1000, Duration.ofMinutes(1)));
        done(resolver.resolve("quick.example"));
        for (int i = 0; i < 20; i++) {
            resolver.resolve("slow.domain" + i + ".example");
        }
        eventually("the slow ones have their share", () -> slowUnderWay.get() == 4);

        for (int i = 0; i < 3; i++) { // a judgement holds for no time here
            assertThat(done(resolver.resolve("quick.example"))).isInstanceOf(Resolution.Open.class);
        }
        assertThat(slowUnderWay).hasValue(4);
    }

    @Test
    void namesThatWereSlowHaveFewThreadsFromThenOn() {
        TargetResolver resolver =
                resolver(Duration.ofSeconds(30), new Shares(20, 20, 2, 20, 1000, 1000, Duration.ZERO));
        for (int i = 0; i < 10; i++) { // with no time at all each is slow
            done(resolver.resolve("host" + i + ".example"));
        }
        everybodyIsSlow = true;
        List<Future<Resolution>> again = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            again.add(resolver.resolve("host" + i + ".example"));
        }
        eventually("they have their share", () -> slowUnderWay.get() == 2);
        resolver.resolve("new.example");
        eventually("a new name is none of them", () -> slowUnderWay.get() == 3);

        slowServerAnswers.countDown();
        assertThat(again).allMatch(one -> done(one) instanceof Resolution.Open);
    }

    @Test
    void whoAsksForTheSameNameWaitsForTheSameLookup() {
        TargetResolver resolver = resolver(Duration.ofSeconds(30), Shares.USUAL);
        List<Future<Resolution>> asked = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            asked.add(resolver.resolve("slow.example"));
        }
        slowServerAnswers.countDown();

        assertThat(asked).allMatch(one -> done(one) instanceof Resolution.Open);
        assertThat(slowLookups).hasValue(1);
    }

    @Test
    void whoeverWaitsIsToldInTimeAndTheLateAnswerServesThoseWhoComeThen() {
        TargetResolver resolver = resolver(Duration.ofMillis(100), Shares.USUAL);
        assertThat(done(resolver.resolve("slow.example"))).isInstanceOf(Resolution.Late.class);
        assertThat(done(resolver.resolve("slow.example"))).isInstanceOf(Resolution.Late.class);
        assertThat(slowLookups).as("of one name, one at a time").hasValue(1);
        slowServerAnswers.countDown();

        eventually("it is answered", () -> done(resolver.resolve("slow.example")) instanceof Resolution.Open);
    }

    @Test
    void moreThanMayWaitAreToldAtOnce() {
        TargetResolver resolver =
                resolver(Duration.ofSeconds(30), new Shares(1, 1, 1, 1, 3, 10, Duration.ofSeconds(1)));
        for (int i = 0; i < 4; i++) {
            assertThat(resolver.resolve("slow" + i + ".example").isComplete()).isFalse();
        }
        assertThat(done(resolver.resolve("slow5.example"))).isInstanceOf(Resolution.Late.class);
        assertThat(done(resolver.resolve("8.8.8.8"))).isInstanceOf(Resolution.Open.class);
    }

    @Test
    void aLookupThatThrowsWhateverLeavesNobodyWaiting() {
        TargetResolver resolver = new TargetResolver(VERTX, TestWebhookConfig.of(Duration.ofSeconds(30), 10), host -> {
            throw new IllegalArgumentException(host);
        });
        assertThat(done(resolver.resolve("a.example"))).isInstanceOf(Resolution.Unknown.class);
        assertThat(done(resolver.resolve(""))).isInstanceOf(Resolution.Unknown.class);
        assertThat(done(resolver.resolve("1.2.3.4.5"))).isInstanceOf(Resolution.Unknown.class);
    }

    private TargetResolver resolver(Duration patience, Shares shares) {
        WebhookConfig config = Configs.of(
                WebhookConfig.class,
                "nexus.webhook.lookup-cache=0s",
                "nexus.webhook.timeout=" + patience.toMillis() + "ms");
        return new TargetResolver(VERTX, config, this::lookUp, shares);
    }

    private InetAddress[] lookUp(String host) throws UnknownHostException {
        if (everybodyIsSlow || host.startsWith("slow")) {
            slowLookups.incrementAndGet();
            slowUnderWay.incrementAndGet();
            try {
                slowServerAnswers.await();
            } catch (InterruptedException e) {
                throw new UnknownHostException(host);
            } finally {
                slowUnderWay.decrementAndGet();
            }
        }
        return new InetAddress[] {PUBLIC};
    }

    private static Resolution done(Future<Resolution> resolution) {
        try {
            return resolution.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
