package nexus.subscription.listener;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import nexus.api.json.JsonBody;
import nexus.event.EventType;
import nexus.event.Operation;
import nexus.event.TypePattern;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.api.SubscriptionRequest;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.target.EndpointUrl;

/** Reads the body of a POST to {@code /api/v1/listeners}. */
final class ListenerRequest {
    private static final List<String> EVENTS =
            List.of(Operation.INSERT.name(), Operation.UPDATE.name(), Operation.DELETE.name());

    private ListenerRequest() {}

    static SubscriptionSettings read(JsonBody body, SigningSecret generated) {
        body.require("name", "source_table", "event", "target_url");
        Optional<String> name = body.text("name", SubscriptionRequest.MAX_NAME);
        Optional<SourceTable> table = body.parsed("source_table", SourceTable.MAX_CHARACTERS, SourceTable::parse);
        Optional<String> event = body.oneOf("event", EVENTS);
        Optional<URI> url = body.parsed("target_url", EndpointUrl.MAX_CHARACTERS, EndpointUrl::parse);
        body.parsed("target_type", 20, SubscriptionSettings::targetType);
        body.check();
        SourceTable source = table.orElseThrow();
        EventType type = EventType.rowChange(source.schema(), source.table(), Operation.valueOf(event.orElseThrow()));
        return SubscriptionSettings.of(
                name.orElseThrow(), url.orElseThrow(), List.of(TypePattern.exactly(type)), generated);
    }
}
