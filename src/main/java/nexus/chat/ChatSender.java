package nexus.chat;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nexus.message.Message;
import nexus.message.Messages;
import nexus.shape.Parcel;
import nexus.target.ChatTarget;
import nexus.target.Described;
import nexus.target.Permission;
import nexus.target.SendResult;
import nexus.target.Sender;
import nexus.target.TargetType;
import nexus.target.credential.TargetAccess;
import nexus.value.Value;
import nexus.value.ValueWriter;
import nexus.webhook.Outgoing;
import nexus.webhook.RefusedAnswer;
import nexus.webhook.WebhookSender;

/**
 * Posts to the channels of one product. An event becomes a message that a person reads. What the subscription's template
 * made is posted as it is when it is an object, and as the message's text when it is a text.
 */
abstract class ChatSender implements Sender<ChatTarget> {
    private static final String JSON = "application/json";

    private final TargetType type;
    private final WebhookSender http;

    ChatSender(TargetType type, WebhookSender http) {
        this.type = type;
        this.http = http;
    }

    /** The body that shows a message. */
    abstract Value body(Message message);

    /** The body that shows a text of the subscription's template. */
    abstract Value body(String text);

    /** What an answer of the product means that is no success. */
    abstract SendResult refused(RefusedAnswer answer);

    @Override
    public final TargetType type() {
        return type;
    }

    @Override
    public final Future<SendResult> send(ChatTarget target, Parcel parcel, int attempt, Permission permission) {
        return http.send(outgoing(target, parcel), attempt, permission);
    }

    @Override
    public final Described describe(ChatTarget target, Parcel parcel, int attempt) {
        return http.describe(outgoing(target, parcel), attempt);
    }

    private Outgoing outgoing(ChatTarget target, Parcel parcel) {
        return new Outgoing.Unsigned(
                parcel, target.endpoint(), TargetAccess.PLAIN, JSON, content(parcel), this::refused, true);
    }

    private Buffer content(Parcel parcel) {
        Value content = Messages.read(parcel.body().getBytes())
                .orElseGet(() -> new Value.Text(parcel.body().toString()));
        return switch (content) {
            case Value.Fields event when Messages.isEvent(event, parcel.idText()) -> written(body(Messages.of(event)));
            case Value.Fields own -> parcel.body();
            case Value.Text text -> written(body(text.value()));
            default -> written(body(ValueWriter.text(content)));
        };
    }

    private static Buffer written(Value body) {
        return Buffer.buffer(ValueWriter.bytes(body));
    }

    /** The sender of webhooks ends the requests that it makes for this one. */
    @Override
    public final void cutOff() {}

    /** An object with these names and values, in their order. */
    static Value object(Object... namesAndValues) {
        Map<String, Value> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put((String) namesAndValues[i], value(namesAndValues[i + 1]));
        }
        return Value.Fields.of(fields);
    }

    private static Value value(Object given) {
        return switch (given) {
            case Value value -> value;
            case String text -> new Value.Text(text);
            case Integer number -> Value.Num.of(number);
            case Boolean truth -> Value.of(truth);
            case List<?> items ->
                new Value.Items(items.stream().map(ChatSender::value).toList());
            default -> throw new IllegalArgumentException("no value of JSON: " + given.getClass());
        };
    }

    /** Joins lines, without those at the end that would make the text too long. */
    static String joined(String head, List<String> lines, int more, String foot, int max) {
        StringBuilder text = new StringBuilder(head);
        int room = max - foot.length() - 32; // for the mark of what is left out
        int shown = 0;
        while (shown < lines.size() && text.length() + lines.get(shown).length() + 1 <= room) {
            text.append('\n').append(lines.get(shown));
            shown++;
        }
        int left = more + lines.size() - shown;
        if (left > 0) {
            text.append("\n… and ").append(left).append(" more");
        }
        return text.append('\n').append(foot).toString();
    }
}
