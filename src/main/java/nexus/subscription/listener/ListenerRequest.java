package nexus.subscription.listener;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import nexus.api.json.JsonBody;
import nexus.event.EventType;
import nexus.event.Operation;
import nexus.event.TypePattern;
import nexus.subscription.Selection;
import nexus.subscription.SubscriptionDraft;
import nexus.subscription.SubscriptionSettings;
import nexus.subscription.json.SettingsJson;
import nexus.subscription.secret.SigningSecret;
import nexus.subscription.target.EndpointUrl;
import nexus.subscription.target.TargetJson;
import nexus.subscription.target.TargetSettings;
import nexus.target.TargetType;

/** Reads the body of a POST to {@code /api/v1/listeners}. */
final class ListenerRequest {
    private static final List<String> EVENTS =
            List.of(Operation.INSERT.name(), Operation.UPDATE.name(), Operation.DELETE.name());

    private ListenerRequest() {}

    static SubscriptionDraft read(JsonBody body, SigningSecret generated) {
        body.require("name", "source_table", "event");
        Optional<String> name = body.text("name", SettingsJson.MAX_NAME);
        Optional<TableName> table = body.parsed("source_table", TableName.MAX_CHARACTERS, TableName::parse);
        Optional<String> event = body.oneOf("event", EVENTS);
        Optional<URI> url = body.parsed("target_url", EndpointUrl.MAX_CHARACTERS, EndpointUrl::parse);
        Optional<TargetType> type = body.parsed("target_type", 20, TargetJson::type);
        boolean isKnownType = type.isPresent() || body.isNull("target_type") || !body.has("target_type");
        Optional<TargetSettings> target = isKnownType
                ? TargetJson.ofListener(body, type.orElse(TargetType.WEBHOOK), "target_url", url, generated)
                : Optional.empty();
        body.check();
        TableName source = table.orElseThrow();
        EventType rows = EventType.rowChange(source.schema(), source.table(), Operation.valueOf(event.orElseThrow()));
        return SubscriptionDraft.active(SubscriptionSettings.of(
                name.orElseThrow(), new Selection(List.of(TypePattern.exactly(rows))), target.orElseThrow()));
    }
}
