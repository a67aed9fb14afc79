package nexus.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.shape.Parcel;
import nexus.shape.TestParcel;
import nexus.target.credential.TargetAccess;
import org.junit.jupiter.api.Test;

class SendersTest {
    private static final Parcel PARCEL =
            TestParcel.of(EventId.version7(0, 1, 2), new EventType("a"), Buffer.buffer("{}"));
    private static final WebhookTarget TARGET =
            new WebhookTarget(URI.create("http://localhost/"), Map.of(), List.of(new byte[] {1}), TargetAccess.PLAIN);

    private final Recording webhooks = new Recording();

    @Test
    void aParcelGoesToTheSenderOfItsTargetsType() {
        Senders senders = TestSenders.with(webhooks);
        Future<SendResult> sending = senders.send(TARGET, PARCEL, 3, Permission.ALWAYS);
        senders.cutOff();

        assertThat(sending.result()).isInstanceOf(SendResult.Delivered.class);
        assertThat(webhooks.calls).containsExactly(TARGET + " " + PARCEL + " attempt 3", "cut off");
    }

    @Test
    void eachTypeHasOneSender() {
        assertThatThrownBy(() -> new Senders(List.of()).send(TARGET, PARCEL, 1, Permission.ALWAYS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no sender for targets of the type WEBHOOK");
        assertThatThrownBy(() -> new Senders(List.of(webhooks, new Recording())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("two senders for targets of the type WEBHOOK");
    }

    @Test
    void aWebhookIsAlwaysSigned() {
        for (List<byte[]> keys : List.of(List.<byte[]>of(), List.of(new byte[0]))) {
            assertThatThrownBy(() -> new WebhookTarget(TARGET.endpoint(), Map.of(), keys, TargetAccess.PLAIN))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void neitherTargetNorParcelPrintsWhatItHolds() {
        assertThat(TARGET.toString() + PARCEL).doesNotContain("localhost", "{}");
    }

    private static final class Recording implements Sender<WebhookTarget> {
        private final List<String> calls = new ArrayList<>();

        @Override
        public TargetType type() {
            return TargetType.WEBHOOK;
        }

        @Override
        public Future<SendResult> send(WebhookTarget target, Parcel parcel, int attempt, Permission permission) {
            calls.add(target + " " + parcel + " attempt " + attempt);
            return Future.succeededFuture(new SendResult.Delivered(new Answer(null, ""), Duration.ZERO));
        }

        @Override
        public Described describe(WebhookTarget target, Parcel parcel, int attempt) {
            calls.add("described " + attempt);
            return new Described("POST", "", Map.of(), parcel.body());
        }

        @Override
        public void cutOff() {
            calls.add("cut off");
        }
    }
}
