package nexus.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import nexus.inbox.SignatureResult.Sender;
import nexus.inbox.SignatureResult.State;
import nexus.testkit.Configs;
import org.junit.jupiter.api.Test;

class InboxesTest {
    private static final SignatureResult UNSIGNED = new SignatureResult(State.UNSIGNED, "", Optional.empty());
    private static final SignatureResult VERIFIED =
            new SignatureResult(State.VERIFIED, "", Optional.of(new Sender(new UUID(0, 1), "s")));
    private static final ChosenReply FAILING =
            new ChosenReply(new Reply.Status(500, Optional.empty(), Duration.ZERO), Optional.empty());
    private static final InboxAddress OURS = new InboxAddress("ours");

    private final Inboxes inboxes = inboxes(10, 20);

    @Test
    void nothingGrowsWithoutBound() {
        Random random = new Random(21);
        for (int i = 0; i < 20_000; i++) {
            int name = random.nextInt(40);
            receive(address("n" + name), random.nextInt(8) == 0 ? 20_000 : random.nextInt(200), UNSIGNED);
        }

        assertThat(inboxes.all()).hasSizeLessThanOrEqualTo(10);
        long bytes = 0;
        for (InboxView view : inboxes.all()) {
            long own = view.requests().stream().mapToLong(InboxRequest::bytes).sum();
            assertThat(view.requests()).hasSizeLessThanOrEqualTo(20);
            assertThat(own <= 65_536 / 4 || view.requests().size() == 1).isTrue();
            bytes += own;
        }
        assertThat(bytes).isLessThanOrEqualTo(65_536);
    }

    @Test
    void theNewestRequestsAreKeptNewestFirstAndTheirNumbersGoOn() {
        for (int i = 0; i < 50; i++) {
            receive(OURS, 1, UNSIGNED);
        }

        assertThat(inboxes.view(OURS).received()).isEqualTo(50);
        assertThat(inboxes.view(OURS).requests().stream().map(InboxRequest::number))
                .containsExactlyElementsOf(IntStream.iterate(50, n -> n > 30, n -> n - 1)
                        .mapToObj(Long::valueOf)
                        .toList());
    }

    @Test
    void strangersDoNotDisplaceWhatASubscriptionHasSent() {
        receive(OURS, 10, VERIFIED);
        inboxes.choose(address("chosen"), FAILING);
        for (int i = 0; i < 1_000; i++) {
            receive(address("stranger-" + i), 10_000, UNSIGNED);
        }

        assertThat(inboxes.view(OURS).requests()).hasSize(1);
        assertThat(inboxes.view(address("chosen")).chosen()).isEqualTo(FAILING);
    }

    @Test
    void whenAllAreTrustedTheOneUnusedForLongestMakesRoom() {
        for (int i = 0; i < 12; i++) {
            receive(address("trusted-" + i), 10, VERIFIED);
        }

        assertThat(inboxes.all().stream().map(view -> view.address().name()))
                .hasSize(10)
                .doesNotContain("trusted-0", "trusted-1")
                .startsWith("trusted-11");
    }

    @Test
    void aChosenReplyHoldsForItsRequests() {
        inboxes.choose(OURS, new ChosenReply(FAILING.reply(), Optional.of(2)));

        assertThat(List.of(inboxes.takeReply(OURS), inboxes.takeReply(OURS), inboxes.takeReply(OURS)))
                .containsExactly(FAILING.reply(), FAILING.reply(), Reply.ok());
    }

    @Test
    void anInboxThatIsClearedIsLikeANewOne() {
        receive(OURS, 10, VERIFIED);
        inboxes.choose(OURS, FAILING);
        inboxes.clear(OURS);

        assertThat(inboxes.view(OURS)).isEqualTo(new InboxView(OURS, ChosenReply.OK, 0, List.of()));
        assertThat(inboxes.all()).isEmpty();
    }

    @Test
    void lookingMakesNoInbox() {
        inboxes.view(OURS);

        assertThat(inboxes.all()).isEmpty();
    }

    @Test
    void watchersLearnOfEachChangeUntilTheyLeave() {
        List<InboxAddress> seen = new ArrayList<>();
        Runnable leave = inboxes.watch(seen::add);
        receive(OURS, 1, UNSIGNED);
        inboxes.choose(OURS, FAILING);
        inboxes.clear(OURS);
        leave.run();
        receive(OURS, 1, UNSIGNED);

        assertThat(seen).containsExactly(OURS, OURS, OURS);
    }

    @Test
    void memoryForBodiesThatArriveIsBounded() {
        assertThat(inboxes.reserve(60_000)).isTrue();
        assertThat(inboxes.reserve(10_000)).isFalse();
        inboxes.release(60_000);
        assertThat(inboxes.reserve(10_000)).isTrue();
    }

    private static Inboxes inboxes(int most, int requests) {
        return new Inboxes(Configs.of(
                InboxConfig.class,
                "nexus.inbox.enabled=true",
                "nexus.inbox.inboxes=" + most,
                "nexus.inbox.requests=" + requests,
                "nexus.inbox.max-bytes=65536"));
    }

    private void receive(InboxAddress address, int bytes, SignatureResult signature) {
        inboxes.receive(
                address,
                number -> new InboxRequest(
                        number,
                        Instant.EPOCH,
                        "POST",
                        address.path(),
                        List.of(),
                        Buffer.buffer(new byte[bytes]),
                        bytes,
                        signature,
                        Reply.ok()));
    }

    private static InboxAddress address(String name) {
        return new InboxAddress(name);
    }
}
