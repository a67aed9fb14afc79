package nexus.shape;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.provider.EventFormatProvider;
import io.cloudevents.jackson.JsonFormat;
import io.vertx.core.buffer.Buffer;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import nexus.event.EventId;
import nexus.event.EventType;
import org.junit.jupiter.api.Test;

class FormatsTest {
    private static final EventType ROW = new EventType("pg.public.orders.update");
    private static final EventType PUBLISHED = new EventType("user.created");
    private static final EventId ID = new EventId(UUID.fromString("0199a3c4-7f6e-7b3a-9c51-2d1f6a0b8e11"));
    private static final String ROW_BODY =
            ColumnsTest.body("{\"id\":9007199254740993,\"total\":1.10}", "{\"id\":1}", "[\"id\"]", "[]");
    private static final String PUBLISHED_BODY = "{\"id\":\"" + ID + "\",\"type\":\"user.created\","
            + "\"createdAt\":\"2026-01-31T18:20:43.400Z\",\"payload\":{\"data\":{\"n\":1.10},\"metadata\":{\"a\":1}}}";

    private final Shaper shaper = new Shaper(() -> new MaskKey(new byte[32]));

    @Test
    void standardHasTypeTimestampAndData() {
        assertThat(sent(ContentFormat.STANDARD, PUBLISHED, PUBLISHED_BODY))
                .isEqualTo(
                        "{\"type\":\"user.created\",\"timestamp\":\"2026-01-31T18:20:43.400Z\",\"data\":{\"n\":1.10}}");
        assertThat(sent(ContentFormat.STANDARD, ROW, ROW_BODY))
                .startsWith("{\"type\":\"pg.public.orders.update\",\"timestamp\":\"2026-01-31T18:20:43.400Z\","
                        + "\"data\":{\"type\":\"UPDATE\"")
                .contains("\"total\":1.10")
                .doesNotContain("metadata");
    }

    @Test
    void cloudEventsAreReadByTheirOwnLibrary() throws Exception {
        CloudEvent row = cloudEvent(ROW, ROW_BODY);
        assertThat(row.getId()).isEqualTo(ID.toString());
        assertThat(row.getType()).isEqualTo("pg.public.orders.update");
        assertThat(row.getSource()).hasToString("/shop%201/public/orders");
        assertThat(row.getTime()).isEqualTo(OffsetDateTime.parse("2026-01-31T18:20:43.400Z"));
        assertThat(row.getDataContentType()).isEqualTo("application/json");
        JsonNode data = new ObjectMapper().readTree(data(row));
        assertThat(data.at("/record/id").asText()).isEqualTo("9007199254740993");
        assertThat(data.at("/schema").asText()).isEqualTo("public");

        CloudEvent published = cloudEvent(PUBLISHED, PUBLISHED_BODY);
        assertThat(published.getSource()).hasToString("/nexus");
        assertThat(new ObjectMapper().readTree(data(published)).at("/n").asText())
                .isEqualTo("1.1");
    }

    private static byte[] data(CloudEvent event) {
        return Objects.requireNonNull(event.getData()).toBytes();
    }

    private CloudEvent cloudEvent(EventType type, String body) {
        Parcel parcel = parcel(Form.DEFAULT.with(ContentFormat.CLOUDEVENTS), type, body);
        assertThat(parcel.contentType()).hasToString("application/cloudevents+json");
        return Objects.requireNonNull(EventFormatProvider.getInstance().resolveFormat(JsonFormat.CONTENT_TYPE))
                .deserialize(parcel.body().getBytes());
    }

    @Test
    void supabaseHasTheOperationAndTheRows() {
        assertThat(sent(ContentFormat.SUPABASE, ROW, ROW_BODY))
                .isEqualTo("{\"type\":\"UPDATE\",\"table\":\"orders\",\"schema\":\"public\","
                        + "\"record\":{\"id\":9007199254740993,\"total\":1.10},\"old_record\":{\"id\":1}}");
        assertThat(sent(ContentFormat.SUPABASE, PUBLISHED, PUBLISHED_BODY))
                .isEqualTo("{\"type\":\"user.created\",\"table\":null,\"schema\":null,"
                        + "\"record\":{\"n\":1.10},\"old_record\":null}");
    }

    @Test
    void everyFormatShowsMaskedRowsAlone() {
        Columns columns = new Columns(Optional.empty(), Map.of("total", Mask.REDACT));
        for (ContentFormat format : ContentFormat.values()) {
            Form form = Form.DEFAULT.with(columns).with(format);
            assertThat(parcel(form, ROW, ROW_BODY).body().toString())
                    .as(format.apiName())
                    .contains("\"total\":\"***\"")
                    .doesNotContain("1.10");
            assertThat(parcel(form, PUBLISHED, PUBLISHED_BODY).body().toString())
                    .as("a published event is no row")
                    .contains("1.10");
        }
    }

    @Test
    void whatIsNoEventHasNoForm() {
        for (ContentFormat format : ContentFormat.values()) {
            if (format != ContentFormat.DEFAULT) {
                assertThat(shaper.shape(Form.DEFAULT.with(format), ID, ROW, Buffer.buffer("{\"id\":1}")))
                        .isInstanceOf(Unshapable.class);
            }
        }
    }

    private String sent(ContentFormat format, EventType type, String body) {
        return parcel(Form.DEFAULT.with(format), type, body).body().toString();
    }

    private Parcel parcel(Form form, EventType type, String body) {
        return (Parcel) shaper.shape(form, ID, type, Buffer.buffer(body));
    }
}
