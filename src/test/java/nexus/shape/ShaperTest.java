package nexus.shape;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import nexus.event.EventId;
import nexus.event.EventType;
import org.junit.jupiter.api.Test;

class ShaperTest {
    private static final EventId ID = new EventId(UUID.fromString("01993c1e-0000-7000-8000-000000000001"));

    @Test
    void theDefaultFormatSendsTheStoredBodyUnchanged() {
        Buffer stored = Buffer.buffer("{\"a\": 1.00}");
        Parcel parcel = TestParcel.of(ID, new EventType("user.created"), stored);

        assertThat(parcel.body()).isSameAs(stored);
        assertThat(parcel.contentType()).hasToString("application/json");
        assertThat(parcel.eventId()).isEqualTo(ID);
        assertThat(parcel.eventType()).isEqualTo(new EventType("user.created"));
        List<String> headers = new ArrayList<>();
        parcel.forEachHeader((name, value) -> headers.add(name + ": " + value));
        assertThat(headers).containsExactly("X-Event-Id: " + ID, "X-Event-Type: user.created", "X-Event-Version: 1");
    }

    @Test
    void theApiNamesFormatsInLowerCase() {
        assertThat(ContentFormat.API_NAMES).containsExactly("default", "standard", "cloudevents", "supabase");
        assertThat(ContentFormat.ofApiName("default")).contains(ContentFormat.DEFAULT);
        assertThat(ContentFormat.ofApiName("DEFAULT")).isEmpty();
    }
}
