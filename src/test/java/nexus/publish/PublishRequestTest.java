package nexus.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import nexus.event.EventIdGenerator;
import nexus.event.IncomingEvent;
import nexus.event.Ordering;
import nexus.intake.IdempotencyClaim;
import nexus.notation.Sha256;
import nexus.testkit.FieldErrors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishRequestTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-31T18:20:43.400987Z"), ZoneOffset.UTC);
    private static final Duration RETENTION = Duration.ofDays(30);
    private static final String UUID_ID = "0199AAAA-0000-7000-8000-00000000000F";

    private final PublishRequest.Reader reader =
            new PublishRequest.Reader(new EventIdGenerator(CLOCK, new Random(1)), CLOCK, RETENTION);

    @Test
    void dataAndMetadataAreKeptDigitForDigit() {
        IncomingEvent event = one("{\"type\":\"user.created\",\"data\":{ \"n\" : 1.50e+2,\"t\":\"\\u00e9\" },"
                        + "\"metadata\":{\"a\":-0}}")
                .events()
                .getFirst();
        assertThat(event.body().bytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"id\":\"" + event.id()
                        + "\",\"type\":\"user.created\",\"createdAt\":\"2026-01-31T18:20:43.400Z\",\"payload\":{\"data\":"
                        + "{ \"n\" : 1.50e+2,\"t\":\"\\u00e9\" },\"metadata\":{\"a\":-0}}}");
        assertThat(event.storedAlways()).isTrue();
        assertThat(event.ordering()).isEqualTo(Ordering.NONE);
    }

    @Test
    void whatIsNotSaidHasItsDefault() {
        PublishRequest request = one("{\"type\":\"a\",\"data\":{}}");
        assertThat(request.claims()).isEmpty();
        assertThat(request.events().getFirst().body().bytes()).asString().contains("\"data\":{},\"metadata\":{}}}");
    }

    @Test
    void aTimeAndAnOrderingKeyAreTaken() {
        IncomingEvent event = one("{\"type\":\"a\",\"data\":{},\"createdAt\":\"2025-01-01T01:00:00.1239+01:00\","
                        + "\"orderingKey\":\"k\"}")
                .events()
                .getFirst();
        assertThat(event.createdAt()).isEqualTo(Instant.parse("2025-01-01T00:00:00.123Z"));
        assertThat(event.ordering()).isEqualTo(Ordering.published("k"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/type        | {\"data\":{}}",
                "/type        | {\"type\":\"\",\"data\":{}}",
                "/type        | {\"type\":\"a b\",\"data\":{}}",
                "/type        | {\"type\":\"pg.public.t.insert\",\"data\":{}}",
                "/type        | {\"type\":\"nexus.x\",\"data\":{}}",
                "/data        | {\"type\":\"a\"}",
                "/data        | {\"type\":\"a\",\"data\":null}",
                "/data        | {\"type\":\"a\",\"data\":[]}",
                "/data        | {\"type\":\"a\",\"data\":\"{}\"}",
                "/metadata    | {\"type\":\"a\",\"data\":{},\"metadata\":7}",
                "/createdAt   | {\"type\":\"a\",\"data\":{},\"createdAt\":\"yesterday\"}",
                "/createdAt   | {\"type\":\"a\",\"data\":{},\"createdAt\":\"2025-01-01T00:00:00\"}",
                "/createdAt   | {\"type\":\"a\",\"data\":{},\"createdAt\":1735689600}",
                "/createdAt   | {\"type\":\"a\",\"data\":{},\"createdAt\":\"1969-01-01T00:00:00Z\"}",
                "/eventId     | {\"type\":\"a\",\"data\":{},\"eventId\":\"\"}",
                "/eventId     | {\"type\":\"a\",\"data\":{},\"eventId\":5}",
                "/orderingKey | {\"type\":\"a\",\"data\":{},\"orderingKey\":\"\"}",
                "/orderingKey | {\"type\":\"a\",\"data\":{},\"orderingKey\":\"\\u0000\"}",
                "/payload     | {\"type\":\"a\",\"data\":{},\"payload\":{}}"
            })
    void oneWrongFieldIsNamed(String pointer, String body) {
        assertThat(FieldErrors.of(() -> one(body))).containsExactly(pointer);
    }

    @Test
    void theHeadersKeyIsKeptForADayAndCoversTheWholeBody() {
        String body = "{\"type\":\"a\",\"data\":{}} ";
        assertThat(reader.one(bytes(body), Optional.of("k"), "me").claims())
                .containsExactly(new IdempotencyClaim(
                        "me", "k", Sha256.hex(bytes(body)), Duration.ofHours(24), 0, 1, false, "Idempotency-Key"));
    }

    @Test
    void anEventIdIsKeptAsLongAsEventsAndAUuidBecomesTheEventsId() {
        PublishRequest plain = one("{\"type\":\"a\",\"data\":{},\"eventId\":\"signup 1\"}");
        assertThat(plain.claims().getFirst())
                .returns("signup 1", IdempotencyClaim::key)
                .returns(RETENTION, IdempotencyClaim::keptFor)
                .returns(false, IdempotencyClaim::isEventId)
                .returns("/eventId", IdempotencyClaim::pointer);
        PublishRequest uuid = one("{\"type\":\"a\",\"data\":{},\"eventId\":\"" + UUID_ID + "\"}");
        assertThat(uuid.events().getFirst().id()).hasToString(UUID_ID.toLowerCase(Locale.ROOT));
        assertThat(uuid.claims().getFirst())
                .returns(UUID_ID.toLowerCase(Locale.ROOT), IdempotencyClaim::key)
                .returns(true, IdempotencyClaim::isEventId);
    }

    @Test
    void headerAndEventIdMustBeEqual() {
        byte[] body = bytes("{\"type\":\"a\",\"data\":{},\"eventId\":\"x\"}");
        assertThat(reader.one(body, Optional.of("x"), "me").claims()).hasSize(1);
        assertThat(FieldErrors.of(() -> reader.one(body, Optional.of("y"), "me")))
                .containsExactly("/eventId");
    }

    @Test
    void aBatchKeepsItsOrderAndHasOneClaimForAllAndOneForEachId() {
        String body = "{\"events\":[{\"type\":\"a\",\"data\":{},\"eventId\":\"x\"}, {\"type\":\"b\",\"data\":{}},"
                + "{\"type\":\"c\",\"data\":{},\"eventId\":\"y\"}]}";
        PublishRequest request = reader.batch(bytes(body), Optional.of("all"), "me");
        assertThat(request.events()).extracting(event -> event.type().value()).containsExactly("a", "b", "c");
        assertThat(request.claims())
                .containsExactly(
                        new IdempotencyClaim(
                                "me",
                                "all",
                                Sha256.hex(bytes(body)),
                                Duration.ofHours(24),
                                0,
                                3,
                                false,
                                "Idempotency-Key"),
                        new IdempotencyClaim(
                                "me",
                                "x",
                                Sha256.hex(bytes("{\"type\":\"a\",\"data\":{},\"eventId\":\"x\"}")),
                                RETENTION,
                                0,
                                1,
                                false,
                                "/events/0/eventId"),
                        new IdempotencyClaim(
                                "me",
                                "y",
                                Sha256.hex(bytes("{\"type\":\"c\",\"data\":{},\"eventId\":\"y\"}")),
                                RETENTION,
                                2,
                                1,
                                false,
                                "/events/2/eventId"));
    }

    @Test
    void aKeyTwiceInOneBatchIsRefused() {
        assertThat(FieldErrors.of(() -> batch("{\"events\":[{\"type\":\"a\",\"data\":{},\"eventId\":\"x\"},"
                        + "{\"type\":\"a\",\"data\":{},\"eventId\":\"x\"}]}")))
                .containsExactly("/events/1/eventId");
    }

    @Test
    void aBatchHasOneToAThousandEventsAndNamesThoseThatAreWrong() {
        assertThat(FieldErrors.of(() -> batch("{}"))).containsExactly("/events");
        assertThat(FieldErrors.of(() -> batch("{\"events\":[]}"))).containsExactly("/events");
        assertThat(FieldErrors.of(() -> batch("{\"events\":[" + "{},".repeat(1_000) + "{}]}")))
                .containsExactly("/events");
        assertThat(FieldErrors.of(
                        () -> batch("{\"events\":[{\"type\":\"a\",\"data\":{}},{\"type\":\"a\",\"x\":1},7]}")))
                .containsExactly("/events/2", "/events/1/data", "/events/1/x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"abc|abc", "\"abc\"|abc", "\"a\\\"b\\\\c\"|a\"b\\c", "a\"b|a\"b"})
    void aKeyMayBeBareOrQuoted(String header, String key) {
        assertThat(IdempotencyKey.parse(List.of(header))).contains(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\"\"", "\"abc", "a b", "\"a b\"", "é", "\""})
    void aHeaderThatIsNoKeyIsRefused(String header) {
        assertThat(FieldErrors.of(() -> IdempotencyKey.parse(List.of(header)))).containsExactly("Idempotency-Key");
    }

    @Test
    void aKeyOf256CharactersOrTwoHeadersAreRefused() {
        assertThat(IdempotencyKey.parse(List.of("k".repeat(255)))).isPresent();
        assertThat(FieldErrors.of(() -> IdempotencyKey.parse(List.of("k".repeat(256)))))
                .containsExactly("Idempotency-Key");
        assertThat(FieldErrors.of(() -> IdempotencyKey.parse(List.of("a", "a"))))
                .containsExactly("Idempotency-Key");
    }

    private PublishRequest one(String body) {
        return reader.one(bytes(body), Optional.empty(), "me");
    }

    private PublishRequest batch(String body) {
        return reader.batch(bytes(body), Optional.empty(), "me");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
