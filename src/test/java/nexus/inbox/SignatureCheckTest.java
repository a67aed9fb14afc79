package nexus.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import nexus.inbox.SignatureCheck.Candidate;
import nexus.inbox.SignatureResult.Sender;
import nexus.inbox.SignatureResult.State;
import nexus.webhook.WebhookSigner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignatureCheckTest {
    private static final Instant NOW = Instant.parse("2026-01-31T18:20:43Z");
    private static final String ID = "0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11";
    private static final byte[] KEY = utf8("a key of a subscription");
    private static final byte[] BODY = utf8("{\"id\":1}");
    private static final Sender SENDER = new Sender(new UUID(0, 1), "orders");
    private static final List<Candidate> ONE = List.of(new Candidate(SENDER, List.of(KEY)));

    private final Map<String, String> headers = new HashMap<>();

    @Test
    void itFindsTheSignatureOfTheSenderWhateverThePartsOfTheBody() {
        Random random = new Random(21);
        for (int round = 0; round < 500; round++) {
            byte[] body = new byte[random.nextInt(3_000)];
            random.nextBytes(body);
            List<Candidate> candidates = IntStream.range(0, 1 + random.nextInt(5))
                    .mapToObj(i -> new Candidate(
                            new Sender(new UUID(1, i), "s" + i), List.of(utf8("key" + i), utf8("old" + i))))
                    .limit(SignatureCheck.MAX_KEYS / 2)
                    .toList();
            int signer = random.nextInt(candidates.size());
            boolean isOld = random.nextBoolean();
            sign(utf8((isOld ? "old" : "key") + signer), body, NOW);
            if (random.nextBoolean()) {
                headers.merge("webhook-signature", "v1,b3RoZXI= v1a,eA== ", (before, more) -> more + before);
            }
            SignatureCheck check = SignatureCheck.start(headers::get, candidates);
            for (int at = 0; at < body.length; ) {
                int next = Math.min(body.length, at + 1 + random.nextInt(700));
                check.update(Arrays.copyOfRange(body, at, next));
                at = next;
            }

            SignatureResult result = check.finish(NOW);

            assertThat(result.state()).isEqualTo(State.VERIFIED);
            assertThat(result.subscription()).contains(candidates.get(signer).sender());
        }
    }

    @ParameterizedTest
    @CsvSource({"-301, WRONG", "-300, VERIFIED", "0, VERIFIED", "300, VERIFIED", "301, WRONG"})
    void anOldOrFutureTimestampIsWrong(long seconds, State state) {
        sign(KEY, BODY, NOW.plusSeconds(seconds));

        assertThat(check(ONE).state()).isEqualTo(state);
        assertThat(check(ONE).subscription()).contains(SENDER);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            webhook-signature | v1,                                    | WRONG
            webhook-signature | ''                                     | WRONG
            webhook-signature | '          '                           | WRONG
            webhook-signature | v1a,AAAA                               | WRONG
            webhook-id        | another                                | WRONG
            webhook-timestamp | 1                                      | WRONG
            webhook-timestamp | 99999999999999999999999999999999999999 | WRONG
            webhook-timestamp | -1                                     | WRONG
            webhook-timestamp | NaN                                    | WRONG
            """)
    void anythingElseIsWrong(String header, String value, State state) {
        sign(KEY, BODY, NOW);
        headers.put(header, value);

        assertThat(check(ONE).state()).isEqualTo(state);
    }

    @Test
    void aTimestampThatIsSignedAndIsNoneIsWrong() {
        for (String timestamp : List.of("", "x", "1e3", "999999999999", "-5", "٥")) {
            headers.put("webhook-id", ID);
            headers.put("webhook-timestamp", timestamp);
            headers.put("webhook-signature", new WebhookSigner().signature(List.of(KEY), ID, timestamp, BODY));

            assertThat(check(ONE).state()).as(timestamp).isEqualTo(State.WRONG);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "webhook-signature, UNSIGNED, webhook-signature",
        "webhook-id, WRONG, webhook-id",
        "webhook-timestamp, WRONG, webhook-timestamp"
    })
    void aMissingHeaderIsNamed(String header, State state, String named) {
        sign(KEY, BODY, NOW);
        headers.remove(header);

        assertThat(check(ONE).state()).isEqualTo(state);
        assertThat(check(ONE).detail()).contains(named);
    }

    @Test
    void withoutASubscriptionNothingIsKnown() {
        sign(KEY, BODY, NOW);

        assertThat(check(List.of()).state()).isEqualTo(State.UNKNOWN);
        assertThat(check(List.of()).subscription()).isEqualTo(Optional.empty());
    }

    @Test
    void anotherBodyIsWrong() {
        sign(KEY, utf8("{\"id\":2}"), NOW);

        assertThat(check(ONE).state()).isEqualTo(State.WRONG);
        assertThat(check(ONE).isVerified()).isFalse();
    }

    private SignatureResult check(List<Candidate> candidates) {
        SignatureCheck check = SignatureCheck.start(headers::get, candidates);
        check.update(BODY);
        return check.finish(NOW);
    }

    private void sign(byte[] key, byte[] body, Instant at) {
        String timestamp = Long.toString(at.getEpochSecond());
        headers.put("webhook-id", ID);
        headers.put("webhook-timestamp", timestamp);
        headers.put("webhook-signature", new WebhookSigner().signature(List.of(key), ID, timestamp, body));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
